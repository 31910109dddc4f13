/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows of one table of many snapshots → text. Streaming: one row is held at a time (the reader
 * holds a row group). One thread; the caller's FILE, which is not closed.
 *
 * CSV as in RFC 4180: a header line, once, also where there are no rows; lines end in CR LF;
 * fields with a comma, a quote or a line end are quoted. JSON Lines: one object for each row,
 * keys as the columns are called, UTF-8. Times are ISO 8601 in UTC ("2026-11-22T22:55:00Z") in
 * both.
 */
#ifndef TT_EXPORT_H
#define TT_EXPORT_H

#include "tt_snapshot.h"

enum tt_export_format {
	TT_EXPORT_CSV,
	TT_EXPORT_JSONL,
};

struct tt_export {
	FILE *out;
	const char *out_name; /* for messages */
	enum tt_export_format format;
	enum tt_table table;
	uint64_t rows; /* written so far */
};

/* Parses "csv" or "jsonl". Returns 0 or -EINVAL. */
int tt_export_format_parse(const char *name, enum tt_export_format *format) TT_MUST_CHECK;

/* Writes what comes before the first row. Returns 0, or a negative errno (as of write, e.g.
 * -EPIPE, -ENOSPC) with err filled. */
int tt_export_begin(struct tt_export *export, struct tt_error *err) TT_MUST_CHECK;

/* Writes the rows of one snapshot. */
int tt_export_snapshot(struct tt_export *export, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;

/* Flushes: only now is it known that everything was written. */
int tt_export_end(struct tt_export *export, struct tt_error *err) TT_MUST_CHECK;

#endif
