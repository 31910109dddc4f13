/* SPDX-License-Identifier: BSD-3-Clause */
/* The fields that rules compare with numbers. */
#include "tt_signature_more.h"

#define ICMP_HEADER 8u
#define TCP_HEADER  20u

static uint32_t
be32(const uint8_t *b)
{
	return (uint32_t)tt_signature_be16(b) << 16 | tt_signature_be16(b + 2);
}

/* Those with an identifier and a sequence number. */
static bool
is_query(const struct tt_packet *p)
{
	static const uint32_t icmp4 = 1u << 0 | 1u << 8 | 1u << 13 | 1u << 14 | 1u << 15
			| 1u << 16 | 1u << 17 | 1u << 18;

	if (tt_signature_is_icmp4(p))
		return p->icmp_type < 32 && (icmp4 >> p->icmp_type & 1) != 0;
	return p->icmp_type == 128 || p->icmp_type == 129;
}

static bool
icmp_word(const struct tt_signature_view *v, uint32_t at, uint32_t *value)
{
	const struct tt_packet *p = v->packet;

	if (!p->has_icmp || !is_query(p) || p->l4_offset + ICMP_HEADER > v->end)
		return false;
	*value = tt_signature_be16(v->frame + p->l4_offset + at);
	return true;
}

/* Of "packet too big" with the code that it has (RFC 4443 section 3.2). */
static bool
icmp6_mtu(const struct tt_signature_view *v, uint32_t *value)
{
	const struct tt_packet *p = v->packet;
	const uint8_t *l4 = v->frame + p->l4_offset;

	if (!p->has_icmp || p->protocol != TT_PROTO_ICMPV6 || p->icmp_type != 2
			|| p->icmp_code != 0 || p->l4_offset + ICMP_HEADER > v->end)
		return false;
	*value = be32(l4 + 4);
	return true;
}

/* Of IPv6, the fragment header is the last one before what a fragment carries. */
static bool
fragment_offset(const struct tt_signature_view *v, uint32_t *value)
{
	const struct tt_packet *p = v->packet;

	if (p->ip_version == 4) {
		*value = tt_signature_be16(v->frame + p->ip_offset + 6) & 0x1fff;
		return true;
	}
	*value = p->later_fragment ? tt_signature_be16(v->frame + p->l4_offset - 6) >> 3u
				   : 0;
	return p->fragment;
}

static bool
icmp_number(const struct tt_signature_view *v, enum tt_rule_kind kind, uint32_t *value)
{
	const struct tt_packet *p = v->packet;

	switch (kind) {
	case TT_RULE_ITYPE:
		*value = p->icmp_type;
		return p->has_icmp;
	case TT_RULE_ICODE:
		*value = p->icmp_code;
		return p->has_icmp;
	case TT_RULE_ICMP_ID:
		return icmp_word(v, 4, value);
	case TT_RULE_ICMPV6_MTU:
		return icmp6_mtu(v, value);
	default:
		return icmp_word(v, 6, value);
	}
}

/* The value of a TCP option of n bytes, after kind and length (RFC 9293 section 3.2). */
static bool
tcp_option(const struct tt_signature_view *v, uint8_t kind, unsigned n, uint32_t *value)
{
	const struct tt_signature_bytes header = tt_signature_buffer(
			v, TT_RULE_BUFFER_TCP_HEADER);
	uint32_t at = TCP_HEADER;

	while (at < header.n && header.at[at] != 0) {
		if (header.at[at] == 1) {
			at++;
			continue;
		}
		if (header.n - at < 2 || header.at[at + 1] < 2
				|| header.at[at + 1] > header.n - at)
			return false;
		if (header.at[at] == kind && header.at[at + 1] == 2 + n) {
			*value = n == 2 ? tt_signature_be16(header.at + at + 2)
					: header.at[at + 2];
			return true;
		}
		at += header.at[at + 1];
	}
	return false;
}

static bool
tcp_number(const struct tt_signature_view *v, enum tt_rule_kind kind, uint32_t *value)
{
	const struct tt_packet *p = v->packet;

	if (!p->has_tcp)
		return false;
	switch (kind) {
	case TT_RULE_SEQ:
		*value = p->tcp_seq;
		return true;
	case TT_RULE_ACK:
		*value = p->tcp_ack;
		return true;
	case TT_RULE_WINDOW:
		*value = p->tcp_window;
		return true;
	case TT_RULE_URGENT:
		*value = tt_signature_be16(v->frame + p->l4_offset + 18);
		return true;
	case TT_RULE_MSS:
		return tcp_option(v, 2, 2, value);
	default:
		return tcp_option(v, 3, 1, value);
	}
}

static bool
ip_number(const struct tt_signature_view *v, enum tt_rule_kind kind, uint32_t *value)
{
	const struct tt_packet *p = v->packet;

	switch (kind) {
	case TT_RULE_TTL:
		*value = p->ttl;
		return true;
	case TT_RULE_TOS:
		*value = v->frame[p->ip_offset + 1];
		return p->ip_version == 4;
	case TT_RULE_IP_ID:
		*value = p->ip_id;
		return p->ip_version == 4;
	case TT_RULE_IP_PROTO:
		*value = p->protocol;
		return true;
	default:
		return fragment_offset(v, value);
	}
}

static bool
more_number(const struct tt_signature_view *v, enum tt_rule_kind kind, uint32_t *value)
{
	const struct tt_packet *p = v->packet;
	const uint32_t there = v->end - p->l4_offset;
	const uint8_t *l4 = v->frame + p->l4_offset;

	switch (kind) {
	case TT_RULE_IGMP_TYPE:
		*value = there > 0 ? l4[0] : 0;
		return tt_signature_is_igmp(p, there);
	case TT_RULE_SCTP_VTAG:
		if (!tt_signature_is_sctp(p, there))
			return false;
		*value = be32(l4 + 4);
		return true;
	case TT_RULE_SCTP_CHUNKS:
		return tt_signature_is_sctp(p, there)
				&& tt_signature_sctp_chunks(l4, there, value);
	default:
		return tt_signature_vlan_layers(v, value);
	}
}

bool
tt_signature_number(const struct tt_signature_view *v, enum tt_rule_kind kind,
		uint32_t *value)
{
	const struct tt_packet *p = v->packet;

	switch (kind) {
	case TT_RULE_DSIZE:
		*value = v->payload.n;
		return !p->later_fragment;
	case TT_RULE_SEQ:
	case TT_RULE_ACK:
	case TT_RULE_WINDOW:
	case TT_RULE_URGENT:
	case TT_RULE_MSS:
	case TT_RULE_WSCALE:
		return tcp_number(v, kind, value);
	case TT_RULE_ITYPE:
	case TT_RULE_ICODE:
	case TT_RULE_ICMP_ID:
	case TT_RULE_ICMP_SEQ:
	case TT_RULE_ICMPV6_MTU:
		return icmp_number(v, kind, value);
	case TT_RULE_IGMP_TYPE:
	case TT_RULE_SCTP_VTAG:
	case TT_RULE_SCTP_CHUNKS:
	case TT_RULE_VLAN_LAYERS:
		return more_number(v, kind, value);
	default:
		return ip_number(v, kind, value);
	}
}
