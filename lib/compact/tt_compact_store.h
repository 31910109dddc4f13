/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of one table while snapshots are merged: fixed-width keys and values. Internal to the
 * room; one thread.
 *
 * A row is n_keys words that tell it apart and n_values words that are summed or bounded. Rows lie
 * one after the other as they first came, and a table of 32-bit references finds them by open
 * addressing, at most three quarters full; what a reference has of the hash keeps other rows from
 * being looked at. Snapshots have their rows in order, so whatever follows a row in one of them
 * mostly follows it in the next: that neighbour is tried before the hash, and such rows cost one
 * comparison of memory that is already at hand. For the others, references and rows are fetched
 * some rows ahead.
 *
 * Memory: 8 bytes for each word of a row and 5 to 11 for its reference; both double when they are
 * full. A store that cannot grow says -ENOMEM and keeps its rows.
 */
#ifndef TT_COMPACT_STORE_H
#define TT_COMPACT_STORE_H

#include "tt_base.h"
#include "tt_hash.h"
#include "tt_mem.h"
#include "tt_parquet.h"
#include "tt_sort.h"

#define TT_STORE_KEYS   4
#define TT_STORE_VALUES 12
#define TT_STORE_BATCH  TT_PARQUET_BATCH

enum tt_store_op {
	TT_STORE_SUM,
	TT_STORE_MIN,
	TT_STORE_MAX,
	TT_STORE_NONE, /* begins as 0 and is left to the caller */
};

struct tt_store {
	unsigned n_keys, n_values, width; /* words; width is their sum */
	enum tt_store_op ops[TT_STORE_VALUES];
	struct tt_mem *mem; /* in huge pages: rows are found all over the place */
	uint64_t *rows; /* [n], of [room], width words each */
	uint32_t *slots; /* [n_slots] references: tt_compact_slots.h */
	uint64_t n_slots; /* a power of two */
	uint32_t n, room;
	uint32_t last; /* the row that was found last */
	struct tt_hash_seed seed; /* nobody outside should know it */
};

/* Rows that are to be entered, column by column. */
struct tt_store_batch {
	unsigned n; /* at most TT_STORE_BATCH */
	uint64_t keys[TT_STORE_KEYS][TT_STORE_BATCH];
	int64_t values[TT_STORE_VALUES][TT_STORE_BATCH];
	uint64_t hashes[TT_STORE_BATCH]; /* of their keys, where they were looked for by these */
	uint32_t at[TT_STORE_BATCH]; /* numbers of their rows, after tt_store_locate */
};

/* Makes an empty one; ops: [n_values]. */
void tt_store_init(struct tt_store *store, unsigned n_keys, const enum tt_store_op *ops,
		unsigned n_values, uint64_t seed);
void tt_store_fini(struct tt_store *store);

/* Takes room for n rows beforehand, if it can: what is not used of it takes no memory. */
void tt_store_expect(struct tt_store *store, uint64_t n);

static inline uint64_t *
tt_store_row(const struct tt_store *store, uint32_t i)
{
	return &store->rows[(uint64_t)i * store->width];
}

/* Finds the rows of a batch, adding those that are not there. Returns 0 or -ENOMEM. */
int tt_store_locate(struct tt_store *store, struct tt_store_batch *batch) TT_MUST_CHECK;

/* Finds the rows of a batch; TT_STORE_NOWHERE for those that are not there. */
#define TT_STORE_NOWHERE UINT32_MAX
void tt_store_look_up(struct tt_store *store, struct tt_store_batch *batch);

/* Adds the rows of a batch that were not there. Returns 0 or -ENOMEM. */
int tt_store_add_missing(
		struct tt_store *store, struct tt_store_batch *batch) TT_MUST_CHECK;

/* Adds the values of a batch whose rows were located. */
void tt_store_apply(struct tt_store *store, const struct tt_store_batch *batch);

/* The row with the key [n_keys], or NULL. */
uint64_t *tt_store_find(const struct tt_store *store, const uint64_t *key);

/* The row with the key, added if it is not there; NULL where memory is short. */
uint64_t *tt_store_make(struct tt_store *store, const uint64_t *key);

/* Keeps the rows for which keep() says so, in their order. */
void tt_store_filter(struct tt_store *store,
		bool (*keep)(const void *context, const uint64_t *row),
		const void *context);

/* Finds rows anew after their keys were changed in place. */
void tt_store_place(struct tt_store *store);

/*
 * Sorts the rows by their key. by_address: the first two words are an address. items, scratch: [n];
 * items[i].ref is row i then.
 */
void tt_store_sort(const struct tt_store *store, bool by_address,
		struct tt_sort_item *items, struct tt_sort_item *scratch);

#endif
