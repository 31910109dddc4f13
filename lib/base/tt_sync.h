/* SPDX-License-Identifier: BSD-3-Clause */
/* Making names durable. Any thread, no memory that stays. */
#ifndef TT_SYNC_H
#define TT_SYNC_H

#include "tt_base.h"

#include <stdio.h>

/* fsyncs the directory that path lies in, so that a file that was renamed to it stays there. Returns 0 or a negative errno. */
int tt_sync_parent(const char *path) TT_MUST_CHECK;

/* Ends a file that was written and synced as tmp, beside path; ret: what came of that. Closes it, and where nothing failed
 * gives it the name and syncs the directory; else tmp is removed, and path is as it was. Returns 0 or a negative errno. */
int tt_sync_put(FILE *file, int ret, const char *tmp, const char *path) TT_MUST_CHECK;

#endif
