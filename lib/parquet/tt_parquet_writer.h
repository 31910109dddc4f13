/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inside of a writer, shared by the files that write row groups, column chunks, pages
 * and the footer. Internal to the room and its tests; one thread.
 *
 * Held in memory: the values of one row group, up to group_bytes; the row group is written
 * when that or group_rows is reached. Beside them one page, its compressed form, and one
 * dictionary of integers; for each column of coded texts 16 bytes for each text, 16 KiB to 1 MiB;
 * and per finished row group its metadata (about 150 bytes a column).
 */
#ifndef TT_PARQUET_WRITER_H
#define TT_PARQUET_WRITER_H

#include "tt_parquet.h"
#include "tt_parquet_dictionary.h"
#include "tt_parquet_format.h"
#include "tt_parquet_row.h"
#include "tt_parquet_sink.h"
#include "tt_thrift.h"

#include <zstd.h>

/* What ends a row group, a page and a dictionary; smaller ones are for tests. */
struct tt_parquet_limits {
	size_t group_rows, group_bytes;
	size_t page_rows, page_bytes;
	uint32_t dictionary_values;
};

/*
 * Of the places in zstd's table of what it has seen. So many stay in the first cache, whatever else the program does
 * between two pages, and bring a sixth of the time, for half a hundredth more bytes. Values written out, addresses in
 * order above all, are like those just before them: the fewest places forget soonest what was further away, and it
 * takes fewer bytes to say where the nearest is.
 */
#define TT_PARQUET_HASH_LOG       11
#define TT_PARQUET_HASH_LOG_PLAIN 6

/* How many codes of a column are remembered: powers of two. More as it has more texts. */
#define TT_PARQUET_CODES_MIN 1024
#define TT_PARQUET_CODES_MAX (1 << 16)

struct tt_parquet_writer {
	struct tt_parquet_sink sink;
	char *name;
	struct tt_parquet_limits limits;
	const struct tt_column *columns; /* [n_columns] */
	struct tt_parquet_held *held; /* [n_columns] */
	unsigned n_columns;
	unsigned n_fixed; /* columns that no row sets */
	unsigned n_set; /* columns of the open row that have their value */
	/* Of the open row group, apart from each other: gcc would add to both at once, and what a text wrote to one of
	 * them alone is not at hand for that yet. */
	size_t group_rows;
	size_t room_rows; /* that the columns have room for: more than there are, while nothing failed */
	size_t group_bytes;
	size_t row_bytes, fixed_bytes; /* in group_bytes, of each row; of fixed texts */
	int64_t rows; /* of the finished row groups */

	struct tt_key_value *metadata; /* [n_metadata], copies */
	unsigned n_metadata;

	ZSTD_CCtx *zstd;
	struct tt_parquet_ints ints;
	struct tt_parquet_buffer page, packed, header;

	struct tt_parquet_buffer groups; /* metadata of finished row groups, encoded */
	unsigned n_groups;

	int failed; /* what went wrong first: negative errno, with err */
	struct tt_error err;
};

/* One column chunk in the making, for its metadata. */
struct tt_parquet_chunk_out {
	int64_t dictionary_offset; /* 0: none */
	int64_t data_offset;
	int64_t stored_bytes, raw_bytes; /* of all pages with their headers */
	int32_t data_pages;
	bool dictionary;
};

/* All return 0 or a negative errno with the writer's err filled. */

/* Compresses and writes writer->page as one page. */
int tt_parquet_write_page(struct tt_parquet_writer *writer,
		struct tt_parquet_chunk_out *chunk, enum tt_parquet_page_type type,
		enum tt_parquet_encoding encoding, size_t n_values) TT_MUST_CHECK;

/* Writes the pages of one column of the open row group. */
int tt_parquet_write_chunk(struct tt_parquet_writer *writer, unsigned column,
		struct tt_parquet_chunk_out *chunk) TT_MUST_CHECK;

/* Writes the open row group, keeps its metadata, and empties it. */
int tt_parquet_write_group(struct tt_parquet_writer *writer) TT_MUST_CHECK;

int tt_parquet_write_footer(struct tt_parquet_writer *writer) TT_MUST_CHECK;

/* Adds min_value, max_value and null_count of a chunk, before the next one is written, as field id
 * of the open struct. */
void tt_parquet_put_statistics(const struct tt_parquet_writer *writer, unsigned column,
		struct tt_thrift_out *out, int id);

/* -ENOMEM as the writer's error. */
int tt_parquet_writer_no_memory(struct tt_parquet_writer *writer);

/* Gives all columns room for n more rows of the open row group. Returns false without memory. */
bool tt_parquet_make_room(struct tt_parquet_writer *writer, size_t n) TT_MUST_CHECK;

/* With how many more rows, of so many bytes each in group_bytes, the open row group ends; 1 at least. */
size_t tt_parquet_rows_left_of(const struct tt_parquet_writer *writer, size_t row_bytes);

/* What the value of a row counts in group_bytes: the most that it takes while it is held. */
static inline size_t
tt_parquet_held_bytes(enum tt_column_type type)
{
	return type == TT_COLUMN_TEXT ? sizeof(uint32_t) : sizeof(int64_t);
}

/* What it takes. */
static inline size_t
tt_parquet_held_width(const struct tt_parquet_held *held)
{
	return held->wide ? sizeof(int64_t) : sizeof(uint32_t);
}

#endif
