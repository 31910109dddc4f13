/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads any bytes as a Parquet file, to the end of its rows or to ROWS_MAX, since a few bytes
 * can stand for any number of equal rows. What the pages may take in memory is bounded by the
 * reader itself.
 */
#include "tt_parquet.h"

#include <string.h>

#define ROWS_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keeps the reads from being optimised away. */
static volatile uint64_t sink;

/* Touches every byte of the row, so that the address sanitizer sees it. */
static uint64_t
touch_row(const struct tt_parquet_reader *reader)
{
	const struct tt_column *columns = tt_parquet_columns(reader);
	uint64_t sum = 0;

	for (unsigned i = 0; i < tt_parquet_n_columns(reader); i++)
		if (columns[i].type == TT_COLUMN_TEXT)
			sum += strlen(tt_parquet_get_text(reader, i));
		else
			sum += (uint64_t)tt_parquet_get_int(reader, i);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	int ret = tt_parquet_open_memory(&reader, data, size, "fuzz", &err);

	for (unsigned row = 0; ret >= 0 && row < ROWS_MAX; row++) {
		ret = tt_parquet_next(reader, &err);
		if (ret <= 0)
			break;
		sink = touch_row(reader);
	}
	if (ret < 0)
		TT_ASSERT(err.code == ret && err.why[0] != '\0');
	tt_parquet_close(reader);
	return 0;
}
