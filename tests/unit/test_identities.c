/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of databases and rules, of several that a snapshot was made by: they are found again one by one. */
#include "tt_identities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Walks the name and writes what it finds, each in brackets. */
static const char *
walk(const char *name)
{
	static char found[512];
	size_t n = 0, length = 0;

	found[0] = '\0';
	for (const char *at = name; (at = tt_identities_next(at, &length)) != NULL;
			at += length) {
		assert_in_range(at - name, 0, strlen(name) - length);
		assert_true(n + length + 3 < sizeof(found));
		n += (size_t)snprintf(
				found + n, sizeof(found) - n, "[%.*s]", (int)length, at);
	}
	return found;
}

static void
each_identity_is_found_in_order(void **state)
{
	static const struct {
		const char *name, *found;
	} cases[] = {
			{"", ""}, {"none", "[none]"},
			{"geoip 2026 sha256:af9c", "[geoip 2026 sha256:af9c]"},
			{"a + b", "[a][b]"},
			{"3 rules sha256:1 + 3 rules sha256:2 + none",
					"[3 rules sha256:1][3 rules sha256:2][none]"},
			{"mixed", "[mixed]"},
			{"a+b +c+ d", "[a+b +c+ d]"}, /* no join has less than both blanks */
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++)
		assert_string_equal(walk(cases[i].name), cases[i].found);
}

static void
what_was_joined_is_found_again(void **state)
{
	char name[256] = "none";

	tt_identities_join(name, sizeof(name), "b 2");
	tt_identities_join(name, sizeof(name), "a 1");
	assert_string_equal(walk(name), "[a 1][b 2][none]");
	tt_identities_join(name, sizeof(name), "b 2");
	assert_string_equal(walk(name), "[a 1][b 2][none]");
}

/* A manifest that somebody wrote may have any: the walk ends, within it. */
static void
names_that_none_of_ours_has_come_to_an_end(void **state)
{
	assert_string_equal(walk(" + "), "[]");
	assert_string_equal(walk(" + a"), "[a]");
	assert_string_equal(walk("a + "), "[a][]");
	assert_string_equal(walk("a +  + b"), "[a][][b]");
	assert_string_equal(walk(" +  +  + "), "[][][]");
	assert_string_equal(walk(" "), "[ ]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(each_identity_is_found_in_order),
			cmocka_unit_test(what_was_joined_is_found_again),
			cmocka_unit_test(names_that_none_of_ours_has_come_to_an_end),
	};

	return cmocka_run_group_tests_name("identities", tests, NULL, NULL);
}
