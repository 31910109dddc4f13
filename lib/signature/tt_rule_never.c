/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules that no packet matches, since what they ask for excludes itself. Only what follows from the
 * rule alone is looked for, and not all of it.
 */
#include "tt_rule_parse.h"
#include "tt_signature_eval.h"

#include <errno.h>
#include <string.h>

/* What a packet may still be. */
struct possible {
	bool protocols[UINT8_MAX + 1];
	bool v4, v6;
	bool first; /* it has a header, ports or a length that later fragments lack */
};

/* Numbers; inclusive. */
struct span {
	int64_t min, max;
};

static const char *const names[TT_RULE_N_KINDS] = {
		[TT_RULE_TTL] = "ttl",
		[TT_RULE_TOS] = "tos",
		[TT_RULE_IP_ID] = "id",
		[TT_RULE_IP_PROTO] = "ip_proto",
		[TT_RULE_FRAGOFFSET] = "fragoffset",
		[TT_RULE_DSIZE] = "dsize",
		[TT_RULE_SEQ] = "seq",
		[TT_RULE_ACK] = "ack",
		[TT_RULE_WINDOW] = "window",
		[TT_RULE_URGENT] = "urg",
		[TT_RULE_MSS] = "tcp.mss",
		[TT_RULE_WSCALE] = "tcp.wscale",
		[TT_RULE_ITYPE] = "itype",
		[TT_RULE_ICODE] = "icode",
		[TT_RULE_ICMP_ID] = "icmp_id",
		[TT_RULE_ICMP_SEQ] = "icmp_seq",
		[TT_RULE_ICMPV6_MTU] = "icmpv6.mtu",
		[TT_RULE_IGMP_TYPE] = "igmp.type",
		[TT_RULE_SCTP_VTAG] = "sctp.vtag",
		[TT_RULE_SCTP_CHUNKS] = "sctp.chunk_cnt",
		[TT_RULE_VLAN_LAYERS] = "vlan.layers",
		[TT_RULE_FLAGS] = "flags",
		[TT_RULE_FRAGBITS] = "fragbits",
};

/* Keeps the protocols of the list alone, with their headers. Returns false where none is left. */
static bool
only(struct possible *p, const uint8_t *list, unsigned n)
{
	bool kept[UINT8_MAX + 1] = {false}, any = false;

	p->first = true;
	for (unsigned i = 0; i < n; i++) {
		kept[list[i]] = p->protocols[list[i]];
		any = any || kept[list[i]];
	}
	memcpy(p->protocols, kept, sizeof(kept));
	return any;
}

static bool
only_tcp(struct possible *p)
{
	return only(p, (const uint8_t[]){TT_PROTO_TCP}, 1);
}

static bool
only_icmp(struct possible *p)
{
	return only(p, (const uint8_t[]){TT_PROTO_ICMP, TT_PROTO_ICMPV6}, 2);
}

static bool
only_igmp(struct possible *p)
{
	p->v6 = false;
	return only(p, (const uint8_t[]){TT_PROTO_IGMP}, 1);
}

static bool
only_sctp(struct possible *p)
{
	return only(p, (const uint8_t[]){TT_PROTO_SCTP}, 1);
}

static bool
only_with_ports(struct possible *p, enum tt_rule_protocol protocol)
{
	if (protocol == TT_RULE_SCTP)
		return only_sctp(p);
	return only(p, (const uint8_t[]){TT_PROTO_TCP, TT_PROTO_UDP}, 2);
}

static bool
only_number(struct possible *p, const struct tt_rule_option *o)
{
	bool any = false;

	for (unsigned i = 0; i <= UINT8_MAX; i++) {
		p->protocols[i] = p->protocols[i]
				&& tt_signature_in(&o->u.number, o->negated, i);
		any = any || p->protocols[i];
	}
	return any;
}

static bool
allow_head(struct possible *p, enum tt_rule_protocol protocol)
{
	switch (protocol) {
	case TT_RULE_TCP:
		return only_tcp(p);
	case TT_RULE_UDP:
		return only(p, (const uint8_t[]){TT_PROTO_UDP}, 1);
	case TT_RULE_ICMP:
		return only_icmp(p);
	default: /* of SCTP, an option has the number; later fragments have it as well */
		return true;
	}
}

static bool
allow_checksum(struct possible *p, enum tt_rule_checksum which)
{
	static const struct {
		uint8_t protocol, version;
	} of[TT_RULE_N_CHECKSUMS] = {[TT_RULE_CHECKSUM_IPV4] = {0, 4},
			[TT_RULE_CHECKSUM_TCPV4] = {TT_PROTO_TCP, 4},
			[TT_RULE_CHECKSUM_TCPV6] = {TT_PROTO_TCP, 6},
			[TT_RULE_CHECKSUM_UDPV4] = {TT_PROTO_UDP, 4},
			[TT_RULE_CHECKSUM_UDPV6] = {TT_PROTO_UDP, 6},
			[TT_RULE_CHECKSUM_ICMPV4] = {TT_PROTO_ICMP, 4},
			[TT_RULE_CHECKSUM_ICMPV6] = {TT_PROTO_ICMPV6, 6},
			[TT_RULE_CHECKSUM_IGMP] = {TT_PROTO_IGMP, 4}};

	p->v4 = p->v4 && of[which].version == 4;
	p->v6 = p->v6 && of[which].version == 6;
	return of[which].protocol == 0 || only(p, &of[which].protocol, 1);
}

/* What an option of the header leaves. Returns false where it leaves no protocol. */
static bool
allow_option(struct possible *p, const struct tt_rule_option *o)
{
	switch (o->kind) {
	case TT_RULE_IP_PROTO:
		return only_number(p, o);
	case TT_RULE_DSIZE:
		p->first = true;
		return true;
	case TT_RULE_TOS:
	case TT_RULE_IP_ID:
	case TT_RULE_FRAGBITS:
	case TT_RULE_IPOPTS:
		p->v6 = false;
		return true;
	case TT_RULE_FLAGS:
	case TT_RULE_SEQ:
	case TT_RULE_ACK:
	case TT_RULE_WINDOW:
	case TT_RULE_URGENT:
	case TT_RULE_MSS:
	case TT_RULE_WSCALE:
		return only_tcp(p);
	case TT_RULE_ITYPE:
	case TT_RULE_ICODE:
	case TT_RULE_ICMP_ID:
	case TT_RULE_ICMP_SEQ:
		return only_icmp(p);
	case TT_RULE_CHECKSUM:
		return allow_checksum(p, o->u.checksum);
	case TT_RULE_IGMP_TYPE:
		return only_igmp(p);
	case TT_RULE_SCTP_VTAG:
	case TT_RULE_SCTP_CHUNKS:
	case TT_RULE_SCTP_CHUNK:
		return only_sctp(p);
	case TT_RULE_ICMPV6_MTU:
		return only(p, (const uint8_t[]){TT_PROTO_ICMPV6}, 1);
	default:
		return true;
	}
}

/* Likewise the header that an option of the payload looks at. */
static bool
allow_buffer(struct possible *p, enum tt_rule_buffer buffer)
{
	switch (buffer) {
	case TT_RULE_BUFFER_IPV4_HEADER:
		p->v6 = false;
		return true;
	case TT_RULE_BUFFER_IPV6_HEADER:
		p->v4 = false;
		return true;
	case TT_RULE_BUFFER_TCP_HEADER:
		return only_tcp(p);
	case TT_RULE_BUFFER_UDP_HEADER:
		return only(p, (const uint8_t[]){TT_PROTO_UDP}, 1);
	case TT_RULE_BUFFER_ICMPV4_HEADER:
		return only(p, (const uint8_t[]){TT_PROTO_ICMP}, 1);
	case TT_RULE_BUFFER_ICMPV6_HEADER:
		return only(p, (const uint8_t[]){TT_PROTO_ICMPV6}, 1);
	case TT_RULE_BUFFER_IGMP_HEADER:
		return only_igmp(p);
	case TT_RULE_BUFFER_SCTP_HEADER:
	case TT_RULE_BUFFER_SCTP_DATA:
		return only_sctp(p);
	default:
		return true;
	}
}

static void
allow_addresses(struct possible *p, const struct tt_rule_addresses *list)
{
	bool v4 = list->n == 0, v6 = list->n == 0;

	for (unsigned i = 0; i < list->n; i++) {
		const bool first = tt_addr_is_v4(list->ranges[i].first);
		const bool last = tt_addr_is_v4(list->ranges[i].last);
		const struct tt_addr zero = tt_addr_v4(0);

		v6 = v6 || !first || !last;
		v4 = v4 || first || last
				|| (tt_addr_cmp(list->ranges[i].first, zero) < 0
						&& tt_addr_cmp(list->ranges[i].last, zero)
								> 0);
	}
	p->v4 = p->v4 && v4;
	p->v6 = p->v6 && v6;
}

/* Takes away what options leave out at either end, but for masks. Returns false where nothing is left. */
static bool
narrow(struct span *s, const struct tt_rule_option *options, unsigned n,
		enum tt_rule_kind kind)
{
	bool again = true;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_rule_number *number = &options[i].u.number;

		if (options[i].kind != kind || options[i].negated || number->ignore != 0)
			continue;
		s->min = s->min > number->min ? s->min : number->min;
		s->max = s->max < number->max ? s->max : number->max;
	}
	while (again && s->min <= s->max) {
		again = false;
		for (unsigned i = 0; i < n; i++) {
			const struct tt_rule_number *hole = &options[i].u.number;

			if (options[i].kind != kind || !options[i].negated
					|| hole->ignore != 0)
				continue;
			if (s->min >= hole->min && s->min <= hole->max) {
				s->min = (int64_t)hole->max + 1;
				again = true;
			} else if (s->max >= hole->min && s->max <= hole->max) {
				s->max = (int64_t)hole->min - 1;
				again = true;
			}
		}
	}
	return s->min <= s->max;
}

static bool
has_kind(const struct tt_rule_parse *p, enum tt_rule_kind kind)
{
	for (unsigned i = 0; i < p->rule.n_header; i++)
		if (p->header[i].kind == kind)
			return true;
	return false;
}

/* Is there a field that all options of the kind hold of? */
static bool
has_bits(const struct tt_rule_parse *p, enum tt_rule_kind kind, unsigned n_fields)
{
	if (!has_kind(p, kind))
		return true;
	for (unsigned field = 0; field < n_fields; field++) {
		bool fits = true;

		for (unsigned i = 0; fits && i < p->rule.n_header; i++)
			fits = p->header[i].kind != kind
					|| tt_signature_bits(&p->header[i].u.bits, field)
							!= p->header[i].negated;
		if (fits)
			return true;
	}
	return false;
}

static int
never(struct tt_rule_parse *p, const char *what)
{
	return tt_rule_unreachable(p,
			"never matches: its conditions on %s exclude each other", what);
}

static int
check_header(struct tt_rule_parse *p, bool first)
{
	struct span offset = {0, UINT16_MAX};

	for (unsigned kind = 0; kind <= TT_RULE_LAST_NUMBER; kind++) {
		struct span span = {0, UINT32_MAX};

		if (!narrow(&span, p->header, p->rule.n_header, (enum tt_rule_kind)kind))
			return never(p, names[kind]);
	}
	narrow(&offset, p->header, p->rule.n_header, TT_RULE_FRAGOFFSET);
	if (first && offset.min > 0)
		return never(p, "fragments");
	if (!has_bits(p, TT_RULE_FLAGS, 1 << 8))
		return never(p, names[TT_RULE_FLAGS]);
	if (!has_bits(p, TT_RULE_FRAGBITS, 1 << 3))
		return never(p, names[TT_RULE_FRAGBITS]);
	return 0;
}

int
tt_rule_check_possible(struct tt_rule_parse *p)
{
	const struct tt_rule *rule = &p->rule;
	struct possible left = {.v4 = rule->ip_version != 6, .v6 = rule->ip_version != 4};
	struct span length = {0, UINT16_MAX};
	bool any;

	memset(left.protocols, true, sizeof(left.protocols));
	any = allow_head(&left, rule->protocol);
	if (rule->src_ports.n > 0 || rule->dst_ports.n > 0)
		any = any && only_with_ports(&left, rule->protocol);
	for (unsigned i = 0; any && i < rule->n_header; i++)
		any = allow_option(&left, &p->header[i]);
	for (unsigned i = 0; any && i < rule->n_payload; i++)
		any = allow_buffer(&left, p->payload[i].buffer);
	if (!any)
		return never(p, "the protocol");
	allow_addresses(&left, &rule->src);
	allow_addresses(&left, &rule->dst);
	if (!left.v4 && !left.v6)
		return never(p, "the version of IP");
	if (check_header(p, left.first) != 0)
		return -ENOMEM;
	if (p->why_unreachable != NULL)
		return 0;
	narrow(&length, p->header, p->rule.n_header, TT_RULE_DSIZE);
	return tt_rule_check_payload(p, length.max);
}
