/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Updates of a large table, put off. Each waits in a queue of the part of the table that it goes to, and is done
 * when that queue is full: the part is then read once, from its first line to its last, which takes a fifth of
 * what so many accesses in no order take, and stays in the second-level cache while its updates are done. Exact:
 * nothing is left out. One thread at a time; memory is taken at creation.
 */
#ifndef TT_LATER_H
#define TT_LATER_H

#include "tt_cells.h"
#include "tt_mem.h"

#include <string.h>

#define TT_LATER_PART_BYTES (UINT64_C(128) << 10)

struct tt_later_update {
	uint64_t key;
	uint32_t at; /* where to begin to look for it, a slot of the table */
	uint32_t more;
};

struct tt_later_queue {
	uint16_t n; /* how many wait */
	uint16_t due; /* with so many it is done; even */
};

struct tt_later {
	struct tt_later_update *updates; /* [parts][most] */
	struct tt_later_queue *queues; /* [parts] */
	uint32_t parts;
	uint16_t most; /* updates that may wait for a part; even */
	uint16_t depth; /* so many are done at once: `most`, or less; even */
	unsigned shift; /* part = slot >> shift */
};

/*
 * For a table of so many slots, a power of two, of so many bytes each, one as well. most: how many updates may wait
 * for a part, 16 bytes each, an even number; the more, the less each costs, and the longer the worker is held up when they are
 * done. Returns whether there was memory.
 */
bool tt_later_init(struct tt_later *later, uint64_t slots, uint64_t slot_bytes,
		uint16_t most, struct tt_mem *mem) TT_MUST_CHECK;

/* The same for what is no table of slots: the part of an update is at >> shift, and tt_later_take gets no table. */
bool tt_later_init_parts(struct tt_later *later, uint32_t parts, unsigned shift,
		uint16_t most, struct tt_mem *mem) TT_MUST_CHECK;
void tt_later_fini(struct tt_later *later, struct tt_mem *mem);

/* Forgets what waits. Parts are then due one after the other, and not all at nearly the same time, since updates
 * fall on all of them alike. */
void tt_later_reset(struct tt_later *later);

/* The memory of updates, none of which waits, goes back to the system (tt_mem_discard). */
void tt_later_discard(struct tt_later *later, struct tt_mem *mem);

uint64_t tt_later_bytes(uint64_t slots, uint64_t slot_bytes, uint16_t most);
uint64_t tt_later_parts_bytes(uint32_t parts, uint16_t most);

/* Puts an update off. Returns whether its part is due, and has to be done now: see tt_later_take. */
static inline bool
tt_later_put(struct tt_later *l, struct tt_later_update update)
{
	const uint64_t part = update.at >> l->shift;
	struct tt_later_queue *q = &l->queues[part];
	struct tt_later_update *next = &l->updates[part * l->most + q->n++];

	*next = update;
	__builtin_prefetch(next + TT_CACHE_LINE / sizeof(update), 1);
	return q->n == q->due;
}

/* The same of one that takes the room of two, which stay together: the first says where it goes. Not mixed with others. */
static inline bool
tt_later_put_wide(struct tt_later *l, const struct tt_later_update update[2])
{
	const uint64_t part = update->at >> l->shift;
	struct tt_later_queue *q = &l->queues[part];
	struct tt_later_update *next = &l->updates[part * l->most + q->n];

	memcpy(next, update, 2 * sizeof(*update));
	q->n = (uint16_t)(q->n + 2);
	__builtin_prefetch(next + TT_CACHE_LINE / sizeof(*update), 1);
	return q->n == q->due;
}

/* Reads a word of each of n lines: the processor sees a row of addresses, and fetches ahead. */
void tt_later_read_lines(const void *first, uint64_t n);

/*
 * The updates that wait for a part, or the last `depth` of them: as many as *n says, and none where none is left.
 * They do not wait any more, and stay where they are until the next one is put off for the part. Reads the part of
 * the table into the cache where that pays; table: NULL where there is none.
 */
const struct tt_later_update *tt_later_take(
		struct tt_later *later, uint64_t part, const void *table, uint32_t *n);

#endif
