/* SPDX-License-Identifier: BSD-3-Clause */
/* Days on which a sensor that is there most of the time did not observe, and others did. */
#include "tt_notable_private.h"

/* It went, and came again, where it is as long or longer. */
#define OUTAGE_US (7 * TT_US_PER_DAY)
#define NAMED     3 /* of others, how many they are */

static bool
any_observed_at(const struct tt_notable *w, int64_t us)
{
	size_t days[TT_N_CAUSE_SPANS];
	bool any = false;

	for (size_t i = tt_notable_days_at(w, us, days); i > 0 && !any; i--)
		any = tt_notable_any_observed(w, days[i - 1]);
	return any;
}

static void
set_out(struct tt_notable *w, int64_t us, size_t sensor)
{
	size_t days[TT_N_CAUSE_SPANS];

	for (size_t i = tt_notable_days_at(w, us, days); i > 0; i--)
		tt_notable_sensor_day(w, days[i - 1], sensor)->out = true;
}

struct tt_sensor_days
tt_notable_days_of(const struct tt_notable *w, size_t sensor)
{
	struct tt_sensor_days days = {0};

	for (int64_t us = tt_notable_begin_us(w); us < tt_notable_end_us(w);
			us += TT_US_PER_DAY) {
		days.any += any_observed_at(w, us);
		if (!tt_notable_sensor_at(w, us, sensor).observed)
			continue;
		days.first_us = days.own++ == 0 ? us : days.first_us;
		days.last_us = us;
	}
	return days;
}

/* Which days without a sensor are meant. */
enum why {
	ANY,
	NOT_THERE,
	DAMAGED, /* it has snapshots of them, and all are in no figure */
};

/* Days one after the other, by the midnights before the first and after the last of them. */
struct outage {
	int64_t from_us, to_us;
};

static bool
is_out(const struct tt_notable *w, int64_t us, size_t sensor, enum why why)
{
	const struct tt_sensor_day d = tt_notable_sensor_at(w, us, sensor);

	return !d.observed && (why == ANY || d.damaged == (why == DAMAGED))
			&& any_observed_at(w, us);
}

/* Finds the next one before end_us, from where *o ends. Between periods that do not adjoin is other time, which none observed. */
static bool
next_outage(const struct tt_notable *w, size_t sensor, enum why why, int64_t end_us,
		struct outage *o)
{
	int64_t us = o->to_us;

	while (us < end_us && !is_out(w, us, sensor, why))
		us += TT_US_PER_DAY;
	*o = (struct outage){us, us + TT_US_PER_DAY};
	while (o->to_us < end_us && is_out(w, o->to_us, sensor, why))
		o->to_us += TT_US_PER_DAY;
	return us < end_us;
}

/* "20 June 2026", "20 June 2026 to 22 June 2026" */
static const char *
outage_text(struct tt_notable *w, const struct outage *o)
{
	const char *ends[] = {tt_report_date(w->report, TT_DATE_DAY, o->from_us),
			tt_report_date(w->report, TT_DATE_DAY, o->to_us - TT_US_PER_DAY)};

	return o->to_us - o->from_us == TT_US_PER_DAY
			? ends[0]
			: tt_notable_fill(w, TT_WORD_NOTABLE_DATES, ends, 2);
}

/* The days of one kind, from_us being the first that may be meant; NULL: none. */
static const char *
dates(struct tt_notable *w, size_t sensor, enum why why, int64_t from_us, int64_t end_us)
{
	const char *names[NAMED + 1];
	struct outage o = {.to_us = from_us};
	size_t n = 0;

	while (next_outage(w, sensor, why, end_us, &o)) {
		if (n < NAMED)
			names[n] = outage_text(w, &o);
		n++;
	}
	if (n > NAMED) {
		const char *more = tt_notable_number(w, n - NAMED);

		names[NAMED] = tt_notable_fill(w, TT_WORD_NOTABLE_DATES_MORE, &more, 1);
		n = NAMED + 1;
	}
	return n == 0 ? NULL : tt_report_list(w->report, names, n);
}

const char *
tt_notable_outages(struct tt_notable *w, size_t sensor, const struct tt_sensor_days *days)
{
	const char *not_there = dates(
			w, sensor, NOT_THERE, days->first_us, days->last_us);
	const char *damaged = dates(
			w, sensor, DAMAGED, tt_notable_begin_us(w), tt_notable_end_us(w));

	if (not_there != NULL)
		not_there = tt_notable_fill(
				w, TT_WORD_NOTABLE_DAYS_NOT_THERE, &not_there, 1);
	if (damaged != NULL)
		damaged = tt_notable_fill(w, TT_WORD_NOTABLE_DAYS_DAMAGED, &damaged, 1);
	if (not_there == NULL || damaged == NULL)
		return not_there != NULL ? not_there : damaged;
	return tt_notable_fill(w, TT_WORD_NOTABLE_DAYS_BOTH,
			(const char *const[]){not_there, damaged}, 2);
}

/* Marks the short ones of a sensor that observes on most days. */
static void
mark(struct tt_notable *w, size_t sensor)
{
	struct tt_sensor_days days = tt_notable_days_of(w, sensor);
	struct outage o = {.to_us = days.first_us};

	if (2 * days.own <= days.any)
		return;
	while (next_outage(w, sensor, ANY, days.last_us, &o))
		for (int64_t us = o.from_us;
				us < o.to_us && o.to_us - o.from_us < OUTAGE_US;
				us += TT_US_PER_DAY)
			set_out(w, us, sensor);
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
