/* SPDX-License-Identifier: BSD-3-Clause */
/* The texts of rows, on their way into the open row group, and the codes by which a caller knows them. */
#include "tt_parquet_held.h"

#include <errno.h>
#include <string.h>

/* Where the next n texts of a column go, or NULL where memory is short. */
static inline uint32_t *
open_indices(struct tt_parquet_writer *writer, unsigned column, size_t n)
{
	struct tt_parquet_held *held = tt_parquet_open_values(writer, column, n);

	TT_ASSERT(writer->held[column].type == TT_COLUMN_TEXT);
	return TT_LIKELY(held != NULL) ? &held->indices[writer->group_rows] : NULL;
}

/* Of group_bytes, for an entry of so many bytes. */
static inline size_t
text_bytes(size_t n)
{
	return n + 4 + sizeof(uint32_t);
}

uint32_t
tt_parquet_enter_text(struct tt_parquet_writer *writer, unsigned column, const char *text,
		bool is_new)
{
	uint32_t most = writer->limits.dictionary_values;
	struct tt_parquet_texts *texts = &writer->held[column].texts;
	uint32_t index = 0, entries = texts->n;
	size_t n = strlen(text);
	int ret = -EMSGSIZE;

	if (n <= TT_PARQUET_TEXT_MAX)
		ret = is_new ? tt_parquet_texts_add_new(texts, text, n, most, &index)
			     : tt_parquet_texts_add(texts, text, n, most, &index);
	if (ret == -EMSGSIZE)
		tt_parquet_bad_value(writer, column, ret, "the text is too long");
	else if (ret == -EILSEQ)
		tt_parquet_bad_value(writer, column, ret, "the text is not UTF-8");
	else if (ret < 0)
		tt_parquet_no_memory(writer, column);
	if (texts->n > entries)
		writer->group_bytes += text_bytes(n);
	return index;
}

static uint32_t
set_text(struct tt_parquet_writer *writer, unsigned column, const char *text, bool is_new)
{
	uint32_t *to = open_indices(writer, column, 1);
	uint32_t index = 0;

	if (writer->failed == 0)
		index = tt_parquet_enter_text(writer, column, text, is_new);
	if (TT_LIKELY(to != NULL))
		*to = index;
	return index;
}

void
tt_parquet_set_text(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	set_text(writer, column, text, false);
}

void
tt_parquet_set_new(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	set_text(writer, column, text, true);
}

/* What it counts in group_bytes that a row has the text of the row before: row groups end as if it had been
 * entered again. */
static size_t
again_bytes(const struct tt_parquet_writer *writer, unsigned column)
{
	const struct tt_parquet_held *held = &writer->held[column];
	uint32_t length;

	if (held->texts.distinct)
		return 0;
	tt_parquet_texts_entry(
			&held->texts, held->indices[writer->group_rows - 1], &length);
	return text_bytes(length);
}

bool
tt_parquet_set_same(struct tt_parquet_writer *writer, unsigned column)
{
	uint32_t *to;

	if (writer->group_rows == 0 || writer->failed != 0)
		return false;
	writer->group_bytes += again_bytes(writer, column);
	to = open_indices(writer, column, 1);
	if (TT_LIKELY(to != NULL))
		*to = to[-1];
	return true;
}

size_t
tt_parquet_repeat_same(struct tt_parquet_writer *writer, unsigned column, size_t most)
{
	uint32_t *to;
	size_t again, n;

	if (writer->group_rows == 0 || writer->failed != 0)
		return 0;
	again = again_bytes(writer, column);
	n = tt_parquet_rows_left_of(writer, writer->row_bytes + again);
	n = n < most ? n : most;
	to = open_indices(writer, column, n);
	for (size_t i = 0; to != NULL && i < n; i++)
		to[i] = to[-1];
	writer->group_bytes += n * again;
	return n;
}

/* Where the code is, or is to be, remembered. */
static inline struct tt_parquet_code *
code_of(const struct tt_parquet_held *held, uint64_t code)
{
	return &held->codes[code & (held->n_codes - 1)];
}

static const struct tt_parquet_code *
find_code(const struct tt_parquet_writer *writer, unsigned column, uint64_t code)
{
	return tt_parquet_find_code(&writer->held[column], code, writer->n_groups + 1);
}

bool
tt_parquet_set_code(struct tt_parquet_writer *writer, unsigned column, uint64_t code)
{
	const struct tt_parquet_code *known = find_code(writer, column, code);

	uint32_t *to;

	if (known == NULL)
		return false;
	to = open_indices(writer, column, 1);
	if (TT_LIKELY(to != NULL))
		*to = known->index;
	return true;
}

bool
tt_parquet_repeat_code(struct tt_parquet_writer *writer, unsigned column, uint64_t code,
		size_t n)
{
	const struct tt_parquet_code *known = find_code(writer, column, code);

	uint32_t *to;

	if (known == NULL)
		return false;
	to = open_indices(writer, column, n);
	for (size_t i = 0; to != NULL && i < n; i++)
		to[i] = known->index;
	return true;
}

/* Makes the codes as many as the texts may be, and as they were, or none of them without memory. */
static void
grow_codes(struct tt_parquet_held *held)
{
	size_t n = held->n_codes == 0 ? TT_PARQUET_CODES_MIN : 2 * held->n_codes;
	const struct tt_parquet_held old = *held;

	held->codes = calloc(n, sizeof(*held->codes));
	held->n_codes = held->codes == NULL ? 0 : n;
	for (size_t i = 0; held->codes != NULL && i < old.n_codes; i++)
		if (old.codes[i].group != 0)
			*code_of(held, old.codes[i].code) = old.codes[i];
	free(old.codes);
}

static void
set_coded(struct tt_parquet_writer *writer, unsigned column, uint64_t code,
		const char *text, bool is_new)
{
	struct tt_parquet_held *held = &writer->held[column];
	uint32_t index = set_text(writer, column, text, is_new);

	/* Every row then has an entry of its own, and no code is looked for. */
	if (!held->texts.distinct)
		return;
	if (held->texts.n >= held->n_codes && held->n_codes < TT_PARQUET_CODES_MAX)
		grow_codes(held);
	held->last = (struct tt_parquet_code){code, index, writer->n_groups + 1};
	if (held->codes == NULL)
		tt_parquet_no_memory(writer, column);
	else
		*code_of(held, code) = held->last;
}

void
tt_parquet_set_coded(struct tt_parquet_writer *writer, unsigned column, uint64_t code,
		const char *text)
{
	set_coded(writer, column, code, text, false);
}

void
tt_parquet_set_coded_new(struct tt_parquet_writer *writer, unsigned column, uint64_t code,
		const char *text)
{
	set_coded(writer, column, code, text, true);
}
