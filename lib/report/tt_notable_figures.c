/* SPDX-License-Identifier: BSD-3-Clause */
/* The figures of a notable target. */
#include "tt_notable_private.h"
#include "tt_report_parts.h"

#define PORT_SHARE 0.01 /* of all packets: a port that a table or a figure shows */

static const char *
word(const struct tt_notable *w, enum tt_word which)
{
	return tt_locale_word(w->locale, which);
}

/* The heaviest source ports that are not lost among the others, now or before. */
size_t
tt_notable_top_ports(const struct tt_notable *w, const struct tt_notable_target *t,
		struct tt_cause_part parts[TT_NOTABLE_PORTS])
{
	const struct tt_cause_target *found = &w->cause.found[t->of];
	size_t n = tt_cause_top(&w->cause, &w->cause.ports, t->of, parts,
			       TT_NOTABLE_PORTS),
	       kept = 0;

	for (size_t i = 0; i < n; i++) {
		double before = (double)parts[i].count->packets[TT_CAUSE_BEFORE];

		if (parts[i].share >= PORT_SHARE
				|| (before > 0 && before >= PORT_SHARE * (double)found->packets[TT_CAUSE_BEFORE]))
			parts[kept++] = parts[i];
	}
	return kept;
}

const char *
tt_notable_port_name(struct tt_notable *w, const struct tt_cause_part *p)
{
	return tt_document_printf(w->doc, "%u", (unsigned)p->count->lo);
}

void
tt_notable_days(struct tt_notable *w, struct tt_doc_figure *figure)
{
	for (size_t day = 0; figure != NULL && day < figure->n_x; day++) {
		int64_t us = tt_notable_midnight(w, day);
		char id[TT_LOCALE_TEXT_MAX], label[TT_LOCALE_TEXT_MAX];

		tt_locale_date(w->locale, TT_DATE_ISO_DAY, us, id, sizeof(id));
		tt_locale_date(w->locale, TT_DATE_DAY_SHORT, us, label, sizeof(label));
		tt_document_x(w->doc, figure, day, id, label);
	}
}

static struct tt_doc_figure *
add_figure(struct tt_notable *w, struct tt_doc_section *section, enum tt_figure_kind kind,
		const char *what, enum tt_word title, const struct tt_notable_target *t)
{
	const char *name = tt_notable_target_name(w, t);
	struct tt_doc_figure *figure = tt_document_figure(w->doc, section, kind,
			tt_document_printf(w->doc, "%s_%s", section ? section->id : "",
					what),
			tt_notable_next(w, &w->figure),
			tt_notable_fill(w, title, &name, 1), TT_AXIS_DAYS,
			w->cause.n_days[TT_CAUSE_NOW]);

	if (figure == NULL)
		return NULL;
	figure->unit = tt_report_unit(w->report, false);
	figure->source = tt_notable_source(w, TT_WORD_NOTABLE_SOURCE, TT_REPORT_NOW);
	tt_notable_days(w, figure);
	tt_report_note_torn(w->report, figure);
	return figure;
}

/* A series by day of what is left of each day once others are taken away. */
static void
add_series(struct tt_notable *w, struct tt_doc_figure *figure, const char *id,
		const char *name, bool rest, const uint64_t *packets)
{
	struct tt_doc_series *series = tt_document_series(w->doc, figure, id, name);

	if (series == NULL)
		return;
	series->rest = rest;
	for (size_t day = 0; day < w->cause.n_days[TT_CAUSE_NOW]; day++) {
		struct tt_address_time exposure = w->cause.days[TT_CAUSE_NOW][day];

		if (exposure.us > 0)
			tt_document_point(series, day,
					tt_value_number(TT_VALUE_RATE,
							tt_address_rate(packets[day],
									exposure)));
	}
}

static const char *
country_code(const struct tt_cause_part *part, char code[3])
{
	return part->count->lo == 0 ? TT_OBSERVED_UNKNOWN
				    : tt_cause_country_text(part->count->lo, code);
}

/* The heaviest keys of a target as series by day, and the others. name: of a key; id likewise. */
static void
add_parts(struct tt_notable *w, struct tt_doc_figure *figure,
		const struct tt_notable_target *t, const struct tt_counts *counts,
		bool ports)
{
	size_t n_days = w->cause.n_days[TT_CAUSE_NOW];
	size_t per_day = ports ? 1 : (size_t)(TT_US_PER_DAY / w->cause.slice_us);
	uint64_t *rest = tt_document_alloc(w->doc, n_days * sizeof(*rest));
	uint64_t *own = tt_document_alloc(w->doc, n_days * sizeof(*own));
	struct tt_cause_part parts[TT_NOTABLE_COUNTRIES];
	size_t n = ports ? tt_notable_top_ports(w, t, parts)
			 : tt_cause_top(&w->cause, counts, t->of, parts,
					 TT_NOTABLE_COUNTRIES);
	char code[3];

	if (rest == NULL || own == NULL)
		return;
	for (size_t day = 0; day < n_days; day++)
		rest[day] = tt_notable_packets(w, t->of, day, day + 1);
	for (size_t i = 0; i < n; i++) {
		const char *key = tt_notable_port_name(w, &parts[i]);
		const char *name = ports
				? tt_notable_fill(w, TT_WORD_NOTABLE_PORT_NAME, &key, 1)
				: tt_notable_country(w, (uint16_t)parts[i].count->lo);

		for (size_t day = 0; day < n_days; day++) {
			own[day] = tt_counts_sum(counts, parts[i].count, day * per_day,
					(day + 1) * per_day);
			/* No more than there are, whatever the tables of a snapshot say. */
			rest[day] -= own[day] < rest[day] ? own[day] : rest[day];
		}
		add_series(w, figure,
				ports ? key
				      : tt_report_id(w->report,
						      country_code(&parts[i], code)),
				name, false, own);
	}
	add_series(w, figure, "others", word(w, TT_WORD_NOTABLE_OTHERS), true, rest);
}

/* The sources of each day; NULL: the number of some day is not known. */
static struct tt_source_count *
count_days(struct tt_notable *w, const struct tt_notable_target *t)
{
	size_t n = w->cause.n_days[TT_CAUSE_NOW];
	struct tt_source_count *counts = tt_document_alloc(w->doc, n * sizeof(*counts));

	for (size_t day = 0; counts != NULL && day < n; day++) {
		counts[day] = tt_cause_sources(
				&w->cause, t->of, day, day + 1, TT_SOURCES_ANYWHERE);
		if (counts[day].unknown)
			return NULL;
	}
	return counts;
}

/* What some of the days are, estimates, is told of all. */
static void
tell_errors(struct tt_notable *w, struct tt_doc_figure *figure,
		const struct tt_source_count *counts,
		const struct tt_notable_estimates *estimates)
{
	if (estimates->n == 0)
		return;
	for (size_t day = 0; day < figure->n_x; day++)
		if (w->cause.days[TT_CAUSE_NOW][day].us > 0)
			tt_document_error(w->doc, figure, day,
					tt_value_integer(TT_VALUE_COUNT,
							(int64_t)counts[day].stderr_n));
	tt_document_figure_note(w->doc, figure, tt_notable_estimated_days(w, estimates));
}

static void
add_sources(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	struct tt_notable_estimates estimates = {0};
	const struct tt_source_count *counts;
	struct tt_doc_figure *figure;
	struct tt_doc_series *series;

	if (c->n_days[TT_CAUSE_NOW] > TT_SOURCE_SLICES_MAX)
		return;
	counts = count_days(w, t);
	if (counts == NULL)
		return;
	figure = add_figure(w, section, TT_FIGURE_SERIES, "sources",
			TT_WORD_NOTABLE_BY_DAY, t);
	if (figure == NULL)
		return;
	figure->unit = word(w, TT_WORD_NOTABLE_SOURCE_UNIT);
	series = tt_document_series(w->doc, figure, "sources",
			word(w, TT_WORD_NOTABLE_SOURCE_ADDRESSES));
	for (size_t day = 0; series != NULL && day < c->n_days[TT_CAUSE_NOW]; day++) {
		if (c->days[TT_CAUSE_NOW][day].us <= 0)
			continue;
		tt_document_point(series, day,
				tt_value_integer(TT_VALUE_COUNT, (int64_t)counts[day].n));
		tt_notable_note_estimate(&estimates, &counts[day]);
	}
	tell_errors(w, figure, counts, &estimates);
	if (series != NULL)
		tt_report_mark_days(w->report, figure, &w->cover[TT_CAUSE_NOW]);
}

void
tt_notable_figures(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	uint64_t packets = w->cause.found[t->of].packets[TT_CAUSE_NOW];
	struct tt_cause_part part;

	tt_notable_table(w, section, t);
	if (packets == 0 || w->cause.n_days[TT_CAUSE_NOW] < 2)
		return;
	if (packets < TT_NOTABLE_PACKETS || t->now < TT_RATE_LEAST) {
		tt_notable_say(w, section, TT_ELEMENT_TEXT, TT_WORD_NOTABLE_FEW,
				tt_notable_number(w, packets), NULL);
		return;
	}
	add_parts(w,
			add_figure(w, section, TT_FIGURE_SERIES, "countries",
					TT_WORD_NOTABLE_BY_COUNTRY, t),
			t, &w->cause.countries, false);
	if (tt_cause_top(&w->cause, &w->cause.ports, t->of, &part, 1) > 0
			&& part.share >= TT_NOTABLE_EPISODE)
		add_parts(w,
				add_figure(w, section, TT_FIGURE_STACKED, "source_ports",
						TT_WORD_NOTABLE_BY_PORT, t),
				t, &w->cause.ports, true);
	add_sources(w, section, t);
}
