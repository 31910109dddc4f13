/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Higher ones take up to twice the time and save a hundredth: what comes again, dictionaries and runs
 * have taken out before. */
#define ZSTD_LEVEL 1

/* Of that level, but for its table of 2^14 places (tt_parquet_writer.h), and the same whatever the size of a page. */
#define ZSTD_MIN_MATCH 7

static const struct tt_parquet_limits default_limits = {
		.group_rows = TT_PARQUET_GROUP_ROWS,
		.group_bytes = TT_PARQUET_GROUP_BYTES,
		.page_rows = 1 << 16,
		.page_bytes = 1 << 20,
		.dictionary_values = TT_PARQUET_DICTIONARY_VALUES,
};

int
tt_parquet_writer_no_memory(struct tt_parquet_writer *writer)
{
	return tt_error_set(&writer->err, -ENOMEM, writer->name, "out of memory");
}

static void
destroy(struct tt_parquet_writer *writer)
{
	for (unsigned i = 0; writer->held != NULL && i < writer->n_columns; i++) {
		free(writer->held[i].values);
		tt_parquet_texts_fini(&writer->held[i].texts);
		free(writer->held[i].codes);
	}
	for (unsigned i = 0; writer->metadata != NULL && i < writer->n_metadata; i++) {
		free((char *)writer->metadata[i].key);
		free((char *)writer->metadata[i].value);
	}
	free(writer->held);
	free(writer->metadata);
	free(writer->name);
	ZSTD_freeCCtx(writer->zstd);
	tt_parquet_ints_fini(&writer->ints);
	tt_parquet_buffer_fini(&writer->page);
	tt_parquet_buffer_fini(&writer->packed);
	tt_parquet_buffer_fini(&writer->header);
	tt_parquet_buffer_fini(&writer->groups);
	free(writer);
}

static bool
copy_metadata(struct tt_parquet_writer *writer, const struct tt_key_value *metadata,
		unsigned n)
{
	writer->metadata = calloc((size_t)n + 1, sizeof(*writer->metadata));
	if (writer->metadata == NULL)
		return false;
	writer->n_metadata = n;
	for (unsigned i = 0; i < n; i++) {
		writer->metadata[i].key = strdup(metadata[i].key);
		writer->metadata[i].value = strdup(metadata[i].value);
		if (writer->metadata[i].key == NULL || writer->metadata[i].value == NULL)
			return false;
	}
	return true;
}

static bool
init_zstd(struct tt_parquet_writer *writer)
{
	static const struct {
		ZSTD_cParameter parameter;
		int value;
	} set[] = {
			{ZSTD_c_compressionLevel, ZSTD_LEVEL},
			{ZSTD_c_minMatch, ZSTD_MIN_MATCH},
			{ZSTD_c_checksumFlag, 1},
	};

	writer->zstd = ZSTD_createCCtx();
	if (writer->zstd == NULL)
		return false;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(set); i++)
		if (ZSTD_isError(ZSTD_CCtx_setParameter(
				    writer->zstd, set[i].parameter, set[i].value)))
			return false;
	return true;
}

static struct tt_parquet_writer *
prepare(const char *name, const struct tt_column *columns, unsigned n_columns,
		const struct tt_key_value *metadata, unsigned n_metadata)
{
	struct tt_parquet_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL)
		return NULL;
	writer->limits = default_limits;
	writer->columns = columns;
	writer->n_columns = n_columns;
	writer->name = strdup(name);
	writer->held = calloc(n_columns, sizeof(*writer->held));
	if (writer->name == NULL || writer->held == NULL || !init_zstd(writer)
			|| !copy_metadata(writer, metadata, n_metadata)) {
		destroy(writer);
		return NULL;
	}
	for (unsigned i = 0; i < n_columns; i++) {
		writer->held[i].type = columns[i].type;
		writer->row_bytes += tt_parquet_held_bytes(columns[i].type);
		tt_parquet_texts_reset(&writer->held[i].texts);
	}
	if (!tt_parquet_make_room(writer, 1)) {
		destroy(writer);
		return NULL;
	}
	return writer;
}

int
tt_parquet_create(struct tt_parquet_writer **writer, int dir_fd, const char *name,
		const struct tt_column *columns, unsigned n_columns,
		const struct tt_key_value *metadata, unsigned n_metadata,
		struct tt_error *err)
{
	struct tt_parquet_writer *w;
	int ret;

	TT_ASSERT(n_columns > 0);
	*writer = NULL;
	w = prepare(name, columns, n_columns, metadata, n_metadata);
	if (w == NULL)
		return tt_error_set(err, -ENOMEM, name, "out of memory");
	ret = tt_parquet_sink_open(&w->sink, dir_fd, w->name, err);
	if (ret < 0) {
		destroy(w);
		return ret;
	}
	ret = tt_parquet_sink_write(
			&w->sink, TT_PARQUET_MAGIC, TT_PARQUET_MAGIC_BYTES, err);
	if (ret < 0) {
		tt_parquet_abandon(w);
		return ret;
	}
	*writer = w;
	return 0;
}

/* Not inlined, as the next: every row would save registers for them. */
static __attribute__((noinline)) int
failed(const struct tt_parquet_writer *writer, struct tt_error *err)
{
	if (err != NULL)
		*err = writer->err;
	return writer->failed;
}

size_t
tt_parquet_rows_left_of(const struct tt_parquet_writer *writer, size_t row_bytes)
{
	const struct tt_parquet_limits *limits = &writer->limits;
	size_t rows = limits->group_rows - writer->group_rows, bytes = 1;

	if (writer->group_bytes < limits->group_bytes)
		bytes = limits->group_bytes - writer->group_bytes;
	bytes = (bytes + row_bytes - 1) / row_bytes;
	return bytes < rows ? bytes : rows;
}

size_t
tt_parquet_rows_left(const struct tt_parquet_writer *writer)
{
	return tt_parquet_rows_left_of(writer, writer->row_bytes);
}

int
tt_parquet_end_row(struct tt_parquet_writer *writer, struct tt_error *err)
{
	return tt_parquet_end_rows(writer, 1, err);
}

/* The row group is full, or the room for it. */
static __attribute__((noinline)) int
turn(struct tt_parquet_writer *writer, struct tt_error *err)
{
	if (writer->group_rows >= writer->limits.group_rows
			|| writer->group_bytes >= writer->limits.group_bytes)
		writer->failed = tt_parquet_write_group(writer);
	else if (!tt_parquet_make_room(writer, 1))
		writer->failed = tt_parquet_writer_no_memory(writer);
	if (writer->failed == 0)
		return 0;
	/* Rows that come all the same go to where there is room. */
	writer->group_rows = 0;
	return failed(writer, err);
}

int
tt_parquet_end_rows(struct tt_parquet_writer *writer, size_t n, struct tt_error *err)
{
	TT_ASSERT(writer->n_set == writer->n_columns);
	writer->n_set = writer->n_fixed;
	/* After an error all rows lie in the same place. */
	if (TT_UNLIKELY(writer->failed != 0))
		return failed(writer, err);
	writer->group_rows += n;
	writer->group_bytes += n * writer->row_bytes;
	if (TT_LIKELY(writer->group_rows < writer->room_rows
			    && writer->group_rows < writer->limits.group_rows
			    && writer->group_bytes < writer->limits.group_bytes))
		return 0;
	return turn(writer, err);
}

int
tt_parquet_finish(struct tt_parquet_writer *writer, bool sync,
		struct tt_parquet_result *result, struct tt_error *err)
{
	int ret;

	TT_ASSERT(writer->n_set == writer->n_fixed);
	if (writer->failed == 0 && writer->group_rows > 0)
		writer->failed = tt_parquet_write_group(writer);
	if (writer->failed == 0)
		writer->failed = tt_parquet_write_footer(writer);
	if (writer->failed != 0) {
		ret = failed(writer, err);
		tt_parquet_abandon(writer);
		return ret;
	}
	result->rows = writer->rows;
	result->bytes = writer->sink.offset;
	ret = tt_parquet_sink_close(&writer->sink, sync, result->sha256, err);
	destroy(writer);
	return ret;
}

void
tt_parquet_abandon(struct tt_parquet_writer *writer)
{
	if (writer == NULL)
		return;
	close(writer->sink.fd);
	destroy(writer);
}
