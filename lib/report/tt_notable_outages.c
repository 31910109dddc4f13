/* SPDX-License-Identifier: BSD-3-Clause */
/* Days on which a sensor that is there most of the time did not observe, and others did. */
#include "tt_notable_private.h"

#define OUTAGE_DAYS 7 /* it went, and came again, where it is as many or more in a row */
#define NAMED       3 /* of others, how many they are */

struct tt_sensor_days
tt_notable_days_of(const struct tt_notable *w, size_t sensor)
{
	struct tt_sensor_days days = {0};

	for (size_t day = 0; day < tt_notable_n_days(w); day++) {
		days.any += tt_notable_any_observed(w, day);
		if (!tt_notable_sensor_day(w, day, sensor)->observed)
			continue;
		days.first = days.own++ == 0 ? day : days.first;
		days.last = day;
	}
	return days;
}

/* Days [first, end), one after the other. */
struct outage {
	size_t first, end;
};

/* Does a day follow the one before it? Between periods that do not adjoin is other time. */
static bool
follows(const struct tt_notable *w, size_t day)
{
	const struct tt_cause_options *o = &w->cause.options;

	return o->to_us[TT_CAUSE_BEFORE] == o->from_us[TT_CAUSE_NOW]
			|| day != w->cause.n_days[TT_CAUSE_BEFORE];
}

/* Is a day of the period before one of the period as well, of which it is told there? The periods may have time in common. */
static bool
is_again(const struct tt_notable *w, size_t day, const struct tt_sensor_days *days)
{
	int64_t us = w->cause.origin_us[TT_CAUSE_BEFORE] + (int64_t)day * TT_US_PER_DAY;
	size_t now = tt_notable_day_from(w, us);

	return day < tt_notable_n_days(w) - w->cause.n_days[TT_CAUSE_NOW] && now != day
			&& now < days->last;
}

static bool
is_out(const struct tt_notable *w, size_t day, size_t sensor,
		const struct tt_sensor_days *days)
{
	return !tt_notable_sensor_day(w, day, sensor)->observed
			&& tt_notable_any_observed(w, day) && !is_again(w, day, days);
}

/* Finds the next one, within the days of the sensor. */
static bool
next_outage(const struct tt_notable *w, size_t sensor, const struct tt_sensor_days *days,
		struct outage *o)
{
	size_t day = o->end > days->first ? o->end : days->first;

	while (day < days->last && !is_out(w, day, sensor, days))
		day++;
	*o = (struct outage){day, day + 1};
	while (o->end < days->last && is_out(w, o->end, sensor, days)
			&& follows(w, o->end))
		o->end++;
	return day < days->last;
}

/* "20 June 2026", "20 June 2026 to 22 June 2026" */
static const char *
outage_text(struct tt_notable *w, const struct outage *o)
{
	const char *ends[] = {
			tt_notable_date(w, o->first), tt_notable_date(w, o->end - 1)};

	return o->end - o->first == 1
			? ends[0]
			: tt_notable_fill(w, TT_WORD_NOTABLE_DATES, ends, 2);
}

const char *
tt_notable_outages(struct tt_notable *w, size_t sensor, const struct tt_sensor_days *days)
{
	const char *names[NAMED + 1];
	struct outage o = {0};
	size_t n = 0;

	for (; next_outage(w, sensor, days, &o); n++)
		if (n < NAMED)
			names[n] = outage_text(w, &o);
	if (n > NAMED) {
		const char *more = tt_notable_number(w, n - NAMED);

		names[NAMED] = tt_notable_fill(w, TT_WORD_NOTABLE_DATES_MORE, &more, 1);
		n = NAMED + 1;
	}
	return n == 0 ? NULL : tt_report_list(w->report, names, n);
}

/* Marks the short ones of a sensor that observes on most days. */
static void
mark(struct tt_notable *w, size_t sensor)
{
	struct tt_sensor_days days = tt_notable_days_of(w, sensor);
	struct outage o = {0};

	if (2 * days.own <= days.any)
		return;
	while (next_outage(w, sensor, &days, &o))
		for (size_t d = o.first; d < o.end && o.end - o.first < OUTAGE_DAYS; d++)
			tt_notable_sensor_day(w, d, sensor)->out = true;
}

/* What was observed of a day, of either period or of both. */
static struct tt_day_share
share_of(const struct tt_notable *w, size_t day)
{
	size_t base = tt_notable_n_days(w) - w->cause.n_days[TT_CAUSE_NOW];
	struct tt_day_share sum = {0};

	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		size_t first = s == TT_CAUSE_NOW ? base : 0;

		if (day < first || day - first >= w->cause.n_days[s])
			continue;
		sum.observed += w->shares[s][day - first].observed;
		sum.torn += w->shares[s][day - first].torn;
	}
	return sum;
}

/* Is a day one that is to be left out? Then the sensors that are out have neither gone nor come; else they are as good as gone. */
static bool
settle(struct tt_notable *w, size_t day)
{
	size_t n_sensors = w->report->now->archive->n_sensors, n = 0, out = 0;
	struct tt_day_share share = share_of(w, day);
	double part;
	bool left_out;

	for (size_t i = 0; i < n_sensors; i++) {
		n += tt_notable_sensor_day(w, day, i)->observed;
		out += tt_notable_sensor_day(w, day, i)->out;
	}
	if (out == 0)
		return false;
	part = (double)n / (double)(n + out);
	share.observed *= part;
	share.torn *= part;
	left_out = !tt_day_is_whole(share);
	for (size_t i = 0; i < n_sensors; i++)
		tt_notable_sensor_day(w, day, i)->out &= left_out;
	return left_out;
}

void
tt_notable_find_outages(struct tt_notable *w)
{
	size_t n = tt_notable_n_days(w);
	bool *left_out = tt_document_alloc(w->doc, n + 1);

	/* Hours are never left out: a sensor that is out for some of them has gone. */
	if (w->sensor_days == NULL || left_out == NULL || tt_cause_by_hours(&w->cause))
		return;
	for (size_t i = 0; i < w->report->now->archive->n_sensors; i++)
		mark(w, i);
	for (size_t day = 0; day < n; day++)
		left_out[day] = settle(w, day);
	w->cause.options.left_out[TT_CAUSE_BEFORE] = left_out;
	w->cause.options.left_out[TT_CAUSE_NOW] =
			&left_out[n - w->cause.n_days[TT_CAUSE_NOW]];
}
