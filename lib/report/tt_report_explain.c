/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences of what a rise or a fall is made of. */
#include "tt_report_parts.h"

#include <math.h>
#include <string.h>

#define EXPLAINED 2 /* parts that a change is explained by */

/* The parts that the rows of a table have. */
struct parts {
	size_t n;
	/* How much of a row is one's. */
	double (*count)(const struct tt_report *r, bool before, int32_t part,
			int32_t row);
	enum tt_report_what what; /* they are rows of this table */
	enum tt_word words[2]
			  [2]; /* by whether the row rose, and whether others are left */
};

static double
target_of_country(const struct tt_report *r, bool before, int32_t target, int32_t country)
{
	return (double)tt_observation_target_country(
			before ? r->before : r->now, target, country);
}

/* As changes are: of what was looked for in both periods. */
static double
category_of_country(
		const struct tt_report *r, bool before, int32_t category, int32_t country)
{
	const struct tt_report_wanted wanted = {.before = before,
			.both = true,
			.category = category,
			.country = country,
			.day = -1};

	return tt_report_detections(r, &wanted);
}

static double
country_of_category(
		const struct tt_report *r, bool before, int32_t country, int32_t category)
{
	return category_of_country(r, before, category, country);
}

static struct parts
parts_of(const struct tt_report *r, enum tt_report_what what)
{
	const struct tt_observed_names *names = r->now->names;

	switch (what) {
	case TT_REPORT_CATEGORIES:
		return (struct parts){names->n_countries, country_of_category,
				TT_REPORT_DETECTED,
				{{TT_WORD_CATEGORY_FELL_BY,
						 TT_WORD_CATEGORY_FELL_BY_REST},
						{TT_WORD_CATEGORY_ROSE_BY,
								TT_WORD_CATEGORY_ROSE_BY_REST}}};
	case TT_REPORT_DETECTED:
		return (struct parts){names->n_categories, category_of_country,
				TT_REPORT_CATEGORIES,
				{{TT_WORD_DETECTED_FELL_BY,
						 TT_WORD_DETECTED_FELL_BY_REST},
						{TT_WORD_DETECTED_ROSE_BY,
								TT_WORD_DETECTED_ROSE_BY_REST}}};
	default:
		return (struct parts){names->n_targets, target_of_country,
				TT_REPORT_TARGETS,
				{{TT_WORD_COUNTRY_FELL_BY, TT_WORD_COUNTRY_FELL_BY_REST},
						{TT_WORD_COUNTRY_ROSE_BY,
								TT_WORD_COUNTRY_ROSE_BY_REST}}};
	}
}

/* The category that is no method of attack: what is of it is among the others, as it is no row that is ranked. */
static bool
may_be_named(const struct tt_report *r, const struct parts *parts, int32_t part)
{
	return parts->what != TT_REPORT_CATEGORIES
			|| strcmp(r->now->names->categories[part].name, TT_REPORT_REST)
			!= 0;
}

/* The parts that changed most, in the direction that the row did. */
struct explanation {
	int32_t parts[EXPLAINED]; /* [n] */
	double most[EXPLAINED]; /* by how much, without the sign */
	size_t n;
	uint64_t others; /* how many others had something, now or before */
	double left; /* what they changed by */
};

static void
explain(const struct tt_report *r, const struct parts *parts,
		const struct tt_ranked_scale *scale, const struct tt_ranked *row,
		struct explanation *e)
{
	double sign = row->difference < 0 ? -1 : 1;

	*e = (struct explanation){.left = row->difference};
	for (int32_t p = 0; (size_t)p < parts->n; p++) {
		double now = parts->count(r, false, p, row->index);
		double before = parts->count(r, true, p, row->index);
		double change = sign
				* (tt_rate_of(r->unit, &scale->now, now)
						- tt_rate_of(r->unit, &scale->before,
								before));
		size_t at = e->n;

		e->others += now > 0 || before > 0;
		while (at > 0
				&& (change > e->most[at - 1]
						|| (change == e->most[at - 1]
								&& tt_report_goes_first(r,
										parts->what,
										p,
										e->parts[at - 1]))))
			at--;
		if (change < TT_RATE_LEAST || at == EXPLAINED
				|| !may_be_named(r, parts, p))
			continue;
		e->n += e->n < EXPLAINED;
		for (size_t k = e->n - 1; k > at; k--) {
			e->most[k] = e->most[k - 1];
			e->parts[k] = e->parts[k - 1];
		}
		e->most[at] = change;
		e->parts[at] = p;
	}
	for (size_t i = 0; i < e->n; i++)
		e->left -= sign * e->most[i];
	e->others -= e->n;
}

static void
say(struct tt_report *r, struct tt_doc_section *section, enum tt_report_what what,
		const struct parts *parts, const struct tt_ranked *row)
{
	double sign = row->difference < 0 ? -1 : 1;
	const char *texts[EXPLAINED];
	struct explanation e;
	bool rest;

	explain(r, parts, &tt_report_ranking_of(r, what)->scale, row, &e);
	if (e.n == 0)
		return;
	for (size_t i = 0; i < e.n; i++)
		texts[i] = TT_REPORT_FILL(r, NAME_CHANGE,
				tt_report_name(r, parts->what, e.parts[i]),
				tt_report_change(r, sign * e.most[i]));
	rest = e.others > 0 && fabs(e.left) >= TT_RATE_LEAST;
	tt_document_say(r->doc, section, TT_ELEMENT_ITEM,
			tt_locale_fill(r->locale, r->doc, parts->words[sign > 0][rest],
					(const char *const[]){tt_report_name(r, what,
									      row->index),
							tt_report_change(r,
									row->difference),
							tt_report_list(r, texts, e.n),
							tt_report_counted(r, e.others,
									TT_WORD_THE_OTHER,
									TT_WORD_THE_OTHERS),
							tt_report_change(r, e.left)},
					5));
}

void
tt_report_explain(struct tt_report *report, struct tt_doc_section *section,
		enum tt_report_what what)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(report, what);
	const struct parts parts = parts_of(report, what);

	if (!ranking->scale.compared)
		return;
	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->rows[i].rise > 0 || ranking->rows[i].fall > 0)
			say(report, section, what, &parts, &ranking->rows[i]);
}
