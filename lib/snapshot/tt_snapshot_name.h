/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of snapshots' directories: "20261122T225500Z" of a single interval, by its start;
 * "20261122T220000Z--20261122T230000Z" of several that were merged, by start and end. Pure functions
 * on the caller's text, any thread.
 */
#ifndef TT_SNAPSHOT_NAME_H
#define TT_SNAPSHOT_NAME_H

#include "tt_time.h"

#define TT_SNAPSHOT_NAME_MAX (2 * TT_TIME_TEXT_MAX + 2)

/* Between start and end. */
#define TT_SNAPSHOT_NAME_SPAN "--"

/* Writes the name of a single interval, or, where end_us is not 0, of several; returns text. */
char *tt_snapshot_name_format(
		int64_t start_us, int64_t end_us, char text[TT_SNAPSHOT_NAME_MAX]);

/* Parses either. Returns 0 with the start, and the end or 0 where the name has none; or -EINVAL. */
int tt_snapshot_name_parse(
		const char *name, int64_t *start_us, int64_t *end_us) TT_MUST_CHECK;

#endif
