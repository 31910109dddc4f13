/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_figure_table.h"
#include "tt_render_private.h"
#include "tt_text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#define PRECISION \
	15 /* digits that every double keeps, and no more of them than were shown */

struct maker {
	const struct tt_locale *locale;
	bool failed; /* something is missing for want of memory */
};

static void
append(struct maker *maker, json_t *array, json_t *value)
{
	maker->failed |= json_array_append_new(array, value) != 0;
}

static void
set(struct maker *maker, json_t *object, const char *key, json_t *value)
{
	maker->failed |= json_object_set_new(object, key, value) != 0;
}

/* A string or null; NULL if there is no memory. */
static json_t *
text_of(const char *text)
{
	char *clean;
	json_t *string;

	if (text == NULL)
		return json_null();
	clean = tt_text_clean(text);
	if (clean == NULL)
		return NULL;
	string = json_string(clean);
	free(clean);
	return string;
}

/* text: of the value, as CSV has it. */
static json_t *
value_from(const struct tt_value *value, const char *text)
{
	if (text[0] == '\0')
		return json_null();
	if (value->kind == TT_VALUE_DAY || value->kind == TT_VALUE_TIME)
		return json_string(text);
	if (value->kind == TT_VALUE_COUNT || value->kind == TT_VALUE_COUNT_CHANGE
			|| value->kind == TT_VALUE_RANK)
		return json_integer(value->count);
	return json_real(strtod(text, NULL));
}

/* Numbers have the decimals that are shown elsewhere. */
static json_t *
value_of(const struct tt_value *value, const struct tt_locale *locale)
{
	char text[TT_LOCALE_TEXT_MAX];

	if (value->kind == TT_VALUE_TEXT)
		return text_of(value->text);
	return value_from(value, tt_locale_plain(locale, value, text, sizeof(text)));
}

/* The same of a figure, without counts beside: with more decimals. */
static json_t *
point_of(const struct tt_value *value, const struct tt_locale *locale)
{
	char text[TT_LOCALE_TEXT_MAX];

	return value_from(value, tt_locale_fine(locale, value, text, sizeof(text)));
}

static json_t *
notes_of(struct maker *maker, const char *const *notes, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		append(maker, array, text_of(notes[i]));
	return array;
}

static json_t *
columns_of(struct maker *maker, const struct tt_doc_table *table)
{
	json_t *array = json_array();

	for (size_t i = 0; i < table->n_columns; i++)
		append(maker, array,
				json_pack("{s:o, s:o}", "id",
						text_of(table->columns[i].id), "heading",
						text_of(table->columns[i].heading)));
	return array;
}

/* The row by the ids of columns; "notes" has the numbers of footnotes likewise, if there are any. */
static json_t *
row_of(struct maker *maker, const struct tt_doc_table *table, size_t row)
{
	json_t *object = json_object(), *notes = json_object();

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct tt_value *value = &table->rows[row].cells[i];

		set(maker, object, table->columns[i].id, value_of(value, maker->locale));
		if (value->note > 0)
			set(maker, notes, table->columns[i].id,
					json_integer(value->note));
	}
	if (json_object_size(notes) > 0)
		set(maker, object, "notes", notes);
	else
		json_decref(notes);
	return object;
}

static json_t *
table_of(struct maker *maker, const struct tt_doc_table *table)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < table->n_rows; i++)
		append(maker, rows, row_of(maker, table, i));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "number",
			text_of(table->number), "title", text_of(table->title), "unit",
			text_of(table->unit), "source", text_of(table->source), "columns",
			columns_of(maker, table), "rows", rows, "notes",
			notes_of(maker, table->notes, table->n_notes));
}

static json_t *
series_of(struct maker *maker, const struct tt_doc_figure *figure, size_t i)
{
	const struct tt_doc_series *series = &figure->series[i];
	json_t *values = json_array();

	for (size_t x = 0; x < figure->n_x; x++)
		append(maker, values, point_of(&series->values[x], maker->locale));
	return json_pack("{s:o, s:o, s:b, s:o}", "id", text_of(series->id), "name",
			text_of(series->name), "rest", series->rest, "values", values);
}

/* What was observed of each place, where that matters. */
static void
set_observed(struct maker *maker, json_t *object, const struct tt_doc_figure *figure)
{
	json_t *observed;

	if (figure->observed == NULL || object == NULL)
		return;
	observed = json_array();
	for (size_t x = 0; x < figure->n_x; x++)
		append(maker, observed, value_of(&figure->observed[x], maker->locale));
	set(maker, object, "observed", observed);
}

static void
set_errors(struct maker *maker, json_t *object, const struct tt_doc_figure *figure)
{
	json_t *errors;

	if (figure->errors == NULL || object == NULL)
		return;
	errors = json_array();
	for (size_t x = 0; x < figure->n_x; x++)
		append(maker, errors, value_of(&figure->errors[x], maker->locale));
	set(maker, object, "stderr", errors);
}

static json_t *
figure_of(struct maker *maker, const struct tt_doc_figure *figure)
{
	static const char *const kinds[] = {"shares", "series", "stacked", "compared"};
	json_t *x = json_array(), *labels = json_array(), *series = json_array();
	json_t *object;

	for (size_t i = 0; i < figure->n_x; i++) {
		append(maker, x, text_of(figure->x_ids[i]));
		append(maker, labels, text_of(figure->x[i]));
	}
	for (size_t i = 0; i < figure->n_series; i++)
		append(maker, series, series_of(maker, figure, i));
	object = json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "number",
			text_of(figure->number), "title", text_of(figure->title), "unit",
			text_of(figure->unit), "source", text_of(figure->source), "kind",
			kinds[figure->kind], "axis", tt_figure_axis_id(figure->axis), "x",
			x, "labels", labels, "series", series, "notes",
			notes_of(maker, figure->notes, figure->n_notes));
	set_observed(maker, object, figure);
	set_errors(maker, object, figure);
	return object;
}

static json_t *
element_of(const struct tt_doc_element *element)
{
	static const char *const kinds[] = {"text", "item", "warning", "table", "figure"};
	const char *text = element->text;

	if (element->kind == TT_ELEMENT_TABLE)
		text = element->table->id;
	else if (element->kind == TT_ELEMENT_FIGURE)
		text = element->figure->id;
	return json_pack("{s:o}", kinds[element->kind], text_of(text));
}

static json_t *
section_of(struct maker *maker, const struct tt_doc_section *section)
{
	json_t *elements = json_array();

	for (const struct tt_doc_element *e = section->first; e != NULL; e = e->next)
		append(maker, elements, element_of(e));
	return json_pack("{s:o, s:o, s:i, s:o, s:o}", "id", text_of(section->id),
			"number", text_of(section->number), "level", (int)section->level,
			"title", text_of(section->title), "elements", elements);
}

static json_t *
document_of(struct maker *maker, const struct tt_document *doc)
{
	json_t *sections = json_array(), *tables = json_object(),
	       *figures = json_object();

	for (const struct tt_doc_section *s = doc->first; s != NULL; s = s->next) {
		append(maker, sections, section_of(maker, s));
		for (const struct tt_doc_element *e = s->first; e != NULL; e = e->next) {
			if (e->kind == TT_ELEMENT_TABLE)
				set(maker, tables, e->table->id,
						table_of(maker, e->table));
			else if (e->kind == TT_ELEMENT_FIGURE)
				set(maker, figures, e->figure->id,
						figure_of(maker, e->figure));
		}
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "language",
			text_of(doc->language), "title", text_of(doc->title), "subtitle",
			text_of(doc->subtitle), "time_zone",
			text_of(tt_locale_zone(maker->locale)), "sections", sections,
			"tables", tables, "figures", figures);
}

int
tt_render_json(const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	struct maker maker = {.locale = locale, .failed = doc->failed};
	json_t *root = document_of(&maker, doc);
	int rc = 0;

	if (root == NULL || maker.failed)
		rc = -ENOMEM;
	else if (json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(PRECISION))
					!= 0
			|| fputc('\n', out) == EOF || ferror(out))
		rc = -EIO;
	json_decref(root);
	return rc;
}
