/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: when the packets of a component arrive. The component's time is cut into
 * segments (one; or quarters of an hour, where the rate changes over the day), each with a whole
 * number of packets, and each segment into as many equal slots with one packet at a random
 * moment of each. Fixed-point arithmetic, so that every machine gives the same times.
 */
#ifndef TT_SCHEDULE_H
#define TT_SCHEDULE_H

#include "tt_profile.h"
#include "tt_rng.h"

struct tt_schedule {
	int64_t from_us, to_us;
	int64_t packets; /* in all */
	int64_t *until; /* [n_segments]: packets up to the end of each; NULL for one segment */
	uint32_t n_segments, segment;
	int64_t left; /* packets of this segment to come */
	unsigned __int128 slot,
			step; /* us since the epoch in 2^-32, and the slot's length */
};

/* The span and the expected number of packets of a component, before rounding. */
double tt_schedule_expect(const struct tt_profile_component *c, int64_t start_us,
		int64_t duration_us, double n_addresses, struct tt_schedule *s);

/* Spreads s->packets over the span that tt_schedule_expect found. Returns 0 or -ENOMEM. */
int tt_schedule_init(struct tt_schedule *s,
		const struct tt_profile_component *c) TT_MUST_CHECK;
void tt_schedule_fini(struct tt_schedule *s);

/* Begins the next segment that has packets. Returns false after the last. */
bool tt_schedule_turn(struct tt_schedule *s);

/* The next packet's time, INT64_MAX at the end. */
static inline int64_t
tt_schedule_next(struct tt_schedule *s, struct tt_rng *rng)
{
	int64_t time_us;
	uint32_t moment;

	if (TT_UNLIKELY(s->left == 0) && !tt_schedule_turn(s))
		return INT64_MAX;
	moment = (uint32_t)(tt_rng_next(rng) >> 32);
	time_us = (int64_t)((s->slot + (s->step * moment >> 32)) >> 32);
	s->slot += s->step;
	s->left--;
	return time_us;
}

#endif
