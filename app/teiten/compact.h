/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of `teiten compact` share. */
#ifndef COMPACT_H
#define COMPACT_H

#include "merging.h"

struct compacting {
	struct tool tool;
	const char *path;
	struct period period;
	bool has_period; /* else nothing is merged, only deleted */
	int64_t older_us; /* only periods that ended so long ago */
	int64_t keep_us; /* 0: for ever */
	uint64_t quota; /* bytes; 0: none */
	int64_t now_us;
	bool dry_run;
	bool listed; /* once, and it was said what could not be */
	size_t pair_rows, contact_rows, heavy_rows;
	struct tt_compactor *compactors; /* [n_compactors], one of each sensor */
	size_t n_compactors;
	size_t n_periods, period_at; /* to be merged; the one at hand, from 1 */
	char label[TT_SENSOR_MAX + 32]; /* of it, for the progress */
	size_t n_merged, n_parts; /* snapshots that were made, of how many */
	bool gave_up; /* it has waited for a report in vain (merging_open) */
	int status; /* exit status so far */
};

/* Lists the sensors' snapshots. Says which directories could not be read, the first time. Returns false
 * where that failed, and has said so. */
bool compact_list(struct compacting *c, struct tt_snapshot_list *list);

/* How many of a list, from i on, are of one sensor and period; is that over for long enough? */
size_t compact_group(const struct compacting *c, const struct tt_snapshot_list *list,
		size_t i);
bool compact_is_due(const struct compacting *c, const struct tt_snapshot_ref *ref);

/* Prints what failed; the exit status says so. */
void compact_fail(struct compacting *c, const struct tt_error *err);

/* Makes one snapshot of refs[n], those of one sensor and period. */
void compact_period(struct compacting *c, const struct tt_snapshot_ref *refs, size_t n);

/* Deletes what is older than keep_us, then the oldest until the rest fits the quota. */
void compact_keep(struct compacting *c);

/* The compactor of a snapshot's sensor, or NULL where there is none. */
struct tt_compactor *compact_of(
		const struct compacting *c, const struct tt_snapshot_ref *ref);

#endif
