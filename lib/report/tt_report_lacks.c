/* SPDX-License-Identifier: BSD-3-Clause */
/* Days of a figure of sources, which is divided by nothing, that have less than others. */
#include "tt_report_parts.h"

#define NAMED 5 /* days in a note; of more, it has the number */

/* Of a day that is not whole: is that for the period alone, which has a part of it? */
static bool
is_cut(const struct tt_day_cover *cover, unsigned day)
{
	const struct tt_day_share share = tt_day_cover_share(cover, day);
	const double part = (double)(tt_period_day_to(&cover->period, day)
					    - tt_period_day_from(&cover->period, day))
			/ (double)TT_US_PER_DAY;

	return tt_day_is_whole(
			(struct tt_day_share){share.observed / part, share.torn / part});
}

/* Why a day has fewer sources than others, or none. */
enum lack {
	LACK_NONE,
	LACK_CUT, /* only a part of it lies in the period, and that was observed */
	LACK_TIME, /* it was observed in part */
	LACK_ALL, /* it was not observed */
};

static enum lack
lack_of(const struct tt_day_cover *cover, const struct tt_doc_figure *figure,
		unsigned day)
{
	const struct tt_day_share share = tt_day_cover_share(cover, day);

	if (figure->series[0].values[day].kind == TT_VALUE_UNKNOWN)
		return share.observed + share.torn > 0 ? LACK_NONE : LACK_ALL;
	if (tt_day_is_whole(share))
		return LACK_NONE;
	return is_cut(cover, day) ? LACK_CUT : LACK_TIME;
}

/* "2 (14 January and 16 January)"; the number alone where there are many. NULL: none. */
static const char *
days_with(const struct tt_report *r, const struct tt_day_cover *cover,
		const struct tt_doc_figure *figure, enum lack lack)
{
	const char *names[NAMED], *number;
	size_t n = 0;

	for (unsigned i = 0; i < figure->n_x; i++) {
		if (lack_of(cover, figure, i) != lack)
			continue;
		if (n < NAMED)
			names[n] = tt_report_date(r, TT_DATE_DAY_OF_YEAR,
					tt_period_day_from(&r->now->period, i));
		n++;
	}
	if (n == 0)
		return NULL;
	number = tt_report_count(r, n);
	if (n > NAMED)
		return TT_REPORT_FILL(r, DAYS_COUNTED, number);
	return lack == LACK_CUT ? tt_report_list(r, names, n)
				: TT_REPORT_FILL(r, DAYS_NAMED, number,
						tt_report_list(r, names, n));
}

static void
note_lacks(struct tt_report *r, const struct tt_day_cover *cover,
		struct tt_doc_figure *figure)
{
	const char *partly = days_with(r, cover, figure, LACK_TIME);
	const char *missing = days_with(r, cover, figure, LACK_ALL);
	const char *cut = days_with(r, cover, figure, LACK_CUT);

	if (partly != NULL)
		tt_document_figure_note(r->doc, figure,
				TT_REPORT_FILL(r, NOTE_PARTLY, partly,
						tt_report_percent(r,
								100 * TT_PERIOD_WHOLE_DAY)));
	if (missing != NULL)
		tt_document_figure_note(r->doc, figure,
				TT_REPORT_FILL(r, NOTE_NOT_OBSERVED, missing));
	if (cut != NULL)
		tt_document_figure_note(
				r->doc, figure, TT_REPORT_FILL(r, NOTE_CUT_DAYS, cut));
}

void
tt_report_mark_days(struct tt_report *report, struct tt_doc_figure *figure,
		const struct tt_day_cover *cover)
{
	struct tt_report *r = report;

	if (figure == NULL)
		return;
	for (unsigned i = 0; i < figure->n_x; i++) {
		enum lack lack = lack_of(cover, figure, i);
		double coverage = tt_observation_day_coverage_of(
				r->now, tt_day_cover_observed(cover, i));

		tt_document_observed(r->doc, figure, i,
				tt_value_number(TT_VALUE_COVERAGE, 100 * coverage),
				lack == LACK_CUT || lack == LACK_TIME);
	}
	note_lacks(r, cover, figure);
}
