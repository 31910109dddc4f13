/* SPDX-License-Identifier: BSD-3-Clause */
/* Since when a target's packets and sources are more or fewer. */
#include "tt_notable_private.h"

static const char *
time_of(struct tt_notable *w, int64_t us)
{
	enum tt_date_form form = tt_cause_by_hours(&w->cause) ? TT_DATE_TIME_IN_TEXT
							      : TT_DATE_DAY_OF_YEAR;
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(
			w->doc, tt_locale_date(w->locale, form, us, text, sizeof(text)));
}

/* "on 19 July", "at 00:00 on 19 July 2009" */
static const char *
on(struct tt_notable *w, const char *time)
{
	return tt_notable_fill(w,
			tt_cause_by_hours(&w->cause) ? TT_WORD_NOTABLE_AT
						     : TT_WORD_NOTABLE_ON,
			&time, 1);
}

/* "between 19 July and 25 July (not observed in between)" */
static const char *
between(struct tt_notable *w, const char *from, const char *to, bool partly)
{
	const char *args[] = {from, to};

	return tt_notable_fill(w,
			partly ? TT_WORD_NOTABLE_BETWEEN_PARTLY : TT_WORD_NOTABLE_BETWEEN,
			args, TT_ARRAY_SIZE(args));
}

/* "from then on", or "from then to 24 July": up to the last day before the next change; until_us: where that day ends, or the
 * hour; 0: there is none. */
static const char *
onward(struct tt_notable *w, int64_t until_us)
{
	const char *last;

	if (until_us == 0)
		return tt_locale_word(w->locale, TT_WORD_NOTABLE_ONWARD);
	last = time_of(w,
			tt_cause_by_hours(&w->cause) ? until_us
						     : until_us - TT_US_PER_DAY);
	return tt_notable_fill(w, TT_WORD_NOTABLE_ONWARD_TO, &last, 1);
}

static bool
is_up(const struct tt_cause_change *change)
{
	return change->after > change->before;
}

/* By whether time before the change was not observed, and whether it is a rise. */
static const struct {
	enum tt_word first, again,
			turned; /* the first that is told, or after one the same way, or the other way */
} words[2][2] = {
		[false][false] = {TT_WORD_NOTABLE_SINCE_DOWN, TT_WORD_NOTABLE_AGAIN_DOWN,
				TT_WORD_NOTABLE_TURNED_DOWN},
		[false][true] = {TT_WORD_NOTABLE_SINCE_UP, TT_WORD_NOTABLE_AGAIN_UP,
				TT_WORD_NOTABLE_TURNED_UP},
		[true][false] = {TT_WORD_NOTABLE_GAP_DOWN, TT_WORD_NOTABLE_GAP_AGAIN_DOWN,
				TT_WORD_NOTABLE_GAP_TURNED_DOWN},
		[true][true] = {TT_WORD_NOTABLE_GAP_UP, TT_WORD_NOTABLE_GAP_AGAIN_UP,
				TT_WORD_NOTABLE_GAP_TURNED_UP},
};

/* Of a series that has days without any, the median is 0.00 and not "none". */
static const char *
median_text(struct tt_notable *w, double rate)
{
	return tt_notable_value(w, tt_value_number(TT_VALUE_RATE, rate));
}

/* last: the change that was told before it; NULL: none. */
static void
say_change(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_cause_change *change, const struct tt_cause_change *last)
{
	bool up = is_up(change), gap = change->open_us < change->at_us;
	enum tt_word word = words[gap][up].first;
	const char *when = time_of(w, change->at_us);
	const char *sensors = tt_notable_sensors_turned(w, change);

	if (last != NULL)
		word = up == is_up(last) ? words[gap][up].again : words[gap][up].turned;
	if (gap)
		when = between(w, time_of(w, change->open_us), when, change->partly);
	else
		when = on(w, when);
	tt_notable_say(w, s, TT_ELEMENT_TEXT, word, when, median_text(w, change->after),
			median_text(w, change->before), tt_report_per(w->report),
			onward(w, change->until_us), NULL);
	if (sensors != NULL)
		tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_CHANGE_SENSORS,
				sensors, NULL);
}

/* The first change that goes the way of the whole, and what followed it. */
void
tt_notable_say_since(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause_target *found = &w->cause.found[t->of];
	const struct tt_cause_change *last = &found->change;

	if (found->has_change)
		say_change(w, s, &found->change, NULL);
	else if (found->has_earlier)
		say_change(w, s, &found->earlier, NULL);
	for (int i = 0; found->has_change && i < found->n_changes; i++) {
		if (found->changes[i].at_us <= found->change.at_us)
			continue;
		say_change(w, s, &found->changes[i], last);
		last = &found->changes[i];
	}
}

const char *
tt_notable_since(struct tt_notable *w, const struct tt_notable_target *t)
{
	return time_of(w, w->cause.found[t->of].change.at_us);
}

bool
tt_notable_turned(const struct tt_notable *w, const struct tt_notable_target *t)
{
	const struct tt_cause_target *found = &w->cause.found[t->of];

	return found->has_change
			&& is_up(&found->changes[found->n_changes - 1])
			!= is_up(&found->change);
}

/* Sources a day, by day of the period. */
struct daily {
	double *numbers; /* [n] */
	double *exposures; /* [n] 1; 0: the day is left out */
	size_t n;
	struct tt_notable_estimates estimates; /* of the days that are not left out */
	bool unknown; /* the number of some day is not known */
};

/* Is something observed on one of the days [first, end) of the period? */
static bool
is_any_covered(const struct tt_cause *c, size_t first, size_t end)
{
	size_t per_day = (size_t)(TT_US_PER_DAY / c->slice_us);
	size_t n = c->n_slices[TT_CAUSE_NOW];

	for (size_t i = first * per_day; i < end * per_day && i < n; i++)
		if (c->covered[TT_CAUSE_NOW][i] != TT_CAUSE_NOT_COVERED)
			return true;
	return false;
}

/* The same of numbers by day. next: the change that comes after; NULL: none. */
static const char *
source_onward(struct tt_notable *w, const struct tt_change *next)
{
	const char *last;

	if (next == NULL)
		return tt_locale_word(w->locale, TT_WORD_NOTABLE_ONWARD);
	last = tt_notable_day(w, next->last);
	return tt_notable_fill(w, TT_WORD_NOTABLE_ONWARD_TO, &last, 1);
}

/* next: the one that comes after it; NULL: none. */
static void
say_source_change(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_change *change, const struct tt_change *next)
{
	const char *sensors = tt_notable_sensors_changed(w, change->last, change->at);
	const char *when = tt_notable_day(w, change->at);
	bool up = change->after > change->before, gap = change->last + 1 < change->at;
	enum tt_word word = up ? TT_WORD_NOTABLE_SOURCES_UP
			       : TT_WORD_NOTABLE_SOURCES_DOWN;

	if (sensors != NULL)
		word = TT_WORD_NOTABLE_SOURCES_SENSORS;
	else if (gap) {
		word = up ? TT_WORD_NOTABLE_GAP_SOURCES_UP
			  : TT_WORD_NOTABLE_GAP_SOURCES_DOWN;
		when = between(w, tt_notable_day(w, change->last + 1), when,
				is_any_covered(&w->cause, change->last + 1, change->at));
	}
	tt_notable_say(w, s, TT_ELEMENT_TEXT, word, when,
			tt_notable_number(w, (uint64_t)(change->after + 0.5)),
			tt_notable_number(w, (uint64_t)(change->before + 0.5)),
			sensors != NULL ? sensors : "", source_onward(w, next), NULL);
}

/* Of a day that was observed in part, some sources are not known. */
static void
fill_daily(const struct tt_notable *w, const struct tt_notable_target *t, struct daily *d)
{
	const struct tt_cause *c = &w->cause;
	const struct tt_day_share *shares = c->options.day_shares[TT_CAUSE_NOW];
	const bool *left_out = c->options.left_out[TT_CAUSE_NOW];

	for (size_t day = 0; day < d->n; day++) {
		struct tt_source_count count = tt_cause_sources(
				c, t->of, day, day + 1, TT_SOURCES_ANYWHERE);

		d->numbers[day] = (double)count.n;
		d->exposures[day] = c->days[TT_CAUSE_NOW][day].us > 0 && shares != NULL
				&& tt_day_is_whole(shares[day])
				&& !(left_out != NULL && left_out[day]);
		if (d->exposures[day] == 0)
			continue;
		tt_notable_note_estimate(&d->estimates, &count);
		d->unknown = d->unknown || count.unknown;
	}
}

/* Since when there are more or fewer sources a day: changes of the series of their numbers. */
void
tt_notable_say_source_changes(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	size_t n = c->n_days[TT_CAUSE_NOW];
	struct daily d = {.numbers = tt_document_alloc(w->doc, (n + 1) * sizeof(double)),
			.exposures = tt_document_alloc(w->doc, (n + 1) * sizeof(double)),
			.n = n};
	struct tt_change changes[TT_CHANGES_MAX];
	int found;

	if (d.numbers == NULL || d.exposures == NULL || n > TT_SOURCE_SLICES_MAX)
		return;
	fill_daily(w, t, &d);
	if (d.unknown)
		return;
	found = tt_changes_find(d.numbers, d.exposures, n, changes);
	for (int i = 0; i < found; i++)
		say_source_change(w, s, &changes[i],
				i + 1 < found ? &changes[i + 1] : NULL);
	if (found > 0 && d.estimates.n > 0)
		tt_document_say(w->doc, s, TT_ELEMENT_TEXT,
				tt_notable_estimated_days(w, &d.estimates));
}
