/* SPDX-License-Identifier: BSD-3-Clause */
/* Chapter 4: detections by category, by country and by signature. */
#include "tt_report_parts.h"

#include <string.h>

#define DRAWN       6 /* series */
#define NAMED_LEAST 0.05 /* of a category, for its second signature to be named */

/* Series by day of rows of a ranking. */
struct drawing {
	enum tt_report_what what;
	int32_t rows[DRAWN]; /* [n] */
	size_t n;
};

/* Detections of the period, as they count; of a day, or of all (-1). */
static double
detections(const struct tt_report *r, int32_t category, int32_t country, int32_t day)
{
	const struct tt_report_wanted wanted = {
			.category = category, .country = country, .day = day};

	return tt_report_detections(r, &wanted);
}

static double
drawn(const struct tt_report *report, const void *context, size_t i, size_t at)
{
	const struct drawing *d = context;
	const int32_t row = i == d->n ? -1 : d->rows[i];

	return d->what == TT_REPORT_CATEGORIES ? detections(report, row, -1, (int32_t)at)
					       : detections(report, -1, row, (int32_t)at);
}

static void
draw_days(struct tt_report *r, const struct tt_report_heading *heading,
		enum tt_report_what what)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(r, what);
	struct drawing d = {.what = what};
	const char *names[DRAWN], *ids[DRAWN];
	struct tt_report_stack stack = {.detections = true,
			.names = names,
			.ids = ids,
			.count = drawn,
			.context = &d};

	for (size_t i = 0; i < ranking->n && d.n < DRAWN; i++) {
		if (!tt_ranked_is_part(&ranking->rows[i]))
			continue;
		names[d.n] = tt_report_name(r, what, ranking->rows[i].index);
		ids[d.n] = tt_report_id(
				r, tt_report_key(r, what, ranking->rows[i].index));
		d.rows[d.n++] = ranking->rows[i].index;
	}
	stack.n_series = d.n;
	if (d.n > 0 && tt_report_days_observed(r) >= 2)
		tt_report_stack(r, heading, &stack);
}

static double
category_in_country(const struct tt_report *r, int32_t country, int32_t category)
{
	return detections(r, category, country, -1);
}

static double
country_in_category(const struct tt_report *r, int32_t category, int32_t country)
{
	return detections(r, category, country, -1);
}

static double
country_total(const struct tt_report *r, int32_t country)
{
	return detections(r, -1, country, -1);
}

static double
category_total(const struct tt_report *r, int32_t category)
{
	return detections(r, category, -1, -1);
}

static double
signature_in_country(const struct tt_report *r, int32_t country, int32_t signature)
{
	const struct tt_report_wanted wanted = {.country = country, .day = -1};

	return tt_report_signature_detections(r, signature, &wanted);
}

static void
share_categories(struct tt_report *r, struct tt_doc_section *section)
{
	size_t n_series;
	struct tt_report_shares shares = {.series_what = TT_REPORT_CATEGORIES,
			.n_x = 1,
			.x_id = "all",
			.x_label = TT_REPORT_WORD(r, WORLD),
			.count = category_in_country,
			.total = country_total};

	shares.series = tt_report_indices(r, &r->categories, SIZE_MAX, &n_series);
	shares.n_series = n_series;
	tt_report_shares(r,
			&(struct tt_report_heading){section, "category_shares", "4-1",
					TT_REPORT_WORD(r, FIGURE_CATEGORY_SHARES)},
			&shares);
}

static void
share_categories_by_country(struct tt_report *r, struct tt_doc_section *section)
{
	struct tt_report_shares shares = {.x_what = TT_REPORT_CATEGORIES,
			.series_what = TT_REPORT_DETECTED,
			.count = country_in_category,
			.total = category_total};

	shares.x = tt_report_indices(r, &r->categories, DRAWN, &shares.n_x);
	shares.series = tt_report_part_indices(r, &r->detected, &shares.n_series);
	tt_report_shares(r,
			&(struct tt_report_heading){section, "categories_by_country",
					"4-4",
					TT_REPORT_WORD(r, FIGURE_CATEGORIES_BY_COUNTRY)},
			&shares);
}

static void
share_detected(struct tt_report *r, struct tt_doc_section *section)
{
	struct tt_report_shares shares = {.series_what = TT_REPORT_DETECTED,
			.n_x = 1,
			.x_id = "all",
			.x_label = TT_REPORT_WORD(r, WORLD),
			.count = country_in_category,
			.total = category_total};

	shares.series = tt_report_part_indices(r, &r->detected, &shares.n_series);
	tt_report_shares(r,
			&(struct tt_report_heading){section, "detected_country_shares",
					"4-5", TT_REPORT_WORD(r, FIGURE_DETECTED_SHARES)},
			&shares);
}

static void
share_signatures(struct tt_report *r, struct tt_doc_section *section)
{
	size_t n = r->now->names->n_signatures;
	int32_t *series = tt_document_alloc(r->doc, (n + 1) * sizeof(*series));
	struct tt_report_shares shares = {.x_what = TT_REPORT_DETECTED,
			.series_what = TT_REPORT_SIGNATURES,
			.count = signature_in_country,
			.total = country_total,
			.n_series = n};

	for (size_t i = 0; series != NULL && i < n; i++)
		series[i] = (int32_t)i;
	shares.series = series;
	shares.x = tt_report_indices(r, &r->detected, TT_REPORT_LEADERS, &shares.n_x);
	if (series != NULL)
		tt_report_shares(r,
				&(struct tt_report_heading){section,
						"detected_countries_by_signature", "4-8",
						TT_REPORT_WORD(r, FIGURE_SIGNATURES)},
				&shares);
}

/* Of each category with a rank, the signature with the most of it, and the second where it has enough to be named. */
static void
say_signatures(struct tt_report *r, struct tt_doc_section *section, int32_t category)
{
	const struct tt_observation *o = r->now;
	double total = category_total(r, category), most[3] = {0};
	const char *texts[2];
	int32_t best[3];
	size_t n = 0;

	for (size_t i = 0; i < o->names->n_signatures; i++) {
		double count = signature_in_country(r, -1, (int32_t)i);
		size_t at = n;

		while (at > 0
				&& (count > most[at - 1]
						|| (count == most[at - 1]
								&& tt_report_goes_first(r,
										TT_REPORT_SIGNATURES,
										(int32_t)i,
										best[at - 1]))))
			at--;
		if (o->names->signatures[i].category != (uint32_t)category || count == 0
				|| at == 2)
			continue;
		n += n < 2;
		memmove(&most[at + 1], &most[at], (n - 1 - at) * sizeof(*most));
		memmove(&best[at + 1], &best[at], (n - 1 - at) * sizeof(*best));
		most[at] = count;
		best[at] = (int32_t)i;
	}
	if (n == 2 && most[1] < NAMED_LEAST * total)
		n = 1;
	for (size_t i = 0; i < n; i++)
		texts[i] = TT_REPORT_FILL(r, NAME_RATE,
				tt_report_name(r, TT_REPORT_SIGNATURES, best[i]),
				tt_report_percent(r, 100 * most[i] / total));
	if (n > 0)
		tt_document_say(r->doc, section, TT_ELEMENT_ITEM,
				TT_REPORT_FILL(r, CATEGORY_SIGNATURES,
						tt_report_name(r, TT_REPORT_CATEGORIES,
								category),
						tt_report_list(r, texts, n)));
}

static void
categories_section(struct tt_report *r)
{
	struct tt_doc_section *section = tt_document_section(r->doc, 2, "categories",
			"4-1", TT_REPORT_WORD(r, SECTION_CATEGORIES));

	tt_report_say_changes(r, section, TT_REPORT_CATEGORIES);
	tt_report_explain(r, section, TT_REPORT_CATEGORIES);
	for (size_t i = 0; i < r->categories.n; i++)
		if (r->categories.rows[i].rank > 0)
			say_signatures(r, section, r->categories.rows[i].index);
	share_categories(r, section);
	draw_days(r,
			&(struct tt_report_heading){section, "category_days", "4-2",
					TT_REPORT_WORD(r, FIGURE_CATEGORY_DAYS)},
			TT_REPORT_CATEGORIES);
	tt_report_table(r,
			&(struct tt_report_heading){section, "categories", "4-1",
					TT_REPORT_WORD(r, TABLE_OF_CATEGORIES)},
			TT_REPORT_CATEGORIES);
	tt_report_compared(r,
			&(struct tt_report_heading){section, "categories_compared", "4-3",
					tt_report_heading(r,
							TT_WORD_FIGURE_CATEGORIES_COMPARED)},
			TT_REPORT_CATEGORIES);
	share_categories_by_country(r, section);
}

static void
detected_section(struct tt_report *r)
{
	struct tt_doc_section *section = tt_document_section(r->doc, 2,
			"detected_countries", "4-2",
			TT_REPORT_WORD(r, SECTION_COUNTRIES));

	tt_report_say_changes(r, section, TT_REPORT_DETECTED);
	tt_report_explain(r, section, TT_REPORT_DETECTED);
	share_detected(r, section);
	draw_days(r,
			&(struct tt_report_heading){section, "detected_country_days",
					"4-6", TT_REPORT_WORD(r, FIGURE_DETECTED_DAYS)},
			TT_REPORT_DETECTED);
	tt_report_table(r,
			&(struct tt_report_heading){section, "detected_countries", "4-2",
					TT_REPORT_WORD(r, TABLE_OF_DETECTED)},
			TT_REPORT_DETECTED);
	tt_report_compared(r,
			&(struct tt_report_heading){section,
					"detected_countries_compared", "4-7",
					tt_report_heading(r,
							TT_WORD_FIGURE_DETECTED_COMPARED)},
			TT_REPORT_DETECTED);
	share_signatures(r, section);
}

static void
signatures_section(struct tt_report *r)
{
	struct tt_doc_section *section = tt_document_section(r->doc, 2,
			"signatures_ranked", "4-3",
			TT_REPORT_WORD(r, SECTION_SIGNATURES));

	tt_report_say_changes(r, section, TT_REPORT_SIGNATURES);
	tt_report_table(r,
			&(struct tt_report_heading){section, "signatures", "4-3",
					TT_REPORT_WORD(r, TABLE_OF_SIGNATURES)},
			TT_REPORT_SIGNATURES);
}

void
tt_report_signatures(struct tt_report *report)
{
	struct tt_report *r = report;
	struct tt_doc_section *section = tt_document_section(r->doc, 1, "signatures", "4",
			TT_REPORT_WORD(r, CHAPTER_SIGNATURES));

	if (r->now->signature_exposure.snapshots == 0) {
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_WORD(r, NO_SIGNATURES));
		return;
	}
	if (r->before != NULL && r->before->signature_exposure.snapshots == 0)
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_FILL(r, NO_SIGNATURES_BEFORE,
						tt_report_in_before(r)));
	if (r->now->detections == 0)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_WORD(r, NO_DETECTIONS));
	if (r->now->detections == 0 && r->categories.n == 0)
		return;
	tt_report_say_parts(r, section);
	categories_section(r);
	detected_section(r);
	signatures_section(r);
}
