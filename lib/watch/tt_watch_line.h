/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of a watch as JSON (docs/watch.md has the keys). One thread. */
#ifndef TT_WATCH_LINE_H
#define TT_WATCH_LINE_H

#include "tt_watch.h"

struct json_t;

/*
 * The cause of a beginning, read from the snapshots of its window and of the 24 hours before it: in `path`, a spool
 * or a sensor's directory, of the line's sensor. Snapshots that are damaged are passed over. Returns a new object, or NULL where there are no
 * snapshots any more or memory is short.
 */
struct json_t *tt_watch_cause(const char *path, const struct tt_watch_line *line);

/* The whole line without its line feed; the caller frees it. cause: taken over; NULL: none. NULL if memory is
 * short. */
char *tt_watch_line_format(const struct tt_watch_line *line, struct json_t *cause);

#endif
