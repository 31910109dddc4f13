/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the rows of a store are found; what its own files share. A slot holds the number of a row + 1
 * in the bits that an index of a slot takes, and above these as many bits of the row's hash as are
 * left: rows whose keys differ mostly differ there, and are passed over without being looked at.
 * 0: a free slot.
 */
#ifndef TT_COMPACT_SLOTS_H
#define TT_COMPACT_SLOTS_H

#include "tt_compact_store.h"

/* So many rows for each of four slots at most. */
#define TT_STORE_FULL 3

/* key: n words, `step` words apart. */
static inline __attribute__((always_inline)) uint64_t
tt_store_hash(const struct tt_store *s, const uint64_t *key, unsigned n, size_t step)
{
	uint64_t hash = tt_hash_place(key[0], n > 1 ? key[step] : 0, &s->seed);

	if (n > 2)
		hash = tt_hash_place(hash ^ key[2 * step], n > 3 ? key[3 * step] : hash,
				&s->seed);
	return hash;
}

static inline __attribute__((always_inline)) bool
tt_store_has_key(const uint64_t *row, const uint64_t *key, unsigned n, size_t step)
{
	uint64_t differs = 0;

	for (unsigned i = 0; i < n; i++)
		differs |= row[i] ^ key[i * step];
	return differs == 0;
}

/* The row of a slot that is not free. */
static inline uint32_t
tt_store_slot_row(const struct tt_store *s, uint32_t slot)
{
	return (slot & (uint32_t)(s->n_slots - 1)) - 1;
}

static inline uint32_t
tt_store_slot_make(const struct tt_store *s, uint64_t hash, uint32_t row)
{
	uint32_t mask = (uint32_t)(s->n_slots - 1);

	return ((uint32_t)(hash >> 32) & ~mask) | (row + 1);
}

/* May the slot hold a row with this hash? Its key says whether it does. */
static inline bool
tt_store_slot_fits(const struct tt_store *s, uint32_t slot, uint64_t hash)
{
	uint32_t mask = (uint32_t)(s->n_slots - 1);

	return ((slot ^ (uint32_t)(hash >> 32)) & ~mask) == 0;
}

/* The slot that holds the row with the key, or the free one that it would take. */
static inline __attribute__((always_inline)) uint64_t
tt_store_slot_of(const struct tt_store *s, uint64_t hash, const uint64_t *key, unsigned n,
		size_t step)
{
	uint64_t mask = s->n_slots - 1, at = hash & mask;
	uint32_t slot;

	for (; (slot = s->slots[at]) != 0; at = (at + 1) & mask) {
		const uint64_t *row = tt_store_row(s, tt_store_slot_row(s, slot));

		if (tt_store_slot_fits(s, slot, hash)
				&& tt_store_has_key(row, key, n, step))
			break;
	}
	return at;
}

/* Makes room for `more` rows. Returns 0 or -ENOMEM. */
int tt_store_reserve(struct tt_store *store, uint32_t more) TT_MUST_CHECK;

/* Adds the row to the free slot `at`, for which there is room, and returns its number. */
uint32_t tt_store_append(struct tt_store *store, uint64_t at, uint64_t hash,
		const uint64_t *key, size_t step);

#endif
