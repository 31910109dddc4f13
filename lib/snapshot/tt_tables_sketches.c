/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of sketches: they are many, and those of one sketch, which come one after the other, differ
 * in two columns alone. So they are set side by side. */
#include "tt_tables.h"

/* Row `at` by itself: what makes the text of the sketch known to its column. All rows of a sketch come
 * together, so that where it is not known it is new. */
static int
put_one(struct tt_tables *t, uint64_t code, const struct tt_sketch_rows *r, size_t at,
		struct tt_error *err)
{
	struct tt_row row;
	char text[TT_SKETCH_KEY_MAX];

	tt_row_begin(&row, t, TT_TABLE_SKETCHES);
	tt_parquet_set_coded_new(row.values.writer, tt_parquet_row_step(&row.values),
			code,
			tt_row_sketch_key(r->kind, r->key, t->config->prefixes, text));
	tt_row_int(&row, r->p);
	tt_row_int(&row, r->regs[at]);
	tt_row_int(&row, r->rhos[at]);
	return tt_row_end(&row, err);
}

/* The column of the text, for as many rows from `at` on as may be set at once: 0 where it is not known. */
static size_t
repeat_text(struct tt_parquet_writer *writer, uint64_t code,
		const struct tt_sketch_rows *r, size_t at)
{
	const unsigned column = TT_ROW_COLUMN;
	size_t n = r->n - at, left;

	if (at > 0)
		return tt_parquet_repeat_same(writer, column, n);
	left = tt_parquet_rows_left(writer);
	n = n < left ? n : left;
	return tt_parquet_repeat_code(writer, column, code, n) ? n : 0;
}

static size_t
put_rows(struct tt_tables *t, uint64_t code, const struct tt_sketch_rows *r, size_t at,
		int *ret, struct tt_error *err)
{
	struct tt_parquet_writer *writer = t->writers[TT_TABLE_SKETCHES];
	const unsigned column = TT_ROW_COLUMN;
	size_t n = repeat_text(writer, code, r, at);

	if (n == 0)
		return 0;
	tt_parquet_repeat_int(writer, column + 1, r->p, n);
	tt_parquet_set_ints32(writer, column + 2, r->regs + at, n);
	tt_parquet_set_ints32(writer, column + 3, r->rhos + at, n);
	*ret = tt_parquet_end_rows(writer, n, err);
	return n;
}

int
tt_tables_put_sketches(
		void *context, const struct tt_sketch_rows *rows, struct tt_error *err)
{
	const uint64_t code = (uint64_t)rows->kind << 32 | rows->key;
	struct tt_tables *t = context;
	size_t done = 0;
	int ret = 0;

	while (ret == 0 && done < rows->n) {
		size_t n = put_rows(t, code, rows, done, &ret, err);

		if (n == 0) {
			ret = put_one(t, code, rows, done, err);
			n = 1;
		}
		done += n;
	}
	return ret;
}
