/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The order in which intervals become snapshots. Workers seal tallies in their own time; the
 * sequence holds them until an interval is complete over all workers, then gives the intervals
 * out one by one in order of time, empty ones and gaps included. Pure bookkeeping on pointers:
 * no clock, no file, no tally is read but its span, frame counts and rules. One thread (the management
 * core). Memory is taken at creation and grows only with the number of intervals that replayed
 * files announce (24 bytes each), and of silences in them (tt_heard.h).
 *
 * Live workers seal every interval, in order; an interval is complete once each of them has
 * sealed past its end. Where a worker's span grew over several intervals because no clean tally
 * was there, the snapshot spans as long, and takes in whatever the others sealed inside it.
 *
 * Replay workers seal parts in any order. Files are scanned beforehand, and the number of frames
 * that each interval will get is announced; an interval is complete once it has got them. So
 * neither the order of packets nor their split over files matters.
 */
#ifndef TT_SEQUENCE_H
#define TT_SEQUENCE_H

#include "tt_heard.h"
#include "tt_tally.h"

struct tt_sequence;

/* An interval that is ready to be written. */
struct tt_interval {
	struct tt_span span;
	int64_t nominal_us; /* the configured length */
	int64_t observed_us; /* of the span, how long packets were being taken */
	int64_t gap_before_us; /* since the end of the interval before, if that was a gap */
	bool complete; /* the whole span was observed, and it is whole intervals */
	bool again; /* a snapshot has this time already, and none of these packets */
	struct tt_tally **
			tallies; /* [n_tallies]; the list is that of who gave the interval */
	unsigned n_tallies;
};

/*
 * n_workers: all of them, idle until they are started; max_tallies: how many may be held at
 * once. max_gap_us: live, empty intervals up to this span are given out as such, more is a gap;
 * of replayed files, a longer silence is one (tt_heard.h).
 */
int tt_sequence_create(struct tt_sequence **sequence, unsigned n_workers,
		unsigned max_tallies, int64_t interval_us, int64_t max_gap_us,
		struct tt_error *err) TT_MUST_CHECK;
void tt_sequence_destroy(struct tt_sequence *sequence);

/* Announces that replayed files will bring `frames` more frames to the interval that starts at
 * start_us. Before any worker starts. Returns 0 or -ENOMEM. */
int tt_sequence_expect(struct tt_sequence *sequence, int64_t start_us,
		uint64_t frames) TT_MUST_CHECK;

/* Where the scan of the files says when packets were heard. Before any worker starts. */
struct tt_heard *tt_sequence_heard(struct tt_sequence *sequence);

/* The scan has ended: finds the gaps. Returns 0 or -ENOMEM. */
int tt_sequence_settle(struct tt_sequence *sequence) TT_MUST_CHECK;

/* Is the time between two intervals with packets, or the start of a run, a gap, so that no empty
 * intervals are given out for it? */
bool tt_sequence_is_gap(
		const struct tt_sequence *sequence, int64_t from_us, int64_t to_us);

/* Says that an input breaks off in the interval that starts at start_us: that one and all later
 * ones are partial. */
void tt_sequence_cut(struct tt_sequence *sequence, int64_t start_us);

/* A worker begins; a live one at start_us. */
void tt_sequence_start_live(
		struct tt_sequence *sequence, unsigned worker, int64_t start_us);
void tt_sequence_start_replay(struct tt_sequence *sequence, unsigned worker);

/* A worker will seal no more. When the last replay worker has ended, what had been announced and
 * did not come is waited for no longer. */
void tt_sequence_end(struct tt_sequence *sequence, unsigned worker);

/* Takes a sealed tally; tally->owner is the worker. */
void tt_sequence_push(struct tt_sequence *sequence, struct tt_tally *tally);

/* Did a replay push frames that were not announced, because a file changed after the scan? The
 * intervals given out since then are not to be trusted. */
bool tt_sequence_surprised(const struct tt_sequence *sequence);

/*
 * Is an interval ready? Fills *interval, whose tallies stay held (and may be asked for again: who
 * could not take it over tries later, by then perhaps with a longer span) until
 * tt_sequence_pop. Returns false if none is ready.
 */
bool tt_sequence_next(struct tt_sequence *sequence, struct tt_interval *interval);

/* The interval that next gave was taken over; its tallies are no longer held. */
void tt_sequence_pop(struct tt_sequence *sequence, const struct tt_interval *interval);

/* Is a tally held that was counted by these signatures? */
bool tt_sequence_uses(const struct tt_sequence *sequence, const struct tt_rules *rules);

/* Number of tallies held of one worker. */
unsigned tt_sequence_held(const struct tt_sequence *sequence, unsigned worker);

/*
 * Swaps one held tally of a worker, which is not ready, for a compact copy, so that the worker
 * gets a clean one: *freed is the tally that is no longer held, NULL if the worker has none held
 * that is not compact. Returns 0 or -ENOMEM.
 */
int tt_sequence_compact(struct tt_sequence *sequence, unsigned worker,
		struct tt_tally **freed) TT_MUST_CHECK;

/* How many bytes that copy would take; 0: there is none to be made. */
uint64_t tt_sequence_copy_bytes(struct tt_sequence *sequence, unsigned worker);

/* Bytes that compact copies take now. */
uint64_t tt_sequence_compact_bytes(const struct tt_sequence *sequence);

#endif
