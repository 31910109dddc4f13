/* SPDX-License-Identifier: BSD-3-Clause */
/* Which sensors observed on which days of both periods, and how many addresses, and what is said where that was not the same. */
#include "tt_notable_private.h"
#include "tt_time.h"

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

size_t
tt_notable_n_days(const struct tt_notable *w)
{
	return n_before(w) + w->cause.n_days[TT_CAUSE_NOW];
}

struct tt_sensor_day *
tt_notable_sensor_day(const struct tt_notable *w, size_t day, size_t sensor)
{
	return &w->sensor_days[day * w->report->now->archive->n_sensors + sensor];
}

bool
tt_notable_any_observed(const struct tt_notable *w, size_t day)
{
	for (size_t i = 0; i < w->report->now->archive->n_sensors; i++)
		if (tt_notable_sensor_day(w, day, i)->observed)
			return true;
	return false;
}

static void
add_entry(struct tt_sensor_day *d, const struct tt_archive_entry *e)
{
	if (!d->observed || e->least_addresses < d->least)
		d->least = e->least_addresses;
	if (!d->observed || e->addresses > d->most)
		d->most = e->addresses;
	d->observed = true;
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
		add_entry(tt_notable_sensor_day(w, base + day, e->sensor), e);
}

void
tt_notable_find_sensors(struct tt_notable *w)
{
	const struct tt_archive *a = w->report->now->archive;
	const struct tt_cause_options *o = &w->cause.options;
	size_t room = tt_notable_n_days(w) * a->n_sensors * sizeof(*w->sensor_days);

	w->sensor_days = tt_document_alloc(w->doc, room + 1);
	for (size_t i = 0; w->sensor_days != NULL && i < a->n; i++) {
		const struct tt_archive_entry *e = &a->entries[i];

		for (unsigned s = 0; s < TT_N_CAUSE_SPANS && !e->damaged; s++)
			if (e->start_us >= o->from_us[s] && e->end_us <= o->to_us[s])
				mark(w, e, (enum tt_cause_span)s);
	}
}

/* The day of either period that begins at a time; SIZE_MAX: none. */
size_t
tt_notable_day_from(const struct tt_notable *w, int64_t us)
{
	const struct tt_cause *c = &w->cause;
	int64_t now = (us - c->origin_us[TT_CAUSE_NOW]) / TT_US_PER_DAY;
	int64_t before = (us - c->origin_us[TT_CAUSE_BEFORE]) / TT_US_PER_DAY;

	if (us >= c->origin_us[TT_CAUSE_NOW] && (size_t)now < c->n_days[TT_CAUSE_NOW])
		return n_before(w) + (size_t)now;
	if (us >= c->origin_us[TT_CAUSE_BEFORE] && (size_t)before < n_before(w))
		return (size_t)before;
	return SIZE_MAX;
}

const char *
tt_notable_date(const struct tt_notable *w, size_t day)
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
	struct tt_sensor_days days = tt_notable_days_of(w, sensor);
	const char *outages = tt_notable_outages(w, sensor, &days);
	const char *args[] = {w->report->now->archive->sensors[sensor],
			tt_notable_number(w, days.own), tt_notable_number(w, days.any),
			tt_notable_date(w, days.first), tt_notable_date(w, days.last),
			outages};

	if (days.own == 0 || days.own == days.any)
		return NULL;
	if (days.own == 1)
		return tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_DAY, args, 4);
	if (outages == NULL)
		return tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_DAYS, args, 5);
	return tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_DAYS_BUT, args, 6);
}

/* Warns of the sensors of which there is something to say. */
static void
warn(struct tt_notable *w, struct tt_doc_section *chapter, enum tt_word word,
		const char *(*text_of)(struct tt_notable *, size_t))
{
	const struct tt_archive *a = w->report->now->archive;
	const char *names[NAMED + 1];
	size_t n = 0;

	for (size_t i = 0; w->sensor_days != NULL && i < a->n_sensors; i++) {
		const char *text = text_of(w, i);

		if (text == NULL)
			continue;
		if (n < NAMED)
			names[n] = text;
		n++;
	}
	if (n > NAMED) {
		const char *more = tt_notable_number(w, n - NAMED);

		names[NAMED] = tt_notable_fill(w, TT_WORD_NOTABLE_SENSORS_MORE, &more, 1);
		n = NAMED + 1;
	}
	if (n > 0)
		tt_notable_say(w, chapter, TT_ELEMENT_WARNING, word,
				tt_report_list(w->report, names, n), NULL);
}

void
tt_notable_warn_sensors(struct tt_notable *w, struct tt_doc_section *chapter)
{
	warn(w, chapter, TT_WORD_NOTABLE_SENSORS, days_of);
	warn(w, chapter,
			w->report->unit == TT_PER_SENSOR ? TT_WORD_NOTABLE_SIZES_UNDIVIDED
							 : TT_WORD_NOTABLE_SIZES,
			tt_notable_sizes_of);
}

/* Is a sensor there on a day, even if it is out? */
static bool
is_there(const struct tt_notable *w, size_t day, size_t sensor)
{
	const struct tt_sensor_day *d = tt_notable_sensor_day(w, day, sensor);

	return d->observed || d->out;
}

/* Did a sensor begin (+1) or end (-1) on a day, or is it as it was on the last day on which any observed (0)? */
static int
turn_of(const struct tt_notable *w, size_t day, size_t sensor)
{
	size_t last = day;

	if (day >= tt_notable_n_days(w) || !tt_notable_any_observed(w, day))
		return 0;
	while (last > 0 && !tt_notable_any_observed(w, last - 1))
		last--;
	return last == 0 ? 0 : is_there(w, day, sensor) - is_there(w, last - 1, sensor);
}

/* What became of a sensor in the days [first, end); NULL: nothing. */
static const char *
turned(struct tt_notable *w, size_t first, size_t end, size_t sensor)
{
	const char *name = w->report->now->archive->sensors[sensor];
	int turn = 0;

	for (size_t d = first; d < end && turn == 0; d++)
		turn = turn_of(w, d, sensor);
	if (turn == 0)
		return tt_notable_resized(w, first, end, sensor);
	return tt_notable_fill(w,
			turn > 0 ? TT_WORD_NOTABLE_SENSOR_CAME
				 : TT_WORD_NOTABLE_SENSOR_WENT,
			&name, 1);
}

/* The same of all sensors. */
static const char *
all_turned(struct tt_notable *w, size_t first, size_t end)
{
	const struct tt_archive *a = w->report->now->archive;
	const char *names[NAMED];
	size_t n = 0;

	for (size_t i = 0; w->sensor_days != NULL && i < a->n_sensors && n < NAMED; i++) {
		names[n] = turned(w, first, end, i);
		n += names[n] != NULL;
	}
	return n == 0 ? NULL : tt_report_list(w->report, names, n);
}

/* A sensor that begins or ends within a day changes it and the one beside it. */
const char *
tt_notable_sensors_changed(struct tt_notable *w, size_t last, size_t day)
{
	return all_turned(w, n_before(w) + last, n_before(w) + day + 2);
}

const char *
tt_notable_sensors_turned(struct tt_notable *w, const struct tt_cause_change *change)
{
	const int64_t midnight_us = w->cause.options.midnight_us;
	int64_t last_us = tt_time_floor(change->open_us - 1 - midnight_us, TT_US_PER_DAY);
	int64_t day_us = tt_time_floor(change->at_us - midnight_us, TT_US_PER_DAY);
	size_t last = tt_notable_day_from(w, last_us + midnight_us);
	size_t day = tt_notable_day_from(w, day_us + midnight_us);

	if (last == SIZE_MAX || day == SIZE_MAX)
		return NULL;
	return all_turned(w, last, day + (tt_cause_by_hours(&w->cause) ? 1 : 2));
}
