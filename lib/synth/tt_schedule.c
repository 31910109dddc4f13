/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_schedule.h"

#include <errno.h>
#include <math.h>

#define SEGMENT_US (900 * TT_US_PER_S)
#define DAY_US     (86400 * TT_US_PER_S)

/*
 * The integral over time from the epoch to t of 1 + amplitude cos(2 pi (t - peak) / day), in
 * seconds: the rate's mean over whole days is the rate.
 */
static double
integral(const struct tt_profile_component *c, int64_t t_us)
{
	double day = 86400, turn;

	if (c->daily_amplitude == 0)
		return (double)t_us / TT_US_PER_S;
	turn = (double)(t_us % DAY_US) / DAY_US - c->daily_peak / 24;
	return (double)t_us / TT_US_PER_S
			+ c->daily_amplitude * day / (2 * M_PI) * sin(2 * M_PI * turn);
}

double
tt_schedule_expect(const struct tt_profile_component *c, int64_t start_us,
		int64_t duration_us, double n_addresses, struct tt_schedule *s)
{
	int64_t to_us = c->to_us < 0 || c->to_us > duration_us ? duration_us : c->to_us;

	*s = (struct tt_schedule){
			.from_us = start_us + c->from_us, .to_us = start_us + to_us};
	if (s->to_us <= s->from_us)
		return 0;
	if (c->packets > 0)
		return (double)c->packets;
	return (integral(c, s->to_us) - integral(c, s->from_us)) * c->rate
			* (c->rate_per_address ? n_addresses : 1);
}

static int64_t
segment_end(const struct tt_schedule *s, uint32_t i)
{
	return i + 1 == s->n_segments ? s->to_us : s->from_us + (i + 1) * SEGMENT_US;
}

/* Rounds the running total, not each segment, so that nothing is lost or gained. */
static int
plan_segments(struct tt_schedule *s, const struct tt_profile_component *c)
{
	double begin = integral(c, s->from_us);
	double whole = integral(c, s->to_us) - begin;

	s->n_segments = (uint32_t)((s->to_us - s->from_us + SEGMENT_US - 1) / SEGMENT_US);
	s->until = calloc(s->n_segments, sizeof(*s->until));
	if (s->until == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->n_segments; i++) {
		double part = integral(c, segment_end(s, i)) - begin;

		s->until[i] = llround(part / whole * (double)s->packets);
	}
	s->until[s->n_segments - 1] = s->packets;
	return 0;
}

int
tt_schedule_init(struct tt_schedule *s, const struct tt_profile_component *c)
{
	s->segment = UINT32_MAX; /* before the first */
	s->n_segments = s->packets == 0 ? 0 : 1;
	if (s->packets > 0 && c->daily_amplitude > 0)
		return plan_segments(s, c);
	return 0;
}

void
tt_schedule_fini(struct tt_schedule *s)
{
	free(s->until);
	s->until = NULL;
}

bool
tt_schedule_turn(struct tt_schedule *s)
{
	int64_t begin_us, done;

	while (s->left == 0) {
		if (s->n_segments == 0 || s->segment + 1 == s->n_segments)
			return false;
		s->segment++;
		done = s->until == NULL || s->segment == 0 ? 0 : s->until[s->segment - 1];
		s->left = (s->until == NULL ? s->packets : s->until[s->segment]) - done;
	}
	begin_us = s->from_us + (int64_t)s->segment * SEGMENT_US;
	s->slot = (unsigned __int128)(uint64_t)begin_us << 32;
	s->step = ((unsigned __int128)(uint64_t)(segment_end(s, s->segment) - begin_us)
				  << 32)
			/ (uint64_t)s->left;
	return true;
}
