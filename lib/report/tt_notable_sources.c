/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of sources, which are compared between times of the same length, or nearly so, alone. */
#include "tt_notable_private.h"

/* Lengths that differ by less than this part of the longer one, as 30 and 31 days do, and 28 and 31 do not. */
#define ALIKE 20

/* What a span has of one of its days, the first and the last of which may be cut. */
static int64_t
day_us(const struct tt_cause *c, enum tt_cause_span span, size_t day)
{
	int64_t from_us = c->origin_us[span] + (int64_t)day * TT_US_PER_DAY;
	int64_t to_us = from_us + TT_US_PER_DAY;

	if (from_us < c->options.from_us[span])
		from_us = c->options.from_us[span];
	if (to_us > c->options.to_us[span])
		to_us = c->options.to_us[span];
	return to_us - from_us;
}

/* How much of that was observed, to the hour; all of it where nearly all was, or where it is not known by day. Sources of
 * snapshots that reach over midnight are counted. */
static int64_t
observed_us(const struct tt_cause *c, enum tt_cause_span span, size_t day)
{
	const int64_t hour_us = TT_US_PER_DAY / 24;
	const struct tt_day_share *shares = c->options.day_shares[span];
	double all_us = (double)day_us(c, span, day), us;

	if (shares == NULL || shares[day].observed <= 0)
		return day_us(c, span, day);
	us = (shares[day].observed + shares[day].torn) * (double)TT_US_PER_DAY;
	if (us >= TT_PERIOD_WHOLE_DAY * all_us)
		return day_us(c, span, day);
	if (us < (double)hour_us)
		return (int64_t)us;
	return (int64_t)(us / (double)hour_us + 0.5) * hour_us;
}

/* What was observed of the days of a span; all of it where nothing is known by day. */
static int64_t
length_us(const struct tt_cause *c, enum tt_cause_span span)
{
	int64_t us = 0;

	for (size_t day = 0; day < c->n_days[span]; day++)
		us += c->days[span][day].us > 0 ? observed_us(c, span, day) : 0;
	return us > 0 ? us : c->options.to_us[span] - c->options.from_us[span];
}

bool
tt_notable_alike_length(const struct tt_notable *w)
{
	int64_t now = length_us(&w->cause, TT_CAUSE_NOW);
	int64_t before = length_us(&w->cause, TT_CAUSE_BEFORE);
	int64_t longer = now > before ? now : before;
	int64_t shorter = now > before ? before : now;

	return longer - shorter < longer / ALIKE;
}

const char *
tt_notable_length(struct tt_notable *w, enum tt_cause_span span)
{
	int64_t minutes = length_us(&w->cause, span) / TT_US_PER_MINUTE;
	const int64_t hour = 60, day = 24 * hour;
	enum tt_word word = minutes == 1 ? TT_WORD_NOTABLE_ONE_MINUTE
					 : TT_WORD_NOTABLE_MINUTES;
	const char *n;

	if (minutes % day == 0) {
		minutes /= day;
		word = minutes == 1 ? TT_WORD_NOTABLE_ONE_DAY : TT_WORD_NOTABLE_DAYS;
	} else if (minutes % hour == 0) {
		minutes /= hour;
		word = minutes == 1 ? TT_WORD_NOTABLE_ONE_HOUR : TT_WORD_NOTABLE_HOURS;
	}
	n = tt_notable_number(w, (uint64_t)minutes);
	return tt_notable_fill(w, word, &n, 1);
}

static void
say_both(struct tt_notable *w, struct tt_doc_section *s, struct tt_source_count now,
		struct tt_source_count before)
{
	bool alike = tt_notable_alike_length(w);

	tt_notable_say(w, s, TT_ELEMENT_TEXT,
			alike ? TT_WORD_NOTABLE_SOURCES : TT_WORD_NOTABLE_SOURCES_LENGTHS,
			tt_notable_from(w, now), tt_notable_sources(w, before),
			tt_report_in_before(w->report),
			alike ? NULL : tt_notable_length(w, TT_CAUSE_NOW),
			tt_notable_length(w, TT_CAUSE_BEFORE), NULL);
}

static void
note(struct tt_report *r, const struct tt_source_count *count, bool *estimated)
{
	double error = count->n > 0 ? count->error / (double)count->n : 0;

	if (count->stderr_n == 0)
		return;
	*estimated = true;
	if (error > r->notable.error)
		r->notable.error = error;
}

void
tt_notable_note_sources(struct tt_notable *w, const struct tt_notable_target *t)
{
	struct tt_report *r = w->report;
	bool estimated = false;

	for (unsigned span = 0; span < TT_N_CAUSE_SPANS; span++) {
		struct tt_source_count count = tt_cause_all_sources(
				&w->cause, t->of, (enum tt_cause_span)span);

		note(r, &count, &estimated);
	}
	r->notable.targets++;
	r->notable.estimated += estimated;
}

void
tt_notable_say_sources(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	struct tt_source_count now = tt_cause_all_sources(c, t->of, TT_CAUSE_NOW);
	struct tt_source_count before = tt_cause_all_sources(c, t->of, TT_CAUSE_BEFORE);

	if (now.unknown || before.unknown)
		return;
	if (w->report->before == NULL)
		tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_SOURCES_ALONE,
				tt_notable_from(w, now), NULL);
	else if (now.n == 0)
		tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_SOURCES_NONE,
				tt_notable_sources(w, before),
				tt_report_in_before(w->report), NULL);
	else
		say_both(w, s, now, before);
}
