/* SPDX-License-Identifier: BSD-3-Clause */
/* The values of rows, on their way into the open row group: room for them, integers, and columns of one value. */
#include "tt_parquet_held.h"

#include <errno.h>

/* Rows that there is room for at first, and how many times as many then, up to what a row group may have:
 * each time all columns are copied, and what of their room is not used is not touched. */
#define ROOM_MIN    64
#define ROOM_FACTOR 8

void
tt_parquet_bad_value(struct tt_parquet_writer *writer, unsigned column, int code,
		const char *why)
{
	if (writer->failed != 0)
		return;
	writer->failed = tt_error_set(&writer->err, code, writer->name,
			"column %s, row %lld: %s", writer->columns[column].name,
			(long long)writer->rows + (long long)writer->group_rows, why);
}

void
tt_parquet_no_memory(struct tt_parquet_writer *writer, unsigned column)
{
	tt_parquet_bad_value(writer, column, -ENOMEM, "out of memory");
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

static inline bool
is_narrow(int64_t value)
{
	return value == (int32_t)value;
}

static void
too_large(struct tt_parquet_writer *writer, unsigned column)
{
	tt_parquet_bad_value(
			writer, column, -ERANGE, "the value needs more than 32 bits");
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
	struct tt_parquet_held *held = tt_parquet_open_values(writer, column, n);

	TT_ASSERT(writer->held[column].type != TT_COLUMN_TEXT);
	if (TT_UNLIKELY(held == NULL)
			|| TT_LIKELY(held->wide || (is_narrow(low) && is_narrow(high))))
		return held;
	if (held->type == TT_COLUMN_INT32)
		too_large(writer, column);
	else if (!widen(writer, held))
		tt_parquet_no_memory(writer, column);
	return held->wide ? held : NULL;
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
	tt_parquet_enter_text(writer, column, text, false);
	writer->fixed_bytes = writer->group_bytes;
}
