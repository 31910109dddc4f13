/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of tt_render.h share. */
#ifndef TT_RENDER_PRIVATE_H
#define TT_RENDER_PRIVATE_H

#include "tt_render.h"

/* Numbers stand to the right of their column: all that are shown are no texts, or blank. */
bool tt_render_is_number(const struct tt_doc_table *table, size_t column);
/* The column that names the rows: the first with a text; 0 if there is none. */
size_t tt_render_name_column(const struct tt_doc_table *table);
/* How many rows are shown or stand before one that is; what follows is not mentioned. */
size_t tt_render_shown(const struct tt_doc_table *table);
/* The word with {1} filled in, "Table 3-1", "Unit: packets", or "" if there is nothing to fill in; into
 * text[size]. */
char *tt_render_with(const struct tt_locale *locale, enum tt_word word, const char *arg,
		char *text, size_t size);

/* tt_render_html_table.c */
void tt_html_table(const struct tt_doc_table *table, const struct tt_locale *locale,
		FILE *out);
int tt_html_figure_data(const struct tt_doc_figure *figure,
		const struct tt_locale *locale, FILE *out);

/* tt_render_html_style.c */
extern const char tt_html_style[];

/* tt_render_text_table.c */
int tt_text_table(const struct tt_doc_table *table, const struct tt_locale *locale,
		FILE *out);

/* tt_render_text_wrap.c */
#define TT_TEXT_LINE 96 /* columns of a line */
/* The text in lines that are at most TT_TEXT_LINE wide; first: what the first one begins with, the others
 * are indented as much. Breaks where the language allows it. Returns 0 or -ENOMEM. */
int tt_text_wrap(const struct tt_locale *locale, const char *first, const char *text,
		FILE *out);

#endif
