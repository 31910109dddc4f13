/* SPDX-License-Identifier: BSD-3-Clause */
/* Sensors whose snapshots a report holds while it reads them: nobody merges or deletes them (tt_compactor_lock.h). One thread. */
#ifndef REPORT_HOLD_H
#define REPORT_HOLD_H

#include "tool.h"
#include "tt_archive.h"

/* So many times wait_us is the longest that it waits in all, also where merged snapshots come. */
#define REPORT_HOLD_WHOLE 10

struct report_held {
	char *path; /* of the sensor's directory */
	int lock; /* -1: none */
	bool named; /* it was said that it is waited for */
	bool unlockable; /* its lock cannot be had, as was said */
};

struct report_hold {
	const struct tool *tool;
	int64_t wait_us; /* the longest that it waits while no merged snapshot comes */
	int64_t waited_us; /* in all */
	struct report_held *sensors; /* [n] */
	size_t n;
	bool gave_up; /* has waited so long once, and does no more */
};

/*
 * Holds the sensors of what is wanted, of an archive, and the one of the snapshot `changed`, and all that it held before. Lets
 * go of all where it must wait for one, says on standard error for whom it waits, and goes on without what it cannot have. Returns 0
 * or -ENOMEM.
 */
int report_hold(struct report_hold *hold, const struct tt_archive_wish *wish,
		const struct tt_archive *archive, const char *changed) TT_MUST_CHECK;

/* Are all held that it was told of? */
bool report_hold_is_whole(const struct report_hold *hold);

void report_hold_end(struct report_hold *hold);

#endif
