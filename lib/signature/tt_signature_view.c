/* SPDX-License-Identifier: BSD-3-Clause */
/* Where headers and payload lie. The lengths of ICMP's headers are those that Suricata takes. */
#include "tt_signature_more.h"

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

static uint32_t
sctp_header(const uint8_t *l4, uint32_t *there)
{
	uint32_t from = TT_SIGNATURE_SCTP_HEADER;
	const struct tt_signature_bytes data = tt_signature_sctp_data(l4, *there, &from);

	if (data.at != NULL)
		*there = (uint32_t)(data.at - l4) + data.n;
	return *there - data.n;
}

uint32_t
tt_signature_header_bytes(const struct tt_packet *p, const uint8_t *l4, uint32_t *there)
{
	if (p->has_ports)
		return UDP_HEADER;
	if (p->has_icmp)
		return p->protocol == TT_PROTO_ICMP ? icmp4_header(l4, *there)
						    : icmp6_header(p, *there);
	if (tt_signature_is_igmp(p, *there))
		return tt_signature_igmp_header(l4, *there);
	return tt_signature_is_sctp(p, *there) ? sctp_header(l4, there) : 0;
}

/* `bytes` from `at` on in the frame, if they are there. */
static struct tt_signature_bytes
part(const struct tt_signature_view *v, uint32_t at, uint32_t bytes)
{
	if (at + bytes > v->end)
		return (struct tt_signature_bytes){0};
	return (struct tt_signature_bytes){v->frame + at, bytes};
}

/* Of ICMP and IGMP, as far as their payload; of ICMPv6 eight bytes. */
static struct tt_signature_bytes
message_header(const struct tt_signature_view *v, bool wanted)
{
	const struct tt_packet *p = v->packet;
	uint32_t there = v->end - p->l4_offset;

	if (!wanted)
		return (struct tt_signature_bytes){0};
	return part(v, p->l4_offset,
			p->protocol == TT_PROTO_ICMPV6
					? tt_signature_min(ICMP_HEADER, there)
					: tt_signature_header_bytes(p,
							v->frame + p->l4_offset, &there));
}

static struct tt_signature_bytes
address(const struct tt_signature_view *v, unsigned i)
{
	const struct tt_packet *p = v->packet;

	return p->ip_version == 4 ? part(v, p->ip_offset + 12 + 4 * i, 4)
				  : part(v, p->ip_offset + 8 + 16 * i, 16);
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
		return message_header(v, tt_signature_is_icmp4(p));
	case TT_RULE_BUFFER_ICMPV6_HEADER:
		return message_header(v, p->has_icmp && !tt_signature_is_icmp4(p));
	case TT_RULE_BUFFER_IGMP_HEADER:
		return message_header(v, tt_signature_is_igmp(p, there));
	case TT_RULE_BUFFER_SCTP_HEADER:
		return tt_signature_is_sctp(p, there) ? part(v, p->l4_offset, there)
						      : none;
	case TT_RULE_BUFFER_IP_SRC:
		return address(v, 0);
	case TT_RULE_BUFFER_IP_DST:
		return address(v, 1);
	default:
		return none;
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
