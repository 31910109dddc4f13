/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_figure_table.h"
#include "tt_render_private.h"
#include "tt_xml.h"

#include <errno.h>

#define WHOLE_UP_TO 34 /* rows of a table that is printed on one page */
#define FULL_FROM   5 /* columns of a table that is as wide as the page */

static size_t
n_shown(const struct tt_doc_table *table)
{
	size_t n = 0;

	for (size_t i = 0; i < table->n_columns; i++)
		n += !table->columns[i].data_only;
	return n;
}

static void
put_note_mark(const struct tt_doc_table *table, unsigned note, FILE *out)
{
	if (note > 0)
		tt_xml(out, "<sup><a href=\"#n-%T-%Z\">%Z</a></sup>", table->id,
				(size_t)note, (size_t)note);
}

static void
put_cell(const struct tt_doc_table *table, size_t column, bool names,
		const struct tt_value *value, const struct tt_locale *locale, FILE *out)
{
	bool number = tt_render_is_number(table, column);
	char text[TT_LOCALE_TEXT_MAX];

	tt_xml(out, "<%S%S>", names ? "th scope=\"row\"" : "td",
			number ? " class=\"n\"" : "");
	if (value->kind == TT_VALUE_TEXT)
		tt_xml_text(out, value->text);
	else
		tt_xml_text(out, tt_locale_value(locale, value, text, sizeof(text)));
	put_note_mark(table, value->note, out);
	tt_xml(out, "</%S>", names ? "th" : "td");
}

static void
put_head(const struct tt_doc_table *table, FILE *out)
{
	tt_xml(out, "<thead><tr>");
	for (size_t i = 0; i < table->n_columns; i++)
		if (!table->columns[i].data_only)
			tt_xml(out, "<th scope=\"col\"%S>%T</th>",
					tt_render_is_number(table, i) ? " class=\"n\""
								      : "",
					table->columns[i].heading);
	tt_xml(out, "</tr></thead>\n");
}

static void
put_row(const struct tt_doc_table *table, size_t row, const struct tt_locale *locale,
		FILE *out)
{
	size_t name = tt_render_name_column(table);

	tt_xml(out, "<tr>");
	for (size_t i = 0; i < table->n_columns; i++)
		if (!table->columns[i].data_only)
			put_cell(table, i, i == name, &table->rows[row].cells[i], locale,
					out);
	tt_xml(out, "</tr>\n");
}

static void
put_ellipsis(const struct tt_doc_table *table, const struct tt_locale *locale, FILE *out)
{
	tt_xml(out, "<tr class=\"more\"><td colspan=\"%Z\" title=\"%T\">⋮</td></tr>\n",
			n_shown(table), tt_locale_word(locale, TT_WORD_LEFT_OUT));
}

static void
put_body(const struct tt_doc_table *table, const struct tt_locale *locale, FILE *out)
{
	size_t shown = tt_render_shown(table);

	tt_xml(out, "<tbody>\n");
	for (size_t i = 0; i < shown; i++) {
		if (!table->rows[i].hidden)
			put_row(table, i, locale, out);
		else if (i == 0 || !table->rows[i - 1].hidden)
			put_ellipsis(table, locale, out);
	}
	tt_xml(out, "</tbody>\n");
}

/* Footnotes, to which marks refer. */
static void
put_notes(const struct tt_doc_table *table, FILE *out)
{
	if (table->n_notes == 0)
		return;
	tt_xml(out, "<ol class=\"notes\">\n");
	for (size_t i = 0; i < table->n_notes; i++)
		tt_xml(out, "<li id=\"n-%T-%Z\">%T</li>\n", table->id, i + 1,
				table->notes[i]);
	tt_xml(out, "</ol>\n");
}

static void
put_caption(const struct tt_doc_table *table, const struct tt_locale *locale, FILE *out)
{
	char label[TT_LOCALE_TEXT_MAX], unit[TT_LOCALE_TEXT_MAX];

	tt_render_with(locale, TT_WORD_TABLE, table->number, label, sizeof(label));
	tt_render_with(locale, TT_WORD_UNIT, table->unit, unit, sizeof(unit));
	tt_xml(out, "<caption><span class=\"label\">%T</span> %T", label, table->title);
	if (unit[0] != '\0')
		tt_xml(out, " <span class=\"unit\">%T</span>", unit);
	tt_xml(out, "</caption>\n");
}

void
tt_html_table(const struct tt_doc_table *table, const struct tt_locale *locale, FILE *out)
{
	char source[TT_LOCALE_TEXT_MAX * 4];

	tt_render_with(locale, TT_WORD_SOURCE, table->source, source, sizeof(source));
	tt_xml(out, "<div class=\"table%S\" id=\"t-%T\"><table%S>\n",
			tt_render_shown(table) <= WHOLE_UP_TO ? " whole" : "", table->id,
			n_shown(table) < FULL_FROM ? " class=\"narrow\"" : "");
	put_caption(table, locale, out);
	put_head(table, out);
	put_body(table, locale, out);
	tt_xml(out, "</table>\n");
	if (table->n_rows == 0)
		tt_xml(out, "<p class=\"empty\">%T</p>\n",
				tt_locale_word(locale, TT_WORD_NO_DATA));
	put_notes(table, out);
	if (source[0] != '\0')
		tt_xml(out, "<p class=\"source\">%T</p>\n", source);
	tt_xml(out, "</div>\n");
}

int
tt_html_figure_data(const struct tt_doc_figure *figure, const struct tt_locale *locale,
		FILE *out)
{
	const struct tt_doc_table *table;
	struct tt_document scratch;
	int rc = tt_document_init(&scratch, tt_locale_language(locale));

	if (rc != 0)
		return rc;
	table = tt_figure_table_named(figure, locale, &scratch);
	if (table != NULL) {
		tt_xml(out, "<details><summary>%T</summary><div class=\"scroll\"><table>\n",
				tt_locale_word(locale, TT_WORD_DATA));
		put_head(table, out);
		put_body(table, locale, out);
		tt_xml(out, "</table></div></details>\n");
	}
	tt_document_fini(&scratch);
	return table != NULL ? 0 : -ENOMEM;
}
