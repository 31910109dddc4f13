/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of some rows of a batch: the others are passed over, and cost next to nothing. */
#include "tt_parquet_cursor.h"

/* Where more than one in so many rows is chosen, all of them are unpacked in less time than the chosen ones one by one. */
#define TAKE_ALL_FROM 8

static int
choose_plain_ints(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_chosen chosen, int64_t *ints, struct tt_error *err)
{
	unsigned bytes = tt_parquet_cursor_int_bytes(cursor);

	for (unsigned i = 0; i < chosen.n; i++) {
		int64_t *value = &ints[chosen.rows[i]];
		const char *why;

		tt_parquet_plain_ints(value,
				cursor->plain + (size_t)chosen.rows[i] * bytes, 1, bytes);
		why = tt_parquet_plain_convert(cursor->leaf->convert, value, 1);
		if (why != NULL)
			return tt_parquet_cursor_bad(cursor, err, "%s", why);
	}
	cursor->plain += (size_t)n * bytes;
	return 0;
}

/* ints, or codes, takes what the indices stand for; the other is NULL. */
static int
choose_by_index(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_chosen chosen, int64_t *ints, uint32_t *codes,
		struct tt_error *err)
{
	unsigned at = 0;

	for (unsigned i = 0; i < chosen.n; i++) {
		unsigned row = chosen.rows[i];
		uint32_t code;

		if (!tt_parquet_rle_skip(&cursor->indices, row - at)
				|| !tt_parquet_rle_next(&cursor->indices, &code))
			return tt_parquet_cursor_cut_short(cursor, err);
		at = row + 1;
		if (code >= cursor->dictionary_values)
			return tt_parquet_cursor_outside(cursor, code, err);
		if (ints != NULL)
			ints[row] = tt_parquet_cursor_entry(cursor, code);
		else
			codes[row] = code;
	}
	if (!tt_parquet_rle_skip(&cursor->indices, n - at))
		return tt_parquet_cursor_cut_short(cursor, err);
	return 0;
}

static int
choose_plain_texts(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_chosen chosen, struct tt_error *err)
{
	struct tt_parquet_plain_texts *in = &cursor->plain_texts;
	const char **texts = (const char **)(void *)cursor->page_texts.bytes;
	uint32_t *codes = (uint32_t *)(void *)cursor->codes.bytes;
	const char *why = NULL;
	unsigned at = 0;

	for (unsigned i = 0; why == NULL && i < chosen.n; i++) {
		unsigned row = chosen.rows[i];

		why = tt_parquet_plain_skip(in, row - at);
		if (why == NULL)
			why = tt_parquet_plain_take(in, &texts[row], 1);
		codes[row] = row;
		at = row + 1;
	}
	if (why == NULL)
		why = tt_parquet_plain_skip(in, n - at);
	return why == NULL ? 0 : tt_parquet_cursor_bad(cursor, err, "%s", why);
}

static int
choose_texts(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_chosen chosen, struct tt_parquet_values *values,
		struct tt_error *err)
{
	uint32_t *codes = (uint32_t *)(void *)cursor->codes.bytes;

	if (!cursor->by_dictionary) {
		*values = (struct tt_parquet_values){.codes = codes,
				.texts = (const char **)(void *)cursor->page_texts.bytes,
				.n_texts = n,
				.text_id = ++cursor->shared->last_text_id};
		return choose_plain_texts(cursor, n, chosen, err);
	}
	*values = (struct tt_parquet_values){.codes = codes,
			.texts = (const char **)(void *)cursor->dictionary.bytes,
			.n_texts = cursor->dictionary_values,
			.text_id = cursor->dictionary_id};
	return choose_by_index(cursor, n, chosen, NULL, codes, err);
}

int
tt_parquet_cursor_choose(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_chosen chosen, struct tt_parquet_values *values,
		struct tt_error *err)
{
	int64_t *ints = (int64_t *)(void *)cursor->ints.bytes;
	int ret;

	if (chosen.n > n / TAKE_ALL_FROM)
		return tt_parquet_cursor_take(cursor, n, values, err);
	if (chosen.n == 0 && cursor->closed_data.is) {
		cursor->passed += n;
		cursor->page_left -= n;
		return 0;
	}
	ret = tt_parquet_cursor_unclose(cursor, err);
	if (ret < 0)
		return ret;
	if (cursor->type == TT_COLUMN_TEXT) {
		ret = choose_texts(cursor, n, chosen, values, err);
	} else {
		*values = (struct tt_parquet_values){.ints = ints};
		ret = cursor->by_dictionary
				? choose_by_index(cursor, n, chosen, ints, NULL, err)
				: choose_plain_ints(cursor, n, chosen, ints, err);
	}
	cursor->page_left -= n;
	return ret;
}
