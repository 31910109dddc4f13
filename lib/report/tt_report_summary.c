/* SPDX-License-Identifier: BSD-3-Clause */
/* The title, and chapter 1: what a reader should know first. */
#include "tt_report_parts.h"

#include <math.h>
#include <string.h>

/* Of what rose and fell most. */
#define ROUNDED_LEAST \
	(0.015 - 1e-11) /* two counts that are rounded to 0.01; less is shown as that */
#define EVEN_BELOW 0.05 /* a percentage that is shown as 0.0 */

/* How a total changed. */
struct change {
	double now, before;
	bool compared;
	bool of_detections; /* else of packets */
};

static enum tt_word
word_of(const struct change *c)
{
	double difference = c->now - c->before;

	if (c->before <= 0)
		return c->of_detections ? TT_WORD_COMPARED_WITH_UNDETECTED
					: TT_WORD_COMPARED_WITH_NONE;
	if (fabs(difference) < TT_RATE_LEAST)
		return TT_WORD_COMPARED_SAME;
	if (fabs(100 * difference / c->before) < EVEN_BELOW)
		return TT_WORD_COMPARED_ABOUT;
	return difference > 0 ? TT_WORD_COMPARED_MORE : TT_WORD_COMPARED_FEWER;
}

/* ", 58.80 (14.0%) fewer than in June 2009.", or what else ends the sentence. */
static const char *
compared(struct tt_report *r, const struct change *c)
{
	double difference = c->now - c->before;
	double percent = c->before > 0 ? 100 * difference / c->before : 0;

	if (!c->compared)
		return TT_REPORT_WORD(r, NOT_COMPARED);
	return tt_locale_fill(r->locale, r->doc, word_of(c),
			(const char *const[]){tt_report_period(r, r->before_period),
					tt_report_change(r, difference),
					tt_report_percent_change(r, percent),
					tt_report_rate(r, fabs(difference)),
					tt_report_percent(r, fabs(percent)),
					tt_report_in_period(r, r->before_period)},
			6);
}

static const char *
name_in_text(struct tt_report *r, enum tt_report_what what, int32_t index)
{
	return what == TT_REPORT_COUNTRIES ? tt_report_country_in_text(r, index)
					   : tt_report_name(r, what, index);
}

/* The names of the first rows with a rank, with their counts; NULL where there are none. *one: there is but one. */
static const char *
leaders(struct tt_report *r, enum tt_report_what what, bool *one)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(r, what);
	const char *texts[TT_REPORT_NAMED];
	size_t n = 0;

	for (size_t i = 0; i < ranking->n && n < TT_REPORT_NAMED; i++)
		if (ranking->rows[i].rank > 0)
			texts[n++] = TT_REPORT_FILL(r, NAME_RATE,
					name_in_text(r, what, ranking->rows[i].index),
					tt_report_rate(r, ranking->rows[i].rate));
	*one = n == 1;
	return n == 0 ? NULL : tt_report_list(r, texts, n);
}

static const struct tt_ranked *
first_of(const struct tt_report_ranking *ranking)
{
	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->rows[i].rank == 1)
			return &ranking->rows[i];
	return NULL;
}

static void
say_total(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_observation *now = r->now, *before = r->before;
	const struct change change = {
			.now = tt_rate(r->unit, &now->exposure, now->packets),
			.before = before == NULL ? 0
						 : tt_rate(r->unit, &before->exposure,
								 before->packets),
			.compared = r->targets.scale.compared};

	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			TT_REPORT_FILL(r, TOTAL, tt_report_period(r, &now->period),
					tt_report_per(r), tt_report_rate(r, change.now),
					compared(r, &change)));
}

/* Is a target of ICMP named here, or shown in a table? */
static bool
names_icmp(const struct tt_report *r)
{
	for (size_t i = 0; i < r->targets.n; i++) {
		const struct tt_ranked *row = &r->targets.rows[i];

		if (r->now->names->targets[row->index].protocol == TT_PROTO_ICMP
				&& (row->shown
						|| (row->rank > 0
								&& row->rank <= TT_REPORT_NAMED)))
			return true;
	}
	return false;
}

/* Where readers meet it first, as chapter 5 is the last. */
static void
say_icmp(struct tt_report *r, struct tt_doc_section *section)
{
	if (names_icmp(r))
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_WORD(r, TARGETS_ICMP));
}

static void
say_targets(struct tt_report *r, struct tt_doc_section *section)
{
	bool one;
	const char *list = leaders(r, TT_REPORT_TARGETS, &one);
	const struct tt_ranked *first = first_of(&r->targets);
	struct change change;

	if (list == NULL || first == NULL)
		return;
	change = (struct change){.now = first->rate,
			.before = first->rate_before,
			.compared = r->targets.scale.compared};
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			one ? TT_REPORT_FILL(r, LEADING_TARGETS_ONE, list)
			    : TT_REPORT_FILL(r, LEADING_TARGETS, list));
	say_icmp(r, section);
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			TT_REPORT_FILL(r, FIRST_TARGET, tt_report_target(r, first->index),
					tt_report_rate(r, first->rate),
					tt_report_percent(r,
							100 * (double)first->now
									/ (double)r->targets
											  .total_now),
					compared(r, &change)));
}

/* The countries with most, NULL: none; where more is of unknown country than some of them have, that as well. */
static void
say_leading_countries(struct tt_report *r, struct tt_doc_section *section,
		const char *list, bool one)
{
	const struct tt_ranked *unknown = tt_report_unknown(r, TT_REPORT_COUNTRIES);
	const char *rate, *share, *text;

	if (unknown == NULL || !unknown->would_lead) {
		if (list != NULL)
			tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
					one ? TT_REPORT_FILL(
							r, LEADING_COUNTRIES_ONE, list)
					    : TT_REPORT_FILL(r, LEADING_COUNTRIES, list));
		return;
	}
	rate = tt_report_rate(r, unknown->rate);
	share = tt_report_percent(
			r, 100 * (double)unknown->now / (double)r->now->packets);
	if (list == NULL)
		text = TT_REPORT_FILL(r, LEADING_UNKNOWN, rate, share);
	else if (one)
		text = TT_REPORT_FILL(r, LEADING_COUNTRIES_KNOWN_ONE, list, rate, share);
	else
		text = TT_REPORT_FILL(r, LEADING_COUNTRIES_KNOWN, list, rate, share);
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT, text);
}

/* The first two countries, and their part of all. */
static void
say_countries(struct tt_report *r, struct tt_doc_section *section)
{
	bool one;
	const char *list = leaders(r, TT_REPORT_COUNTRIES, &one);
	const char *names[2];
	uint64_t packets = 0;
	size_t n = 0;

	say_leading_countries(r, section, list, one);
	for (size_t i = 0; i < r->countries.n && n < 2; i++) {
		const struct tt_ranked *row = &r->countries.rows[i];

		if (row->rank == 0)
			continue;
		names[n++] = tt_report_country_in_text(r, row->index);
		packets += row->now;
	}
	if (n == 2)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, TWO_COUNTRIES,
						tt_report_list(r, names, n),
						tt_report_percent(r,
								100 * (double)packets
										/ (double)r->now->packets)));
}

static void
say_detections(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_report_ranking *c = &r->categories;
	const struct change change = {
			.now = tt_report_detection_rate(r, false, c->scale.compared),
			.before = c->scale.compared
					? tt_report_detection_rate(r, true, true)
					: 0,
			.compared = c->scale.compared && r->weights.any_both,
			.of_detections = true};
	const double all = tt_report_detection_rate(r, false, false);
	const bool parted = change.compared && !r->weights.all_both;
	bool one;
	const char *list = leaders(r, TT_REPORT_CATEGORIES, &one);

	if (c->scale.now.snapshots == 0) {
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_WORD(r, NO_SIGNATURES));
		return;
	}
	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			tt_locale_fill(r->locale, r->doc,
					parted ? TT_WORD_TOTAL_DETECTIONS_BOTH
					       : TT_WORD_TOTAL_DETECTIONS,
					(const char *const[]){
							tt_report_period(r,
									&r->now->period),
							tt_report_per(r),
							tt_report_rate(r, all),
							compared(r, &change),
							tt_report_rate(r, change.now)},
					5));
	tt_report_say_leading_categories(r, section, list, one);
}

/* Did it change by as much, of all that there was before, as a percentage needs to say something, and by more than the two counts may be
 * rounded by? */
static bool
matters(const struct tt_report *r, const struct tt_report_ranking *ranking,
		const struct tt_ranked *row)
{
	const struct tt_ranked_scale *scale = &ranking->scale;
	double all = tt_rate(r->unit, &scale->before, scale->total_before);

	return fabs(row->difference) >= TT_RANKED_LEAST * all
			&& fabs(row->difference) >= ROUNDED_LEAST;
}

/* A count in a sentence: in Japanese, packets come (アクセス), and signatures detect (検知). */
static const char *
count_in_text(struct tt_report *r, enum tt_report_what what, double rate)
{
	if (rate == 0 && !tt_report_is_detections(what))
		return TT_REPORT_WORD(r, NO_ACCESS);
	return tt_report_value(r, tt_value_rate(rate));
}

static void
say_change(struct tt_report *r, struct tt_doc_section *section, enum tt_report_what what,
		enum tt_word word, const struct tt_ranked *row)
{
	tt_document_say(r->doc, section, TT_ELEMENT_ITEM,
			tt_locale_fill(r->locale, r->doc, word,
					(const char *const[]){
							name_in_text(r, what, row->index),
							count_in_text(r, what,
									row->rate_before),
							count_in_text(r, what, row->rate),
							tt_report_change(r,
									row->difference),
							tt_report_before(r)},
					5));
}

/* A line for what rose, and one for what fell most of its kind, the greater first, where that is not next to nothing. */
static void
say_first_changes(struct tt_report *r, struct tt_doc_section *section,
		enum tt_report_what what, enum tt_word rose, enum tt_word fell)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(r, what);
	const struct tt_ranked *rise = NULL, *fall = NULL;
	bool fall_first;

	for (size_t i = 0; i < ranking->n; i++) {
		const struct tt_ranked *row = &ranking->rows[i];

		if (row->rise == 1 && matters(r, ranking, row))
			rise = row;
		if (row->fall == 1 && matters(r, ranking, row))
			fall = row;
	}
	fall_first = rise != NULL && fall != NULL && -fall->difference > rise->difference;
	if (fall_first)
		say_change(r, section, what, fell, fall);
	if (rise != NULL)
		say_change(r, section, what, rose, rise);
	if (fall != NULL && !fall_first)
		say_change(r, section, what, fell, fall);
}

/* Beside the country that rose or fell most: what is of unknown country, where that leads and changed, or changed more. */
static void
say_unknown_change(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_ranked *row = tt_report_unknown(r, TT_REPORT_COUNTRIES);

	if (row == NULL || !r->countries.scale.compared || !matters(r, &r->countries, row)
			|| !tt_ranked_is_change(row)
			|| (!row->would_lead && row->would_move != 1))
		return;
	tt_document_say(r->doc, section, TT_ELEMENT_ITEM,
			TT_REPORT_FILL(r, UNKNOWN_CHANGED,
					count_in_text(r, TT_REPORT_COUNTRIES,
							row->rate_before),
					count_in_text(r, TT_REPORT_COUNTRIES, row->rate),
					tt_report_change(r, row->difference),
					tt_report_before(r)));
}

static void
say_changes(struct tt_report *r, struct tt_doc_section *section)
{
	say_first_changes(r, section, TT_REPORT_TARGETS, TT_WORD_TARGET_ROSE,
			TT_WORD_TARGET_FELL);
	say_first_changes(r, section, TT_REPORT_COUNTRIES, TT_WORD_COUNTRY_ROSE,
			TT_WORD_COUNTRY_FELL);
	say_unknown_change(r, section);
	/* Where nothing looked for detections now, that there are none is no fall. */
	if (r->categories.scale.now.snapshots > 0)
		say_first_changes(r, section, TT_REPORT_CATEGORIES, TT_WORD_CATEGORY_ROSE,
				TT_WORD_CATEGORY_FELL);
}

void
tt_report_summary(struct tt_report *report)
{
	struct tt_document *doc = report->doc;
	struct tt_doc_section *section;

	doc->title = tt_document_text(doc, TT_REPORT_WORD(report, REPORT_TITLE));
	doc->subtitle = tt_report_period(report, &report->now->period);
	section = tt_document_section(
			doc, 1, "summary", "1", TT_REPORT_WORD(report, CHAPTER_SUMMARY));
	report->summary = section;
	tt_report_warnings(report, section);
	say_total(report, section);
	say_targets(report, section);
	say_countries(report, section);
	say_detections(report, section);
	say_changes(report, section);
}
