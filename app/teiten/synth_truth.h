/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What `teiten synth` has made, as JSON: exact totals to hold a measurement against. For the main
 * thread, once all packets are written.
 */
#ifndef SYNTH_TRUTH_H
#define SYNTH_TRUTH_H

#include "tt_synth.h"

/* Writes the totals of each component to path. Returns 0, or a negative errno with err. */
int synth_truth_write(const char *path, const struct tt_profile *profile,
		const struct tt_synth *synth, uint64_t seed,
		struct tt_error *err) TT_MUST_CHECK;

#endif
