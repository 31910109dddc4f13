/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Intervals that are counted and not written yet, in order of time. Where the disk keeps up there
 * is one, with the table sets that it was counted into. Where it does not, the tables are copied
 * into as little heap memory as their contents need, so that the table sets can go back to those
 * who count.
 *
 * Memory: at most max_bytes of such copies, while two intervals are joined as much again as these
 * two take. For more, two adjoining intervals become one: those that together are shortest, of
 * these the oldest, so that all of what waits loses its resolution in time evenly. Joining frees
 * what both hold, such as sources that come again. What it frees is known before: intervals that
 * have next to nothing in common are not joined, and none are where all of it would not make
 * enough room. Then the interval keeps its table sets, and it is for those who count to go on in
 * what they have.
 *
 * Sums stay exact. Unique counts do as well, but where the two intervals sampled at different
 * rates: the joined one has the lower rate, and so the larger error, of both. For this, two of
 * rates that differ by 2^n count as 2^n times as long as they are, where the shortest are looked
 * for. Intervals of different signatures are not joined.
 *
 * One thread (the management core) but for the first interval, which may be read by another one
 * while it is marked as being written.
 */
#ifndef TT_PENDING_H
#define TT_PENDING_H

#include "tt_ledger.h"
#include "tt_sequence.h"

#define TT_HELD_NOTES 2 /* rows that may be added to those of an interval */

/* One that waits. */
struct tt_held {
	struct tt_interval interval; /* its tallies are of this struct's own list */
	struct tt_ledger_row
			*rows; /* [n_rows], of its packets; room for TT_HELD_NOTES more */
	unsigned n_rows;
	unsigned joined; /* intervals that it is made of */
	uint64_t bytes; /* of copies, rows and this struct */
	uint64_t pairs, contacts, ports; /* in copies */
	uint64_t to_come; /* bytes of copies to be made; 0: not known yet */
	/* Of it and the one after it, whose number is `next`; see tt_pending_copy. */
	uint64_t number, next;
	uint64_t freed; /* bytes, if these were joined; 0: they are not to be */
};

struct tt_pending;

struct tt_pending_config {
	uint64_t max_bytes; /* as of tt_held */
	/* What a joined interval may have at most: pairs, and these with contacts or ports, of which
	 * the more count (tt_merge_keys). */
	uint64_t max_pairs, max_keys;
	int64_t frame_us; /* intervals are not joined over multiples of this; 0: they are */
	/* Takes a tally back that is no copy. */
	void (*give_back)(void *context, struct tt_tally *tally);
	void *context;
};

int tt_pending_create(struct tt_pending **pending, const struct tt_pending_config *config,
		struct tt_error *err) TT_MUST_CHECK;

/* Frees what is left, copies and all; tallies that are none are not given back. NULL is allowed. */
void tt_pending_destroy(struct tt_pending *pending);

/* Takes an interval over with its tallies, after all others, and copies rows[n]; all intervals
 * have rows of the same ports, accounts and reasons in the same order. Returns the interval, or
 * NULL where memory is short. */
struct tt_held *tt_pending_add(struct tt_pending *pending,
		const struct tt_interval *interval, const struct tt_ledger_row *rows,
		unsigned n);

/* The oldest; NULL if there is none. */
struct tt_held *tt_pending_first(struct tt_pending *pending);

/* Is the first being written? Then it stays as it is. */
void tt_pending_set_writing(struct tt_pending *pending, bool writing);

/* The first was written, or will not be: gives its tallies back. */
void tt_pending_drop(struct tt_pending *pending);

/*
 * Does one step towards copies of all that is not being written, so that it is not long before
 * others get their turn: copies one tally and gives it back, or joins two intervals, or finds out
 * what that would free. Returns 1 where there is more to do, 0 where there is not; -ENOSPC where
 * there is no room; -ENOMEM where the machine has none. What then keeps its tallies can be tried
 * again.
 */
int tt_pending_copy(struct tt_pending *pending) TT_MUST_CHECK;

/* So many bytes of max_bytes are taken by other copies: of what those who count wait with for each other. */
void tt_pending_set_beside(struct tt_pending *pending, uint64_t bytes);

/* Does an interval hold a tally that was counted by these signatures? */
bool tt_pending_uses(const struct tt_pending *pending, const struct tt_rules *rules);

struct tt_pending_state {
	unsigned intervals; /* that wait, the one that is being written among them */
	uint64_t counted; /* the same, before any were joined */
	uint64_t frames; /* in them */
	uint64_t bytes; /* as of tt_held */
	uint64_t joins; /* so often were two joined, since the start */
};

struct tt_pending_state tt_pending_state(const struct tt_pending *pending);

#endif
