/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the exporter share; not for other rooms. */
#ifndef TT_EXPORT_PRIVATE_H
#define TT_EXPORT_PRIVATE_H

#include "tt_export.h"
#include "tt_export_out.h"

/* A row that is to be written, in the columns of e->schema. */
struct tt_export_row {
	const struct tt_parquet_reader *reader;
};

static inline int64_t
tt_export_int(const struct tt_export_row *row, unsigned column)
{
	return tt_parquet_get_int(row->reader, column);
}

/* UTF-8; lives until the next row. */
static inline const char *
tt_export_text(const struct tt_export_row *row, unsigned column)
{
	return tt_parquet_get_text(row->reader, column);
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
	uint64_t rows;
	bool broken;
};

/* Opens a table of a snapshot, whose file has the hash of the manifest. */
int tt_export_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err) TT_MUST_CHECK;

/* Counts a row; returns -EINTR where the caller of the export wants no more. */
int tt_export_count(struct tt_export *e, struct tt_error *err) TT_MUST_CHECK;

#endif
