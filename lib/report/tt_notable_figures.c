/* SPDX-License-Identifier: BSD-3-Clause */
/* The table and the figures of a notable target. */
#include "tt_notable_private.h"
#include "tt_report_parts.h"

#define PORTS      3
#define PORT_SHARE 0.01 /* of all packets: a port that a table or a figure shows */

enum {
	COLUMN_PART,
	COLUMN_KEY, /* "CN", "6000": for programs */
	COLUMN_NAME,
	COLUMN_NOW,
	COLUMN_BEFORE,
	COLUMN_CHANGE,
	COLUMN_SHARE,
	N_COLUMNS
};

static const char *
word(const struct tt_notable *w, enum tt_word which)
{
	return tt_locale_word(w->locale, which);
}

static void
put_rates(const struct tt_notable *w, struct tt_doc_row *row, double now, double before)
{
	tt_document_cell(row, COLUMN_NOW, tt_value_rate(now));
	if (w->report->before == NULL)
		return;
	tt_document_cell(row, COLUMN_BEFORE, tt_value_rate(before));
	tt_document_cell(row, COLUMN_CHANGE,
			tt_value_number(TT_VALUE_RATE_CHANGE, now - before));
}

static void
put_part(struct tt_notable *w, struct tt_doc_table *table, enum tt_word part,
		const char *key, const char *name, const struct tt_cause_part *p)
{
	struct tt_doc_row *row = tt_document_row(w->doc, table);
	const struct tt_cause *c = &w->cause;

	tt_document_cell(row, COLUMN_PART, tt_value_text(word(w, part)));
	tt_document_cell(row, COLUMN_KEY, tt_value_text(key));
	tt_document_cell(row, COLUMN_NAME, tt_value_text(name));
	put_rates(w, row, tt_cause_rate(c, p->count->packets[TT_CAUSE_NOW], TT_CAUSE_NOW),
			tt_cause_rate(c, p->count->packets[TT_CAUSE_BEFORE],
					TT_CAUSE_BEFORE));
	/* Of nothing, there are no shares. */
	if (c->found[p->count->of].since_packets > 0)
		tt_document_cell(row, COLUMN_SHARE,
				tt_value_number(TT_VALUE_PERCENT, 100 * p->share));
}

static void
put_sources(struct tt_notable *w, struct tt_doc_table *table,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	struct tt_source_count now = tt_cause_sources(
			c, t->of, 0, c->n_days[TT_CAUSE_NOW], TT_SOURCES_ANYWHERE);
	struct tt_source_count before = tt_cause_sources_before(
			c, t->of, TT_SOURCES_ANYWHERE);
	struct tt_doc_row *row = tt_document_row(w->doc, table);

	tt_document_cell(row, COLUMN_PART,
			tt_value_text(word(w, TT_WORD_NOTABLE_SOURCE_ADDRESSES)));
	if (c->sources.useless) {
		tt_document_cell(
				row, COLUMN_NOW, tt_value_text(word(w, TT_WORD_UNKNOWN)));
		return;
	}
	tt_document_cell(row, COLUMN_NOW,
			tt_value_integer(TT_VALUE_COUNT, (int64_t)now.n));
	if (w->report->before != NULL) {
		tt_document_cell(row, COLUMN_BEFORE,
				tt_value_integer(TT_VALUE_COUNT, (int64_t)before.n));
		tt_document_cell(row, COLUMN_CHANGE,
				tt_value_integer(TT_VALUE_COUNT_CHANGE,
						(int64_t)now.n - (int64_t)before.n));
	}
}

static const char *
port_name(struct tt_notable *w, const struct tt_cause_part *p)
{
	return tt_document_printf(w->doc, "%u", (unsigned)p->count->lo);
}

static const char *
country_key(struct tt_notable *w, const struct tt_cause_part *p)
{
	char code[3];

	return tt_document_text(w->doc, tt_cause_country_text(p->count->lo, code));
}

/* The heaviest source ports that are not lost among the others, now or before. */
static size_t
top_ports(const struct tt_notable *w, const struct tt_notable_target *t,
		struct tt_cause_part parts[PORTS])
{
	const struct tt_cause_target *found = &w->cause.found[t->of];
	size_t n = tt_cause_top(&w->cause, &w->cause.ports, t->of, parts, PORTS),
	       kept = 0;

	for (size_t i = 0; i < n; i++) {
		double before = (double)parts[i].count->packets[TT_CAUSE_BEFORE];

		if (parts[i].share >= PORT_SHARE
				|| (before > 0 && before >= PORT_SHARE * (double)found->packets[TT_CAUSE_BEFORE]))
			parts[kept++] = parts[i];
	}
	return kept;
}

static const char *
share_heading(struct tt_notable *w, const struct tt_notable_target *t)
{
	const char *since;

	if (!w->cause.found[t->of].has_change)
		return word(w, TT_WORD_NOTABLE_SHARE_OF_ALL);
	since = tt_notable_since(w, t);
	return tt_notable_fill(w, TT_WORD_NOTABLE_SINCE_SHARE, &since, 1);
}

static void
add_table(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	const struct tt_doc_column columns[N_COLUMNS] = {
			{"part", word(w, TT_WORD_NOTABLE_WHAT), false},
			{"key", word(w, TT_WORD_NOTABLE_NAME), true},
			{"name", word(w, TT_WORD_NOTABLE_NAME), false},
			{"now", word(w, TT_WORD_NOTABLE_NOW), false},
			{"before",
					tt_report_before_heading(w->report,
							TT_WORD_NOTABLE_BEFORE),
					false},
			{"change", word(w, TT_WORD_NOTABLE_CHANGE), false},
			{"share_since", share_heading(w, t), false}};
	const char *name = tt_notable_target_name(w, t);
	struct tt_cause_part parts[TT_NOTABLE_COUNTRIES];
	struct tt_doc_table *table = tt_document_table(w->doc, section,
			tt_document_printf(
					w->doc, "%s_parts", section ? section->id : ""),
			tt_notable_next(w, &w->table),
			tt_notable_fill(w, TT_WORD_NOTABLE_TABLE, &name, 1), columns,
			N_COLUMNS);
	struct tt_doc_row *row = tt_document_row(w->doc, table);
	size_t n;

	if (table == NULL)
		return;
	table->unit = tt_notable_unit(w);
	table->source = tt_notable_source(w, TT_WORD_NOTABLE_SOURCE, TT_REPORT_BOTH);
	tt_document_cell(row, COLUMN_PART, tt_value_text(word(w, TT_WORD_NOTABLE_ALL)));
	put_rates(w, row, t->now, t->before);
	n = tt_cause_top(&w->cause, &w->cause.countries, t->of, parts,
			TT_NOTABLE_COUNTRIES);
	for (size_t i = 0; i < n; i++)
		put_part(w, table, TT_WORD_NOTABLE_COUNTRY, country_key(w, &parts[i]),
				tt_notable_country(w, (uint16_t)parts[i].count->lo),
				&parts[i]);
	n = top_ports(w, t, parts);
	for (size_t i = 0; i < n; i++)
		put_part(w, table, TT_WORD_NOTABLE_SOURCE_PORT, port_name(w, &parts[i]),
				port_name(w, &parts[i]), &parts[i]);
	put_sources(w, table, t);
	if (n > 0)
		tt_document_table_note(w->doc, table, word(w, TT_WORD_NOTABLE_LOWER));
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
	figure->unit = tt_notable_unit(w);
	figure->source = tt_notable_source(w, TT_WORD_NOTABLE_SOURCE, TT_REPORT_NOW);
	tt_notable_days(w, figure);
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
	size_t n = ports ? top_ports(w, t, parts)
			 : tt_cause_top(&w->cause, counts, t->of, parts,
					 TT_NOTABLE_COUNTRIES);
	char code[3];

	if (rest == NULL || own == NULL)
		return;
	for (size_t day = 0; day < n_days; day++)
		rest[day] = tt_notable_packets(w, t->of, day, day + 1);
	for (size_t i = 0; i < n; i++) {
		const char *key = port_name(w, &parts[i]);
		const char *name = ports
				? tt_notable_fill(w, TT_WORD_NOTABLE_PORT_NAME, &key, 1)
				: tt_notable_country(w, (uint16_t)parts[i].count->lo);

		for (size_t day = 0; day < n_days; day++) {
			own[day] = tt_counts_sum(counts, parts[i].count, day * per_day,
					(day + 1) * per_day);
			rest[day] -= own[day];
		}
		add_series(w, figure,
				ports ? key
				      : tt_cause_country_text(parts[i].count->lo, code),
				name, false, own);
	}
	add_series(w, figure, "others", word(w, TT_WORD_NOTABLE_OTHERS), true, rest);
}

static void
add_sources(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	struct tt_doc_figure *figure;
	struct tt_doc_series *series;

	if (c->sources.useless || c->n_days[TT_CAUSE_NOW] > TT_SOURCE_SLICES_MAX)
		return;
	figure = add_figure(w, section, TT_FIGURE_SERIES, "sources",
			TT_WORD_NOTABLE_BY_DAY, t);
	if (figure == NULL)
		return;
	figure->unit = word(w, TT_WORD_NOTABLE_SOURCE_UNIT);
	series = tt_document_series(w->doc, figure, "sources",
			word(w, TT_WORD_NOTABLE_SOURCE_ADDRESSES));
	for (size_t day = 0; day < c->n_days[TT_CAUSE_NOW]; day++) {
		struct tt_source_count n = tt_cause_sources(
				c, t->of, day, day + 1, TT_SOURCES_ANYWHERE);

		if (c->days[TT_CAUSE_NOW][day].us > 0)
			tt_document_point(series, day,
					tt_value_integer(TT_VALUE_COUNT, (int64_t)n.n));
	}
	if (series != NULL)
		tt_report_mark_days(w->report, figure);
}

void
tt_notable_figures(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	uint64_t packets = w->cause.found[t->of].packets[TT_CAUSE_NOW];
	struct tt_cause_part part;

	add_table(w, section, t);
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
