/* SPDX-License-Identifier: BSD-3-Clause */
/* Since when a target's packets and sources are more or fewer. */
#include "tt_notable_private.h"

#define WEEK_DAYS 7

static const char *
time_of(struct tt_notable *w, size_t slice, enum tt_cause_span span)
{
	int64_t us = w->cause.options.from_us[span] + (int64_t)slice * w->cause.slice_us;
	enum tt_date_form form = w->cause.n_days[TT_CAUSE_NOW] < WEEK_DAYS
			? TT_DATE_TIME
			: TT_DATE_DAY_OF_YEAR;
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(
			w->doc, tt_locale_date(w->locale, form, us, text, sizeof(text)));
}

static bool
is_up(const struct tt_change *change)
{
	return change->after > change->before;
}

/* last: the change that was told before it; NULL: none. */
static void
say_change(struct tt_notable *w, struct tt_doc_section *s, const struct tt_change *change,
		const struct tt_change *last, enum tt_cause_span span)
{
	bool up = is_up(change);
	enum tt_word word = up ? TT_WORD_NOTABLE_SINCE_UP : TT_WORD_NOTABLE_SINCE_DOWN;

	if (last != NULL && up == is_up(last))
		word = up ? TT_WORD_NOTABLE_AGAIN_UP : TT_WORD_NOTABLE_AGAIN_DOWN;
	else if (last != NULL)
		word = up ? TT_WORD_NOTABLE_TURNED_UP : TT_WORD_NOTABLE_TURNED_DOWN;
	tt_notable_say(w, s, TT_ELEMENT_TEXT, word, time_of(w, change->at, span),
			tt_notable_rate(w, change->after),
			tt_notable_rate(w, change->before), NULL);
}

/* The first change that goes the way of the whole, and what followed it. */
void
tt_notable_say_since(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause_target *found = &w->cause.found[t->of];
	const struct tt_change *last = &found->change;

	if (found->has_change)
		say_change(w, s, &found->change, NULL, TT_CAUSE_NOW);
	else if (found->has_earlier)
		say_change(w, s, &found->earlier, NULL, TT_CAUSE_BEFORE);
	for (int i = 0; found->has_change && i < found->n_changes; i++) {
		if (found->changes[i].at <= found->change.at)
			continue;
		say_change(w, s, &found->changes[i], last, TT_CAUSE_NOW);
		last = &found->changes[i];
	}
}

const char *
tt_notable_since(struct tt_notable *w, const struct tt_notable_target *t)
{
	return time_of(w, w->cause.found[t->of].change.at, TT_CAUSE_NOW);
}

bool
tt_notable_turned(const struct tt_notable *w, const struct tt_notable_target *t)
{
	const struct tt_cause_target *found = &w->cause.found[t->of];

	return found->has_change
			&& is_up(&found->changes[found->n_changes - 1])
			!= is_up(&found->change);
}

static void
say_source_change(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_change *change)
{
	const char *sensors = tt_notable_sensors_changed(w, change->at);
	enum tt_word word = is_up(change) ? TT_WORD_NOTABLE_SOURCES_UP
					  : TT_WORD_NOTABLE_SOURCES_DOWN;

	if (sensors != NULL)
		word = TT_WORD_NOTABLE_SOURCES_SENSORS;
	tt_notable_say(w, s, TT_ELEMENT_TEXT, word, tt_notable_day(w, change->at),
			tt_notable_number(w, (uint64_t)(change->after + 0.5)),
			tt_notable_number(w, (uint64_t)(change->before + 0.5)), sensors,
			NULL);
}

/* Since when there are more or fewer sources a day: changes of the series of their numbers. */
void
tt_notable_say_source_changes(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	size_t n = c->n_days[TT_CAUSE_NOW];
	double *numbers = tt_document_alloc(w->doc, (n + 1) * sizeof(double));
	double *ones = tt_document_alloc(w->doc, (n + 1) * sizeof(double));
	struct tt_change changes[TT_CHANGES_MAX];
	int found;

	if (numbers == NULL || ones == NULL || c->sources.useless
			|| n > TT_SOURCE_SLICES_MAX)
		return;
	for (size_t day = 0; day < n; day++) {
		numbers[day] = (double)tt_cause_sources(
				c, t->of, day, day + 1, TT_SOURCES_ANYWHERE)
					       .n;
		ones[day] = c->days[TT_CAUSE_NOW][day].us > 0;
	}
	found = tt_changes_find(numbers, ones, n, changes);
	for (int i = 0; i < found; i++)
		say_source_change(w, s, &changes[i]);
}
