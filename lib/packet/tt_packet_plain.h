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
			|| (tt_load_be16(ip + 6) & 0x3fff) != 0)
		return false;
	return tt_load_be16(ip + 2) >= tt_plain_shapes[ip[9]].bytes;
}

static inline void
tt_plain_ip(const uint8_t *restrict ip, struct tt_packet *restrict p)
{
	p->src = tt_addr_v4(tt_load_be32(ip + 12));
	p->dst = tt_addr_v4(tt_load_be32(ip + 16));
	p->ip_bytes = tt_load_be16(ip + 2);
	p->ip_id = tt_load_be16(ip + 4);
	p->ttl = ip[8];
	p->protocol = ip[9];
	p->l4_offset = TT_PLAIN_L4;
	p->ip_offset = TT_PLAIN_IP;
}

static inline void
tt_plain_transport(const uint8_t *restrict l4, const struct tt_plain_shape *s,
		struct tt_packet *restrict p)
{
	uint32_t ports = tt_load_be32(l4) & s->ports;
	uint16_t icmp;

	p->src_port = (uint16_t)(ports >> 16);
	p->dst_port = (uint16_t)ports;
	p->tcp_seq = tt_load_be32(l4 + 4) & s->tcp;
	p->tcp_ack = tt_load_be32(l4 + 8) & s->tcp;
	p->tcp_flags = (uint16_t)(tt_load_be16(l4 + 12) & s->tcp & 0xfff);
	p->tcp_window = (uint16_t)(tt_load_be16(l4 + 14) & s->tcp);
	memcpy(&icmp, l4, sizeof(icmp));
	icmp &= s->icmp;
	memcpy(&p->icmp_type, &icmp, sizeof(icmp));
	memcpy(&p->has_tcp, &s->kinds, sizeof(s->kinds));
}

/* Fills *p from a frame that tt_packet_is_plain. */
static inline void
tt_packet_decode_plain(const uint8_t *frame, struct tt_packet *p)
{
	const uint8_t *ip = frame + TT_PLAIN_IP;

	tt_plain_ip(ip, p);
	tt_plain_transport(frame + TT_PLAIN_L4, &tt_plain_shapes[ip[9]], p);
}

#endif
