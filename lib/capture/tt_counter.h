/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which packet belongs to which interval, and when a tally is full to the brim of one: the part
 * of a worker that is not DPDK. A counter owns the open tally, puts each burst into the interval
 * of its packets' own times, and at a boundary gives the tally away through the `seal` callback.
 * One thread. Takes no memory of its own.
 *
 * Two kinds, which differ in what they do at a boundary:
 *
 * LIVE follows a clock that does not wait. Intervals come one after the other, empty ones
 * included, and never go back: a packet older than the open interval is counted in the open one,
 * and in `late`. If no clean tally is there, counting goes on in the open one, whose span grows.
 *
 * REPLAY follows the packets of a file. Each packet is counted in the interval of its own time,
 * whatever the order. Two tallies are open, for the two intervals seen last, so that packets that
 * change places at a boundary cost nothing; when the next packet belongs to a third interval,
 * earlier or later, the tally that was used less recently is sealed as a part of its interval, and
 * the callback waits for a clean one. So what a replay counts depends neither on the order of the
 * packets nor on how they were split over files. A packet of an older interval than the newest
 * one seen is counted in `late` as well.
 */
#ifndef TT_COUNTER_H
#define TT_COUNTER_H

#include "tt_pipeline.h"

enum tt_counter_kind {
	TT_COUNTER_LIVE,
	TT_COUNTER_REPLAY
};

struct tt_counter {
	enum tt_counter_kind kind;
	int64_t interval_us;
	int64_t max_gap_us; /* LIVE: a clock that jumps further leaves a gap, no empty intervals */
	const struct tt_pipeline *pipeline;

	/*
	 * Takes the sealed tally and returns a clean one. LIVE: may return NULL without taking
	 * it, if there is no clean one. REPLAY: waits until there is one; NULL if the program is
	 * ending (the tally was taken, and no more may be counted). REPLAY calls it with NULL for
	 * a second tally, which it need not give: it returns a clean one, or NULL.
	 */
	struct tt_tally *(*seal)(void *context, struct tt_tally *sealed);
	/* LIVE: told of each tally but the first that was opened for the interval of its span, before
	 * it counts. NULL: nobody wants to know. Set after tt_counter_init. */
	void (*opened)(void *context, struct tt_tally *tally);
	void *context;

	struct tt_tally *open;
	struct tt_tally *
			other; /* REPLAY: of the interval seen before; NULL if there is none */
	int64_t newest_us; /* REPLAY: start of the newest interval seen */
	bool has_span; /* REPLAY: the open tally belongs to an interval already */
};

/*
 * Sets a counter up in the caller's memory with its first, clean tally. LIVE: the first interval
 * starts at now_us and ends at the next boundary; REPLAY: now_us is not used.
 */
void tt_counter_init(struct tt_counter *c, enum tt_counter_kind kind, int64_t interval_us,
		int64_t max_gap_us, const struct tt_pipeline *pipeline,
		struct tt_tally *first, int64_t now_us,
		struct tt_tally *(*seal)(void *, struct tt_tally *), void *context);

/*
 * Counts frames[n], n at most TT_TALLY_BURST. Returns how many were counted: all of them, but
 * in a REPLAY whose seal returned NULL.
 */
unsigned tt_counter_burst(
		struct tt_counter *c, const struct tt_frame *frames, unsigned n);

/* The same, where it is known that their times lie from first_us to last_us: most bursts lie within the open
 * interval, and then no frame's time is looked at. */
unsigned tt_counter_burst_between(struct tt_counter *c, const struct tt_frame *frames,
		unsigned n, int64_t first_us, int64_t last_us);

/* LIVE: closes the open interval if now_us is past its end. For loops without packets. */
void tt_counter_tick(struct tt_counter *c, int64_t now_us);

/* LIVE: ends the open interval at at_us, or as soon after its start as can be where the clock was
 * set back before it; the next one starts there. Does nothing past its end. */
void tt_counter_cut(struct tt_counter *c, int64_t at_us);

/*
 * Ends counting: each call returns one of the open tallies, to be sealed without getting another,
 * then NULL. LIVE: one, with its span ending at now_us. REPLAY: up to two, with the spans of
 * their intervals; where no packet came, one without frames and with an empty span.
 */
struct tt_tally *tt_counter_finish(struct tt_counter *c, int64_t now_us);

#endif
