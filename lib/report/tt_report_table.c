/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_report_parts.h"

#include <string.h>

#define NOTED 10 /* rows that a footnote names */

const char *
tt_report_key(const struct tt_report *report, enum tt_report_what what, int32_t index)
{
	const struct tt_observed_names *names = report->now->names;

	switch (what) {
	case TT_REPORT_TARGETS:
		return tt_report_target(report, index);
	case TT_REPORT_CATEGORIES:
		return tt_document_text(report->doc, names->categories[index].name);
	case TT_REPORT_SIGNATURES:
		return tt_document_printf(report->doc, "%lld:%lld",
				(long long)names->signatures[index].gid,
				(long long)names->signatures[index].sid);
	default:
		return tt_document_text(report->doc, names->countries[index]);
	}
}

const char *
tt_report_name(const struct tt_report *report, enum tt_report_what what, int32_t index)
{
	if (what == TT_REPORT_COUNTRIES || what == TT_REPORT_DETECTED)
		return tt_report_country(report, index);
	if (what == TT_REPORT_SIGNATURES
			&& report->now->names->signatures[index].message[0] != '\0')
		return tt_document_text(report->doc,
				report->now->names->signatures[index].message);
	if (what == TT_REPORT_CATEGORIES
			&& strcmp(report->now->names->categories[index].name,
					   TT_REPORT_REST)
					== 0)
		return TT_REPORT_WORD(report, CATEGORY_REST);
	return tt_report_key(report, what, index);
}

enum column {
	RANK,
	RANK_BEFORE,
	NAME,
	CATEGORY, /* of signatures alone */
	RATE,
	PERCENT,
	CHANGE,
	RISE,
	FALL,
	KEY,
	COUNT,
	COUNT_BEFORE,
	RATE_BEFORE,
	N_COLUMNS
};

/* Without a period to compare with. */
static const enum column alone[] = {RANK, NAME, CATEGORY, RATE, KEY, COUNT};
static const enum column all[] = {RANK, RANK_BEFORE, NAME, CATEGORY, RATE, PERCENT,
		CHANGE, RISE, FALL, KEY, COUNT, COUNT_BEFORE, RATE_BEFORE};

/* A table that is being made. */
struct making {
	struct tt_report *report;
	enum tt_report_what what;
	const struct tt_report_ranking *ranking;
	struct tt_doc_table *table;
	enum column columns[N_COLUMNS]; /* [n_columns] */
	size_t n_columns;
	unsigned note; /* of rows without a percentage; 0: none */
};

static enum tt_word
word_of_name(enum tt_report_what what)
{
	switch (what) {
	case TT_REPORT_TARGETS:
		return TT_WORD_COLUMN_TARGET;
	case TT_REPORT_CATEGORIES:
		return TT_WORD_COLUMN_CATEGORY;
	case TT_REPORT_SIGNATURES:
		return TT_WORD_COLUMN_SIGNATURE;
	default:
		return TT_WORD_COLUMN_COUNTRY;
	}
}

static struct tt_doc_column
column_of(const struct making *m, enum column column)
{
	bool detections = tt_report_is_detections(m->what);
	const struct {
		const char *id;
		enum tt_word heading;
		bool data_only;
	} columns[N_COLUMNS] = {
			[RANK] = {"rank", TT_WORD_COLUMN_RANK, false},
			[RANK_BEFORE] = {"rank_before", TT_WORD_COLUMN_RANK_BEFORE,
					false},
			[NAME] = {"name", word_of_name(m->what), false},
			[CATEGORY] = {"category", TT_WORD_COLUMN_CATEGORY, false},
			[RATE] = {"rate", TT_WORD_COLUMN_RATE, false},
			[PERCENT] = {"change_percent", TT_WORD_COLUMN_PERCENT, false},
			[CHANGE] = {"change", TT_WORD_COLUMN_CHANGE, false},
			[RISE] = {"rise_rank", TT_WORD_COLUMN_RISE, false},
			[FALL] = {"fall_rank", TT_WORD_COLUMN_FALL, false},
			[KEY] = {"key", TT_WORD_COLUMN_KEY, true},
			[COUNT] = {detections ? "detections" : "packets",
					TT_WORD_COLUMN_COUNT, true},
			[COUNT_BEFORE] = {detections ? "detections_before"
						     : "packets_before",
					TT_WORD_COLUMN_COUNT_BEFORE, true},
			[RATE_BEFORE] = {"rate_before", TT_WORD_COLUMN_RATE_BEFORE, true},
	};

	return (struct tt_doc_column){.id = columns[column].id,
			.heading = tt_report_heading(m->report, columns[column].heading),
			.data_only = columns[column].data_only};
}

/* Rows without a current or earlier rank have a dash. */
static struct tt_value
rank_value(unsigned rank)
{
	return rank == 0 ? (struct tt_value){.kind = TT_VALUE_NO_PERCENT}
			 : tt_value_integer(TT_VALUE_RANK, rank);
}

static struct tt_value
place_value(unsigned rank)
{
	return rank == 0 ? (struct tt_value){.kind = TT_VALUE_BLANK}
			 : tt_value_integer(TT_VALUE_RANK, rank);
}

static struct tt_value
percent_value(const struct making *m, const struct tt_ranked *row)
{
	if (row->has_percent)
		return tt_value_number(TT_VALUE_PERCENT_CHANGE, row->percent);
	return (struct tt_value){
			.kind = TT_VALUE_NO_PERCENT, .note = row->shown ? m->note : 0};
}

static const struct tt_value no_value = {.kind = TT_VALUE_NO_PERCENT};

/* Where nothing looked for it, that there is none is not told. */
static struct tt_value
rate_value(double rate, bool lacks)
{
	return lacks ? no_value : tt_value_rate(rate);
}

static struct tt_value
category_value(const struct making *m, int32_t signature)
{
	const struct tt_observed_names *names = m->report->now->names;

	return tt_value_text(tt_report_name(m->report, TT_REPORT_CATEGORIES,
			(int32_t)names->signatures[signature].category));
}

static struct tt_value
value_of(const struct making *m, const struct tt_ranked *row, enum column column)
{
	switch (column) {
	case RANK:
		return rank_value(row->rank);
	case RANK_BEFORE:
		return rank_value(row->rank_before);
	case NAME:
		return tt_value_text(tt_report_name(m->report, m->what, row->index));
	case CATEGORY:
		return category_value(m, row->index);
	case RATE:
		return rate_value(row->rate, row->lacks_now);
	case PERCENT:
		return percent_value(m, row);
	case CHANGE:
		return row->lacks_both
				? no_value
				: tt_value_number(TT_VALUE_RATE_CHANGE, row->difference);
	case RISE:
		return place_value(row->rise);
	case FALL:
		return place_value(row->fall);
	case KEY:
		return tt_value_text(tt_report_key(m->report, m->what, row->index));
	case COUNT:
		return tt_value_integer(TT_VALUE_COUNT, (int64_t)row->now);
	case COUNT_BEFORE:
		return tt_value_integer(TT_VALUE_COUNT, (int64_t)row->before);
	default:
		return rate_value(row->rate_before, row->lacks_before);
	}
}

static void
add_row(struct making *m, const struct tt_ranked *change)
{
	struct tt_doc_row *row = tt_document_row(m->report->doc, m->table);

	for (size_t i = 0; i < m->n_columns; i++)
		tt_document_cell(row, i, value_of(m, change, m->columns[i]));
	if (row != NULL)
		row->hidden = !change->shown;
}

static const char *
rate_in_note(const struct tt_report *r, double rate, bool lacks)
{
	return lacks ? TT_REPORT_WORD(r, NOT_LOADED)
		     : tt_report_value(r, tt_value_rate(rate));
}

/* "1521/TCP: 0.07 before, 2.03 now" */
static const char *
why_no_percent(const struct making *m, const struct tt_ranked *row)
{
	const struct tt_report *r = m->report;

	return TT_REPORT_FILL(r, NOTE_NO_PERCENT_ROW,
			tt_report_name(r, m->what, row->index),
			rate_in_note(r, row->rate_before, row->lacks_before),
			rate_in_note(r, row->rate, row->lacks_now), tt_report_before(r));
}

/* The footnote of rows that are shown and have no percentage. */
static void
note_no_percent(struct making *m)
{
	const char *rows[NOTED];
	size_t n = 0;

	for (size_t i = 0; m->ranking->scale.compared && i < m->ranking->n && n < NOTED;
			i++) {
		const struct tt_ranked *row = &m->ranking->rows[i];

		if (row->shown && !row->has_percent)
			rows[n++] = why_no_percent(m, row);
	}
	if (n > 0)
		m->note = tt_document_table_note(m->report->doc, m->table,
				TT_REPORT_FILL(m->report, NOTE_NO_PERCENT,
						tt_report_list(m->report, rows, n),
						tt_report_before(m->report)));
}

/* Rows with a rank; then what has none and is not ranked; then what was there before. */
static void
add_rows(struct making *m)
{
	const struct tt_report_ranking *ranking = m->ranking;

	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->rows[i].rank > 0)
			add_row(m, &ranking->rows[i]);
	for (size_t i = 0; i < ranking->n; i++)
		if (ranking->rows[i].unranked)
			add_row(m, &ranking->rows[i]);
	for (size_t i = 0; i < ranking->n; i++) {
		const struct tt_ranked *row = &ranking->rows[i];

		if (row->rank == 0 && !row->unranked
				&& (row->rank_before > 0 || row->shown))
			add_row(m, row);
	}
}

static void
choose_columns(struct making *m)
{
	bool compared = m->ranking->scale.compared;
	const enum column *columns = compared ? all : alone;
	size_t n = compared ? TT_ARRAY_SIZE(all) : TT_ARRAY_SIZE(alone);

	for (size_t i = 0; i < n; i++)
		if (columns[i] != CATEGORY || m->what == TT_REPORT_SIGNATURES)
			m->columns[m->n_columns++] = columns[i];
}

void
tt_report_table(struct tt_report *report, const struct tt_report_heading *heading,
		enum tt_report_what what)
{
	const struct tt_report_ranking *ranking = tt_report_ranking_of(report, what);
	bool compared = ranking->scale.compared;
	struct making m = {.report = report, .what = what, .ranking = ranking};
	struct tt_doc_column columns[N_COLUMNS];

	choose_columns(&m);
	for (size_t i = 0; i < m.n_columns; i++)
		columns[i] = column_of(&m, m.columns[i]);
	m.table = tt_document_table(report->doc, heading->section, heading->id,
			heading->number, heading->title, columns, m.n_columns);
	if (m.table == NULL)
		return;
	m.table->whole = what == TT_REPORT_SIGNATURES;
	m.table->unit = tt_report_unit(report, tt_report_is_detections(what));
	m.table->source = tt_report_source(
			report, compared ? TT_REPORT_BOTH : TT_REPORT_NOW);
	note_no_percent(&m);
	add_rows(&m);
}
