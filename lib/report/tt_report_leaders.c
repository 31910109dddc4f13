/* SPDX-License-Identifier: BSD-3-Clause */
/* Series of the targets and countries that lead, and of sources. */
#include "tt_report_parts.h"
#include "tt_sketch.h"

#include <string.h>

#define STEADY 0.05 /* of the most, that the least may be less */

/* A leader's series that is being drawn: a target by some countries, or a country by its targets. */
struct drawing {
	const struct tt_sums *sums;
	int32_t rows[TT_REPORT_LEADERS]; /* [n] of sums */
	size_t n;
	size_t n_rows; /* of sums, all of them: what is counted in all */
	size_t width; /* of a row */
};

static double
drawn(const struct tt_report *report, const void *context, size_t i, size_t at)
{
	const struct drawing *d = context;
	uint64_t total = 0;

	if (i < d->n)
		return (double)tt_sums_get(d->sums, (size_t)d->rows[i] * d->width + at);
	for (size_t row = 0; row < d->n_rows; row++)
		total += tt_sums_get(d->sums, row * d->width + at);
	return (double)total;
}

static void
stack_leader(struct tt_report *r, const struct tt_report_heading *heading, bool months,
		const struct drawing *d, const char *const *names, const char *const *ids)
{
	const struct tt_report_stack stack = {.months = months,
			.n_series = d->n,
			.names = names,
			.ids = ids,
			.count = drawn,
			.context = d};

	tt_report_stack(r, heading, &stack);
}

/* Is a count of the period not shown as 0.00? Else it is no series but the first, and among the others: many ports have a packet or two. */
static bool
shows(const struct tt_report *r, uint64_t packets)
{
	return tt_rate(r->unit, &r->now->exposure, packets) >= TT_RATE_LEAST;
}

/* Countries are, and what is of unknown country where it would be among the first; else it is among the others, as what is not told
 * apart. */
static bool
may_be_series(const struct tt_report *r, int32_t country)
{
	const struct tt_ranked *unknown = tt_report_unknown(r, TT_REPORT_COUNTRIES);

	return r->now->names->countries[country][0] >= 'A'
			|| (unknown != NULL && unknown->would_lead
					&& unknown->index == country);
}

/* Has a country, with these packets to a target, more of them than another one, or as many and comes first? */
static bool
is_before(const struct tt_report *r, int32_t target, int32_t country, uint64_t packets,
		int32_t other)
{
	uint64_t others = tt_observation_target_country(r->now, target, other);

	return packets > others
			|| (packets == others
					&& tt_report_goes_first(r, TT_REPORT_COUNTRIES,
							country, other));
}

/* The countries with the most packets to a target in the period. Returns how many. */
static size_t
countries_of(const struct tt_report *r, int32_t target, int32_t chosen[TT_REPORT_LEADERS])
{
	size_t n = 0;

	for (size_t c = 0; c < r->now->names->n_countries; c++) {
		uint64_t packets = tt_observation_target_country(
				r->now, target, (int32_t)c);
		size_t at = n;

		if (!may_be_series(r, (int32_t)c))
			continue;
		while (at > 0
				&& is_before(r, target, (int32_t)c, packets,
						chosen[at - 1]))
			at--;
		if (packets == 0 || at == TT_REPORT_LEADERS)
			continue;
		n += n < TT_REPORT_LEADERS;
		memmove(&chosen[at + 1], &chosen[at], (n - 1 - at) * sizeof(*chosen));
		chosen[at] = (int32_t)c;
	}
	return n;
}

void
tt_report_draw_target(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_series_target *t, const char *number, bool months)
{
	struct tt_report *r = report;
	const char *name = tt_report_target(r, t->target);
	struct drawing d = {.sums = months ? &t->months : &t->days,
			.n_rows = r->now->names->n_countries,
			.width = months ? TT_SERIES_MONTHS : r->series->n_days};
	const char *names[TT_REPORT_LEADERS], *ids[TT_REPORT_LEADERS];
	struct tt_report_heading heading = {.section = section, .number = number};

	d.n = countries_of(r, t->target, d.rows);
	while (d.n > 1
			&& !shows(r,
					tt_observation_target_country(r->now, t->target,
							d.rows[d.n - 1])))
		d.n--;
	for (size_t i = 0; i < d.n; i++) {
		names[i] = tt_report_country(r, d.rows[i]);
		ids[i] = tt_report_id(r, r->now->names->countries[d.rows[i]]);
	}
	heading.id = tt_document_printf(r->doc, "target_%s_%s", tt_report_id(r, name),
			months ? "months" : "days");
	heading.title = months ? TT_REPORT_FILL(r, FIGURE_TARGET_MONTHS, name)
			       : TT_REPORT_FILL(r, FIGURE_TARGET_DAYS, name);
	stack_leader(r, &heading, months, &d, names, ids);
}

void
tt_report_draw_country(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_series_country *c, const char *number, bool months)
{
	struct tt_report *r = report;
	const char *name = tt_report_country_in_text(r, c->country);
	struct drawing d = {.sums = months ? &c->months : &c->days,
			.n_rows = c->n_targets + 1,
			.n = c->n_targets,
			.width = months ? TT_SERIES_MONTHS : r->series->n_days};
	const char *names[TT_REPORT_LEADERS], *ids[TT_REPORT_LEADERS];
	struct tt_report_heading heading = {.section = section, .number = number};

	while (d.n > 1
			&& !shows(r,
					tt_observation_target_country(r->now,
							c->targets[d.n - 1], c->country)))
		d.n--;
	for (size_t i = 0; i < d.n; i++) {
		d.rows[i] = (int32_t)i;
		names[i] = tt_report_target(r, c->targets[i]);
		ids[i] = tt_report_id(r, names[i]);
	}
	heading.id = tt_document_printf(r->doc, "country_%s_%s",
			tt_report_id(r, r->now->names->countries[c->country]),
			months ? "months" : "days");
	heading.title = months ? TT_REPORT_FILL(r, FIGURE_COUNTRY_MONTHS, name)
			       : TT_REPORT_FILL(r, FIGURE_COUNTRY_DAYS, name);
	stack_leader(r, &heading, months, &d, names, ids);
}

/* The days with the most and the least, of those that were observed whole: of others, the hours that were may be those of
 * most or least packets. */
struct extremes {
	double most, least; /* most < 0: no day was observed */
	unsigned n_days; /* that were looked at */
};

/* The rate of a day; below 0: it is not looked at. */
static double
day_rate(const struct tt_report *r, const struct drawing *d, unsigned day)
{
	const struct tt_exposure *exposure = &r->now->days[day].exposure;

	if (!tt_observation_day_whole(r->now, day) || !tt_rate_is_any(r->unit, exposure))
		return -1;
	return tt_rate(r->unit, exposure, drawn(r, d, 0, day));
}

static struct extremes
extremes_of(const struct tt_report *r, const struct drawing *d)
{
	struct extremes e = {.most = -1};

	for (unsigned i = 0; i < r->series->n_days; i++) {
		double rate = day_rate(r, d, i);

		if (rate < 0)
			continue;
		e.n_days++;
		if (e.most < 0 || rate < e.least)
			e.least = rate;
		if (rate > e.most)
			e.most = rate;
	}
	return e;
}

static const char *
day_text(const struct tt_report *r, unsigned day)
{
	return tt_report_date(
			r, TT_DATE_DAY_OF_YEAR, tt_period_day_from(&r->now->period, day));
}

/* The first day with a rate as it is shown, and how many more have the same: "30 January and 1 more day". */
static const char *
days_with(const struct tt_report *r, const struct drawing *d, const char *shown)
{
	unsigned first = 0;
	uint64_t n = 0;

	for (unsigned i = 0; i < r->series->n_days; i++) {
		double rate = day_rate(r, d, i);

		if (rate < 0 || strcmp(tt_report_rate(r, rate), shown) != 0)
			continue;
		if (n++ == 0)
			first = i;
	}
	if (n == 1)
		return day_text(r, first);
	if (n == 2)
		return TT_REPORT_FILL(r, DAY_AND_ANOTHER, day_text(r, first));
	return TT_REPORT_FILL(r, DAY_AND_OTHERS, day_text(r, first),
			tt_report_count(r, n - 1), tt_report_count(r, n));
}

void
tt_report_say_days(struct tt_report *report, struct tt_doc_section *section,
		const struct tt_series_target *t)
{
	struct tt_report *r = report;
	const struct drawing d = {.sums = &t->days,
			.n_rows = r->now->names->n_countries,
			.width = r->series->n_days};
	const struct extremes e = extremes_of(r, &d);
	const char *name = tt_report_target(r, t->target);
	const char *most = tt_report_rate(r, e.most), *least = tt_report_rate(r, e.least);

	if (e.n_days < 2)
		return;
	if (e.n_days < tt_report_days_observed(r))
		name = TT_REPORT_FILL(
				r, TARGET_WHOLE_DAYS, name, tt_report_count(r, e.n_days));
	if (strcmp(least, most) == 0)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, TARGET_EVEN, name, most));
	else if (e.most - e.least < STEADY * e.most)
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, TARGET_STEADY, name, least, most));
	else
		tt_document_say(r->doc, section, TT_ELEMENT_TEXT,
				TT_REPORT_FILL(r, TARGET_DAYS, name,
						days_with(r, &d, most), most,
						days_with(r, &d, least), least));
}

/* Unique sources of each day, as one series. */
void
tt_report_draw_sources(struct tt_report *report, struct tt_doc_section *section)
{
	struct tt_report *r = report;
	const struct tt_observation *o = r->now;
	struct tt_doc_figure *figure;
	struct tt_doc_series *series;

	if (o->p == 0 || tt_report_days_observed(r) < 2)
		return;
	figure = tt_document_figure(r->doc, section, TT_FIGURE_SERIES, "sources_days",
			"3-18", TT_REPORT_WORD(r, FIGURE_SOURCES), TT_AXIS_DAYS,
			o->period.n_days);
	series = tt_document_series(
			r->doc, figure, "sources", TT_REPORT_WORD(r, SERIES_SOURCES));
	for (unsigned i = 0; i < o->period.n_days; i++) {
		int64_t us = tt_period_day_from(&o->period, i);

		tt_document_x(r->doc, figure, i, tt_report_date(r, TT_DATE_ISO_DAY, us),
				tt_report_date(r, TT_DATE_DAY_SHORT, us));
		if (o->days[i].sources >= 0)
			tt_document_point(series, i,
					tt_value_integer(TT_VALUE_COUNT,
							(int64_t)(o->days[i].sources
									+ 0.5)));
	}
	if (series != NULL)
		tt_report_mark_days(r, figure, &r->now->cover);
	tt_report_note_torn(r, figure);
	tt_document_figure_note(r->doc, figure,
			TT_REPORT_FILL(r, NOTE_SKETCHES,
					tt_report_percent(
							r, 100 * tt_sketch_error(o->p))));
	if (figure != NULL) {
		figure->unit = TT_REPORT_WORD(r, UNIT_SOURCES);
		figure->source = tt_report_source(r, TT_REPORT_NOW);
	}
}
