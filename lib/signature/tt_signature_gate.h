/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A quick no for the packets that are most of a darknet's: TCP over IPv4 without payload, options or
 * fragments, with usual flags. The rules of any port that may match such a packet by its flags share
 * 14 bits; for each value (or one byte of a value) of a few fields there is a word of the bits of which a
 * rule takes it. Where nothing is left of the words of a packet's fields, none of them matches; where
 * something is, a second byte of the numbers and addresses has its say. Rules that would take too many packets are
 * not among them, nor are those that are listed by destination port: what of these may match is known by
 * port (tt_signature_plain.h). Of the rules that are listed by source port, it has a bit for ports that one
 * of them may match such a packet at. It never says no to a packet that matches.
 *
 * Where it says yes, the rules of the bits that are left, and those of the port, are tried without a look at
 * the filter, if they are few. Each of them takes time, and a step of those that a packet may cost: of many, the
 * filter leaves less. So it decides about a packet with many of them, as about one whose source port has a bit.
 *
 * Between two bursts a worker's tables push all of this out of the first cache. So there is a screen before a
 * gate, that is asked of one packet after the other: the same words without those of the numbers of IP and of
 * acknowledgement, and with a bit more for the rules that are listed by source port, and one for destination ports. It
 * lets through what a rule of the gate may match, and a few packets more. Windows it takes by twelve bits, as they say
 * most: rules ask for some that nobody else has, and packets with the upper byte of one rule's window and the sequence
 * number of another rule of the same bit are many. Where the two numbers that are left out say much, there is none. Where
 * a sieve stands before it (tt_signature_sieve.h), it is asked of few packets. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_GATE_H
#define TT_SIGNATURE_GATE_H

#include "tt_packet_plain.h"
#include "tt_signature_plain.h"

#include <stddef.h>

#define TT_SIGNATURE_IPV4_BYTES 20 /* without options */

/* Where a field stands in what the decoder says of a packet. */
#define TT_SIGNATURE_SAYS(field) \
	(offsetof(struct tt_packet, field) - offsetof(struct tt_packet, has_tcp))

enum tt_signature_gate_field {
	TT_SIGNATURE_GATE_SEQ,
	TT_SIGNATURE_GATE_WINDOW,
	TT_SIGNATURE_GATE_IP_ID,
	TT_SIGNATURE_GATE_ACK,
	TT_SIGNATURE_GATE_DST,
	TT_SIGNATURE_GATE_SRC,
	TT_SIGNATURE_GATE_TTL,
	TT_SIGNATURE_GATE_FIELDS
};

#define TT_SIGNATURE_GATE_NUMBERS 4 /* the first fields, numbers of more than a byte */
#define TT_SIGNATURE_GATE_SECONDS 6 /* these, and addresses */

/* Source ports that share a bit: they are random, and all the lines of all bits would be read. */
#define TT_SIGNATURE_GATE_TOGETHER 8

#define TT_SIGNATURE_SCREEN_PORTS   1024
#define TT_SIGNATURE_SCREEN_WINDOWS 4096 /* words of windows, each of a few windows in a row */
#define TT_SIGNATURE_SCREEN_TOGETHER (65536 / TT_SIGNATURE_SCREEN_WINDOWS)
#define TT_SIGNATURE_SCREEN_BY_SRC  0x8000 /* the bit of all rules that are listed by source port */
#define TT_SIGNATURE_SCREEN_PORT    0x4000 /* … of destination ports that have a class */

/* Of windows, destinations and TTLs few are usual, so that of many lines few are read. */
struct tt_signature_screen {
	uint16_t seq[256], dst[256], src[256], ttl[256];
	uint16_t window[TT_SIGNATURE_SCREEN_WINDOWS]; /* by the upper twelve bits */
	uint16_t src_ports[256]; /* by the upper byte */
	uint16_t dst_ports[TT_SIGNATURE_SCREEN_PORTS]; /* by the lower ten bits */
};

#define TT_SIGNATURE_GATE_BITS 14
_Static_assert((1u << TT_SIGNATURE_GATE_BITS) - 1 < TT_SIGNATURE_SCREEN_PORT,
		"a screen has two bits more");

struct tt_signature_gate {
	struct tt_signature_screen screen;
	struct tt_signature_gate_rules {
		uint32_t first, n;
	} rules_of[TT_SIGNATURE_GATE_BITS]; /* of each bit */
	uint32_t *ranks; /* of all of them */
	uint16_t bits[TT_SIGNATURE_GATE_FIELDS][256];
	uint16_t second[TT_SIGNATURE_GATE_SECONDS][256];
	uint64_t src_ports[65536 / TT_SIGNATURE_GATE_TOGETHER / 64];
	bool by_src; /* any bit in src_ports */
	uint64_t dst_ports[65536 / 64]; /* that have a class */
	struct tt_signature_plain plain;
};

/*
 * Of a filter's rules, for packets with these flags. rules: by rank. in_plain[f->n]: which rules are not
 * among its own, as they would take too many packets. *useful: does it say no to most of them? Takes of the arena.
 * Returns 0 or -ENOMEM.
 */
int tt_signature_gate_init(struct tt_signature_gate *g,
		const struct tt_signature_filter *f,
		const struct tt_signature_rule *rules, uint8_t flags, bool *in_plain,
		bool *useful, struct tt_signature_arena *arena) TT_MUST_CHECK;

/* Adds the i-th rule of a list of source ports to the screen of a gate that was begun. */
void tt_signature_screen_by_src(struct tt_signature_gate *g,
		const struct tt_signature_filter *f, uint32_t i);

/* Fills the screen of a gate of which all else is there. Returns whether it is of use: it leaves fields out. */
bool tt_signature_screen_init(struct tt_signature_gate *g, uint8_t flags);

/* The one number that a rule asks for of a field, one of the first. Returns whether it asks for one. */
bool tt_signature_one_number(const struct tt_rule *rule, unsigned field, uint32_t *number);

/* May the i-th rule of a filter match a plain packet with these flags? */
bool tt_signature_gate_may(
		const struct tt_signature_filter *f, uint8_t flags, uint32_t i);

/* Of a TCP packet over IPv4 that is no fragment: is its IP header without options and with the reserved bit
 * clear, is there no payload, and does it come from another address than it goes to? */
static inline bool
tt_signature_is_bare(const struct tt_packet *p, const uint8_t *ip, const uint8_t *l4)
{
	return p->ip_bytes == TT_SIGNATURE_IPV4_BYTES + (l4[12] >> 2 & 0x3cu)
			&& l4 - ip == TT_SIGNATURE_IPV4_BYTES && (ip[6] & 0x80) == 0
			&& p->src.lo != p->dst.lo;
}

/*
 * Is it a packet that a gate with its flags is about? Without options, fragments, payload, and with the
 * reserved bit clear. Where less than its headers was captured it has no payload either. What the
 * decoder says of it stands in eight bytes, of which how it was wrapped does not matter.
 */
static inline bool
tt_signature_is_plain(const struct tt_packet *p, const uint8_t *frame)
{
	static const uint8_t plain[8] = {[TT_SIGNATURE_SAYS(has_tcp)] = true,
			[TT_SIGNATURE_SAYS(has_ports)] = true,
			[TT_SIGNATURE_SAYS(ip_version)] = 4};
	static const uint8_t matters[8] = {[TT_SIGNATURE_SAYS(has_tcp)] = 0xff,
			[TT_SIGNATURE_SAYS(has_ports)] = 0xff,
			[TT_SIGNATURE_SAYS(fragment)] = 0xff,
			[TT_SIGNATURE_SAYS(ip_version)] = 0xff};
	uint64_t says, mask, want;

	memcpy(&says, (const uint8_t *)p + offsetof(struct tt_packet, has_tcp),
			sizeof(says));
	memcpy(&mask, matters, sizeof(mask));
	memcpy(&want, plain, sizeof(want));
	return (says & mask) == want
			&& tt_signature_is_bare(
					p, frame + p->ip_offset, frame + p->l4_offset);
}

/* Is it TCP in nothing but Ethernet and IPv4 without options, as nearly all of it is? Eight bytes that the decoder
 * says. It may be a first fragment. */
static inline bool
tt_signature_is_usual(const struct tt_packet *p)
{
	static const struct tt_packet usual = {.ip_version = 4,
			.l4_offset = TT_PLAIN_L4,
			.ip_offset = TT_PLAIN_IP,
			.parts = TT_PACKET_IPV4 | TT_PACKET_PORTS | TT_PACKET_TCP
					| TT_PACKET_TCP_20 | TT_PACKET_TRANSPORT};

	return memcmp(&p->ip_version, &usual.ip_version, 8) == 0;
}
_Static_assert(TT_SIGNATURE_SAYS(encap) == TT_SIGNATURE_SAYS(ip_version) + 1
				&& TT_SIGNATURE_SAYS(encap_depth) == TT_SIGNATURE_SAYS(ip_version) + 2
				&& TT_SIGNATURE_SAYS(l4_offset) == TT_SIGNATURE_SAYS(ip_version) + 3
				&& TT_SIGNATURE_SAYS(ip_offset) == TT_SIGNATURE_SAYS(ip_version) + 5
				&& TT_SIGNATURE_SAYS(parts) == TT_SIGNATURE_SAYS(ip_version) + 7,
		"compared at once");

/* Is a usual packet plain? Its fragment bits, but for "don't fragment", are looked at where they lie. The length of a
 * TCP header is in the upper four bits of its byte, in units of four: four times the bytes behind the IP header. */
static inline bool
tt_signature_usual_is_plain(const struct tt_packet *p, const uint8_t *frame)
{
	const uint16_t all_but_df = htobe16(0xbfff);
	uint16_t fragment;

	memcpy(&fragment, frame + TT_PLAIN_IP + 6, sizeof(fragment));
	return (fragment & all_but_df) == 0
			&& ((uint64_t)p->ip_bytes - TT_SIGNATURE_IPV4_BYTES) * 4
					== (frame[TT_PLAIN_L4 + 12] & 0xf0u)
			&& p->src.lo != p->dst.lo;
}

/* The byte of a number that tt_signature_byte leaves out, or the second one of an address. */
static inline uint8_t
tt_signature_second_byte(enum tt_signature_gate_field field, uint32_t value)
{
	if (field == TT_SIGNATURE_GATE_DST || field == TT_SIGNATURE_GATE_SRC)
		return (uint8_t)(value >> 16);
	return (uint8_t)(field == TT_SIGNATURE_GATE_WINDOW ? value : value >> 8);
}

/* What the second bytes leave of the bits. Seldom called. */
unsigned tt_signature_gate_second(const struct tt_signature_gate *g,
		const struct tt_packet *p, unsigned bits);

/* The bits of the rules that may match the packet, which is plain, and has the gate's flags. */
static inline unsigned
tt_signature_gate_left(const struct tt_signature_gate *g, const struct tt_packet *p)
{
	const unsigned bits = (unsigned)(g->bits[TT_SIGNATURE_GATE_SEQ]
						[tt_signature_byte(TT_SIGNATURE_FIELD_SEQ,
								p->tcp_seq)]
			& g->bits[TT_SIGNATURE_GATE_WINDOW][tt_signature_byte(
					TT_SIGNATURE_FIELD_WINDOW, p->tcp_window)]
			& g->bits[TT_SIGNATURE_GATE_IP_ID]
				 [tt_signature_byte(TT_SIGNATURE_FIELD_IP_ID, p->ip_id)]
			& g->bits[TT_SIGNATURE_GATE_ACK]
				 [tt_signature_byte(TT_SIGNATURE_FIELD_ACK, p->tcp_ack)]
			& g->bits[TT_SIGNATURE_GATE_DST][p->dst.lo >> 24 & 0xff]
			& g->bits[TT_SIGNATURE_GATE_SRC][p->src.lo >> 24 & 0xff]
			& g->bits[TT_SIGNATURE_GATE_TTL][p->ttl]);

	return TT_UNLIKELY(bits != 0) ? tt_signature_gate_second(g, p, bits) : 0;
}

static inline bool
tt_signature_gate_bit(const uint64_t *bits, unsigned i)
{
	return (bits[i / 64] >> i % 64 & 1) != 0;
}

/* The bits of the gate that may be left of a packet, which is plain, and has the gate's flags, for all that the screen
 * tells, and the other bits of it: whether any but these or no rule may match it. */
static inline uint16_t
tt_signature_screen_left(const struct tt_signature_screen *s, const struct tt_packet *p)
{
	return (uint16_t)((s->seq[p->tcp_seq % 256]
					  & s->window[(uint32_t)p->tcp_window
							  / TT_SIGNATURE_SCREEN_TOGETHER]
					  & s->ttl[p->ttl] & s->src_ports[p->src_port >> 8]
					  & s->dst[(uint32_t)p->dst.lo >> 24]
					  & s->src[(uint32_t)p->src.lo >> 24])
			| s->dst_ports[p->dst_port % TT_SIGNATURE_SCREEN_PORTS]);
}

/* May a rule that is listed by source port match it? */
static inline bool
tt_signature_gate_by_src(const struct tt_signature_gate *g, const struct tt_packet *p)
{
	return g->by_src
			&& tt_signature_gate_bit(g->src_ports,
					p->src_port / TT_SIGNATURE_GATE_TOGETHER);
}

#endif
