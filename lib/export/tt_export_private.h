/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the exporter share; not for other rooms. */
#ifndef TT_EXPORT_PRIVATE_H
#define TT_EXPORT_PRIVATE_H

#include "tt_export.h"
#include "tt_export_out.h"
#include "tt_export_written.h"

/* A row that is to be written, in the columns of e->schema. */
struct tt_export_row {
	struct tt_parquet_batch batch;
	unsigned at; /* in the batch */
};

static inline int64_t
tt_export_int(const struct tt_export_row *row, unsigned column)
{
	return row->batch.columns[column].ints[row->at];
}

/* UTF-8; lives until the next batch. */
static inline const char *
tt_export_text(const struct tt_export_row *row, unsigned column)
{
	const struct tt_parquet_values *values = &row->batch.columns[column];

	return values->texts[values->codes[row->at]];
}

/* Is the value that of the row before, in the same batch? It need not be said where it is. */
static inline bool
tt_export_is_again(const struct tt_export_row *row, unsigned column)
{
	const struct tt_parquet_values *values = &row->batch.columns[column];
	unsigned at = row->at;

	if (at == 0)
		return false;
	return values->ints != NULL ? values->ints[at] == values->ints[at - 1]
				    : values->codes[at] == values->codes[at - 1];
}

/*
 * One format. All functions return 0, or a negative errno with err filled, and then the export is
 * broken; those that are NULL have nothing to do.
 */
struct tt_format {
	const char *name;
	enum tt_export_place place;
	const char *suffix; /* of a file for one of several tables; NULL: e->out is not used */
	int (*open)(struct tt_export *e, struct tt_error *err);
	int (*begin)(struct tt_export *e, struct tt_error *err);
	/* Comes before the rows of a snapshot. */
	int (*snapshot)(struct tt_export *e, const struct tt_snapshot *snapshot,
			struct tt_error *err);
	int (*row)(struct tt_export *e, const struct tt_export_row *row,
			struct tt_error *err);
	tt_export_write_text *text; /* NULL: tt_export_put_text is not used */
	int (*end)(struct tt_export *e, struct tt_error *err);
	int (*close)(struct tt_export *e, struct tt_error *err);
	/* Frees the state; what was not finished is removed. */
	void (*fini)(struct tt_export *e);
	/* In place of rows: writes what there is of a snapshot, all of which it reads before. Sets
	 * e->broken where it fails at writing. */
	int (*series)(struct tt_export *e, const struct tt_snapshot *snapshot,
			struct tt_error *err);
};

extern const struct tt_format tt_format_csv, tt_format_jsonl, tt_format_avro,
		tt_format_sqlite, tt_format_parquet, tt_format_corsaro;

struct tt_export {
	const struct tt_format *format;
	struct tt_export_options options;
	enum tt_table table;
	const struct tt_schema *schema; /* of the table */
	struct tt_out out; /* of the formats that are a sequence of bytes */
	void *state; /* the format's own */
	struct tt_export_written written[TT_EXPORT_COLUMNS_MAX]; /* by column */
	uint32_t n_dictionaries; /* that were read */
	uint64_t rows;
	bool broken;
};

/* Opens a table of a snapshot, whose file has the hash of the manifest. */
int tt_export_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err) TT_MUST_CHECK;

/* Writes the row's text as the format does. Returns 0, or -ENOMEM with err filled. */
int tt_export_put_text(struct tt_export *e, const struct tt_export_row *row,
		unsigned column, struct tt_error *err);
/* The row's time, as tt_out_time. */
void tt_export_put_time(struct tt_export *e, const struct tt_export_row *row,
		unsigned column, char quote);

/* Counts a row; returns -EINTR where the caller of the export wants no more. */
int tt_export_count(struct tt_export *e, struct tt_error *err) TT_MUST_CHECK;

#endif
