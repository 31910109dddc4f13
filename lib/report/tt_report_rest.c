/* SPDX-License-Identifier: BSD-3-Clause */
/* The categories with most detections, and what is of none of them. */
#include "tt_report_parts.h"

/* The row of the rest, where it has more than one of those that are named. NULL: it has not. */
static const struct tt_ranked *
leading_rest(const struct tt_report_ranking *categories)
{
	const struct tt_ranked *rest = NULL;
	double least = 0;

	for (size_t i = 0; i < categories->n; i++) {
		const struct tt_ranked *row = &categories->rows[i];

		if (row->unranked)
			rest = row;
		else if (row->rank > 0 && row->rank <= TT_REPORT_NAMED)
			least = row->rate;
	}
	return rest != NULL && rest->rate >= TT_RATE_LEAST && rest->rate > least ? rest
										 : NULL;
}

void
tt_report_say_leading_categories(struct tt_report *report, struct tt_doc_section *section,
		const char *list, bool one)
{
	struct tt_report *r = report;
	const struct tt_ranked *rest = leading_rest(&r->categories);
	const char *rate, *share, *text = NULL;

	if (rest == NULL && list != NULL)
		text = one ? TT_REPORT_FILL(r, LEADING_CATEGORIES_ONE, list)
			   : TT_REPORT_FILL(r, LEADING_CATEGORIES, list);
	if (rest != NULL) {
		rate = tt_report_rate(r, rest->rate);
		share = tt_report_percent(r,
				100 * rest->rate
						/ tt_report_detection_rate(
								r, false, false));
		if (list == NULL)
			text = TT_REPORT_FILL(r, LEADING_REST, rate);
		else if (one)
			text = TT_REPORT_FILL(r, LEADING_CATEGORIES_REST_ONE, list, rate,
					share);
		else
			text = TT_REPORT_FILL(
					r, LEADING_CATEGORIES_REST, list, rate, share);
	}
	if (text != NULL)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT, text);
}
