/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where hits stand in the table. A hash has a slot of its own in its first bucket: where that is free the hit takes it, as
 * long as the bucket is quite empty, and so is found without a look at any tag; so are nine in ten while a fifth of the
 * table is taken. A hit that finds it taken has another slot of the bucket. The second bucket is for hits whose first is
 * no longer quite empty: of the two they take the emptier one, so that the first bucket overflows as late as if all did.
 * As no slot becomes free again, the hit of a hash whose first bucket is quite empty is not in the second. For
 * tt_detections_count.c alone.
 */
#ifndef TT_DETECTIONS_SLOTS_H
#define TT_DETECTIONS_SLOTS_H

#include "tt_detections_private.h"
#include "tt_detections_tags.h"

#include <stddef.h>

#define TT_HIT_QUITE_EMPTY 6 /* free slots of a bucket, at least */

/* Second, rule and value of a hit, or of a match, as one word: what is the same of both is the same word. */
static inline uint64_t
tt_hit_word(const void *hit_or_match, size_t second)
{
	uint64_t word;

	memcpy(&word, (const uint8_t *)hit_or_match + second, sizeof(word));
	return word;
}
_Static_assert(offsetof(struct tt_hit, rule) == offsetof(struct tt_hit, second) + 4
				&& offsetof(struct tt_hit, value)
						== offsetof(struct tt_hit, second) + 6
				&& offsetof(struct tt_detection_match, rule)
						== offsetof(struct tt_detection_match,
								   second)
								+ 4
				&& offsetof(struct tt_detection_match, value)
						== offsetof(struct tt_detection_match,
								   second)
								+ 6,
		"one word");

/* Is it the slot of the match's hit? One decision, as most slots that are asked are. */
static inline bool
tt_hit_slot_has(const struct tt_hit *slot, const struct tt_detection_match *m)
{
	const uint64_t differ = (slot->src.lo ^ m->src.lo) | (slot->src.hi ^ m->src.hi)
			| (slot->dst.lo ^ m->dst.lo) | (slot->dst.hi ^ m->dst.hi)
			| (tt_hit_word(slot, offsetof(struct tt_hit, second))
					^ tt_hit_word(m,
							offsetof(struct tt_detection_match,
									second)));

	return (differ == 0) & (slot->packets != 0);
}

/* The two buckets of a hash, of those of a kind: the slots that they begin at; and the slot of the first that a hit
 * with this hash has where it is free. */
struct tt_hit_buckets {
	uint64_t at[2], home;
};

static inline struct tt_hit_buckets
tt_hit_buckets_of(const struct tt_detections *d, enum tt_hit_kind kind, uint64_t hash)
{
	const uint64_t first = kind == TT_HITS_PLAIN ? 0 : d->n_plain;
	const uint64_t end = kind == TT_HITS_PLAIN ? d->n_plain : d->n_hits;
	const uint64_t home = first + ((uint32_t)hash * (end - first) >> 32);
	const uint64_t second = first + ((hash >> 32) * (end - first) >> 32);

	TT_ASSERT(end > first);
	return (struct tt_hit_buckets){
			{home & ~(uint64_t)(TT_HIT_BUCKET - 1),
					second & ~(uint64_t)(TT_HIT_BUCKET - 1)},
			home};
}

/* Of the free slots of the first bucket, which are some: that which is the hash's own, or the first. */
static inline struct tt_hit *
tt_hit_first_free(const struct tt_detections *d, const struct tt_hit_buckets *b,
		uint64_t free)
{
	return &d->hits[d->tags[b->home] == 0 ? b->home : b->at[0] + tt_hit_first(free)];
}

/* A free slot of the first bucket, as long as it is quite empty, then of the emptier one; NULL where both are full. */
static inline struct tt_hit *
tt_hit_free_slot(const struct tt_detections *d, const struct tt_hit_buckets *b)
{
	const uint64_t free_a = tt_hit_tags_equal(&d->tags[b->at[0]], 0);
	uint64_t free_b;

	if (tt_hit_count(free_a) >= TT_HIT_QUITE_EMPTY)
		return tt_hit_first_free(d, b, free_a);
	free_b = tt_hit_tags_equal(&d->tags[b->at[1]], 0);
	if ((free_a | free_b) == 0)
		return NULL;
	return tt_hit_count(free_a) >= tt_hit_count(free_b)
			? tt_hit_first_free(d, b, free_a)
			: &d->hits[b->at[1] + tt_hit_first(free_b)];
}

/* The slot of a match's hit; NULL where it has none. */
static inline struct tt_hit *
tt_hit_find(const struct tt_detections *d, const struct tt_hit_buckets *b,
		const struct tt_detection_match *m)
{
	const uint16_t tag = tt_hit_tag(m->hash);
	const bool one = tt_hit_count(tt_hit_tags_equal(&d->tags[b->at[0]], 0))
			>= TT_HIT_QUITE_EMPTY;

	for (unsigned i = 0; i < (one ? 1 : 2); i++) {
		uint64_t mask = tt_hit_tags_equal(&d->tags[b->at[i]], tag);

		for (; mask != 0; mask &= mask - 1) {
			struct tt_hit *slot = &d->hits[b->at[i] + tt_hit_first(mask)];

			if (tt_hit_slot_has(slot, m))
				return slot;
		}
	}
	return NULL;
}

#endif
