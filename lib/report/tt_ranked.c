/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_ranked.h"

#include <errno.h>
#include <math.h>

static int
order_cmp(const struct tt_ranked *x, const struct tt_ranked *y)
{
	return x->order < y->order ? -1 : x->order > y->order;
}

static int
now_cmp(const void *a, const void *b)
{
	const struct tt_ranked *x = a, *y = b;

	if (x->weighted_now != y->weighted_now)
		return x->weighted_now > y->weighted_now ? -1 : 1;
	if (x->now == 0 && x->weighted_before != y->weighted_before)
		return x->weighted_before > y->weighted_before ? -1 : 1;
	return order_cmp(x, y);
}

/* The following compare pointers to rows. */
static int
before_cmp(const void *a, const void *b)
{
	const struct tt_ranked *x = *(struct tt_ranked *const *)a,
			       *y = *(struct tt_ranked *const *)b;

	if (x->weighted_before != y->weighted_before)
		return x->weighted_before > y->weighted_before ? -1 : 1;
	return order_cmp(x, y);
}

/* Greatest rise first. */
static int
rise_cmp(const void *a, const void *b)
{
	const struct tt_ranked *x = *(struct tt_ranked *const *)a,
			       *y = *(struct tt_ranked *const *)b;

	if (x->difference != y->difference)
		return x->difference > y->difference ? -1 : 1;
	return order_cmp(x, y);
}

static int
fall_cmp(const void *a, const void *b)
{
	const struct tt_ranked *x = *(struct tt_ranked *const *)a,
			       *y = *(struct tt_ranked *const *)b;

	if (x->difference != y->difference)
		return x->difference < y->difference ? -1 : 1;
	return order_cmp(x, y);
}

static void
rate(struct tt_ranked *row, const struct tt_ranked_scale *scale)
{
	double least = TT_RANKED_LEAST * (double)scale->total_before, both_before;

	if (!scale->weighted) {
		row->weighted_now = row->both_now = (double)row->now;
		row->weighted_before = row->both_before = (double)row->before;
	}
	row->rate = tt_rate_of(scale->unit, &scale->now, row->weighted_now);
	row->rank = row->rank_before = row->rise = row->fall = 0;
	row->shown = row->has_percent = false;
	row->rate_before = row->difference = row->percent = 0;
	if (!scale->compared)
		return;
	row->rate_before = tt_rate_of(scale->unit, &scale->before, row->weighted_before);
	both_before = tt_rate_of(scale->unit, &scale->before, row->both_before);
	row->difference = tt_rate_of(scale->unit, &scale->now, row->both_now)
			- both_before;
	row->has_percent = row->both_now > 0 && row->both_before > 0
			&& (double)row->before >= least;
	if (row->has_percent)
		row->percent = 100 * row->difference / both_before;
}

static void
rank_before(struct tt_ranked **rows, size_t n)
{
	unsigned rank = 0;

	qsort(rows, n, sizeof(*rows), before_cmp);
	for (size_t i = 0; i < n; i++)
		if (rows[i]->rate_before >= TT_RATE_LEAST && !rows[i]->unranked)
			rows[i]->rank_before = ++rank;
}

bool
tt_ranked_is_change(const struct tt_ranked *row)
{
	return fabs(row->difference) >= TT_RATE_LEAST
			&& (!row->has_percent
					|| fabs(row->percent) >= TT_RANKED_PERCENT_LEAST);
}

static void
rank_changes(struct tt_ranked **rows, size_t n, unsigned ranked)
{
	unsigned rises = 0, falls = 0;

	qsort(rows, n, sizeof(*rows), rise_cmp);
	for (size_t i = 0;
			i < n && rises < ranked && rows[i]->difference >= TT_RATE_LEAST;
			i++)
		if (!rows[i]->unranked && tt_ranked_is_change(rows[i]))
			rows[i]->rise = ++rises;
	qsort(rows, n, sizeof(*rows), fall_cmp);
	for (size_t i = 0;
			i < n && falls < ranked && rows[i]->difference <= -TT_RATE_LEAST;
			i++)
		if (!rows[i]->unranked && tt_ranked_is_change(rows[i]))
			rows[i]->fall = ++falls;
}

int
tt_rank_changes(struct tt_ranked *rows, size_t n, const struct tt_ranked_scale *scale)
{
	struct tt_ranked **sorted = calloc(n + 1, sizeof(struct tt_ranked *));
	unsigned rank = 0;

	if (sorted == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		rate(&rows[i], scale);
	if (n > 1)
		qsort(rows, n, sizeof(*rows), now_cmp);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = &rows[i];
		if (rows[i].rate >= TT_RATE_LEAST && !rows[i].unranked)
			rows[i].rank = ++rank;
	}
	if (scale->compared) {
		rank_before(sorted, n);
		rank_changes(sorted, n, scale->ranked);
	}
	for (size_t i = 0; i < n; i++)
		rows[i].shown = (rows[i].rank > 0 && rows[i].rank <= scale->leading)
				|| rows[i].rise > 0 || rows[i].fall > 0;
	free(sorted);
	return 0;
}
