/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A sink that stores the rows of a merge as plain numbers under their columns' names, so that two
 * merges, or a merge and the reference, are compared field by field. Heap memory. One thread.
 */
#ifndef MEASURES_ROWS_H
#define MEASURES_ROWS_H

#include "tt_merge.h"

enum rows_table {
	ROWS_TARGETS,
	ROWS_COUNTRIES,
	ROWS_SOURCES,
	ROWS_SOURCE_FINGERPRINTS,
	ROWS_FINGERPRINTS,
	ROWS_RULES,
	ROWS_SOURCE_PORTS,
	ROWS_TALKERS,
	ROWS_DESTINATIONS,
	ROWS_BACKSCATTER,
	ROWS_VICTIMS,
	ROWS_DISTRIBUTIONS,
	ROWS_SKETCHES,
	ROWS_PAIRS,
	ROWS_CONTACTS,
	ROWS_TOTALS, /* one row, of rows_totals */
	ROWS_FRAMES, /* likewise; what depends on frames and not on packets */
	ROWS_N_TABLES
};

#define ROWS_FIELDS 20

struct row_values {
	uint64_t v[ROWS_FIELDS];
};

struct rows {
	struct {
		struct row_values *list; /* [n], of [room] */
		size_t n, room;
	} tables[ROWS_N_TABLES];
	struct tt_totals totals;
};

/* Where rows are to go. Empties the tables first. */
struct tt_merge_sink rows_sink(struct rows *rows);

/* Enters rows->totals as rows. */
void rows_totals(struct rows *rows);
void rows_fini(struct rows *rows);

const char *rows_table_name(enum rows_table table);
const char *rows_field_name(
		enum rows_table table, unsigned field); /* NULL after the last */
unsigned rows_field(enum rows_table table, const char *name);

/* Compares a table; prints the first difference as "where: table, row, field: …". */
bool rows_same(enum rows_table table, const struct rows *got, const struct rows *want,
		const char *where);

#endif
