/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What earlier intervals saw, kept in the spool from one run to the next (lib/setup), and what the
 * operator is told where that fails: capturing goes on all the same. Loading is the management
 * core's; keeping is a job of the writer (writer.h).
 */
#ifndef TT_RECALLED_H
#define TT_RECALLED_H

#include "daemon.h"

/* At start, once the spool is open and before tables are made. secret: see
 * tt_setup_load_recall. */
void tt_recalled_load(struct tt_daemon *d, uint64_t secret);

/* Keeps what is known by now; snapshots were flushed. */
void tt_recalled_keep(struct tt_daemon *d);

/* At the end, likewise. failed: the run ends by an error, beside which this one is not told. */
void tt_recalled_keep_last(struct tt_daemon *d, bool failed);

#endif
