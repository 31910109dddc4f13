/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_figure_table.h"

static const struct {
	const char *id;
	enum tt_word word;
} axes[] = {
		[TT_AXIS_TEXT] = {"item", TT_WORD_AXIS_TEXT},
		[TT_AXIS_HOURS] = {"hour", TT_WORD_AXIS_HOURS},
		[TT_AXIS_DAYS] = {"day", TT_WORD_AXIS_DAYS},
		[TT_AXIS_MONTHS] = {"month", TT_WORD_AXIS_MONTHS},
};

const char *
tt_figure_axis_id(enum tt_axis_kind axis)
{
	return axes[axis].id;
}

/* An empty one whose first column has the name, the others to be filled in. */
static struct tt_doc_table *
make(const struct tt_doc_figure *figure, const char *name, size_t n_columns,
		struct tt_document *scratch)
{
	struct tt_doc_section *section = tt_document_section(
			scratch, 1, figure->id, NULL, figure->title);
	struct tt_doc_column *columns = tt_document_alloc(
			scratch, n_columns * sizeof(*columns));

	if (columns == NULL)
		return NULL;
	columns[0] = (struct tt_doc_column){.id = axes[figure->axis].id, .heading = name};
	return tt_document_table(scratch, section, figure->id, figure->number,
			figure->title, columns, n_columns);
}

/* observed: has the last column what was observed? */
static void
fill_row(const struct tt_doc_figure *figure, size_t x, const char *name, bool observed,
		struct tt_doc_row *row)
{
	tt_document_cell(row, 0, tt_value_text(name));
	for (size_t i = 0; i < figure->n_series; i++)
		tt_document_cell(row, i + 1, figure->series[i].values[x]);
	if (observed)
		tt_document_cell(row, figure->n_series + 1, figure->observed[x]);
}

struct tt_doc_table *
tt_figure_table(const struct tt_doc_figure *figure, struct tt_document *scratch)
{
	bool observed = figure->observed != NULL, errors = figure->errors != NULL;
	size_t error = figure->n_series + 1 + observed;
	struct tt_doc_table *table = make(
			figure, axes[figure->axis].id, error + errors, scratch);

	if (table == NULL)
		return NULL;
	for (size_t i = 0; i < figure->n_series; i++)
		table->columns[i + 1].id = table->columns[i + 1].heading =
				figure->series[i].id;
	if (observed)
		table->columns[figure->n_series + 1].id = "observed";
	if (errors)
		table->columns[error].id = "stderr";
	for (size_t x = 0; x < figure->n_x; x++) {
		struct tt_doc_row *row = tt_document_row(scratch, table);

		fill_row(figure, x, figure->x_ids[x], observed, row);
		if (errors)
			tt_document_cell(row, error, figure->errors[x]);
	}
	return scratch->failed ? NULL : table;
}

static void
fill_by_series(const struct tt_doc_figure *figure, struct tt_doc_table *table,
		struct tt_document *scratch)
{
	for (size_t x = 0; x < figure->n_x; x++)
		table->columns[x + 1].heading = figure->x[x];
	for (size_t i = 0; i < figure->n_series; i++) {
		struct tt_doc_row *row = tt_document_row(scratch, table);

		tt_document_cell(row, 0, tt_value_text(figure->series[i].name));
		for (size_t x = 0; x < figure->n_x; x++)
			tt_document_cell(row, x + 1, figure->series[i].values[x]);
	}
}

struct tt_doc_table *
tt_figure_table_named(const struct tt_doc_figure *figure, const struct tt_locale *locale,
		struct tt_document *scratch)
{
	bool observed = tt_document_any_partly(figure);
	bool by_series = !observed && figure->n_series > figure->n_x;
	struct tt_doc_table *table = make(figure,
			by_series ? "" : tt_locale_word(locale, axes[figure->axis].word),
			(by_series ? figure->n_x : figure->n_series) + 1 + observed,
			scratch);

	if (table == NULL)
		return NULL;
	if (by_series) {
		fill_by_series(figure, table, scratch);
		return scratch->failed ? NULL : table;
	}
	for (size_t i = 0; i < figure->n_series; i++)
		table->columns[i + 1].heading = figure->series[i].name;
	if (observed)
		table->columns[figure->n_series + 1].heading = tt_locale_word(
				locale, TT_WORD_COLUMN_COVERAGE);
	for (size_t x = 0; x < figure->n_x; x++)
		fill_row(figure, x, figure->x[x], observed,
				tt_document_row(scratch, table));
	return scratch->failed ? NULL : table;
}
