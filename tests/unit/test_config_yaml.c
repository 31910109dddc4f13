/* SPDX-License-Identifier: BSD-3-Clause */
/* The YAML file: what is read, what is refused and where, and that what is printed reads back. */
#include "config_fixture.h"

#include <time.h>

static void
a_yaml_file_sets_what_it_names(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};

	write_yaml("# comment\nspool: /var/x y\nsensor: 007\n"
		   "monitored: 192.0.2.0/24,2001:db8::/32\ninterval: 300\n"
		   "exit-at-eof: true\neal: \"-l 0-2 --vdev 'net_pcap0,rx_pcap=a b'\"\n"
		   "ports: 0000:03:00.0\ngeo: none\n");
	start(&config);
	if (tt_config_load(&config, path, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	assert_string_equal(config.spool, "/var/x y");
	assert_string_equal(config.sensor, "007");
	assert_string_equal(config.monitored, "192.0.2.0/24,2001:db8::/32");
	assert_string_equal(config.geo, "");
	assert_int_equal(config.interval_us, 300 * TT_US_PER_S);
	assert_true(config.exit_at_eof);
	assert_string_equal(config.eal, "-l 0-2 --vdev 'net_pcap0,rx_pcap=a b'");
	assert_string_equal(config.ports, "0000:03:00.0");
	assert_int_equal(config.burst, 64);
	tt_config_fini(&config);
}

static void
a_yaml_file_may_be_empty(void **state)
{
	static const char *const texts[] = {"", "# only a comment\n", "\n \n"};
	struct tt_config config;

	start(&config);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		struct tt_error err = {0};

		write_yaml(texts[i]);
		if (tt_config_load(&config, path, &err) != 0)
			fail_msg("%u: %s: %s", i, err.where, err.why);
	}
	tt_config_fini(&config);
}

static void
an_error_in_yaml_names_file_line_and_option(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} cases[] = {
			{"spool: /x\n\n# c\nspol: /y\n", ":4: spol", "unknown option"},
			{"spool: /x\nintervall: 60\n", ":2: intervall",
					"unknown option; did you mean interval?"},
			{"spool: /x\nspool: /y\n", ":2: spool", "given twice"},
			{"spool: /x\ninterval: 7\n", ":2: interval", "divide a day"},
			{"{spool: /x,\n interval: 7}\n", ":2: interval", "divide a day"},
			{"sensor: interval\ninterval: x\n", ":2: interval",
					"whole number"},
			{"spool: /x\nsensor:\n - a\n", ":2: sensor", "not one text"},
			{"spool: /x\nmonitored:\n - [a]\n", ":2: monitored",
					"an item that is no text"},
			{"spool: /x\nmonitored:\n - 10.0.0.0/8 11.0.0.0/8\n",
					":2: monitored: 10.0.0.0/8 11.0.0.0/8",
					"a blank in it"},
			{"monitored: 10.0.0.0 /8\n", ":1: monitored: 10.0.0.0 /8",
					"a blank in it"},
			{"rules: []\n", ":1: rules", "an empty list"},
			{"rules: [\"a,b\"]\n", ":1: rules", "has a comma"},
			{"rules: [a]\nspol: /y\n", ":2: spol", "unknown option"},
			{"rules: [a]\nspool: /x\nspool: /y\n", ":3: spool",
					"given twice"},
			{"rules: [a]\n---\nsensor: y\n", "test_config",
					"documents after first"},
			{"spool: {interval: 1}\ninterval: 0\n", ":1: spool",
					"not one text"},
			{"spool: &a /x\nsensor: *a\n", ":2: sensor", ""},
			{"spool: /x\n sensor: y\n", ":2:8", "not YAML: mapping values"},
			{"spool: \"x\n", ":2:1", "not YAML: "},
			{"spool: /x\nmonitored: [2001:db8::/32, ::/0]\n", ":2:28",
					"not YAML: did not find expected node content; what "
					"begins with \":\" is quoted in a list in brackets"},
			{"monitored: [10.0.0.0/8, ]]\n", ":1:26", "not YAML: "},
			{"spool: /x\n\tsensor: y\n", ":2:", "not YAML: "},
			{"spool: \xff\n", "test_config", "not YAML: "},
			{"spool: \"a\\nb\"\n", ":1: spool", "control character"},
			{"- spool\n", "test_config", "not lines of"},
			{"spool\n", "test_config", "not lines of"},
			{"spool: /x\n---\nsensor: y\n", "test_config",
					"documents after first"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++)
		expect_refused(cases[i].text, cases[i].where, cases[i].why);
}

static void
a_yaml_file_that_cannot_be_read_is_named(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};
	FILE *out = fopen(path, "w");

	start(&config);
	assert_int_equal(tt_config_load(&config, "/nonexistent/y", &err), -ENOENT);
	expect_in(&err, "/nonexistent/y", "No such file");
	assert_int_equal(tt_config_load(&config, "/tmp", &err), -EISDIR);
	expect_in(&err, "/tmp", "directory");
	for (unsigned i = 0; i < 1 << 20; i++)
		fputc('#', out);
	fclose(out);
	assert_int_equal(tt_config_load(&config, path, &err), -EFBIG);
	expect_in(&err, path, "which may have 1048575 bytes;");
	tt_config_fini(&config);
}

static void
expect_round_trip(const struct tt_config *config)
{
	struct tt_error err = {0};
	struct tt_config again;
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	tt_config_print(config, TT_CONFIG_COMMON | TT_CONFIG_DAEMON, out);
	assert_int_equal(fclose(out), 0);
	start(&again);
	if (tt_config_load(&again, path, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	expect_same(config, &again);
	tt_config_fini(&again);
}

static void
what_is_printed_reads_back_to_the_same_settings(void **state)
{
	static const char *const texts[] = {"", " ", "/x", "~", "null", "true", "12",
			"a: b", "- a", "# no comment", "a #b", "'", "\"", "\\", "\\n",
			"\\\\\"", " a ", "[", "{", "*a", "&a", "!x", "%x", "@", "`", "| ",
			"é", "定点", "\xf0\x9f\x93\x88", "a\xc2\xa0"};
	struct tt_config config;

	start(&config);
	expect_round_trip(&config);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		set(&config, "spool", texts[i]);
		if (texts[i][0] != '\0') {
			set(&config, "geo", texts[i]);
			set(&config, "asn", texts[i]);
			set(&config, "fingerprints", texts[i]);
		}
		expect_round_trip(&config);
	}
	set(&config, "monitored", "192.0.2.0/24,2001:db8::/32");
	set(&config, "sensor", "null");
	set(&config, "interval", "86400");
	set(&config, "max-gap", "86401");
	set(&config, "pairs", "4096");
	set(&config, "table-memory", "1048577");
	set(&config, "source-ports", "65536");
	set(&config, "talkers", "1");
	set(&config, "sketch-rows", "0");
	set(&config, "pair-rows", "1024");
	set(&config, "contact-rows", "2048");
	set(&config, "remember", "604800");
	set(&config, "remember-sources", "4096");
	set(&config, "simd-bits", "128");
	set(&config, "table-sets", "16");
	set(&config, "exit-at-eof", "true");
	set(&config, "eal", "-l 0 --vdev 'net_pcap0,rx_pcap=a b' \"\\\\\"");
	set(&config, "ports", "0000:03:00.0=4");
	set(&config, "rx-queues", "4");
	set(&config, "rx-descriptors", "512");
	set(&config, "mbufs", "65535");
	set(&config, "burst", "32");
	expect_round_trip(&config);
	set(&config, "table-memory", "3G");
	expect_round_trip(&config);
	set(&config, "table-memory", "1025K");
	expect_round_trip(&config);
	tt_config_fini(&config);
}

/* A value of each option that is not its default. */
static const char *
other_value(const struct tt_config_option *option, char text[32])
{
	static const struct {
		const char *name, *value;
	} fixed[] = {{"monitored", "192.0.2.0/24"}, {"sensor", "other"},
			{"interval", "7200"}, {"checkpoint", "60"},
			{"signature-hits", "512"}, {"ports", "0=2"},
			{"simd-bits", "256"}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(fixed); i++)
		if (strcmp(option->name, fixed[i].name) == 0)
			return fixed[i].value;
	if (option->kind == TT_CONFIG_TEXT)
		snprintf(text, 32, "x-%s", option->name);
	else if (option->kind == TT_CONFIG_FLAG)
		snprintf(text, 32, "true");
	else
		snprintf(text, 32, "%llu", (unsigned long long)option->max);
	if (option->kind == TT_CONFIG_SIZE)
		snprintf(text, 32, "%lluK", (unsigned long long)option->min / 1024 + 1);
	return text;
}

static void
every_option_reads_back(void **state)
{
	struct tt_config config;
	char text[32];

	start(&config);
	for (unsigned i = 0; i < TT_CONFIG_N_OPTIONS; i++) {
		struct tt_config plain;

		set(&config, tt_config_options[i].name,
				other_value(&tt_config_options[i], text));
		start(&plain);
		assert_false(same_option(&config, &plain, &tt_config_options[i]));
		tt_config_fini(&plain);
		expect_round_trip(&config);
	}
	tt_config_fini(&config);
}

/* With the defaults that follow from others, and files that are none. */
static void
a_checked_configuration_reads_back_and_is_checked_to_the_same(void **state)
{
	static const char *const intervals[] = {"60", "3600", "86400", "31622400"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(intervals); i++) {
		struct tt_config config, again;

		make_complete(&config);
		set(&config, "interval", intervals[i]);
		assert_int_equal(tt_config_check(&config, NULL), 0);
		expect_round_trip(&config);
		start(&again);
		assert_int_equal(tt_config_load(&again, path, NULL), 0);
		assert_int_equal(tt_config_check(&again, NULL), 0);
		expect_same(&config, &again);
		assert_int_equal(tt_config_outage_us(&config),
				tt_config_outage_us(&again));
		tt_config_fini(&again);
		tt_config_fini(&config);
	}
}

static void
random_text_is_refused_or_survives_yaml(void **state)
{
	const char *given = getenv("TT_SEED");
	unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10)
				      : (unsigned)time(NULL);
	unsigned taken = 0;
	struct tt_config config;

	print_message("# TT_SEED=%u\n", seed);
	start(&config);
	for (unsigned i = 0; i < 3000; i++) {
		char text[5] = "";

		for (unsigned j = 0; j < 4; j++) {
			int c = rand_r(&seed) >> 4;

			/* Half of them well-formed sequences of two or three bytes. */
			text[j] = (char)(c % 3 == 0 ? c >> 8 : 0x20 + (c >> 8) % 95);
		}
		if (i % 2 == 0) {
			text[0] = (char)(0xe0 + i / 2 % 16);
			text[1] = (char)(0x80 + rand_r(&seed) / 16 % 64);
			text[2] = (char)(0x80 + rand_r(&seed) / 16 % 64);
		}
		if (tt_config_set(&config, "spool", text, NULL) != 0)
			continue;
		taken++;
		expect_round_trip(&config);
	}
	assert_true(taken > 500);
	tt_config_fini(&config);
}

static void
the_example_loads_and_its_defaults_are_the_defaults(void **state)
{
	const char *root = getenv("TT_SOURCE_ROOT");
	struct tt_config config, plain;
	struct tt_error err = {0};
	char example[512];

	if (root == NULL) {
		print_message("# skipped: TT_SOURCE_ROOT is not set\n");
		skip();
	}
	snprintf(example, sizeof(example), "%s/docs/teiten.example.yaml", root);
	start(&config);
	if (tt_config_load(&config, example, &err) != 0
			|| tt_config_check(&config, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	start(&plain);
	set(&plain, "spool", "/var/spool/teiten");
	set(&plain, "sensor", "darknet-1");
	set(&plain, "monitored", "192.0.2.0/24,198.51.100.0/24,2001:db8::/32");
	set(&plain, "geo", "none");
	set(&plain, "eal", "-l 0-4 -a 0000:03:00.0");
	set(&plain, "ports", "0000:03:00.0");
	assert_int_equal(tt_config_check(&plain, &err), 0);
	expect_same(&config, &plain);
	tt_config_fini(&plain);
	tt_config_fini(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_yaml_file_sets_what_it_names),
			cmocka_unit_test(a_yaml_file_may_be_empty),
			cmocka_unit_test(an_error_in_yaml_names_file_line_and_option),
			cmocka_unit_test(a_yaml_file_that_cannot_be_read_is_named),
			cmocka_unit_test(what_is_printed_reads_back_to_the_same_settings),
			cmocka_unit_test(every_option_reads_back),
			cmocka_unit_test(
					a_checked_configuration_reads_back_and_is_checked_to_the_same),
			cmocka_unit_test(random_text_is_refused_or_survives_yaml),
			cmocka_unit_test(
					the_example_loads_and_its_defaults_are_the_defaults),
	};

	return cmocka_run_group_tests_name("config_yaml", tests, make_file, remove_file);
}
