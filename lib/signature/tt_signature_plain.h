/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which rules a plain packet (tt_signature_gate.h) may match by its flags and its destination port, beside
 * those that its gate has bits of: ports with the same rules have a class. Most of these rules ask for nothing
 * but flags, port and addresses: where the gate says no to the others, the first two they have, and the last
 * are all that is looked at. Where it does not, they are tried with the others. For the files of lib/signature
 * only.
 *
 * Memory: 128 KiB for the classes of ports, twelve bytes for each rule of each class, and 9 KiB for the
 * addresses that they ask for.
 */
#ifndef TT_SIGNATURE_PLAIN_H
#define TT_SIGNATURE_PLAIN_H

#include "tt_signature_filter.h"

#define TT_SIGNATURE_PLAIN_ANY_MAX 64 /* rules that may stand in every class */
#define TT_SIGNATURE_TRIED_MAX     16 /* rules that take as long to try as the filter takes */

/* What is left to ask of a rule. */
enum tt_signature_plain_asks {
	TT_SIGNATURE_ASKS_NOTHING,
	TT_SIGNATURE_ASKS_PLACE,
	TT_SIGNATURE_ASKS_ADDRESSES, /* of more ranges than a place has room for */
	TT_SIGNATURE_ASKS_ALL /* it is tried */
};

#define TT_SIGNATURE_PLACE_RANGES 4

/* The addresses of IPv4 that a rule asks for, few enough to compare with all of them, as tt_addr.lo has them. */
struct tt_signature_place {
	struct tt_signature_place_list {
		uint32_t n; /* 0: any */
		struct {
			uint64_t first, more; /* than the first are the last */
		} ranges[TT_SIGNATURE_PLACE_RANGES];
	} dst, src;
};

struct tt_signature_plain {
	uint16_t class_of[65536]; /* by destination port; 0: no rule */
	struct tt_signature_plain_class {
		uint32_t first, n; /* entries */
		bool tried; /* there are rules that need be tried, or more than a packet has hits */
		bool crowded; /* too many need be tried: the filter decides */
	} * classes;
	struct tt_signature_plain_entry {
		uint32_t rank : 30;
		uint32_t asks : 2; /* enum tt_signature_plain_asks */
		uint32_t index; /* in tt_rules */
		uint32_t place;
	} * entries; /* of a class in the order of ranks; where none is tried, in that of the set */
	struct tt_signature_place *places; /* each another one */
	uint32_t n_places;
};

static inline const struct tt_signature_plain_class *
tt_signature_plain_class_of(const struct tt_signature_plain *plain, uint16_t dst_port)
{
	return &plain->classes[plain->class_of[dst_port]];
}

static inline bool
tt_signature_place_list_has(const struct tt_signature_place_list *list, struct tt_addr a)
{
	bool any = list->n == 0;

	for (uint32_t i = 0; i < list->n; i++)
		any |= a.lo - list->ranges[i].first <= list->ranges[i].more;
	return any;
}

/* Are both addresses, which are of IPv4, among a place's? */
static inline bool
tt_signature_place_has(const struct tt_signature_place *place, const struct tt_packet *p)
{
	const unsigned dst = tt_signature_place_list_has(&place->dst, p->dst);
	const unsigned src = tt_signature_place_list_has(&place->src, p->src);

	return dst & src; /* without a branch */
}

struct tt_signatures;
struct tt_signature_group;
struct tt_signature_arena;

/*
 * Of the rules that are listed by destination port, and those of any port that in_plain[their place in the
 * filter] says. Takes of both arenas; what of mine is gone afterwards. Returns whether there is room for
 * the classes, or -ENOMEM.
 */
int tt_signature_plain_init(struct tt_signature_plain *plain,
		const struct tt_signatures *s, const struct tt_signature_group *group,
		uint8_t flags, const bool *in_plain, struct tt_signature_arena *arena,
		struct tt_signature_arena *mine) TT_MUST_CHECK;

#endif
