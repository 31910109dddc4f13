/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_chart.h"
#include "tt_render_private.h"
#include "tt_xml.h"

#include <errno.h>
#include <string.h>

#define DEEPEST 4u /* level of a section with a heading of its own rank */

struct page {
	const struct tt_document *doc;
	const struct tt_locale *locale;
	FILE *out;
};

static void
put_head(const struct page *page)
{
	tt_xml(page->out,
			"<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%T\">\n<head>\n"
			"<meta charset=\"utf-8\"/>\n"
			"<meta http-equiv=\"Content-Security-Policy\" "
			"content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
			"form-action 'none'\"/>\n"
			"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
			"<meta name=\"generator\" content=\"teiten " TT_VERSION "\"/>\n"
			"<title>%T %T</title>\n<style>\n%S</style>\n</head>\n<body>\n",
			page->doc->language, page->doc->title, page->doc->subtitle,
			tt_html_style);
}

static unsigned
level_of(const struct tt_doc_section *section)
{
	return section->level < 1                  ? 1
			: section->level > DEEPEST ? DEEPEST
						   : section->level;
}

static void
put_contents(const struct page *page)
{
	if (page->doc->first == NULL)
		return;
	tt_xml(page->out,
			"<nav aria-labelledby=\"contents\"><h2 id=\"contents\">%T</h2>\n<ul>\n",
			tt_locale_word(page->locale, TT_WORD_CONTENTS));
	for (const struct tt_doc_section *s = page->doc->first; s != NULL; s = s->next)
		tt_xml(page->out,
				"<li class=\"l%Z\"><a href=\"#s-%T\"><span class=\"label\">%T</span> %T</a></li>\n",
				(size_t)level_of(s), s->id, s->number, s->title);
	tt_xml(page->out, "</ul></nav>\n");
}

static void
put_title(const struct page *page)
{
	tt_xml(page->out, "<header><h1>%T</h1>", page->doc->title);
	if (page->doc->subtitle != NULL)
		tt_xml(page->out, "<p>%T</p>", page->doc->subtitle);
	tt_xml(page->out, "</header>\n");
}

static int
put_figure(const struct page *page, const struct tt_doc_figure *figure)
{
	char label[TT_LOCALE_TEXT_MAX], unit[TT_LOCALE_TEXT_MAX],
			source[TT_LOCALE_TEXT_MAX * 4];
	int rc;

	tt_render_with(page->locale, TT_WORD_FIGURE, figure->number, label,
			sizeof(label));
	/* The others have it at their axis. */
	tt_render_with(page->locale, TT_WORD_UNIT,
			figure->kind == TT_FIGURE_SHARES ? figure->unit : NULL, unit,
			sizeof(unit));
	tt_render_with(page->locale, TT_WORD_SOURCE, figure->source, source,
			sizeof(source));
	tt_xml(page->out,
			"<figure id=\"f-%T\">\n<figcaption><span class=\"label\">%T</span> %T",
			figure->id, label, figure->title);
	if (unit[0] != '\0')
		tt_xml(page->out, " <span class=\"unit\">%T</span>", unit);
	tt_xml(page->out, "</figcaption>\n<div class=\"chart\">\n");
	rc = tt_chart(figure, page->locale, page->out);
	tt_xml(page->out, "</div>\n");
	if (rc == 0)
		rc = tt_html_figure_data(figure, page->locale, page->out);
	for (size_t i = 0; i < figure->n_notes; i++)
		tt_xml(page->out, "<p class=\"note\">%T</p>\n", figure->notes[i]);
	if (source[0] != '\0')
		tt_xml(page->out, "<p class=\"source\">%T</p>\n", source);
	tt_xml(page->out, "</figure>\n");
	return rc;
}

/* How many bytes of text are a sign that a line may end behind: those of Japanese are ideographs to a browser. */
static size_t
sign_length(const char *text)
{
	static const char *const signs[] = {"＋", "－", "−", "+", "±"};

	for (size_t i = 0; i < TT_ARRAY_SIZE(signs); i++)
		if (strncmp(text, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	return 0;
}

/* How many bytes are a number with its sign; 0: none. */
static size_t
signed_length(const char *text)
{
	size_t sign = sign_length(text);
	size_t digits = sign == 0 ? 0 : strspn(text + sign, "0123456789.,%");

	while (digits > 0 && strchr(".,", text[sign + digits - 1]) != NULL)
		digits--;
	return digits == 0 ? 0 : sign + digits;
}

/* A text in which no sign is parted from its number. */
static void
put_text(const struct page *page, const char *text)
{
	const char *rest = text;

	for (const char *at = text; at != NULL && *at != '\0';) {
		size_t n = signed_length(at);

		if (n == 0) {
			at++;
			continue;
		}
		tt_xml_text_until(page->out, rest, at);
		tt_xml(page->out, "<span class=\"w\">");
		tt_xml_text_until(page->out, at, at + n);
		tt_xml(page->out, "</span>");
		at += n;
		rest = at;
	}
	tt_xml_text(page->out, rest);
}

static bool
introduces(const struct tt_doc_element *element)
{
	const struct tt_doc_element *next = element->next;

	return next != NULL
			&& (next->kind == TT_ELEMENT_ITEM
					|| next->kind == TT_ELEMENT_TABLE
					|| next->kind == TT_ELEMENT_FIGURE);
}

/* A paragraph; one that introduces what comes next stays with it. */
static void
put_paragraph(const struct page *page, const struct tt_doc_element *element)
{
	tt_xml(page->out, "<p%S>", introduces(element) ? " class=\"lead\"" : "");
	put_text(page, element->text);
	tt_xml(page->out, "</p>\n");
}

static void
put_item(const struct page *page, const struct tt_doc_element *element,
		const struct tt_doc_element *before)
{
	if (before == NULL || before->kind != TT_ELEMENT_ITEM)
		tt_xml(page->out, "<ul>\n");
	tt_xml(page->out, "<li>");
	put_text(page, element->text);
	tt_xml(page->out, "</li>\n");
	if (element->next == NULL || element->next->kind != TT_ELEMENT_ITEM)
		tt_xml(page->out, "</ul>\n");
}

static int
put_element(const struct page *page, const struct tt_doc_element *element,
		const struct tt_doc_element *before)
{
	switch (element->kind) {
	case TT_ELEMENT_TEXT:
		put_paragraph(page, element);
		break;
	case TT_ELEMENT_ITEM:
		put_item(page, element, before);
		break;
	case TT_ELEMENT_WARNING:
		tt_xml(page->out, "<p class=\"warning\"><strong>%T</strong> %T</p>\n",
				tt_locale_word(page->locale, TT_WORD_WARNING),
				element->text);
		break;
	case TT_ELEMENT_TABLE:
		tt_html_table(element->table, page->locale, page->out);
		break;
	case TT_ELEMENT_FIGURE:
		return put_figure(page, element->figure);
	}
	return 0;
}

static int
put_section(const struct page *page, const struct tt_doc_section *section)
{
	size_t rank = level_of(section) + 1;
	const struct tt_doc_element *before = NULL;
	int rc = 0;

	tt_xml(page->out,
			"<section class=\"l%Z\">\n<h%Z id=\"s-%T\"><span class=\"label\">%T</span> %T</h%Z>\n",
			(size_t)level_of(section), rank, section->id, section->number,
			section->title, rank);
	for (const struct tt_doc_element *e = section->first; e != NULL && rc == 0;
			e = e->next) {
		rc = put_element(page, e, before);
		before = e;
	}
	tt_xml(page->out, "</section>\n");
	return rc;
}

int
tt_render_html(const struct tt_document *doc, const struct tt_locale *locale, FILE *out)
{
	const struct page page = {doc, locale, out};
	int rc = doc->failed ? -ENOMEM : 0;

	if (rc != 0)
		return rc;
	put_head(&page);
	put_title(&page);
	put_contents(&page);
	tt_xml(out, "<main>\n");
	for (const struct tt_doc_section *s = doc->first; s != NULL && rc == 0;
			s = s->next)
		rc = put_section(&page, s);
	tt_xml(out, "</main>\n</body>\n</html>\n");
	if (rc == 0 && ferror(out))
		rc = -EIO;
	return rc;
}
