/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sums by two indices of which few pairs have any, such as packets by target and country. The cells of a row lie together, in
 * order of the second index, so that rows of a table, which come in nearly the same order in every snapshot, find each the cell behind the
 * one before: what a snapshot adds goes through memory once, from end to end. One thread. Heap memory: 16 bytes for each
 * cell, and for each row; room grows by doubling.
 */
#ifndef TT_CROSSTAB_H
#define TT_CROSSTAB_H

#include "tt_base.h"

#include <errno.h>

struct tt_crosstab_cell {
	uint64_t n; /* modulo 2^64: what is taken back is added as well */
	uint32_t other; /* the second index */
};

struct tt_crosstab_row {
	struct tt_crosstab_cell *cells; /* [n], of [room]; others ascend */
	uint32_t n, room;
};

struct tt_crosstab {
	struct tt_crosstab_row *rows; /* [n], by the first index */
	size_t n;
};

/* Makes rows up to `wanted`, at least. Returns 0 or -ENOMEM. */
int tt_crosstab_reach(struct tt_crosstab *table, size_t wanted) TT_MUST_CHECK;
void tt_crosstab_fini(struct tt_crosstab *table);

/* Where a cell of a row is, or belongs. */
uint32_t tt_crosstab_place(const struct tt_crosstab_row *row, uint32_t other);

/* Makes a cell that the row has not, of 0, at its place. Returns 0 or -ENOMEM. */
int tt_crosstab_insert(
		struct tt_crosstab_row *row, uint32_t at, uint32_t other) TT_MUST_CHECK;

/* Adds n to a cell. at: the one to look at first, and then the one behind. Returns 0 or -ENOMEM. */
static inline int
tt_crosstab_add(struct tt_crosstab_row *row, uint32_t other, uint64_t n, uint32_t *at)
{
	if (TT_UNLIKELY(*at >= row->n || row->cells[*at].other != other)) {
		*at = tt_crosstab_place(row, other);
		if ((*at == row->n || row->cells[*at].other != other)
				&& tt_crosstab_insert(row, *at, other) != 0)
			return -ENOMEM;
	}
	row->cells[(*at)++].n += n;
	return 0;
}

/* What a cell has, and a whole row; 0 where there is none. Indices below 0 have none. */
uint64_t tt_crosstab_get(const struct tt_crosstab *table, int32_t index, int32_t other);
uint64_t tt_crosstab_total(const struct tt_crosstab *table, int32_t index);

#endif
