/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_heard_private.h"

#include <errno.h>

/* So many times its length, before a silence and after it, is the time around it. */
#define AROUND 8
/* A silence of a twentieth of it there would make it one that is usual. */
#define USUAL 20

struct around {
	struct tt_span window;
	int64_t usual_us; /* silences that are longer are quiet time */
	int64_t us, quiet_us;
};

/* How much of the span lies in the window, µs. */
static int64_t
within(const struct around *a, int64_t from_us, int64_t to_us)
{
	if (from_us < a->window.start_us)
		from_us = a->window.start_us;
	if (to_us > a->window.end_us)
		to_us = a->window.end_us;
	return to_us > from_us ? to_us - from_us : 0;
}

static void
add_run(struct around *a, const struct tt_heard_run *run)
{
	a->us += within(a, run->first_us, run->last_us);
}

/* Before run i. Of one that is a gap, nobody knows whether it was quiet. */
static void
add_silence(struct around *a, const struct tt_heard *h, const bool *gaps, size_t i)
{
	const int64_t from_us = h->runs[i - 1].last_us, to_us = h->runs[i].first_us;
	const int64_t us = within(a, from_us, to_us);

	if (gaps[i])
		return;
	a->us += us;
	if (to_us - from_us > a->usual_us)
		a->quiet_us += us;
}

static void
look_around(const struct tt_heard *h, const bool *gaps, size_t i, struct around *a)
{
	for (size_t j = i; j-- > 0 && h->runs[j].last_us > a->window.start_us;) {
		add_run(a, &h->runs[j]);
		if (j > 0)
			add_silence(a, h, gaps, j);
	}
	for (size_t j = i; j < h->n_runs && h->runs[j].first_us < a->window.end_us; j++) {
		add_run(a, &h->runs[j]);
		if (j + 1 < h->n_runs)
			add_silence(a, h, gaps, j + 1);
	}
}

static void
judge(const struct tt_heard *h, bool *gaps, bool *unclear, size_t i)
{
	const int64_t start_us = h->runs[i - 1].last_us, end_us = h->runs[i].first_us;
	const int64_t us = end_us - start_us;
	struct around a = {.usual_us = us / USUAL,
			.window = {start_us - AROUND * us, end_us + AROUND * us}};

	look_around(h, gaps, i, &a);
	gaps[i] = a.us >= us / 2 && a.quiet_us <= a.us / 4;
	unclear[i] = a.us >= us / USUAL && a.us < us / 2 && a.quiet_us <= a.us / 4;
}

struct candidate {
	int64_t us;
	size_t i; /* of the run after it */
};

static int
longest_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->us != y->us)
		return x->us > y->us ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

int
tt_heard_find_outages(const struct tt_heard *h, bool *gaps, bool *unclear)
{
	struct candidate *candidates = calloc(h->n_runs + 1, sizeof(*candidates));
	size_t n = 0;

	if (candidates == NULL)
		return -ENOMEM;
	for (size_t i = 1; i < h->n_runs; i++) {
		int64_t us = h->runs[i].first_us - h->runs[i - 1].last_us;

		gaps[i] = us > h->max_gap_us;
		if (us > h->outage_us && us <= h->max_gap_us)
			candidates[n++] = (struct candidate){us, i};
	}
	qsort(candidates, n, sizeof(*candidates), longest_first);
	for (size_t k = 0; k < n; k++)
		judge(h, gaps, unclear, candidates[k].i);
	free(candidates);
	return 0;
}
