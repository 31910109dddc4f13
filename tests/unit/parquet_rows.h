/* SPDX-License-Identifier: BSD-3-Clause */
/* A table with a column of each type, its rows made from their numbers, and the file that holds
 * them; for the tests of the parquet room. */
#ifndef PARQUET_ROWS_H
#define PARQUET_ROWS_H

#include "tt_parquet.h"

#include "tt_hash.h"
#include "tt_parquet_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum column {
	NUMBER,
	BIG,
	TIME,
	PLACE,
	UNIQUE,
	N_COLUMNS
};

static const struct tt_column columns[N_COLUMNS] = {
		[NUMBER] = {"number", TT_COLUMN_INT32},
		[BIG] = {"big", TT_COLUMN_INT64},
		[TIME] = {"time", TT_COLUMN_TIMESTAMP},
		[PLACE] = {"place", TT_COLUMN_TEXT},
		[UNIQUE] = {"unique", TT_COLUMN_TEXT},
};
static const struct tt_key_value metadata[] = {{"sensor", "s-1"}, {"empty", ""}};

/* The directory of this test's files, and the bytes of the latest one. */
struct files {
	char path[64];
	int fd;
	uint8_t *bytes;
	size_t size;
	struct tt_parquet_result result;
};

static inline int
set_up(void **state)
{
	static struct files files;

	files = (struct files){.path = "/tmp/tt-parquet-XXXXXX", .fd = -1};
	if (mkdtemp(files.path) == NULL)
		return -1;
	files.fd = open(files.path, O_RDONLY | O_DIRECTORY);
	*state = &files;
	return files.fd < 0 ? -1 : 0;
}

static inline int
tear_down(void **state)
{
	struct files *files = *state;

	free(files->bytes);
	unlinkat(files->fd, "t.parquet", 0);
	close(files->fd);
	return rmdir(files->path);
}

struct row {
	int64_t number, big, time;
	const char *place;
	char unique[40];
};

static inline struct row
make_row(int64_t i)
{
	static const char *const places[] = {"", "CN", "US", "\xe6\x97\xa5\xe6\x9c\xac"};
	static const int64_t extremes[] = {
			INT64_MIN, INT64_MAX, 0, -1, INT32_MIN, INT32_MAX};
	struct row row = {.number = i % 3 == 0 ? INT32_MIN : INT32_MAX - i,
			.big = i < 6 ? extremes[i] : (int64_t)tt_hash_mix((uint64_t)i),
			.time = INT64_C(1795388100000000) + i / 100 * TT_US_PER_S,
			.place = places[i / 20 % 4]};

	snprintf(row.unique, sizeof(row.unique), "%016llx",
			(unsigned long long)tt_hash_mix((uint64_t)i * 7));
	if (i % 5 == 0)
		row.unique[0] = '\0';
	return row;
}

static inline int
put_row(struct tt_parquet_writer *writer, int64_t i, struct tt_error *err)
{
	struct row row = make_row(i);

	tt_parquet_set_text(writer, UNIQUE, row.unique);
	tt_parquet_set_int(writer, NUMBER, row.number);
	tt_parquet_set_int(writer, BIG, row.big);
	tt_parquet_set_int(writer, TIME, row.time);
	tt_parquet_set_text(writer, PLACE, row.place);
	return tt_parquet_end_row(writer, err);
}

static inline struct tt_parquet_writer *
create(struct files *files)
{
	struct tt_parquet_writer *writer;
	struct tt_error err;

	unlinkat(files->fd, "t.parquet", 0);
	assert_int_equal(tt_parquet_create(&writer, files->fd, "t.parquet", columns,
					 N_COLUMNS, metadata, TT_ARRAY_SIZE(metadata),
					 &err),
			0);
	return writer;
}

static inline void
slurp(struct files *files)
{
	int fd = openat(files->fd, "t.parquet", O_RDONLY);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	free(files->bytes);
	files->size = (size_t)st.st_size;
	files->bytes = malloc(files->size);
	assert_int_equal(read(fd, files->bytes, files->size), files->size);
	close(fd);
}

static inline void
finish(struct files *files, struct tt_parquet_writer *writer)
{
	struct tt_error err = {0};

	assert_int_equal(tt_parquet_finish(writer, true, &files->result, &err), 0);
	slurp(files);
	assert_int_equal(files->result.bytes, files->size);
}

/* Writes rows 0 to n-1; group_rows and page_rows of 0 stand for the usual ones. */
static inline void
write_rows(struct files *files, int64_t n, size_t group_rows, size_t page_rows,
		uint32_t dictionary)
{
	struct tt_parquet_writer *writer = create(files);
	struct tt_error err;

	if (group_rows > 0)
		writer->limits.group_rows = group_rows;
	if (page_rows > 0)
		writer->limits.page_rows = page_rows;
	if (dictionary > 0)
		writer->limits.dictionary_values = dictionary;
	for (int64_t i = 0; i < n; i++)
		assert_int_equal(put_row(writer, i, &err), 0);
	finish(files, writer);
	assert_int_equal(files->result.rows, n);
}

static inline bool
has_row(const struct tt_parquet_reader *reader, int64_t i)
{
	struct row row = make_row(i);

	return tt_parquet_get_int(reader, NUMBER) == row.number
			&& tt_parquet_get_int(reader, BIG) == row.big
			&& tt_parquet_get_int(reader, TIME) == row.time
			&& strcmp(tt_parquet_get_text(reader, PLACE), row.place) == 0
			&& strcmp(tt_parquet_get_text(reader, UNIQUE), row.unique) == 0;
}

static inline bool
has_columns(const struct tt_parquet_reader *reader)
{
	const struct tt_column *found = tt_parquet_columns(reader);

	if (tt_parquet_n_columns(reader) != N_COLUMNS)
		return false;
	for (unsigned i = 0; i < N_COLUMNS; i++)
		if (strcmp(found[i].name, columns[i].name) != 0
				|| found[i].type != columns[i].type)
			return false;
	return true;
}

static inline const char *
batch_text(const struct tt_parquet_batch *batch, unsigned column, unsigned row)
{
	const struct tt_parquet_values *values = &batch->columns[column];

	assert_null(values->ints);
	assert_true(values->codes[row] < values->n_texts);
	assert_true(values->text_id != 0);
	return values->texts[values->codes[row]];
}

static inline bool
batch_has_row(const struct tt_parquet_batch *batch, unsigned at, int64_t i)
{
	struct row row = make_row(i);

	return batch->columns[NUMBER].ints[at] == row.number
			&& batch->columns[BIG].ints[at] == row.big
			&& batch->columns[TIME].ints[at] == row.time
			&& strcmp(batch_text(batch, PLACE, at), row.place) == 0
			&& strcmp(batch_text(batch, UNIQUE, at), row.unique) == 0;
}

/* Do the rows that follow, and no others, have the numbers 0 to n-1? 1, 0, or -errno. */
static inline int
rows_follow(struct tt_parquet_reader *reader, int64_t n, struct tt_error *err)
{
	int ret = 0;
	int64_t i = 0;

	for (; (ret = tt_parquet_next(reader, err)) > 0; i++)
		if (i >= n || !has_row(reader, i))
			return 0;
	return ret < 0 ? ret : i == n;
}

static inline int
batches_follow(struct tt_parquet_reader *reader, int64_t n, struct tt_error *err)
{
	struct tt_parquet_batch batch;
	int64_t i = 0;
	int ret;

	while ((ret = tt_parquet_next_batch(reader, &batch, err)) > 0) {
		assert_true(batch.n > 0 && batch.n <= TT_PARQUET_BATCH);
		for (unsigned at = 0; at < batch.n; at++, i++)
			if (i >= n || !batch_has_row(&batch, at, i))
				return 0;
	}
	assert_int_equal(batch.n, 0);
	return ret < 0 ? ret : i == n;
}

/*
 * Returns 1 where bytes hold rows 0 to n-1, 0 where they hold anything else, or -errno: the
 * same by row and by batch.
 */
static inline int
holds_rows(const void *bytes, size_t size, int64_t n, struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int found[2] = {0};

	for (unsigned by_batch = 0; by_batch < 2; by_batch++) {
		int ret = tt_parquet_open_memory(&reader, bytes, size, "t.parquet", err);

		if (ret < 0)
			return ret;
		if (has_columns(reader) && tt_parquet_rows(reader) == n)
			found[by_batch] = by_batch ? batches_follow(reader, n, err)
						   : rows_follow(reader, n, err);
		tt_parquet_close(reader);
	}
	assert_int_equal(found[0], found[1]);
	return found[0];
}

static inline void
assert_rows(const struct files *files, int64_t n)
{
	struct tt_error err = {0};
	int ret = holds_rows(files->bytes, files->size, n, &err);

	if (ret < 0)
		print_error("# %s: %s\n", err.where, err.why);
	assert_int_equal(ret, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
