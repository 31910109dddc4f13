/* SPDX-License-Identifier: BSD-3-Clause */
/* Sketches of snapshots, merged over intervals and sensors. */
#include "snapshot_forge.h"
#include "tt_uniques.h"

static struct bed bed;
static struct tt_uniques uniques;
static struct tt_error error;

#define MINUTE(n) (BED_START + (n)*BED_MINUTE)

static int
setup(void **state)
{
	bed_init(&bed);
	tt_uniques_init(&uniques, NULL);
	error = (struct tt_error){0};
	return 0;
}

static int
teardown(void **state)
{
	tt_uniques_fini(&uniques);
	bed_fini(&bed);
	return 0;
}

/* Writes an interval with one SYN to a port from each of the hosts [first, end). */
static void
write_hosts(unsigned first, unsigned end, uint16_t port, int64_t start_us)
{
	tt_tally_reset(bed.tally);
	for (unsigned host = first; host < end; host++)
		bed_syn(&bed, host, port, start_us + 1 + host);
	bed_write_ok(&bed, start_us);
}

static struct tt_snapshot *
open_at(const char *sensor, int64_t start_us)
{
	char path[512], day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX];
	struct tt_snapshot *s = NULL;

	snprintf(path, sizeof(path), "%s/%s/%s/%s", bed.spool_path, sensor,
			tt_time_format_date(start_us, day),
			tt_time_format_compact(start_us, name));
	if (tt_snapshot_open(&s, path, &error) != 0)
		fail_msg("%s: %s", error.where, error.why);
	return s;
}

static int
try_add(const char *sensor, int64_t start_us)
{
	struct tt_snapshot *s = open_at(sensor, start_us);
	int ret = tt_uniques_add(&uniques, s, &error);

	tt_snapshot_close(s);
	return ret;
}

static void
add(const char *sensor, int64_t start_us)
{
	if (try_add(sensor, start_us) != 0)
		fail_msg("%s: %s", error.where, error.why);
}

/* Gives the first row of a snapshot's sketches a precision of one more. */
static void
forge_precision(int64_t start_us)
{
	const struct forge forge = {0, TT_SKETCHES_PRECISION, 1, NULL};
	struct tt_snapshot *s = open_at("tokyo-1", start_us);

	forge_table(s, TT_TABLE_SKETCHES, &forge, 1);
	tt_snapshot_close(s);
}

/* What a sketch of the hosts [0, end) itself estimates. */
static double
estimate_of(unsigned end, unsigned p)
{
	static uint8_t registers[1 << TT_SKETCH_P_MAX];

	memset(registers, 0, sizeof(registers));
	for (unsigned host = 0; host < end; host++)
		tt_sketch_add(registers, p, tt_sketch_hash(bed_tcp(host, 1, 0).src));
	return tt_sketch_estimate(registers, p);
}

static void
sources_of_several_intervals_are_counted_once(void **state)
{
	write_hosts(0, 600, 445, MINUTE(0));
	write_hosts(300, 900, 23, MINUTE(1));
	add("tokyo-1", MINUTE(0));
	add("tokyo-1", MINUTE(1));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.n, 2);
	assert_string_equal(tt_unique_sensor(&uniques, &uniques.all[0]), "tokyo-1");
	assert_string_equal(uniques.all[0].key, "sources");
	assert_int_equal(uniques.all[0].snapshots, 2);
	assert_true(uniques.all[0].estimate == estimate_of(900, TT_SKETCH_P_ALL));
	assert_true(uniques.all[0].estimate > 870 && uniques.all[0].estimate < 930);
	assert_true(uniques.first_us == MINUTE(0) && uniques.last_us == MINUTE(2));
}

static void
the_standard_error_is_that_of_the_precision(void **state)
{
	write_hosts(0, 500, 445, MINUTE(0));
	add("tokyo-1", MINUTE(0));
	tt_uniques_finish(&uniques);
	assert_float_equal(tt_unique_error(&uniques.all[0]),
			uniques.all[0].estimate * 1.04 / 128, 1e-9);
}

static void
sensors_are_estimated_each_and_together(void **state)
{
	write_hosts(0, 400, 445, MINUTE(0));
	tt_spool_close(bed.spool);
	assert_int_equal(tt_spool_open(&bed.spool, bed.spool_path, "osaka", TT_SYNC_NONE,
					 &error),
			0);
	write_hosts(0, 700, 445, MINUTE(0));
	add("tokyo-1", MINUTE(0));
	add("osaka", MINUTE(0));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.n, 3);
	assert_true(uniques.all[0].estimate == estimate_of(400, TT_SKETCH_P_ALL));
	assert_string_equal(tt_unique_sensor(&uniques, &uniques.all[1]), "osaka");
	assert_null(tt_unique_sensor(&uniques, &uniques.all[2]));
	assert_true(uniques.all[2].estimate == estimate_of(700, TT_SKETCH_P_ALL));
	assert_int_equal(uniques.all[2].snapshots, 2);
}

static void
a_sensor_without_packets_has_no_sources(void **state)
{
	write_hosts(0, 0, 445, MINUTE(0));
	add("tokyo-1", MINUTE(0));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.n, 2);
	assert_true(uniques.all[0].estimate == 0);
	assert_true(tt_unique_error(&uniques.all[0]) == 0);
	assert_int_equal(uniques.all[0].snapshots, 0);
}

static void
keys_of_a_pattern_come_by_estimate(void **state)
{
	write_hosts(0, 50, 445, MINUTE(0));
	write_hosts(0, 300, 23, MINUTE(1));
	write_hosts(25, 75, 445, MINUTE(2));
	uniques.pattern = "sources/target/*";
	for (unsigned i = 0; i < 3; i++)
		add("tokyo-1", MINUTE(i));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.n, 2);
	assert_string_equal(uniques.all[0].key, "sources/target/23/TCP");
	assert_int_equal(uniques.all[0].snapshots, 1);
	assert_string_equal(uniques.all[1].key, "sources/target/445/TCP");
	assert_int_equal(uniques.all[1].snapshots, 2);
	assert_true(uniques.all[1].estimate == estimate_of(75, TT_SKETCH_P_TARGET));
	assert_null(tt_unique_sensor(&uniques, &uniques.all[0]));
}

static void
many_keys_have_room(void **state)
{
	tt_tally_reset(bed.tally);
	for (unsigned port = 1; port <= 400; port++)
		bed_syn(&bed, 1 + port % 7, (uint16_t)port, MINUTE(0) + port);
	bed_write_ok(&bed, MINUTE(0));
	uniques.pattern = "*/target/*";
	add("tokyo-1", MINUTE(0));
	add("tokyo-1", MINUTE(0));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.n, 800);
	for (size_t i = 0; i < uniques.n; i++)
		assert_true(uniques.all[i].snapshots == 2
				&& uniques.all[i].estimate < 1.5);
}

static void
a_pattern_that_matches_nothing_gives_no_key(void **state)
{
	write_hosts(0, 5, 445, MINUTE(0));
	uniques.pattern = "sources/target/446/TCP";
	add("tokyo-1", MINUTE(0));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.n, 0);
	assert_int_equal(uniques.snapshots, 1);
}

static void
another_precision_is_an_error_that_names_the_file(void **state)
{
	write_hosts(0, 600, 445, MINUTE(0));
	write_hosts(7, 8, 445, MINUTE(1));
	forge_precision(MINUTE(1));
	add("tokyo-1", MINUTE(0));
	assert_int_equal(try_add("tokyo-1", MINUTE(1)), -EPROTO);
	assert_non_null(strstr(error.where, "/20261122T224600Z/sketches.parquet"));
	assert_non_null(strstr(
			error.why, "\"sources\" has the precision 15, elsewhere 14"));
	tt_uniques_finish(&uniques);
	assert_int_equal(uniques.snapshots, 1);
	assert_int_equal(uniques.all[0].snapshots, 1);
	assert_true(uniques.all[0].estimate == estimate_of(600, TT_SKETCH_P_ALL));
}

static void
two_precisions_in_one_file_are_an_error(void **state)
{
	write_hosts(0, 600, 445, MINUTE(0));
	forge_precision(MINUTE(0));
	assert_int_equal(try_add("tokyo-1", MINUTE(0)), -EPROTO);
	assert_int_equal(uniques.snapshots, 0);
}

/* The last forgery comes after rows that are sound, which must not count either. */
static void
rows_that_cannot_be_add_nothing(void **state)
{
	static const struct forge forges[] = {
			{0, TT_SKETCHES_PRECISION, 50, NULL},
			{0, TT_SKETCHES_PRECISION, -14, NULL},
			{0, TT_SKETCHES_REGISTER, -20000, NULL},
			{0, TT_SKETCHES_REGISTER, 20000, NULL},
			{0, TT_SKETCHES_RHO, -100, NULL},
			{0, TT_SKETCHES_RHO, 100, NULL},
			{0, TT_SKETCHES_KEY, 0, ""},
			{0, TT_SKETCHES_KEY, 0, "a\033[2J"},
			{5, TT_SKETCHES_RHO, 100, NULL},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(forges); i++) {
		struct tt_snapshot *s;

		write_hosts(0, 20, 445, MINUTE(i));
		s = open_at("tokyo-1", MINUTE(i));
		forge_table(s, TT_TABLE_SKETCHES, &forges[i], 1);
		tt_snapshot_close(s);
		assert_int_equal(try_add("tokyo-1", MINUTE(i)), -EBADMSG);
		assert_non_null(strstr(error.where, "/sketches.parquet"));
	}
	assert_int_equal(uniques.snapshots, 0);
	assert_int_equal(uniques.n, 0);
}

static void
sketches_that_were_left_out_are_counted(void **state)
{
	struct tt_snapshot *s;

	for (unsigned i = 0; i < 3; i++) {
		write_hosts(0, 5, 445, MINUTE(i));
		s = open_at("tokyo-1", MINUTE(i));
		s->manifest.ledger.not_kept[TT_LEDGER_SKETCHES].keys = i * 10;
		assert_int_equal(tt_uniques_add(&uniques, s, &error), 0);
		tt_snapshot_close(s);
	}
	assert_int_equal(uniques.incomplete, 2);
	assert_int_equal(uniques.not_kept, 30);
}

#define UNIQUES_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
			UNIQUES_TEST(sources_of_several_intervals_are_counted_once),
			UNIQUES_TEST(the_standard_error_is_that_of_the_precision),
			UNIQUES_TEST(sensors_are_estimated_each_and_together),
			UNIQUES_TEST(a_sensor_without_packets_has_no_sources),
			UNIQUES_TEST(keys_of_a_pattern_come_by_estimate),
			UNIQUES_TEST(many_keys_have_room),
			UNIQUES_TEST(a_pattern_that_matches_nothing_gives_no_key),
			UNIQUES_TEST(another_precision_is_an_error_that_names_the_file),
			UNIQUES_TEST(two_precisions_in_one_file_are_an_error),
			UNIQUES_TEST(rows_that_cannot_be_add_nothing),
			UNIQUES_TEST(sketches_that_were_left_out_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
