/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_cycle.h"

#include <complex.h>
#include <math.h>

#define HOURS 24

/* The first harmonic of a day. Returns false where the day has no vote. */
static bool
harmonic(const uint64_t *packets, const struct tt_address_time *exposures,
		double complex *z)
{
	double complex sum = 0;
	double total = 0;
	uint64_t n = 0;

	for (unsigned h = 0; h < HOURS; h++) {
		double rate;

		if (exposures[h].us == 0)
			return false;
		rate = tt_address_rate(packets[h], exposures[h]);
		n += packets[h];
		total += rate;
		sum += rate * cexp(I * 2 * M_PI * h / HOURS);
	}
	if (n < TT_CYCLE_PACKETS)
		return false;
	*z = sum / total;
	return true;
}

struct tt_cycle
tt_cycle_of(const uint64_t *packets, const struct tt_address_time *exposures,
		size_t n_hours)
{
	struct tt_cycle c = {.chance = 1};
	double complex sum = 0, phases = 0, z;
	double r, hour;

	for (size_t h = 0; h + HOURS <= n_hours; h += HOURS) {
		if (!harmonic(&packets[h], &exposures[h], &z))
			continue;
		c.days++;
		sum += z;
		phases += cabs(z) > 0 ? z / cabs(z) : 0;
	}
	if (c.days == 0)
		return c;
	r = cabs(phases) / c.days;
	c.strength = 2 * cabs(sum) / c.days;
	c.chance = exp(-(double)c.days * r * r);
	/* Packets of an hour came half an hour after its beginning, on the mean. */
	hour = carg(sum) * HOURS / (2 * M_PI) + 0.5;
	c.peak = hour < 0 ? hour + HOURS : hour;
	c.found = c.days >= TT_CYCLE_DAYS && c.strength >= TT_CYCLE_STRENGTH
			&& c.chance < TT_CYCLE_CHANCE;
	return c;
}
