/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Since when a series has another level. Pure functions on the caller's numbers, any thread; heap memory of
 * some times 8 bytes for each point while they run.
 *
 * Definition. Counts are brought to a scale on which chance has the same size everywhere, y = 2 sqrt(n + 3/8)
 * (Anscombe 1948), n being the count that a point of the mean exposure would have. The change is where two parts, of at
 * least two points each, have the least sum of distances from their medians. It is one where the medians differ by at least
 * TT_CHANGE_NOISES times the noise, the median distance of points from the median of their part times 1.4826,
 * and no less than 1 (chance alone), and the rates by at least TT_CHANGE_SHARE; for a part of two points, whose median is their mean, stands the
 * one that is nearer to the other part (that part's median itself where it lies between them). Each part is then looked at in the same
 * way, while there are changes. So single points, however high, make none; a rise that lasts for two does.
 */
#ifndef TT_CHANGE_H
#define TT_CHANGE_H

#include "tt_base.h"

#define TT_CHANGE_NOISES 3.0
#define TT_CHANGE_SHARE  0.25
#define TT_CHANGES_MAX   8

struct tt_change {
	size_t at; /* the first point of the new level */
	size_t last; /* the last one of the level before; less than at - 1 where points between are left out */
	double before, after; /* medians of the rates on both sides, up to the next changes */
};

/*
 * Finds the changes of a series: packets[n] in exposures[n]; points without exposure are left out. They come in the order of
 * time, changes[TT_CHANGES_MAX]. Returns how many, or -ENOMEM.
 */
int tt_changes_find(const double *packets, const double *exposures, size_t n,
		struct tt_change changes[TT_CHANGES_MAX]) TT_MUST_CHECK;

/* The median of values[n], which are sorted by it; 0 of none. */
double tt_median(double *values, size_t n);

/* The median distance from a center, times 1.4826: of a normal distribution, its standard deviation. values
 * are replaced. */
double tt_spread(double *values, size_t n, double center);

#endif
