/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_stats.h"

#include <stdlib.h>

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct bench_figure
bench_figure_of(double *samples, uint64_t n)
{
	qsort(samples, n, sizeof(*samples), ascending);
	return (struct bench_figure){
			.median = n % 2 == 1 ? samples[n / 2]
					     : (samples[n / 2 - 1] + samples[n / 2]) / 2,
			.low = samples[n / 4],
			.high = samples[n - 1 - n / 4],
	};
}

double
bench_reached_by_one_in(const double *samples, uint64_t n, uint64_t many)
{
	return samples[n - (n < many ? 1 : n / many)];
}
