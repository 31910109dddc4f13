/* SPDX-License-Identifier: BSD-3-Clause */
/* Making names durable. Any thread, no memory that stays. */
#ifndef TT_SYNC_H
#define TT_SYNC_H

#include "tt_base.h"

/* fsyncs the directory that path lies in, so that a file that was renamed to it stays there. Returns 0 or a negative errno. */
int tt_sync_parent(const char *path) TT_MUST_CHECK;

#endif
