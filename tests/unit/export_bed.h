/* SPDX-License-Identifier: BSD-3-Clause */
/* Exporting from the bed of snapshots; for the tests of the formats. */
#ifndef EXPORT_BED_H
#define EXPORT_BED_H

#include "snapshot_bed.h"
#include "tt_export.h"

/* DIR/name in the bed's directory. */
static inline char *
bed_out_path(const struct bed *b, const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", b->dir, name);
	return path;
}

/* Writes the snapshot of each of the minutes [first, first + n), times over, into an open
 * export. */
static inline int
bed_export_minutes(const struct bed *b, struct tt_export *e, enum tt_table table,
		unsigned first, unsigned n, unsigned times, struct tt_error *err)
{
	int ret = tt_export_begin(e, table, err);

	for (unsigned i = first; ret == 0 && i < first + n; i++) {
		struct tt_snapshot *s = bed_open_snapshot(b, BED_START + i * BED_MINUTE);

		for (unsigned t = 0; ret == 0 && t < times; t++)
			ret = tt_export_snapshot(e, s, err);
		tt_snapshot_close(s);
	}
	return ret == 0 ? tt_export_end(e, err) : ret;
}

/* Exports one table, as one call of the program does. Returns 0 or the error. */
static inline int
bed_export(const struct bed *b, const struct tt_export_options *options,
		enum tt_table table, unsigned first, unsigned n, struct tt_error *err)
{
	struct tt_export *e;
	int ret = tt_export_open(&e, options, err);

	if (ret != 0)
		return ret;
	ret = bed_export_minutes(b, e, table, first, n, 1, err);
	if (ret == 0)
		return tt_export_close(e, err);
	tt_export_abandon(e);
	return ret;
}

static inline void
bed_export_ok(const struct bed *b, const struct tt_export_options *options,
		enum tt_table table, unsigned first, unsigned n)
{
	struct tt_error err = {0};

	if (bed_export(b, options, table, first, n, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

/* Makes a file of that text. Returns 0 or -1. */
static inline int
bed_put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	return f == NULL || fputs(text, f) < 0 || fclose(f) != 0 ? -1 : 0;
}

/* How many files below a directory match a name. */
static inline unsigned
bed_count_files(const char *dir, const char *name)
{
	char command[600], line[16] = "";
	FILE *f;

	snprintf(command, sizeof(command), "find '%s' -type f -name '%s' | wc -l", dir,
			name);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	pclose(f);
	return (unsigned)strtoul(line, NULL, 10);
}

/* Writes a minute whose ledger has one row, of a port of that name: the one free text. */
static inline void
bed_write_port(struct bed *b, const char *port)
{
	struct tt_interval interval = {
			.span = {BED_START, BED_START + BED_MINUTE},
			.nominal_us = BED_MINUTE,
			.tallies = &b->tally,
			.n_tallies = 1,
	};
	const struct tt_ledger_row row = {port, -1, "nic", TT_REASON_DELIVERED, 0, 0};
	const struct tt_run_info run = {.monitored = ""};

	assert_int_equal(tt_spool_write(b->spool, &interval, b->merge, b->config, &run,
					 &row, 1, &b->totals, &b->err),
			0);
}

#endif
