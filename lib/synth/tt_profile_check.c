/* SPDX-License-Identifier: BSD-3-Clause */
/* Do the keys of a component go together? */
#include "tt_profile_raw.h"

#include <errno.h>

/* The version that the target alone decides, 0 for none. */
static unsigned
version_of_target(struct tt_target t)
{
	if (t.protocol == TT_PROTO_ICMPV6)
		return 6;
	return t.protocol == TT_PROTO_ICMP ? 4 : 0;
}

static bool
monitors(const struct tt_prefix_set *monitored, unsigned ip_version)
{
	for (unsigned i = 0; i < monitored->n_ranges; i++) {
		const struct tt_range *r = &monitored->ranges[i];
		bool first = tt_addr_is_v4(r->first), last = tt_addr_is_v4(r->last);
		bool has_v4 = first || last || tt_range_has(r, tt_addr_v4(0));

		if (ip_version == 4 ? has_v4 : !first || !last)
			return true;
	}
	return false;
}

int
tt_profile_version_check(struct tt_profile_component *c,
		const struct tt_prefix_set *monitored, const char **key,
		struct tt_error *err)
{
	unsigned by_target = version_of_target(c->target);

	*key = "ip_version";
	if (c->ip_version == 0)
		c->ip_version = by_target != 0           ? by_target
				: monitors(monitored, 4) ? 4
							 : 6;
	if (by_target != 0 && c->ip_version != by_target)
		return tt_error_set(err, -EINVAL, NULL, "the target is one of IPv%u",
				by_target);
	if (!monitors(monitored, c->ip_version))
		return tt_error_set(err, -EINVAL, NULL, "no IPv%u address is monitored",
				c->ip_version);
	return 0;
}

/* What a packet of the component will be decoded as. */
static enum tt_class
class_of(const struct tt_profile_component *c)
{
	uint8_t protocol = c->target.protocol;
	struct tt_packet p = {.protocol = protocol,
			.has_ports = protocol == TT_PROTO_TCP || protocol == TT_PROTO_UDP,
			.has_icmp = version_of_target(c->target) != 0,
			.icmp_type = (uint8_t)c->target.number,
			.tcp_flags = c->tcp_flags};

	return tt_classify(&p);
}

static uint16_t flags_of(enum tt_class class)
{
	switch (class) {
	case TT_CLASS_TCP_SYNACK:
		return TT_TCP_SYN | TT_TCP_ACK;
	case TT_CLASS_TCP_RST:
		/* What answers a SYN to a closed port: RFC 9293 section 3.10.7.1. */
		return TT_TCP_RST | TT_TCP_ACK;
	case TT_CLASS_TCP_ACK:
		return TT_TCP_ACK;
	case TT_CLASS_TCP_OTHER:
		return TT_TCP_FIN;
	default:
		return TT_TCP_SYN;
	}
}

static int
check_class(struct tt_profile_component *c, struct tt_error *err)
{
	enum tt_class wanted = c->class;
	bool tcp = c->target.protocol == TT_PROTO_TCP;

	if (c->has_flags && wanted != TT_N_CLASSES)
		return tt_error_set(err, -EINVAL, NULL, "there are \"flags\" as well");
	if (tcp && !c->has_flags)
		c->tcp_flags = flags_of(wanted);
	c->class = class_of(c);
	if (wanted != TT_N_CLASSES && c->class != wanted)
		return tt_error_set(err, -EINVAL, NULL,
				"%s packets cannot have this target",
				tt_class_name(wanted));
	return 0;
}

/* In IPv6 these protocol numbers are headers before the transport: RFC 8200 section 4. */
static bool
is_extension(uint8_t protocol)
{
	switch (protocol) {
	case 0: /* hop by hop */
	case 43: /* routing */
	case 44: /* fragment */
	case 51: /* authentication */
	case 60: /* destination options */
	case 135: /* mobility */
	case 139: /* HIP */
	case 140: /* shim6 */
		return true;
	default:
		return false;
	}
}

static int
check_target(const struct tt_profile_component *c, struct tt_error *err)
{
	if (version_of_target(c->target) != 0 && c->target.number < 0)
		return tt_error_set(err, -EINVAL, NULL, "an ICMP target needs its type");
	if (c->ip_version == 6 && is_extension(c->target.protocol))
		return tt_error_set(err, -EINVAL, NULL,
				"protocol %u is an extension header of IPv6",
				c->target.protocol);
	return 0;
}

static bool
is_icmp_error(struct tt_target t)
{
	if (t.protocol == TT_PROTO_ICMPV6)
		return t.number >= 1 && t.number <= 4;
	return t.protocol == TT_PROTO_ICMP
			&& (t.number == 3 || t.number == 4 || t.number == 5
					|| t.number == 11 || t.number == 12);
}

/* An ICMP error always quotes something (RFC 792, RFC 4443); unless told otherwise, UDP to port 53. */
static int
check_quotes(struct tt_profile_component *c, struct tt_error *err)
{
	bool is_error = is_icmp_error(c->target);
	uint8_t protocol = c->quotes.protocol;
	uint8_t icmp = c->ip_version == 4 ? TT_PROTO_ICMP : TT_PROTO_ICMPV6;

	if (c->has_quotes && !is_error)
		return tt_error_set(err, -EINVAL, NULL,
				"only ICMP types 3, 4, 5, 11 and 12 and ICMPv6 types 1 to 4 quote a packet");
	if (is_error && !c->has_quotes)
		c->quotes = (struct tt_target){.protocol = TT_PROTO_UDP, .number = 53};
	else if (c->has_quotes && protocol != TT_PROTO_TCP && protocol != TT_PROTO_UDP
			&& protocol != icmp)
		return tt_error_set(err, -EINVAL, NULL, "quotes TCP, UDP or %s",
				c->ip_version == 4 ? "ICMP" : "ICMPv6");
	c->has_quotes = is_error;
	return 0;
}

static uint32_t
ip_header_bytes(const struct tt_profile_component *c)
{
	return c->ip_version == 4 ? 20 : 40;
}

static uint32_t
transport_bytes(const struct tt_profile_component *c)
{
	switch (c->target.protocol) {
	case TT_PROTO_TCP:
		return 20 + c->n_tcp_options;
	case TT_PROTO_UDP:
		return 8;
	case TT_PROTO_ICMP:
	case TT_PROTO_ICMPV6:
		return c->has_quotes ? 8 + ip_header_bytes(c) + 8 : 8;
	default:
		return 0;
	}
}

static int
check_length(struct tt_profile_component *c, struct tt_error *err)
{
	uint32_t least = ip_header_bytes(c) + transport_bytes(c) + c->payload_bytes;

	if (c->ip_bytes == 0)
		c->ip_bytes = least;
	if (c->ip_bytes < least || least > TT_PROFILE_IP_BYTES_MAX)
		return tt_error_set(err, -EINVAL, NULL,
				"headers and payload take %u bytes, with room for %u",
				least,
				c->ip_bytes < least ? c->ip_bytes
						    : TT_PROFILE_IP_BYTES_MAX);
	return 0;
}

static int
check_seq(struct tt_profile_component *c, struct tt_error *err)
{
	if (c->ip_version == 6 && c->seq == TT_PROFILE_FIELD_DESTINATION)
		return tt_error_set(err, -EINVAL, NULL,
				"an IPv6 address does not fit into a sequence number");
	return 0;
}

static int
check_sources(struct tt_profile_component *c, struct tt_error *err)
{
	if (c->n_shares == 0) {
		c->shares = calloc(1, sizeof(*c->shares));
		if (c->shares == NULL)
			return tt_error_set(err, -ENOMEM, NULL, "out of memory");
		c->n_shares = 1;
		c->shares[0].weight = 1;
	}
	if (c->sources != 0 && c->sources < c->n_shares)
		return tt_error_set(err, -EINVAL, NULL,
				"%u countries need at least as many sources",
				c->n_shares);
	return 0;
}

/* Keys that say nothing for this target are mistakes, not to be swallowed. */
static int
check_unused(const struct tt_profile_component *c,
		const struct tt_profile_raw_component *raw, const char **key,
		struct tt_error *err)
{
	bool tcp = c->target.protocol == TT_PROTO_TCP;
	bool ports = tcp || c->target.protocol == TT_PROTO_UDP;
	const struct {
		const char *key, *text;
		bool used;
	} keys[] = {
			{"flags", raw->flags, tcp},
			{"ip_id", raw->ip_id, c->ip_version == 4},
			{"seq", raw->seq, tcp},
			{"window", raw->window, tcp},
			{"tcp_options", raw->tcp_options, tcp},
			{"source_port", raw->source_port, ports || c->has_quotes},
			{"destination_port", raw->destination_port,
					ports && c->target.number < 0},
			{"zipf", raw->zipf, c->sources != 0},
			{"daily_peak", raw->daily_peak, c->daily_amplitude > 0},
			{"packets", raw->packets, raw->rate == NULL},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(keys); i++)
		if (keys[i].text != NULL && !keys[i].used) {
			*key = keys[i].key;
			return tt_error_set(err, -EINVAL, NULL,
					"has no meaning for this component");
		}
	return 0;
}

int
tt_profile_component_check(struct tt_profile_component *c,
		const struct tt_profile_raw_component *raw, const char **key,
		struct tt_error *err)
{
	const struct {
		const char *key;
		int (*check)(struct tt_profile_component *c, struct tt_error *err);
	} checks[] = {
			{"class", check_class},
			{"quotes", check_quotes},
			{"ip_length", check_length},
			{"seq", check_seq},
			{"sources", check_sources},
	};
	int ret;

	*key = "target";
	ret = check_target(c, err);
	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(checks); i++) {
		*key = checks[i].key;
		ret = checks[i].check(c, err);
	}
	if (ret == 0)
		ret = check_unused(c, raw, key, err);
	if (ret != 0)
		return ret;
	*key = "rate";
	if (raw->rate == NULL && raw->packets == NULL)
		return tt_error_set(err, -EINVAL, NULL,
				"one of \"rate\" and \"packets\" is needed");
	return 0;
}
