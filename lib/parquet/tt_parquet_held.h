/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the writer: what setting integers and texts have in common. */
#ifndef TT_PARQUET_HELD_H
#define TT_PARQUET_HELD_H

#include "tt_parquet_writer.h"

/* The writer fails, unless it has before: with the column and the row. */
void tt_parquet_bad_value(struct tt_parquet_writer *writer, unsigned column, int code,
		const char *why);
void tt_parquet_no_memory(struct tt_parquet_writer *writer, unsigned column);

/* Enters a text; is_new: it is known not to be there. Returns its index; 0 where something is wrong
 * with it. */
uint32_t tt_parquet_enter_text(struct tt_parquet_writer *writer, unsigned column,
		const char *text, bool is_new);

/* The column that is to be set: for one row, or for the next n rows at once. NULL where memory for
 * them is short. */
static inline struct tt_parquet_held *
tt_parquet_open_values(struct tt_parquet_writer *writer, unsigned column, size_t n)
{
	struct tt_parquet_held *held = &writer->held[column];

	TT_ASSERT(column < writer->n_columns);
	TT_ASSERT(held->rows <= writer->group_rows || writer->failed != 0);
	held->rows = writer->group_rows + n;
	writer->n_set++;
	if (TT_LIKELY(writer->group_rows + n <= writer->room_rows)
			|| tt_parquet_make_room(writer, n))
		return held;
	tt_parquet_no_memory(writer, column);
	return NULL;
}

#endif
