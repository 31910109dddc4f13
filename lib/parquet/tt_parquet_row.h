/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows that are filled from left to right, every column once: what tt_parquet_set_int and the like do,
 * with nothing to look up for each value. One thread; no memory of its own. Who writes rows one by one
 * needs the functions below alone; what stands before them is the inside of the writer.
 */
#ifndef TT_PARQUET_ROW_H
#define TT_PARQUET_ROW_H

#include "tt_parquet.h"
#include "tt_parquet_dictionary.h"

/* Where the open row group has the text that a code stands for. */
struct tt_parquet_code {
	uint64_t code;
	uint32_t index; /* into texts */
	uint32_t group; /* one more than the number of the row group of which that is true */
};

/* The open row group's values of one column. */
struct tt_parquet_held {
	union {
		int32_t *narrow;
		int64_t *ints; /* where it is wide */
		uint32_t *indices; /* into texts */
		void *values;
	}; /* per row, with room for the writer's room_rows; unused where it is fixed */
	struct tt_parquet_code last; /* of codes, the one that was entered last */
	bool wide; /* integers in 64 bits, since one of the writer's needed them; else in 32 */
	bool fixed; /* all rows have the first of texts, or `fixed_int` */
	enum tt_column_type type;
	size_t rows; /* up to the last one that a call of tt_parquet.h set; SIZE_MAX where it is fixed */
	struct tt_parquet_texts texts;
	struct tt_parquet_code *codes; /* [n_codes] by their low bits, or NULL */
	size_t n_codes;
	int64_t fixed_int;
};

/* A row on its way. */
struct tt_parquet_row {
	struct tt_parquet_writer *writer;
	struct tt_parquet_held *columns; /* of the writer */
	struct tt_parquet_held *next; /* of these, the column that is set next */
	size_t at; /* the row's number in its group */
	uint32_t group; /* as of a code */
};

/* Begins a row with `column`: those before it are fixed, and no other. Not returned, since it would be copied
 * in larger pieces than it was written in, which the core waits for. */
void tt_parquet_row_begin(struct tt_parquet_row *row, struct tt_parquet_writer *writer,
		unsigned column);

/* Ends it after its last column. Returns 0, or a negative errno with err filled. */
int tt_parquet_row_end(
		const struct tt_parquet_row *row, struct tt_error *err) TT_MUST_CHECK;

/* The rare way of the one below. */
void tt_parquet_row_wide(struct tt_parquet_row *row, int64_t value);

/* Finds what is remembered of a code in the open row group, which `group` stands for as in a code; or
 * NULL. */
static inline const struct tt_parquet_code *
tt_parquet_find_code(const struct tt_parquet_held *held, uint64_t code, uint32_t group)
{
	const struct tt_parquet_code *known = &held->last;

	if (known->code != code || known->group != group) {
		if (TT_UNLIKELY(held->codes == NULL))
			return NULL;
		known = &held->codes[code & (held->n_codes - 1)];
		if (known->code != code || known->group != group)
			return NULL;
	}
	return TT_LIKELY(held->texts.distinct) ? known : NULL;
}

/* The column that is set next; moves on. */
static inline unsigned
tt_parquet_row_step(struct tt_parquet_row *row)
{
	return (unsigned)(row->next++ - row->columns);
}

/* As tt_parquet_set_int, for the next column. */
static inline void
tt_parquet_row_int(struct tt_parquet_row *row, int64_t value)
{
	const struct tt_parquet_held *held = row->next;

	if (TT_LIKELY(!held->wide && value == (int32_t)value))
		held->narrow[row->at] = (int32_t)value;
	else if (held->wide)
		held->ints[row->at] = value;
	else
		tt_parquet_row_wide(row, value);
	row->next++;
}

/* As tt_parquet_set_code, for the next column, which it moves past where it returns true. */
static inline bool
tt_parquet_row_code(struct tt_parquet_row *row, uint64_t code)
{
	const struct tt_parquet_held *held = row->next;
	const struct tt_parquet_code *known = tt_parquet_find_code(
			held, code, row->group);

	if (known == NULL)
		return false;
	held->indices[row->at] = known->index;
	row->next++;
	return true;
}

/* As tt_parquet_set_same, for the next column, which it moves past where it returns true. */
static inline bool
tt_parquet_row_same(struct tt_parquet_row *row)
{
	bool same = tt_parquet_set_same(
			row->writer, (unsigned)(row->next - row->columns));

	row->next += same;
	return same;
}

#endif
