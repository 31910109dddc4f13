/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of a table, of a set of targets or of all: only the columns that are wanted are unpacked, and of
 * the rows that are not wanted only protocol and target. One thread. Memory: the reader's.
 */
#ifndef TT_PICK_H
#define TT_PICK_H

#include "tt_snapshot.h"

#include <string.h>

/* A set of targets by number: the first that is added is 0. The caller's struct; zeroed it is empty. */
struct tt_target_name {
	uint8_t protocol;
	int32_t target; /* port or type; -1: none */
};

struct tt_target_set {
	struct tt_target_name *all; /* [n], of [room] */
	size_t n, room;
	uint32_t *slots; /* [n_slots] number + 1, or 0 */
	size_t n_slots;
	/* The lowest 16 bits of the targets, a bit each: most rows of a table have none of these. */
	uint64_t numbers[(1 << 16) / 64];
};

#define TT_TARGET_NONE UINT32_MAX

/* Finds, or adds, a target. Returns its number; add: TT_TARGET_NONE where memory is short. */
uint32_t tt_target_set_find(
		const struct tt_target_set *set, uint8_t protocol, int32_t target);
uint32_t tt_target_set_add(struct tt_target_set *set, uint8_t protocol, int32_t target);
void tt_target_set_fini(struct tt_target_set *set);

/* A row that was picked. */
struct tt_picked {
	const struct tt_parquet_batch *batch;
	unsigned i;
	uint32_t of; /* number in the set; TT_TARGET_NONE where all rows are taken */
	struct tt_target_name name; /* where the table has one */
};

static inline int64_t
tt_picked_int(const struct tt_picked *row, unsigned column)
{
	return row->batch->columns[column].ints[row->i];
}

static inline const char *
tt_picked_text(const struct tt_picked *row, unsigned column)
{
	const struct tt_parquet_values *v = &row->batch->columns[column];

	return v->texts[v->codes[row->i]];
}

struct tt_pick {
	enum tt_table table;
	unsigned protocol,
			target; /* columns of the target; 0: rows are taken whatever they have */
	const unsigned *columns; /* [n_columns], what else is wanted */
	unsigned n_columns;
	const struct tt_target_set *set; /* NULL: all rows */
	/* Returns 0, or a negative errno with err filled. */
	int (*take)(void *context, const struct tt_picked *row, struct tt_error *err);
	void *context;
};

/* Calls take for each row. Returns 0, or a negative errno with err naming the file. */
int tt_pick_rows(const struct tt_snapshot *snapshot, const struct tt_pick *pick,
		struct tt_error *err) TT_MUST_CHECK;

#endif
