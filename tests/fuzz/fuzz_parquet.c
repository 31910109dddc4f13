/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads any bytes as a Parquet file, to the end of its rows or to ROWS_MAX, since a few bytes
 * can stand for any number of equal rows: by row and by batch, which must give the same. What the
 * pages may take in memory is bounded by the reader itself. Then once more, some rows alone. parquet_seeds makes files to start from.
 */
#include "tt_parquet.h"

#include <string.h>

#define ROWS_MAX 20000

static volatile uint64_t touched; /* so that what is chosen is read */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	uint64_t sum; /* touches every byte of each row, so that the address sanitizer sees it */
	uint64_t rows;
	int ret;
};

static void
read_rows(struct tt_parquet_reader *reader, struct outcome *o, struct tt_error *err)
{
	const struct tt_column *columns = tt_parquet_columns(reader);

	while (o->rows < ROWS_MAX && (o->ret = tt_parquet_next(reader, err)) > 0) {
		for (unsigned i = 0; i < tt_parquet_n_columns(reader); i++)
			if (columns[i].type == TT_COLUMN_TEXT)
				o->sum += strlen(tt_parquet_get_text(reader, i));
			else
				o->sum += (uint64_t)tt_parquet_get_int(reader, i);
		o->rows++;
	}
}

static uint64_t
sum_values(const struct tt_parquet_values *values, unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		if (values->ints != NULL) {
			sum += (uint64_t)values->ints[i];
			continue;
		}
		TT_ASSERT(values->codes[i] < values->n_texts && values->text_id != 0);
		sum += strlen(values->texts[values->codes[i]]);
	}
	return sum;
}

static void
read_batches(struct tt_parquet_reader *reader, struct outcome *o, struct tt_error *err)
{
	struct tt_parquet_batch batch;

	while (o->rows < ROWS_MAX
			&& (o->ret = tt_parquet_next_batch(reader, &batch, err)) > 0) {
		TT_ASSERT(batch.n > 0 && batch.n <= TT_PARQUET_BATCH);
		if (batch.n > ROWS_MAX - o->rows)
			batch.n = (unsigned)(ROWS_MAX - o->rows);
		for (unsigned i = 0; i < tt_parquet_n_columns(reader); i++)
			o->sum += sum_values(&batch.columns[i], batch.n);
		o->rows += batch.n;
	}
}

static struct outcome
read_all(const uint8_t *data, size_t size, bool by_batch)
{
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	struct outcome o = {0};

	o.ret = tt_parquet_open_memory(&reader, data, size, "fuzz", &err);
	if (o.ret >= 0)
		(by_batch ? read_batches : read_rows)(reader, &o, &err);
	if (o.ret < 0)
		TT_ASSERT(err.code == o.ret && err.why[0] != '\0');
	tt_parquet_close(reader);
	return o;
}

/* Chooses every third row of one batch in two. */
static uint64_t
sum_chosen(struct tt_parquet_reader *reader, const struct tt_parquet_batch *batch)
{
	uint16_t rows[TT_PARQUET_BATCH];
	struct tt_parquet_values one;
	unsigned n = 0;
	uint64_t sum = 0;

	for (unsigned i = 0; i < batch->n; i += 3)
		rows[n++] = (uint16_t)i;
	if (tt_parquet_choose(reader, rows, n, NULL) < 0)
		return 0;
	for (unsigned c = 0; c < tt_parquet_n_columns(reader); c++) {
		for (unsigned i = 0; i < n; i++) {
			one = batch->columns[c];
			if (one.ints != NULL)
				one.ints += rows[i];
			else
				one.codes += rows[i];
			sum += sum_values(&one, 1);
		}
	}
	return sum;
}

static uint64_t
read_chosen(const uint8_t *data, size_t size)
{
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	uint64_t sum = 0, rows = 0;
	bool *deferred;

	if (tt_parquet_open_memory(&reader, data, size, "fuzz", NULL) < 0)
		return 0;
	deferred = calloc(tt_parquet_n_columns(reader), sizeof(*deferred));
	TT_ASSERT(deferred != NULL);
	for (unsigned i = 0; i < tt_parquet_n_columns(reader); i++)
		deferred[i] = true;
	tt_parquet_defer(reader, deferred);
	free(deferred);
	for (unsigned b = 0; rows < ROWS_MAX
			&& tt_parquet_next_batch(reader, &batch, NULL) > 0;
			b++, rows += batch.n)
		if (b % 2 == 1)
			sum += sum_chosen(reader, &batch);
	tt_parquet_close(reader);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome rows = read_all(data, size, false);
	struct outcome batches = read_all(data, size, true);

	TT_ASSERT(rows.ret == batches.ret && rows.rows == batches.rows
			&& rows.sum == batches.sum);
	touched = read_chosen(data, size);
	return 0;
}
