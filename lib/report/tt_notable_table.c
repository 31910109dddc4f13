/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of a notable target: what has most of it, and what changed most. */
#include "tt_notable_private.h"

enum {
	COLUMN_PART,
	COLUMN_KEY, /* "CN", "6000": for programs */
	COLUMN_NAME,
	COLUMN_NOW,
	COLUMN_BEFORE,
	COLUMN_CHANGE,
	COLUMN_SHARE,
	COLUMN_PACKETS, /* what the counts are of: for programs */
	COLUMN_STDERR, /* of numbers of sources */
	COLUMN_PACKETS_BEFORE,
	COLUMN_STDERR_BEFORE,
	N_COLUMNS
};

static const char *
word(const struct tt_notable *w, enum tt_word which)
{
	return tt_locale_word(w->locale, which);
}

/* Where nothing is compared, there are no columns of it: two behind that of now, and the last two. */
static size_t
n_columns(const struct tt_notable *w)
{
	return w->report->before == NULL ? N_COLUMNS - 4 : N_COLUMNS;
}

static size_t
share_column(const struct tt_notable *w)
{
	return w->report->before == NULL ? COLUMN_SHARE - 2 : COLUMN_SHARE;
}

static size_t
packets_column(const struct tt_notable *w)
{
	return share_column(w) + 1;
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
put_packets(const struct tt_notable *w, struct tt_doc_row *row,
		const uint64_t packets[TT_N_CAUSE_SPANS])
{
	tt_document_cell(row, packets_column(w),
			tt_value_integer(TT_VALUE_COUNT, (int64_t)packets[TT_CAUSE_NOW]));
	if (w->report->before != NULL)
		tt_document_cell(row, COLUMN_PACKETS_BEFORE,
				tt_value_integer(TT_VALUE_COUNT,
						(int64_t)packets[TT_CAUSE_BEFORE]));
}

/* note: a footnote of what the row is; 0: none. */
static void
put_part(struct tt_notable *w, struct tt_doc_table *table, enum tt_word part,
		unsigned note, const char *key, const char *name,
		const struct tt_cause_part *p)
{
	struct tt_doc_row *row = tt_document_row(w->doc, table);
	const struct tt_cause *c = &w->cause;
	struct tt_value label = tt_value_text(word(w, part));

	label.note = note;
	tt_document_cell(row, COLUMN_PART, label);
	tt_document_cell(row, COLUMN_KEY, tt_value_text(key));
	tt_document_cell(row, COLUMN_NAME, tt_value_text(name));
	put_rates(w, row, tt_cause_rate(c, p->count->packets[TT_CAUSE_NOW], TT_CAUSE_NOW),
			tt_cause_rate(c, p->count->packets[TT_CAUSE_BEFORE],
					TT_CAUSE_BEFORE));
	if (c->found[p->count->of].since_packets >= TT_NOTABLE_PACKETS)
		tt_document_cell(row, share_column(w),
				tt_value_number(TT_VALUE_PERCENT, 100 * p->share));
	put_packets(w, row, p->count->packets);
}

static const char *
lengths_note(struct tt_notable *w)
{
	const char *args[] = {tt_notable_length(w, TT_CAUSE_NOW),
			tt_notable_length(w, TT_CAUSE_BEFORE),
			tt_report_in_before(w->report)};

	return tt_notable_fill(w, TT_WORD_NOTABLE_SOURCES_LENGTHS_NOTE, args, 3);
}

/* footnote: of what errors a number has. */
static struct tt_value
source_value(struct tt_notable *w, struct tt_doc_table *table,
		const struct tt_source_count *count)
{
	struct tt_value value = tt_value_integer(TT_VALUE_COUNT, (int64_t)count->n);
	const char *error = tt_notable_number(w, count->stderr_n);

	if (count->stderr_n > 0)
		value.note = tt_document_table_note(w->doc, table,
				tt_notable_fill(w, TT_WORD_NOTABLE_AN_ESTIMATE, &error,
						1));
	return value;
}

static struct tt_value
source_error(const struct tt_source_count *count)
{
	return tt_value_integer(TT_VALUE_COUNT, (int64_t)count->stderr_n);
}

static void
put_sources(struct tt_notable *w, struct tt_doc_table *table,
		const struct tt_notable_target *t)
{
	const struct tt_cause *c = &w->cause;
	struct tt_source_count now = tt_cause_all_sources(c, t->of, TT_CAUSE_NOW);
	struct tt_source_count before = tt_cause_all_sources(c, t->of, TT_CAUSE_BEFORE);
	struct tt_doc_row *row = tt_document_row(w->doc, table);

	tt_document_cell(row, COLUMN_PART,
			tt_value_text(word(w, TT_WORD_NOTABLE_SOURCE_ADDRESSES)));
	if (now.unknown || before.unknown) {
		tt_document_cell(
				row, COLUMN_NOW, tt_value_text(word(w, TT_WORD_UNKNOWN)));
		return;
	}
	tt_document_cell(row, COLUMN_NOW, source_value(w, table, &now));
	tt_document_cell(row, packets_column(w) + 1, source_error(&now));
	if (w->report->before == NULL)
		return;
	tt_document_cell(row, COLUMN_BEFORE, source_value(w, table, &before));
	tt_document_cell(row, COLUMN_STDERR_BEFORE, source_error(&before));
	if (tt_notable_alike_length(w))
		tt_document_cell(row, COLUMN_CHANGE,
				tt_value_integer(TT_VALUE_COUNT_CHANGE,
						(int64_t)now.n - (int64_t)before.n));
	else
		tt_document_cell(row, COLUMN_CHANGE,
				(struct tt_value){.kind = TT_VALUE_BLANK,
						.note = tt_document_table_note(w->doc,
								table, lengths_note(w))});
}

static const char *
country_key(struct tt_notable *w, const struct tt_cause_part *p)
{
	char code[3];

	return tt_document_text(w->doc, tt_cause_country_text(p->count->lo, code));
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

static struct tt_doc_table *
make_table(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	struct tt_doc_column columns[N_COLUMNS] = {
			{"part", word(w, TT_WORD_NOTABLE_WHAT), false},
			{"key", word(w, TT_WORD_NOTABLE_NAME), true},
			{"name", word(w, TT_WORD_NOTABLE_NAME), false},
			{"now", word(w, TT_WORD_NOTABLE_NOW), false},
			{"before",
					tt_report_before_heading(w->report,
							TT_WORD_NOTABLE_BEFORE),
					false},
			{"change", word(w, TT_WORD_NOTABLE_CHANGE), false}};
	const char *name = tt_notable_target_name(w, t);
	struct tt_doc_table *table;

	/* Of no packets there are no shares: the column is there for programs. */
	columns[share_column(w)] = (struct tt_doc_column){"share_since",
			share_heading(w, t), w->cause.found[t->of].since_packets == 0};
	columns[packets_column(w)] = (struct tt_doc_column){"packets",
			tt_report_heading(w->report, TT_WORD_COLUMN_COUNT), true};
	columns[packets_column(w) + 1] = (struct tt_doc_column){
			"stderr", word(w, TT_WORD_NOTABLE_STDERR), true};
	if (w->report->before != NULL) {
		columns[COLUMN_STDERR_BEFORE] = (struct tt_doc_column){
				"stderr_before", word(w, TT_WORD_NOTABLE_STDERR), true};
		columns[COLUMN_PACKETS_BEFORE] = (struct tt_doc_column){"packets_before",
				tt_report_heading(w->report, TT_WORD_COLUMN_COUNT_BEFORE),
				true};
	}
	table = tt_document_table(w->doc, section,
			tt_document_printf(
					w->doc, "%s_parts", section ? section->id : ""),
			tt_notable_next(w, &w->table),
			tt_notable_fill(w, TT_WORD_NOTABLE_TABLE, &name, 1), columns,
			n_columns(w));
	if (table == NULL)
		return NULL;
	table->unit = tt_notable_fill(w, TT_WORD_NOTABLE_UNIT_PARTS,
			(const char *const[]){tt_report_unit(w->report, false)}, 1);
	table->source = tt_notable_source(w, TT_WORD_NOTABLE_SOURCE, TT_REPORT_BOTH);
	return table;
}

static void
put_countries(struct tt_notable *w, struct tt_doc_table *table,
		const struct tt_notable_target *t)
{
	const struct tt_counts *countries = &w->cause.countries;
	struct tt_cause_part parts[TT_NOTABLE_COUNTRIES + TT_NOTABLE_MOVERS];
	size_t n = tt_cause_top(&w->cause, countries, t->of, parts, TT_NOTABLE_COUNTRIES);

	n = tt_notable_shown(w, t, countries, parts, n);
	for (size_t i = 0; i < n; i++)
		put_part(w, table, TT_WORD_NOTABLE_COUNTRY, 0, country_key(w, &parts[i]),
				tt_notable_country(w, (uint16_t)parts[i].count->lo),
				&parts[i]);
}

static void
put_ports(struct tt_notable *w, struct tt_doc_table *table,
		const struct tt_notable_target *t)
{
	struct tt_cause_part parts[TT_NOTABLE_PORTS + TT_NOTABLE_MOVERS];
	size_t n = tt_notable_top_ports(w, t, parts);
	unsigned note = 0;

	n = tt_notable_shown(w, t, &w->cause.ports, parts, n);
	if (n > 0)
		note = tt_document_table_note(
				w->doc, table, word(w, TT_WORD_NOTABLE_LOWER));
	for (size_t i = 0; i < n; i++)
		put_part(w, table, TT_WORD_NOTABLE_SOURCE_PORT, note,
				tt_notable_port_name(w, &parts[i]),
				tt_notable_port_name(w, &parts[i]), &parts[i]);
}

/* Instead of the share of all, which needs none. Of nothing there is nothing to be said, either. */
static void
say_few(struct tt_notable *w, struct tt_doc_table *table, struct tt_doc_row *row,
		const struct tt_notable_target *t)
{
	const uint64_t since = w->cause.found[t->of].since_packets;
	const char *count;

	if (tt_notable_has_shares(w, t) || since == 0)
		return;
	count = tt_notable_number(w, since);
	tt_document_cell(row, share_column(w),
			(struct tt_value){.kind = TT_VALUE_BLANK,
					.note = tt_document_table_note(w->doc, table,
							tt_notable_fill(w,
									TT_WORD_NOTABLE_FEW_SHARES,
									&count, 1))});
}

void
tt_notable_table(struct tt_notable *w, struct tt_doc_section *section,
		const struct tt_notable_target *t)
{
	struct tt_doc_table *table = make_table(w, section, t);
	struct tt_doc_row *row;

	if (table == NULL)
		return;
	row = tt_document_row(w->doc, table);
	tt_document_cell(row, COLUMN_PART, tt_value_text(word(w, TT_WORD_NOTABLE_ALL)));
	put_rates(w, row, t->now, t->before);
	say_few(w, table, row, t);
	put_packets(w, row, w->cause.found[t->of].packets);
	put_countries(w, table, t);
	put_ports(w, table, t);
	put_sources(w, table, t);
}
