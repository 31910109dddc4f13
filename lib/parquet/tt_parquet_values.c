/* SPDX-License-Identifier: BSD-3-Clause */
/* The values of rows, on their way into the open row group. */
#include "tt_parquet_writer.h"

#include <errno.h>
#include <string.h>

/* Rows that there is room for at first, and how many times as many then, up to what a row group may have:
 * each time all columns are copied, and what of their room is not used is not touched. */
#define ROOM_MIN    64
#define ROOM_FACTOR 8

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

static size_t
room_for(const struct tt_parquet_writer *writer, size_t need)
{
	size_t rows = writer->room_rows < ROOM_MIN ? ROOM_MIN : writer->room_rows;

	while (rows < need)
		rows *= ROOM_FACTOR;
	if (rows > writer->limits.group_rows)
		rows = writer->limits.group_rows;
	return rows < need ? need : rows;
}

bool
tt_parquet_make_room(struct tt_parquet_writer *writer, size_t n)
{
	size_t rows = room_for(writer, writer->group_rows + n);

	for (unsigned i = 0; i < writer->n_columns; i++) {
		struct tt_parquet_held *held = &writer->held[i];
		void *more;

		if (held->fixed)
			continue;
		more = realloc(held->values, rows * tt_parquet_held_width(held));
		if (more == NULL)
			return false;
		held->values = more;
	}
	writer->room_rows = rows;
	return true;
}

/* The column that is to be set: for one row, or for the next n rows at once. NULL where memory for
 * them is short. */
static inline struct tt_parquet_held *
open_values(struct tt_parquet_writer *writer, unsigned column, size_t n)
{
	struct tt_parquet_held *held = &writer->held[column];

	TT_ASSERT(column < writer->n_columns);
	TT_ASSERT(held->rows <= writer->group_rows || writer->failed != 0);
	held->rows = writer->group_rows + n;
	writer->n_set++;
	if (TT_LIKELY(writer->group_rows + n <= writer->room_rows)
			|| tt_parquet_make_room(writer, n))
		return held;
	no_memory(writer, column);
	return NULL;
}

static inline bool
is_narrow(int64_t value)
{
	return value == (int32_t)value;
}

static void
too_large(struct tt_parquet_writer *writer, unsigned column)
{
	bad_value(writer, column, -ERANGE, "the value needs more than 32 bits");
}

/* The values that there are, in 64 bits. Returns false without memory. */
static bool
widen(struct tt_parquet_writer *writer, struct tt_parquet_held *held)
{
	int64_t *ints = malloc(writer->room_rows * sizeof(*ints));

	if (ints == NULL)
		return false;
	for (size_t i = 0; i < writer->group_rows; i++)
		ints[i] = held->narrow[i];
	free(held->narrow);
	held->ints = ints;
	held->wide = true;
	return true;
}

/* Makes the next n integers of a column fit, which lie between the two. Returns the column, or NULL
 * where it cannot hold them or memory is short. */
static inline struct tt_parquet_held *
open_ints(struct tt_parquet_writer *writer, unsigned column, int64_t low, int64_t high,
		size_t n)
{
	struct tt_parquet_held *held = open_values(writer, column, n);

	TT_ASSERT(writer->held[column].type != TT_COLUMN_TEXT);
	if (TT_UNLIKELY(held == NULL)
			|| TT_LIKELY(held->wide || (is_narrow(low) && is_narrow(high))))
		return held;
	if (held->type == TT_COLUMN_INT32)
		too_large(writer, column);
	else if (!widen(writer, held))
		no_memory(writer, column);
	return held->wide ? held : NULL;
}

/* Where the next n texts of a column go, or NULL where memory is short. */
static inline uint32_t *
open_indices(struct tt_parquet_writer *writer, unsigned column, size_t n)
{
	struct tt_parquet_held *held = open_values(writer, column, n);

	TT_ASSERT(writer->held[column].type == TT_COLUMN_TEXT);
	return TT_LIKELY(held != NULL) ? &held->indices[writer->group_rows] : NULL;
}

void
tt_parquet_set_int(struct tt_parquet_writer *writer, unsigned column, int64_t value)
{
	struct tt_parquet_held *held = open_ints(writer, column, value, value, 1);

	if (TT_UNLIKELY(held == NULL))
		return;
	if (held->wide)
		held->ints[writer->group_rows] = value;
	else
		held->narrow[writer->group_rows] = (int32_t)value;
}

void
tt_parquet_repeat_int(struct tt_parquet_writer *writer, unsigned column, int64_t value,
		size_t n)
{
	struct tt_parquet_held *held = open_ints(writer, column, value, value, n);

	if (held == NULL)
		return;
	for (size_t i = 0; held->wide && i < n; i++)
		held->ints[writer->group_rows + i] = value;
	for (size_t i = 0; !held->wide && i < n; i++)
		held->narrow[writer->group_rows + i] = (int32_t)value;
}

void
tt_parquet_set_ints(struct tt_parquet_writer *writer, unsigned column,
		const int64_t *values, size_t n)
{
	struct tt_parquet_held *held;
	int64_t low = 0, high = 0;

	for (size_t i = 0; i < n; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	held = open_ints(writer, column, low, high, n);
	if (held == NULL)
		return;
	if (held->wide)
		memcpy(&held->ints[writer->group_rows], values, n * sizeof(*values));
	for (size_t i = 0; !held->wide && i < n; i++)
		held->narrow[writer->group_rows + i] = (int32_t)values[i];
}

void
tt_parquet_set_ints32(struct tt_parquet_writer *writer, unsigned column,
		const int32_t *values, size_t n)
{
	struct tt_parquet_held *held = open_ints(writer, column, 0, 0, n);

	if (held == NULL)
		return;
	if (!held->wide)
		memcpy(&held->narrow[writer->group_rows], values, n * sizeof(*values));
	for (size_t i = 0; held->wide && i < n; i++)
		held->ints[writer->group_rows + i] = values[i];
}

/* Of group_bytes, for an entry of so many bytes. */
static inline size_t
text_bytes(size_t n)
{
	return n + 4 + sizeof(uint32_t);
}

/* Enters a text; is_new: it is known not to be there. Returns its index; 0 where something is wrong
 * with it. */
static uint32_t
enter_text(struct tt_parquet_writer *writer, unsigned column, const char *text,
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
		bad_value(writer, column, ret, "the text is too long");
	else if (ret == -EILSEQ)
		bad_value(writer, column, ret, "the text is not UTF-8");
	else if (ret < 0)
		no_memory(writer, column);
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
		index = enter_text(writer, column, text, is_new);
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

const struct tt_parquet_code *
tt_parquet_find_code(const struct tt_parquet_held *held, uint64_t code, uint32_t group)
{
	const struct tt_parquet_code *known;

	if (held->codes == NULL || !held->texts.distinct)
		return NULL;
	known = code_of(held, code);
	return known->code == code && known->group == group ? known : NULL;
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
		no_memory(writer, column);
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

static struct tt_parquet_held *
fix(struct tt_parquet_writer *writer, unsigned column)
{
	struct tt_parquet_held *held;

	TT_ASSERT(writer->rows == 0 && writer->n_set == writer->n_fixed);
	held = &writer->held[column];
	TT_ASSERT(column < writer->n_columns && !held->fixed && writer->group_rows == 0);
	held->fixed = true;
	free(held->values);
	held->values = NULL;
	held->rows = SIZE_MAX;
	writer->n_fixed = ++writer->n_set;
	return held;
}

void
tt_parquet_fix_int(struct tt_parquet_writer *writer, unsigned column, int64_t value)
{
	struct tt_parquet_held *held = fix(writer, column);

	TT_ASSERT(held->type != TT_COLUMN_TEXT);
	held->fixed_int = value;
	if (held->type == TT_COLUMN_INT32 && !is_narrow(value))
		too_large(writer, column);
}

void
tt_parquet_fix_text(struct tt_parquet_writer *writer, unsigned column, const char *text)
{
	struct tt_parquet_held *held = fix(writer, column);

	TT_ASSERT(held->type == TT_COLUMN_TEXT);
	enter_text(writer, column, text, false);
	writer->fixed_bytes = writer->group_bytes;
}
