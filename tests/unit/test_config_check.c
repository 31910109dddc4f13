/* SPDX-License-Identifier: BSD-3-Clause */
/* The configuration as a whole: defaults that follow from others, and what does not fit. */
#include "config_fixture.h"

static void
a_complete_configuration_passes_the_check(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};

	make_complete(&config);
	if (tt_config_check(&config, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	assert_int_equal(config.max_gap_us, 3720 * TT_US_PER_S);
	assert_int_equal(tt_config_outage_us(&config), 3720 * TT_US_PER_S);
	assert_int_equal(config.remember_us, 86400 * TT_US_PER_S);
	assert_int_equal(config.pairs, 786432);
	assert_int_equal(config.signature_hits, 1 << 18);
	assert_string_equal(config.geo, "");
	assert_string_equal(config.asn, "");
	assert_string_equal(config.fingerprints, "");
	tt_config_fini(&config);

	make_complete(&config);
	set(&config, "interval", "172800");
	set(&config, "table-memory", "1G");
	assert_int_equal(tt_config_check(&config, &err), 0);
	assert_int_equal(config.max_gap_us, (3600 + 2 * 172800) * TT_US_PER_S);
	assert_int_equal(tt_config_outage_us(&config), 10800 * TT_US_PER_S);
	config.max_gap_us--; /* what was asked for */
	assert_int_equal(tt_config_outage_us(&config), config.max_gap_us);
	assert_int_equal(config.remember_us, 172800 * TT_US_PER_S);
	assert_int_equal(config.pairs, 0);
	assert_int_equal(config.signature_hits, 1 << 18);
	tt_config_fini(&config);

	make_complete(&config);
	set(&config, "interval", "1");
	assert_int_equal(tt_config_check(&config, &err), 0);
	assert_int_equal(config.signature_hits, 1 << 16);
	set(&config, "signature-hits", "1024");
	assert_int_equal(tt_config_check(&config, &err), 0);
	assert_int_equal(config.signature_hits, 1024);
	tt_config_fini(&config);
}

static void
the_check_names_what_is_missing_or_does_not_fit(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};

	make_complete(&config);
	set(&config, "spool", "");
	assert_int_equal(tt_config_check(&config, &err), -EINVAL);
	expect_in(&err, "spool", "not given");
	set(&config, "spool", "/x");

	free(config.monitored);
	config.monitored = NULL;
	assert_int_equal(tt_config_check(&config, &err), -EINVAL);
	expect_in(&err, "monitored", "not given");
	config.monitored = strdup("192.0.2.1/24");
	assert_int_equal(tt_config_check(&config, &err), -EINVAL);
	expect_in(&err, "monitored", "not a CIDR prefix");
	set(&config, "monitored", "192.0.2.0/24");

	free(config.sensor);
	config.sensor = strdup("bad host");
	assert_int_equal(tt_config_check(&config, &err), -EINVAL);
	expect_in(&err, "sensor", "a sensor's name is");
	set(&config, "sensor", "s");

	set(&config, "geo", "/dev/null, /nonexistent/geoip");
	assert_int_equal(tt_config_check(&config, &err), -ENOENT);
	expect_in(&err, "geo", "/nonexistent/geoip: No such file");
	set(&config, "geo", "none");
	set(&config, "asn", "/nonexistent/asn");
	assert_int_equal(tt_config_check(&config, &err), -ENOENT);
	expect_in(&err, "asn", "/nonexistent/asn: No such file");
	set(&config, "asn", "none");
	set(&config, "fingerprints", "/nonexistent/a,b.yaml");
	assert_int_equal(tt_config_check(&config, &err), -ENOENT);
	expect_in(&err, "fingerprints", "/nonexistent/a,b.yaml: No such file");
	set(&config, "fingerprints", "none");
	/* Given relatively, the directory is told in which it is not. */
	assert_int_equal(chdir("/"), 0);
	set(&config, "rules", "nonexistent/local.rules");
	assert_int_equal(tt_config_check(&config, &err), -ENOENT);
	expect_in(&err, "rules", "nonexistent/local.rules (in /): No such file");
	set(&config, "rules", "none");

	set(&config, "pairs", "4096");
	set(&config, "table-memory", "1G");
	assert_int_equal(tt_config_check(&config, &err), -EINVAL);
	expect_in(&err, "table-memory", "not together with pairs");
	config.table_memory = 0;

	set(&config, "remember", "59");
	assert_int_equal(tt_config_check(&config, &err), -EINVAL);
	expect_in(&err, "remember", "shorter than the interval");
	set(&config, "remember", "60");

	set(&config, "max-gap", "59"); /* shorter than the interval */
	assert_int_equal(tt_config_check(&config, &err), 0);
	tt_config_fini(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_complete_configuration_passes_the_check),
			cmocka_unit_test(the_check_names_what_is_missing_or_does_not_fit),
	};

	return cmocka_run_group_tests_name("config_check", tests, make_file, remove_file);
}
