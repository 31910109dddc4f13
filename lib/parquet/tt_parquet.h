/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flat Parquet files, written and read (format: apache/parquet-format, parquet.thrift).
 * One REQUIRED value per column and row; integers, timestamps and text. No packaged C library
 * writes Parquet, hence this small one. It writes the subset that every reader knows: PLAIN
 * and dictionary encoding (RLE_DICTIONARY; falls back to PLAIN where a dictionary grows past
 * its limit), data page V1, zstd with the zstd checksum flag set and the page CRC set, min/max
 * statistics, key-value metadata. The same rows give the same bytes. The format has no checksum
 * for the footer, so the writer adds one to the metadata (key "teiten.footer_crc32").
 *
 * Writer: one thread; holds one row group in memory, which ends at TT_PARQUET_GROUP_ROWS rows or
 * TT_PARQUET_GROUP_BYTES bytes of values.
 * Reader: one thread; maps the file, and gives back what was read of the map; decodes one page per
 * column at a time, beside its dictionary, 1 GiB together at most, however long the file is; checks
 * bounds, then CRC, then meaning, so that any damage is an error and never a crash. It gives out
 * rows by the batch, as arrays, or one by one.
 * It reads the files that the writer makes and, of other writers' files, flat ones in which no
 * value is null: pages of version 1 and 2, PLAIN or dictionary encoding, uncompressed, zstd, snappy
 * or gzip; bytes without a type as text where they are UTF-8, unsigned integers by value up to 63
 * bits, times of UTC in milliseconds, microseconds or whole microseconds of nanoseconds. The rest
 * is refused by name.
 */
#ifndef TT_PARQUET_H
#define TT_PARQUET_H

#include "tt_base.h"
#include "tt_error.h"

/* Whichever comes first ends a row group. */
#define TT_PARQUET_GROUP_ROWS  (1 << 20)
#define TT_PARQUET_GROUP_BYTES (128 << 20)

/* The longest text that is written; a longer one is -EMSGSIZE. */
#define TT_PARQUET_TEXT_MAX (1 << 20)

enum tt_column_type {
	TT_COLUMN_INT32, /* INT32 */
	TT_COLUMN_INT64, /* INT64 */
	TT_COLUMN_TIMESTAMP, /* INT64, TIMESTAMP(MICROS, isAdjustedToUTC) */
	TT_COLUMN_TEXT, /* BYTE_ARRAY, STRING */
};

struct tt_column {
	const char *name;
	enum tt_column_type type;
};

struct tt_key_value {
	const char *key, *value;
};

/* What a finished file is, for a manifest. */
struct tt_parquet_result {
	int64_t rows;
	int64_t bytes;
	char sha256[65]; /* of the whole file, hexadecimal */
};

struct tt_parquet_writer;

/*
 * Creates the file `name` in the directory dir_fd (O_EXCL). columns: [n_columns], kept by
 * reference until finish or abandon. metadata: [n_metadata], copied. Returns 0, or a negative
 * errno with err filled.
 */
int tt_parquet_create(struct tt_parquet_writer **writer, int dir_fd, const char *name,
		const struct tt_column *columns, unsigned n_columns,
		const struct tt_key_value *metadata, unsigned n_metadata,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Give the open row its value in one column, once. text: UTF-8, copied. What is wrong with a
 * value is kept until end_row: -ERANGE for one that an INT32 column cannot hold, -EILSEQ for a
 * text that is not UTF-8, -EMSGSIZE, -ENOMEM. tt_parquet_row.h does the same in less time for rows that are
 * filled from left to right.
 */
void tt_parquet_set_int(struct tt_parquet_writer *writer, unsigned column, int64_t value);
void tt_parquet_set_text(
		struct tt_parquet_writer *writer, unsigned column, const char *text);

/* The same with a text that no row before has, in a column whose texts are all set by this and the
 * next: it is not looked for. */
void tt_parquet_set_new(
		struct tt_parquet_writer *writer, unsigned column, const char *text);

/* Gives the open row the text of the row before in that column. Returns false, and sets nothing,
 * where there is none in the row group. */
bool tt_parquet_set_same(struct tt_parquet_writer *writer, unsigned column) TT_MUST_CHECK;

/*
 * Give the open row a text that the number `code` stands for, always the same one in its column.
 * The first finds the text by its code alone, and returns false where it cannot; it is then to be
 * set by the second, which remembers it. Any code will do: the latest of a thousand or so are
 * remembered, of more where a column has more texts. Errors as above.
 */
bool tt_parquet_set_code(struct tt_parquet_writer *writer, unsigned column,
		uint64_t code) TT_MUST_CHECK;
void tt_parquet_set_coded(struct tt_parquet_writer *writer, unsigned column,
		uint64_t code, const char *text);
/* The same where the row group has no such text yet: see tt_parquet_set_new. */
void tt_parquet_set_coded_new(struct tt_parquet_writer *writer, unsigned column,
		uint64_t code, const char *text);

/* Give one column its value for all rows, before the first of them; no row then sets it. Errors
 * as above. */
void tt_parquet_fix_int(struct tt_parquet_writer *writer, unsigned column, int64_t value);
void tt_parquet_fix_text(
		struct tt_parquet_writer *writer, unsigned column, const char *text);

/* Ends the row; every column must have been set (a bug otherwise). Returns 0 or -errno. */
int tt_parquet_end_row(
		struct tt_parquet_writer *writer, struct tt_error *err) TT_MUST_CHECK;

/*
 * The same for n rows whose values lie side by side: all columns of them, then end_rows. n is at
 * most what rows_left says, so that the row group ends no sooner. repeat_code returns false, and
 * sets nothing, where set_code would.
 */
size_t tt_parquet_rows_left(const struct tt_parquet_writer *writer);
bool tt_parquet_repeat_code(struct tt_parquet_writer *writer, unsigned column,
		uint64_t code, size_t n) TT_MUST_CHECK;
/* Gives `most` rows, at least 1, or as many as end the row group, the text of the row before in that column, as
 * set_same; to be called first, since it says how many rows the others are to be set for, whatever rows_left
 * says: 0 where there is no row before in the row group, or the writer has failed, and nothing is set. Rows then
 * end where they do one by one, whatever the column. */
size_t tt_parquet_repeat_same(struct tt_parquet_writer *writer, unsigned column,
		size_t most) TT_MUST_CHECK;
void tt_parquet_repeat_int(struct tt_parquet_writer *writer, unsigned column,
		int64_t value, size_t n);
void tt_parquet_set_ints(struct tt_parquet_writer *writer, unsigned column,
		const int64_t *values, size_t n);
void tt_parquet_set_ints32(struct tt_parquet_writer *writer, unsigned column,
		const int32_t *values, size_t n);
int tt_parquet_end_rows(struct tt_parquet_writer *writer, size_t n,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Writes what is left and the footer, fsyncs if sync is set, closes. The writer is gone whatever
 * is returned: 0, or a negative errno with err filled (the file is then not to be used).
 */
int tt_parquet_finish(struct tt_parquet_writer *writer, bool sync,
		struct tt_parquet_result *result, struct tt_error *err) TT_MUST_CHECK;

/* Closes without finishing; the file that is left is no Parquet file. NULL is allowed. */
void tt_parquet_abandon(struct tt_parquet_writer *writer);

struct tt_parquet_reader;

/* Opens a file and reads its footer. Returns 0, or a negative errno with err naming the file
 * and, where it can, column and offset (-EBADMSG for anything that is wrong inside). */
int tt_parquet_open(struct tt_parquet_reader **reader, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
/* The same on bytes in memory, which must stay until close; `name` stands for the path. */
int tt_parquet_open_memory(struct tt_parquet_reader **reader, const void *data,
		size_t size, const char *name, struct tt_error *err) TT_MUST_CHECK;
void tt_parquet_close(struct tt_parquet_reader *reader);

int64_t tt_parquet_rows(const struct tt_parquet_reader *reader);
unsigned tt_parquet_n_columns(const struct tt_parquet_reader *reader);
const struct tt_column *tt_parquet_columns(const struct tt_parquet_reader *reader);
/* Index of the named column, or -1. */
int tt_parquet_find_column(const struct tt_parquet_reader *reader, const char *name);
/* Value of a metadata key, or NULL. */
const char *tt_parquet_metadata(const struct tt_parquet_reader *reader, const char *key);

/*
 * Of columns for which wanted[n_columns] is false, no value is given out: batches have NULL there. Their
 * pages are held against their checksums all the same, but not unpacked. Before the first row.
 */
void tt_parquet_select(struct tt_parquet_reader *reader, const bool *wanted);

/*
 * Of columns for which deferred[n_columns] is true, a batch has no values until tt_parquet_choose. Before
 * the first row; only of columns that are wanted. Their pages are held against their checksums; those of which
 * nothing is chosen are not unpacked.
 */
void tt_parquet_defer(struct tt_parquet_reader *reader, const bool *deferred);

/* The most rows of a batch. It may have fewer anywhere in the file. */
#define TT_PARQUET_BATCH 1024

/* The values of some rows in one column. */
struct tt_parquet_values {
	const int64_t *ints; /* [n] of integers and times; NULL where the column is text */
	/*
	 * Of a text column the value in row i is texts[codes[i]], UTF-8; no two texts of a
	 * dictionary need differ. Eight bytes can be read from anywhere in a text on. text_id, never 0, is another one whenever texts are, in any
	 * column of the reader: what was worked out for each text holds while it is the same.
	 */
	const uint32_t *codes; /* [n], each below n_texts; NULL where it is not text */
	const char *const *texts; /* [n_texts] */
	uint32_t n_texts;
	uint64_t text_id;
};

struct tt_parquet_batch {
	unsigned n; /* rows */
	const struct tt_parquet_values *columns; /* [n_columns] */
};

/*
 * Reads the next rows: 1, 0 at the end, or a negative errno with err filled. What the batch
 * points to lives until the next call. Not to be mixed with tt_parquet_next on one reader.
 */
int tt_parquet_next_batch(struct tt_parquet_reader *reader,
		struct tt_parquet_batch *batch, struct tt_error *err) TT_MUST_CHECK;

/*
 * Takes the values of deferred columns in the latest batch, once: those of rows[n], which ascend, and
 * which stand in their places among values that mean nothing; NULL: of all rows. A batch for which
 * it is not called is passed over in these columns. Returns 0, or a negative errno with err filled.
 */
int tt_parquet_choose(struct tt_parquet_reader *reader, const uint16_t *rows, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;

/* Moves to the next row: 1, 0 at the end, or a negative errno with err filled. */
int tt_parquet_next(struct tt_parquet_reader *reader, struct tt_error *err) TT_MUST_CHECK;

/* Values of the row that next moved to; text lives until the next call of next. */
int64_t tt_parquet_get_int(const struct tt_parquet_reader *reader, unsigned column);
const char *tt_parquet_get_text(const struct tt_parquet_reader *reader, unsigned column);

#endif
