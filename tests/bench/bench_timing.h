/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Times a step: rings of frames one after the other, each a sample, into a clean tally; then holds
 * what was counted against what was sent.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include "bench_stats.h"
#include "bench_steps.h"

struct bench_timing {
	struct bench_figure
			first; /* ns of a packet in the first pass, while tables fill */
	struct bench_figure again; /* in the later ones; with a single pass, the same */
	double again_mean; /* of all of these: what is put off falls on few rings, which the median passes over */
	/* Of bursts, in µs, what one in a hundred, a thousand, ten thousand takes, and the longest; 0 where each is
	 * not timed. */
	double burst_100, burst_1000, burst_10000, longest;
};

/* each: time bursts as well, which takes a nanosecond of a packet more; passes: over the bed's traffic, at least 1; burst: divides BENCH_RING. Returns 0; -EBADMSG where a
 * sum is wrong; -ENOMEM. */
int bench_timing_run(struct bench_bed *bed, const struct bench_step *step,
		uint64_t passes, unsigned burst, bool each, struct bench_timing *timing,
		struct tt_error *err) TT_MUST_CHECK;

#endif
