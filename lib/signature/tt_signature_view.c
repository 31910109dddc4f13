/* SPDX-License-Identifier: BSD-3-Clause */
/* Where headers and payload lie. The lengths of ICMP's headers are those that Suricata takes. */
#include "tt_signature_view.h"

#define ICMP_HEADER 8u
#define ICMP_TIMES  12u
#define UDP_HEADER  8u
#define TCP_HEADER  20u
#define IPV4_HEADER 20

static uint32_t
icmp4_header(const uint8_t *l4, uint32_t there)
{
	uint32_t more = 0;

	if (there < ICMP_HEADER)
		return there;
	if (l4[0] == 13 || l4[0] == 14) /* timestamps */
		more = ICMP_TIMES;
	else if (l4[0] == 9) /* router addresses: how many, of how many words */
		more = l4[4] * 4u * l4[5];
	return there >= ICMP_HEADER + more ? ICMP_HEADER + more : ICMP_HEADER;
}

/* Errors and echoes with a code that they have (RFC 4443). */
static uint32_t
icmp6_header(const struct tt_packet *p, uint32_t there)
{
	static const uint8_t codes[5] = {[1] = 6 + 1, [2] = 1, [3] = 1 + 1, [4] = 2 + 1};
	const uint8_t type = p->icmp_type, code = p->icmp_code;

	if (there < ICMP_HEADER)
		return there;
	if (type < 5)
		return code < codes[type] ? ICMP_HEADER : 4;
	return (type == 128 || type == 129) && code == 0 ? ICMP_HEADER : 4;
}

uint32_t
tt_signature_header_bytes(const struct tt_packet *p, const uint8_t *l4, uint32_t there)
{
	if (p->has_ports)
		return UDP_HEADER;
	if (!p->has_icmp)
		return 0;
	return p->protocol == TT_PROTO_ICMP ? icmp4_header(l4, there)
					    : icmp6_header(p, there);
}

/* `bytes` from `at` on in the frame, if they are there. */
static struct tt_signature_bytes
part(const struct tt_signature_view *v, uint32_t at, uint32_t bytes)
{
	if (at + bytes > v->end)
		return (struct tt_signature_bytes){0};
	return (struct tt_signature_bytes){v->frame + at, bytes};
}

static struct tt_signature_bytes
tcp_header(const struct tt_signature_view *v)
{
	const uint32_t l4 = v->packet->l4_offset;
	const uint32_t bytes = (v->frame[l4 + 12] >> 4) * 4u;

	if (bytes < TCP_HEADER)
		return (struct tt_signature_bytes){0};
	return part(v, l4, bytes);
}

struct tt_signature_bytes
tt_signature_buffer(const struct tt_signature_view *v, enum tt_rule_buffer buffer)
{
	const struct tt_packet *p = v->packet;
	const uint32_t there = v->end - p->l4_offset;
	struct tt_signature_bytes none = {0};

	switch (buffer) {
	case TT_RULE_BUFFER_PAYLOAD:
		return v->payload;
	case TT_RULE_BUFFER_IPV4_HEADER:
		return p->ip_version != 4
				? none
				: part(v, p->ip_offset, p->l4_offset - p->ip_offset);
	case TT_RULE_BUFFER_IPV6_HEADER:
		return p->ip_version != 6
				? none
				: part(v, p->ip_offset, p->l4_offset - p->ip_offset);
	case TT_RULE_BUFFER_TCP_HEADER:
		return v->class != TT_SIGNATURE_TCP ? none : tcp_header(v);
	case TT_RULE_BUFFER_UDP_HEADER:
		return v->class != TT_SIGNATURE_UDP ? none
						    : part(v, p->l4_offset, UDP_HEADER);
	case TT_RULE_BUFFER_ICMPV4_HEADER:
		return !tt_signature_is_icmp4(p)
				? none
				: part(v, p->l4_offset,
						tt_signature_header_bytes(p,
								v->frame + p->l4_offset,
								there));
	case TT_RULE_BUFFER_ICMPV6_HEADER:
		return !p->has_icmp || tt_signature_is_icmp4(p)
				? none
				: part(v, p->l4_offset,
						tt_signature_min(ICMP_HEADER, there));
	default:
		return none;
	}
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
	*value = (uint32_t)tt_signature_be16(l4 + 4) << 16 | tt_signature_be16(l4 + 6);
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
	default:
		return ip_number(v, kind, value);
	}
}

static uint32_t
option_bit(uint8_t type)
{
	switch (type) {
	case 0x07:
		return 1u << TT_RULE_IPOPT_RR;
	case 0x44:
		return 1u << TT_RULE_IPOPT_TS;
	case 0x82:
		return 1u << TT_RULE_IPOPT_SEC;
	case 0x85:
		return 1u << TT_RULE_IPOPT_ESEC;
	case 0x83:
		return 1u << TT_RULE_IPOPT_LSRR;
	case 0x84: /* as Snort has it; RFC 791 has no such option */
		return 1u << TT_RULE_IPOPT_LSRRE;
	case 0x89:
		return 1u << TT_RULE_IPOPT_SSRR;
	case 0x88:
		return 1u << TT_RULE_IPOPT_SATID;
	case 0x19:
		return 1u << TT_RULE_IPOPT_QS;
	case 0x94:
		return 1u << TT_RULE_IPOPT_RTRALT;
	case 0x86:
		return 1u << TT_RULE_IPOPT_CIPSO;
	default:
		return 0;
	}
}

uint32_t
tt_signature_ipopts(const struct tt_signature_view *v)
{
	const struct tt_packet *p = v->packet;
	const uint8_t *b = v->frame + p->ip_offset + IPV4_HEADER;
	const uint8_t *end = v->frame + p->l4_offset;
	uint32_t bits = 0;

	if (p->ip_version != 4)
		return 0;
	while (b < end) {
		bits |= 1u << TT_RULE_IPOPT_ANY;
		if (*b == 0)
			return bits | 1u << TT_RULE_IPOPT_EOL;
		if (*b == 1) {
			bits |= 1u << TT_RULE_IPOPT_NOP;
			b++;
			continue;
		}
		if (end - b < 2 || b[1] < 2 || b[1] > end - b)
			return bits;
		bits |= option_bit(*b);
		b += b[1];
	}
	return bits;
}
