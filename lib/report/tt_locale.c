/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_locale.h"
#include "tt_locale_private.h"

#include <errno.h>
#include <string.h>
#include <unicode/uldnames.h>
#include <unicode/ustring.h>

#define SHORTEST_NAME 3 /* of a short form in English, so that "US" and "UK" stay names */

/* English, Japanese */
static const char *const patterns[TT_N_DATES][2] = {
		[TT_DATE_DAY] = {"d MMMM y", "y年M月d日"},
		[TT_DATE_TIME] = {"d MMMM y, HH:mm", "y年M月d日 HH:mm"},
		[TT_DATE_TIME_IN_TEXT] = {"HH:mm 'on' d MMMM y", "y年M月d日 HH:mm"},
		[TT_DATE_DAY_OF_YEAR] = {"d MMMM", "M月d日"},
		[TT_DATE_DAY_SHORT] = {"d MMM", "M/d"},
		[TT_DATE_DAY_OF_MONTH] = {"d", "d日"},
		[TT_DATE_WEEKDAY] = {"EEEE", "EEEE"},
		[TT_DATE_MONTH] = {"MMMM y", "y年M月"},
		[TT_DATE_MONTH_SHORT] = {"MMM y", "y/M"},
		[TT_DATE_YEAR] = {"y", "y年"},
		[TT_DATE_HOUR] = {"HH:mm", "H時"},
		[TT_DATE_ISO_DAY] = {"yyyy-MM-dd", "yyyy-MM-dd"},
		[TT_DATE_ISO_MONTH] = {"yyyy-MM", "yyyy-MM"},
};

static int
open_dates(struct tt_locale *locale)
{
	UChar pattern[64], zone[24];
	char id[24];
	UErrorCode status = U_ZERO_ERROR;

	/* ICU's own form of an offset. */
	snprintf(id, sizeof(id), "GMT%s",
			strcmp(locale->zone, "UTC") == 0 ? "" : locale->zone + 3);
	u_uastrcpy(zone, id);
	for (unsigned i = 0; i < TT_N_DATES; i++) {
		const char *text = tt_locale_pick(locale, patterns[i][0], patterns[i][1]);

		u_strFromUTF8(pattern, TT_ARRAY_SIZE(pattern), NULL, text, -1, &status);
		locale->dates[i] = udat_open(UDAT_PATTERN, UDAT_PATTERN,
				tt_locale_pick(locale, "en_US", "ja_JP"), zone, -1,
				pattern, -1, &status);
	}
	return U_FAILURE(status) ? -ENOMEM : 0;
}

/* The name of region in one length; "" if there is none. */
static void
read_country(const ULocaleDisplayNames *names, const char *region,
		char text[TT_COUNTRY_TEXT])
{
	UErrorCode status = U_ZERO_ERROR;
	UChar name[TT_COUNTRY_TEXT];
	int32_t length = uldn_regionDisplayName(
			names, region, name, TT_COUNTRY_TEXT, &status);

	text[0] = '\0';
	if (U_SUCCESS(status))
		u_strToUTF8(text, TT_COUNTRY_TEXT, NULL, name, length, &status);
	if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
		text[0] = '\0';
}

static void
fill_countries(struct tt_locale *locale, const ULocaleDisplayNames *full,
		const ULocaleDisplayNames *brief)
{
	for (unsigned i = 0; i < TT_LETTERS * TT_LETTERS; i++) {
		char region[] = {(char)('A' + i / TT_LETTERS),
				(char)('A' + i % TT_LETTERS), '\0'};
		char *text = locale->countries[i];

		read_country(brief, region, text);
		if (strlen(text) < SHORTEST_NAME)
			read_country(full, region, text);
		if (text[0] == '\0')
			memcpy(text, region, sizeof(region));
	}
}

static int
open_countries(struct tt_locale *locale)
{
	UDisplayContext lengths[] = {UDISPCTX_LENGTH_FULL, UDISPCTX_LENGTH_SHORT};
	const char *language = tt_locale_language(locale);
	UErrorCode status = U_ZERO_ERROR;
	ULocaleDisplayNames *full = uldn_openForContext(
			language, &lengths[0], 1, &status);
	ULocaleDisplayNames *brief = uldn_openForContext(
			language, &lengths[1], 1, &status);

	if (U_SUCCESS(status))
		fill_countries(locale, full, brief);
	uldn_close(full);
	uldn_close(brief);
	return U_FAILURE(status) ? -ENOMEM : 0;
}

static void
name_zone(struct tt_locale *locale)
{
	int minutes = abs(locale->utc_offset_min);

	snprintf(locale->zone, sizeof(locale->zone), "UTC");
	if (minutes != 0)
		snprintf(locale->zone, sizeof(locale->zone), "UTC%c%02d:%02d",
				locale->utc_offset_min < 0 ? '-' : '+',
				minutes / 60 % 100, minutes % 60);
}

int
tt_locale_open(struct tt_locale **locale, const char *language, int utc_offset_min)
{
	struct tt_locale *l;
	int rc;

	*locale = NULL;
	if ((strcmp(language, "en") != 0 && strcmp(language, "ja") != 0)
			|| abs(utc_offset_min) >= 24 * 60)
		return -EINVAL;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return -ENOMEM;
	l->japanese = strcmp(language, "ja") == 0;
	l->utc_offset_min = utc_offset_min;
	name_zone(l);
	rc = open_dates(l);
	if (rc == 0)
		rc = open_countries(l);
	if (rc == 0)
		*locale = l;
	else
		tt_locale_close(l);
	return rc;
}

void
tt_locale_close(struct tt_locale *locale)
{
	if (locale == NULL)
		return;
	for (unsigned i = 0; i < TT_N_DATES; i++)
		udat_close(locale->dates[i]);
	free(locale);
}

const char *
tt_locale_language(const struct tt_locale *locale)
{
	return tt_locale_pick(locale, "en", "ja");
}

const char *
tt_locale_zone(const struct tt_locale *locale)
{
	return locale->zone;
}

const char *
tt_locale_country(const struct tt_locale *locale, const char *code)
{
	if (strcmp(code, "??") == 0)
		return tt_locale_word(locale, TT_WORD_COUNTRY_UNKNOWN);
	if (strcmp(code, "US") == 0) /* ICU's short form in Japanese is that of speech */
		return tt_locale_word(locale, TT_WORD_COUNTRY_US);
	if (strcmp(code, "**") == 0)
		return tt_locale_word(locale, TT_WORD_COUNTRY_ANY);
	if (strlen(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A'
			|| code[1] > 'Z')
		return code;
	return locale->countries[(code[0] - 'A') * TT_LETTERS + code[1] - 'A'];
}

/* Of ICU's names in English, as tt_locale_country() has them. */
static const char with_article[][3] = {"AE", "BQ", "BS", "CC", "CF", "CK", "DO", "EU",
		"FK", "FO", "GB", "GM", "IM", "IO", "KM", "KY", "MH", "MP", "MV", "NL",
		"PH", "SB", "TC", "TF", "UM", "US", "VG", "VI"};

const char *
tt_locale_article(const struct tt_locale *locale, const char *code)
{
	for (size_t i = 0; i < TT_ARRAY_SIZE(with_article); i++)
		if (strcmp(code, with_article[i]) == 0)
			return tt_locale_pick(locale, "the ", "");
	return "";
}

bool
tt_locale_has_country(const struct tt_locale *locale, const char *code)
{
	return strcmp(tt_locale_country(locale, code), code) != 0;
}

const char *
tt_locale_word(const struct tt_locale *locale, enum tt_word word)
{
	return tt_word(tt_locale_language(locale), word);
}

/* Writes the pattern filled in to out, or only counts if it is NULL; returns its length. */
static size_t
fill(const char *pattern, const char *const *args, size_t n_args, char *out)
{
	size_t length = 0;

	while (*pattern != '\0') {
		const char *part = pattern;
		size_t n = 1, step = 1;

		if (part[0] == '{' && part[1] >= '1' && part[1] <= '9'
				&& part[2] == '}') {
			TT_ASSERT((size_t)(part[1] - '1') < n_args);
			part = args[part[1] - '1'] != NULL ? args[part[1] - '1'] : "";
			n = strlen(part);
			step = 3;
		}
		if (out != NULL)
			memcpy(out + length, part, n);
		length += n;
		pattern += step;
	}
	return length;
}

const char *
tt_locale_fill(const struct tt_locale *locale, struct tt_document *doc, enum tt_word word,
		const char *const *args, size_t n_args)
{
	const char *pattern = tt_locale_word(locale, word);
	size_t length = fill(pattern, args, n_args, NULL);
	char *text = tt_document_alloc(doc, length + 1);

	if (text != NULL)
		fill(pattern, args, n_args, text);
	return text;
}
