/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_runs.h"

#include <string.h>

/* The least of the rows that come next, of the first run among equals; NULL at the end. */
static const void *
take_least(const char **next, uint32_t *left, unsigned n, const struct tt_run_kind *kind)
{
	const void *row;
	int best = -1;

	for (unsigned i = 0; i < n; i++)
		if (left[i] > 0 && (best < 0 || kind->compare(next[i], next[best]) < 0))
			best = (int)i;
	if (best < 0)
		return NULL;
	row = next[best];
	next[best] += kind->size;
	left[best]--;
	return row;
}

uint32_t
tt_runs_merge(void *out, const struct tt_run *runs, unsigned n,
		const struct tt_run_kind *kind)
{
	const char *next[TT_RUNS_MAX], *row, *last = NULL;
	uint32_t left[TT_RUNS_MAX], rows = 0;
	char *to = out;

	TT_ASSERT(n <= TT_RUNS_MAX);
	for (unsigned i = 0; i < n; i++) {
		next[i] = runs[i].rows;
		left[i] = runs[i].n;
	}
	while ((row = take_least(next, left, n, kind)) != NULL) {
		bool again = last != NULL && kind->compare(last, row) == 0;

		last = row;
		if (out != NULL && again)
			kind->add(to + (rows - 1) * kind->size, row);
		else if (out != NULL)
			memcpy(to + rows * kind->size, row, kind->size);
		rows += !again;
	}
	return rows;
}
