/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet inside an ICMP error. RFC 792 asks for its IP header and 8 bytes, so ports can be
 * had, TCP's flags cannot. A length of the quotation (RFC 4884) is at least 128 bytes, more
 * than is read of IPv4 here, and is therefore not looked at.
 */
#include "tt_walk.h"

#define ICMP_HEADER_BYTES 8

bool
tt_packet_is_error(const struct tt_packet *p)
{
	if (!p->has_icmp)
		return false;
	if (p->protocol == TT_PROTO_ICMPV6)
		return p->icmp_type >= 1 && p->icmp_type <= 4;
	return p->icmp_type == 3 || p->icmp_type == 4 || p->icmp_type == 5
			|| p->icmp_type == 11 || p->icmp_type == 12;
}

static bool
quotation(const uint8_t *frame, uint32_t captured, const struct tt_packet *p,
		struct tt_walk *w)
{
	uint32_t begin = p->l4_offset + ICMP_HEADER_BYTES;
	uint64_t end = (uint64_t)p->ip_offset + p->ip_bytes;

	if (end > captured)
		end = captured;
	if (end < begin)
		return false;
	*w = (struct tt_walk){
			.frame = frame + begin,
			.end = (uint32_t)end - begin,
			.version = p->protocol == TT_PROTO_ICMPV6 ? 6 : 4,
	};
	return true;
}

static void
quoted_transport(const struct tt_walk *w, struct tt_quoted *q)
{
	const uint8_t *b = tt_walk_here(w);

	if ((q->protocol == TT_PROTO_TCP || q->protocol == TT_PROTO_UDP)
			&& tt_walk_has(w, 4)) {
		q->src_port = tt_load_be16(b);
		q->dst_port = tt_load_be16(b + 2);
		q->has_ports = true;
	}
	if ((q->protocol == TT_PROTO_ICMP || q->protocol == TT_PROTO_ICMPV6)
			&& tt_walk_has(w, 2)) {
		q->icmp_type = b[0];
		q->icmp_code = b[1];
		q->has_icmp = true;
	}
}

bool
tt_packet_quoted(const uint8_t *frame, uint32_t captured, const struct tt_packet *p,
		struct tt_quoted *q)
{
	struct tt_packet inner;
	struct tt_walk w;
	bool readable;

	if (!tt_packet_is_error(p) || !quotation(frame, captured, p, &w))
		return false;
	if (tt_walk_ip(&w, &inner) != TT_FATE_COUNTED)
		return false;
	readable = tt_walk_extensions(&w, &inner) == TT_FATE_COUNTED;
	*q = (struct tt_quoted){
			.src = inner.src,
			.dst = inner.dst,
			.ip_version = inner.ip_version,
			.protocol = readable ? inner.protocol : 0,
	};
	if (readable && !inner.later_fragment)
		quoted_transport(&w, q);
	return true;
}
