/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences of what changed, and with what. */
#include "tt_report_parts.h"

#include <string.h>

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

const char *
tt_report_explain(struct tt_report *report, const struct tt_ranked *country)
{
	const struct tt_report *r = report;
	double sign = country->difference < 0 ? -1 : 1, most[EXPLAINED + 1];
	const char *texts[EXPLAINED];
	int32_t targets[EXPLAINED + 1];
	size_t n = 0;

	for (size_t t = 0; t < r->now->names->n_targets; t++) {
		double change = sign * cell_change(r, (int32_t)t, country->index);
		size_t at = n;

		while (at > 0 && change > most[at - 1])
			at--;
		if (change < TT_RATE_LEAST || at == EXPLAINED)
			continue;
		n += n < EXPLAINED;
		memmove(&most[at + 1], &most[at], (n - 1 - at) * sizeof(*most));
		memmove(&targets[at + 1], &targets[at], (n - 1 - at) * sizeof(*targets));
		most[at] = change;
		targets[at] = (int32_t)t;
	}
	for (size_t i = 0; i < n; i++)
		texts[i] = TT_REPORT_FILL(r, NAME_CHANGE, tt_report_target(r, targets[i]),
				tt_report_change(r, sign * most[i]));
	return n == 0 ? NULL : tt_report_list(r, texts, n);
}
