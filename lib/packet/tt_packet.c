/* SPDX-License-Identifier: BSD-3-Clause */
/* The decoder's entrance: the short way for what is plain, also under VLAN tags and in IPv6; the walk for all else. */
#include "tt_packet_plain.h"

#define IPV4 .ip_version = 4, .l4_offset = TT_PLAIN_L4, .ip_offset = TT_PLAIN_IP
/* clang-format off */
#define OTHER {.rest = {IPV4, .parts = TT_PACKET_IPV4}, .bytes = 20}
/* In IPv6 an extension header (tt_ip.c) and not plain; in IPv4 like any other. */
#define EXTENSION {.rest = {IPV4, .parts = TT_PACKET_IPV4}, .bytes = 20, .bytes6 = UINT16_MAX}
/* clang-format on */
#define WITH_ICMP                                                        \
	{                                                                \
		.icmp = UINT16_MAX,                                      \
		.rest = {.has_icmp = true,                               \
				IPV4,                                    \
				.parts = TT_PACKET_IPV4 | TT_PACKET_ICMP \
						| TT_PACKET_TRANSPORT},  \
		.bytes = 20 + 4, .bytes6 = 4                             \
	}
#define PARTS_TCP                                                            \
	(TT_PACKET_IPV4 | TT_PACKET_PORTS | TT_PACKET_TCP | TT_PACKET_TCP_20 \
			| TT_PACKET_TRANSPORT)
#define PARTS_UDP (TT_PACKET_IPV4 | TT_PACKET_PORTS | TT_PACKET_UDP | TT_PACKET_TRANSPORT)

const struct tt_plain_shape tt_plain_shapes[256] = {
		[0] = EXTENSION,
		[2 ... 5] = OTHER,
		[7 ... 16] = OTHER,
		[18 ... 42] = OTHER,
		[43 ... 44] = EXTENSION,
		[45 ... 50] = OTHER,
		[51] = EXTENSION,
		[52 ... 57] = OTHER,
		[59] = OTHER,
		[60] = EXTENSION,
		[61 ... 134] = OTHER,
		[135] = EXTENSION,
		[136 ... 138] = OTHER,
		[139 ... 140] = EXTENSION,
		[141 ... 255] = OTHER,
		[TT_PROTO_TCP] = {.ports_seq = UINT64_MAX,
				.ack_flags_window = ~UINT64_C(0xf0000000),
				.rest = {.has_tcp = true,
						.has_ports = true,
						IPV4,
						.parts = PARTS_TCP},
				.bytes = 20 + 20,
				.bytes6 = 20},
		[TT_PROTO_UDP] = {.ports_seq = UINT64_MAX << 32,
				.rest = {.has_ports = true, IPV4, .parts = PARTS_UDP},
				.bytes = 20 + 8,
				.bytes6 = 8},
		[TT_PROTO_ICMP] = WITH_ICMP,
		[TT_PROTO_ICMPV6] = WITH_ICMP,
};

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
	if (fate == TT_FATE_COUNTED)
		p->parts = tt_packet_parts_of(p);
	return w.stated ? not_the_capture(fate) : fate;
}

enum tt_fate
tt_packet_decode_ref(const uint8_t *frame, uint32_t captured, uint16_t link,
		struct tt_packet *p)
{
	return walk(frame, captured, link, p);
}

#define TAG_BYTES 4
#define TAGS      2 /* that the short way steps over */

/* How many VLAN tags stand before what may be plain: the frame from there on is as one without tags. */
static inline unsigned
tags_of(const uint8_t *frame, uint32_t captured)
{
	unsigned n = 0;

	while (n < TAGS && captured >= TT_PLAIN_NEED + (n + 1) * TAG_BYTES
			&& tt_walk_is_vlan_tag(tt_load_be16(
					frame + TT_PLAIN_IP - 2 + n * TAG_BYTES)))
		n++;
	return n;
}

static inline void
move_behind_tags(struct tt_packet *p, unsigned tags)
{
	static const uint8_t encaps[TAGS + 1] = {0, TT_ENCAP_VLAN, TT_ENCAP_QINQ};

	p->encap = encaps[tags];
	p->encap_depth = (uint8_t)tags;
	p->ip_offset = (uint16_t)(p->ip_offset + tags * TAG_BYTES);
	p->l4_offset = (uint16_t)(p->l4_offset + tags * TAG_BYTES);
}

/* The short way of what does not come as most does. Returns whether that was one. */
static inline bool
decode_short(const uint8_t *frame, uint32_t captured, struct tt_packet *p)
{
	const unsigned tags = tags_of(frame, captured);
	const uint8_t *untagged = frame + tags * TAG_BYTES;
	const uint32_t left = captured - tags * TAG_BYTES;

	if (tt_packet_is_plain6(untagged, left))
		tt_packet_decode_plain6(untagged, left, p);
	else if (tags > 0 && tt_packet_is_plain(untagged, left, TT_LINK_ETHERNET))
		tt_packet_decode_plain(untagged, p);
	else
		return false;
	move_behind_tags(p, tags);
	return true;
}

enum tt_fate
tt_packet_decode(const uint8_t *frame, uint32_t captured, uint16_t link,
		struct tt_packet *p)
{
	if (TT_LIKELY(tt_packet_is_plain(frame, captured, link))) {
		tt_packet_decode_plain(frame, p);
		return TT_FATE_COUNTED;
	}
	if (link == TT_LINK_ETHERNET && decode_short(frame, captured, p))
		return TT_FATE_COUNTED;
	return walk(frame, captured, link, p);
}
