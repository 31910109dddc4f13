/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_report_parts.h"

#include <string.h>

#define COMPARED_MAX 5
#define SHARED_MAX   8 /* series of shares, but for the rest */
#define LEFT_LEAST \
	0.5 /* of counts: what is left of weighted ones may be next to nothing */

void
tt_report_compared(struct tt_report *report, const struct tt_report_heading *heading,
		enum tt_report_what what)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(report, what);
	struct tt_doc_figure *figure;
	struct tt_doc_series *now, *before;
	const struct tt_ranked *rows[COMPARED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < ranking->n && n < COMPARED_MAX; i++)
		if (ranking->rows[i].rank > 0)
			rows[n++] = &ranking->rows[i];
	if (n == 0 || !ranking->scale.compared)
		return;
	figure = tt_document_figure(report->doc, heading->section, TT_FIGURE_COMPARED,
			heading->id, heading->number, heading->title, TT_AXIS_TEXT, n);
	before = tt_document_series(report->doc, figure, "before",
			tt_report_period(report, report->before_period));
	for (size_t i = 0; i < n; i++)
		if (!rows[i]->lacks_before)
			tt_document_point(before, i,
					tt_value_number(TT_VALUE_RATE,
							rows[i]->rate_before));
	now = tt_document_series(report->doc, figure, "now",
			tt_report_period(report, &report->now->period));
	for (size_t i = 0; i < n; i++) {
		tt_document_point(now, i, tt_value_number(TT_VALUE_RATE, rows[i]->rate));
		tt_document_x(report->doc, figure, i,
				tt_report_key(report, what, rows[i]->index),
				tt_report_name(report, what, rows[i]->index));
	}
	if (figure != NULL) {
		figure->unit = tt_report_unit(report, tt_report_is_detections(what));
		figure->source = tt_report_source(report, TT_REPORT_BOTH);
	}
}

int32_t *
tt_report_part_indices(struct tt_report *report, const struct tt_report_ranking *ranking,
		size_t *n)
{
	int32_t *indices = tt_document_alloc(
			report->doc, (ranking->n + 1) * sizeof(*indices));

	*n = 0;
	for (size_t i = 0; indices != NULL && i < ranking->n; i++)
		if (tt_ranked_is_part(&ranking->rows[i]))
			indices[(*n)++] = ranking->rows[i].index;
	return indices;
}

int32_t *
tt_report_indices(struct tt_report *report, const struct tt_report_ranking *ranking,
		size_t most, size_t *n)
{
	int32_t *indices = tt_document_alloc(
			report->doc, (ranking->n + 1) * sizeof(*indices));

	*n = 0;
	for (size_t i = 0; indices != NULL && i < ranking->n && *n < most; i++)
		if (ranking->rows[i].rank > 0)
			indices[(*n)++] = ranking->rows[i].index;
	return indices;
}

/* The series with the most over all bars, the greatest first. Returns how many. */
static size_t
choose_series(const struct tt_report *report, const struct tt_report_shares *s,
		int32_t chosen[SHARED_MAX])
{
	double most[SHARED_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < s->n_series; i++) {
		double count = 0;
		size_t at = n;

		for (size_t x = 0; x < s->n_x; x++)
			count += s->count(report, s->x == NULL ? -1 : s->x[x],
					s->series[i]);
		while (at > 0
				&& (count > most[at - 1]
						|| (count == most[at - 1]
								&& tt_report_goes_first(
										report,
										s->series_what,
										s->series[i],
										chosen[at - 1]))))
			at--;
		if (count == 0 || at == SHARED_MAX)
			continue;
		n += n < SHARED_MAX;
		memmove(&most[at + 1], &most[at], (n - 1 - at) * sizeof(*most));
		memmove(&chosen[at + 1], &chosen[at], (n - 1 - at) * sizeof(*chosen));
		most[at] = count;
		chosen[at] = s->series[i];
	}
	return n;
}

static struct tt_value
share(double count, double total)
{
	if (total == 0)
		return (struct tt_value){.kind = TT_VALUE_UNKNOWN};
	return tt_value_number(TT_VALUE_PERCENT, 100 * count / total);
}

static void
share_series(struct tt_report *r, struct tt_doc_figure *figure,
		const struct tt_report_shares *s, int32_t index, double *rest)
{
	struct tt_doc_series *series = tt_document_series(r->doc, figure,
			tt_report_id(r, tt_report_key(r, s->series_what, index)),
			tt_report_name(r, s->series_what, index));

	for (size_t x = 0; x < s->n_x; x++) {
		int32_t at = s->x == NULL ? -1 : s->x[x];
		double count = s->count(r, at, index);

		tt_document_point(series, x, share(count, s->total(r, at)));
		rest[x] -= count;
	}
}

/* What no series has; it is not told apart from nothing where it comes from rounding alone. */
static double
left_at(const double *left, size_t i)
{
	return left[i] >= LEFT_LEAST ? left[i] : 0;
}

/* Is there something that no series has? */
static bool
any_left(const double *left, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || left[i] >= LEFT_LEAST;
	return any;
}

static void
share_rest(struct tt_report *r, struct tt_doc_figure *figure,
		const struct tt_report_shares *s, const double *rest)
{
	struct tt_doc_series *series;

	if (!any_left(rest, s->n_x))
		return;
	series = tt_document_series(r->doc, figure, "others", TT_REPORT_WORD(r, OTHERS));
	if (series == NULL)
		return;
	series->rest = true;
	for (size_t x = 0; x < s->n_x; x++)
		tt_document_point(series, x,
				share(left_at(rest, x),
						s->total(r,
								s->x == NULL ? -1
									     : s->x[x])));
}

static void
share_axis(struct tt_report *r, struct tt_doc_figure *figure,
		const struct tt_report_shares *s)
{
	for (size_t x = 0; x < s->n_x; x++) {
		if (s->x == NULL)
			tt_document_x(r->doc, figure, x, s->x_id, s->x_label);
		else
			tt_document_x(r->doc, figure, x,
					tt_report_key(r, s->x_what, s->x[x]),
					tt_report_name(r, s->x_what, s->x[x]));
	}
}

void
tt_report_shares(struct tt_report *report, const struct tt_report_heading *heading,
		const struct tt_report_shares *shares)
{
	double *rest = tt_document_alloc(report->doc, (shares->n_x + 1) * sizeof(*rest));
	int32_t chosen[SHARED_MAX + 1];
	size_t n = choose_series(report, shares, chosen);
	struct tt_doc_figure *figure;

	if (n == 0 || rest == NULL)
		return;
	figure = tt_document_figure(report->doc, heading->section, TT_FIGURE_SHARES,
			heading->id, heading->number, heading->title, TT_AXIS_TEXT,
			shares->n_x);
	share_axis(report, figure, shares);
	for (size_t x = 0; x < shares->n_x; x++)
		rest[x] = shares->total(report, shares->x == NULL ? -1 : shares->x[x]);
	for (size_t i = 0; i < n; i++)
		share_series(report, figure, shares, chosen[i], rest);
	share_rest(report, figure, shares, rest);
	tt_document_figure_note(
			report->doc, figure, TT_REPORT_WORD(report, NOTE_ROUNDING));
	if (figure != NULL) {
		figure->unit = TT_REPORT_WORD(report, UNIT_PERCENT);
		figure->source = tt_report_source(report, TT_REPORT_NOW);
	}
}

static const struct tt_exposure *
exposure_at(const struct tt_report *r, const struct tt_report_stack *s, size_t at)
{
	if (s->months)
		return &r->series->exposure[at];
	return s->detections ? &r->now->days[at].signatures : &r->now->days[at].exposure;
}

/* The first month with anything; days begin with the period's. */
static size_t
first_place(const struct tt_report *r, const struct tt_report_stack *s)
{
	size_t at = 0;

	while (s->months && at + 1 < TT_SERIES_MONTHS
			&& !tt_rate_is_any(r->unit, &r->series->exposure[at]))
		at++;
	return at;
}

static void
stack_axis(struct tt_report *r, struct tt_doc_figure *figure,
		const struct tt_report_stack *s, size_t first, size_t width)
{
	for (size_t at = first; at < width; at++) {
		int64_t us = s->months
				? r->series->months[at].from_us
				: tt_period_day_from(&r->now->period, (unsigned)at);

		tt_document_x(r->doc, figure, at - first,
				tt_report_date(r,
						s->months ? TT_DATE_ISO_MONTH
							  : TT_DATE_ISO_DAY,
						us),
				tt_report_date(r,
						s->months ? TT_DATE_MONTH_SHORT
							  : TT_DATE_DAY_SHORT,
						us));
	}
}

/* One series, and what is left without it at each place from first on. i = n_series: what is left. */
static void
stack_series(struct tt_report *r, struct tt_doc_figure *figure,
		const struct tt_report_stack *s, size_t i, size_t first, size_t width,
		double *left)
{
	bool rest = i == s->n_series;
	struct tt_doc_series *series = tt_document_series(r->doc, figure,
			rest ? "others" : s->ids[i],
			rest ? TT_REPORT_WORD(r, OTHERS) : s->names[i]);

	for (size_t at = first; series != NULL && at < width; at++) {
		const struct tt_exposure *exposure = exposure_at(r, s, at);
		double count = rest ? left_at(left, at) : s->count(r, s->context, i, at);

		left[at] -= count;
		if (tt_rate_is_any(r->unit, exposure))
			tt_document_point(series, at - first,
					tt_value_number(TT_VALUE_RATE,
							tt_rate_of(r->unit, exposure,
									count)));
	}
	if (series != NULL)
		series->rest = rest;
}

void
tt_report_note_torn(struct tt_report *report, struct tt_doc_figure *figure)
{
	struct tt_report *r = report;
	uint64_t n = r->now->n_torn_days;

	if (n > 0)
		tt_document_figure_note(r->doc, figure,
				TT_REPORT_FILL(r, NOTE_TORN, tt_report_count(r, n)));
}

/* What was observed of each month from first on, and a note of those that were observed in part: their rates are of a few
 * days, or hours, beside those of whole months. */
static void
mark_months(struct tt_report *r, struct tt_doc_figure *figure, size_t first)
{
	const struct tt_series *s = r->series;
	const char *names[TT_SERIES_MONTHS];
	size_t n = 0;

	for (size_t at = first; at < TT_SERIES_MONTHS; at++) {
		bool partly = tt_rate_is_any(r->unit, &s->exposure[at])
				&& !tt_day_is_whole(s->shares[at]);

		tt_document_observed(r->doc, figure, at - first,
				tt_value_number(TT_VALUE_COVERAGE,
						100 * s->shares[at].observed),
				partly);
		if (partly)
			names[n++] = tt_report_date(
					r, TT_DATE_MONTH, s->months[at].from_us);
	}
	if (n > 0)
		tt_document_figure_note(r->doc, figure,
				TT_REPORT_FILL(r, NOTE_PARTLY_MONTHS,
						tt_report_list(r, names, n),
						tt_report_percent(r,
								100 * TT_PERIOD_WHOLE_DAY)));
}

void
tt_report_stack(struct tt_report *report, const struct tt_report_heading *heading,
		const struct tt_report_stack *stack)
{
	size_t width = stack->months ? TT_SERIES_MONTHS : report->now->period.n_days;
	size_t first = first_place(report, stack);
	double *left = tt_document_alloc(report->doc, width * sizeof(*left));
	struct tt_doc_figure *figure;

	if (left == NULL)
		return;
	figure = tt_document_figure(report->doc, heading->section, TT_FIGURE_STACKED,
			heading->id, heading->number, heading->title,
			stack->months ? TT_AXIS_MONTHS : TT_AXIS_DAYS, width - first);
	stack_axis(report, figure, stack, first, width);
	for (size_t at = 0; at < width; at++)
		left[at] = stack->count(report, stack->context, stack->n_series, at);
	for (size_t i = 0; i < stack->n_series; i++)
		stack_series(report, figure, stack, i, first, width, left);
	if (any_left(left, width))
		stack_series(report, figure, stack, stack->n_series, first, width, left);
	if (!stack->months)
		tt_report_note_torn(report, figure);
	else if (figure != NULL)
		mark_months(report, figure, first);
	if (figure != NULL) {
		figure->unit = tt_report_unit(report, stack->detections);
		figure->source = tt_report_source(
				report, stack->months ? TT_REPORT_MONTHS : TT_REPORT_NOW);
	}
}

unsigned
tt_report_days_observed(const struct tt_report *report)
{
	unsigned n = 0;

	for (unsigned i = 0; i < report->now->period.n_days; i++)
		n += tt_rate_is_any(report->unit, &report->now->days[i].exposure);
	return n;
}

unsigned
tt_report_months_observed(const struct tt_report *report)
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_SERIES_MONTHS; i++)
		n += tt_rate_is_any(report->unit, &report->series->exposure[i]);
	return n;
}
