/* SPDX-License-Identifier: BSD-3-Clause */
/* What was meant by a word with a typing error. */
#include "tt_nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
distances_are_those_of_typing_errors(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} cases[] = {
			{"", "", 0},
			{"spool", "spool", 0},
			{"spol", "spool", 1},
			{"spooll", "spool", 1},
			{"spoql", "spool", 1},
			{"psool", "spool", 1},
			{"inof", "info", 1},
			{"inf", "info", 1},
			{"intervall", "interval", 1},
			{"ca", "abc", 3}, /* swapped letters are not touched again */
			{"spoo", "psol", 2},
			{"", "ab", 2},
			{"ab", "", 2},
			{"abc", "", 3},
			{"verify", "report", 3},
			{"geo", "monitored", 3},
	};
	char longest[TT_NEAREST_LENGTH_MAX + 1], too_long[TT_NEAREST_LENGTH_MAX + 2];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		if (tt_nearest_distance(cases[i].a, cases[i].b) != cases[i].distance
				|| tt_nearest_distance(cases[i].b, cases[i].a)
						!= cases[i].distance)
			fail_msg("%s, %s: not %u", cases[i].a, cases[i].b,
					cases[i].distance);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	assert_int_equal(tt_nearest_distance(longest, longest), 0);
	assert_int_equal(tt_nearest_distance(too_long, too_long), TT_NEAREST_MAX + 1);
	assert_int_equal(tt_nearest_distance(longest, too_long), TT_NEAREST_MAX + 1);
}

static const char *
nearest(const char *word)
{
	static const char *const words[] = {"read", "info", "geo", "interval", "pairs",
			"pair-rows", "spool", "asn"};
	const char *best = NULL;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(words); i++)
		tt_nearest_try(word, words[i], &best);
	return best == NULL ? "" : best;
}

static void
the_nearest_word_is_found_and_none_where_none_is_near(void **state)
{
	char text[TT_NEAREST_TEXT_MAX];

	assert_string_equal(nearest("inf"), "info");
	assert_string_equal(nearest("spol"), "spool");
	assert_string_equal(nearest("intervall"), "interval");
	assert_string_equal(nearest("pair"), "pairs");
	assert_string_equal(nearest("pai-rows"), "pair-rows");
	assert_string_equal(nearest("frobnicate"), "");
	assert_string_equal(nearest("go"), ""); /* half of its letters would be wrong */
	assert_string_equal(nearest("x"), "");
	assert_string_equal(nearest(""), "");
	assert_string_equal(
			tt_nearest_text("spool", "--", text), "; did you mean --spool?");
	assert_string_equal(tt_nearest_text(NULL, "--", text), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(distances_are_those_of_typing_errors),
			cmocka_unit_test(
					the_nearest_word_is_found_and_none_where_none_is_near),
	};

	return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
