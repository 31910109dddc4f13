/* SPDX-License-Identifier: BSD-3-Clause */
/* Do the keys of a component go together? */
#include "tt_profile_raw.h"

#include <errno.h>

static enum tt_class
icmp_class(int32_t type)
{
	switch (type) {
	case 0:
		return TT_CLASS_ICMP_ECHO_REPLY;
	case 3:
		return TT_CLASS_ICMP_UNREACHABLE;
	case 8:
		return TT_CLASS_ICMP_ECHO_REQUEST;
	default:
		return TT_CLASS_ICMP_OTHER;
	}
}

/* The class that the target alone gives; for TCP the usual one. */
static enum tt_class
class_of_target(struct tt_target t)
{
	switch (t.protocol) {
	case TT_PROTO_TCP:
		return TT_CLASS_TCP_SYN;
	case TT_PROTO_UDP:
		return TT_CLASS_UDP;
	case TT_PROTO_ICMP:
		return icmp_class(t.number);
	default:
		return TT_CLASS_OTHER;
	}
}

static int
check_class(struct tt_profile_component *c, struct tt_error *err)
{
	enum tt_class usual = class_of_target(c->target);
	bool tcp = c->class <= TT_CLASS_TCP_OTHER;

	if (c->class == TT_N_CLASSES)
		c->class = usual;
	else if (tcp ? c->target.protocol != TT_PROTO_TCP : c->class != usual)
		return tt_error_set(err, -EINVAL, NULL,
				"%s packets cannot have this target",
				tt_class_name(c->class));
	return 0;
}

static int
check_target(const struct tt_profile_component *c, struct tt_error *err)
{
	if (c->target.protocol == TT_PROTO_ICMPV6)
		return tt_error_set(err, -EINVAL, NULL, "only IPv4 traffic is generated");
	if (c->target.protocol == TT_PROTO_ICMP && c->target.number < 0)
		return tt_error_set(err, -EINVAL, NULL, "an ICMP target needs its type");
	return 0;
}

static bool
is_icmp_error(struct tt_target t)
{
	return t.protocol == TT_PROTO_ICMP
			&& (t.number == 3 || t.number == 4 || t.number == 5
					|| t.number == 11 || t.number == 12);
}

/* An ICMP error always quotes something (RFC 792); unless told otherwise, UDP to port 53. */
static int
check_quotes(struct tt_profile_component *c, struct tt_error *err)
{
	bool is_error = is_icmp_error(c->target);
	uint8_t protocol = c->quotes.protocol;

	if (c->has_quotes && !is_error)
		return tt_error_set(err, -EINVAL, NULL,
				"only ICMP types 3, 4, 5, 11 and 12 quote a packet");
	if (is_error && !c->has_quotes)
		c->quotes = (struct tt_target){.protocol = TT_PROTO_UDP, .number = 53};
	else if (c->has_quotes && protocol != TT_PROTO_TCP && protocol != TT_PROTO_UDP
			&& protocol != TT_PROTO_ICMP)
		return tt_error_set(err, -EINVAL, NULL, "quotes TCP, UDP or ICMP");
	c->has_quotes = is_error;
	return 0;
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
		return c->has_quotes ? 8 + 20 + 8 : 8;
	default:
		return 0;
	}
}

static int
check_length(struct tt_profile_component *c, struct tt_error *err)
{
	uint32_t least = 20 + transport_bytes(c) + c->payload_bytes;

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
