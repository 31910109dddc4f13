/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Walks one column through the pages of its chunks, some values at a time. Internal to the
 * reader; one thread. Holds one decompressed page, one dictionary and the latest values; what
 * all cursors of a reader hold together is bounded by a budget that they share, so that no file
 * can ask for more.
 */
#ifndef TT_PARQUET_CURSOR_H
#define TT_PARQUET_CURSOR_H

#include "tt_parquet_buffer.h"
#include "tt_parquet_footer.h"
#include "tt_parquet_page_in.h"
#include "tt_parquet_plain.h"
#include "tt_parquet_rle.h"

#include <zstd.h>

/* What the cursors of one reader share. */
struct tt_parquet_shared {
	const struct tt_parquet_footer *footer;
	ZSTD_DCtx *zstd;
	size_t budget_bytes; /* still to be allocated */
	uint64_t last_text_id;
	bool mapped; /* the file is a map of the reader's own */
};

/* A page that was checked, and is not unpacked yet. */
struct tt_parquet_closed {
	bool is; /* else there is none */
	int64_t at; /* offset of its header */
	struct tt_parquet_page_in page;
};

struct tt_parquet_cursor {
	struct tt_parquet_shared *shared;
	unsigned column;
	enum tt_column_type type;
	const struct tt_parquet_leaf *leaf;
	bool passed_over; /* its pages are checked, and no value is taken */
	bool deferred; /* values are taken of chosen rows alone */

	enum tt_parquet_codec codec;
	int64_t page_at, at,
			end; /* offsets: the open page's header, the next one, the end */
	int64_t mapped_at; /* what lies before, in the chunk, was given back to the system */
	bool has_dictionary;
	uint32_t dictionary_values;
	uint64_t dictionary_id; /* text_id of its texts */
	struct tt_parquet_buffer
			dictionary; /* [dictionary_values]: integers, or the texts */
	bool narrow; /* integers of 32 bits, which take half the cache; else of 64 */
	struct tt_parquet_buffer texts; /* the dictionary page, where the texts lie */

	/* Of a deferred column, until a value is wanted; the values of the page that were passed over. */
	struct tt_parquet_closed closed_dictionary, closed_data;
	uint32_t passed;

	struct tt_parquet_buffer page;
	uint32_t page_left; /* values left in the open or closed page */
	bool by_dictionary;
	struct tt_parquet_rle_in indices;
	uint8_t *plain, *plain_end;
	struct tt_parquet_plain_texts plain_texts;

	/* Room for TT_PARQUET_BATCH values: integers, or codes and the texts of a page. */
	struct tt_parquet_buffer ints, codes, page_texts;
};

/*
 * Takes the column's chunk of a row group that has `rows` rows, which must be what its pages
 * say together: all page headers are read beforehand, so that damage to one of them (no
 * checksum covers them) is found before any value is given out. The pages of a column that is passed
 * over are held against their checksums here. Returns 0, or a negative errno.
 */
int tt_parquet_cursor_start(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_chunk *chunk, int64_t rows,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Opens the pages up to the next value, which there must be: page_left is 1 at least then. Those of a deferred
 * column are checked and left closed.
 * Returns 0, or a negative errno.
 */
int tt_parquet_cursor_ready(
		struct tt_parquet_cursor *cursor, struct tt_error *err) TT_MUST_CHECK;

/*
 * Takes the next n values, at most page_left and TT_PARQUET_BATCH. They live until the next
 * page is opened or more are taken. Returns 0, or a negative errno.
 */
int tt_parquet_cursor_take(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_values *values, struct tt_error *err) TT_MUST_CHECK;

/* The rows of a batch whose values are wanted, in ascending order. */
struct tt_parquet_chosen {
	const uint16_t *rows; /* [n] */
	unsigned n;
};

/*
 * Takes, of the next n values, those of the chosen rows alone, each to its place. What is wrong with
 * the others may stay unknown. Otherwise the same.
 */
int tt_parquet_cursor_choose(struct tt_parquet_cursor *cursor, unsigned n,
		struct tt_parquet_chosen chosen, struct tt_parquet_values *values,
		struct tt_error *err) TT_MUST_CHECK;

void tt_parquet_cursor_fini(struct tt_parquet_cursor *cursor);

/* For the files of the cursor: "FILE: column X at offset N" as the place. */
int tt_parquet_cursor_bad(const struct tt_parquet_cursor *cursor, struct tt_error *err,
		const char *why_fmt, ...) TT_PRINTF(3, 4);

/* What can be wrong with dictionaries and indices. Return -EBADMSG. */
int tt_parquet_cursor_two_dictionaries(
		const struct tt_parquet_cursor *cursor, struct tt_error *err);
int tt_parquet_cursor_outside(const struct tt_parquet_cursor *cursor, uint32_t code,
		struct tt_error *err);
int tt_parquet_cursor_cut_short(
		const struct tt_parquet_cursor *cursor, struct tt_error *err);

/* Unpacks a checked page whose header is at an offset: a dictionary is decoded, data are made ready. */
int tt_parquet_cursor_open_page(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, int64_t at,
		struct tt_error *err) TT_MUST_CHECK;

/* Keeps it closed instead; and opens what is closed, before values are taken. Return 0, or a negative errno. */
int tt_parquet_cursor_leave_closed(struct tt_parquet_cursor *cursor,
		const struct tt_parquet_page_in *page, int64_t at,
		struct tt_error *err) TT_MUST_CHECK;
int tt_parquet_cursor_unclose(
		struct tt_parquet_cursor *cursor, struct tt_error *err) TT_MUST_CHECK;

/* Checks the next page, and opens it or leaves it closed. */
int tt_parquet_cursor_page(
		struct tt_parquet_cursor *cursor, struct tt_error *err) TT_MUST_CHECK;

/* Bytes of a stored integer. */
static inline unsigned
tt_parquet_cursor_int_bytes(const struct tt_parquet_cursor *cursor)
{
	return cursor->leaf->physical == TT_PHYSICAL_INT32 ? 4 : 8;
}

/* The integer of an index, which lies in the dictionary. */
static inline int64_t
tt_parquet_cursor_entry(const struct tt_parquet_cursor *cursor, uint32_t code)
{
	const void *entries = cursor->dictionary.bytes;

	return cursor->narrow ? ((const int32_t *)entries)[code]
			      : ((const int64_t *)entries)[code];
}

/* Makes the buffer hold n bytes and eight zeros after them, within the budget. */
int tt_parquet_cursor_reserve(struct tt_parquet_cursor *cursor,
		struct tt_parquet_buffer *buffer, size_t n,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Decodes the dictionary page that `page` holds; `texts` of the cursor takes its place where
 * the column is text.
 */
int tt_parquet_cursor_dictionary(struct tt_parquet_cursor *cursor, uint32_t n,
		struct tt_error *err) TT_MUST_CHECK;

#endif
