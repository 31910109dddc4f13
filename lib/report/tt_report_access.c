/* SPDX-License-Identifier: BSD-3-Clause */
/* Chapter 3: packets by target and by country. */
#include "tt_report_parts.h"
#include "tt_sketch.h"

#define TABLE_TARGETS   "3-1"
#define TABLE_COUNTRIES "3-2"

static const char *
number(struct tt_report *r, unsigned n)
{
	return tt_document_printf(r->doc, "3-%u", n);
}

/* For each country that rose or fell most, the targets that did so with it. */
static void
explain_countries(struct tt_report *r, struct tt_doc_section *section)
{
	if (!r->countries.scale.compared || r->now->untold || r->before->untold)
		return;
	tt_report_explain(r, section, TT_REPORT_COUNTRIES);
}

/* The first place of a target and of each country is that of the published report; months follow at the end. */
static void
targets_section(struct tt_report *r)
{
	struct tt_doc_section *section = tt_document_section(
			r->doc, 2, "targets", "3-1", TT_REPORT_WORD(r, SECTION_TARGETS));
	const struct tt_series *s = r->series;

	tt_report_say_changes(r, section, TT_REPORT_TARGETS);
	tt_report_table(r,
			&(struct tt_report_heading){section, "targets", TABLE_TARGETS,
					TT_REPORT_WORD(r, TABLE_OF_TARGETS)},
			TT_REPORT_TARGETS);
	tt_report_share_targets(r, section);
	for (unsigned i = 0; i < s->n_targets; i++) {
		if (tt_report_days_observed(r) >= 2) {
			tt_report_say_days(r, section, &s->targets[i]);
			tt_report_draw_target(r, section, &s->targets[i],
					number(r, i == 0 ? 4 : 5 + i), false);
		}
		if (i == 0 && tt_report_months_observed(r) >= 2)
			tt_report_draw_target(r, section, &s->targets[i], "3-5", true);
	}
}

/* Is any country known, now or before, that had packets to speak of? */
static bool
has_countries(const struct tt_report *r)
{
	for (size_t i = 0; i < r->countries.n; i++)
		if (r->countries.rows[i].rank > 0 || r->countries.rows[i].rank_before > 0)
			return true;
	return false;
}

static void
countries_section(struct tt_report *r)
{
	struct tt_doc_section *section = tt_document_section(r->doc, 2, "countries",
			"3-2", TT_REPORT_WORD(r, SECTION_COUNTRIES));
	const struct tt_series *s = r->series;

	if (!has_countries(r)) {
		tt_document_say(r->doc, section, TT_ELEMENT_WARNING,
				TT_REPORT_WORD(r, NO_COUNTRIES));
		return;
	}
	tt_report_say_changes(r, section, TT_REPORT_COUNTRIES);
	explain_countries(r, section);
	tt_report_table(r,
			&(struct tt_report_heading){section, "countries", TABLE_COUNTRIES,
					TT_REPORT_WORD(r, TABLE_OF_COUNTRIES)},
			TT_REPORT_COUNTRIES);
	tt_report_compared(r,
			&(struct tt_report_heading){section, "countries_compared", "3-10",
					tt_report_heading(r,
							TT_WORD_FIGURE_COUNTRIES_COMPARED)},
			TT_REPORT_COUNTRIES);
	tt_report_share_countries(r, section);
	for (unsigned i = 0; i < s->n_countries && tt_report_days_observed(r) >= 2; i++)
		tt_report_draw_country(
				r, section, &s->countries[i], number(r, 13 + i), false);
}

static void
say_sources(struct tt_report *r, struct tt_doc_section *section)
{
	uint64_t n = (uint64_t)(r->now->sources + 0.5);
	const char *args[] = {tt_report_count(r, n),
			tt_report_percent(r, 100 * tt_sketch_error(r->now->p))};

	tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
			tt_locale_fill(r->locale, r->doc,
					n == 1 ? TT_WORD_SOURCE_IN_ALL
					       : TT_WORD_SOURCES_IN_ALL,
					args, TT_ARRAY_SIZE(args)));
}

static void
longer_section(struct tt_report *r)
{
	struct tt_doc_section *section = tt_document_section(
			r->doc, 2, "longer", "3-3", TT_REPORT_WORD(r, SECTION_LONGER));
	const struct tt_series *s = r->series;
	unsigned n = 19;

	if (r->now->p != 0)
		say_sources(r, section);
	tt_report_draw_sources(r, section);
	if (tt_report_months_observed(r) < 2) {
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_WORD(r, ONE_MONTH));
		return;
	}
	for (unsigned i = 1; i < s->n_targets; i++)
		tt_report_draw_target(r, section, &s->targets[i], number(r, n++), true);
	for (unsigned i = 0; i < s->n_countries; i++)
		tt_report_draw_country(
				r, section, &s->countries[i], number(r, n++), true);
}

void
tt_report_access(struct tt_report *report)
{
	struct tt_doc_section *section = tt_document_section(report->doc, 1, "access",
			"3", TT_REPORT_WORD(report, CHAPTER_ACCESS));

	if (report->now->packets == 0) {
		tt_document_say(report->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_WORD(report, NO_PACKETS));
		if (report->before == NULL || report->before->packets == 0)
			return;
	}
	targets_section(report);
	countries_section(report);
	longer_section(report);
}
