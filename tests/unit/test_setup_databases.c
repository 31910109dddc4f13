/* SPDX-License-Identifier: BSD-3-Clause */
/* How much of the databases is read: IPv6 where it is monitored, and by a check of the configuration. */
#include "config_fixture.h"
#include "tt_setup.h"

static char spool[] = "/tmp/test_setup_databases.XXXXXX";

static void
configure(struct tt_config *config, const char *monitored, const char *geo)
{
	struct tt_error err = {0};

	start(config);
	write_yaml(geo);
	set(config, "spool", spool);
	set(config, "sensor", "s");
	set(config, "monitored", monitored);
	set(config, "geo", path);
	set(config, "asn", "none");
	set(config, "fingerprints", "none");
	set(config, "remember-sources", "1024");
	if (tt_config_check(config, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static tt_country
country_where_is_monitored(const char *monitored)
{
	static const struct tt_addr from = {UINT64_C(0x20010db800000000), 1};
	struct tt_error err = {0};
	struct tt_config config;
	struct tt_setup setup;
	tt_country country;

	configure(&config, monitored, "2001:db8::,2001:db8::1,JP\n");
	assert_int_equal(tt_setup_init(&setup, &config, 2, &err), 0);
	assert_int_equal(tt_setup_open(&setup, &config, 0, tt_mem_heap(), &err), 0);
	country = tt_geo_country(setup.geo, from);
	tt_setup_fini(&setup);
	tt_config_fini(&config);
	return country;
}

static void
ipv6_is_read_where_it_is_monitored(void **state)
{
	assert_int_equal(country_where_is_monitored("192.0.2.0/24"), TT_COUNTRY_UNKNOWN);
	assert_int_equal(country_where_is_monitored("2001:db8:1::/48"),
			tt_country_parse("JP"));
	assert_int_equal(country_where_is_monitored("192.0.2.0/24,2001:db8:1::/48"),
			tt_country_parse("JP"));
}

static void
the_check_reads_all_of_them(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};
	unsigned broken;

	configure(&config, "192.0.2.0/24", "2001:db8::,2001:db8::1,JP\nnonsense\n");
	assert_int_equal(tt_setup_check(&config, 3, false, stdout, &broken, &err),
			-EINVAL);
	assert_non_null(strstr(err.why, "the first address is not one"));
	tt_config_fini(&config);
}

static int
make_places(void **state)
{
	return mkdtemp(spool) == NULL ? -1 : make_file(state);
}

static int
remove_places(void **state)
{
	rmdir(spool);
	return remove_file(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(ipv6_is_read_where_it_is_monitored),
			cmocka_unit_test(the_check_reads_all_of_them),
	};

	return cmocka_run_group_tests_name(
			"setup_databases", tests, make_places, remove_places);
}
