/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files that write the result share; not for others. */
#ifndef TT_COMPACT_WRITE_H
#define TT_COMPACT_WRITE_H

#include "tt_compact_private.h"
#include "tt_row_text.h"
#include "tt_table_file.h"

#define TT_ROWS_NO_REST 0 /* no row's own column */

/* A table that is being written, at one of its rows. */
struct tt_rows {
	struct tt_compact *c;
	struct tt_parquet_writer *writer;
	enum tt_table table;
	const uint64_t *row, *values; /* of a store: the key; what follows it */
	unsigned rest; /* the column that tells nothing apart in this row, or none */
};

/* A row of a heavy table, and where it stood. */
struct tt_heavy_row {
	uint64_t packets;
	uint32_t place;
	const uint64_t *row;
};

/* Fills the columns that follow from others. */
void tt_rows_derive(struct tt_rows *t);

/* Write all rows of a table; return 0 or a negative errno with err filled. */
int tt_rows_store(struct tt_rows *t) TT_MUST_CHECK;
int tt_rows_interval(struct tt_rows *t) TT_MUST_CHECK;
int tt_rows_rules(struct tt_rows *t) TT_MUST_CHECK;
int tt_rows_sketches(struct tt_rows *t) TT_MUST_CHECK;
int tt_rows_coverage(struct tt_rows *t) TT_MUST_CHECK;
int tt_rows_ledger(struct tt_rows *t) TT_MUST_CHECK;

/* "zmap-ip-id+mirai-seq": the ids of rules by their bits. */
char *tt_compact_rules_text(const struct tt_compact_rules *rules, uint64_t set,
		char text[TT_RULES_TEXT_MAX]);

#endif
