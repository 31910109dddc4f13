/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables of many snapshots → other formats, each in a file of its own behind one interface
 * (tt_export_private.h). Streaming: one batch of rows is held at a time, beside a buffer of 64
 * KiB, what the texts of a dictionary are written as (CSV, JSON Lines), a block of 256 KiB
 * (Avro), a row group of the reader and, where Parquet is written, one of the writer. One thread. Names and types of columns are those of tt_schema_of, and nothing
 * else.
 *
 * Nothing half-written has a final name: a file is written under a hidden name beside it
 * (`.NAME.PID.tmp`), made durable and renamed. Standard output, devices and pipes are written
 * as they are. A table file that does not have the hash of its manifest is left out whole.
 *
 * CSV as in RFC 4180: a header line, once, also where there are no rows; lines end in CR LF;
 * fields with a comma, a quote or a line end are quoted. JSON Lines: one object for each row,
 * keys as the columns are called, UTF-8. Times are ISO 8601 in UTC ("2026-11-22T22:55:00Z")
 * in both. Avro: an object container file, codec deflate, times as timestamp-micros. SQLite:
 * one database, in it an SQL table for each, times as integers, microseconds since the epoch.
 * Parquet: DIRECTORY/table=TABLE/date=2026-11-22/sensor=SENSOR/START--END.parquet. Corsaro:
 * the time series of corsaro3's report plugin, for which tables are not chosen.
 * docs/export.md says more of each.
 */
#ifndef TT_EXPORT_H
#define TT_EXPORT_H

#include "tt_snapshot.h"

enum tt_export_format {
	TT_EXPORT_CSV,
	TT_EXPORT_JSONL,
	TT_EXPORT_AVRO,
	TT_EXPORT_SQLITE,
	TT_EXPORT_PARQUET,
	TT_EXPORT_CORSARO,
	TT_N_EXPORT_FORMATS
};

/* Where the rows of a table go. */
enum tt_export_place {
	TT_EXPORT_STREAM, /* a file or standard output for one table, a directory for several */
	TT_EXPORT_ONE_FILE, /* one file for any number of them */
	TT_EXPORT_DIRECTORY, /* a directory */
	TT_EXPORT_SERIES, /* a file or standard output; tables are not chosen */
};

struct tt_export_options {
	enum tt_export_format format;
	const char *out; /* path of a file or directory, NULL: standard output */
	bool several; /* tables; out is then a directory if the place is a stream */
	const char *prefix; /* of the names of series; each {sensor} is the sensor */
	const char *geo_name; /* the name that series of countries have: "maxmind" */
	/* Called now and then: anything but 0 ends the export with -EINTR. May be NULL. */
	int (*tick)(void *context, uint64_t rows);
	/* Called for each file that has no place beside those that are there (Parquet), after
	 * which the export goes on without it. NULL: the export ends with -EEXIST. */
	void (*left_out)(void *context, const struct tt_error *err);
	void *context;
};

struct tt_export;

/* Parses a format's name. Returns 0 or -EINVAL. */
int tt_export_format_parse(const char *name, enum tt_export_format *format) TT_MUST_CHECK;

enum tt_export_place tt_export_place_of(enum tt_export_format format);

/*
 * The steps: open; for each table begin, each snapshot, end; close. Each returns 0, or a
 * negative errno (as of write, e.g. -EPIPE, -ENOSPC) with err filled, after which only
 * abandon may follow, but for tt_export_snapshot. Series go through once, whatever table
 * begin is given.
 */
int tt_export_open(struct tt_export **e, const struct tt_export_options *options,
		struct tt_error *err) TT_MUST_CHECK;
int tt_export_begin(struct tt_export *e, enum tt_table table,
		struct tt_error *err) TT_MUST_CHECK;

/* Writes the rows of one snapshot. After an error, the next snapshot may follow unless
 * tt_export_broken: nothing of this one was written then. */
int tt_export_snapshot(struct tt_export *e, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;
bool tt_export_broken(const struct tt_export *e);

/* Ends the table; files that are complete then get their names. */
int tt_export_end(struct tt_export *e, struct tt_error *err) TT_MUST_CHECK;

/* Ends the export, which is gone whatever is returned. */
int tt_export_close(struct tt_export *e, struct tt_error *err) TT_MUST_CHECK;

/* Removes what has no final name yet. NULL is allowed. */
void tt_export_abandon(struct tt_export *e);

/* Rows, or values of series, written so far. */
uint64_t tt_export_rows(const struct tt_export *e);

#endif
