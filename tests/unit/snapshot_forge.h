/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of a snapshot written again with changed rows, and a manifest whose hashes are right: what
 * is left to find are contradictions. */
#ifndef SNAPSHOT_FORGE_H
#define SNAPSHOT_FORGE_H

#include "snapshot_bed.h"

#include <fcntl.h>

/* In place of a column. */
#define FORGE_DROP  100 /* leave the row out */
#define FORGE_TWICE 101 /* write it twice */

struct forge {
	int64_t row; /* from 0; -1: no change */
	unsigned column;
	int64_t add; /* to a number */
	const char *text; /* in place of a text */
};

static inline void
forge_cell(struct tt_parquet_writer *to, const struct tt_parquet_reader *from,
		const struct tt_column *column, unsigned c, const struct forge *f)
{
	if (column->type == TT_COLUMN_TEXT)
		tt_parquet_set_text(to, c,
				f != NULL ? f->text : tt_parquet_get_text(from, c));
	else
		tt_parquet_set_int(to, c,
				tt_parquet_get_int(from, c) + (f != NULL ? f->add : 0));
}

static inline void
forge_row(struct tt_parquet_writer *to, const struct tt_parquet_reader *from,
		const struct tt_schema *schema, int64_t row, const struct forge *forges,
		unsigned n)
{
	struct tt_error err = {0};
	unsigned times = 1;

	for (unsigned i = 0; i < n; i++)
		if (forges[i].row == row && forges[i].column >= FORGE_DROP)
			times = forges[i].column == FORGE_DROP ? 0 : 2;
	while (times-- > 0) {
		for (unsigned c = 0; c < schema->n_columns; c++) {
			const struct forge *hit = NULL;

			for (unsigned i = 0; i < n; i++)
				if (forges[i].row == row && forges[i].column == c)
					hit = &forges[i];
			forge_cell(to, from, &schema->columns[c], c, hit);
		}
		if (tt_parquet_end_row(to, &err) != 0)
			fail_msg("%s: %s", err.where, err.why);
	}
}

/* Writes a manifest into the directory of a snapshot. */
static inline void
forge_manifest_at(const char *dir, const struct tt_manifest *manifest)
{
	char *text = tt_manifest_format(manifest), path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, TT_MANIFEST_FILE);
	out = fopen(path, "w");
	assert_non_null(text);
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	free(text);
}

static inline void
forge_manifest(const struct tt_snapshot *s)
{
	forge_manifest_at(s->path, &s->manifest);
}

/* Writes a table again with changes [n], and a manifest that agrees. */
static inline void
forge_table(struct tt_snapshot *s, enum tt_table table, const struct forge *forges,
		unsigned n)
{
	static const char *const keys[] = {TT_META_SCHEMA_VERSION, TT_META_TABLE,
			TT_META_INTERVAL_START, TT_META_SENSOR, TT_META_MONITORED,
			TT_META_GEO, TT_META_ASN, TT_META_FINGERPRINTS,
			TT_META_SIGNATURES};
	const struct tt_schema *schema = tt_schema_of(table);
	struct tt_key_value metadata[TT_ARRAY_SIZE(keys)];
	struct tt_parquet_reader *reader;
	struct tt_parquet_writer *writer;
	struct tt_error err = {0};
	int dir = open(s->path, O_RDONLY | O_DIRECTORY);
	int64_t row = 0;

	assert_int_equal(tt_snapshot_table(s, table, &reader, &err), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(keys); i++)
		metadata[i] = (struct tt_key_value){
				keys[i], tt_parquet_metadata(reader, keys[i])};
	assert_int_equal(unlinkat(dir, schema->file, 0), 0);
	assert_int_equal(tt_parquet_create(&writer, dir, schema->file, schema->columns,
					 schema->n_columns, metadata,
					 TT_ARRAY_SIZE(metadata), &err),
			0);
	while (tt_parquet_next(reader, &err) == 1)
		forge_row(writer, reader, schema, row++, forges, n);
	assert_int_equal(
			tt_parquet_finish(writer, false, &s->manifest.files[table], &err),
			0);
	tt_parquet_close(reader);
	close(dir);
	forge_manifest(s);
}

#endif
