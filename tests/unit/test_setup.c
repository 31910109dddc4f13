/* SPDX-License-Identifier: BSD-3-Clause */
#include "config_fixture.h"
#include "tt_setup.h"

#include <sys/stat.h>

static char spool[] = "/tmp/test_setup.XXXXXX";

/* A checked configuration, without databases. */
static void
configure(struct tt_config *config, const char *monitored, const char *option,
		const char *value)
{
	struct tt_error err = {0};

	start(config);
	set(config, "spool", spool);
	set(config, "sensor", "s");
	set(config, "monitored", monitored);
	set(config, "geo", "none");
	set(config, "asn", "none");
	set(config, "fingerprints", "none");
	set(config, "remember-sources", "1024");
	if (option != NULL)
		set(config, option, value);
	if (tt_config_check(config, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static void
init(struct tt_setup *setup, const struct tt_config *config, unsigned sets)
{
	struct tt_error err = {0};

	if (tt_setup_init(setup, config, sets, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static uint64_t
all_bytes(const struct tt_setup *setup)
{
	return tt_setup_tables_bytes(setup) + tt_setup_merge_bytes(setup);
}

static void
without_a_limit_there_are_as_many_pairs_as_configured(void **state)
{
	struct tt_config config;
	struct tt_setup setup;

	configure(&config, "192.0.2.0/24", "pairs", "5000");
	init(&setup, &config, 6);
	assert_int_equal(setup.tally.pairs, 5000);
	assert_int_equal(setup.merge.max_pairs, 30000);
	assert_int_equal(tt_setup_tables_bytes(&setup), 6 * tt_setup_set_bytes(&setup));
	tt_setup_fini(&setup);
	tt_config_fini(&config);
}

static void
a_limit_gives_as_many_pairs_as_fit_and_no_more(void **state)
{
	static const char *const limits[] = {"1G", "2G", "3G", "4G", "64G"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(limits); i++) {
		struct tt_config config;
		struct tt_setup setup, more;

		configure(&config, "192.0.2.0/24", "table-memory", limits[i]);
		init(&setup, &config, 2);
		assert_true(setup.tally.pairs >= TT_PAIRS_MIN);
		assert_int_equal(setup.merge.max_pairs, 2 * setup.tally.pairs);
		assert_true(all_bytes(&setup) <= config.table_memory);
		more = setup;
		more.tally.pairs++;
		more.merge.max_pairs += 2;
		assert_true(all_bytes(&more) > config.table_memory);
		tt_setup_fini(&setup);
		tt_config_fini(&config);
	}
}

static void
a_limit_that_is_too_low_is_answered_with_the_least_that_works(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};
	struct tt_setup setup;
	unsigned long long least;
	char text[24];

	configure(&config, "192.0.2.0/24", "table-memory", "8M");
	assert_int_equal(tt_setup_init(&setup, &config, 3, &err), -EINVAL);
	expect_in(&err, "table-memory", "8 MiB are too little: 3 table sets");
	tt_setup_fini(&setup);
	assert_int_equal(sscanf(strstr(err.why, "merge take "), "merge take %lluM",
					 &least),
			1);

	snprintf(text, sizeof(text), "%lluM", least);
	set(&config, "table-memory", text);
	init(&setup, &config, 3);
	tt_setup_fini(&setup);
	snprintf(text, sizeof(text), "%lluM", least - 1);
	set(&config, "table-memory", text);
	assert_int_equal(tt_setup_init(&setup, &config, 3, &err), -EINVAL);
	tt_setup_fini(&setup);
	tt_config_fini(&config);
}

static void
expect_units(const char *monitored, uint32_t destinations, uint32_t prefixes)
{
	struct tt_config config;
	struct tt_setup setup;

	configure(&config, monitored, NULL, NULL);
	init(&setup, &config, 2);
	assert_int_equal(setup.destinations.n, destinations);
	assert_int_equal(setup.prefixes.n, prefixes);
	tt_setup_fini(&setup);
	tt_config_fini(&config);
}

static void
monitored_space_is_cut_into_addresses_and_prefixes_while_they_are_few(void **state)
{
	expect_units("192.0.2.0/24", 256, 1);
	expect_units("192.0.2.0/23,2001:db8::/112", 512 + 65536, 2 + 1);
	expect_units("10.0.0.0/16", 65536, 256);
	expect_units("10.0.0.0/8", 65536, 1024);
	/* IPv6 less IPv4's place is two ranges, the lower one within one /16 and one /10. */
	expect_units("::/0", 65537, 513);
	expect_units("0.0.0.0/0,::/0", 65536 + 65537, 1024 + 513);
}

static void
as_many_separate_ranges_as_a_set_holds_have_units(void **state)
{
	char *list = NULL;
	size_t size;
	FILE *out = open_memstream(&list, &size);

	for (unsigned i = 0; i < TT_PREFIX_RANGES_MAX; i++)
		fprintf(out, "%s10.%u.%u.0/32", i == 0 ? "" : ",", i / 128, i % 128 * 2);
	fclose(out);
	expect_units(list, TT_PREFIX_RANGES_MAX, TT_PREFIX_RANGES_MAX);
	free(list);
}

static void
open_all(struct tt_setup *setup, const struct tt_config *config)
{
	struct tt_error err = {0};

	init(setup, config, 2);
	if (tt_setup_open(setup, config, 7, tt_mem_heap(), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static void
what_is_opened_is_what_tallies_merge_and_pipeline_get(void **state)
{
	struct tt_config config;
	struct tt_tally *tally;
	struct tt_setup setup;

	configure(&config, "192.0.2.0/24", "pairs", "1024");
	open_all(&setup, &config);
	assert_int_equal(setup.tally.seed, 7);
	assert_ptr_equal(setup.tally.geo, setup.merge.geo);
	assert_ptr_equal(setup.merge.recall, setup.recall);
	assert_ptr_equal(setup.pipeline.monitored, &setup.monitored);
	assert_ptr_equal(setup.pipeline.fingerprints, setup.merge.fingerprints);
	assert_int_equal(tt_tally_create(&tally, &setup.tally, tt_mem_heap(), NULL), 0);
	tt_tally_destroy(tally);
	tt_setup_fini(&setup);
	tt_config_fini(&config);
}

static void
a_bad_rules_file_is_named_with_its_line(void **state)
{
	struct tt_config config;
	struct tt_error err = {0};
	struct tt_setup setup;

	write_yaml("version: 1\nfingerprints:\n  - id: x\n    match: nonsense ==\n");
	configure(&config, "192.0.2.0/24", "fingerprints", path);
	init(&setup, &config, 2);
	assert_int_equal(tt_setup_open(&setup, &config, 0, tt_mem_heap(), &err), -EINVAL);
	expect_in(&err, path, "");
	assert_non_null(strchr(err.where + strlen(path), ':'));
	tt_setup_fini(&setup);
	tt_config_fini(&config);
}

static char *
recall_path(void)
{
	static char file[64];

	snprintf(file, sizeof(file), "%s/s", spool);
	mkdir(file, 0755);
	snprintf(file, sizeof(file), "%s/s/.recall", spool);
	return file;
}

static void
what_was_seen_is_kept_for_the_next_run(void **state)
{
	struct tt_target target = {.protocol = TT_PROTO_TCP, .number = 445};
	struct tt_config config;
	struct tt_setup setup;

	configure(&config, "192.0.2.0/24", "pairs", "1024");
	unlink(recall_path());
	open_all(&setup, &config);
	assert_int_equal(tt_setup_load_recall(&setup, 0, NULL), 0);
	assert_int_equal(tt_setup_save_recall(&setup, NULL), 0);
	assert_int_equal(access(recall_path(), F_OK), -1);
	assert_true(tt_recall_target(setup.recall, target, 60 * TT_US_PER_S));
	assert_false(tt_setup_recall_due(&setup));
	setup.recall_saved_us -= TT_SETUP_RECALL_SAVE_S * TT_US_PER_S;
	assert_true(tt_setup_recall_due(&setup));
	assert_int_equal(tt_setup_save_recall(&setup, NULL), 0);
	assert_false(tt_setup_recall_due(&setup));
	assert_int_equal(access(recall_path(), F_OK), 0);
	tt_setup_fini(&setup);

	open_all(&setup, &config);
	assert_int_equal(tt_setup_load_recall(&setup, 0, NULL), 0);
	assert_false(tt_recall_target(setup.recall, target, 120 * TT_US_PER_S));
	tt_setup_fini(&setup);
	tt_config_fini(&config);
}

static void
a_damaged_memory_is_named_and_nothing_is_remembered(void **state)
{
	struct tt_error err = {0};
	struct tt_config config;
	struct tt_setup setup;
	FILE *out = fopen(recall_path(), "w");

	fputs("no memory", out);
	fclose(out);
	configure(&config, "192.0.2.0/24", "pairs", "1024");
	open_all(&setup, &config);
	assert_int_equal(tt_setup_load_recall(&setup, 9, &err), -EBADMSG);
	expect_in(&err, recall_path(), "");
	assert_int_equal(tt_recall_since_us(setup.recall), 0);
	assert_int_equal(setup.tally.secret, 9);
	tt_setup_fini(&setup);
	unlink(recall_path());
	tt_config_fini(&config);
}

/* A run that comes with a secret, enters an interval sampled at one in 2^shift, and keeps that.
 * Returns the secret that it sampled with. */
static uint64_t
run_with(uint64_t secret, unsigned shift, int result)
{
	static int64_t start_us = 0;
	struct tt_error err = {0};
	struct tt_config config;
	struct tt_setup setup;
	uint64_t used;

	start_us += 60 * TT_US_PER_S;
	configure(&config, "192.0.2.0/24", "pairs", "1024");
	open_all(&setup, &config);
	assert_int_equal(tt_setup_load_recall(&setup, secret, &err), result);
	if (result != 0) {
		expect_in(&err, recall_path(), "without a secret");
		assert_int_equal(tt_recall_since_us(setup.recall), 0);
	}
	used = tt_recall_secret(setup.recall);
	assert_int_equal(setup.tally.secret, used);
	tt_recall_begin(setup.recall, start_us, shift);
	assert_int_equal(tt_setup_save_recall(&setup, NULL), 0);
	tt_setup_fini(&setup);
	tt_config_fini(&config);
	return used;
}

static void
a_sensor_keeps_its_secret_and_a_replay_has_none_of_its_own(void **state)
{
	unlink(recall_path());
	assert_int_equal(run_with(0, 0, 0), 0);
	/* Nothing was sampled yet. */
	assert_int_equal(run_with(7, 0, 0), 7);
	assert_int_equal(run_with(8, 2, 0), 7);
	assert_int_equal(run_with(0, 0, 0), 7);
	unlink(recall_path());
	assert_int_equal(run_with(0, 1, 0), 0);
	assert_int_equal(run_with(9, 0, -ESTALE), 9);
	assert_int_equal(run_with(0, 0, 0), 9);
	unlink(recall_path());
}

/* Checks a configuration for three table sets. */
static void
check_says(const char *option, const char *value, const char *where, const char *why)
{
	struct tt_error err = {0};
	struct tt_config config;
	unsigned broken;

	configure(&config, "192.0.2.0/24", option, value);
	if (tt_setup_check(&config, 3, false, stdout, &broken, &err) == 0)
		assert_null(where);
	else if (where == NULL)
		fail_msg("%s: %s", err.where, err.why);
	else
		expect_in(&err, where, why);
	tt_config_fini(&config);
}

static void
the_check_finds_what_a_run_would_stop_at(void **state)
{
	check_says(NULL, NULL, NULL, NULL);
	check_says("table-memory", "2G", NULL, NULL);
	check_says("table-memory", "100M", "table-memory", "100 MiB are too little");
	check_says("table-memory", "60T", "table-memory", "this machine has");
	check_says("pairs", "536870912", "pairs", "this machine has");
	write_yaml("nonsense\n");
	check_says("geo", path, path, "neither a geoip text file nor an MMDB");
	check_says("asn", path, path, "neither an MMDB nor");
	check_says("fingerprints", path, path, "");
}

static int
make_places(void **state)
{
	return mkdtemp(spool) == NULL ? -1 : make_file(state);
}

static int
remove_places(void **state)
{
	char directory[64];

	unlink(recall_path());
	snprintf(directory, sizeof(directory), "%s/s", spool);
	rmdir(directory);
	rmdir(spool);
	return remove_file(state);
}

static void
a_run_that_counts_nothing_is_told_apart(void **state)
{
	struct tt_setup setup = {.monitored_text = (char[]){"192.0.2.0/24"}};
	uint64_t fates[TT_N_FATES] = {[TT_FATE_UNKNOWN_LINK_TYPE] = 5};
	char text[TT_SETUP_NOTHING_TEXT_MAX], many[600];

	assert_string_equal(tt_setup_no_packets_text(&setup, fates, text), "");
	fates[TT_FATE_UNKNOWN_LINK_TYPE] = 0;
	assert_string_equal(tt_setup_no_packets_text(&setup, fates, text), "");
	fates[TT_FATE_ARP] = 3;
	fates[TT_FATE_TRUNCATED_IP] = 1;
	assert_string_equal(tt_setup_no_packets_text(&setup, fates, text),
			"no packet was counted, to no address: no frame is an IP packet that can "
			"be read: arp 3, truncated-ip 1");
	fates[TT_FATE_NOT_MONITORED] = 7;
	assert_string_equal(tt_setup_no_packets_text(&setup, fates, text),
			"no packet to a monitored address was counted (monitored: 192.0.2.0/24); "
			"7 went to others");
	fates[TT_FATE_OUTGOING] = 2;
	memset(many, 'x', sizeof(many));
	many[sizeof(many) - 1] = '\0';
	setup.monitored_text = many;
	assert_non_null(strstr(tt_setup_no_packets_text(&setup, fates, text),
			"xx …); 9 went to others, 2 of them from a monitored one"));
	fates[TT_FATE_COUNTED] = 1;
	assert_string_equal(tt_setup_no_packets_text(&setup, fates, text), "");
	for (unsigned f = 0; f < TT_N_FATES; f++) /* all of them fit */
		fates[f] = f <= TT_FATE_NOT_MONITORED ? 0 : UINT64_MAX / TT_N_FATES;
	assert_non_null(strstr(tt_setup_no_packets_text(&setup, fates, text),
			", bad-transport 1418980313362273201"));
	assert_string_equal(tt_setup_no_rules_text(&setup, text), "");
}

static void
a_run_that_counts_less_than_it_leaves_out_is_told(void **state)
{
	struct tt_setup setup = {.monitored_text = (char[]){"192.0.2.0/32"}};
	uint64_t fates[TT_N_FATES] = {[TT_FATE_NOT_MONITORED] = 7, [TT_FATE_ARP] = 99};
	char text[TT_SETUP_NOTHING_TEXT_MAX];

	assert_string_equal(tt_setup_unmonitored_text(&setup, fates, text), "");
	fates[TT_FATE_COUNTED] = 7;
	fates[TT_FATE_OUTGOING] = 50;
	assert_string_equal(tt_setup_unmonitored_text(&setup, fates, text), "");
	fates[TT_FATE_COUNTED] = 6;
	assert_string_equal(tt_setup_unmonitored_text(&setup, fates, text),
			"7 of 13 packets went to addresses that are not monitored (monitored: "
			"192.0.2.0/32): is a prefix missing, or its length?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					without_a_limit_there_are_as_many_pairs_as_configured),
			cmocka_unit_test(a_limit_gives_as_many_pairs_as_fit_and_no_more),
			cmocka_unit_test(
					a_limit_that_is_too_low_is_answered_with_the_least_that_works),
			cmocka_unit_test(
					monitored_space_is_cut_into_addresses_and_prefixes_while_they_are_few),
			cmocka_unit_test(
					as_many_separate_ranges_as_a_set_holds_have_units),
			cmocka_unit_test(
					what_is_opened_is_what_tallies_merge_and_pipeline_get),
			cmocka_unit_test(a_bad_rules_file_is_named_with_its_line),
			cmocka_unit_test(what_was_seen_is_kept_for_the_next_run),
			cmocka_unit_test(a_run_that_counts_nothing_is_told_apart),
			cmocka_unit_test(
					a_run_that_counts_less_than_it_leaves_out_is_told),
			cmocka_unit_test(
					a_damaged_memory_is_named_and_nothing_is_remembered),
			cmocka_unit_test(
					a_sensor_keeps_its_secret_and_a_replay_has_none_of_its_own),
			cmocka_unit_test(the_check_finds_what_a_run_would_stop_at),
	};

	return cmocka_run_group_tests_name("setup", tests, make_places, remove_places);
}
