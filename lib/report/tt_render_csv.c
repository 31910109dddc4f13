/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CSV, as in RFC 4180. A spreadsheet takes a cell that begins with =, +, - or @ for a formula and carries it out, quoted or not. Numbers have
 * to stay numbers, and begin with no other sign than -; a text that begins so, or with an apostrophe, gets an apostrophe before
 * it, which spreadsheets take for "text" and which programs take off again without loss.
 */
#include "tt_figure_table.h"
#include "tt_render_private.h"
#include "tt_text.h"

#include <errno.h>
#include <string.h>

static const char *
id_of(const struct tt_doc_element *element)
{
	if (element->kind == TT_ELEMENT_TABLE)
		return element->table->id;
	return element->kind == TT_ELEMENT_FIGURE ? element->figure->id : NULL;
}

/* The element that comes after so many others with a table or figure, or the one with the id. */
static const struct tt_doc_element *
find(const struct tt_document *doc, size_t i, const char *id)
{
	for (const struct tt_doc_section *s = doc->first; s != NULL; s = s->next)
		for (const struct tt_doc_element *e = s->first; e != NULL; e = e->next) {
			if (id_of(e) == NULL)
				continue;
			if (id != NULL ? strcmp(id_of(e), id) == 0 : i-- == 0)
				return e;
		}
	return NULL;
}

const char *
tt_render_csv_id(const struct tt_document *doc, size_t i)
{
	const struct tt_doc_element *element = find(doc, i, NULL);

	return element != NULL ? id_of(element) : NULL;
}

/* Full-width forms are taken for the same where the language has them. */
static bool
is_formula(const char *text)
{
	static const int32_t signs[] = {
			'=', '+', '-', '@', '\'', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20};
	int32_t c;

	do {
		c = tt_text_next(&text);
	} while (c == ' ');
	for (size_t i = 0; i < TT_ARRAY_SIZE(signs); i++)
		if (c == signs[i])
			return true;
	return false;
}

static void
put_text(const char *text, bool mark, FILE *out)
{
	bool quoted = strpbrk(text, ",\"\r\n\t") != NULL;
	char utf8[TT_CHAR_MAX];
	int32_t c;

	if (quoted)
		fputc('"', out);
	if (mark)
		fputc('\'', out);
	while ((c = tt_text_next(&text)) != 0) {
		if (c == '"')
			fputc('"', out);
		fwrite(utf8, 1, tt_text_put(c, utf8), out);
	}
	if (quoted)
		fputc('"', out);
}

/* tt_locale_plain, tt_locale_fine */
typedef char *digits_of(const struct tt_locale *locale, const struct tt_value *value,
		char *text, size_t size);

static void
put_value(const struct tt_value *value, const struct tt_locale *locale, digits_of *digits,
		FILE *out)
{
	char text[TT_LOCALE_TEXT_MAX];
	const char *name = value->text != NULL ? value->text : "";

	if (value->kind == TT_VALUE_TEXT)
		put_text(name, is_formula(name), out);
	else
		put_text(digits(locale, value, text, sizeof(text)), false, out);
}

static void
put_table(const struct tt_doc_table *table, const struct tt_locale *locale,
		digits_of *digits, FILE *out)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		fputs(i > 0 ? "," : "", out);
		put_text(table->columns[i].id, false, out);
	}
	fputs("\r\n", out);
	for (size_t row = 0; row < table->n_rows; row++) {
		for (size_t i = 0; i < table->n_columns; i++) {
			fputs(i > 0 ? "," : "", out);
			put_value(&table->rows[row].cells[i], locale, digits, out);
		}
		fputs("\r\n", out);
	}
}

static int
put_figure(const struct tt_doc_figure *figure, const struct tt_locale *locale, FILE *out)
{
	const struct tt_doc_table *table;
	struct tt_document scratch;
	int rc = tt_document_init(&scratch, tt_locale_language(locale));

	if (rc != 0)
		return rc;
	table = tt_figure_table(figure, &scratch);
	if (table != NULL)
		put_table(table, locale, tt_locale_fine, out);
	tt_document_fini(&scratch);
	return table != NULL ? 0 : -ENOMEM;
}

int
tt_render_csv(const struct tt_document *doc, const struct tt_locale *locale,
		const char *id, FILE *out)
{
	const struct tt_doc_element *element = find(doc, 0, id);
	int rc = doc->failed ? -ENOMEM : 0;

	if (rc != 0)
		return rc;
	if (element == NULL)
		return -ENOENT;
	if (element->kind == TT_ELEMENT_TABLE)
		put_table(element->table, locale, tt_locale_plain, out);
	else
		rc = put_figure(element->figure, locale, out);
	if (rc == 0 && ferror(out))
		rc = -EIO;
	return rc;
}
