/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets by key, before and now, and now by slices of time: what sent how much of a target, country by
 * country or port by port. Bounded: where a table is full, the lighter half of its keys goes, so that what
 * is left is exact, or, where a key came back after it went, a lower bound. One thread; heap memory of
 * 48 bytes and 8 for each slice for each key.
 */
#ifndef TT_COUNTS_H
#define TT_COUNTS_H

#include "tt_hash.h"

enum tt_cause_span {
	TT_CAUSE_BEFORE,
	TT_CAUSE_NOW,
	TT_N_CAUSE_SPANS
};

struct tt_cause_count {
	uint64_t hi, lo; /* the key: of an address both, else lo alone */
	uint32_t of; /* number of the target, or another number of its owner */
	uint32_t tag; /* the owner's: a country … */
	uint64_t packets[TT_N_CAUSE_SPANS];
};

struct tt_counts {
	struct tt_cause_count *all; /* [n], of [room] */
	uint64_t *slices; /* [room * n_slices] */
	size_t n, room, max;
	size_t n_slices; /* of a key; 0: none */
	uint32_t *slots; /* [n_slots] index + 1, or 0 */
	size_t n_slots;
	struct tt_hash_seed seed; /* of the slots: addresses can be chosen */
	uint64_t pruned; /* keys that went */
};

/* Makes an empty one of at most max keys (64 at least). */
void tt_counts_init(struct tt_counts *counts, size_t max, size_t n_slices);
void tt_counts_fini(struct tt_counts *counts);

/* Adds packets. slice: below n_slices, of TT_CAUSE_NOW alone. Returns the key, or NULL where memory is
 * short; it lives until the next one is added. */
struct tt_cause_count *tt_counts_add(struct tt_counts *counts,
		const struct tt_cause_count *key, enum tt_cause_span span, size_t slice,
		uint64_t packets);

/* Finds a key, NULL: it is not there. */
struct tt_cause_count *tt_counts_find(
		struct tt_counts *counts, const struct tt_cause_count *key);

/* The slices of a key, [n_slices]. */
static inline const uint64_t *
tt_counts_slices(const struct tt_counts *counts, const struct tt_cause_count *count)
{
	return &counts->slices[(size_t)(count - counts->all) * counts->n_slices];
}

/* Packets of a key in the slices [first, end). */
uint64_t tt_counts_sum(const struct tt_counts *counts, const struct tt_cause_count *count,
		size_t first, size_t end);

#endif
