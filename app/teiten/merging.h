/* SPDX-License-Identifier: BSD-3-Clause */
/* What `teiten merge` and `teiten compact` share: periods, progress, and the line of a result. */
#ifndef MERGING_H
#define MERGING_H

#include "tool.h"
#include "tt_compact_spool.h"

/* Which snapshots become one. */
struct period {
	int64_t length_us; /* those that start in the same so many microseconds */
	bool interval; /* those that start at the same time */
	bool all; /* all of them */
};

/* Parses "hour", "day", and what else `kinds` names: "interval", "all", "seconds". Seconds are a
 * part of a day. Returns false where it is none of these. */
bool period_parse(const char *text, const char *const *kinds, struct period *period);

/* Start of the period that holds a time; its end. */
int64_t period_start(const struct period *period, int64_t us);
int64_t period_end(const struct period *period, int64_t us);

/* Takes the value of an option that is a size ("500G", "500B"). Returns false where it is none, or a number below
 * a mebibyte without a unit ("500"), and says so. */
bool take_bytes(struct tool *tool, const char *option, uint64_t *bytes);

/*
 * Opens a compactor. Where a report reads the sensor's snapshots it says so and waits for it, for ten minutes at most, and no
 * more once it has waited so long: then *gave_up is set. Returns as tt_compactor_open.
 */
int merging_open(const struct tool *tool, struct tt_compactor *compactor,
		const char *sensor_path, bool *gave_up,
		struct tt_error *err) TT_MUST_CHECK;

/* How far a merge is, on a terminal; context: of what, such as the sensor. For struct tt_compact_job; for struct
 * tt_compactor; and before either, while parts are looked at. */
void merging_progress(void *context, size_t done, size_t n);
void merging_deleted(void *context, size_t done, size_t n);
void merging_checked(void *context, size_t done, size_t n);

/* Prints "PATH: 60 snapshots, 205500 packets, 16307 sources …" as one line. sensors: of which there
 * could be packets; fewer that there are of are said. */
void merging_print(const char *path, size_t n, size_t sensors,
		const struct tt_compact_result *result);

#endif
