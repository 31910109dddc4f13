/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet.h"
#include "tt_parquet_cursor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the pages and dictionaries of one open row group may take together. */
#define BUDGET_BYTES (1 << 30)

struct tt_parquet_reader {
	char *name;
	void *map; /* NULL for bytes in the caller's memory */
	size_t size;
	struct tt_parquet_footer footer;
	struct tt_parquet_shared shared;
	struct tt_parquet_cursor *cursors; /* [n_columns] */
	size_t next_group; /* the one after the open one */
	int64_t rows_left; /* in the open row group */
	unsigned behind; /* rows that deferred columns have still to take or to pass over */
	struct tt_parquet_values *values; /* [n_columns] of the latest batch */
	struct tt_parquet_batch batch; /* of tt_parquet_next, */
	unsigned row; /* which is at this row of it */
	int failed; /* what went wrong first: negative errno, with err */
	struct tt_error err;
};

static int
init_cursors(struct tt_parquet_reader *reader, struct tt_error *err)
{
	const struct tt_parquet_footer *footer = &reader->footer;

	reader->shared = (struct tt_parquet_shared){.footer = footer,
			.zstd = ZSTD_createDCtx(),
			.budget_bytes = BUDGET_BYTES,
			.mapped = reader->map != NULL};
	reader->cursors = calloc(footer->n_columns, sizeof(*reader->cursors));
	reader->values = calloc(footer->n_columns, sizeof(*reader->values));
	if (reader->shared.zstd == NULL || reader->cursors == NULL
			|| reader->values == NULL)
		return tt_error_set(err, -ENOMEM, reader->name, "out of memory");
	for (unsigned i = 0; i < footer->n_columns; i++) {
		reader->cursors[i].shared = &reader->shared;
		reader->cursors[i].column = i;
		reader->cursors[i].type = footer->columns[i].type;
		reader->cursors[i].leaf = &footer->leaves[i];
	}
	return 0;
}

/* The map, if there is one, is the reader's from here on, whatever is returned. */
static int
open_bytes(struct tt_parquet_reader **reader, const void *data, size_t size, void *map,
		const char *name, struct tt_error *err)
{
	struct tt_parquet_reader *r = calloc(1, sizeof(*r));
	int ret;

	*reader = NULL;
	if (r == NULL || (r->name = strdup(name)) == NULL) {
		free(r);
		if (map != NULL)
			munmap(map, size);
		return tt_error_set(err, -ENOMEM, name, "out of memory");
	}
	r->map = map;
	r->size = size;
	r->footer.name = r->name;
	r->footer.file = data;
	ret = tt_parquet_footer_read(&r->footer, size, err);
	if (ret == 0)
		ret = init_cursors(r, err);
	if (ret < 0) {
		tt_parquet_close(r);
		return ret;
	}
	*reader = r;
	return 0;
}

int
tt_parquet_open_memory(struct tt_parquet_reader **reader, const void *data, size_t size,
		const char *name, struct tt_error *err)
{
	return open_bytes(reader, data, size, NULL, name, err);
}

static int
map_file(const char *path, int fd, void **map, size_t *size, struct tt_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return tt_error_set(err, -EBADMSG, path, "not a Parquet file");
	*size = (size_t)st.st_size;
	*map = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (*map == MAP_FAILED)
		return tt_error_set(err, -errno, path, "cannot map: %s", strerror(errno));
	return 0;
}

int
tt_parquet_open(struct tt_parquet_reader **reader, const char *path, struct tt_error *err)
{
	/* A pipe without a writer would be waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t size = 0;
	void *map = NULL;
	int ret;

	*reader = NULL;
	if (fd < 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	ret = map_file(path, fd, &map, &size, err);
	close(fd);
	return ret < 0 ? ret : open_bytes(reader, map, size, map, path, err);
}

void
tt_parquet_close(struct tt_parquet_reader *reader)
{
	if (reader == NULL)
		return;
	for (unsigned i = 0; reader->cursors != NULL && i < reader->footer.n_columns; i++)
		tt_parquet_cursor_fini(&reader->cursors[i]);
	free(reader->cursors);
	free(reader->values);
	ZSTD_freeDCtx(reader->shared.zstd);
	tt_parquet_footer_fini(&reader->footer);
	if (reader->map != NULL)
		munmap(reader->map, reader->size);
	free(reader->name);
	free(reader);
}

int64_t
tt_parquet_rows(const struct tt_parquet_reader *reader)
{
	return reader->footer.rows;
}

unsigned
tt_parquet_n_columns(const struct tt_parquet_reader *reader)
{
	return reader->footer.n_columns;
}

const struct tt_column *
tt_parquet_columns(const struct tt_parquet_reader *reader)
{
	return reader->footer.columns;
}

int
tt_parquet_find_column(const struct tt_parquet_reader *reader, const char *name)
{
	for (unsigned i = 0; i < reader->footer.n_columns; i++)
		if (strcmp(reader->footer.columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

const char *
tt_parquet_metadata(const struct tt_parquet_reader *reader, const char *key)
{
	for (unsigned i = 0; i < reader->footer.n_metadata; i++)
		if (strcmp(reader->footer.metadata[i].key, key) == 0)
			return reader->footer.metadata[i].value;
	return NULL;
}

void
tt_parquet_select(struct tt_parquet_reader *reader, const bool *wanted)
{
	TT_ASSERT(reader->next_group == 0);
	for (unsigned i = 0; i < reader->footer.n_columns; i++)
		reader->cursors[i].passed_over = !wanted[i];
}

void
tt_parquet_defer(struct tt_parquet_reader *reader, const bool *deferred)
{
	TT_ASSERT(reader->next_group == 0);
	for (unsigned i = 0; i < reader->footer.n_columns; i++)
		reader->cursors[i].deferred = deferred[i];
}

static int
enter_group(struct tt_parquet_reader *reader)
{
	const struct tt_parquet_group
			*group = &reader->footer.groups[reader->next_group++];

	for (unsigned i = 0; i < reader->footer.n_columns; i++) {
		int ret = tt_parquet_cursor_start(&reader->cursors[i], &group->chunks[i],
				group->rows, &reader->err);

		if (ret < 0)
			return ret;
	}
	reader->rows_left = group->rows;
	return 0;
}

/* Returns 1 where a row follows, 0 at the end. */
static int
next_group(struct tt_parquet_reader *reader)
{
	while (reader->rows_left == 0) {
		int ret;

		if (reader->next_group == reader->footer.n_groups)
			return 0;
		ret = enter_group(reader);
		if (ret < 0)
			return ret;
	}
	return 1;
}

/* As many rows as there are up to the end of a page in any column, so that none is left behind. */
static int
ready_rows(struct tt_parquet_reader *reader, unsigned *n)
{
	*n = TT_PARQUET_BATCH;
	if (reader->rows_left < *n)
		*n = (unsigned)reader->rows_left;
	for (unsigned i = 0; i < reader->footer.n_columns; i++) {
		struct tt_parquet_cursor *cursor = &reader->cursors[i];
		int ret;

		if (cursor->passed_over)
			continue;
		ret = tt_parquet_cursor_ready(cursor, &reader->err);
		if (ret < 0)
			return ret;
		if (cursor->page_left < *n)
			*n = cursor->page_left;
	}
	return 0;
}

/* rows: of the latest batch, or NULL for all. */
static int
take_deferred(struct tt_parquet_reader *reader, const uint16_t *rows, unsigned n)
{
	const struct tt_parquet_chosen chosen = {rows, n};
	unsigned behind = reader->behind;
	int ret = 0;

	reader->behind = 0;
	for (unsigned i = 0; ret == 0 && i < reader->footer.n_columns; i++) {
		struct tt_parquet_cursor *cursor = &reader->cursors[i];

		if (!cursor->deferred)
			continue;
		ret = rows == NULL ? tt_parquet_cursor_take(
				      cursor, behind, &reader->values[i], &reader->err)
				   : tt_parquet_cursor_choose(cursor, behind, chosen,
						   &reader->values[i], &reader->err);
	}
	return ret;
}

static int
next_rows(struct tt_parquet_reader *reader, struct tt_parquet_batch *batch)
{
	static const uint16_t none;
	unsigned n = 0;
	int ret = reader->behind > 0 ? take_deferred(reader, &none, 0) : 0;

	if (ret == 0)
		ret = next_group(reader);
	if (ret <= 0)
		return ret;
	ret = ready_rows(reader, &n);
	for (unsigned i = 0; ret == 0 && i < reader->footer.n_columns; i++)
		if (!reader->cursors[i].passed_over && !reader->cursors[i].deferred)
			ret = tt_parquet_cursor_take(&reader->cursors[i], n,
					&reader->values[i], &reader->err);
	if (ret < 0)
		return ret;
	reader->rows_left -= n;
	reader->behind = n;
	*batch = (struct tt_parquet_batch){.n = n, .columns = reader->values};
	return 1;
}

static int
fail(struct tt_parquet_reader *reader, int ret, struct tt_error *err)
{
	reader->failed = ret;
	if (err != NULL)
		*err = reader->err;
	return ret;
}

int
tt_parquet_next_batch(struct tt_parquet_reader *reader, struct tt_parquet_batch *batch,
		struct tt_error *err)
{
	int ret;

	*batch = (struct tt_parquet_batch){.columns = reader->values};
	ret = reader->failed != 0 ? reader->failed : next_rows(reader, batch);
	return TT_LIKELY(ret >= 0) ? ret : fail(reader, ret, err);
}

int
tt_parquet_choose(struct tt_parquet_reader *reader, const uint16_t *rows, unsigned n,
		struct tt_error *err)
{
	int ret = reader->failed != 0 ? reader->failed : take_deferred(reader, rows, n);

	return TT_LIKELY(ret == 0) ? 0 : fail(reader, ret, err);
}

int
tt_parquet_next(struct tt_parquet_reader *reader, struct tt_error *err)
{
	if (TT_LIKELY(reader->row + 1 < reader->batch.n)) {
		reader->row++;
		return 1;
	}
	reader->row = 0;
	return tt_parquet_next_batch(reader, &reader->batch, err);
}

int64_t
tt_parquet_get_int(const struct tt_parquet_reader *reader, unsigned column)
{
	TT_ASSERT(column < reader->footer.n_columns && reader->row < reader->batch.n);
	TT_ASSERT(reader->values[column].ints != NULL);
	return reader->values[column].ints[reader->row];
}

const char *
tt_parquet_get_text(const struct tt_parquet_reader *reader, unsigned column)
{
	const struct tt_parquet_values *values = &reader->values[column];

	TT_ASSERT(column < reader->footer.n_columns && reader->row < reader->batch.n);
	TT_ASSERT(values->texts != NULL);
	return values->texts[values->codes[reader->row]];
}
