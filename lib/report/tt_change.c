/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_change.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define NORMAL_SPREAD 1.4826 /* of a normal distribution, sigma over median distance */
#define PART_MIN      2

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

double
tt_median(double *values, size_t n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), compare);
	return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double
tt_spread(double *values, size_t n, double center)
{
	for (size_t i = 0; i < n; i++)
		values[i] = fabs(values[i] - center);
	return NORMAL_SPREAD * tt_median(values, n);
}

/* The points that were observed. */
struct series {
	double *y, *rates, *scratch; /* [n] */
	size_t *at; /* [n] where they were given */
	size_t n;
	struct tt_change *changes; /* [n_changes] */
	size_t cuts[TT_CHANGES_MAX]; /* where they are among the points */
	int n_changes;
};

/* Median of y in [first, end). */
static double
middle(const struct series *s, const double *of, size_t first, size_t end)
{
	memcpy(s->scratch, &of[first], (end - first) * sizeof(*of));
	return tt_median(s->scratch, end - first);
}

static double
distance(const struct series *s, size_t first, size_t end)
{
	double center = middle(s, s->y, first, end), sum = 0;

	for (size_t i = first; i < end; i++)
		sum += fabs(s->y[i] - center);
	return sum;
}

/* How far points lie from the median of their part, cut at `at`. */
static double
noise(const struct series *s, size_t first, size_t at, size_t end)
{
	double left = middle(s, s->y, first, at), right = middle(s, s->y, at, end);

	for (size_t i = first; i < end; i++)
		s->scratch[i - first] = s->y[i] - (i < at ? left : right);
	return tt_spread(s->scratch, end - first, 0);
}

/* Where [first, end) is cut best; 0: it is too short. */
static size_t
best_cut(const struct series *s, size_t first, size_t end)
{
	double least = INFINITY;
	size_t best = 0;

	for (size_t at = first + PART_MIN; at + PART_MIN <= end; at++) {
		double sum = distance(s, first, at) + distance(s, at, end);

		if (sum < least) {
			least = sum;
			best = at;
		}
	}
	return best;
}

/* The median of values of [first, end), which stands for them beside another level. Of two, whose median is their mean, the one that is
 * nearer to it, so that both have to be off; where one is above it and one below, that level itself: neither way are both off. */
static double
level(const struct series *s, const double *of, size_t first, size_t end, double other)
{
	double least = fmin(of[first], of[end - 1]), most = fmax(of[first], of[end - 1]);

	if (end - first > PART_MIN)
		return middle(s, of, first, end);
	return fmax(least, fmin(most, other));
}

/* How far the levels of both parts are from each other, the way that their medians are; below 0: they are the other way. */
static double
step_of(const struct series *s, const double *of, size_t first, size_t at, size_t end)
{
	double left = middle(s, of, first, at), right = middle(s, of, at, end);
	double rise = level(s, of, at, end, left) - level(s, of, first, at, right);

	return right < left ? -rise : rise;
}

static bool
is_change(const struct series *s, size_t first, size_t at, size_t end,
		struct tt_change *change)
{
	double step = step_of(s, s->y, first, at, end);
	double chance = noise(s, first, at, end), more;

	*change = (struct tt_change){.at = s->at[at],
			.last = s->at[at - 1],
			.before = middle(s, s->rates, first, at),
			.after = middle(s, s->rates, at, end)};
	more = change->before > change->after ? change->before : change->after;
	return step >= TT_CHANGE_NOISES * (chance > 1 ? chance : 1)
			&& step_of(s, s->rates, first, at, end) >= TT_CHANGE_SHARE * more;
}

static void
find_in(struct series *s, size_t first, size_t end)
{
	size_t at = best_cut(s, first, end);
	struct tt_change change;

	if (at == 0 || !is_change(s, first, at, end, &change))
		return;
	find_in(s, first, at);
	if (s->n_changes < TT_CHANGES_MAX) {
		s->cuts[s->n_changes] = at;
		s->changes[s->n_changes++] = change;
	}
	find_in(s, at, end);
}

/* Of each change, the medians up to the neighbouring ones. */
static void
settle(struct series *s)
{
	const size_t *cuts = s->cuts;

	for (int i = 0; i < s->n_changes; i++) {
		size_t first = i == 0 ? 0 : cuts[i - 1];
		size_t end = i + 1 == s->n_changes ? s->n : cuts[i + 1];

		s->changes[i].before = middle(s, s->rates, first, cuts[i]);
		s->changes[i].after = middle(s, s->rates, cuts[i], end);
	}
}

static void
take_points(struct series *s, const double *packets, const double *exposures, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (exposures[i] <= 0)
			continue;
		s->at[s->n] = i;
		s->rates[s->n++] = packets[i] / exposures[i];
		sum += exposures[i];
	}
	for (size_t i = 0; i < s->n; i++)
		s->y[i] = 2 * sqrt(s->rates[i] * sum / (double)s->n + 3.0 / 8);
}

int
tt_changes_find(const double *packets, const double *exposures, size_t n,
		struct tt_change changes[TT_CHANGES_MAX])
{
	struct series s = {.changes = changes};
	double *room = reallocarray(NULL, n == 0 ? 1 : n, 3 * sizeof(double));

	s.at = reallocarray(NULL, n == 0 ? 1 : n, sizeof(*s.at));
	if (room == NULL || s.at == NULL) {
		free(room);
		free(s.at);
		return -ENOMEM;
	}
	s.y = room;
	s.rates = room + n;
	s.scratch = room + 2 * n;
	take_points(&s, packets, exposures, n);
	find_in(&s, 0, s.n);
	settle(&s);
	free(room);
	free(s.at);
	return s.n_changes;
}
