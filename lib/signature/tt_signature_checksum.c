/* SPDX-License-Identifier: BSD-3-Clause */
/* Checksums: of IPv4's header, and of transports with a header in front of theirs that is not sent (RFC 1071). */
#include "tt_signature_more.h"

/* Sixteen bits after sixteen; of 64 KiB and a header in front, below 2^32. */
static uint32_t
sum(const uint8_t *b, uint32_t n)
{
	uint32_t s = 0;

	for (uint32_t i = 0; i + 1 < n; i += 2)
		s += tt_signature_be16(b + i);
	return n % 2 == 0 ? s : s + ((uint32_t)b[n - 1] << 8);
}

static bool
is_right(uint32_t s)
{
	while (s >> 16 != 0)
		s = (s & 0xffff) + (s >> 16);
	return s == 0xffff;
}

/* Addresses, length, protocol. */
static uint32_t
in_front(const struct tt_signature_view *v, uint32_t n)
{
	const struct tt_packet *p = v->packet;
	const uint8_t *ip = v->frame + p->ip_offset;
	const uint32_t s = p->ip_version == 4 ? sum(ip + 12, 8) : sum(ip + 8, 32);

	return s + (n >> 16) + (n & 0xffff) + p->protocol;
}

/* Its bytes, of UDP as many as its length says; 0: they are not all there. */
static uint32_t
transport_bytes(const struct tt_signature_view *v)
{
	const struct tt_packet *p = v->packet;
	const uint32_t n = v->end - p->l4_offset;

	if (p->fragment || p->ip_bytes != v->end - p->ip_offset || n > UINT16_MAX)
		return 0;
	if (v->class == TT_SIGNATURE_UDP) {
		const uint8_t *udp = v->frame + p->l4_offset;
		const uint32_t length = tt_signature_be16(udp + 4);

		return length >= 8 && length <= n ? length : 0;
	}
	return n;
}

static bool
transport(const struct tt_signature_view *v, bool has_front, bool *right)
{
	const uint32_t n = transport_bytes(v);

	*right = n != 0
			&& is_right(sum(v->frame + v->packet->l4_offset, n)
					+ (has_front ? in_front(v, n) : 0));
	return n != 0;
}

static bool
udp4(const struct tt_signature_view *v, bool *right)
{
	return tt_signature_be16(v->frame + v->packet->l4_offset + 6) != 0
			&& transport(v, true, right);
}

bool
tt_signature_checksum(const struct tt_signature_view *v, enum tt_rule_checksum which,
		bool *right)
{
	const struct tt_packet *p = v->packet;
	const bool v4 = p->ip_version == 4;

	switch (which) {
	case TT_RULE_CHECKSUM_IPV4:
		*right = v4
				&& is_right(sum(v->frame + p->ip_offset,
						(v->frame[p->ip_offset] & 15) * 4u));
		return v4;
	case TT_RULE_CHECKSUM_TCPV4:
		return v->class == TT_SIGNATURE_TCP && v4 && transport(v, true, right);
	case TT_RULE_CHECKSUM_TCPV6:
		return v->class == TT_SIGNATURE_TCP && !v4 && transport(v, true, right);
	case TT_RULE_CHECKSUM_UDPV4:
		return v->class == TT_SIGNATURE_UDP && v4 && udp4(v, right);
	case TT_RULE_CHECKSUM_UDPV6:
		return v->class == TT_SIGNATURE_UDP && !v4 && transport(v, true, right);
	case TT_RULE_CHECKSUM_ICMPV4:
		return v4 && tt_signature_is_icmp4(p) && transport(v, false, right);
	case TT_RULE_CHECKSUM_ICMPV6:
		return !v4 && p->has_icmp && p->protocol == TT_PROTO_ICMPV6
				&& transport(v, true, right);
	default:
		return tt_signature_is_igmp(p, v->end - p->l4_offset)
				&& transport(v, false, right);
	}
}
