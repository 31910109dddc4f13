/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences of what changed, and with what. */
#include "tt_report_parts.h"

#include <math.h>

#define EXPLAINED 2 /* targets that a country's change is explained by */

/* "A (1.23), B (0.50)" of the rises, or falls, in their order. */
static const char *
list_changes(struct tt_report *r, enum tt_report_what what, bool rises)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(r, what);
	const char *texts[TT_REPORT_RANKED];
	size_t n = 0;

	for (unsigned rank = 1; rank <= TT_REPORT_RANKED; rank++) {
		for (size_t i = 0; i < ranking->n; i++) {
			const struct tt_ranked *row = &ranking->rows[i];

			if ((rises ? row->rise : row->fall) == rank)
				texts[n++] = TT_REPORT_FILL(r, NAME_CHANGE,
						tt_report_name(r, what, row->index),
						tt_report_change(r, row->difference));
		}
	}
	return n == 0 ? NULL : tt_report_list(r, texts, n);
}

/* How many targets are named neither as rises nor as falls, and what they changed by together. */
static void
say_other_targets(struct tt_report *r, struct tt_doc_section *section)
{
	const struct tt_ranked_scale *scale = &r->targets.scale;
	double left = tt_rate(r->unit, &scale->now, r->targets.total_now)
			- tt_rate(r->unit, &scale->before, scale->total_before);
	uint64_t others = 0;

	for (size_t i = 0; i < r->targets.n; i++) {
		const struct tt_ranked *row = &r->targets.rows[i];

		if (row->rise > 0 || row->fall > 0)
			left -= row->difference;
		else
			others++;
	}
	if (others > 0 && fabs(left) >= TT_RATE_LEAST)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, OTHER_TARGETS,
						tt_report_count(r, others),
						tt_report_change(r, left)));
}

void
tt_report_say_changes(struct tt_report *report, struct tt_doc_section *section,
		enum tt_report_what what)
{
	const char *rises, *falls;

	if (!tt_report_ranking_of(report, what)->scale.compared)
		return;
	rises = list_changes(report, what, true);
	falls = list_changes(report, what, false);
	if (rises != NULL)
		tt_document_say(report->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(report, ROSE_MOST, rises));
	if (falls != NULL)
		tt_document_say(report->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(report, FELL_MOST, falls));
	if (what == TT_REPORT_TARGETS)
		say_other_targets(report, section);
}

/* By how much packets to a target from a country changed. */
static double
cell_change(const struct tt_report *r, int32_t target, int32_t country)
{
	return tt_rate(r->unit, &r->now->exposure,
			       tt_observation_target_country(r->now, target, country))
			- tt_rate(r->unit, &r->before->exposure,
					tt_observation_target_country(
							r->before, target, country));
}

/* The targets that changed most from a country, in the direction that it did. */
struct explanation {
	int32_t targets[EXPLAINED]; /* [n] */
	double most[EXPLAINED]; /* by how much, without the sign */
	size_t n;
	uint64_t others; /* how many others had packets, now or before */
	double left; /* what they changed by */
};

static bool
has_packets(const struct tt_report *r, int32_t target, int32_t country)
{
	return tt_observation_target_country(r->now, target, country) > 0
			|| tt_observation_target_country(r->before, target, country) > 0;
}

static void
explain(const struct tt_report *r, const struct tt_ranked *country, struct explanation *e)
{
	double sign = country->difference < 0 ? -1 : 1;

	*e = (struct explanation){.left = country->difference};
	for (size_t t = 0; t < r->now->names->n_targets; t++) {
		double change = sign * cell_change(r, (int32_t)t, country->index);
		size_t at = e->n;

		e->others += has_packets(r, (int32_t)t, country->index);
		while (at > 0 && change > e->most[at - 1])
			at--;
		if (change < TT_RATE_LEAST || at == EXPLAINED)
			continue;
		e->n += e->n < EXPLAINED;
		for (size_t k = e->n - 1; k > at; k--) {
			e->most[k] = e->most[k - 1];
			e->targets[k] = e->targets[k - 1];
		}
		e->most[at] = change;
		e->targets[at] = (int32_t)t;
	}
	for (size_t i = 0; i < e->n; i++)
		e->left -= sign * e->most[i];
	e->others -= e->n;
}

/* By whether it rose, and whether others are left. */
static const enum tt_word words[2][2] = {
		{TT_WORD_COUNTRY_FELL_BY, TT_WORD_COUNTRY_FELL_BY_REST},
		{TT_WORD_COUNTRY_ROSE_BY, TT_WORD_COUNTRY_ROSE_BY_REST},
};

void
tt_report_explain(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_ranked *country)
{
	const struct tt_report *r = report;
	double sign = country->difference < 0 ? -1 : 1;
	const char *texts[EXPLAINED];
	struct explanation e;
	bool rest;

	explain(r, country, &e);
	if (e.n == 0)
		return;
	for (size_t i = 0; i < e.n; i++)
		texts[i] = TT_REPORT_FILL(r, NAME_CHANGE,
				tt_report_target(r, e.targets[i]),
				tt_report_change(r, sign * e.most[i]));
	rest = e.others > 0 && fabs(e.left) >= TT_RATE_LEAST;
	tt_document_say(r->doc, section, TT_ELEMENT_ITEM,
			tt_locale_fill(r->locale, r->doc, words[sign > 0][rest],
					(const char *const[]){
							tt_report_country(r,
									country->index),
							tt_report_change(r,
									country->difference),
							tt_report_list(r, texts, e.n),
							tt_report_count(r, e.others),
							tt_report_change(r, e.left)},
					5));
}
