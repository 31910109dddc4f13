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
	/* What is not UTF-8 is left as it is. */
	tt_error_set(&err, -EBADMSG, "caf\xe9", "\xe5\xae");
	assert_string_equal(err.where, "caf\xe9");
	assert_string_equal(err.why, "\xe5\xae");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(an_error_has_no_control_characters),
			cmocka_unit_test(
					an_error_that_is_too_long_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
