/* SPDX-License-Identifier: BSD-3-Clause */
/* Sentences of what changed, and with what. */
#include "tt_report_parts.h"

#include <math.h>

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
				tt_locale_fill(r->locale, r->doc,
						others == 1 ? TT_WORD_OTHER_TARGET
							    : TT_WORD_OTHER_TARGETS,
						(const char *const[]){
								tt_report_count(r,
										others),
								tt_report_change(
										r, left)},
						2));
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
	if (what == TT_REPORT_TARGETS && (rises != NULL || falls != NULL))
		say_other_targets(report, section);
}
