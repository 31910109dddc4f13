/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From an interval that is complete to its snapshot on disk. What a live port counted waits in
 * memory as long as it cannot be written (tt_pending.h), and is written in order once it can: a
 * disk that is full, slow, read-only or away costs resolution in time at most, no packet. A replay
 * can be repeated, and ends at the first failure.
 *
 * Management core, but for the job that the writer has in hand. Memory: pending-memory, and a few
 * KiB.
 */
#ifndef TT_OUTPUT_H
#define TT_OUTPUT_H

#include "parts.h"
#include "writer.h"
#include "written.h"

#include "tt_pending.h"

struct tt_daemon;

struct tt_output {
	struct tt_daemon *d;
	struct tt_pending *pending;
	struct tt_writer writer;
	struct tt_written written;
	enum {
		TT_OUTPUT_NOTHING,
		TT_OUTPUT_WRITING, /* the first that waits */
		TT_OUTPUT_SYNCING, /* the name of what was written, where that failed */
		TT_OUTPUT_KEEPING, /* what is recalled */
		TT_OUTPUT_FINISHING, /* a long interval of this run */
		TT_OUTPUT_RECOVERING /* one that a run before left in parts */
	} doing;
	/* Of the job at hand, and what came of it. */
	struct tt_held *held;
	struct tt_totals totals;
	int64_t written_us; /* start of the snapshot */
	bool again; /* another one has its time */
	int64_t job_us; /* when it was given */

	/* Where long intervals are counted in parts (checkpoint). */
	bool in_parts;
	bool recovered; /* nothing is left of runs before, but for the interval that goes on */
	struct tt_frame_span recovery; /* the last one found */
	struct tt_frame_span open; /* parts of it were written; to_us 0: none */
	struct tt_frame_span finish; /* to be made a snapshot next; to_us 0: none */
	int64_t started_us; /* wall clock */
	int64_t cut_us; /* the interval was ordered to end at this time */

	bool any; /* an interval was taken */
	bool unkept; /* intervals were written since the recall was kept */
	bool changed; /* something may be copied that could not be before */
	/* What was said, and is so still: many wait, some were joined, some keep table sets; times are
	 * in another snapshot already. */
	bool told_slow, told_joins, told_held, told_again;
	unsigned told_full; /* of tt_lacking_change */
	bool stuck; /* the writer does not return; nothing that it uses may be freed */
	struct tt_error failure; /* code 0: the last write succeeded */
	unsigned failures; /* in a row */
	uint64_t joins_seen;
	/* By the monotonic clock: */
	int64_t retry_us, flush_us, copy_us, told_us;
	int64_t failing_us; /* of failures, the first since then; 0: none */
	int64_t progress_us; /* when a snapshot was written, or the end was ordered */
};

int tt_output_init(struct tt_output *output, struct tt_daemon *d,
		struct tt_error *err) TT_MUST_CHECK;

/* Takes over an interval with its tallies. Returns 0; -ENOMEM with the interval still the caller's. */
int tt_output_take(struct tt_output *output, const struct tt_interval *interval,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Goes on with what there is to do, without waiting for the disk where live ports are counted.
 * stopping: the end was ordered. *busy is set where something was done. Returns 0, or a negative
 * errno where the run has to end by it.
 */
int tt_output_turn(struct tt_output *output, bool stopping, bool *busy,
		struct tt_error *err) TT_MUST_CHECK;

/* May so many bytes be copied of what workers wait with for each other? Not while intervals that wait for the disk, and
 * such copies, leave no room in pending-memory; says so once. */
bool tt_output_has_room(struct tt_output *output, uint64_t bytes);

/* The interval is ordered to end at at_us (wall clock). */
void tt_output_cut(struct tt_output *output, int64_t at_us);

/* All that was counted was taken: what is open becomes a snapshot, too. To be called once
 * tt_output_empty; returns whether there is something to do now. */
bool tt_output_close(struct tt_output *output);

/* Looks what came of the job at hand, if it is done. */
int tt_output_settle(struct tt_output *output, bool stopping, bool *busy,
		struct tt_error *err) TT_MUST_CHECK;

/* The end was ordered: what cannot be written from now on is tried for a bounded time. */
void tt_output_stop(struct tt_output *output);

/* After that: an error once nothing was written for longer than it is waited for; else 0. */
int tt_output_check_time(struct tt_output *output, struct tt_error *err) TT_MUST_CHECK;

/* Does nothing wait, is nothing being written, and is the last name durable? */
bool tt_output_empty(const struct tt_output *output);

/* Makes what is finished appear. Returns 0 or a negative errno. */
int tt_output_flush(struct tt_output *output, struct tt_error *err) TT_MUST_CHECK;

/* Sleeps so long, less if something is written meanwhile. */
void tt_output_wait(struct tt_output *output, int64_t us);

/* Ends it, and says what is on disk. rc, err: how the run ended so far; err is told what is in no
 * snapshot. Returns rc, or what went wrong at last. */
int tt_output_end(struct tt_output *output, int rc, struct tt_error *err) TT_MUST_CHECK;

#endif
