/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A report as a document: sections of paragraphs, tables and figures, in one language. Whoever builds it
 * (tt_report.h) puts every number into it once; those who print it (HTML, text, CSV, JSON) compute
 * nothing, and format a value by its kind alone, so that all of them show the same numbers.
 *
 * All memory is one arena's, freed at once; texts that are given are copied, but for those of values and
 * of x, which have to live as long (tt_document_text). Functions that add return NULL, or do nothing with
 * NULL, once memory has run out, and `failed` says so at the end: a builder that fills in through the
 * functions alone need not look at each call. One thread.
 *
 * Ids ("targets", "rate_now") are ASCII, [a-z0-9_], the same in every language: names of CSV files and of
 * columns, keys of JSON. Texts are UTF-8, may hold names from data, and are escaped by who prints them.
 */
#ifndef TT_DOCUMENT_H
#define TT_DOCUMENT_H

#include "tt_base.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tt_value_kind {
	TT_VALUE_BLANK, /* nothing to say: an empty cell, null in JSON */
	TT_VALUE_TEXT,
	TT_VALUE_COUNT, /* an integer: packets, sources, detections */
	TT_VALUE_COUNT_CHANGE, /* the same with its sign */
	TT_VALUE_RANK, /* from 1 */
	TT_VALUE_RATE, /* per day and monitored address; 2 decimals */
	TT_VALUE_RATE_CHANGE, /* the same with its sign */
	TT_VALUE_PERCENT, /* 1 decimal */
	TT_VALUE_PERCENT_CHANGE, /* 1 decimal, with its sign */
	/* A share of which it matters that it is not all or nothing: 1 decimal, or as many as keep it apart from 0 and
	 * 100: 0.0022, 99.96 */
	TT_VALUE_COVERAGE,
	TT_VALUE_DAY, /* the civil day of an instant, in the report's time zone */
	TT_VALUE_TIME, /* an instant, to the minute, in the report's time zone */
	TT_VALUE_NONE, /* a rate of exactly 0: "none" */
	TT_VALUE_NEGLIGIBLE, /* a rate above 0 that rounds to 0.00: "negligible" */
	TT_VALUE_NO_PERCENT, /* the value compared with is too small for a percentage: "-" */
	TT_VALUE_UNKNOWN, /* was not observed */
};

struct tt_value {
	enum tt_value_kind kind;
	double number; /* of rates and percentages; of NONE and NEGLIGIBLE the rate */
	int64_t count; /* COUNT, COUNT_CHANGE, RANK; DAY and TIME: microseconds since the epoch */
	const char *text;
	unsigned note; /* footnote of its table, from 1; 0: none */
};

static inline struct tt_value
tt_value_text(const char *text)
{
	return (struct tt_value){.kind = TT_VALUE_TEXT, .text = text};
}

/* COUNT, RANK, DAY, TIME */
static inline struct tt_value
tt_value_integer(enum tt_value_kind kind, int64_t count)
{
	return (struct tt_value){.kind = kind, .count = count};
}

/* RATE, PERCENT and their changes; RATE even of 0, as figures have it. */
static inline struct tt_value
tt_value_number(enum tt_value_kind kind, double number)
{
	return (struct tt_value){.kind = kind, .number = number};
}

/* RATE, NEGLIGIBLE or NONE, as tables have it. */
struct tt_value tt_value_rate(double rate);

struct tt_doc_column {
	const char *id;
	const char *heading;
	bool data_only; /* in CSV and JSON alone */
};

struct tt_doc_row {
	struct tt_value *cells; /* [n_columns] */
	/* In CSV and JSON alone; HTML and text show an ellipsis for each run of such rows but for those
	 * after the last that is shown. */
	bool hidden;
};

struct tt_doc_table {
	const char *id;
	const char *number; /* "3-1"; NULL: none */
	const char *title;
	const char *unit; /* of its rates; NULL: none */
	const char *source; /* where the figures come from */
	struct tt_doc_column *columns;
	size_t n_columns;
	struct tt_doc_row *rows;
	size_t n_rows, room;
	bool whole; /* no cell is cut on a terminal: it goes on in the next line */
	const char **notes; /* [n_notes], footnotes: each has a mark in a cell */
	size_t n_notes;
};

enum tt_figure_kind {
	TT_FIGURE_SHARES, /* for each x one bar of 100 %, stacked of the series */
	TT_FIGURE_SERIES, /* lines over time from 0, one for each series */
	TT_FIGURE_STACKED, /* areas or columns over time, the series stacked from 0 */
	TT_FIGURE_COMPARED, /* for each x the series side by side as bars from 0: now and before */
};

enum tt_axis_kind {
	TT_AXIS_TEXT,
	TT_AXIS_HOURS, /* of the day, 0 to 23 */
	TT_AXIS_DAYS,
	TT_AXIS_MONTHS,
};

struct tt_doc_series {
	const char *id;
	const char *name;
	bool rest; /* "others": drawn last and plainly */
	struct tt_value *values; /* [n_x]: RATE, PERCENT, COUNT or UNKNOWN */
};

struct tt_doc_figure {
	enum tt_figure_kind kind;
	const char *id;
	const char *number;
	const char *title;
	const char *unit; /* of the values, for the axis */
	const char *source;
	enum tt_axis_kind axis;
	const char **x; /* [n_x] labels, in the language of the document */
	const char **x_ids; /* [n_x] "2009-07-08", "CN", "445/TCP": for CSV and JSON */
	size_t n_x;
	/* [n_x] COVERAGE: what was observed of each place's time; NULL: it does not matter, as values are rates. */
	struct tt_value *observed;
	struct tt_value *
			errors; /* [n_x] COUNT: standard errors of the values of the first series; NULL: they have none */
	bool *partly; /* [n_x] so little that its values are not those of the others' kind; NULL with observed */
	struct tt_doc_series *series;
	size_t n_series, room;
	const char **notes; /* [n_notes], of the whole figure: without marks */
	size_t n_notes;
};

enum tt_element_kind {
	TT_ELEMENT_TEXT, /* a paragraph */
	TT_ELEMENT_ITEM, /* a line of a list */
	TT_ELEMENT_WARNING, /* what is missing: coverage, damaged snapshots */
	TT_ELEMENT_TABLE,
	TT_ELEMENT_FIGURE,
};

struct tt_doc_element {
	enum tt_element_kind kind;
	const char *text;
	struct tt_doc_table *table;
	struct tt_doc_figure *figure;
	struct tt_doc_element *next;
};

struct tt_doc_section {
	const char *id;
	const char *number; /* "2-1" */
	unsigned level; /* 1: a chapter, 2: a section of it */
	const char *title;
	struct tt_doc_element *first, *last;
	struct tt_doc_section *next;
};

struct tt_document {
	const char *language; /* "en", "ja" */
	const char *title, *subtitle;
	struct tt_doc_section *first, *last;
	struct tt_chunk *chunks; /* of the arena, the one being filled first */
	bool failed; /* out of memory: the document is not whole */
};

/* Makes an empty document. Returns 0 or -ENOMEM. */
int tt_document_init(struct tt_document *doc, const char *language) TT_MUST_CHECK;
void tt_document_fini(struct tt_document *doc);

/* Zeroed memory that lives as long as the document; NULL and doc->failed if there is none. */
void *tt_document_alloc(struct tt_document *doc, size_t size);
/* A copy; NULL stays NULL. */
const char *tt_document_text(struct tt_document *doc, const char *text);
const char *tt_document_printf(struct tt_document *doc, const char *format, ...)
		TT_PRINTF(2, 3);

struct tt_doc_section *tt_document_section(struct tt_document *doc, unsigned level,
		const char *id, const char *number, const char *title);
/* TEXT, ITEM or WARNING */
void tt_document_say(struct tt_document *doc, struct tt_doc_section *section,
		enum tt_element_kind kind, const char *text);
struct tt_doc_table *tt_document_table(struct tt_document *doc,
		struct tt_doc_section *section, const char *id, const char *number,
		const char *title, const struct tt_doc_column *columns, size_t n_columns);
/* A row of blank cells at the end of the table; its address holds until the next one. */
struct tt_doc_row *tt_document_row(struct tt_document *doc, struct tt_doc_table *table);
void tt_document_cell(struct tt_doc_row *row, size_t column, struct tt_value value);
/* Numbers of footnotes begin with 1; 0 if there is no memory. */
unsigned tt_document_table_note(
		struct tt_document *doc, struct tt_doc_table *table, const char *text);
void tt_document_figure_note(
		struct tt_document *doc, struct tt_doc_figure *figure, const char *text);
/* Without x, which tt_document_x fills in. */
struct tt_doc_figure *tt_document_figure(struct tt_document *doc,
		struct tt_doc_section *section, enum tt_figure_kind kind, const char *id,
		const char *number, const char *title, enum tt_axis_kind axis,
		size_t n_x);
/* The id and the label of place i of the axis; copied. */
void tt_document_x(struct tt_document *doc, struct tt_doc_figure *figure, size_t i,
		const char *id, const char *label);
/* What was observed of the time of place i, and whether it is shown as observed in part. Where one place has it, all shall. */
void tt_document_observed(struct tt_document *doc, struct tt_doc_figure *figure, size_t i,
		struct tt_value coverage, bool partly);
/* The standard error of the value of the first series at place i. Where one place has it, all shall. */
void tt_document_error(struct tt_document *doc, struct tt_doc_figure *figure, size_t i,
		struct tt_value error);
/* Is there a place that was observed in part? */
bool tt_document_any_partly(const struct tt_doc_figure *figure);
/* All values UNKNOWN, to be filled in; its address holds until the next one, that of its values for good. */
struct tt_doc_series *tt_document_series(struct tt_document *doc,
		struct tt_doc_figure *figure, const char *id, const char *name);
void tt_document_point(struct tt_doc_series *series, size_t i, struct tt_value value);

#endif
