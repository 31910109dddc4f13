/* SPDX-License-Identifier: BSD-3-Clause */
/* Which time was not observed, and whether rises and falls may come from that. */
#include "tt_report_text.h"

#include <math.h>
#include <stdlib.h>

#define NAMED 3 /* of the longest; of others, how many they are */

/* Time that a sensor has no snapshot of, or one that observed too little of it. */
struct gap {
	int64_t from_us, to_us;
	bool partly; /* some of it was observed */
	uint32_t sensor;
	size_t n_sensors; /* that have the same */
};

struct gaps {
	const struct tt_period *period;
	struct gap *all; /* [n] */
	size_t n;
};

static void
add(struct gaps *gaps, struct gap gap)
{
	struct gap *last = gaps->n == 0 ? NULL : &gaps->all[gaps->n - 1];

	if (gap.from_us < gaps->period->from_us)
		gap.from_us = gaps->period->from_us;
	if (gap.to_us > gaps->period->to_us)
		gap.to_us = gaps->period->to_us;
	if (gap.to_us - gap.from_us < TT_US_PER_MINUTE)
		return;
	gap.n_sensors = 1;
	if (last != NULL && last->sensor == gap.sensor && last->partly == gap.partly
			&& last->to_us == gap.from_us)
		last->to_us = gap.to_us;
	else
		gaps->all[gaps->n++] = gap;
}

/* entries[n]: those of one sensor. What reaches over an end of the period is told elsewhere, and not missing here. */
static void
add_sensor(struct gaps *gaps, const struct tt_archive_entry *entries, size_t n)
{
	int64_t until_us = gaps->period->from_us;
	uint32_t sensor = entries->sensor;

	for (size_t i = 0; i < n; i++) {
		const struct tt_archive_entry *e = &entries[i];
		int64_t length_us = e->end_us - e->start_us;

		if (e->damaged || e->end_us <= until_us
				|| !tt_period_meets(gaps->period, e->start_us, e->end_us))
			continue;
		add(gaps, (struct gap){until_us, e->start_us, false, sensor, 1});
		if ((double)e->observed_us < TT_PERIOD_WHOLE_DAY * (double)length_us)
			add(gaps, (struct gap){e->start_us, e->end_us, true, sensor, 1});
		until_us = e->end_us;
	}
	add(gaps, (struct gap){until_us, gaps->period->to_us, false, sensor, 1});
}

static int
by_time(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	if (x->from_us != y->from_us)
		return x->from_us < y->from_us ? -1 : 1;
	if (x->to_us != y->to_us)
		return x->to_us < y->to_us ? -1 : 1;
	if (x->partly != y->partly)
		return x->partly ? 1 : -1;
	return x->sensor < y->sensor ? -1 : x->sensor > y->sensor;
}

static int
by_length(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;
	int64_t one_us = x->to_us - x->from_us, other_us = y->to_us - y->from_us;

	return one_us != other_us ? (one_us > other_us ? -1 : 1) : by_time(a, b);
}

/* Makes one of what sensors have in common. */
static void
join(struct gaps *gaps)
{
	size_t n = 0;

	qsort(gaps->all, gaps->n, sizeof(*gaps->all), by_time);
	for (size_t i = 0; i < gaps->n; i++) {
		struct gap *last = n == 0 ? NULL : &gaps->all[n - 1],
			   *gap = &gaps->all[i];

		if (last != NULL && last->from_us == gap->from_us
				&& last->to_us == gap->to_us
				&& last->partly == gap->partly)
			last->n_sensors++;
		else
			gaps->all[n++] = *gap;
	}
	gaps->n = n;
}

/* "8 July 2009", "19 July 2009 to 25 July 2009", with the sensors where these are not all. */
static const char *
name_of(const struct tt_report *r, const struct tt_period *of, const struct gap *gap,
		size_t n_sensors)
{
	int64_t at_us = gap->from_us + of->utc_offset_min * TT_US_PER_MINUTE;
	bool day = at_us % TT_US_PER_DAY == 0
			&& gap->to_us - gap->from_us == TT_US_PER_DAY;
	const struct tt_period period = {.kind = day ? TT_PERIOD_DAY : TT_PERIOD_SPAN,
			.utc_offset_min = of->utc_offset_min,
			.from_us = gap->from_us,
			.to_us = gap->to_us};
	const char *name = tt_report_period(r, &period);

	if (gap->partly)
		name = TT_REPORT_FILL(r, MISSING_PARTLY, name);
	if (gap->n_sensors == n_sensors)
		return name;
	if (gap->n_sensors == 1)
		return TT_REPORT_FILL(r, MISSING_SENSOR, name,
				r->now->archive->sensors[gap->sensor]);
	return TT_REPORT_FILL(
			r, MISSING_SENSORS, name, tt_report_count(r, gap->n_sensors));
}

const char *
tt_report_missing(const struct tt_report *report, const struct tt_observation *o)
{
	const struct tt_archive *a = o->archive;
	struct gaps gaps = {.period = &o->period,
			.all = tt_document_alloc(report->doc,
					(2 * a->n + a->n_sensors + 1)
							* sizeof(struct gap))};
	const char *names[NAMED + 1];
	size_t n, n_sensors = 0;

	if (gaps.all == NULL)
		return NULL;
	for (size_t i = 0, end; i < a->n; i = end) {
		uint32_t sensor = a->entries[i].sensor;

		for (end = i; end < a->n && a->entries[end].sensor == sensor; end++)
			;
		if (o->sensors[sensor].exposure.snapshots == 0)
			continue;
		add_sensor(&gaps, &a->entries[i], end - i);
		n_sensors++;
	}
	join(&gaps);
	if (gaps.n > NAMED)
		qsort(gaps.all, gaps.n, sizeof(*gaps.all), by_length);
	n = gaps.n > NAMED ? NAMED : gaps.n;
	qsort(gaps.all, n, sizeof(*gaps.all), by_time);
	for (size_t i = 0; i < n; i++)
		names[i] = name_of(report, &o->period, &gaps.all[i], n_sensors);
	if (gaps.n > NAMED)
		names[n++] = TT_REPORT_FILL(report, MISSING_MORE,
				tt_report_count(report, gaps.n - NAMED));
	return n == 0 ? NULL : tt_report_list(report, names, n);
}

/* Was too little of the period observed, or, of one that is longer, of a week? What reaches over its ends counts as observed. */
static bool
lacks_hours(const struct tt_observation *o)
{
	double length_us = (double)(o->period.to_us - o->period.from_us);
	double week_us = (double)TT_REPORT_WEEK_US, share;
	size_t n = 0;

	for (size_t i = 0; i < o->archive->n_sensors; i++)
		n += o->sensors[i].exposure.snapshots > 0;
	if (n == 0)
		return false;
	share = tt_observation_coverage(o)
			+ (double)o->across_us / (length_us * (double)n);
	return share * length_us < TT_PERIOD_WHOLE_DAY * fmin(length_us, week_us);
}

const char *
tt_report_lacks_hours(const struct tt_report *report)
{
	const struct tt_observation *both[] = {report->now, report->before};
	const char *names[2];
	size_t n = 0;

	if (report->before == NULL)
		return NULL;
	for (size_t i = 0; i < TT_ARRAY_SIZE(both); i++)
		if (lacks_hours(both[i]))
			names[n++] = tt_report_period(report, &both[i]->period);
	if (n == 0)
		return NULL;
	return TT_REPORT_FILL(report, WARN_LACKS_HOURS, tt_report_list(report, names, n),
			tt_report_coverage(report, 100 * TT_PERIOD_WHOLE_DAY));
}
