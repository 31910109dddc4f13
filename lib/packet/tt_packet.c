/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder's entrance. Nearly all darknet traffic is IPv4 without options in untagged
 * Ethernet; that is read at fixed offsets, without a branch on the protocol. All else goes
 * through the walk, which also defines what the short way must give.
 */
#include "tt_walk.h"

#define PLAIN_IP   14
#define PLAIN_L4   34
#define PLAIN_NEED 48 /* up to TCP's flags, so that any protocol can be read */

/* Untagged Ethernet, IPv4 without options, no fragment, room for the transport header. */
static inline bool
is_plain(const uint8_t *frame, uint32_t captured, uint16_t link)
{
	const uint8_t *ip;

	if (link != TT_LINK_ETHERNET || captured < PLAIN_NEED)
		return false;
	ip = frame + PLAIN_IP;
	if (((tt_load_be16(ip - 2) ^ 0x0800) | (ip[0] ^ 0x45)
			    | (tt_load_be16(ip + 6) & 0x3fff))
			!= 0)
		return false;
	return tt_load_be16(ip + 2) >= 20 + tt_transport_need[ip[9]];
}

static inline void
plain_ip(const uint8_t *ip, struct tt_packet *p)
{
	p->src = tt_addr_v4(tt_load_be32(ip + 12));
	p->dst = tt_addr_v4(tt_load_be32(ip + 16));
	p->ip_bytes = tt_load_be16(ip + 2);
	p->l4_offset = PLAIN_L4;
	p->ip_offset = PLAIN_IP;
	p->ip_version = 4;
	p->protocol = ip[9];
	p->ttl = ip[8];
	p->encap = 0;
	p->fragment = false;
	p->later_fragment = false;
}

/*
 * Masks instead of branches: the mix of protocols on a darknet cannot be predicted, and of a
 * conditional load the compiler would make a branch.
 */
static inline void
plain_transport(const uint8_t *l4, uint8_t protocol, struct tt_packet *p)
{
	unsigned tcp = protocol == TT_PROTO_TCP;
	unsigned ports = tcp | (protocol == TT_PROTO_UDP);
	unsigned icmp = (protocol == TT_PROTO_ICMP) | (protocol == TT_PROTO_ICMPV6);

	p->src_port = (uint16_t)(tt_load_be16(l4) & (0 - ports));
	p->dst_port = (uint16_t)(tt_load_be16(l4 + 2) & (0 - ports));
	p->tcp_flags = (uint16_t)(tt_load_be16(l4 + 12) & (0 - tcp) & 0xfff);
	p->icmp_type = (uint8_t)(l4[0] & (0 - icmp));
	p->icmp_code = (uint8_t)(l4[1] & (0 - icmp));
	p->has_ports = ports;
	p->has_icmp = icmp;
}

/* The bytes ended where a header's stated length ends: then it is the header that is wrong. */
static enum tt_fate
not_the_capture(enum tt_fate fate)
{
	switch (fate) {
	case TT_FATE_TRUNCATED_LINK:
		return TT_FATE_NOT_IP;
	case TT_FATE_TRUNCATED_IP:
		return TT_FATE_BAD_IP_HEADER;
	case TT_FATE_TRUNCATED_TRANSPORT:
		return TT_FATE_BAD_TRANSPORT;
	default:
		return fate;
	}
}

static __attribute__((noinline)) enum tt_fate
walk(const uint8_t *frame, uint32_t captured, uint16_t link, struct tt_packet *p)
{
	struct tt_walk w = {.frame = frame, .end = captured};
	enum tt_fate fate;

	fate = tt_walk_link(&w, link);
	if (fate == TT_FATE_COUNTED)
		fate = tt_walk_ip(&w, p);
	if (fate == TT_FATE_COUNTED)
		fate = tt_walk_extensions(&w, p);
	if (fate == TT_FATE_COUNTED)
		fate = tt_walk_transport(&w, p);
	p->encap = w.encap;
	return w.stated ? not_the_capture(fate) : fate;
}

enum tt_fate
tt_packet_decode(const uint8_t *frame, uint32_t captured, uint16_t link,
		struct tt_packet *p)
{
	if (TT_LIKELY(is_plain(frame, captured, link))) {
		const uint8_t *ip = frame + PLAIN_IP;

		plain_ip(ip, p);
		plain_transport(frame + PLAIN_L4, ip[9], p);
		return TT_FATE_COUNTED;
	}
	return walk(frame, captured, link, p);
}
