/* SPDX-License-Identifier: BSD-3-Clause */
/* Since when targets have another level. */
#include "tt_cause.h"

#include <errno.h>

/* The series in which changes are looked for: before, where that joins, and now, on one grid of days or hours. A day of
 * which each span has a part is one point. */
struct points {
	double *packets, *exposures; /* [n] */
	struct tt_day_share *shares; /* [n] of a day */
	uint8_t *covered; /* [n] the most that some of its slices is */
	size_t n;
	size_t base; /* the point with which the slices of the span begin */
	size_t first; /* the one in which the span begins; those before it are of the span before */
	size_t slices; /* of a point */
	int64_t from_us, point_us;
};

static int
init_points(struct points *p, size_t n)
{
	p->n = n;
	p->packets = calloc(n + 1, sizeof(*p->packets));
	p->exposures = calloc(n + 1, sizeof(*p->exposures));
	p->shares = calloc(n + 1, sizeof(*p->shares));
	p->covered = calloc(n + 1, sizeof(*p->covered));
	return p->packets == NULL || p->exposures == NULL || p->shares == NULL
					|| p->covered == NULL
			? -ENOMEM
			: 0;
}

static void
fini_points(struct points *p)
{
	free(p->packets);
	free(p->exposures);
	free(p->shares);
	free(p->covered);
}

static void
join_shares(struct tt_day_share *sum, struct tt_day_share more)
{
	sum->observed += more.observed;
	sum->torn += more.torn;
}

/* Adds a span, whose slices begin with a point. */
static void
fill_points(const struct tt_cause *c, uint32_t of, enum tt_cause_span span, size_t base,
		struct points *p)
{
	size_t n = c->n_slices[span];

	for (size_t first = 0; first < n; first += p->slices) {
		size_t end = first + p->slices < n ? first + p->slices : n;
		size_t at = base + first / p->slices;
		struct tt_address_time exposure = {0};

		for (size_t i = first; i < end; i++) {
			p->packets[at] += (double)c->series[span][of * n + i];
			tt_address_time_join(&exposure, c->exposures[span][i]);
			if (p->covered[at] < c->covered[span][i])
				p->covered[at] = c->covered[span][i];
		}
		p->exposures[at] += tt_address_days(exposure);
		if (c->options.day_shares[span] != NULL && !tt_cause_by_hours(c))
			join_shares(&p->shares[at],
					c->options.day_shares[span][at - base]);
	}
}

/* Is a day one that the caller leaves out? */
static bool
is_left_out(const struct tt_cause *c, const struct points *p, size_t i)
{
	enum tt_cause_span span = i < p->base ? TT_CAUSE_BEFORE : TT_CAUSE_NOW;
	const bool *left_out = c->options.left_out[span];

	return left_out != NULL && left_out[span == TT_CAUSE_NOW ? i - p->base : i];
}

/* Days that were observed in part are as those that were not. */
static void
leave_out(const struct tt_cause *c, struct points *p)
{
	if (tt_cause_by_hours(c) || c->options.day_shares[TT_CAUSE_NOW] == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (!tt_day_is_whole(p->shares[i]) || is_left_out(c, p, i))
			p->exposures[i] = 0;
}

static int
make_points(const struct tt_cause *c, uint32_t of, struct points *p)
{
	const struct tt_cause_options *o = &c->options;
	bool joined = c->n_slices[TT_CAUSE_BEFORE] > 0
			&& o->to_us[TT_CAUSE_BEFORE] == o->from_us[TT_CAUSE_NOW];
	int64_t origin_us = c->origin_us[TT_CAUSE_NOW];
	size_t n;

	*p = (struct points){0};
	p->point_us = tt_cause_by_hours(c) ? c->slice_us : TT_US_PER_DAY;
	p->slices = (size_t)(p->point_us / c->slice_us);
	p->from_us = joined ? c->origin_us[TT_CAUSE_BEFORE] : origin_us;
	p->base = (size_t)((origin_us - p->from_us) / p->point_us);
	p->first = (size_t)((o->from_us[TT_CAUSE_NOW] - p->from_us) / p->point_us);
	n = p->base + (c->n_slices[TT_CAUSE_NOW] + p->slices - 1) / p->slices;
	if (init_points(p, n) != 0)
		return -ENOMEM;
	if (joined)
		fill_points(c, of, TT_CAUSE_BEFORE, 0, p);
	fill_points(c, of, TT_CAUSE_NOW, p->base, p);
	leave_out(c, p);
	return 0;
}

static struct tt_cause_change
timed(const struct tt_cause *c, const struct points *p, const struct tt_change *change)
{
	size_t open = change->last + 1;
	struct tt_cause_change timed = {.before = change->before,
			.after = change->after,
			.at_us = p->from_us + (int64_t)change->at * p->point_us};

	/* A snapshot of several hours is in the first of them. */
	while (tt_cause_by_hours(c) && open < change->at
			&& p->covered[open] == TT_CAUSE_COVERED)
		open++;
	timed.open_us = p->from_us + (int64_t)open * p->point_us;
	for (; open < change->at; open++)
		timed.partly = timed.partly || p->covered[open] != TT_CAUSE_NOT_COVERED;
	return timed;
}

/* Keeps the changes within the span, and the first of them that goes the way of the whole. */
static void
take_changes(const struct tt_cause *c, uint32_t of, const struct points *p,
		const struct tt_change *changes, int n)
{
	struct tt_cause_target *t = &c->found[of];
	bool rise = tt_cause_rate(c, t->packets[TT_CAUSE_NOW], TT_CAUSE_NOW)
			>= tt_cause_rate(c, t->packets[TT_CAUSE_BEFORE], TT_CAUSE_BEFORE);

	for (int i = 0; i < n; i++) {
		struct tt_cause_change change = timed(c, p, &changes[i]);

		if (i + 1 < n)
			change.until_us = timed(c, p, &changes[i + 1]).open_us;
		if (changes[i].at < p->first) {
			if ((change.after > change.before) != rise)
				continue;
			t->has_earlier = true;
			t->earlier = change;
			continue;
		}
		t->changes[t->n_changes++] = change;
		if (t->has_change || (change.after > change.before) != rise)
			continue;
		t->has_change = true;
		t->change = change;
		t->since = (changes[i].at - p->base) * p->slices;
	}
}

static int
finish_target(struct tt_cause *c, uint32_t of)
{
	struct tt_cause_target *t = &c->found[of];
	size_t n = c->n_slices[TT_CAUSE_NOW];
	struct tt_change changes[TT_CHANGES_MAX];
	struct points p;
	int ret = make_points(c, of, &p);

	if (ret == 0)
		ret = tt_changes_find(p.packets, p.exposures, p.n, changes);
	if (ret > 0)
		take_changes(c, of, &p, changes, ret);
	fini_points(&p);
	t->since_us = c->origin_us[TT_CAUSE_NOW] + (int64_t)t->since * c->slice_us;
	/* All of it has what reaches over days as well. */
	if (t->since_us <= c->options.from_us[TT_CAUSE_NOW]) {
		t->since_us = c->options.from_us[TT_CAUSE_NOW];
		t->since_packets = t->packets[TT_CAUSE_NOW];
		return ret < 0 ? ret : 0;
	}
	for (size_t i = t->since; i < n; i++)
		t->since_packets += c->series[TT_CAUSE_NOW][of * n + i];
	return ret < 0 ? ret : 0;
}

int
tt_cause_finish(struct tt_cause *cause)
{
	int ret = 0;

	for (uint32_t of = 0; ret == 0 && of < cause->targets.n; of++)
		ret = finish_target(cause, of);
	return ret;
}
