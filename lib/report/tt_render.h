/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The formats of a report. All print the same numbers with the same decimals; none computes any.
 * The document is whole (not `failed`) and the locale that of its language. Return 0, -ENOMEM, or -EIO
 * where out has an error. Any thread.
 */
#ifndef TT_RENDER_H
#define TT_RENDER_H

#include "tt_document.h"
#include "tt_locale.h"

/* One page that needs nothing else: no network, no script, figures as SVG. HTML5 that is well-formed XML
 * too; opens with a content security policy of `default-src 'none'` and inline style. */
int tt_render_html(const struct tt_document *doc, const struct tt_locale *locale,
		FILE *out) TT_MUST_CHECK;

/* For a terminal of 96 columns, in UTF-8. */
int tt_render_text(const struct tt_document *doc, const struct tt_locale *locale,
		FILE *out) TT_MUST_CHECK;

/* The same without the figures, whose numbers are most of its lines. */
int tt_render_text_brief(const struct tt_document *doc, const struct tt_locale *locale,
		FILE *out) TT_MUST_CHECK;

/* {"language", "title", "subtitle", "sections": […], "tables": {id: …}, "figures": {id: …}} */
int tt_render_json(const struct tt_document *doc, const struct tt_locale *locale,
		FILE *out) TT_MUST_CHECK;

/* The id of table or figure number i of the document, from 0; NULL: there are no more. */
const char *tt_render_csv_id(const struct tt_document *doc, size_t i);
/* That table or figure as in RFC 4180, with all its rows, headed by the ids of its columns; -ENOENT if
 * there is none. */
int tt_render_csv(const struct tt_document *doc, const struct tt_locale *locale,
		const char *id, FILE *out) TT_MUST_CHECK;

#endif
