/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_chart_private.h"
#include "tt_figure_table.h"
#include "tt_render_private.h"
#include "tt_text.h"

#include <errno.h>
#include <math.h>

#define SPARK_NAME 24u /* columns of a name before a row of blocks */
#define SPARK_MAX  (TT_TEXT_LINE - SPARK_NAME - 2)

struct page {
	const struct tt_document *doc;
	const struct tt_locale *locale;
	FILE *out;
	bool brief; /* no figures */
};

/* numbered: marks in a table refer to them. */
static int
put_notes(const struct page *page, const char *const *notes, size_t n, bool numbered,
		const char *source)
{
	char mark[32] = "", text[TT_LOCALE_TEXT_MAX * 4];
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		if (numbered)
			snprintf(mark, sizeof(mark), "[%zu] ", i + 1);
		rc = tt_text_wrap(page->locale, mark, notes[i], page->out);
	}
	tt_render_with(page->locale, TT_WORD_SOURCE, source, text, sizeof(text));
	if (text[0] != '\0' && rc == 0)
		rc = tt_text_wrap(page->locale, "", text, page->out);
	return rc;
}

static int
put_caption(const struct page *page, enum tt_word word, const char *number,
		const char *title, const char *unit)
{
	char label[TT_LOCALE_TEXT_MAX], first[TT_LOCALE_TEXT_MAX + 4],
			text[TT_LOCALE_TEXT_MAX];
	int rc;

	tt_render_with(page->locale, word, number, label, sizeof(label));
	snprintf(first, sizeof(first), "%s%s", label, label[0] != '\0' ? "  " : "");
	rc = tt_text_wrap(page->locale, first, title, page->out);
	tt_render_with(page->locale, TT_WORD_UNIT, unit, text, sizeof(text));
	if (text[0] != '\0' && rc == 0)
		rc = tt_text_wrap(page->locale, "", text, page->out);
	fputc('\n', page->out);
	return rc;
}

static int
put_rows(const struct page *page, const struct tt_doc_table *table)
{
	if (table->n_rows == 0) {
		fprintf(page->out, "%s\n", tt_locale_word(page->locale, TT_WORD_NO_DATA));
		return 0;
	}
	return tt_text_table(table, page->locale, page->out);
}

static int
put_table(const struct page *page, const struct tt_doc_table *table)
{
	int rc = put_caption(
			page, TT_WORD_TABLE, table->number, table->title, table->unit);

	if (rc == 0)
		rc = put_rows(page, table);
	return rc == 0 ? put_notes(
			       page, table->notes, table->n_notes, true, table->source)
		       : rc;
}

/* A series as a row of blocks, eighths of the figure's greatest value; unknown: a blank. */
static void
put_spark(const struct page *page, const struct tt_doc_series *series, size_t n_x,
		double most)
{
	static const char *const blocks[] = {"▁", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	char name[SPARK_NAME * 4];

	tt_text_cut_columns(series->name, SPARK_NAME, name, sizeof(name));
	fprintf(page->out, "%s%*s  ", name, (int)(SPARK_NAME - tt_text_columns(name)),
			"");
	for (size_t x = 0; x < n_x; x++) {
		double value = tt_chart_number(&series->values[x]);

		fputs(isnan(value) ? " "
				   : blocks[most > 0 ? (int)ceil(value / most * 8) : 0],
				page->out);
	}
	fputc('\n', page->out);
}

static void
put_sparks(const struct page *page, const struct tt_doc_figure *figure)
{
	if (figure->axis == TT_AXIS_TEXT || figure->n_x > SPARK_MAX
			|| figure->n_series == 0)
		return;
	for (size_t i = 0; i < figure->n_series; i++)
		put_spark(page, &figure->series[i], figure->n_x, tt_chart_most(figure));
	fputc('\n', page->out);
}

static int
put_figure(const struct page *page, const struct tt_doc_figure *figure)
{
	const struct tt_doc_table *table;
	struct tt_document scratch;
	int rc = put_caption(page, TT_WORD_FIGURE, figure->number, figure->title,
			figure->unit);

	if (rc == 0)
		rc = tt_document_init(&scratch, page->doc->language);
	if (rc != 0)
		return rc;
	put_sparks(page, figure);
	table = tt_figure_table_named(figure, page->locale, &scratch);
	rc = table != NULL ? put_rows(page, table) : -ENOMEM;
	tt_document_fini(&scratch);
	return rc == 0 ? put_notes(page, figure->notes, figure->n_notes, false,
			       figure->source)
		       : rc;
}

static int
put_element(const struct page *page, const struct tt_doc_element *element)
{
	char first[TT_LOCALE_TEXT_MAX];
	int rc = 0;

	if (page->brief && element->kind == TT_ELEMENT_FIGURE)
		return 0;
	switch (element->kind) {
	case TT_ELEMENT_TEXT:
		rc = tt_text_wrap(page->locale, "", element->text, page->out);
		break;
	case TT_ELEMENT_ITEM:
		rc = tt_text_wrap(page->locale, "  - ", element->text, page->out);
		if (element->next != NULL && element->next->kind == TT_ELEMENT_ITEM)
			return rc;
		break;
	case TT_ELEMENT_WARNING:
		snprintf(first, sizeof(first),
				"! %s: ", tt_locale_word(page->locale, TT_WORD_WARNING));
		rc = tt_text_wrap(page->locale, first, element->text, page->out);
		break;
	case TT_ELEMENT_TABLE:
		rc = put_table(page, element->table);
		break;
	case TT_ELEMENT_FIGURE:
		rc = put_figure(page, element->figure);
	}
	fputc('\n', page->out);
	return rc;
}

static int
put_heading(const struct page *page, const char *number, const char *title, char rule)
{
	char first[TT_LOCALE_TEXT_MAX];
	int rc;

	snprintf(first, sizeof(first), "%s%s", number != NULL ? number : "",
			number != NULL ? "  " : "");
	rc = tt_text_wrap(page->locale, first, title, page->out);
	for (size_t i = 0; i < TT_TEXT_LINE; i++)
		fputc(rule, page->out);
	fputs("\n\n", page->out);
	return rc;
}

static int
put_section(const struct page *page, const struct tt_doc_section *section)
{
	int rc = put_heading(page, section->number, section->title,
			section->level <= 1 ? '=' : '-');

	for (const struct tt_doc_element *e = section->first; e != NULL && rc == 0;
			e = e->next)
		rc = put_element(page, e);
	return rc;
}

static int
render(const struct tt_document *doc, const struct tt_locale *locale, FILE *out,
		bool brief)
{
	const struct page page = {doc, locale, out, brief};
	int rc = doc->failed ? -ENOMEM : 0;

	if (rc == 0)
		rc = tt_text_wrap(locale, "", doc->title, out);
	if (rc == 0 && doc->subtitle != NULL)
		rc = tt_text_wrap(locale, "", doc->subtitle, out);
	if (rc == 0)
		fputc('\n', out);
	for (const struct tt_doc_section *s = doc->first; s != NULL && rc == 0;
			s = s->next)
		rc = put_section(&page, s);
	if (rc == 0 && ferror(out))
		rc = -EIO;
	return rc;
}

int
tt_render_text(const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	return render(doc, locale, out, false);
}

int
tt_render_text_brief(
		const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	return render(doc, locale, out, true);
}
