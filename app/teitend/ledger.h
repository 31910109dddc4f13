/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's ledger: the rows of each snapshot from what its workers counted and what the
 * devices say of themselves, and the closing check of a whole run. Management core only; a few
 * hundred bytes for each queue, taken at start.
 *
 * What a device lost is read when an interval is complete, and entered as the difference to the
 * interval before: it is exact over a run, and belongs to an interval only about. All intervals have
 * the same rows, so that those of two add up row by row.
 */
#ifndef TT_DAEMON_LEDGER_H
#define TT_DAEMON_LEDGER_H

#include "plan.h"
#include "tt_ledger.h"
#include "worker.h"

/* What one queue's tallies add up to. */
struct tt_account {
	uint64_t frames, fates[TT_N_FATES], late, frame_bytes;
};

struct tt_book {
	struct tt_plan *plan;
	struct tt_ledger_row *rows; /* [n_rows], of the interval at hand */
	unsigned n_rows;
	struct tt_account *now; /* [queues], of the interval at hand */
	uint64_t *written; /* [n_rows], the packets in all written snapshots */
	struct tt_account *taken; /* [queues], of all intervals taken, on disk or not */
	uint64_t intervals; /* taken */
};

int tt_book_init(struct tt_book *book, struct tt_plan *plan,
		struct tt_error *err) TT_MUST_CHECK;
void tt_book_fini(struct tt_book *book);

/* Reads the devices' counters and makes the rows of an interval. */
void tt_book_make(struct tt_book *book, const struct tt_interval *interval);

/* The rows that were made last were taken into account: what devices lose from then on belongs to
 * the next interval. */
void tt_book_taken(struct tt_book *book);

/* rows[n_rows] of an interval, or of some in one, are in a snapshot. */
void tt_book_written(struct tt_book *book, const struct tt_ledger_row *rows);

/* What became of the frames of all intervals taken. */
void tt_book_sum(const struct tt_book *book, uint64_t fates[TT_N_FATES]);

/* Frames that should be in snapshots at the end: all of replayed files, and what live ports
 * delivered. workers: [queues], all finished. */
uint64_t tt_book_offered(const struct tt_book *book, struct tt_worker **workers);

/* Prints how each port's account closes. workers: [queues], all finished. Returns false, after
 * a line that says what is missing, where one does not. */
bool tt_book_close(struct tt_book *book, struct tt_worker **workers);

#endif
