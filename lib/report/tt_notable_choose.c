/* SPDX-License-Identifier: BSD-3-Clause */
/* Which targets are looked at: the greatest rises and falls, and the most accessed. */
#include "tt_notable_private.h"

#include <math.h>

/* Adds a target to those that are looked at; once. */
static void
look_at(struct tt_notable *w, const struct tt_notable_target *t)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->targets[i].index == t->index) {
			w->targets[i].ranked = w->targets[i].ranked || t->ranked;
			return;
		}
	if (w->n < TT_NOTABLE_MAX)
		w->targets[w->n++] = *t;
}

/* How a target ranks among rises (+1), falls (-1) or all (0). */
static double
weight(const struct tt_notable_target *t, int way)
{
	return way == 0 ? t->now : way * (t->now - t->before);
}

/* Does a rank before b? Where they weigh as much, the lower protocol and number does, as in tables: not the one that was read first. */
static bool
goes_first(const struct tt_notable *w, const struct tt_notable_target *a,
		const struct tt_notable_target *b, int way)
{
	const struct tt_observed_names *names = w->report->now->names;

	if (weight(a, way) != weight(b, way))
		return weight(a, way) > weight(b, way);
	return tt_observed_target_order(names, a->index)
			< tt_observed_target_order(names, b->index);
}

static struct tt_notable_target
target_at(const struct tt_notable *w, int32_t index)
{
	const struct tt_report *r = w->report;
	struct tt_notable_target t = {.index = index, .of = TT_TARGET_NONE};

	t.now = tt_rate(r->unit, &r->now->exposure, tt_observation_target(r->now, index));
	if (r->before != NULL)
		t.before = tt_rate(r->unit, &r->before->exposure,
				tt_observation_target(r->before, index));
	return t;
}

/* One that is shown as ±0.00 is no rise and no fall, however much it is of what there was. */
bool
tt_notable_changed(const struct tt_notable *w, const struct tt_notable_target *t)
{
	double change = fabs(t->now - t->before);

	return change >= w->least_change && change >= TT_RATE_LEAST;
}

/* Looks at the greatest of their kind. */
static void
look_at_greatest(struct tt_notable *w, int way)
{
	struct tt_notable_target best[TT_REPORT_RANKED];
	size_t n = 0;

	for (size_t i = 0; i < w->report->now->names->n_targets; i++) {
		struct tt_notable_target t = target_at(w, (int32_t)i);
		size_t at = n;

		t.ranked = way != 0;
		if (weight(&t, way) <= 0 || (way != 0 && !tt_notable_changed(w, &t)))
			continue;
		while (at > 0 && goes_first(w, &t, &best[at - 1], way))
			at--;
		if (at == TT_REPORT_RANKED)
			continue;
		n += n < TT_REPORT_RANKED;
		for (size_t k = n - 1; k > at; k--)
			best[k] = best[k - 1];
		best[at] = t;
	}
	for (size_t i = 0; i < n; i++)
		look_at(w, &best[i]);
}

void
tt_notable_choose(struct tt_notable *w)
{
	const struct tt_report *r = w->report;
	double now = tt_rate(r->unit, &r->now->exposure, r->now->packets);

	if (r->before != NULL) {
		double before = tt_rate(
				r->unit, &r->before->exposure, r->before->packets);

		w->least_change = TT_NOTABLE_CHANGE * (before > now ? before : now);
		look_at_greatest(w, 1);
		look_at_greatest(w, -1);
	}
	look_at_greatest(w, 0);
}
