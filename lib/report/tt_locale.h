/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How readers of a language expect numbers, days and names of countries: Japanese and English. Names of
 * countries come from ICU (the short form where the language has one: 米国, 韓国); "??" is "unknown",
 * "**" "not told apart". One thread for each.
 */
#ifndef TT_LOCALE_H
#define TT_LOCALE_H

#include "tt_document.h"

struct tt_locale;

/* language: "ja" or "en"; utc_offset_min: minutes east of UTC, of days and times. Returns 0, -EINVAL for
 * another language, or -ENOMEM. */
int tt_locale_open(struct tt_locale **locale, const char *language, int utc_offset_min) TT_MUST_CHECK;
void tt_locale_close(struct tt_locale *locale);
const char *tt_locale_language(const struct tt_locale *locale);

/* The value as a reader sees it, such as "131.08", "−4.2%", "1 位", "検知なし", into text[size]. The same in
 * every format for people. Returns text. */
char *tt_locale_value(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size);
/* The value for programs, without its language: "131.08", "-4.2", "1", "2009-07-08"; "" if BLANK, UNKNOWN
 * or NO_PERCENT; "0.00" if NONE or NEGLIGIBLE. */
char *tt_locale_plain(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size);
/* Name of a country by its code of two letters; the code itself where there is none. */
const char *tt_locale_country(const struct tt_locale *locale, const char *code);

/* The pattern of lib/report/tt_words.h with {1} to {9} replaced by args[0] …; in the document's memory. */
const char *tt_locale_fill(const struct tt_locale *locale, struct tt_document *doc, unsigned word,
		const char *const *args, size_t n_args);

#endif
