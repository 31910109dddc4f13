/* SPDX-License-Identifier: BSD-3-Clause */
/* The values of rows, on their way into the open row group. */
#include "tt_parquet_writer.h"

#include <errno.h>
#include <string.h>

/* The column that is to be set: once per row, or for the next n rows at once. */
static inline struct tt_parquet_held *
open_values(struct tt_parquet_writer *writer, unsigned column, size_t n)
{
	struct tt_parquet_held *held = &writer->held[column];

	TT_ASSERT(column < writer->n_columns);
	TT_ASSERT(held->rows == writer->group_rows);
	held->rows += n;
	writer->n_set++;
	return held;
}

static inline struct tt_parquet_held *
open_value(struct tt_parquet_writer *writer, unsigned column)
{
	return open_values(writer, column, 1);
}

static void
bad_value(struct tt_parquet_writer *writer, unsigned column, int code, const char *why)
{
	if (writer->failed != 0)
		return;
	writer->failed = tt_error_set(&writer->err, code, writer->name,
			"column %s, row %lld: %s", writer->columns[column].name,
			(long long)writer->rows + (long long)writer->group_rows, why);
}

static void
no_memory(struct tt_parquet_writer *writer, unsigned column)
{
	bad_value(writer, column, -ENOMEM, "out of memory");
}

/* Is the value none that the type of the column can hold? */
static inline bool
is_too_large(const struct tt_parquet_held *held, int64_t value)
{
	return held->type == TT_COLUMN_INT32 && value != (int32_t)value;
}

static void
too_large(struct tt_parquet_writer *writer, unsigned column)
{
	bad_value(writer, column, -ERANGE, "the value needs more than 32 bits");
}

void
tt_parquet_set_int(struct tt_parquet_writer *writer, unsigned column, int64_t value)
{
	struct tt_parquet_held *held = open_value(writer, column);

	TT_ASSERT(held->type != TT_COLUMN_TEXT);
	if (TT_UNLIKELY(is_too_large(held, value)))
		too_large(writer, column);
	if (TT_UNLIKELY(!tt_parquet_buffer_reserve(&held->values, sizeof(value))))
		no_memory(writer, column);
	tt_parquet_buffer_append(&held->values, &value, sizeof(value));
}

/* Room for n integers of a column, or NULL where memory is short. */
static int64_t *
open_ints(struct tt_parquet_writer *writer, unsigned column, size_t n)
{
	struct tt_parquet_held *held = open_values(writer, column, n);
	struct tt_parquet_buffer *values = &held->values;

	TT_ASSERT(held->type != TT_COLUMN_TEXT);
	if (TT_UNLIKELY(!tt_parquet_buffer_reserve(values, n * sizeof(int64_t)))) {
		no_memory(writer, column);
		return NULL;
	}
	values->size += n * sizeof(int64_t);
	return (int64_t *)(void *)(values->bytes + values->size) - n;
}

void
tt_parquet_repeat_int(struct tt_parquet_writer *writer, unsigned column, int64_t value,
		size_t n)
{
	int64_t *to = open_ints(writer, column, n);

	if (is_too_large(&writer->held[column], value))
		too_large(writer, column);
	for (size_t i = 0; to != NULL && i < n; i++)
		to[i] = value;
}

void
tt_parquet_set_ints(struct tt_parquet_writer *writer, unsigned column,
		const int64_t *values, size_t n)
{
	int64_t *to = open_ints(writer, column, n);
	bool beyond = false;

	for (size_t i = 0; i < n; i++)
		beyond |= is_too_large(&writer->held[column], values[i]);
	if (beyond)
		too_large(writer, column);
	if (to != NULL)
		memcpy(to, values, n * sizeof(*to));
}

/* Enters a text. Returns its index; 0 where something is wrong with it. */
static uint32_t
enter_text(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	struct tt_parquet_texts *texts = &writer->held[column].texts;
	uint32_t index = 0, entries = texts->n;
	size_t n = strlen(text);
	int ret = -EMSGSIZE;

	if (n <= TT_PARQUET_TEXT_MAX)
		ret = tt_parquet_texts_add(
				texts, text, n, writer->limits.dictionary_values, &index);
	if (ret == -EMSGSIZE)
		bad_value(writer, column, ret, "the text is too long");
	else if (ret == -EILSEQ)
		bad_value(writer, column, ret, "the text is not UTF-8");
	else if (ret < 0)
		no_memory(writer, column);
	if (texts->n > entries)
		writer->group_bytes += n + 4 + sizeof(index);
	return index;
}

static inline void
put_index(struct tt_parquet_writer *writer, unsigned column, uint32_t index)
{
	struct tt_parquet_buffer *values = &writer->held[column].values;

	if (TT_UNLIKELY(!tt_parquet_buffer_reserve(values, sizeof(index))))
		no_memory(writer, column);
	tt_parquet_buffer_append(values, &index, sizeof(index));
}

static uint32_t
set_text(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	struct tt_parquet_held *held = open_value(writer, column);
	uint32_t index = 0;

	TT_ASSERT(held->type == TT_COLUMN_TEXT);
	if (writer->failed == 0)
		index = enter_text(writer, column, text);
	put_index(writer, column, index);
	return index;
}

void
tt_parquet_set_text(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	set_text(writer, column, text);
}

/* Where the code is, or is to be, remembered. */
static inline struct tt_parquet_code *
code_of(const struct tt_parquet_held *held, uint64_t code)
{
	return &held->codes[code % TT_PARQUET_CODES];
}

/* Finds what is remembered of a code in the open row group, or NULL. */
static inline const struct tt_parquet_code *
find_code(const struct tt_parquet_writer *writer, unsigned column, uint64_t code)
{
	const struct tt_parquet_held *held = &writer->held[column];
	const struct tt_parquet_code *known;

	if (held->codes == NULL || !held->texts.distinct)
		return NULL;
	known = code_of(held, code);
	return known->code == code && known->group == writer->n_groups + 1 ? known : NULL;
}

bool
tt_parquet_set_code(struct tt_parquet_writer *writer, unsigned column, uint64_t code)
{
	const struct tt_parquet_code *known = find_code(writer, column, code);

	if (known == NULL)
		return false;
	open_value(writer, column);
	put_index(writer, column, known->index);
	return true;
}

bool
tt_parquet_repeat_code(struct tt_parquet_writer *writer, unsigned column, uint64_t code,
		size_t n)
{
	const struct tt_parquet_code *known = find_code(writer, column, code);

	if (known == NULL)
		return false;
	open_values(writer, column, n);
	for (size_t i = 0; i < n; i++)
		put_index(writer, column, known->index);
	return true;
}

void
tt_parquet_set_coded(struct tt_parquet_writer *writer, unsigned column, uint64_t code,
		const char *text)
{
	struct tt_parquet_held *held = &writer->held[column];
	uint32_t index = set_text(writer, column, text);

	if (held->codes == NULL)
		held->codes = calloc(TT_PARQUET_CODES, sizeof(*held->codes));
	if (held->codes == NULL)
		no_memory(writer, column);
	else
		*code_of(held, code) = (struct tt_parquet_code){
				code, index, writer->n_groups + 1};
}

static struct tt_parquet_held *
fix(struct tt_parquet_writer *writer, unsigned column)
{
	struct tt_parquet_held *held;

	TT_ASSERT(writer->rows == 0 && writer->n_set == writer->n_fixed);
	held = open_value(writer, column);
	TT_ASSERT(writer->group_rows == 0);
	held->fixed = true;
	held->rows = SIZE_MAX;
	writer->n_fixed++;
	return held;
}

void
tt_parquet_fix_int(struct tt_parquet_writer *writer, unsigned column, int64_t value)
{
	struct tt_parquet_held *held = fix(writer, column);

	TT_ASSERT(held->type != TT_COLUMN_TEXT);
	held->fixed_int = value;
	if (is_too_large(held, value))
		too_large(writer, column);
}

void
tt_parquet_fix_text(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	struct tt_parquet_held *held = fix(writer, column);

	TT_ASSERT(held->type == TT_COLUMN_TEXT);
	enter_text(writer, column, text);
	writer->fixed_bytes = writer->group_bytes;
}

bool
tt_parquet_fill_fixed(struct tt_parquet_held *held, size_t rows)
{
	size_t bytes = rows * tt_parquet_held_bytes(held->type);
	int64_t *ints;

	held->rows = rows;
	held->values.size = 0;
	if (!tt_parquet_buffer_reserve(&held->values, bytes))
		return false;
	held->values.size = bytes;
	if (held->type == TT_COLUMN_TEXT) {
		memset(held->values.bytes, 0, bytes);
		return true;
	}
	ints = (int64_t *)(void *)held->values.bytes;
	for (size_t i = 0; i < rows; i++)
		ints[i] = held->fixed_int;
	return true;
}
