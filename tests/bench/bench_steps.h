/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a packet, one feature added to the next, so that it can be told what each costs; the
 * whole pipeline; and its plain twin. Each step counts a burst into a tally.
 */
#ifndef BENCH_STEPS_H
#define BENCH_STEPS_H

#include "bench_bed.h"

struct bench_step {
	const char *name;
	unsigned features; /* of bench_steps.c */
	unsigned passes; /* enum tt_pass */
	unsigned sums; /* enum bench_sum that it leaves in the tally */
};

extern const struct bench_step bench_steps[];
extern const unsigned bench_n_steps;

/* NULL where there is none of that name. */
const struct bench_step *bench_step_find(const char *name);

/*
 * Looks at frames[n], n at most TT_TALLY_BURST, as the worker does: warms their first lines, then
 * takes the step. Returns how many are counted; of whole pipelines, 0: their tally says it.
 */
unsigned bench_step_burst(const struct bench_step *step,
		const struct tt_pipeline *pipeline, const struct tt_frame *frames,
		unsigned n, struct tt_tally *tally);

#endif
