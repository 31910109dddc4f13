/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Parquet in the layout of Hive: DIRECTORY/table=TABLE/date=2026-11-22/sensor=SENSOR, in each
 * of which one file holds the rows of a day of a sensor, or of what was chosen of it. Its
 * name is the span that it holds, 20261122T000000Z--20261123T000000Z.parquet: so that what
 * lies within it can be replaced by it, and nothing that overlaps is ever there twice.
 * Snapshots come by sensor and time, so one file is open at a time.
 */
#include "tt_export_private.h"
#include "tt_hive.h"
#include "tt_time.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct parquet {
	struct tt_parquet_writer *writer; /* NULL: no file is open */
	char *dir; /* DIRECTORY/table=…/date=…/sensor=… */
	char *tmp; /* the hidden name of the file */
	int64_t start_us, end_us; /* what it holds, without a hole */
};

static int
no_memory(const struct tt_export *e, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, e->options.out, "out of memory");
}

static int
open_layout(struct tt_export *e, struct tt_error *err)
{
	e->state = calloc(1, sizeof(struct parquet));
	return e->state == NULL ? no_memory(e, err) : 0;
}

static void
forget(struct parquet *p)
{
	free(p->dir);
	free(p->tmp);
	*p = (struct parquet){0};
}

/* Ends the open file, if there is one. One that has no place beside others is left out, where
 * there is somebody to be told. */
static int
finish_file(struct tt_export *e, struct tt_error *err)
{
	struct parquet *p = e->state;
	struct tt_parquet_writer *writer = p->writer;
	struct tt_parquet_result result;
	int ret;

	if (writer == NULL)
		return 0;
	p->writer = NULL;
	ret = tt_parquet_finish(writer, false, &result, err);
	if (ret == 0)
		ret = tt_hive_publish(p->dir, p->tmp, p->start_us, p->end_us, err);
	else
		unlink(p->tmp);
	forget(p);
	if (ret != -EEXIST || e->options.left_out == NULL)
		return ret;
	e->options.left_out(e->options.context, err);
	return 0;
}

/* Begins the file of a directory. */
static int
begin_file(struct tt_export *e, const char *sensor, struct tt_error *err)
{
	struct parquet *p = e->state;
	char version[16];
	const struct tt_key_value metadata[] = {
			{TT_META_SCHEMA_VERSION, version},
			{TT_META_TABLE, e->schema->name},
			{TT_META_SENSOR, sensor},
	};
	int ret = tt_out_make_dirs(p->dir, err);

	snprintf(version, sizeof(version), "%d", TT_SCHEMA_VERSION);
	if (ret != 0)
		return ret;
	if (asprintf(&p->tmp, "%s/.part.%d.tmp", p->dir, (int)getpid()) < 0) {
		p->tmp = NULL;
		return no_memory(e, err);
	}
	unlink(p->tmp);
	return tt_parquet_create(&p->writer, AT_FDCWD, p->tmp, e->schema->columns,
			e->schema->n_columns, metadata, TT_ARRAY_SIZE(metadata), err);
}

/* Does a snapshot of the directory go on where the open file ends? Spans may overlap. */
static bool
adjoins(const struct parquet *p, const struct tt_manifest *m, const char *dir)
{
	return p->writer != NULL && strcmp(p->dir, dir) == 0 && m->start_us >= p->start_us
			&& m->start_us <= p->end_us;
}

/* Goes on with the open file, or begins another one. */
static int
take_snapshot(struct tt_export *e, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct parquet *p = e->state;
	char date[TT_TIME_TEXT_MAX], *dir;
	int ret = 0;

	if (asprintf(&dir, "%s/table=%s/date=%s/sensor=%s", e->options.out,
			    e->schema->name, tt_time_format_date(m->start_us, date),
			    m->sensor)
			< 0)
		return no_memory(e, err);
	if (adjoins(p, m, dir)) {
		free(dir);
	} else {
		ret = finish_file(e, err);
		p->dir = dir;
		p->start_us = p->end_us = m->start_us;
		if (ret == 0)
			ret = begin_file(e, m->sensor, err);
	}
	p->end_us = m->end_us > p->end_us ? m->end_us : p->end_us;
	return ret;
}

/* A text of a dictionary has a code; without one, each row has a text of its own. */
static void
put_text(const struct tt_export *e, const struct tt_export_row *row, unsigned column)
{
	const struct parquet *p = e->state;
	const struct tt_parquet_values *values = &row->batch.columns[column];
	uint64_t code = (uint64_t)e->written[column].dictionary << 32
			| values->codes[row->at];

	if (values->n_texts == row->batch.n)
		tt_parquet_set_text(p->writer, column, tt_export_text(row, column));
	else if (!tt_parquet_set_code(p->writer, column, code))
		tt_parquet_set_coded(
				p->writer, column, code, tt_export_text(row, column));
}

static int
put_row(struct tt_export *e, const struct tt_export_row *row, struct tt_error *err)
{
	const struct parquet *p = e->state;

	for (unsigned i = 0; i < e->schema->n_columns; i++) {
		if (e->schema->columns[i].type == TT_COLUMN_TEXT)
			put_text(e, row, i);
		else
			tt_parquet_set_int(p->writer, i, tt_export_int(row, i));
	}
	return tt_parquet_end_row(p->writer, err);
}

static void
fini(struct tt_export *e)
{
	struct parquet *p = e->state;

	if (p == NULL)
		return;
	if (p->writer != NULL)
		tt_parquet_abandon(p->writer);
	/* Of a file whose first bytes failed, there is no writer. */
	if (p->tmp != NULL)
		unlink(p->tmp);
	forget(p);
	free(p);
}

const struct tt_format tt_format_parquet = {
		.name = "parquet",
		.place = TT_EXPORT_DIRECTORY,
		.open = open_layout,
		.snapshot = take_snapshot,
		.row = put_row,
		.end = finish_file,
		.fini = fini,
};
