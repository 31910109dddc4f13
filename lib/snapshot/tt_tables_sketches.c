/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of sketches: they are many, and those of one sketch, which come one after the other, differ
 * in two columns alone. So they are held and set side by side. */
#include "tt_tables.h"

/* Row `at` by itself: what makes the text of the sketch known to its column. */
static int
put_one(struct tt_tables *t, uint64_t code, size_t at, struct tt_error *err)
{
	const struct tt_sketches_held *held = &t->sketches;
	struct tt_row row = tt_row_begin(t, TT_TABLE_SKETCHES);
	char text[TT_SKETCH_KEY_MAX];

	tt_row_coded(&row, code, tt_row_sketch_key(&held->of, t->config->prefixes, text));
	tt_row_int(&row, held->of.p);
	tt_row_int(&row, held->regs[at]);
	tt_row_int(&row, held->rhos[at]);
	return tt_row_end(&row, err);
}

/* Rows from `at` on, as many as may be set at once: 0 where the text is not known. */
static size_t
put_rows(struct tt_tables *t, uint64_t code, size_t at, int *ret, struct tt_error *err)
{
	const struct tt_sketches_held *held = &t->sketches;
	struct tt_parquet_writer *writer = t->writers[TT_TABLE_SKETCHES];
	const unsigned column = TT_ROW_COLUMN;
	size_t n = held->n - at, left = tt_parquet_rows_left(writer);

	n = n < left ? n : left;
	if (!tt_parquet_repeat_code(writer, column, code, n))
		return 0;
	tt_parquet_repeat_int(writer, column + 1, held->of.p, n);
	tt_parquet_set_ints(writer, column + 2, held->regs + at, n);
	tt_parquet_set_ints(writer, column + 3, held->rhos + at, n);
	*ret = tt_parquet_end_rows(writer, n, err);
	return n;
}

int
tt_tables_flush_sketches(struct tt_tables *t, struct tt_error *err)
{
	uint64_t code = (uint64_t)t->sketches.of.kind << 32 | t->sketches.of.key;
	size_t done = 0;
	int ret = 0;

	while (ret == 0 && done < t->sketches.n) {
		size_t n = put_rows(t, code, done, &ret, err);

		if (n == 0) {
			ret = put_one(t, code, done, err);
			n = 1;
		}
		done += n;
	}
	t->sketches.n = 0;
	return ret;
}

int
tt_tables_put_sketch(void *context, const struct tt_sketch_row *r, struct tt_error *err)
{
	struct tt_tables *t = context;
	struct tt_sketches_held *held = &t->sketches;
	int ret = 0;

	if (held->n == TT_SKETCHES_HELD || r->key != held->of.key
			|| r->kind != held->of.kind)
		ret = tt_tables_flush_sketches(t, err);
	if (held->n == 0)
		held->of = *r;
	held->regs[held->n] = r->reg;
	held->rhos[held->n++] = r->rho;
	return ret;
}
