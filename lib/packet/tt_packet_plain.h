/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short way through the decoder. Nearly all darknet traffic is IPv4 without options in
 * untagged Ethernet; that is read at fixed offsets, without a branch on the protocol. Inline, for
 * the pipeline's loop; all else goes through tt_packet_decode, which knows a short way for IPv6 without
 * extension headers and for one or two VLAN tags as well. tt_packet_decode_ref defines what they
 * must give. Pure functions, any thread.
 */
#ifndef TT_PACKET_PLAIN_H
#define TT_PACKET_PLAIN_H

#include "tt_walk.h"

#include <stddef.h>

#define TT_PLAIN_IP   14
#define TT_PLAIN_L4   34
#define TT_PLAIN_NEED 54 /* TCP's fixed header, so that any protocol can be read */

/* The fields of struct tt_packet from icmp_type on, as they lie there. */
struct tt_plain_rest {
	uint8_t icmp_type, icmp_code;
	bool has_tcp, has_ports, has_icmp, fragment, later_fragment;
	uint8_t ip_version, encap, encap_depth;
	uint16_t l4_offset, ip_offset;
	uint8_t parts;
};
#define TT_PLAIN_REST offsetof(struct tt_packet, icmp_type)
_Static_assert(sizeof(struct tt_packet) - TT_PLAIN_REST == sizeof(struct tt_plain_rest)
				&& offsetof(struct tt_packet, parts) - TT_PLAIN_REST
						== offsetof(struct tt_plain_rest, parts),
		"copied at once");

/*
 * What a protocol's header gives, as masks: the mix of protocols on a darknet cannot be
 * predicted, and of a conditional load the compiler would make a branch. A line each.
 */
struct tt_plain_shape {
	uint64_t ports_seq; /* of the first eight bytes as a number */
	uint64_t ack_flags_window; /* of the second */
	struct tt_plain_rest rest;
	uint16_t icmp; /* of type and code as they lie in the frame */
	uint16_t bytes; /* the headers', with IPv4's; an IP packet that has fewer is not plain */
	uint16_t bytes6; /* the same of the payload of IPv6 */
} TT_CACHE_ALIGNED;

extern const struct tt_plain_shape tt_plain_shapes[256];

/* From the IP header's length on: length 16 bits | identification 16 | fragment 16 | TTL 8 |
 * protocol 8. */
static inline uint64_t
tt_plain_length_to_protocol(const uint8_t *frame)
{
	return tt_load_be64(frame + TT_PLAIN_IP + 2);
}

/* Untagged Ethernet, IPv4 without options, no fragment, room for the transport header. */
static inline bool
tt_packet_is_plain(const uint8_t *frame, uint32_t captured, uint16_t link)
{
	uint64_t word;

	if (link != TT_LINK_ETHERNET || captured < TT_PLAIN_NEED)
		return false;
	word = tt_plain_length_to_protocol(frame);
	if ((tt_load_be32(frame + TT_PLAIN_IP - 2) & 0xffffff00) != 0x08004500
			|| (word & 0x3fff0000) != 0)
		return false;
	return word >> 48 >= tt_plain_shapes[word & 0xff].bytes;
}

/* The destination of a frame that tt_packet_is_plain, before it is decoded. */
static inline uint32_t
tt_packet_plain_dst(const uint8_t *frame)
{
	return tt_load_be32(frame + TT_PLAIN_IP + 16);
}

/* The first 16 bytes of the transport header, masked, and what else its shape says. */
static inline void
tt_plain_fill_transport(struct tt_packet *p, const struct tt_plain_shape *s,
		uint64_t first, uint64_t second, uint16_t icmp)
{
	p->tcp_seq = (uint32_t)first;
	p->dst_port = (uint16_t)(first >> 32);
	p->src_port = (uint16_t)(first >> 48);
	p->tcp_window = (uint16_t)second;
	p->tcp_flags = (uint16_t)(second >> 16);
	p->tcp_ack = (uint32_t)(second >> 32);
	memcpy(&p->icmp_type, &s->rest, sizeof(s->rest));
	memcpy(&p->icmp_type, &icmp, sizeof(icmp));
}

/*
 * Fills *p from a frame that tt_packet_is_plain. All is loaded before the first is stored, since
 * the compiler has to think that they overlap.
 */
static inline void
tt_packet_decode_plain(const uint8_t *frame, struct tt_packet *p)
{
	const uint8_t *ip = frame + TT_PLAIN_IP, *l4 = frame + TT_PLAIN_L4;
	const uint64_t word = tt_plain_length_to_protocol(frame);
	const struct tt_plain_shape *s = &tt_plain_shapes[word & 0xff];
	const uint32_t src = tt_load_be32(ip + 12), dst = tt_load_be32(ip + 16);
	const uint64_t first = tt_load_be64(l4) & s->ports_seq;
	const uint64_t second = tt_load_be64(l4 + 8) & s->ack_flags_window;
	const uint16_t icmp = tt_load_16(l4) & s->icmp;

	p->src = tt_addr_v4(src);
	p->dst = tt_addr_v4(dst);
	p->ip_bytes = (uint32_t)(word >> 48);
	p->ip_id = (uint16_t)(word >> 32);
	p->protocol = (uint8_t)word;
	p->ttl = (uint8_t)(word >> 8);
	tt_plain_fill_transport(p, s, first, second, icmp);
}

#define TT_PLAIN6_L4   54
#define TT_PLAIN6_NEED 62 /* eight bytes of any protocol */

/* From the payload's length on: length 16 bits | next header 8 | hop limit 8. */
static inline uint32_t
tt_plain6_length_to_limit(const uint8_t *frame)
{
	return tt_load_be32(frame + TT_PLAIN_IP + 4);
}

static inline struct tt_addr
tt_plain6_address(const uint8_t *b)
{
	return (struct tt_addr){.hi = tt_load_be64(b), .lo = tt_load_be64(b + 8)};
}

/* Untagged Ethernet, IPv6 without extension headers, room for the transport header, addresses of IPv6. */
static inline bool
tt_packet_is_plain6(const uint8_t *frame, uint32_t captured)
{
	const uint8_t *ip = frame + TT_PLAIN_IP;
	uint32_t word, transport;

	if (captured < TT_PLAIN6_NEED
			|| (tt_load_be32(ip - 2) & 0xfffff000) != 0x86dd6000)
		return false;
	word = tt_plain6_length_to_limit(frame);
	transport = tt_plain_shapes[word >> 8 & 0xff].bytes6;
	return captured >= TT_PLAIN6_L4 + transport && word >> 16 >= transport
			&& !tt_addr_is_v4(tt_plain6_address(ip + 8))
			&& !tt_addr_is_v4(tt_plain6_address(ip + 24));
}

/* Fills *p from a frame that tt_packet_is_plain6. */
static inline void
tt_packet_decode_plain6(const uint8_t *frame, uint32_t captured, struct tt_packet *p)
{
	const uint8_t *ip = frame + TT_PLAIN_IP, *l4 = frame + TT_PLAIN6_L4;
	const uint32_t word = tt_plain6_length_to_limit(frame);
	const struct tt_plain_shape *s = &tt_plain_shapes[word >> 8 & 0xff];
	const struct tt_addr src = tt_plain6_address(ip + 8),
			     dst = tt_plain6_address(ip + 24);
	const uint64_t first = tt_load_be64(l4) & s->ports_seq;
	const uint64_t second = captured >= TT_PLAIN6_L4 + 16
			? tt_load_be64(l4 + 8) & s->ack_flags_window
			: 0;
	const uint16_t icmp = tt_load_16(l4) & s->icmp;

	p->src = src;
	p->dst = dst;
	p->ip_bytes = TT_PLAIN6_L4 - TT_PLAIN_IP + (word >> 16);
	p->ip_id = 0;
	p->protocol = (uint8_t)(word >> 8);
	p->ttl = (uint8_t)word;
	tt_plain_fill_transport(p, s, first, second, icmp);
	p->ip_version = 6;
	p->l4_offset = TT_PLAIN6_L4;
	p->parts = (uint8_t)(s->rest.parts & ~TT_PACKET_IPV4);
}

#endif
