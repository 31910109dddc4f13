/* SPDX-License-Identifier: BSD-3-Clause */
/* Which sensors observed on which days of both periods, and how many addresses, and what is said where that was not the same. */
#include "tt_notable_private.h"
#include "tt_time.h"

#include <string.h>

#define NAMED 4 /* sensors; of others, how many they are */

/* Days of the period before come first, then those of the period. A day of which both have a part is one of the
 * period's. */
static bool
adjoin(const struct tt_notable *w)
{
	const struct tt_cause_options *o = &w->cause.options;

	return o->to_us[TT_CAUSE_BEFORE] == o->from_us[TT_CAUSE_NOW];
}

static size_t
n_before(const struct tt_notable *w)
{
	const struct tt_cause *c = &w->cause;

	if (adjoin(w))
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

size_t
tt_notable_time_begin(const struct tt_notable *w, size_t day)
{
	return day >= n_before(w) && !adjoin(w) ? n_before(w) : 0;
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

int64_t
tt_notable_begin_us(const struct tt_notable *w)
{
	const struct tt_cause *c = &w->cause;
	int64_t us = c->origin_us[TT_CAUSE_NOW];

	return c->n_days[TT_CAUSE_BEFORE] > 0 && c->origin_us[TT_CAUSE_BEFORE] < us
			? c->origin_us[TT_CAUSE_BEFORE]
			: us;
}

int64_t
tt_notable_end_us(const struct tt_notable *w)
{
	const struct tt_cause *c = &w->cause;
	int64_t end_us = INT64_MIN;

	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		int64_t us = c->origin_us[s] + (int64_t)c->n_days[s] * TT_US_PER_DAY;

		end_us = c->n_days[s] > 0 && us > end_us ? us : end_us;
	}
	return end_us;
}

size_t
tt_notable_days_at(const struct tt_notable *w, int64_t us, size_t days[TT_N_CAUSE_SPANS])
{
	const size_t n_days[] = {[TT_CAUSE_BEFORE] = n_before(w),
			[TT_CAUSE_NOW] = w->cause.n_days[TT_CAUSE_NOW]};
	size_t n = 0;

	for (unsigned s = 0; s < TT_N_CAUSE_SPANS; s++) {
		int64_t at_us = us - w->cause.origin_us[s];

		if (at_us >= 0 && (size_t)(at_us / TT_US_PER_DAY) < n_days[s])
			days[n++] = (s == TT_CAUSE_NOW ? n_before(w) : 0)
					+ (size_t)(at_us / TT_US_PER_DAY);
	}
	return n;
}

struct tt_sensor_day
tt_notable_sensor_at(const struct tt_notable *w, int64_t us, size_t sensor)
{
	struct tt_sensor_day at = {0};
	size_t days[TT_N_CAUSE_SPANS];

	for (size_t i = tt_notable_days_at(w, us, days); i > 0; i--) {
		const struct tt_sensor_day *d = tt_notable_sensor_day(
				w, days[i - 1], sensor);

		at.observed |= d->observed;
		at.damaged |= d->damaged;
	}
	return at;
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

/* The days of a span that a snapshot [start_us, end_us) has some of: their number, and the first of them. */
static size_t
days_within(const struct tt_notable *w, enum tt_cause_span span, int64_t start_us,
		int64_t end_us, size_t *begin)
{
	int64_t from_us = w->cause.origin_us[span];
	size_t first = (size_t)((start_us - from_us) / TT_US_PER_DAY);
	size_t end = (size_t)((end_us - 1 - from_us) / TT_US_PER_DAY) + 1;

	*begin = first + (span == TT_CAUSE_NOW ? n_before(w) : 0);
	return (end < w->cause.n_days[span] ? end : w->cause.n_days[span]) - first;
}

static void
mark(struct tt_notable *w, const struct tt_archive_entry *e, enum tt_cause_span span)
{
	size_t first, n = days_within(w, span, e->start_us, e->end_us, &first);

	for (size_t i = 0; i < n; i++)
		add_entry(tt_notable_sensor_day(w, first + i, e->sensor), e);
}

/* The same of one that is in no figure. */
static void
mark_damage(struct tt_notable *w, const struct tt_archive_damage *d)
{
	const struct tt_archive *a = w->report->now->archive;
	const struct tt_cause_options *o = &w->cause.options;
	int64_t end_us = d->end_us > d->start_us ? d->end_us : d->start_us + 1;
	size_t sensor = 0, first;

	while (sensor < a->n_sensors && strcmp(a->sensors[sensor], d->sensor) != 0)
		sensor++;
	for (unsigned s = 0; s < TT_N_CAUSE_SPANS && sensor < a->n_sensors; s++) {
		if (d->start_us < o->from_us[s] || end_us > o->to_us[s])
			continue;
		for (size_t i = days_within(w, s, d->start_us, end_us, &first); i > 0;
				i--)
			tt_notable_sensor_day(w, first + i - 1, sensor)->damaged = true;
	}
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
	for (size_t i = 0; w->sensor_days != NULL && i < a->n_damages; i++)
		if (tt_archive_damage_is_lost(&a->damages[i]))
			mark_damage(w, &a->damages[i]);
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
			tt_report_date(w->report, TT_DATE_DAY, days.first_us),
			tt_report_date(w->report, TT_DATE_DAY, days.last_us)};
	const char *texts[] = {NULL, outages};

	if (days.own == 0 || days.own == days.any)
		return NULL;
	texts[0] = days.own == 1
			? tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_DAY, args, 4)
			: tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_DAYS, args, 5);
	return outages == NULL ? texts[0]
			       : tt_notable_fill(w, TT_WORD_NOTABLE_SENSOR_BUT, texts, 2);
}

/* The first NAMED of n texts, and how many more there are; NULL: of none. names: [NAMED + 1]. */
static const char *
list_named(struct tt_notable *w, const char **names, size_t n)
{
	if (n > NAMED) {
		const char *more = tt_notable_number(w, n - NAMED);

		names[NAMED] = tt_notable_fill(w, TT_WORD_NOTABLE_SENSORS_MORE, &more, 1);
		n = NAMED + 1;
	}
	return n == 0 ? NULL : tt_report_list(w->report, names, n);
}

/* Warns of the sensors of which there is something to say, with a hint at others where there are such: one sensor, such as that of a merged
 * spool, cannot be chosen from. */
static void
warn(struct tt_notable *w, struct tt_doc_section *chapter, enum tt_word word,
		enum tt_word hint, const char *(*text_of)(struct tt_notable *, size_t))
{
	const struct tt_archive *a = w->report->now->archive;
	const char *names[NAMED + 1];
	size_t n = 0;
	bool others = false;

	for (size_t i = 0; w->sensor_days != NULL && i < a->n_sensors; i++) {
		const char *text = text_of(w, i);

		if (text == NULL) {
			others = others || tt_notable_days_of(w, i).own > 0;
			continue;
		}
		if (n < NAMED)
			names[n] = text;
		n++;
	}
	if (n > 0)
		tt_notable_say(w, chapter, TT_ELEMENT_WARNING, word,
				list_named(w, names, n),
				others ? tt_locale_word(w->locale, hint) : "", NULL);
}

void
tt_notable_warn_sensors(struct tt_notable *w, struct tt_doc_section *chapter)
{
	warn(w, chapter, TT_WORD_NOTABLE_SENSORS, TT_WORD_NOTABLE_SENSORS_HINT, days_of);
	warn(w, chapter,
			w->report->unit == TT_PER_SENSOR ? TT_WORD_NOTABLE_SIZES_UNDIVIDED
							 : TT_WORD_NOTABLE_SIZES,
			TT_WORD_NOTABLE_SIZES_HINT, tt_notable_sizes_of);
}

/* Is a sensor there on a day, even if it is out? */
static bool
is_there(const struct tt_notable *w, size_t day, size_t sensor)
{
	const struct tt_sensor_day *d = tt_notable_sensor_day(w, day, sensor);

	return d->observed || d->out;
}

enum turn {
	STAYED,
	CAME,
	WENT,
	DAMAGED, /* of the one day or the other, it has snapshots that are in no figure */
};

/* What became of a sensor on a day, since the last day of its time on which any observed? */
static enum turn
turn_of(const struct tt_notable *w, size_t day, size_t sensor)
{
	size_t begin = tt_notable_time_begin(w, day), last = day;
	bool there, was;

	if (day >= tt_notable_n_days(w) || !tt_notable_any_observed(w, day))
		return STAYED;
	while (last > begin && !tt_notable_any_observed(w, last - 1))
		last--;
	if (last == begin)
		return STAYED;
	there = is_there(w, day, sensor);
	was = is_there(w, last - 1, sensor);
	if (there == was)
		return STAYED;
	if (tt_notable_sensor_day(w, there ? last - 1 : day, sensor)->damaged)
		return DAMAGED;
	return there ? CAME : WENT;
}

/* What became of a sensor in the days [first, end); NULL: nothing. */
static const char *
turned(struct tt_notable *w, size_t first, size_t end, size_t sensor)
{
	static const enum tt_word words[] = {[CAME] = TT_WORD_NOTABLE_SENSOR_CAME,
			[WENT] = TT_WORD_NOTABLE_SENSOR_WENT,
			[DAMAGED] = TT_WORD_NOTABLE_SENSOR_DAMAGED};
	const char *name = w->report->now->archive->sensors[sensor];
	enum turn turn = STAYED;

	for (size_t d = first; d < end && turn == STAYED; d++)
		turn = turn_of(w, d, sensor);
	if (turn == STAYED)
		return tt_notable_resized(w, first, end, sensor);
	return tt_notable_fill(w, words[turn], &name, 1);
}

/* The same of all sensors. */
static const char *
all_turned(struct tt_notable *w, size_t first, size_t end)
{
	const struct tt_archive *a = w->report->now->archive;
	const char *names[NAMED + 1];
	size_t n = 0;

	for (size_t i = 0; w->sensor_days != NULL && i < a->n_sensors; i++) {
		const char *text = turned(w, first, end, i);

		if (text == NULL)
			continue;
		if (n < NAMED)
			names[n] = text;
		n++;
	}
	return list_named(w, names, n);
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
