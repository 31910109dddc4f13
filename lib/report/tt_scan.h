/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adds up some columns of tables, so that a snapshot counts whole or not at all: where one of its tables turns out to be
 * damaged, what was added of it is subtracted again. That is done by reading it once more, to the same place,
 * which costs nothing as long as nothing is damaged. One thread.
 */
#ifndef TT_SCAN_H
#define TT_SCAN_H

#include "tt_snapshot.h"

struct tt_scan {
	enum tt_table table;
	const unsigned *columns; /* [n_columns], what is read; batches have NULL elsewhere */
	unsigned n_columns;
	/*
	 * Adds `sign`, 1 or -1, times what the rows say. Looks at all of them before it adds anything. Returns 0, 1
	 * where no further row is needed, or a negative errno with err->why, having added nothing.
	 */
	int (*add)(void *context, const struct tt_parquet_batch *batch, int64_t sign,
			struct tt_error *err);
	/* Called before the first row of a reader; and after the last row was added, to say whether they were all
	 * right together. Either may be NULL. Return 0 or a negative errno. */
	int (*begin)(void *context, int64_t sign, struct tt_error *err);
	int (*end)(void *context, struct tt_error *err);
	void *context;
};

/* Adds tables scans[n] of the snapshot in the directory `path` in their order, or none. Returns 0; a negative errno with err, and nothing
 * was added; or -EIO where that could not be brought about: sums are wrong then. */
int tt_scan_snapshot(const struct tt_scan *scans, unsigned n, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* Is any of values[n] below 0? */
bool tt_scan_any_negative(const int64_t *values, unsigned n);
/* Are all of numbers[n] ports, types, or -1? */
bool tt_scan_are_targets(const int64_t *numbers, unsigned n);
/* How many of codes[n] are like the first one, up to one that is not; n is 1 at least. */
unsigned tt_scan_run(const uint32_t *codes, unsigned n);

/* What the texts of a column's pages stand for, worked out once for each page or dictionary. */
struct tt_text_map {
	uint64_t text_id; /* of which texts; 0: none */
	int32_t *index; /* [room] */
	size_t room;
};

/* Fills map->index for the texts of a column. index_of: below 0 is a negative errno. Returns 0, that errno, or
 * -ENOMEM. */
int tt_text_map_fill(struct tt_text_map *map, const struct tt_parquet_values *values,
		int32_t (*index_of)(void *context, const char *text),
		void *context) TT_MUST_CHECK;

/* The same texts may have the same text_id in another reader: forget. */
static inline void
tt_text_map_forget(struct tt_text_map *map)
{
	map->text_id = 0;
}

static inline void
tt_text_map_fini(struct tt_text_map *map)
{
	free(map->index);
	*map = (struct tt_text_map){0};
}

#endif
