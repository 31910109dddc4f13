/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distributions, put off: packets that are alike in all that distributions count are counted once, in a
 * small table by what they are like, and get into the cells when another kind takes their slot or
 * the tally is settled. Nearly all packets are of some hundred kinds, and one addition then does
 * for four. What is unusual goes to the cells at once. Exact always. One thread at a time; memory:
 * the caller's TT_ALIKE_SLOTS, all zero to begin with.
 */
#ifndef TT_ALIKE_H
#define TT_ALIKE_H

#include "tt_rest.h"

#include <endian.h>

#define TT_ALIKE_SLOTS 4096

/* Packets of one kind: length 24 bits | TTL 8 | TCP window 16 | TCP flags 12 | class 4. */
struct tt_alike {
	uint64_t kind;
	uint64_t packets; /* 0: free */
};

#define TT_ALIKE_TTL_SHIFT    24 /* longer packets than that are unusual */
#define TT_ALIKE_WINDOW_SHIFT 32
#define TT_ALIKE_FLAGS_SHIFT  48
#define TT_ALIKE_CLASS_SHIFT  60

_Static_assert(offsetof(struct tt_packet,
			       tcp_window) == offsetof(struct tt_packet, ip_bytes) + 4
				&& offsetof(struct tt_packet, tcp_flags)
						== offsetof(struct tt_packet, ip_bytes)
								+ 6
				&& TT_N_CLASSES <= 16,
		"length, window and flags are one word, with room for a class");
_Static_assert(offsetof(struct tt_packet, encap_depth)
				== offsetof(struct tt_packet, encap) + 1,
		"looked at together");

/* What of the word below counts: the window of SYNs alone. */
extern const uint64_t tt_alike_mask[16];

/* Length, window and flags as one number of the layout above. */
static inline uint64_t
tt_alike_word(const struct tt_packet *p)
{
	uint64_t word;

	memcpy(&word, &p->ip_bytes, sizeof(word));
	return le64toh(word);
}

/* Has it an encapsulation, a length of 24 bits or more, a protocol that its class seldom has, or a SYN
 * without a window? */
static inline bool
tt_alike_unusual(const struct tt_packet *p, uint32_t class)
{
	uint16_t encap; /* and its depth */

	memcpy(&encap, &p->encap, sizeof(encap));
	return TT_UNLIKELY((encap | p->ip_bytes >> TT_ALIKE_TTL_SHIFT) != 0)
			|| TT_UNLIKELY(p->protocol != tt_usual_protocol[class])
			|| TT_UNLIKELY((class | p->has_tcp) == TT_CLASS_TCP_SYN);
}
_Static_assert(TT_CLASS_TCP_SYN == 0, "so that nothing else gives it");

/* Counts a packet in the cells: which defines the result. */
void tt_distributions_count(
		struct tt_rest *rest, const struct tt_packet *p, uint32_t class);

/* Empties a slot into the cells. */
void tt_alike_out(const struct tt_alike *alike, struct tt_rest *rest);

/* Empties all of them. */
void tt_alike_settle(struct tt_alike *alike, struct tt_rest *rest);

static inline void
tt_alike_count(struct tt_alike *alike, struct tt_rest *rest, const struct tt_packet *p,
		uint32_t class)
{
	const uint64_t kind = (tt_alike_word(p) & tt_alike_mask[class])
			| (uint64_t)p->ttl << TT_ALIKE_TTL_SHIFT
			| (uint64_t) class << TT_ALIKE_CLASS_SHIFT;
	struct tt_alike *slot = &alike[kind * UINT64_C(0xbf58476d1ce4e5b9)
			/ (UINT64_MAX / TT_ALIKE_SLOTS + 1)];

	if (tt_alike_unusual(p, class)) {
		tt_distributions_count(rest, p, class);
		return;
	}
	if (TT_UNLIKELY(slot->kind != kind)) {
		tt_alike_out(slot, rest);
		*slot = (struct tt_alike){.kind = kind};
	}
	slot->packets++;
}

#endif
