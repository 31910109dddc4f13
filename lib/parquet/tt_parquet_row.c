/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_row.h"

#include "tt_parquet_writer.h"

void
tt_parquet_row_begin(struct tt_parquet_row *row, struct tt_parquet_writer *writer,
		unsigned column)
{
	TT_ASSERT(column == writer->n_fixed && writer->n_set == column);
	TT_ASSERT(writer->group_rows < writer->room_rows);
	*row = (struct tt_parquet_row){.writer = writer,
			.columns = writer->held,
			.next = &writer->held[column],
			.at = writer->group_rows,
			.group = writer->n_groups + 1};
}

int
tt_parquet_row_end(const struct tt_parquet_row *row, struct tt_error *err)
{
	TT_ASSERT(row->next == row->columns + row->writer->n_columns);
	row->writer->n_set = row->writer->n_columns;
	return tt_parquet_end_rows(row->writer, 1, err);
}

void
tt_parquet_row_wide(struct tt_parquet_row *row, int64_t value)
{
	tt_parquet_set_int(row->writer, (unsigned)(row->next - row->columns), value);
}

bool
tt_parquet_row_find(struct tt_parquet_row *row, uint64_t code)
{
	const struct tt_parquet_code *known = tt_parquet_find_code(
			row->next, code, row->group);

	if (known != NULL)
		row->next->last = *known;
	return known != NULL;
}
