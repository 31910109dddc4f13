/* SPDX-License-Identifier: BSD-3-Clause */
/* Sensors whose snapshots a report holds while it reads them: nobody merges or deletes them (tt_compactor_lock.h). One thread. */
#ifndef REPORT_HOLD_H
#define REPORT_HOLD_H

#include "tool.h"
#include "tt_archive.h"

struct report_hold {
	const struct tool *tool;
	int64_t wait_us; /* the longest that it waits while no merged snapshot comes */
	char **sensors; /* [n], their directories */
	int *locks; /* [n], the first n_locks are taken */
	size_t n, n_locks;
	bool gave_up; /* has waited so long once, and does no more */
};

/*
 * Holds the sensors of an archive, and the one of the snapshot `changed`, and no others any more. Says on standard error for whom it
 * waits, and goes on without what it cannot have. Returns 0 or -ENOMEM.
 */
int report_hold(struct report_hold *hold, const struct tt_archive *archive,
		const char *changed) TT_MUST_CHECK;
void report_hold_end(struct report_hold *hold);

#endif
