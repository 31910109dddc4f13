/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hours of a darknet that have noise and no event, for measuring how often a watch (tt_watch.h) tells of one. Counts are drawn by target and
 * hour and given to the watch as they would be read from snapshots. One thread; the same seed gives the same counts.
 */
#ifndef WATCH_NOISE_H
#define WATCH_NOISE_H

#include "tt_watch.h"

#define NOISE_RATES     5 /* 1, 10, … 10,000 packets an hour */
#define NOISE_EACH      20 /* targets of each rate */
#define NOISE_TARGETS   (NOISE_RATES * NOISE_EACH)
#define NOISE_SWEPT     8192 /* targets that have no packets but of a sweep now and then */
#define NOISE_ADDRESSES 256

struct noise_profile {
	const char *name;
	double daily, weekly; /* amplitudes of cycles */
	double overdispersion; /* squared coefficient of variation of an hour, besides chance */
	double wander; /* standard deviation of the logarithm of a level that moves within half a day */
	double bursts; /* a day and target, each of one source */
	double sweeps; /* of quiet targets, a day, in minutes to a few hours */
	double slow_sweeps; /* the same, spread over a day */
	double growth; /* factor in 28 days */
	double outages; /* a week, each of 1 to 12 hours */
	double growth_of_space; /* factor of the addresses from the middle on */
	/* No noise: from the middle on, the rates are higher by this factor and by so many packets for each address and day. */
	double rise, rise_by;
	int rise_hours;
};

struct noise_result {
	uint64_t surges[2][NOISE_RATES
			+ 1]; /* first four weeks, later; by rate, the last one: swept targets */
	uint64_t found; /* targets with an alert while they rise */
	double delay_hours; /* sum over these */
};

/* So many weeks of one sensor. Returns 0 or a negative errno. */
int noise_run(const struct noise_profile *profile, const struct tt_watch_options *options,
		unsigned weeks, uint64_t seed, struct noise_result *result) TT_MUST_CHECK;

#endif
