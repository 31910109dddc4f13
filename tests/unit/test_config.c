/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_fixture.h"

#include <time.h>

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
sizes_are_bytes_or_powers_of_1024(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {{"1048576", 1 << 20}, {"1048577", (1 << 20) + 1}, {"1024K", 1 << 20},
			{"512M", 512 << 20}, {"1G", 1 << 30}, {"4G", UINT64_C(4) << 30},
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
			{"interval", "60s", "whole number", -EINVAL},
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

static void
a_yaml_file_sets_what_it_names(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};

	write_yaml("# comment\nspool: /var/x y\nsensor: 007\n"
		   "monitored: 192.0.2.0/24,2001:db8::/32\ninterval: 300\n"
		   "exit-at-eof: true\neal: \"-l 0-2 --vdev 'net_pcap0,rx_pcap=a b'\"\n"
		   "ports: 0000:03:00.0\ngeo:\n");
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
			{"spool: /x\n\tsensor: y\n", ":2:", "not YAML: "},
			{"spool: \xff\n", "test_config", "not YAML: "},
			{"spool: \"a\\nb\"\n", ":1: spool", "control character"},
			{"- spool\n", "test_config", "not lines of"},
			{"spool\n", "test_config", "not lines of"},
			{"spool: /x\n---\nsensor: y\n", "test_config",
					"documents after first"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_error err = {0};
		struct tt_config config;

		start(&config);
		write_yaml(cases[i].text);
		assert_int_equal(tt_config_load(&config, path, &err), -EINVAL);
		expect_in(&err, cases[i].where, cases[i].why);
		assert_non_null(strstr(err.where, path));
		tt_config_fini(&config);
	}
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
	tt_config_fini(&config);
}

static void
expect_same(const struct tt_config *a, const struct tt_config *b)
{
	const char *const left[] = {a->spool, a->sensor, a->monitored, a->geo, a->asn,
			a->fingerprints, a->eal, a->ports};
	const char *const right[] = {b->spool, b->sensor, b->monitored, b->geo, b->asn,
			b->fingerprints, b->eal, b->ports};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(left); i++)
		if (left[i] == NULL || right[i] == NULL)
			assert_ptr_equal(left[i], right[i]);
		else
			assert_string_equal(left[i], right[i]);
	assert_int_equal(a->interval_us, b->interval_us);
	assert_int_equal(a->max_gap_us, b->max_gap_us);
	assert_int_equal(a->pairs, b->pairs);
	assert_int_equal(a->table_memory, b->table_memory);
	assert_int_equal(a->source_ports, b->source_ports);
	assert_int_equal(a->talkers, b->talkers);
	assert_int_equal(a->sketch_rows, b->sketch_rows);
	assert_int_equal(a->pair_rows, b->pair_rows);
	assert_int_equal(a->contact_rows, b->contact_rows);
	assert_int_equal(a->remember_us, b->remember_us);
	assert_int_equal(a->pending_memory, b->pending_memory);
	assert_int_equal(a->checkpoint_us, b->checkpoint_us);
	assert_int_equal(a->remember_sources, b->remember_sources);
	assert_int_equal(a->table_sets, b->table_sets);
	assert_int_equal(a->exit_at_eof, b->exit_at_eof);
	assert_int_equal(a->rx_queues, b->rx_queues);
	assert_int_equal(a->rx_descriptors, b->rx_descriptors);
	assert_int_equal(a->mbufs, b->mbufs);
	assert_int_equal(a->burst, b->burst);
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
		set(&config, "geo", texts[i]);
		set(&config, "asn", texts[i]);
		set(&config, "fingerprints", texts[i]);
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
make_complete(struct tt_config *config)
{
	start(config);
	set(config, "spool", "/var/spool/teiten");
	set(config, "monitored", "192.0.2.0/24");
	set(config, "sensor", "s");
	set(config, "geo", "none");
	set(config, "asn", "none");
	set(config, "fingerprints", "none");
}

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
	set(&config, "geo", "");
	set(&config, "asn", "/nonexistent/asn");
	assert_int_equal(tt_config_check(&config, &err), -ENOENT);
	expect_in(&err, "asn", "/nonexistent/asn: No such file");
	set(&config, "asn", "");
	set(&config, "fingerprints", "/nonexistent/a,b.yaml");
	assert_int_equal(tt_config_check(&config, &err), -ENOENT);
	expect_in(&err, "fingerprints", "/nonexistent/a,b.yaml: No such file");
	set(&config, "fingerprints", "");

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
			cmocka_unit_test(defaults_are_as_documented),
			cmocka_unit_test(values_are_taken_over),
			cmocka_unit_test(sizes_are_bytes_or_powers_of_1024),
			cmocka_unit_test(
					long_intervals_have_checkpoints_that_divide_them),
			cmocka_unit_test(
					rules_are_found_where_they_are_installed_or_beside_the_source),
			cmocka_unit_test(a_bad_value_is_named_and_changes_nothing),
			cmocka_unit_test(the_longest_sensor_name_has_64_characters),
			cmocka_unit_test(a_yaml_file_sets_what_it_names),
			cmocka_unit_test(a_yaml_file_may_be_empty),
			cmocka_unit_test(an_error_in_yaml_names_file_line_and_option),
			cmocka_unit_test(a_yaml_file_that_cannot_be_read_is_named),
			cmocka_unit_test(what_is_printed_reads_back_to_the_same_settings),
			cmocka_unit_test(random_text_is_refused_or_survives_yaml),
			cmocka_unit_test(a_complete_configuration_passes_the_check),
			cmocka_unit_test(the_check_names_what_is_missing_or_does_not_fit),
			cmocka_unit_test(
					the_example_loads_and_its_defaults_are_the_defaults),
	};

	return cmocka_run_group_tests_name("config", tests, make_file, remove_file);
}
