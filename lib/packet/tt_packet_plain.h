/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short way through the decoder. Nearly all darknet traffic is IPv4 without options in
 * untagged Ethernet; that is read at fixed offsets, without a branch on the protocol. Inline, for
 * the pipeline's loop; what is not plain goes through tt_packet_decode, which also defines what
 * the short way must give. Pure functions, any thread.
 */
#ifndef TT_PACKET_PLAIN_H
#define TT_PACKET_PLAIN_H

#include "tt_walk.h"

#include <stddef.h>

#define TT_PLAIN_IP   14
#define TT_PLAIN_L4   34
#define TT_PLAIN_NEED 54 /* TCP's fixed header, so that any protocol can be read */

/* The fields of struct tt_packet from has_tcp to encap_depth, as they lie there. */
struct tt_plain_kinds {
	bool has_tcp, has_ports, has_icmp, fragment, later_fragment;
	uint8_t ip_version, encap, encap_depth;
};
_Static_assert(offsetof(struct tt_packet, encap_depth)
						- offsetof(struct tt_packet, has_tcp)
				== sizeof(struct tt_plain_kinds) - 1,
		"copied at once");

/*
 * What a protocol's header gives, as masks: the mix of protocols on a darknet cannot be
 * predicted, and of a conditional load the compiler would make a branch.
 */
struct tt_plain_shape {
	uint32_t ports, tcp;
	uint32_t flags; /* of the four bytes with TCP's flags and window */
	struct tt_plain_kinds kinds;
	uint16_t icmp; /* of type and code as they lie in the frame */
	uint16_t bytes; /* the headers'; an IP packet that has fewer is not plain */
};

extern const struct tt_plain_shape tt_plain_shapes[256];

/* Untagged Ethernet, IPv4 without options, no fragment, room for the transport header. */
static inline bool
tt_packet_is_plain(const uint8_t *frame, uint32_t captured, uint16_t link)
{
	const uint8_t *ip = frame + TT_PLAIN_IP;

	if (link != TT_LINK_ETHERNET || captured < TT_PLAIN_NEED)
		return false;
	if ((tt_load_be32(ip - 2) & 0xffffff00) != 0x08004500
			|| (tt_load_16(ip + 6) & htobe16(0x3fff)) != 0)
		return false;
	return tt_load_be16(ip + 2) >= tt_plain_shapes[ip[9]].bytes;
}

/* The destination of a frame that tt_packet_is_plain, before it is decoded. */
static inline uint32_t
tt_packet_plain_dst(const uint8_t *frame)
{
	return tt_load_be32(frame + TT_PLAIN_IP + 16);
}

/* Stores the upper half, then, behind it, the lower one. */
static inline void
tt_plain_halves(uint16_t *to, uint32_t v)
{
	v = htole32(v << 16 | v >> 16);
	memcpy(to, &v, sizeof(v));
}
_Static_assert(offsetof(struct tt_packet,
			       tcp_window) == offsetof(struct tt_packet, tcp_flags) + 2
				&& offsetof(struct tt_packet, dst_port)
						== offsetof(struct tt_packet, src_port)
								+ 2,
		"stored at once");

/*
 * Fills *p from a frame that tt_packet_is_plain. All is loaded before the first is stored, since
 * the compiler has to think that they overlap.
 */
static inline void
tt_packet_decode_plain(const uint8_t *frame, struct tt_packet *p)
{
	const uint8_t *ip = frame + TT_PLAIN_IP, *l4 = frame + TT_PLAIN_L4;
	const struct tt_plain_shape *s = &tt_plain_shapes[ip[9]];
	const uint32_t src = tt_load_be32(ip + 12), dst = tt_load_be32(ip + 16);
	const uint16_t ip_bytes = tt_load_be16(ip + 2), ip_id = tt_load_be16(ip + 4);
	const uint8_t ttl = ip[8], protocol = ip[9];
	const uint32_t ports = tt_load_be32(l4) & s->ports;
	const uint32_t seq = tt_load_be32(l4 + 4) & s->tcp;
	const uint32_t ack = tt_load_be32(l4 + 8) & s->tcp;
	const uint32_t flags = tt_load_be32(l4 + 12) & s->flags;
	const uint16_t icmp = tt_load_16(l4) & s->icmp;

	p->src = tt_addr_v4(src);
	p->dst = tt_addr_v4(dst);
	p->ip_bytes = ip_bytes;
	tt_plain_halves(&p->tcp_flags, flags);
	tt_plain_halves(&p->src_port, ports);
	p->ip_id = ip_id;
	p->tcp_seq = seq;
	p->tcp_ack = ack;
	p->ttl = ttl;
	p->protocol = protocol;
	memcpy(&p->icmp_type, &icmp, sizeof(icmp));
	memcpy(&p->has_tcp, &s->kinds, sizeof(s->kinds));
	p->l4_offset = TT_PLAIN_L4;
	p->ip_offset = TT_PLAIN_IP;
}

#endif
