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

/* As tt_parquet_end_rows, whose turn it is where the row group or its room ends. */
int
tt_parquet_row_end(const struct tt_parquet_row *row, struct tt_error *err)
{
	struct tt_parquet_writer *writer = row->writer;
	const size_t rows = row->at + 1, bytes = writer->group_bytes + writer->row_bytes;

	TT_ASSERT(row->next == row->columns + writer->n_columns);
	if (TT_UNLIKELY(writer->failed != 0 || rows >= writer->room_rows
			    || rows >= writer->limits.group_rows
			    || bytes >= writer->limits.group_bytes)) {
		writer->n_set = writer->n_columns;
		return tt_parquet_end_rows(writer, 1, err);
	}
	writer->n_set = writer->n_fixed;
	writer->group_rows = rows;
	writer->group_bytes = bytes;
	return 0;
}

void
tt_parquet_row_wide(struct tt_parquet_row *row, int64_t value)
{
	tt_parquet_set_int(row->writer, (unsigned)(row->next - row->columns), value);
}
