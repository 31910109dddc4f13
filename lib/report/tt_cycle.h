/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether accesses follow a cycle of 24 hours, as those from computers do that are switched on by day. Pure
 * functions on the caller's numbers, any thread, no memory.
 *
 * Definition. Of each day that was observed in all of its hours and has at least TT_CYCLE_PACKETS packets, the first
 * harmonic is z = sum(n_h e^(2 pi i h / 24)) / sum(n_h), h from 0 to 23, n_h packets per hour of observation. The strength
 * is twice the length of the mean of z over the days: the amplitude of the rate against its mean, 0 to 1 for a
 * rate that is a cosine; the peak hour is its phase. Whether it is one: Rayleigh's test on the phases of the days, z / |z|, of which each
 * day has one vote, so that one heavy burst makes no cycle: with R the length of their mean over N days, chance
 * alone gives such an R with a probability of about exp(-N R^2) (K. V. Mardia, P. E. Jupp, Directional Statistics, 2000,
 * section 6.3.1). It is a cycle where this is below TT_CYCLE_CHANCE, the strength is at least
 * TT_CYCLE_STRENGTH, and there are at least TT_CYCLE_DAYS days.
 */
#ifndef TT_CYCLE_H
#define TT_CYCLE_H

#include "tt_address_time.h"

#define TT_CYCLE_PACKETS  12
#define TT_CYCLE_DAYS     5
#define TT_CYCLE_STRENGTH 0.2
#define TT_CYCLE_CHANCE   0.001

struct tt_cycle {
	unsigned days; /* that were looked at */
	double strength;
	double chance; /* probability */
	double peak; /* hour of the day, 0 to 24, counted from where the hours begin */
	bool found;
};

/* packets[n_hours], of hours from the beginning of a day on; exposures[n_hours], 0 where an hour was not observed. */
struct tt_cycle tt_cycle_of(const uint64_t *packets,
		const struct tt_address_time *exposures, size_t n_hours);

#endif
