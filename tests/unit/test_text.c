/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_text.h"
#include "tt_xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
clean_is(const char *text, const char *expected)
{
	char *clean = tt_text_clean(text);

	assert_non_null(clean);
	assert_string_equal(clean, expected);
	free(clean);
}

static void
what_could_harm_a_reader_is_replaced(void **state)
{
	clean_is("", "");
	clean_is("a米国\U0001F600", "a米国\U0001F600");
	clean_is("a\tb\nc\r", "a b c ");
	clean_is("\x01\x1b[31m\x7f\xc2\x9b", "\uFFFD\uFFFD[31m\uFFFD\uFFFD");
	clean_is("\u202e\u2066\u200f", "\uFFFD\uFFFD\uFFFD");
	clean_is("\xef\xbf\xbe\xef\xbf\xbf", "\uFFFD\uFFFD");
}

static void
what_is_no_utf8_is_replaced(void **state)
{
	clean_is("\xff", "\uFFFD");
	clean_is("a\xe7\xb1", "a\uFFFD");
	clean_is("\xe7\xb1z", "\uFFFDz");
	clean_is("\xc0\x80", "\uFFFD\uFFFD");
	clean_is("\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD");
	clean_is("\xf4\x90\x80\x80x", "\uFFFD\uFFFD\uFFFD\uFFFDx");
}

static void
wide_characters_take_two_columns(void **state)
{
	assert_int_equal(tt_text_columns(""), 0);
	assert_int_equal(tt_text_columns("445/TCP"), 7);
	assert_int_equal(tt_text_columns("米国"), 4);
	assert_int_equal(tt_text_columns("－5.68"), 6);
	assert_int_equal(tt_text_columns("ｱ"), 1);
	assert_int_equal(tt_text_columns("e\u0301"), 1);
	assert_int_equal(tt_text_columns_n("米国", 3), 2);
}

static void
text_is_cut_to_columns_with_an_ellipsis(void **state)
{
	char cut[32];

	assert_false(tt_text_cut_columns("米国", 4, cut, sizeof(cut)));
	assert_string_equal(cut, "米国");
	assert_true(tt_text_cut_columns("米国", 3, cut, sizeof(cut)));
	assert_string_equal(cut, "米…");
	assert_true(tt_text_cut_columns("abcdef", 4, cut, sizeof(cut)));
	assert_string_equal(cut, "abc…");
	assert_false(tt_text_cut_columns(NULL, 4, cut, sizeof(cut)));
	assert_string_equal(cut, "");
	/* As much as there is room for. */
	assert_true(tt_text_cut_columns("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40,
			cut, sizeof(cut)));
	assert_true(strlen(cut) < sizeof(cut));
}

/* As DejaVu Sans has them, 2.37, which is wider than Helvetica in most. */
static void
width_is_enough_for_each_usual_font(void **state)
{
	static const struct {
		const char *text;
		double em;
	} cases[] = {
			{"United States", 6.771},
			{"others", 3.185},
			{"1,234.56", 4.453},
			{"source addresses", 8.748},
			{"packets per day and address", 14.509},
			{"Taiwan", 3.566},
			{"445/TCP", 4.158},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++)
		if (tt_text_em(cases[i].text) < cases[i].em
				|| tt_text_em(cases[i].text) > 1.12 * cases[i].em)
			fail_msg("\"%s\": %.3f, and DejaVu Sans has %.3f", cases[i].text,
					tt_text_em(cases[i].text), cases[i].em);
}

static void
drawn_widths_are_those_of_the_letters(void **state)
{
	assert_true(tt_text_em("米国") > 1.9 && tt_text_em("米国") < 2.2);
	assert_true(tt_text_em("iii") < tt_text_em("nnn"));
	assert_true(tt_text_em("nnn") < tt_text_em("WWW"));
	assert_true(tt_text_em("0000000000") > 5.5);
	assert_true(tt_text_em("\u0301") == 0);
}

static void
text_is_cut_to_a_drawn_width(void **state)
{
	char cut[64];

	assert_false(tt_text_cut_em("abc", 3, cut, sizeof(cut)));
	assert_true(tt_text_cut_em("宛先ポート別", 4, cut, sizeof(cut)));
	assert_string_equal(cut, "宛先ポ…");
	assert_true(tt_text_em(cut) <= 4);
}

static char *
written(void (*write)(FILE *))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	write(out);
	fclose(out);
	return text;
}

static void
write_texts(FILE *out)
{
	tt_xml(out, "<a b=\"%T\">%T%S%%</a>", "\"<&>\"", "<script>]]>", "<i/>");
	tt_xml(out, "%T", NULL);
}

static void
texts_stay_texts_in_markup(void **state)
{
	char *text = written(write_texts);

	assert_string_equal(text,
			"<a b=\"&quot;&lt;&amp;&gt;&quot;\">&lt;script&gt;]]&gt;<i/>%</a>");
	free(text);
}

static void
write_numbers(FILE *out)
{
	tt_xml(out, "%N %N %N %N %N %Z", 0.0, -0.001, 12.5, 100.0, -3.456, (size_t)7);
}

static void
coordinates_are_short(void **state)
{
	char *text = written(write_numbers);

	assert_string_equal(text, "0 0 12.5 100 -3.46 7");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_could_harm_a_reader_is_replaced),
			cmocka_unit_test(what_is_no_utf8_is_replaced),
			cmocka_unit_test(wide_characters_take_two_columns),
			cmocka_unit_test(text_is_cut_to_columns_with_an_ellipsis),
			cmocka_unit_test(width_is_enough_for_each_usual_font),
			cmocka_unit_test(drawn_widths_are_those_of_the_letters),
			cmocka_unit_test(text_is_cut_to_a_drawn_width),
			cmocka_unit_test(texts_stay_texts_in_markup),
			cmocka_unit_test(coordinates_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
