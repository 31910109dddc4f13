/* SPDX-License-Identifier: BSD-3-Clause */
/* Which sensors observed on which days of both periods, and what is said where they were not the same. */
#include "tt_notable_private.h"

#define NAMED 4 /* sensors; of others, how many they are */

/* Days of the period before come first, then those of the period. A day of which both have a part is one of the
 * period's. */
static size_t
n_before(const struct tt_notable *w)
{
	const struct tt_cause *c = &w->cause;

	if (c->options.to_us[TT_CAUSE_BEFORE] == c->options.from_us[TT_CAUSE_NOW])
		return (size_t)((c->origin_us[TT_CAUSE_NOW]
						- c->origin_us[TT_CAUSE_BEFORE])
				/ TT_US_PER_DAY);
	return c->n_days[TT_CAUSE_BEFORE];
}

static size_t
n_all(const struct tt_notable *w)
{
	return n_before(w) + w->cause.n_days[TT_CAUSE_NOW];
}

static bool *
day_at(const struct tt_notable *w, size_t day)
{
	return &w->observed[day * w->report->now->archive->n_sensors];
}

static bool
any_observed(const struct tt_notable *w, size_t day)
{
	for (size_t i = 0; i < w->report->now->archive->n_sensors; i++)
		if (day_at(w, day)[i])
			return true;
	return false;
}

/* The days of a span that a snapshot has some of. */
static void
mark(struct tt_notable *w, const struct tt_archive_entry *e, enum tt_cause_span span)
{
	int64_t from_us = w->cause.origin_us[span];
	size_t first = (size_t)((e->start_us - from_us) / TT_US_PER_DAY);
	size_t last = (size_t)((e->end_us - 1 - from_us) / TT_US_PER_DAY);
	size_t base = span == TT_CAUSE_NOW ? n_before(w) : 0;

	for (size_t day = first; day <= last && day < w->cause.n_days[span]; day++)
		day_at(w, base + day)[e->sensor] = true;
}

void
tt_notable_find_sensors(struct tt_notable *w)
{
	const struct tt_archive *a = w->report->now->archive;
	const struct tt_cause_options *o = &w->cause.options;
	size_t room = n_all(w) * a->n_sensors * sizeof(bool);

	w->observed = tt_document_alloc(w->doc, room + 1);
	for (size_t i = 0; w->observed != NULL && i < a->n; i++) {
		const struct tt_archive_entry *e = &a->entries[i];

		for (unsigned s = 0; s < TT_N_CAUSE_SPANS && !e->damaged; s++)
			if (e->start_us >= o->from_us[s] && e->end_us <= o->to_us[s])
				mark(w, e, (enum tt_cause_span)s);
	}
}

static const char *
date_of(const struct tt_notable *w, size_t day)
{
	bool now = day >= n_before(w);
	int64_t from_us = w->cause.origin_us[now ? TT_CAUSE_NOW : TT_CAUSE_BEFORE];
	size_t at = now ? day - n_before(w) : day;

	return tt_report_date(
			w->report, TT_DATE_DAY, from_us + (int64_t)at * TT_US_PER_DAY);
}

/* How many days a sensor observed, if these are some and not all on which any did; NULL: it is not so. */
static const char *
days_of(struct tt_notable *w, size_t sensor)
{
	size_t first = 0, last = 0, own = 0, any = 0;
	const char *args[5] = {w->report->now->archive->sensors[sensor]};

	for (size_t day = 0; day < n_all(w); day++) {
		any += any_observed(w, day);
		if (!day_at(w, day)[sensor])
			continue;
		first = own++ == 0 ? day : first;
		last = day;
	}
	if (own == 0 || own == any)
		return NULL;
	args[1] = tt_notable_number(w, own);
	args[2] = tt_notable_number(w, any);
	args[3] = date_of(w, first);
	args[4] = date_of(w, last);
	return tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_DAYS, args, TT_ARRAY_SIZE(args));
}

void
tt_notable_warn_sensors(struct tt_notable *w, struct tt_doc_section *chapter)
{
	const struct tt_archive *a = w->report->now->archive;
	const char *names[NAMED + 1];
	size_t n = 0;

	for (size_t i = 0; w->observed != NULL && i < a->n_sensors; i++) {
		const char *days = days_of(w, i);

		if (days == NULL)
			continue;
		if (n < NAMED)
			names[n] = days;
		n++;
	}
	if (n > NAMED) {
		const char *more = tt_notable_number(w, n - NAMED);

		names[NAMED] = tt_notable_fill(w, TT_WORD_NOTABLE_SENSORS_MORE, &more, 1);
		n = NAMED + 1;
	}
	if (n > 0)
		tt_notable_say(w, chapter, TT_ELEMENT_WARNING, TT_WORD_NOTABLE_SENSORS,
				tt_report_list(w->report, names, n), NULL);
}

/* Did a sensor begin (+1) or end (-1) on a day, or is it as it was on the last day on which any observed (0)? */
static int
turn_of(const struct tt_notable *w, size_t day, size_t sensor)
{
	size_t last = day;

	if (day >= n_all(w) || !any_observed(w, day))
		return 0;
	while (last > 0 && !any_observed(w, last - 1))
		last--;
	return last == 0 ? 0 : day_at(w, day)[sensor] - day_at(w, last - 1)[sensor];
}

const char *
tt_notable_sensors_changed(struct tt_notable *w, size_t last, size_t day)
{
	const struct tt_archive *a = w->report->now->archive;
	size_t base = n_before(w);
	const char *names[NAMED];
	size_t n = 0;

	for (size_t i = 0; w->observed != NULL && i < a->n_sensors && n < NAMED; i++) {
		const char *name = a->sensors[i];
		int turn = 0;

		/* A sensor that begins or ends within a day changes it and the one beside it. */
		for (size_t d = last; d <= day + 1 && turn == 0; d++)
			turn = turn_of(w, base + d, i);
		if (turn != 0)
			names[n++] = tt_notable_fill(w,
					turn > 0 ? TT_WORD_NOTABLE_SENSOR_CAME
						 : TT_WORD_NOTABLE_SENSOR_WENT,
					&name, 1);
	}
	return n == 0 ? NULL : tt_report_list(w->report, names, n);
}
