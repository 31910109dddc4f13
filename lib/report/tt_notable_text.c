/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of a notable target: each sentence where its numbers are there, and no other. */
#include "tt_notable_private.h"

#define PORT_SHARE        0.5 /* of packets: one source port that stands out */
#define FINGERPRINT_SHARE 0.5
#define BACKSCATTER_SHARE 0.5
#define COUNTRY_SHARE     0.05 /* countries that a sentence names */

/* Is a rate shown as digits? Else it is "none" or "negligible", which have no unit. */
static bool
is_number(double rate)
{
	return tt_value_rate(rate).kind == TT_VALUE_RATE;
}

static const char *
rate_with_unit(struct tt_notable *w, double rate)
{
	const char *args[] = {tt_notable_rate(w, rate), tt_notable_unit(w)};

	return is_number(rate) ? tt_notable_fill(w, TT_WORD_NOTABLE_RATE_UNIT, args, 2)
			       : args[0];
}

/* What it is now, "none" as well, and how the sentence goes on. */
static const char *
is_now(struct tt_notable *w, double rate)
{
	const char *text = rate_with_unit(w, rate);

	return tt_notable_fill(w,
			rate == 0 ? TT_WORD_NOTABLE_IS_NONE : TT_WORD_NOTABLE_IS, &text,
			1);
}

/* What it was before, which has its unit where that of now has none. */
static const char *
was_before(struct tt_notable *w, const struct tt_notable_target *t)
{
	const char *args[] = {is_number(t->now) ? tt_notable_rate(w, t->before)
						: rate_with_unit(w, t->before),
			tt_report_in_before(w->report)};
	enum tt_word word = TT_WORD_NOTABLE_WAS;

	if (!is_number(t->before))
		word = t->before == 0 ? TT_WORD_NOTABLE_WAS_NONE
				      : TT_WORD_NOTABLE_WAS_NEGLIGIBLE;
	return tt_notable_fill(w, word, args, TT_ARRAY_SIZE(args));
}

static void
say_rate(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const char *name = tt_notable_target_name(w, t);
	bool just_before = tt_report_is_just_before(w->report);

	if (w->report->before == NULL)
		tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_RATE_ALONE, name,
				rate_with_unit(w, t->now), NULL);
	else
		tt_notable_say(w, s, TT_ELEMENT_TEXT,
				just_before ? TT_WORD_NOTABLE_RATE
					    : TT_WORD_NOTABLE_RATE_OTHER,
				name, is_now(w, t->now), was_before(w, t),
				tt_notable_change(w, t->now - t->before), NULL);
}

/* A fall is told by what is missing, unless there is something left to look at since then. */
static bool
is_fall(const struct tt_notable *w, const struct tt_notable_target *t)
{
	return w->report->before != NULL && t->ranked && t->now < t->before;
}

static void
say_countries(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	struct tt_cause_part parts[TT_NOTABLE_COUNTRIES];
	size_t n = tt_cause_top(&w->cause, &w->cause.countries, t->of, parts,
			TT_ARRAY_SIZE(parts));
	const char *list = NULL;

	for (size_t i = 0; i < n; i++)
		if (parts[i].share >= COUNTRY_SHARE)
			list = tt_notable_join(w, list,
					tt_notable_country(
							w, (uint16_t)parts[i].count->lo),
					tt_notable_percent(w, parts[i].share));
	if (list != NULL)
		tt_notable_say(w, s, TT_ELEMENT_TEXT,
				w->cause.found[t->of].has_change
						? TT_WORD_NOTABLE_COUNTRIES_SINCE
						: TT_WORD_NOTABLE_COUNTRIES,
				list,
				w->cause.found[t->of].has_change ? tt_notable_since(w, t)
								 : NULL,
				NULL);
}

static void
say_port(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	struct tt_cause_part part;
	bool since = w->cause.found[t->of].has_change, fall = is_fall(w, t);
	double share;

	if ((!fall && !tt_notable_has_shares(w, t))
			|| tt_cause_top(&w->cause, &w->cause.ports, t->of, &part, 1) == 0)
		return;
	share = fall ? part.of_change : part.share;
	if (share < PORT_SHARE || (fall && share > 1))
		return;
	tt_notable_say(w, s, TT_ELEMENT_TEXT,
			fall                    ? TT_WORD_NOTABLE_PORT_BEFORE
					: since ? TT_WORD_NOTABLE_PORT_SINCE
						: TT_WORD_NOTABLE_PORT,
			fall ? tt_notable_percent(w, share)
			     : tt_notable_at_least(w, share, !since),
			tt_document_printf(w->doc, "%u", (unsigned)part.count->lo),
			since ? tt_notable_since(w, t) : NULL, NULL);
}

/* Were the accesses of an earlier episode those of another address? */
static bool
is_another(const struct tt_notable_target *t, size_t episode)
{
	for (size_t i = 0; i < episode; i++)
		if (t->episodes[i].address == t->episodes[episode].address)
			return false;
	return episode > 0;
}

static enum tt_word
episode_word(const struct tt_notable_target *t, size_t episode)
{
	bool day = t->episodes[episode].first == t->episodes[episode].last;

	if (is_another(t, episode))
		return day ? TT_WORD_NOTABLE_ANOTHER_DAY : TT_WORD_NOTABLE_ANOTHER;
	return day ? TT_WORD_NOTABLE_ADDRESS_DAY : TT_WORD_NOTABLE_ADDRESS;
}

static void
say_episodes(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	for (size_t i = 0; i < t->n_episodes; i++) {
		const struct tt_episode *e = &t->episodes[i];

		tt_notable_say(w, s, TT_ELEMENT_TEXT, episode_word(t, i),
				tt_notable_day(w, e->first), tt_notable_day(w, e->last),
				tt_notable_at_least(w, e->share, false),
				tt_notable_country(w, e->country), NULL);
		if (e->last + 1 == w->cause.n_days[TT_CAUSE_NOW] && e->first > 0)
			tt_notable_say(w, s, TT_ELEMENT_TEXT,
					TT_WORD_NOTABLE_ADDRESS_STAYS, NULL);
	}
}

static void
say_fingerprints(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	struct tt_cause_part parts[2];
	size_t n = tt_cause_top(&w->cause, &w->cause.fingerprints, t->of, parts,
			TT_ARRAY_SIZE(parts));

	for (size_t i = 0; i < n; i++)
		if (parts[i].share >= FINGERPRINT_SHARE)
			tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_FINGERPRINT,
					w->cause.options.of_ipv4
							? tt_notable_at_least(w,
									parts[i].share,
									true)
							: tt_notable_percent(w,
									parts[i].share),
					w->cause.rules[parts[i].count->lo], NULL);
}

static void
say_backscatter(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	const struct tt_cause_target *found = &w->cause.found[t->of];
	enum tt_cause_span span = found->packets[TT_CAUSE_NOW] > 0 ? TT_CAUSE_NOW
								   : TT_CAUSE_BEFORE;
	double share = found->packets[span] > 0
			? (double)found->backscatter[span] / (double)found->packets[span]
			: 0;

	if (share >= BACKSCATTER_SHARE)
		tt_notable_say(w, s, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_BACKSCATTER,
				tt_notable_percent(w, share), NULL);
}

/* "21:00": the hour of the peak, as the locale has hours; offset: minutes to take away. */
static const char *
hour_of(struct tt_notable *w, double peak, int offset_min)
{
	int64_t hour_us = 3600 * TT_US_PER_S;
	int64_t us = tt_notable_midnight(w, 0) + (int64_t)(peak + 0.5) * hour_us
			- offset_min * TT_US_PER_MINUTE;
	char text[TT_LOCALE_TEXT_MAX];

	return tt_document_text(w->doc,
			tt_locale_date(w->locale, TT_DATE_HOUR, us, text, sizeof(text)));
}

static void
say_cycle(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t, const struct tt_cause_count *country,
		const struct tt_cycle *cycle)
{
	const struct tt_cause *c = &w->cause;
	struct tt_source_count sources = tt_cause_sources(
			c, t->of, 0, c->n_days[TT_CAUSE_NOW], (uint16_t)country->lo);
	int offset_min = w->report->now->period.utc_offset_min;

	tt_notable_say(w, s, TT_ELEMENT_ITEM, TT_WORD_NOTABLE_CYCLE_ITEM,
			tt_notable_country(w, (uint16_t)country->lo),
			sources.unknown ? tt_locale_word(
					w->locale, TT_WORD_NOTABLE_FROM_UNTOLD)
					: tt_notable_from(w, sources),
			tt_notable_percent(w, cycle->strength),
			hour_of(w, cycle->peak, 0), hour_of(w, cycle->peak, offset_min),
			NULL);
}

/* Of the countries with most packets, those that follow a cycle. */
static void
say_cycles(struct tt_notable *w, struct tt_doc_section *s,
		const struct tt_notable_target *t)
{
	struct tt_cause_part parts[2 * TT_NOTABLE_COUNTRIES];
	struct tt_cycle cycles[TT_ARRAY_SIZE(parts)];
	size_t n = tt_cause_top(&w->cause, &w->cause.countries, t->of, parts,
			TT_ARRAY_SIZE(parts));
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		cycles[i] = tt_cause_cycle(&w->cause, parts[i].count);
		found += cycles[i].found;
	}
	if (found > 0)
		tt_notable_say(w, s, TT_ELEMENT_TEXT,
				found == 1 ? TT_WORD_NOTABLE_CYCLE_ONE
					   : TT_WORD_NOTABLE_CYCLE,
				NULL);
	for (size_t i = 0; i < n; i++)
		if (cycles[i].found)
			say_cycle(w, s, t, parts[i].count, &cycles[i]);
}

void
tt_notable_text(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	say_rate(w, section, t);
	tt_notable_say_since(w, section, t);
	if (!is_fall(w, t) && tt_notable_has_shares(w, t))
		say_countries(w, section, t);
	tt_notable_say_movers(w, section, t);
	say_port(w, section, t);
	tt_notable_say_sources(w, section, t);
	tt_notable_say_source_changes(w, section, t);
	say_episodes(w, section, t);
	if (tt_notable_has_shares(w, t))
		say_fingerprints(w, section, t);
	say_backscatter(w, section, t);
	say_cycles(w, section, t);
}
