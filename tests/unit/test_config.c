/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_fixture.h"

static void
defaults_are_as_documented(void **state)
{
	struct tt_config config;
	char host[256] = "";
	bool v4 = access(TT_CONFIG_GEO_V4, R_OK) == 0;

	gethostname(host, sizeof(host) - 1);
	start(&config);
	assert_null(config.spool);
	assert_null(config.monitored);
	assert_string_equal(config.sensor, host);
	assert_int_equal(strstr(config.geo, TT_CONFIG_GEO_V4) != NULL, v4);
	assert_int_equal(config.interval_us, 60 * TT_US_PER_S);
	assert_int_equal(config.max_gap_us, 0);
	assert_int_equal(config.pairs, 0);
	assert_int_equal(config.table_memory, 0);
	assert_int_equal(config.source_ports, 10);
	assert_int_equal(config.talkers, 10);
	assert_int_equal(config.sketch_rows, 4000000);
	assert_int_equal(config.pair_rows, 262144);
	assert_int_equal(config.contact_rows, 262144);
	assert_int_equal(config.remember_us, 0);
	assert_int_equal(config.remember_sources, 1048576);
	assert_int_equal(config.table_sets, 3);
	assert_int_equal(config.pending_memory, 1 << 30);
	assert_int_equal(config.checkpoint_us, -1);
	assert_false(config.exit_at_eof);
	assert_string_equal(config.eal, "");
	assert_string_equal(config.ports, "");
	assert_int_equal(config.rx_queues, 0);
	assert_int_equal(config.rx_descriptors, 4096);
	assert_int_equal(config.mbufs, 0);
	assert_int_equal(config.burst, 64);
	tt_config_fini(&config);
}

static void
values_are_taken_over(void **state)
{
	struct tt_config config;

	start(&config);
	set(&config, "interval", "3600");
	set(&config, "max-gap", "31622400");
	set(&config, "pairs", "1025");
	set(&config, "exit-at-eof", "yes");
	set(&config, "ports", "0000:03:00.0=4,net_pcap0");
	assert_int_equal(config.interval_us, 3600 * TT_US_PER_S);
	assert_int_equal(config.max_gap_us, 31622400 * TT_US_PER_S);
	assert_int_equal(config.pairs, 1025);
	assert_true(config.exit_at_eof);
	assert_string_equal(config.ports, "0000:03:00.0=4,net_pcap0");
	set(&config, "exit-at-eof", "false");
	set(&config, "pairs", "536870912");
	assert_false(config.exit_at_eof);
	assert_int_equal(config.pairs, 1 << 29);
	set(&config, "sketch-rows", "0");
	set(&config, "remember", "1");
	assert_int_equal(config.sketch_rows, 0);
	assert_int_equal(config.remember_us, TT_US_PER_S);
	tt_config_fini(&config);
}

static void
times_are_seconds_or_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {{"60", 60}, {"60s", 60}, {"10s", 10}, {"1m", 60}, {"30m", 1800},
			{"6h", 21600}, {"1d", 86400}, {"366d", 31622400}, {"0060s", 60}};
	struct tt_config config;

	start(&config);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		set(&config, "interval", cases[i].text);
		assert_int_equal(config.interval_us, cases[i].seconds * TT_US_PER_S);
		set(&config, "max-gap", cases[i].text);
		assert_int_equal(config.max_gap_us, cases[i].seconds * TT_US_PER_S);
		set(&config, "remember", cases[i].text);
		assert_int_equal(config.remember_us, cases[i].seconds * TT_US_PER_S);
	}
	set(&config, "checkpoint", "1m");
	assert_int_equal(config.checkpoint_us, 60 * TT_US_PER_S);
	set(&config, "checkpoint", "0s");
	assert_int_equal(config.checkpoint_us, 0);
	tt_config_fini(&config);
}

static void
sizes_are_bytes_or_powers_of_1024(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {{"1048576", 1 << 20}, {"1048577", (1 << 20) + 1}, {"1024K", 1 << 20},
			{"512M", 512 << 20}, {"1G", 1 << 30}, {"4G", UINT64_C(4) << 30},
			{"1g", 1 << 30}, {"1GB", 1 << 30}, {"512MiB", 512 << 20},
			{"64T", UINT64_C(64) << 40},
			{"070368744177664", UINT64_C(1) << 46}};
	struct tt_config config;

	start(&config);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		set(&config, "table-memory", cases[i].text);
		assert_int_equal(config.table_memory, cases[i].bytes);
	}
	tt_config_fini(&config);
}

/* What a checked configuration makes of an interval and a checkpoint ("": not given), in seconds;
 * -1 where it is refused. */
static int64_t
checkpoint_of(const char *interval, const char *checkpoint)
{
	struct tt_config config;
	struct tt_error err = {0};
	int64_t seconds = -1;

	start(&config);
	set(&config, "spool", "/tmp");
	set(&config, "monitored", "192.0.2.0/24");
	set(&config, "interval", interval);
	if (checkpoint[0] != '\0')
		set(&config, "checkpoint", checkpoint);
	if (tt_config_check(&config, &err) == 0)
		seconds = config.checkpoint_us / TT_US_PER_S;
	else
		assert_string_equal(err.where, "checkpoint");
	tt_config_fini(&config);
	return seconds;
}

static void
long_intervals_have_checkpoints_that_divide_them(void **state)
{
	assert_int_equal(checkpoint_of("60", ""), 0);
	assert_int_equal(checkpoint_of("600", ""), 10);
	assert_int_equal(checkpoint_of("675", ""), 15);
	assert_int_equal(checkpoint_of("864", ""), 12);
	assert_int_equal(checkpoint_of("3600", ""), 10);
	assert_int_equal(checkpoint_of("86400", ""), 60);
	assert_int_equal(checkpoint_of("31622400", ""), 21960);
	assert_int_equal(checkpoint_of("3600", "0"), 0);
	assert_int_equal(checkpoint_of("60", "20"), 20);
	assert_int_equal(checkpoint_of("60", "60"), 60);
	assert_int_equal(checkpoint_of("60", "25"), -1);
	assert_int_equal(checkpoint_of("60", "120"), -1);
}

static void
rules_are_found_where_they_are_installed_or_beside_the_source(void **state)
{
	const char *root = getenv("TT_SOURCE_ROOT");
	struct tt_config config;
	char beside[512];

	if (root == NULL) {
		print_message("# skipped: TT_SOURCE_ROOT is not set\n");
		skip();
	}
	snprintf(beside, sizeof(beside), "%s/rules/fingerprints.yaml", root);
	start(&config);
	if (strcmp(config.fingerprints, beside) != 0)
		assert_non_null(strstr(
				config.fingerprints, "/share/teiten/fingerprints.yaml"));
	assert_int_equal(access(config.fingerprints, R_OK), 0);
	tt_config_fini(&config);
}

static void
a_bad_value_is_named_and_changes_nothing(void **state)
{
	static const struct {
		const char *option, *value, *why;
		int code;
	} cases[] = {
			{"interval", "0", "1 to 31622400", -EINVAL},
			{"interval", "86401", "divide a day", -EINVAL},
			{"interval", "7", "divide a day", -EINVAL},
			{"interval", "60S", "whole number", -EINVAL},
			{"interval", "60ss", "whole number", -EINVAL},
			{"interval", "1w", "whole number", -EINVAL},
			{"interval", "s", "whole number", -EINVAL},
			{"interval", "1h30m", "whole number", -EINVAL},
			{"interval", "-60s", "whole number", -EINVAL},
			{"interval", "0s", "1 to 31622400", -EINVAL},
			{"interval", "367d", "1 to 31622400", -EINVAL},
			{"interval", "500ms", "1 to 31622400", -EINVAL},
			{"interval", "1500ms", "1 to 31622400", -EINVAL},
			{"interval", "18446744073709551676s", "whole number", -EINVAL},
			{"interval", "7s", "7 s neither divide a day", -EINVAL},
			{"interval", "25h", "90000 s neither divide a day", -EINVAL},
			{"interval", "-60", "whole number", -EINVAL},
			{"interval", "", "whole number", -EINVAL},
			{"interval", "18446744073709551676", "whole number", -EINVAL},
			{"max-gap", "0", "1 to 31622400", -EINVAL},
			{"pairs", "1023", "1024 to 536870912", -EINVAL},
			{"pairs", "536870913", "1024 to 536870912", -EINVAL},
			{"table-memory", "0", "not a size", -EINVAL},
			{"table-memory", "", "not a size", -EINVAL},
			{"table-memory", "M", "not a size", -EINVAL},
			{"table-memory", "-1G", "not a size", -EINVAL},
			{"table-memory", "1 G", "not a size", -EINVAL},
			{"table-memory", "1Gi", "not a size", -EINVAL},
			{"table-memory", "1.5G", "not a size", -EINVAL},
			{"table-memory", "1023K", "not a size", -EINVAL},
			{"table-memory", "65T", "from 1M to 64T", -EINVAL},
			{"table-memory", "18446744073709551616", "not a size", -EINVAL},
			{"table-memory", "999999999999999T", "not a size", -EINVAL},
			{"source-ports", "0", "1 to 65536", -EINVAL},
			{"source-ports", "65537", "1 to 65536", -EINVAL},
			{"simd-bits", "64", "128 to 512", -EINVAL},
			{"simd-bits", "384", "128, 256 or 512", -EINVAL},
			{"talkers", "0", "1 to 65536", -EINVAL},
			{"sketch-rows", "-1", "0 to 1073741824", -EINVAL},
			{"pair-rows", "1023", "1024 to 536870912", -EINVAL},
			{"contact-rows", "536870913", "1024 to 536870912", -EINVAL},
			{"remember", "0", "1 to 31622400", -EINVAL},
			{"remember-sources", "1023", "1024 to 268435456", -EINVAL},
			{"remember-sources", "268435457", "1024 to 268435456", -EINVAL},
			{"table-sets", "1", "2 to 16", -EINVAL},
			{"table-sets", "17", "2 to 16", -EINVAL},
			{"burst", "257", "32 to 256", -EINVAL},
			{"rx-descriptors", "63", "64 to 65536", -EINVAL},
			{"exit-at-eof", "maybe", "true or false", -EINVAL},
			{"sensor", ".x", "does not start with '.'", -EINVAL},
			{"sensor", "", "a sensor's name is", -EINVAL},
			{"sensor", "a/b", "a sensor's name is", -EINVAL},
			{"sensor", "2026-11-22", "neither as a date", -EINVAL},
			{"sensor", "20261122T225500Z", "the name of a snapshot", -EINVAL},
			{"monitored", "10.0.0.0/33", "not a CIDR prefix", -EINVAL},
			{"monitored", "", "not a CIDR prefix", -EINVAL},
			{"ports", "a,,b", "not a port name", -EINVAL},
			{"ports", "a=0", "number of queues", -EINVAL},
			{"ports", "a=4x", "number of queues", -EINVAL},
			{"ports", "a,", "ends with a comma", -EINVAL},
			{"eal", "-l '0", "quote does not end", -EINVAL},
			{"spool", "a\nb", "control character", -EINVAL},
			{"spool", "a\xe2\x80\xa8", "control character", -EINVAL},
			{"spool", "\xc2\x85", "control character", -EINVAL},
			{"spool", "\xff", "not UTF-8", -EINVAL},
			{"spool", "\xc0\xaf", "not UTF-8", -EINVAL},
			{"spool", "\xe2\x80", "not UTF-8", -EINVAL},
			{"Spool", "x", "unknown option", -ENOENT},
	};
	struct tt_config config, before;

	start(&config);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_error err = {0};

		before = config;
		assert_int_equal(tt_config_set(&config, cases[i].option, cases[i].value,
						 &err),
				cases[i].code);
		expect_in(&err, cases[i].option, cases[i].why);
		assert_memory_equal(&config, &before, sizeof(config));
	}
	tt_config_fini(&config);
}

static void
the_longest_sensor_name_has_64_characters(void **state)
{
	char name[66];
	struct tt_config config;

	memset(name, 'x', 65);
	name[65] = '\0';
	start(&config);
	assert_int_equal(tt_config_set(&config, "sensor", name, NULL), -EINVAL);
	name[64] = '\0';
	set(&config, "sensor", name);
	tt_config_fini(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(defaults_are_as_documented),
			cmocka_unit_test(values_are_taken_over),
			cmocka_unit_test(times_are_seconds_or_durations),
			cmocka_unit_test(sizes_are_bytes_or_powers_of_1024),
			cmocka_unit_test(
					long_intervals_have_checkpoints_that_divide_them),
			cmocka_unit_test(
					rules_are_found_where_they_are_installed_or_beside_the_source),
			cmocka_unit_test(a_bad_value_is_named_and_changes_nothing),
			cmocka_unit_test(the_longest_sensor_name_has_64_characters),
	};

	return cmocka_run_group_tests_name("config", tests, make_file, remove_file);
}
