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

/* The fields of struct tt_packet from has_tcp to encap_depth, as they lie there. */
struct kinds {
	bool has_tcp, has_ports, has_icmp, fragment, later_fragment;
	uint8_t ip_version, encap, encap_depth;
};
_Static_assert(offsetof(struct tt_packet, encap_depth)
						- offsetof(struct tt_packet, has_tcp)
				== sizeof(struct kinds) - 1,
		"copied at once");

/*
 * What a protocol's header gives, as masks: the mix of protocols on a darknet cannot be
 * predicted, and of a conditional load the compiler would make a branch.
 */
struct shape {
	uint32_t ports, tcp;
	struct kinds kinds;
	uint16_t icmp; /* of type and code as they lie in the frame */
	uint16_t bytes; /* the headers'; an IP packet that has fewer is not plain */
};

#define IPV4 .ip_version = 4
/* clang-format off */
#define OTHER {.kinds = {IPV4}, .bytes = 20}
/* clang-format on */

static const struct shape shapes[256] = {
		[0] = OTHER,
		[2 ... 5] = OTHER,
		[7 ... 16] = OTHER,
		[18 ... 57] = OTHER,
		[59 ... 255] = OTHER,
		[TT_PROTO_TCP] = {.ports = UINT32_MAX,
				.tcp = UINT32_MAX,
				.kinds = {.has_tcp = true, .has_ports = true, IPV4},
				.bytes = 20 + 20},
		[TT_PROTO_UDP] = {.ports = UINT32_MAX,
				.kinds = {.has_ports = true, IPV4},
				.bytes = 20 + 8},
		[TT_PROTO_ICMP] = {.icmp = UINT16_MAX,
				.kinds = {.has_icmp = true, IPV4},
				.bytes = 20 + 4},
		[TT_PROTO_ICMPV6] = {.icmp = UINT16_MAX,
				.kinds = {.has_icmp = true, IPV4},
				.bytes = 20 + 4},
};

/* Untagged Ethernet, IPv4 without options, no fragment, room for the transport header. */
static inline bool
is_plain(const uint8_t *frame, uint32_t captured, uint16_t link)
{
	const uint8_t *ip = frame + PLAIN_IP;

	if (link != TT_LINK_ETHERNET || captured < PLAIN_NEED)
		return false;
	if ((tt_load_be32(ip - 2) & 0xffffff00) != 0x08004500
			|| (tt_load_be16(ip + 6) & 0x3fff) != 0)
		return false;
	return tt_load_be16(ip + 2) >= shapes[ip[9]].bytes;
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
	p->l4_offset = PLAIN_L4;
	p->ip_offset = PLAIN_IP;
}

static inline void
plain_transport(const uint8_t *restrict l4, const struct shape *s,
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
