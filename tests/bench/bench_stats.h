/* SPDX-License-Identifier: BSD-3-Clause */
/* Clock and order statistics for benchmarks. One thread; samples are the caller's. */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stdint.h>
#include <time.h>

static inline uint64_t
bench_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* A figure as it is to be quoted: the median of samples[n], and the quartiles as its spread. */
struct bench_figure {
	double median, low, high;
};

/* Sorts samples[n], n at least 1. */
struct bench_figure bench_figure_of(double *samples, uint64_t n);

/* What one of so many of samples[n] reaches: with 100, the least of the greatest hundredth, of one sample at
 * least. samples: sorted. */
double bench_reached_by_one_in(const double *samples, uint64_t n, uint64_t many);

#endif
