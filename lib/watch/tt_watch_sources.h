/* SPDX-License-Identifier: BSD-3-Clause */
/* How many sources targets have, from snapshots, for a watch that asks. One thread. */
#ifndef TT_WATCH_SOURCES_H
#define TT_WATCH_SOURCES_H

#include "tt_watch.h"

/*
 * Answers questions with one reading of `targets` and `pairs` of the snapshots that have a part of the window: in `path`, a spool or
 * a sensor's directory, of the sensor that is asked about. One that began the day before the window or earlier is not found; one that
 * reaches beyond the window counts as a whole. An answer is TT_WATCH_SOURCES_UNKNOWN where the snapshots have not all of the
 * packets, where they have a sample of sources of which fewer than TT_WATCH_SOURCES follow, or memory is short. Snapshots that are damaged
 * are passed over. Heap memory: that of tt_source_set.h, and 16 bytes for each question.
 */
void tt_watch_sources(const char *path, const struct tt_watch_questions *questions);

#endif
