/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792), ICMPv6 (RFC 4443). */
#include "tt_walk.h"

#define TCP_HEADER_BYTES 20 /* without options */

/* The bytes that a packet of each protocol must have to be counted; 0 for all other ones. */
static const uint8_t needed[256] = {
		[TT_PROTO_ICMP] = 4,
		[TT_PROTO_TCP] = 14,
		[TT_PROTO_UDP] = 8,
		[TT_PROTO_ICMPV6] = 4,
};

static void
no_transport(struct tt_packet *p)
{
	p->src_port = 0;
	p->dst_port = 0;
	p->tcp_flags = 0;
	p->tcp_window = 0;
	p->tcp_seq = 0;
	p->tcp_ack = 0;
	p->icmp_type = 0;
	p->icmp_code = 0;
	p->has_tcp = false;
	p->has_ports = false;
	p->has_icmp = false;
}

static void
ports(const uint8_t *b, struct tt_packet *p)
{
	p->src_port = tt_load_be16(b);
	p->dst_port = tt_load_be16(b + 2);
	p->has_ports = true;
}

/* Fourteen bytes are enough to count a packet; with all twenty there is more to say of it. */
static void
tcp(const struct tt_walk *w, struct tt_packet *p)
{
	const uint8_t *b = tt_walk_here(w);

	ports(b, p);
	p->tcp_flags = tt_load_be16(b + 12) & 0xfff;
	if (!tt_walk_has(w, TCP_HEADER_BYTES))
		return;
	p->tcp_seq = tt_load_be32(b + 4);
	p->tcp_ack = tt_load_be32(b + 8);
	p->tcp_window = tt_load_be16(b + 14);
	p->has_tcp = true;
}

static void
icmp(const uint8_t *b, struct tt_packet *p)
{
	p->icmp_type = b[0];
	p->icmp_code = b[1];
	p->has_icmp = true;
}

enum tt_fate
tt_walk_transport(const struct tt_walk *w, struct tt_packet *p)
{
	const uint8_t *b = tt_walk_here(w);

	no_transport(p);
	p->l4_offset = (uint16_t)w->at;
	if (p->later_fragment)
		return TT_FATE_COUNTED;
	if (!tt_walk_has(w, needed[p->protocol]))
		return TT_FATE_TRUNCATED_TRANSPORT;
	switch (p->protocol) {
	case TT_PROTO_TCP:
		tcp(w, p);
		break;
	case TT_PROTO_UDP:
		ports(b, p);
		break;
	case TT_PROTO_ICMP:
	case TT_PROTO_ICMPV6:
		icmp(b, p);
		break;
	default:
		break;
	}
	return TT_FATE_COUNTED;
}
