/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of a setup: how much is monitored, and how many signatures are loaded. */
#include "config_fixture.h"
#include "tt_setup.h"

static void
expect_monitored(const char *list, const char *said)
{
	struct tt_setup setup = {0};
	char text[TT_SETUP_MONITORED_TEXT_MAX];

	assert_int_equal(tt_prefix_set_parse(&setup.monitored, list, NULL), 0);
	assert_string_equal(tt_setup_monitored_text(&setup, text), said);
	tt_prefix_set_fini(&setup.monitored);
}

static void
how_much_is_monitored_is_said_by_version(void **state)
{
	expect_monitored("198.18.0.0", "monitored: 1 address of IPv4 in 1 prefix");
	expect_monitored("192.0.2.0/24", "monitored: 256 addresses of IPv4 in 1 prefix");
	expect_monitored("192.0.2.0/25,192.0.2.128/25,192.0.2.7",
			"monitored: 256 addresses of IPv4 in 1 prefix");
	expect_monitored("192.0.2.0/24,2001:db8::/32,198.51.100.0/25",
			"monitored: 384 addresses of IPv4 in 2 prefixes, and 2^96 addresses "
			"of IPv6 in 1 prefix");
	expect_monitored("192.0.2.1,192.0.2.2/31",
			"monitored: 3 addresses of IPv4 in 2 prefixes");
	expect_monitored("2001:db8::", "monitored: 1 address of IPv6 in 1 prefix");
	expect_monitored("2001:db8::/64,2001:db8:1::/96",
			"monitored: over 2^64 addresses of IPv6 in 2 prefixes");
	expect_monitored("0.0.0.0/0,::/0",
			"monitored: 2^32 addresses of IPv4 in 1 prefix, and 2^128 addresses of "
			"IPv6 in 1 prefix");
}

/* Of so many signatures, and others that are not loaded. */
static void
expect_rules(unsigned n, unsigned unreachable, unsigned broken, const char *said)
{
	struct tt_ruleset set = {.rules.n = n, .rules.n_remarks = unreachable + broken};
	const struct tt_setup setup = {.ruleset = &set};
	char text[TT_SETUP_RULES_TEXT_MAX];

	set.rules.outcomes[TT_RULE_LOADED] = n;
	set.rules.outcomes[TT_RULE_UNREACHABLE] = unreachable;
	set.rules.outcomes[TT_RULE_BROKEN] = broken;
	assert_string_equal(tt_setup_rules_text(&setup, text), said);
}

static void
how_many_signatures_are_not_loaded_is_a_sentence(void **state)
{
	expect_rules(2, 0, 0, "2 signatures");
	expect_rules(6, 2, 1,
			"6 signatures; 3 more rules are not loaded: 2 unreachable, 1 broken "
			"(teiten rules check says why)");
	expect_rules(1, 0, 1,
			"1 signature; 1 more rule is not loaded: 1 broken "
			"(teiten rules check says why)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(how_much_is_monitored_is_said_by_version),
			cmocka_unit_test(
					how_many_signatures_are_not_loaded_is_a_sentence),
	};

	return cmocka_run_group_tests_name("setup_texts", tests, NULL, NULL);
}
