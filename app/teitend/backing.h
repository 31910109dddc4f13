/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the first packet does not need is touched once the workers run, so that none has to wait for the memory of all:
 * each worker begins with one table set, and gets the others as they are backed by pages; then the merge, which writes
 * the first interval. Where an interval ends before a worker has another set it goes on in the one that it has
 * (tt_counter.h), and nothing is lost. Replays get all sets at start, and touch what they use.
 *
 * A thread where the management core runs touches; all else is the management core's. Memory: a few bytes for each
 * table set.
 */
#ifndef TT_BACKING_H
#define TT_BACKING_H

#include "arena.h"
#include "writer.h"

#include "tt_tally.h"

/* The thread's name. */
#define TT_BACKING_THREAD "teitend-memory"

struct tt_daemon;

/* One thing to be touched. */
struct tt_backing_part {
	struct tt_arena *arena;
	struct tt_tally *tally; /* for its worker; NULL: nobody waits for it */
};

struct tt_backing {
	struct tt_daemon *d;
	struct tt_writer toucher;
	bool started;
	bool stuck; /* the thread does not return; nothing that it uses may be freed */
	struct tt_backing_part *parts; /* [n], in the order in which they are touched */
	unsigned n;
	unsigned done; /* parts that were touched; the thread's, released */
	unsigned given; /* parts that the management core saw done */
	unsigned stop; /* the management core's: leave the others */
	int64_t since_us; /* monotonic */
};

/* Touches at once what the first packet needs, and notes the rest. All tables are made. Returns 0 or -ENOMEM. */
int tt_backing_init(struct tt_backing *backing, struct tt_daemon *d,
		struct tt_error *err) TT_MUST_CHECK;

/* Begins with the rest; the workers run. Returns 0 or a negative errno. */
int tt_backing_start(struct tt_backing *backing, struct tt_error *err) TT_MUST_CHECK;

/* Gives workers the table sets that are ready, without waiting. Returns 0, or a negative errno where the system has no
 * memory for them. */
int tt_backing_turn(struct tt_backing *backing, struct tt_error *err) TT_MUST_CHECK;

/* Leaves what is not touched yet. */
void tt_backing_end(struct tt_backing *backing);

/* A zeroed one is allowed. */
void tt_backing_fini(struct tt_backing *backing);

#endif
