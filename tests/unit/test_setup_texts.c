/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of a setup: how much is monitored, and that nothing was found. */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(how_much_is_monitored_is_said_by_version),
	};

	return cmocka_run_group_tests_name("setup_texts", tests, NULL, NULL);
}
