/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A quick no for the packets that are most of a darknet's: TCP over IPv4 without payload, options or
 * fragments, with usual flags. Of the rules that may match such a packet by its flags, each is looked
 * for by two fields: a bit for each pair of their values says whether any rule takes it. One to three
 * pairs of fields do for all. It never says no to a packet that matches; the filter decides about
 * the others. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_GATE_H
#define TT_SIGNATURE_GATE_H

#include "tt_signature_filter.h"

#define TT_SIGNATURE_GATE_PAIRS 3
#define TT_SIGNATURE_IPV4_BYTES 20 /* without options */

/* Where a field's value comes from: (32 bits of tt_packet & mask) * factor, bits 24 to 31 of it. The
 * same as tt_signature_field gives, without asking which field it is. */
struct tt_signature_place {
	uint32_t offset, mask, factor;
};

struct tt_signature_gate {
	unsigned n; /* pairs; 0: no rule */
	struct tt_signature_gate_pair {
		struct tt_signature_place a, b;
		uint64_t *bits; /* [65536 / 64] by value of a, then of b */
	} pairs[TT_SIGNATURE_GATE_PAIRS];
};

/*
 * Of a filter's rules, for packets with these flags. *useful: does it say no to most of them? Takes of
 * the arena. Returns 0 or -ENOMEM.
 */
int tt_signature_gate_init(struct tt_signature_gate *g,
		const struct tt_signature_filter *f, uint8_t flags,
		struct tt_signature_arena *arena, bool *useful) TT_MUST_CHECK;

/*
 * Is it a packet that a gate with its flags is about? Without options, fragments, payload, and with the
 * reserved bit clear. Where less than its headers was captured it has no payload either.
 */
static inline bool
tt_signature_is_plain(const struct tt_signature_packet *from)
{
	const struct tt_packet *p = from->packet;
	const bool tcp = (p->protocol == TT_PROTO_TCP) & (p->ip_version == 4) & p->has_tcp
			& !p->fragment;
	uint32_t words;

	if (!tcp)
		return false;
	words = from->frame[p->l4_offset + 12] >> 4;
	return (p->ip_bytes == TT_SIGNATURE_IPV4_BYTES + 4 * words) & (words >= 5)
			& (p->l4_offset - p->ip_offset == TT_SIGNATURE_IPV4_BYTES)
			& ((from->frame[p->ip_offset + 6] & 0x80) == 0)
			& (((p->src.lo ^ p->dst.lo) | (p->src.hi ^ p->dst.hi)) != 0);
}

static inline unsigned
tt_signature_value_at(const struct tt_packet *p, const struct tt_signature_place *place)
{
	uint32_t value;

	memcpy(&value, (const uint8_t *)p + place->offset, sizeof(value));
	return (value & place->mask) * place->factor >> 24;
}

/* May any rule match the packet, which is plain, and has the gate's flags? */
static inline bool
tt_signature_gate_opens(const struct tt_signature_gate *g, const struct tt_packet *p)
{
	for (unsigned i = 0; i < g->n; i++) {
		const struct tt_signature_gate_pair *pair = &g->pairs[i];
		const unsigned at = tt_signature_value_at(p, &pair->a) << 8
				| tt_signature_value_at(p, &pair->b);

		if ((pair->bits[at / 64] >> at % 64 & 1) != 0)
			return true;
	}
	return false;
}

#endif
