/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a benchmark has to have counted: a run that loses a packet has measured nothing. Sums of
 * what was sent, found by decoding it once, against the sums of each table. Pure, any thread.
 */
#ifndef BENCH_SUMS_H
#define BENCH_SUMS_H

#include "tt_pipeline.h"

struct bench_sums {
	uint64_t frames, frame_bytes;
	uint64_t fates[TT_N_FATES];
	uint64_t bytes; /* from the IP header on, of what is counted */
	uint64_t with_ports; /* packets with a source port, of what is counted */
};

/* The sums of frames[n]. */
struct bench_sums bench_sums_of(const struct tt_frame *frames, unsigned n,
		const struct tt_prefix_set *monitored);

/* Which sums a tally is to have. */
enum bench_sum {
	BENCH_SUM_FRAMES = 1, /* frames by fate, and their bytes */
	BENCH_SUM_DISTRIBUTIONS = 2, /* TTL and lengths, packets and bytes */
	BENCH_SUM_ROWS =
			4, /* the histogram of targets that benchmarks keep in the rests */
	BENCH_SUM_PAIRS = 8,
	BENCH_SUM_CONTACTS = 16,
	BENCH_SUM_PORTS = 32
};

/*
 * Holds the tally against `passes` times the sums, in those of `which`. Returns 0, or -EBADMSG with
 * err naming the table that has another number, and both. Settles the tally.
 */
int bench_sums_check(const struct bench_sums *sums, uint64_t passes,
		struct tt_tally *tally, unsigned which,
		struct tt_error *err) TT_MUST_CHECK;

#endif
