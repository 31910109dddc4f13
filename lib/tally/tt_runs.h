/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the tally: rows in order of their keys, brought together from several lists that are in
 * order each. Takes no memory of its own, so that what the result takes is known before.
 */
#ifndef TT_RUNS_H
#define TT_RUNS_H

#include "tt_base.h"

#define TT_RUNS_MAX 3

struct tt_run {
	const void *rows; /* [n], in order; a key may come twice */
	uint32_t n;
};

struct tt_run_kind {
	size_t size; /* of a row */
	int (*compare)(const void *a, const void *b);
	/* Adds a row to one of the same key that comes before it. NULL where there are none. */
	void (*add)(void *to, const void *from);
};

/* Writes the rows of runs[n] to out, those of a key as one; out NULL: only counts. Returns how many
 * there are. */
uint32_t tt_runs_merge(void *out, const struct tt_run *runs, unsigned n,
		const struct tt_run_kind *kind);

#endif
