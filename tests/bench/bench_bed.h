/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker needs around it, without DPDK: traffic, the set-up of a sensor, tallies in pages of
 * a known size. Set up as teitend does, by lib/setup. One thread; freed with the process.
 */
#ifndef BENCH_BED_H
#define BENCH_BED_H

#include "bench_pages.h"
#include "bench_sums.h"
#include "bench_traffic.h"
#include "tt_setup.h"

#define BENCH_TABLE_SETS 3 /* of a worker, as configured by default */
#define BENCH_TALLIES    2 /* at most, of a bed */

struct bench_bed_options {
	struct bench_traffic_options traffic;
	const char *rules; /* file of fingerprints */
	const char *signatures; /* files of them; NULL: none */
	const char *simd_bits; /* NULL: by default */
	uint64_t pairs;
	enum bench_page page;
	unsigned tallies; /* 1 to BENCH_TALLIES */
};

struct bench_bed {
	struct bench_traffic traffic;
	struct bench_sums once; /* what one pass over the traffic amounts to */
	struct tt_setup setup;
	struct tt_tally *tallies[BENCH_TALLIES];
};

/* Returns 0, or a negative errno: -ENOMEM where there are no pages of that size either. */
int bench_bed_init(struct bench_bed *bed, const struct bench_bed_options *options,
		struct tt_error *err) TT_MUST_CHECK;

#endif
