/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Updates of a large table, put off. Each waits in a queue of the part of the table that it goes to, and is done
 * when that queue is full: the part is then read once, from its first line to its last, which takes a fifth of
 * what so many accesses in no order take, and stays in the second-level cache while its updates are done. Exact:
 * nothing is left out, and the order within a part is kept. One thread at a time; memory is taken at creation.
 */
#ifndef TT_LATER_H
#define TT_LATER_H

#include "tt_cells.h"
#include "tt_mem.h"

/* A part, and how many updates wait for it at most: one for each of its lines, of which a good half is then
 * touched. Memory: 32 KiB for a part of 128 KiB. */
#define TT_LATER_PART_BYTES (UINT64_C(128) << 10)
#define TT_LATER_DEPTH      2048

struct tt_later_update {
	uint64_t key;
	uint32_t at; /* where to begin to look for it, a slot of the table */
	uint32_t more;
};

struct tt_later {
	struct tt_later_update *updates; /* [parts][TT_LATER_DEPTH] */
	uint32_t *n; /* [parts]: how many wait */
	uint64_t parts;
	unsigned shift; /* part = slot >> shift */
	struct tt_mem *mem;
};

/* For a table of so many slots, a power of two, of so many bytes each, one as well. Returns whether there was
 * memory. */
bool tt_later_init(struct tt_later *later, uint64_t slots, uint64_t slot_bytes,
		struct tt_mem *mem) TT_MUST_CHECK;
void tt_later_fini(struct tt_later *later);
uint64_t tt_later_bytes(uint64_t slots, uint64_t slot_bytes);

/* Puts an update off. Returns whether its part is full, and has to be done now: see tt_later_take. */
static inline bool
tt_later_put(struct tt_later *l, struct tt_later_update update)
{
	const uint64_t part = update.at >> l->shift;
	struct tt_later_update *next = &l->updates[part * TT_LATER_DEPTH + l->n[part]++];

	*next = update;
	__builtin_prefetch(next + 2 * TT_CACHE_LINE / sizeof(update), 1);
	return l->n[part] == TT_LATER_DEPTH;
}

/*
 * The updates that wait for a part, as many as *n says; from then on none do. They stay where they are until
 * the next one is put off for it. Reads the part of the table into the cache where that pays.
 */
const struct tt_later_update *tt_later_take(
		struct tt_later *later, uint64_t part, const void *table, uint32_t *n);

#endif
