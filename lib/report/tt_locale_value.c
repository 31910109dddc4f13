/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_locale.h"
#include "tt_locale_private.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>

#define NUMBER_MAX  352 /* the longest double with two decimals */
#define US_PER_MS   1000
#define GROUP       3 /* digits between separators */
#define RATE_PLACES 2
#define PCT_PLACES  1
#define RATE_DIGITS 6 /* of rates for programs, where no packets stand beside */
#define EXACT_MOST \
	1e13 /* with two decimals, digits that every double keeps; those of JSON as well */
#define PLACES_MOST 15 /* of a share that is next to 0 or 100 */

void
tt_locale_trim(char *text, size_t size)
{
	size_t end = strnlen(text, size - 1), start = end;

	while (start > 0 && end - start < 4
			&& ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xC0) {
		unsigned char lead = (unsigned char)text[start - 1];
		size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

		if (start - 1 + length > end)
			end = start - 1;
	}
	text[end] = '\0';
}

static char *
put(char *text, size_t size, const char *what)
{
	if (size == 0)
		return text;
	if (strlen(what) < size)
		return strcpy(text, what);
	memcpy(text, what, size - 1);
	text[size - 1] = '\0';
	tt_locale_trim(text, size);
	return text;
}

static bool
is_zero(const char *digits)
{
	return strspn(digits, "-0.") == strlen(digits);
}

/* Of "-1234.50": "1,234.50", without the sign. */
static void
separate(const char *plain, char *out)
{
	size_t whole;

	if (*plain == '-')
		plain++;
	whole = strcspn(plain, ".");
	for (size_t i = 0; plain[i] != '\0'; i++) {
		if (i > 0 && i < whole && (whole - i) % GROUP == 0)
			*out++ = ',';
		*out++ = plain[i];
	}
	*out = '\0';
}

static bool
is_percent(enum tt_value_kind kind)
{
	return kind == TT_VALUE_PERCENT || kind == TT_VALUE_PERCENT_CHANGE
			|| kind == TT_VALUE_COVERAGE;
}

static bool
is_change(enum tt_value_kind kind)
{
	return kind == TT_VALUE_COUNT_CHANGE || kind == TT_VALUE_RATE_CHANGE
			|| kind == TT_VALUE_PERCENT_CHANGE;
}

/* The value has a number with decimals; one that is none is unknown. */
static enum tt_value_kind
kind_of(const struct tt_value *value)
{
	bool decimal = value->kind == TT_VALUE_RATE || value->kind == TT_VALUE_RATE_CHANGE
			|| is_percent(value->kind);

	return decimal && !isfinite(value->number) ? TT_VALUE_UNKNOWN : value->kind;
}

/* Of 0.0022: 4, so that two digits are there; of 99.9982: 3. */
static int
coverage_places(double percent)
{
	int places = PCT_PLACES;
	double unit = pow(10, -PCT_PLACES);

	if (percent <= 0 || percent == 100)
		return places;
	for (; places < PLACES_MOST && fabs(percent - 100) < unit / 2; places++)
		unit /= 10;
	if (percent >= unit / 2)
		return places;
	for (; places < PLACES_MOST && percent < unit; places++)
		unit /= 10;
	return places + 1;
}

/* Halves of the last place go away from zero, as by hand: 0.535 is 0.54, though no double is 0.535 and the one beside it, or
 * the difference of two, is less. What is no further off than a double's last digit is a half. */
static double
lift_half(double number, int places)
{
	double unit = pow(10, -places);
	double lift = fmax(unit * 1e-9, fabs(number) * DBL_EPSILON);

	return number + copysign(fmin(lift, unit * 1e-3), number);
}

/* Takes zeros behind the decimals that are always there off again. */
static void
trim_zeros(char *digits, int places)
{
	char *least = strchr(digits, '.');

	if (least == NULL)
		return;
	least += places;
	for (char *end = digits + strlen(digits) - 1; end > least && *end == '0'; end--)
		*end = '\0';
}

/* Digits as programs read them, never "-0.00". */
static void
plain_number(const struct tt_value *value, char text[NUMBER_MAX])
{
	int places = is_percent(value->kind) ? PCT_PLACES : RATE_PLACES;
	double number = value->number;

	if (fabs(number) >= EXACT_MOST) {
		snprintf(text, NUMBER_MAX, "%.14e", number);
		number = strtod(text, NULL);
	}
	if (value->kind == TT_VALUE_COVERAGE)
		places = coverage_places(value->number);
	snprintf(text, NUMBER_MAX, "%.*f", places, lift_half(number, places));
	if (value->kind == TT_VALUE_COVERAGE)
		trim_zeros(text, PCT_PLACES);
	if (text[0] == '-' && is_zero(text))
		memmove(text, text + 1, strlen(text));
}

static const char *
sign_of(const struct tt_locale *locale, const char *plain, bool change)
{
	if (plain[0] == '-')
		return tt_locale_pick(locale, "−", "－");
	if (!change)
		return "";
	if (is_zero(plain))
		return "±";
	return tt_locale_pick(locale, "+", "＋");
}

static char *
number(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size)
{
	char plain[NUMBER_MAX], digits[2 * NUMBER_MAX], whole[2 * NUMBER_MAX + 16];

	plain_number(value, plain);
	separate(plain, digits);
	snprintf(whole, sizeof(whole), "%s%s%s",
			sign_of(locale, plain, is_change(value->kind)), digits,
			is_percent(value->kind) ? "%" : "");
	return put(text, size, whole);
}

static char *
integer(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size)
{
	char plain[32], digits[48], whole[64];

	snprintf(plain, sizeof(plain), "%" PRId64, value->count);
	separate(plain, digits);
	if (value->kind == TT_VALUE_RANK)
		snprintf(whole, sizeof(whole), tt_locale_pick(locale, "%s", "%s 位"),
				digits);
	else
		snprintf(whole, sizeof(whole), "%s%s",
				sign_of(locale, plain, is_change(value->kind)), digits);
	return put(text, size, whole);
}

char *
tt_locale_date(const struct tt_locale *locale, enum tt_date_form form, int64_t us,
		char *text, size_t size)
{
	char utf8[128] = "";
	UChar utf16[64];
	UErrorCode status = U_ZERO_ERROR;
	int32_t length = udat_format(locale->dates[form], floor((double)us / US_PER_MS),
			utf16, TT_ARRAY_SIZE(utf16), NULL, &status);

	if (U_SUCCESS(status))
		u_strToUTF8(utf8, sizeof(utf8), NULL, utf16, length, &status);
	return put(text, size, utf8);
}

static char *
plain_time(const struct tt_locale *locale, int64_t us, char *text, size_t size)
{
	char day[32], hour[32], whole[96];
	const char *zone = locale->zone + strlen("UTC");
	int64_t local = us + (int64_t)locale->utc_offset_min * 60 * TT_US_PER_S;
	int64_t minute = (local / TT_US_PER_S / 60 % 1440 + 1440) % 1440;

	tt_locale_date(locale, TT_DATE_ISO_DAY, us, day, sizeof(day));
	snprintf(hour, sizeof(hour), "%02d:%02d", (int)minute / 60, (int)minute % 60);
	snprintf(whole, sizeof(whole), "%sT%s%s", day, hour, *zone != '\0' ? zone : "Z");
	return put(text, size, whole);
}

char *
tt_locale_value(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size)
{
	switch (kind_of(value)) {
	case TT_VALUE_BLANK:
		return put(text, size, "");
	case TT_VALUE_TEXT:
		return put(text, size, value->text != NULL ? value->text : "");
	case TT_VALUE_COUNT:
	case TT_VALUE_COUNT_CHANGE:
	case TT_VALUE_RANK:
		return integer(locale, value, text, size);
	case TT_VALUE_RATE:
	case TT_VALUE_RATE_CHANGE:
	case TT_VALUE_PERCENT:
	case TT_VALUE_PERCENT_CHANGE:
	case TT_VALUE_COVERAGE:
		return number(locale, value, text, size);
	case TT_VALUE_DAY:
		return tt_locale_date(locale, TT_DATE_DAY, value->count, text, size);
	case TT_VALUE_TIME:
		return tt_locale_date(locale, TT_DATE_TIME, value->count, text, size);
	case TT_VALUE_NONE:
		return put(text, size, tt_locale_word(locale, TT_WORD_NONE));
	case TT_VALUE_NEGLIGIBLE:
		return put(text, size, tt_locale_word(locale, TT_WORD_NEGLIGIBLE));
	case TT_VALUE_NO_PERCENT:
		return put(text, size, tt_locale_word(locale, TT_WORD_NO_PERCENT));
	case TT_VALUE_UNKNOWN:
		return put(text, size, tt_locale_word(locale, TT_WORD_UNKNOWN));
	}
	return put(text, size, "");
}

char *
tt_locale_fine(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size)
{
	char plain[NUMBER_MAX];
	double number = fabs(value->number);
	int places;

	if (kind_of(value) != TT_VALUE_RATE || number == 0)
		return tt_locale_plain(locale, value, text, size);
	places = RATE_DIGITS - 1 - (int)floor(log10(number));
	if (places <= RATE_PLACES)
		return tt_locale_plain(locale, value, text, size);
	places = places < PLACES_MOST ? places : PLACES_MOST;
	snprintf(plain, sizeof(plain), "%.*f", places, lift_half(value->number, places));
	trim_zeros(plain, RATE_PLACES);
	return put(text, size, plain);
}

char *
tt_locale_plain(const struct tt_locale *locale, const struct tt_value *value, char *text,
		size_t size)
{
	char plain[NUMBER_MAX] = "";

	switch (kind_of(value)) {
	case TT_VALUE_BLANK:
	case TT_VALUE_UNKNOWN:
	case TT_VALUE_NO_PERCENT:
		break;
	case TT_VALUE_TEXT:
		return put(text, size, value->text != NULL ? value->text : "");
	case TT_VALUE_COUNT:
	case TT_VALUE_COUNT_CHANGE:
	case TT_VALUE_RANK:
		snprintf(plain, sizeof(plain), "%" PRId64, value->count);
		break;
	case TT_VALUE_RATE:
	case TT_VALUE_RATE_CHANGE:
	case TT_VALUE_PERCENT:
	case TT_VALUE_PERCENT_CHANGE:
	case TT_VALUE_COVERAGE:
		plain_number(value, plain);
		break;
	case TT_VALUE_DAY:
		return tt_locale_date(locale, TT_DATE_ISO_DAY, value->count, text, size);
	case TT_VALUE_TIME:
		return plain_time(locale, value->count, text, size);
	case TT_VALUE_NONE:
	case TT_VALUE_NEGLIGIBLE:
		return put(text, size, "0.00");
	}
	return put(text, size, plain);
}
