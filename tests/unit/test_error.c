/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
an_error_has_no_control_characters(void **state)
{
	struct tt_error err;
	char text[16];

	tt_error_set(&err, -EBADMSG, "f", "column %s: no",
			"a\x1b[2J\r\n\x7f"
			"\xc2\x9b"
			"\u00e9\u5b9a");
	assert_string_equal(
			err.why, "column a\\x1b[2J\\x0d\\x0a\\x7f\\x9b\u00e9\u5b9a: no");
	/* What is too long is cut, never within an escape. */
	tt_error_escape(text, sizeof(text), "0123456789a\x1b");
	assert_string_equal(text, "0123456789a\\x1b");
	tt_error_escape(text, sizeof(text), "0123456789ab\x1b");
	assert_string_equal(text, "0123456789ab");
	tt_error_escape(text, 1, "a");
	assert_string_equal(text, "");
}

/* Is it cut, and what is left of it whole characters of three bytes behind `before` others? */
static void
assert_whole(const char *text, size_t before, size_t size)
{
	size_t n = strlen(text);

	assert_in_range(n, size - 3, size - 1);
	assert_int_equal((n - before) % 3, 0);
}

static void
an_error_that_is_too_long_is_cut_between_characters(void **state)
{
	char many[3 * 400 + 1] = "";
	struct tt_error err;

	for (unsigned i = 0; i < 400; i++)
		strcat(many, "\u5b9a");
	for (size_t before = 0; before < 3; before++) {
		const char *path = "ab" + 2 - before;
		char where[sizeof(many) + 2];

		snprintf(where, sizeof(where), "%s%s", path, many);
		tt_error_set(&err, -EBADMSG, where, "%s%s", path, many);
		assert_whole(err.where, before, sizeof(err.where));
		assert_whole(err.why, before, sizeof(err.why));
		tt_error_at(&err, "%s%s", path, many);
		*strchr(err.where, ':') = '\0';
		assert_whole(err.where, before, 256);
		assert_whole(err.where + strlen(err.where) + 2, before, 251);
		err.where[0] = '\0';
		tt_error_at(&err, "%s%s", path, many);
		assert_whole(err.where, before, sizeof(err.where));
	}
	/* A path that is not UTF-8 is left as it is. */
	tt_error_set(&err, -EBADMSG, "caf\xe9", "no");
	assert_string_equal(err.where, "caf\xe9");
}

/* Precisions count bytes. Two bytes of three are half a character, as is one behind a whole character that is no ASCII. */
static void
what_a_precision_leaves_of_a_character_is_left_out(void **state)
{
	static const struct {
		int precision;
		const char *text, *why;
	} cases[] = {
			{6, "\u5b9a\u70b9\u70b9", "\"\u5b9a\u70b9\" is no number"},
			{5, "\u5b9a\u70b9\u70b9", "\"\u5b9a\" is no number"},
			{4, "\u5b9a\u70b9\u70b9", "\"\u5b9a\" is no number"},
			{2, "\u5b9a\u70b9\u70b9", "\"\" is no number"},
			{6, "ab\U0001f600", "\"ab\U0001f600\" is no number"},
			{5, "ab\U0001f600", "\"ab\" is no number"},
			{3, "\u00e9\u00e9", "\"\u00e9\" is no number"},
	};
	struct tt_error err;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		tt_error_set(&err, -EINVAL, NULL, "\"%.*s\" is no number",
				cases[i].precision, cases[i].text);
		assert_string_equal(err.why, cases[i].why);
	}
}

static void
bytes_that_are_no_utf8_are_told_as_such(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
			{"caf\xe9 cr\xe8me", "caf\\xe9 cr\\xe8me"}, /* Latin-1 */
			{"\xe9", "\\xe9"},
			{"a\xc3", "a\\xc3"}, /* or was it cut? */
			{"\x93\xfa\x96\x7b", "\\x93\\xfa\\x96{"}, /* Shift JIS */
			{"\xff\xfe\xf8\x80\x80\x80", "\\xff\\xfe\\xf8\\x80\\x80\\x80"},
			{"\u00e9\x80", "\u00e9\\x80"},
			/* Longer than need be, or halves of UTF-16, or too great. */
			{"\xe0\x82\x9b", "\\xe0\\x82\\x9b"},
			{"\xf0\x80\x82\x9b", "\\xf0\\x80\\x82\\x9b"},
			{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
			{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
			{"\u0800\ud7ff\ue000\U00010000\U0010ffff",
					"\u0800\ud7ff\ue000\U00010000\U0010ffff"},
	};
	struct tt_error err;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		tt_error_set(&err, -EINVAL, NULL, "%s", cases[i].text);
		assert_string_equal(err.why, cases[i].why);
	}
}

static void
a_path_is_told_with_all_its_bytes(void **state)
{
	static const struct {
		const char *where, *told;
	} cases[] = {
			{"\xde\xb0\xc3.pcap", "\u07b0\\xc3.pcap"}, /* Shift JIS */
			{"\xe9\xb2.pcap", "\\xe9\\xb2.pcap"},
			{"\u5b9a\u70b9\x1b.pcap", "\u5b9a\u70b9\\x1b.pcap"},
	};
	char told[64];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		tt_error_escape_where(told, sizeof(told), cases[i].where);
		assert_string_equal(told, cases[i].told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(an_error_has_no_control_characters),
			cmocka_unit_test(
					an_error_that_is_too_long_is_cut_between_characters),
			cmocka_unit_test(
					what_a_precision_leaves_of_a_character_is_left_out),
			cmocka_unit_test(bytes_that_are_no_utf8_are_told_as_such),
			cmocka_unit_test(a_path_is_told_with_all_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
