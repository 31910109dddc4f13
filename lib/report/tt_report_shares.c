/* SPDX-License-Identifier: BSD-3-Clause */
/* Shares of targets and countries in each other. */
#include "tt_report_parts.h"

/* Packets of a target (-1: all) from a country (-1: all). */
static uint64_t
packets(const struct tt_report *r, int32_t target, int32_t country)
{
	if (target < 0)
		return country < 0 ? r->now->packets : r->now->countries[country];
	return country < 0 ? tt_observation_target(r->now, target)
			   : tt_observation_target_country(r->now, target, country);
}

static double
target_in_country(const struct tt_report *r, int32_t country, int32_t target)
{
	return (double)packets(r, target, country);
}

static double
country_in_target(const struct tt_report *r, int32_t target, int32_t country)
{
	return (double)packets(r, target, country);
}

static double
country_total(const struct tt_report *r, int32_t country)
{
	return (double)packets(r, -1, country);
}

static double
target_total(const struct tt_report *r, int32_t target)
{
	return (double)packets(r, target, -1);
}

/* The same as of the world, of the home country alone. */
static void
share_home(struct tt_report *r, struct tt_doc_section *section,
		const struct tt_report_shares *world)
{
	int32_t home = r->home == NULL ? -1 : tt_observed_country(r->now->names, r->home);
	struct tt_report_shares shares = *world;

	if (r->home != NULL && (home < 0 || country_total(r, home) == 0)) {
		/* Where no country is known, that is said instead. */
		if (r->series->n_countries > 0)
			tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
					TT_REPORT_FILL(r, NOTHING_FROM_HOME,
							tt_locale_country(r->locale,
									r->home),
							tt_locale_article(r->locale,
									r->home)));
		return;
	}
	if (home < 0)
		return;
	shares.x = &home;
	tt_report_shares(r,
			&(struct tt_report_heading){section, "target_shares_home", "3-2",
					TT_REPORT_FILL(r, FIGURE_TARGET_SHARES_HOME,
							tt_report_country(r, home))},
			&shares);
}

void
tt_report_share_targets(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	size_t n_targets, n_countries, n_x;
	const int32_t *targets = tt_report_indices(r, &r->targets, SIZE_MAX, &n_targets);
	const int32_t *countries = tt_report_part_indices(r, &r->countries, &n_countries);
	const int32_t *x = tt_report_indices(r, &r->targets, TT_REPORT_LEADERS, &n_x);
	struct tt_report_shares shares = {.x_what = TT_REPORT_COUNTRIES,
			.series_what = TT_REPORT_TARGETS,
			.n_x = 1,
			.x_id = "world",
			.x_label = TT_REPORT_WORD(r, WORLD),
			.count = target_in_country,
			.total = country_total,
			.series = targets,
			.n_series = n_targets};

	tt_report_shares(r,
			&(struct tt_report_heading){section, "target_shares", "3-1",
					TT_REPORT_WORD(r, FIGURE_TARGET_SHARES)},
			&shares);
	share_home(r, section, &shares);
	shares = (struct tt_report_shares){.x_what = TT_REPORT_TARGETS,
			.series_what = TT_REPORT_COUNTRIES,
			.x = x,
			.n_x = n_x,
			.count = country_in_target,
			.total = target_total,
			.series = countries,
			.n_series = n_countries};
	tt_report_shares(r,
			&(struct tt_report_heading){section, "targets_by_country", "3-3",
					TT_REPORT_WORD(r, FIGURE_TARGETS_BY_COUNTRY)},
			&shares);
}

void
tt_report_share_countries(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	size_t n_targets, n_countries, n_x;
	const int32_t *targets = tt_report_indices(r, &r->targets, SIZE_MAX, &n_targets);
	const int32_t *countries = tt_report_part_indices(r, &r->countries, &n_countries);
	const int32_t *x = tt_report_indices(r, &r->countries, TT_REPORT_LEADERS, &n_x);
	struct tt_report_shares shares = {.series_what = TT_REPORT_COUNTRIES,
			.n_x = 1,
			.x_id = "world",
			.x_label = TT_REPORT_WORD(r, WORLD),
			.count = country_in_target,
			.total = target_total,
			.series = countries,
			.n_series = n_countries};

	tt_report_shares(r,
			&(struct tt_report_heading){section, "country_shares", "3-11",
					TT_REPORT_WORD(r, FIGURE_COUNTRY_SHARES)},
			&shares);
	shares = (struct tt_report_shares){.x_what = TT_REPORT_COUNTRIES,
			.series_what = TT_REPORT_TARGETS,
			.x = x,
			.n_x = n_x,
			.count = target_in_country,
			.total = country_total,
			.series = targets,
			.n_series = n_targets};
	tt_report_shares(r,
			&(struct tt_report_heading){section, "countries_by_target",
					"3-12",
					TT_REPORT_WORD(r, FIGURE_COUNTRIES_BY_TARGET)},
			&shares);
}
