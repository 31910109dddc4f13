/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_past.h"

#include <errno.h>
#include <string.h>

#define ROWS_MIN 64

void
tt_past_init(struct tt_past *past, size_t max_rows)
{
	*past = (struct tt_past){.first_hour = 0,
			.latest_hour = -1,
			.max_rows = max_rows < ROWS_MIN ? ROWS_MIN : max_rows};
}

void
tt_past_fini(struct tt_past *past)
{
	for (size_t i = 0; i < past->names.n; i++)
		free(past->all[i].row);
	free(past->all);
	tt_target_set_fini(&past->names);
	*past = (struct tt_past){.latest_hour = -1};
}

static bool
is_empty(const struct tt_past *p)
{
	return p->latest_hour < p->first_hour;
}

/* Is an hour held? */
static bool
holds(const struct tt_past *p, int64_t hour)
{
	return hour >= p->first_hour && hour <= p->latest_hour
			&& hour > p->latest_hour - TT_PAST_HOURS;
}

static void
clear_hour(struct tt_past *p, int64_t hour)
{
	p->exposures[hour % TT_PAST_HOURS] = 0;
	p->totals[hour % TT_PAST_HOURS] = 0;
	for (size_t i = 0; i < p->names.n; i++) {
		p->all[i].recent[hour % TT_PAST_DAY_HOURS] = 0;
		if (p->all[i].row != NULL)
			p->all[i].row[hour % TT_PAST_HOURS] = 0;
	}
}

/* Makes an hour the latest one. */
static void
advance(struct tt_past *p, int64_t hour)
{
	int64_t first = p->latest_hour + 1;

	if (hour - first > TT_PAST_HOURS)
		first = hour - TT_PAST_HOURS;
	for (int64_t h = first; h <= hour; h++)
		clear_hour(p, h);
	p->latest_hour = hour;
}

/* An hour of a span: how much of it, 0 to 1, lies before the hour and with it. */
struct part {
	int64_t hour;
	double before, with;
};

static int64_t
first_hour_of(const struct tt_past_span *span)
{
	return span->start_us / TT_HOUR_US;
}

static int64_t
last_hour_of(const struct tt_past_span *span)
{
	int64_t last_us = span->end_us > span->start_us ? span->end_us - 1
							: span->start_us;

	return last_us / TT_HOUR_US;
}

static struct part
part_of(const struct tt_past_span *span, int64_t hour)
{
	double length = (double)(span->end_us - span->start_us);
	int64_t from_us = hour * TT_HOUR_US, to_us = from_us + TT_HOUR_US;
	struct part part = {hour, 0, 1};

	if (length > 0 && from_us > span->start_us)
		part.before = (double)(from_us - span->start_us) / length;
	if (length > 0 && to_us < span->end_us)
		part.with = (double)(to_us - span->start_us) / length;
	return part;
}

void
tt_past_observe(struct tt_past *past, const struct tt_past_span *span)
{
	int64_t first = first_hour_of(span), last = last_hour_of(span);

	if (is_empty(past)) {
		past->first_hour = first;
		past->latest_hour = first - 1;
	}
	if (last > past->latest_hour)
		advance(past, last);
	if (last - first >= TT_PAST_HOURS)
		first = last - TT_PAST_HOURS + 1;
	/* What came late may be earlier than all that there is, and earlier than what is held. */
	if (first < past->first_hour && last > past->latest_hour - TT_PAST_HOURS)
		past->first_hour = first;
	for (int64_t hour = first; hour <= last; hour++) {
		struct part part = part_of(span, hour);

		if (holds(past, hour))
			past->exposures[hour % TT_PAST_HOURS] += span->exposure
					* (part.with - part.before);
	}
}

static int
grow(struct tt_past *p)
{
	size_t room = p->room == 0 ? 256 : 2 * p->room;
	struct tt_past_target *all = reallocarray(p->all, room, sizeof(*all));

	if (all == NULL)
		return -ENOMEM;
	p->all = all;
	p->room = room;
	return 0;
}

static uint64_t
row_sum(const struct tt_past_target *t)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < TT_PAST_HOURS; i++)
		sum += t->row[i];
	return sum;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Forgets the lighter half of the rows, but for those of targets with an event. */
static int
forget(struct tt_past *p)
{
	uint64_t *sums = calloc(p->n_rows + 1, sizeof(*sums)), middle;
	size_t n = 0;

	if (sums == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < p->names.n; i++)
		if (p->all[i].row != NULL)
			sums[n++] = row_sum(&p->all[i]);
	qsort(sums, n, sizeof(*sums), compare);
	middle = sums[n / 2];
	free(sums);
	for (size_t i = 0; i < p->names.n && 2 * p->n_rows > n; i++) {
		struct tt_past_target *t = &p->all[i];

		if (t->row == NULL || t->event != 0 || row_sum(t) > middle)
			continue;
		free(t->row);
		t->row = NULL;
		p->n_rows--;
		p->forgotten++;
	}
	return 0;
}

uint64_t *
tt_past_row(struct tt_past *past, uint32_t of)
{
	struct tt_past_target *t = &past->all[of];

	if (t->row != NULL)
		return t->row;
	if (past->n_rows >= past->max_rows && forget(past) != 0)
		return NULL;
	t->row = calloc(TT_PAST_HOURS, sizeof(*t->row));
	if (t->row == NULL)
		return NULL;
	past->n_rows++;
	for (int64_t h = past->latest_hour - TT_PAST_DAY_HOURS + 1;
			h <= past->latest_hour; h++)
		if (h >= 0)
			t->row[h % TT_PAST_HOURS] = t->recent[h % TT_PAST_DAY_HOURS];
	return t->row;
}

static void
add_hour(struct tt_past *p, struct tt_past_target *t, int64_t hour, uint64_t packets)
{
	if (!holds(p, hour) || packets == 0)
		return;
	if (hour > p->latest_hour - TT_PAST_DAY_HOURS)
		t->recent[hour % TT_PAST_DAY_HOURS] += packets;
	if (t->row != NULL)
		t->row[hour % TT_PAST_HOURS] += packets;
	p->totals[hour % TT_PAST_HOURS] += packets;
	if (hour < t->seen_hour)
		t->seen_hour = hour;
}

static uint64_t
recent_sum(const struct tt_past_target *t)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < TT_PAST_DAY_HOURS; i++)
		sum += t->recent[i];
	return sum;
}

int64_t
tt_past_add(struct tt_past *past, const struct tt_target_name *name,
		const struct tt_past_span *span, uint64_t packets, uint64_t keep)
{
	int64_t first = first_hour_of(span), last = last_hour_of(span);
	uint32_t of = tt_target_set_find(&past->names, name->protocol, name->target);
	uint64_t done = 0;

	if (of == TT_TARGET_NONE) {
		if (past->names.n >= TT_PAST_TARGETS_MAX)
			return TT_TARGET_NONE;
		if (past->names.n == past->room && grow(past) != 0)
			return -1;
		of = tt_target_set_add(&past->names, name->protocol, name->target);
		if (of == TT_TARGET_NONE)
			return -1;
		past->all[of] = (struct tt_past_target){.seen_hour = first};
	}
	for (int64_t hour = first; hour <= last; hour++) {
		uint64_t until = (uint64_t)((double)packets * part_of(span, hour).with
				+ 0.5);

		until = hour == last ? packets : until;
		add_hour(past, &past->all[of], hour, until - done);
		done = until;
	}
	if (past->all[of].row == NULL && recent_sum(&past->all[of]) >= keep
			&& tt_past_row(past, of) == NULL)
		return -1;
	return of;
}

static uint64_t
packets_at(const struct tt_past *p, uint32_t of, int64_t hour)
{
	const struct tt_past_target *t = &p->all[of];

	if (!holds(p, hour))
		return 0;
	if (hour > p->latest_hour - TT_PAST_DAY_HOURS)
		return t->recent[hour % TT_PAST_DAY_HOURS];
	return t->row == NULL ? 0 : t->row[hour % TT_PAST_HOURS];
}

static double
exposure_at(const struct tt_past *p, int64_t hour)
{
	return holds(p, hour) ? p->exposures[hour % TT_PAST_HOURS] : 0;
}

uint64_t
tt_past_packets(const struct tt_past *past, uint32_t of, int64_t first, int64_t end)
{
	uint64_t sum = 0;

	for (int64_t hour = first; hour < end; hour++)
		sum += packets_at(past, of, hour);
	return sum;
}

double
tt_past_exposure(const struct tt_past *past, int64_t first, int64_t end)
{
	double sum = 0;

	for (int64_t hour = first; hour < end; hour++)
		sum += exposure_at(past, hour);
	return sum;
}

unsigned
tt_past_observed(const struct tt_past *past, int64_t first, int64_t end)
{
	unsigned n = 0;

	for (int64_t hour = first; hour < end; hour++)
		n += exposure_at(past, hour) > 0;
	return n;
}

uint64_t
tt_past_total(const struct tt_past *past, int64_t first, int64_t end)
{
	uint64_t sum = 0;

	for (int64_t hour = first; hour < end; hour++)
		sum += holds(past, hour) ? past->totals[hour % TT_PAST_HOURS] : 0;
	return sum;
}
