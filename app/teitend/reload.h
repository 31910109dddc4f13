/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signatures that are read again while packets are counted (SIGHUP; docs/decisions/0014-reload.md).
 * A thread reads and compiles them beside all else. A set that is worse than the one in use is refused.
 * Workers take a good one up each at the start of its next interval, the same for all of them. The
 * set before is freed once no worker counts by it, and all that was counted by it is written.
 *
 * Management core, but for the job that the thread has in hand. Memory: heap, of each set that is in use,
 * TT_RELOAD_SETS at most, and of a matcher of each worker for each of them.
 */
#ifndef TT_RELOAD_H
#define TT_RELOAD_H

#include "worker.h"
#include "writer.h"

#define TT_RELOAD_SETS 8

struct tt_daemon;

/* The signatures of one reading, and what each worker needs for them. */
struct tt_reload_set {
	struct tt_ruleset *set;
	struct tt_worker_rules *rules; /* [workers] */
	bool left; /* no worker counts by it any more */
};

struct tt_reload {
	struct tt_daemon *d;
	struct tt_writer reader;
	bool started; /* the reader is there */
	bool asked, reading;
	struct tt_reload_set *sets
			[TT_RELOAD_SETS]; /* [n], the newest last; n 0: no signatures */
	unsigned n;
	struct tt_reload_set *read; /* what the reader makes */
	bool told_taken_up; /* that all workers count by the newest */
	bool stuck; /* the reader does not return; nothing that it uses may be freed */
};

/* Takes over the signatures of the start, with the workers' matchers. Returns 0 or -ENOMEM. */
int tt_reload_init(struct tt_reload *reload, struct tt_daemon *d,
		struct tt_error *err) TT_MUST_CHECK;

/* They are to be read again; says so where that cannot be. */
void tt_reload_ask(struct tt_reload *reload);

/* Goes on with what there is to do, without waiting. In every pass after the workers' sealed tables were
 * collected. */
void tt_reload_turn(struct tt_reload *reload);

/* No more are read. */
void tt_reload_end(struct tt_reload *reload);

/* Frees all signatures; after all that was counted by them. A zeroed one is allowed. */
void tt_reload_fini(struct tt_reload *reload);

#endif
