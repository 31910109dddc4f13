/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How readers of a language expect numbers, days and names of countries: Japanese and English. Names of
 * countries come from ICU (the short form where the language has one: 韓国, 英国; and 米国); "??" is "unknown",
 * "**" "not told apart". One thread for each.
 */
#ifndef TT_LOCALE_H
#define TT_LOCALE_H

#include "tt_document.h"
#include "tt_words.h"

struct tt_locale;

/* language: "ja" or "en"; utc_offset_min: minutes east of UTC, of days and times. Returns 0, -EINVAL for
 * another language, or -ENOMEM. */
int tt_locale_open(struct tt_locale **locale, const char *language,
		int utc_offset_min) TT_MUST_CHECK;
void tt_locale_close(struct tt_locale *locale);
const char *tt_locale_language(const struct tt_locale *locale);

/* Enough for any value but a TEXT. */
#define TT_LOCALE_TEXT_MAX 512

/* The value as a reader sees it, such as "131.08", "−4.2%", "1 位", "検知なし", into text[size], cut
 * between characters if it is too long. The same in every format for people. Returns text. */
char *tt_locale_value(const struct tt_locale *locale, const struct tt_value *value,
		char *text, size_t size);
/* The value for programs, without its language: "131.08", "-4.2", "1", "2009-07-08",
 * "2009-07-08T14:00+09:00"; "" if BLANK, UNKNOWN or NO_PERCENT; "0.00" if NONE or NEGLIGIBLE. */
char *tt_locale_plain(const struct tt_locale *locale, const struct tt_value *value,
		char *text, size_t size);
/* The same of a figure's series, beside which no packets stand: a RATE has six significant digits where these are more than two
 * decimals, "0.0241873", without zeros behind these two. */
char *tt_locale_fine(const struct tt_locale *locale, const struct tt_value *value,
		char *text, size_t size);

enum tt_date_form {
	TT_DATE_DAY, /* "8 July 2009", "2009年7月8日" */
	TT_DATE_TIME, /* "8 July 2009, 14:00", "2009年7月8日 14:00" */
	TT_DATE_TIME_IN_TEXT, /* "14:00 on 8 July 2009", "2009年7月8日 14:00" */
	TT_DATE_DAY_OF_YEAR, /* "8 July", "7月8日" */
	TT_DATE_DAY_SHORT, /* for axes: "8 Jul", "7/8" */
	TT_DATE_DAY_OF_MONTH, /* "8", "8日" */
	TT_DATE_WEEKDAY, /* "Wednesday", "水曜日" */
	TT_DATE_MONTH, /* "July 2009", "2009年7月" */
	TT_DATE_MONTH_SHORT, /* for axes: "Jul 2009", "2009/7" */
	TT_DATE_YEAR, /* "2009", "2009年" */
	TT_DATE_HOUR, /* "14:00", "14時" */
	TT_DATE_ISO_DAY, /* "2009-07-08", an id in any language */
	TT_DATE_ISO_MONTH, /* "2009-07" */
	TT_N_DATES
};

/* An instant, microseconds since the epoch, in the report's time zone, into text[size]. Returns text. */
char *tt_locale_date(const struct tt_locale *locale, enum tt_date_form form, int64_t us,
		char *text, size_t size);
/* The time zone: "UTC", "UTC+09:00". Lives as long as the locale. */
const char *tt_locale_zone(const struct tt_locale *locale);

/* Name of a country by its code of two letters; the code itself where there is none. */
const char *tt_locale_country(const struct tt_locale *locale, const char *code);
/* What stands before that name in a sentence: "the " of "the United States", or "". */
const char *tt_locale_article(const struct tt_locale *locale, const char *code);
/* Are two letters the code of a country that has a name? */
bool tt_locale_has_country(const struct tt_locale *locale, const char *code);

/* The word of tt_words.h, in the locale's language. */
const char *tt_locale_word(const struct tt_locale *locale, enum tt_word word);
/* The same with {1} to {9} replaced by args[0] …; in the document's memory, NULL if there is none. */
const char *tt_locale_fill(const struct tt_locale *locale, struct tt_document *doc,
		enum tt_word word, const char *const *args, size_t n_args);

#endif
