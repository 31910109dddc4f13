/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text on its way to a reader: cleaned, measured, cut and wrapped. Texts come from data, so they may hold
 * anything: what is not UTF-8, control characters, those that change the direction of writing, and
 * those that XML forbids are read as U+FFFD, in every format alike. Pure functions, any thread.
 */
#ifndef TT_TEXT_H
#define TT_TEXT_H

#include "tt_base.h"

#define TT_CHAR_MAX 4 /* bytes of a character */

/* The next character of a text, cleaned, a tab or a line break as a blank; 0 at its end. */
int32_t tt_text_next(const char **text);
/* Appends a character as UTF-8 to out and returns how many bytes it has. */
size_t tt_text_put(int32_t character, char out[TT_CHAR_MAX]);

/* The cleaned text on the heap, NULL if there is no memory. */
char *tt_text_clean(const char *text) TT_MUST_CHECK;

/* How many columns of a terminal the text takes: 2 for wide characters, 0 for combining ones. */
size_t tt_text_columns(const char *text);
/* The same for the first n bytes. */
size_t tt_text_columns_n(const char *text, size_t n);

/*
 * How wide the text is when drawn, in units of the font's size. Latin as the wider of Helvetica
 * (its AFM file) and 6 %, for fonts alike, and DejaVu Sans; wide characters 1.
 */
double tt_text_em(const char *text);

/* Writes as much of the text as has a drawn width of em, with "…" in place of what is left out, to
 * cut[size]; returns whether anything is. NULL is an empty text. */
bool tt_text_cut_em(const char *text, double em, char *cut, size_t size);
/* The same for columns of a terminal. */
bool tt_text_cut_columns(const char *text, size_t columns, char *cut, size_t size);

#endif
