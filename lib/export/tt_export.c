/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_export_private.h"

#include <errno.h>

#define ROWS_PER_TICK 4096

static const struct tt_format *const formats[TT_N_EXPORT_FORMATS] = {
		[TT_EXPORT_CSV] = &tt_format_csv,
		[TT_EXPORT_JSONL] = &tt_format_jsonl,
		[TT_EXPORT_AVRO] = &tt_format_avro,
		[TT_EXPORT_SQLITE] = &tt_format_sqlite,
		[TT_EXPORT_PARQUET] = &tt_format_parquet,
		[TT_EXPORT_CORSARO] = &tt_format_corsaro,
};

int
tt_export_format_parse(const char *name, enum tt_export_format *format)
{
	for (unsigned i = 0; i < TT_N_EXPORT_FORMATS; i++) {
		if (strcmp(name, formats[i]->name) == 0) {
			*format = (enum tt_export_format)i;
			return 0;
		}
	}
	return -EINVAL;
}

enum tt_export_place
tt_export_place_of(enum tt_export_format format)
{
	return formats[format]->place;
}

static int
no_memory(struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, NULL, "out of memory");
}

int
tt_export_open(struct tt_export **export, const struct tt_export_options *options,
		struct tt_error *err)
{
	struct tt_export *e = calloc(1, sizeof(*e));
	int ret = 0;

	if (e == NULL)
		return no_memory(err);
	e->format = formats[options->format];
	e->options = *options;
	e->out.fd = -1;
	if (e->format->open != NULL)
		ret = e->format->open(e, err);
	if (ret != 0) {
		tt_export_abandon(e);
		return ret;
	}
	*export = e;
	return 0;
}

/* Opens the file of a table: one of several in a directory, or the only one. */
static int
open_out(struct tt_export *e, struct tt_error *err)
{
	char *path;
	int ret;

	if (!e->options.several || e->format->place != TT_EXPORT_STREAM)
		return tt_out_open(&e->out, e->options.out, err);
	ret = tt_out_make_dirs(e->options.out, err);
	if (ret != 0)
		return ret;
	if (asprintf(&path, "%s/%s%s", e->options.out, e->schema->name, e->format->suffix)
			< 0)
		return no_memory(err);
	ret = tt_out_open(&e->out, path, err);
	free(path);
	return ret;
}

int
tt_export_begin(struct tt_export *e, enum tt_table table, struct tt_error *err)
{
	int ret = 0;

	e->table = table;
	e->schema = tt_schema_of(table);
	if (e->format->suffix != NULL)
		ret = open_out(e, err);
	if (ret == 0 && e->format->begin != NULL)
		ret = e->format->begin(e, err);
	return ret;
}

int
tt_export_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err)
{
	int ret = tt_snapshot_check_file(snapshot, table, err);

	return ret != 0 ? ret : tt_snapshot_table(snapshot, table, reader, err);
}

int
tt_export_count(struct tt_export *e, struct tt_error *err)
{
	if (TT_LIKELY(++e->rows % ROWS_PER_TICK != 0) || e->options.tick == NULL
			|| e->options.tick(e->options.context, e->rows) == 0)
		return 0;
	return tt_error_set(err, -EINTR, NULL, "interrupted");
}

/* Of texts that are not those of the batch before, nothing is written yet. */
static int
begin_batch(struct tt_export *e, const struct tt_parquet_batch *batch, bool first,
		struct tt_error *err)
{
	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		struct tt_export_written *w = &e->written[i];
		const struct tt_parquet_values *values = &batch->columns[i];

		if (values->texts == NULL || (!first && w->text_id == values->text_id))
			continue;
		if (e->format->text != NULL && !tt_export_written_begin(w, values))
			return no_memory(err);
		w->text_id = values->text_id;
		w->dictionary = ++e->n_dictionaries;
	}
	return 0;
}

static int
put_rows(struct tt_export *e, struct tt_parquet_reader *reader, struct tt_error *err)
{
	struct tt_export_row row = {0};
	bool first = true;
	int ret = 0, more;

	TT_ASSERT(e->schema->n_columns <= TT_EXPORT_COLUMNS_MAX);
	while (ret == 0 && (more = tt_parquet_next_batch(reader, &row.batch, err)) != 0) {
		ret = more < 0 ? more : begin_batch(e, &row.batch, first, err);
		first = false;
		for (row.at = 0; ret == 0 && row.at < row.batch.n; row.at++) {
			ret = e->format->row(e, &row, err);
			if (ret == 0)
				ret = tt_export_count(e, err);
		}
	}
	return ret;
}

int
tt_export_snapshot(struct tt_export *e, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int ret;

	if (e->format->series != NULL)
		return e->format->series(e, snapshot, err);
	if (!tt_manifest_has(&snapshot->manifest, e->table))
		return 0;
	ret = tt_export_table(snapshot, e->table, &reader, err);
	if (ret != 0)
		return ret;
	if (e->format->snapshot != NULL)
		ret = e->format->snapshot(e, snapshot, err);
	if (ret == 0)
		ret = put_rows(e, reader, err);
	/* Some of its rows may have been written: what follows them would be no whole table. */
	e->broken = ret != 0;
	tt_parquet_close(reader);
	return ret;
}

bool
tt_export_broken(const struct tt_export *e)
{
	return e->broken;
}

int
tt_export_end(struct tt_export *e, struct tt_error *err)
{
	int ret = 0;

	if (e->format->end != NULL)
		ret = e->format->end(e, err);
	if (ret == 0 && e->format->suffix != NULL)
		ret = tt_out_finish(&e->out, err);
	return ret;
}

int
tt_export_close(struct tt_export *e, struct tt_error *err)
{
	int ret = 0;

	if (e->format->close != NULL)
		ret = e->format->close(e, err);
	tt_export_abandon(e);
	return ret;
}

void
tt_export_abandon(struct tt_export *e)
{
	if (e == NULL)
		return;
	if (e->format->fini != NULL)
		e->format->fini(e);
	tt_out_abandon(&e->out);
	for (unsigned i = 0; i < TT_EXPORT_COLUMNS_MAX; i++)
		tt_export_written_fini(&e->written[i]);
	free(e);
}

uint64_t
tt_export_rows(const struct tt_export *e)
{
	return e->rows;
}
