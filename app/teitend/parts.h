/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long intervals are counted in parts (option checkpoint), each of which is on disk a few seconds
 * after its end. At the end of the interval its parts become one snapshot (lib/compact) and are
 * removed. A run that was killed leaves parts: the next
 * one uses them for the interval that they belong to, or finishes it where it has ended meanwhile.
 *
 * These are the writer's jobs. Each may fail and be tried again, or be cut short by a kill at any
 * moment: parts are removed only once the snapshot's name is durable, and parts that a snapshot is
 * made of are removed and not counted twice. Memory: see tt_compact.h.
 */
#ifndef TT_PARTS_H
#define TT_PARTS_H

#include "tt_spool.h"

/* A longer interval, and what came of its parts. */
struct tt_frame_span {
	int64_t from_us, to_us; /* parts that start in it belong to it */
	int64_t nominal_us; /* as configured */
	int64_t start_us; /* of the snapshot */
	uint64_t packets;
	unsigned parts; /* that it is made of */
	bool again; /* a snapshot in its time has other packets: the clock was set back */
	unsigned published; /* that became snapshots of their own, for they could not be merged */
	char why[512]; /* that was so */
};

/* Makes one snapshot of the parts of an interval. Without parts nothing is done. Returns 0 or a
 * negative errno; it may then be tried again. */
int tt_parts_finish(struct tt_spool *spool, const struct tt_run_info *run,
		struct tt_frame_span *frame, struct tt_error *err) TT_MUST_CHECK;

/*
 * Finds the oldest interval, from after_us on, that a run before left unfinished: one that ended
 * before now_us, or is not of the length now configured (interval_us; 0: none is counted in parts).
 * To be asked before this run has written a part. Returns 1 with
 * *frame filled, 0 where there is none, or a negative errno.
 */
int tt_parts_find(const struct tt_spool *spool, int64_t interval_us, int64_t after_us,
		int64_t now_us, struct tt_frame_span *frame,
		struct tt_error *err) TT_MUST_CHECK;

#endif
