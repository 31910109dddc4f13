/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_cursor.h"

static uint32_t
greatest(const uint32_t *codes, unsigned n)
{
	uint32_t most = 0;

	for (unsigned i = 0; i < n; i++)
		most = codes[i] > most ? codes[i] : most;
	return most;
}

int
tt_parquet_cursor_outside(const struct tt_parquet_cursor *cursor, uint32_t code,
		struct tt_error *err)
{
	return tt_parquet_cursor_bad(cursor, err,
			"index %u lies outside of the dictionary of %u values", code,
			cursor->dictionary_values);
}

int
tt_parquet_cursor_cut_short(const struct tt_parquet_cursor *cursor, struct tt_error *err)
{
	return tt_parquet_cursor_bad(cursor, err, "the dictionary indices are cut short");
}

static int
check_code(const struct tt_parquet_cursor *cursor, uint32_t code, struct tt_error *err)
{
	return code < cursor->dictionary_values
			? 0
			: tt_parquet_cursor_outside(cursor, code, err);
}

/* Does none lie outside? What does has its highest bit set, or the difference has; the base instruction set has no vector for
 * a comparison without sign. A dictionary has far less than 2^31 values. */
static bool
all_inside(const uint32_t *codes, unsigned n, uint32_t values)
{
	uint32_t outside = values - 1;

	for (unsigned i = 0; i < n; i++)
		outside |= codes[i] | (values - 1 - codes[i]);
	return outside >> 31 == 0;
}

/* The next n dictionary indices, all of which lie in the dictionary. */
static int
take_codes(struct tt_parquet_cursor *cursor, uint32_t *codes, unsigned n,
		struct tt_error *err)
{
	if (!tt_parquet_rle_take(&cursor->indices, codes, n))
		return tt_parquet_cursor_cut_short(cursor, err);
	return TT_LIKELY(all_inside(codes, n, cursor->dictionary_values))
			? 0
			: tt_parquet_cursor_outside(cursor, greatest(codes, n), err);
}

/* The same of a text column, in which one is often that of all rows. */
static int
take_text_codes(struct tt_parquet_cursor *cursor, uint32_t *codes, unsigned n,
		struct tt_error *err)
{
	uint32_t code;

	if (!tt_parquet_rle_same(&cursor->indices, n, &code))
		return take_codes(cursor, codes, n, err);
	for (unsigned i = 0; i < n; i++)
		codes[i] = code;
	return check_code(cursor, code, err);
}

/* One loop for each width, none with a question in it. */
static void
look_up(const struct tt_parquet_cursor *cursor, const uint32_t *codes, unsigned n,
		int64_t *ints)
{
	const void *entries = cursor->dictionary.bytes;
	const int32_t *narrow = entries;
	const int64_t *wide = entries;

	for (unsigned i = 0; cursor->narrow && i < n; i++)
		ints[i] = narrow[codes[i]];
	for (unsigned i = 0; !cursor->narrow && i < n; i++)
		ints[i] = wide[codes[i]];
}

static int
take_dictionary_ints(struct tt_parquet_cursor *cursor, unsigned n, int64_t *ints,
		struct tt_error *err)
{
	uint32_t codes[TT_PARQUET_BATCH], code;
	int ret;

	if (tt_parquet_rle_same(&cursor->indices, n, &code)) {
		ret = check_code(cursor, code, err);
		for (unsigned i = 0; ret == 0 && i < n; i++)
			ints[i] = tt_parquet_cursor_entry(cursor, code);
		return ret;
	}
	ret = take_codes(cursor, codes, n, err);
	if (ret == 0)
		look_up(cursor, codes, n, ints);
	return ret;
}

static int
take_ints(struct tt_parquet_cursor *cursor, unsigned n, int64_t *ints,
		struct tt_error *err)
{
	unsigned bytes = tt_parquet_cursor_int_bytes(cursor);
	const char *why;

	if (cursor->by_dictionary)
		return take_dictionary_ints(cursor, n, ints, err);
	tt_parquet_plain_ints(ints, cursor->plain, n, bytes);
	cursor->plain += (size_t)n * bytes;
	why = tt_parquet_plain_convert(cursor->leaf->convert, ints, n);
	return why == NULL ? 0 : tt_parquet_cursor_bad(cursor, err, "%s", why);
}

static int
take_plain_texts(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_values *values, struct tt_error *err)
{
	struct tt_parquet_plain_texts *in = &cursor->plain_texts;
	const char **texts = (const char **)(void *)cursor->page_texts.bytes;
	uint32_t *codes = (uint32_t *)(void *)cursor->codes.bytes;
	const char *why = tt_parquet_plain_take(in, texts, n);

	if (why == NULL && n == cursor->page_left && in->at != in->end)
		why = "the page has not the size of its values";
	if (why != NULL)
		return tt_parquet_cursor_bad(cursor, err, "%s", why);
	for (unsigned i = 0; i < n; i++)
		codes[i] = i;
	*values = (struct tt_parquet_values){.codes = codes,
			.texts = texts,
			.n_texts = n,
			.text_id = ++cursor->shared->last_text_id};
	return 0;
}

static int
take_texts(struct tt_parquet_cursor *cursor, unsigned n, struct tt_parquet_values *values,
		struct tt_error *err)
{
	uint32_t *codes = (uint32_t *)(void *)cursor->codes.bytes;

	if (!cursor->by_dictionary)
		return take_plain_texts(cursor, n, values, err);
	*values = (struct tt_parquet_values){.codes = codes,
			.texts = (const char **)(void *)cursor->dictionary.bytes,
			.n_texts = cursor->dictionary_values,
			.text_id = cursor->dictionary_id};
	return take_text_codes(cursor, codes, n, err);
}

int
tt_parquet_cursor_take(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_values *values, struct tt_error *err)
{
	int ret = tt_parquet_cursor_unclose(cursor, err);

	if (ret < 0)
		return ret;
	if (cursor->type == TT_COLUMN_TEXT) {
		ret = take_texts(cursor, n, values, err);
	} else {
		int64_t *ints = (int64_t *)(void *)cursor->ints.bytes;

		*values = (struct tt_parquet_values){.ints = ints};
		ret = take_ints(cursor, n, ints, err);
	}
	cursor->page_left -= n;
	return ret;
}
