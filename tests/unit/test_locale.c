/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_locale.h"
#include "tt_time.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tt_locale *en, *ja;

static int
open_both(void **state)
{
	return tt_locale_open(&en, "en", 0) != 0
			|| tt_locale_open(&ja, "ja", 9 * 60) != 0;
}

static int
close_both(void **state)
{
	tt_locale_close(en);
	tt_locale_close(ja);
	return 0;
}

static void
value_is(struct tt_value value, const char *english, const char *japanese,
		const char *plain)
{
	char text[TT_LOCALE_TEXT_MAX];

	assert_string_equal(tt_locale_value(en, &value, text, sizeof(text)), english);
	assert_string_equal(tt_locale_value(ja, &value, text, sizeof(text)), japanese);
	assert_string_equal(tt_locale_plain(en, &value, text, sizeof(text)), plain);
}

static void
number_is(enum tt_value_kind kind, double number, const char *english,
		const char *japanese, const char *plain)
{
	value_is(tt_value_number(kind, number), english, japanese, plain);
}

static void
fine_is(struct tt_value value, const char *fine)
{
	char text[TT_LOCALE_TEXT_MAX];

	assert_string_equal(tt_locale_fine(en, &value, text, sizeof(text)), fine);
	assert_string_equal(tt_locale_fine(ja, &value, text, sizeof(text)), fine);
}

static void
rates_of_figures_have_six_digits(void **state)
{
	fine_is(tt_value_number(TT_VALUE_RATE, 0.02418731), "0.0241873");
	fine_is(tt_value_number(TT_VALUE_RATE, 1.0 / 65536), "0.0000152588");
	fine_is(tt_value_number(TT_VALUE_RATE, 131.084567), "131.085");
	fine_is(tt_value_number(TT_VALUE_RATE, 123456.789), "123456.79");
	fine_is(tt_value_number(TT_VALUE_RATE, 0.525), "0.525");
	/* A half, below which the double is. */
	fine_is(tt_value_number(TT_VALUE_RATE, 1.234565), "1.23457");
	fine_is(tt_value_number(TT_VALUE_RATE, 999.99999), "1000.00");
	fine_is(tt_value_number(TT_VALUE_RATE, 10), "10.00");
	fine_is(tt_value_number(TT_VALUE_RATE, 0.5), "0.50");
	fine_is(tt_value_number(TT_VALUE_RATE, 0), "0.00");
	fine_is(tt_value_number(TT_VALUE_RATE, 1e-300), "0.00");
	fine_is(tt_value_number(TT_VALUE_RATE, INFINITY), "");
	fine_is(tt_value_number(TT_VALUE_PERCENT, 12.3456), "12.3");
	fine_is(tt_value_integer(TT_VALUE_COUNT, 42), "42");
	(void)state;
}

static void
halves_go_away_from_zero(void **state)
{
	number_is(TT_VALUE_RATE, 0.525, "0.53", "0.53", "0.53");
	number_is(TT_VALUE_RATE, 0.125, "0.13", "0.13", "0.13");
	number_is(TT_VALUE_RATE, 1.005, "1.01", "1.01", "1.01");
	number_is(TT_VALUE_RATE, 0.005, "0.01", "0.01", "0.01");
	number_is(TT_VALUE_RATE, 1000000.135, "1,000,000.14", "1,000,000.14",
			"1000000.14");
	number_is(TT_VALUE_RATE, 0.52499999, "0.52", "0.52", "0.52");
	number_is(TT_VALUE_RATE_CHANGE, 100.475 - 100.5, "−0.03", "－0.03", "-0.03");
	number_is(TT_VALUE_PERCENT, 12.25, "12.3%", "12.3%", "12.3");
	number_is(TT_VALUE_PERCENT_CHANGE, -0.25, "−0.3%", "－0.3%", "-0.3");
}

static void
numbers_read_as_in_each_language(void **state)
{
	number_is(TT_VALUE_RATE, 131.08, "131.08", "131.08", "131.08");
	number_is(TT_VALUE_RATE, 1234567.891, "1,234,567.89", "1,234,567.89",
			"1234567.89");
	number_is(TT_VALUE_RATE, 999.999, "1,000.00", "1,000.00", "1000.00");
	/* No more digits than a double has, which JSON prints. */
	number_is(TT_VALUE_RATE, 32019018118222564, "32,019,018,118,222,600.00",
			"32,019,018,118,222,600.00", "32019018118222600.00");
	number_is(TT_VALUE_RATE, 0, "0.00", "0.00", "0.00");
	number_is(TT_VALUE_RATE_CHANGE, -5.68, "−5.68", "－5.68", "-5.68");
	number_is(TT_VALUE_RATE_CHANGE, -1234.5, "−1,234.50", "－1,234.50", "-1234.50");
	number_is(TT_VALUE_RATE_CHANGE, 1.07, "+1.07", "＋1.07", "1.07");
	number_is(TT_VALUE_RATE_CHANGE, -0.001, "±0.00", "±0.00", "0.00");
	number_is(TT_VALUE_PERCENT, 99.95, "100.0%", "100.0%", "100.0");
	number_is(TT_VALUE_COVERAGE, 100, "100.0%", "100.0%", "100.0");
	number_is(TT_VALUE_COVERAGE, 99.96, "99.96%", "99.96%", "99.96");
	number_is(TT_VALUE_COVERAGE, 99.99982, "99.9998%", "99.9998%", "99.9998");
	number_is(TT_VALUE_COVERAGE, 100.04, "100.04%", "100.04%", "100.04");
	number_is(TT_VALUE_COVERAGE, 97.66, "97.7%", "97.7%", "97.7");
	number_is(TT_VALUE_COVERAGE, 0.05, "0.1%", "0.1%", "0.1");
	number_is(TT_VALUE_COVERAGE, 0.044, "0.044%", "0.044%", "0.044");
	number_is(TT_VALUE_COVERAGE, 0.01, "0.01%", "0.01%", "0.01");
	number_is(TT_VALUE_COVERAGE, 0.00224, "0.0022%", "0.0022%", "0.0022");
	number_is(TT_VALUE_COVERAGE, 0, "0.0%", "0.0%", "0.0");
	number_is(TT_VALUE_COVERAGE, 100 - 1e-13, "99.9999999999999%",
			"99.9999999999999%", "99.9999999999999");
	number_is(TT_VALUE_PERCENT_CHANGE, -4.2, "−4.2%", "－4.2%", "-4.2");
	number_is(TT_VALUE_PERCENT_CHANGE, 678.3, "+678.3%", "＋678.3%", "678.3");
	value_is(tt_value_integer(TT_VALUE_COUNT, 1234567), "1,234,567", "1,234,567",
			"1234567");
	value_is(tt_value_integer(TT_VALUE_COUNT, 123), "123", "123", "123");
	value_is(tt_value_integer(TT_VALUE_COUNT_CHANGE, 1890), "+1,890", "＋1,890",
			"1890");
	value_is(tt_value_integer(TT_VALUE_COUNT_CHANGE, -255), "−255", "－255", "-255");
	value_is(tt_value_integer(TT_VALUE_COUNT_CHANGE, 0), "±0", "±0", "0");
	value_is(tt_value_integer(TT_VALUE_COUNT, INT64_MIN),
			"−9,223,372,036,854,775,808", "－9,223,372,036,854,775,808",
			"-9223372036854775808");
	value_is(tt_value_integer(TT_VALUE_RANK, 13), "13", "13 位", "13");
}

static void
what_is_no_number_has_a_word(void **state)
{
	value_is((struct tt_value){TT_VALUE_BLANK}, "", "", "");
	number_is(TT_VALUE_NONE, 0, "none", "検知なし", "0.00");
	number_is(TT_VALUE_NEGLIGIBLE, 0.001, "negligible", "ごく僅か", "0.00");
	number_is(TT_VALUE_NO_PERCENT, 0, "–", "－", "");
	number_is(TT_VALUE_UNKNOWN, 0, "not observed", "未観測", "");
	number_is(TT_VALUE_RATE, NAN, "not observed", "未観測", "");
	number_is(TT_VALUE_PERCENT, INFINITY, "not observed", "未観測", "");
	value_is(tt_value_text("米国"), "米国", "米国", "米国");
	value_is(tt_value_text(NULL), "", "", "");
}

static void
the_largest_numbers_fit(void **state)
{
	struct tt_value value = tt_value_number(TT_VALUE_RATE_CHANGE, -1.7e308);
	char text[TT_LOCALE_TEXT_MAX];

	tt_locale_value(ja, &value, text, sizeof(text));
	assert_int_equal(strncmp(text, "－169,999,999,999,999,9",
					 strlen("－169,999,999,999,999,9")),
			0);
	assert_string_equal(text + strlen(text) - 3, ".00");
}

static void
a_text_is_cut_between_characters(void **state)
{
	struct tt_value value = tt_value_text("a米国");
	char text[16];

	assert_string_equal(tt_locale_value(ja, &value, text, 8), "a米国");
	assert_string_equal(tt_locale_value(ja, &value, text, 7), "a米");
	assert_string_equal(tt_locale_value(ja, &value, text, 5), "a米");
	assert_string_equal(tt_locale_value(ja, &value, text, 4), "a");
	assert_string_equal(tt_locale_value(ja, &value, text, 1), "");
}

static void
date_is(const char *time, enum tt_date_form form, const char *english,
		const char *japanese)
{
	char text[64];
	int64_t us;

	assert_int_equal(tt_time_parse(time, &us), 0);
	assert_string_equal(tt_locale_date(en, form, us, text, sizeof(text)), english);
	assert_string_equal(tt_locale_date(ja, form, us, text, sizeof(text)), japanese);
}

/* The Japanese locale is nine hours ahead. */
static void
days_are_those_of_the_time_zone(void **state)
{
	date_is("2009-07-07T14:59:59.999999", TT_DATE_DAY, "7 July 2009", "2009年7月7日");
	date_is("2009-07-07T15:00", TT_DATE_DAY, "7 July 2009", "2009年7月8日");
	date_is("2009-07-07T15:00", TT_DATE_TIME_IN_TEXT, "15:00 on 7 July 2009",
			"2009年7月8日 00:00");
	date_is("2009-07-07T15:00", TT_DATE_TIME, "7 July 2009, 15:00",
			"2009年7月8日 00:00");
	date_is("2009-07-08", TT_DATE_DAY_OF_YEAR, "8 July", "7月8日");
	date_is("2009-07-08", TT_DATE_DAY_SHORT, "8 Jul", "7/8");
	date_is("2009-07-08", TT_DATE_DAY_OF_MONTH, "8", "8日");
	date_is("2009-07-08", TT_DATE_WEEKDAY, "Wednesday", "水曜日");
	date_is("2009-07-08", TT_DATE_MONTH, "July 2009", "2009年7月");
	date_is("2009-07-08", TT_DATE_MONTH_SHORT, "Jul 2009", "2009/7");
	date_is("2009-07-08", TT_DATE_YEAR, "2009", "2009年");
	date_is("2009-07-08", TT_DATE_HOUR, "00:00", "9時");
	date_is("2009-12-31T20:00", TT_DATE_ISO_DAY, "2009-12-31", "2010-01-01");
	date_is("2009-12-31T20:00", TT_DATE_ISO_MONTH, "2009-12", "2010-01");
}

static void
times_for_programs_name_their_zone(void **state)
{
	struct tt_value value = {.kind = TT_VALUE_TIME};
	char text[64];

	assert_int_equal(tt_time_parse("2009-07-07T20:30", &value.count), 0);
	assert_string_equal(tt_locale_plain(en, &value, text, sizeof(text)),
			"2009-07-07T20:30Z");
	assert_string_equal(tt_locale_plain(ja, &value, text, sizeof(text)),
			"2009-07-08T05:30+09:00");
	value.kind = TT_VALUE_DAY;
	assert_string_equal(
			tt_locale_plain(ja, &value, text, sizeof(text)), "2009-07-08");
	assert_string_equal(tt_locale_zone(en), "UTC");
	assert_string_equal(tt_locale_zone(ja), "UTC+09:00");
}

static void
west_of_greenwich(void **state)
{
	struct tt_value value = tt_value_integer(TT_VALUE_TIME, 0);
	struct tt_locale *west;
	char text[64];

	assert_int_equal(tt_locale_open(&west, "en", -(3 * 60 + 30)), 0);
	assert_string_equal(tt_locale_plain(west, &value, text, sizeof(text)),
			"1969-12-31T20:30-03:30");
	assert_string_equal(tt_locale_value(west, &value, text, sizeof(text)),
			"31 December 1969, 20:30");
	tt_locale_close(west);
	assert_int_equal(tt_locale_open(&west, "fr", 0), -EINVAL);
	assert_null(west);
	assert_int_equal(tt_locale_open(&west, "en", 1440), -EINVAL);
}

static void
countries_have_their_usual_names(void **state)
{
	assert_string_equal(tt_locale_country(ja, "US"), "米国");
	assert_string_equal(tt_locale_country(ja, "KR"), "韓国");
	assert_string_equal(tt_locale_country(ja, "GB"), "英国");
	assert_string_equal(tt_locale_country(ja, "HK"), "香港");
	assert_string_equal(tt_locale_country(ja, "TW"), "台湾");
	assert_string_equal(tt_locale_country(ja, "RU"), "ロシア");
	assert_string_equal(tt_locale_country(en, "US"), "United States");
	assert_string_equal(tt_locale_country(en, "GB"), "United Kingdom");
	assert_string_equal(tt_locale_country(en, "HK"), "Hong Kong");
	assert_string_equal(tt_locale_country(en, "KR"), "South Korea");
	assert_string_equal(tt_locale_country(en, "??"), "unknown");
	assert_string_equal(tt_locale_country(ja, "??"), "不明");
	assert_string_equal(tt_locale_country(ja, "**"), "区別なし");
	assert_string_equal(tt_locale_country(en, "QX"), "QX");
	assert_false(tt_locale_has_country(en, "QX"));
	assert_false(tt_locale_has_country(ja, "QQ"));
	assert_true(tt_locale_has_country(en, "JP"));
	assert_true(tt_locale_has_country(ja, "US"));
	assert_string_equal(tt_locale_article(en, "NL"), "the ");
	assert_string_equal(tt_locale_article(en, "CN"), "");
	assert_string_equal(tt_locale_article(ja, "US"), "");
	assert_string_equal(tt_locale_country(en, "A1"), "A1");
	assert_string_equal(tt_locale_country(en, "JPN"), "JPN");
	assert_string_equal(tt_locale_country(en, ""), "");
}

static void
every_word_is_there_in_both_languages(void **state)
{
	for (unsigned i = 0; i < TT_N_WORDS; i++) {
		assert_true(strlen(tt_word("en", (enum tt_word)i)) > 0);
		assert_true(strlen(tt_word("ja", (enum tt_word)i)) > 0);
	}
	assert_string_equal(tt_locale_word(ja, TT_WORD_NONE), "検知なし");
}

static void
patterns_are_filled_in(void **state)
{
	const char *args[] = {"3-1", NULL};
	struct tt_document doc;

	assert_int_equal(tt_document_init(&doc, "en"), 0);
	assert_string_equal(
			tt_locale_fill(en, &doc, TT_WORD_TABLE, args, 2), "Table 3-1");
	assert_string_equal(tt_locale_fill(ja, &doc, TT_WORD_TABLE, args, 1), "表 3-1");
	assert_string_equal(tt_locale_fill(ja, &doc, TT_WORD_NONE, NULL, 0), "検知なし");
	tt_document_fini(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(halves_go_away_from_zero),
			cmocka_unit_test(rates_of_figures_have_six_digits),
			cmocka_unit_test(numbers_read_as_in_each_language),
			cmocka_unit_test(what_is_no_number_has_a_word),
			cmocka_unit_test(the_largest_numbers_fit),
			cmocka_unit_test(a_text_is_cut_between_characters),
			cmocka_unit_test(days_are_those_of_the_time_zone),
			cmocka_unit_test(times_for_programs_name_their_zone),
			cmocka_unit_test(west_of_greenwich),
			cmocka_unit_test(countries_have_their_usual_names),
			cmocka_unit_test(every_word_is_there_in_both_languages),
			cmocka_unit_test(patterns_are_filled_in),
	};

	return cmocka_run_group_tests(tests, open_both, close_both);
}
