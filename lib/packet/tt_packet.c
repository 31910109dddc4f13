/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder's entrance. Nearly all darknet traffic is IPv4 without options in untagged
 * Ethernet; that is read at fixed offsets, without a branch on the protocol. All else goes
 * through the walk, which also defines what the short way must give.
 */
#include "tt_walk.h"

#define PLAIN_IP   14
#define PLAIN_L4   34
#define PLAIN_NEED 54 /* TCP's fixed header, so that any protocol can be read */

/*
 * What a protocol's header gives, as masks: the mix of protocols on a darknet cannot be
 * predicted, and of a conditional load the compiler would make a branch.
 */
struct shape {
	uint32_t ports, tcp;
	uint8_t icmp;
	bool has_tcp, has_ports, has_icmp;
	uint8_t bytes; /* the header's; an IP packet that has fewer is not plain */
};

static const struct shape shapes[256] = {
		[TT_PROTO_TCP] = {.ports = UINT32_MAX,
				.tcp = UINT32_MAX,
				.has_tcp = true,
				.has_ports = true,
				.bytes = 20},
		[TT_PROTO_UDP] = {.ports = UINT32_MAX, .has_ports = true, .bytes = 8},
		[TT_PROTO_ICMP] = {.icmp = UINT8_MAX, .has_icmp = true, .bytes = 4},
		[TT_PROTO_ICMPV6] = {.icmp = UINT8_MAX, .has_icmp = true, .bytes = 4},
};

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
	return tt_load_be16(ip + 2) >= 20 + shapes[ip[9]].bytes;
}

static inline void
plain_ip(const uint8_t *restrict ip, struct tt_packet *restrict p)
{
	p->src = tt_addr_v4(tt_load_be32(ip + 12));
	p->dst = tt_addr_v4(tt_load_be32(ip + 16));
	p->ip_bytes = tt_load_be16(ip + 2);
	p->ip_id = tt_load_be16(ip + 4);
	p->ttl = ip[8];
	p->protocol = ip[9];
	p->fragment = false;
	p->later_fragment = false;
	p->ip_version = 4;
	p->encap = 0;
	p->encap_depth = 0;
	p->l4_offset = PLAIN_L4;
	p->ip_offset = PLAIN_IP;
}

static inline void
plain_transport(const uint8_t *restrict l4, const struct shape *s,
		struct tt_packet *restrict p)
{
	p->src_port = (uint16_t)(tt_load_be16(l4) & s->ports);
	p->dst_port = (uint16_t)(tt_load_be16(l4 + 2) & s->ports);
	p->tcp_seq = tt_load_be32(l4 + 4) & s->tcp;
	p->tcp_ack = tt_load_be32(l4 + 8) & s->tcp;
	p->tcp_flags = (uint16_t)(tt_load_be16(l4 + 12) & s->tcp & 0xfff);
	p->tcp_window = (uint16_t)(tt_load_be16(l4 + 14) & s->tcp);
	p->icmp_type = l4[0] & s->icmp;
	p->icmp_code = l4[1] & s->icmp;
	p->has_tcp = s->has_tcp;
	p->has_ports = s->has_ports;
	p->has_icmp = s->has_icmp;
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

/* A session's header comes at most once, so it needs no limit and is not among the tags. */
static uint8_t
depth(const struct tt_walk *w)
{
	return (uint8_t)(w->tags + ((w->encap & TT_ENCAP_PPPOE) != 0));
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
	p->encap_depth = depth(&w);
	return w.stated ? not_the_capture(fate) : fate;
}

enum tt_fate
tt_packet_decode(const uint8_t *frame, uint32_t captured, uint16_t link,
		struct tt_packet *p)
{
	if (TT_LIKELY(is_plain(frame, captured, link))) {
		const uint8_t *ip = frame + PLAIN_IP;

		plain_ip(ip, p);
		plain_transport(frame + PLAIN_L4, &shapes[ip[9]], p);
		return TT_FATE_COUNTED;
	}
	return walk(frame, captured, link, p);
}
