/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables as Parquet in the layout of Hive: which files there are, and which take the place of
 * others. */
#include "export_bed.h"
#include "tt_hive.h"

static struct bed bed;

static int
setup(void **state)
{
	bed_init(&bed);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

#define HIVE "hive/table=targets/date=2026-11-22/sensor=tokyo-1"

static void
parquet_has_the_layout_of_hive(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_PARQUET};
	const struct tt_schema *schema = tt_schema_of(TT_TABLE_TARGETS);
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	char dir[256], path[256];

	for (unsigned i = 0; i < 2; i++) {
		bed_count_some(&bed, BED_START + i * BED_MINUTE);
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	}
	options.out = bed_out_path(&bed, "hive", dir);
	bed_export_ok(&bed, &options, TT_TABLE_TARGETS, 0, 2);
	bed_out_path(&bed, HIVE "/20261122T224500Z--20261122T224700Z.parquet", path);
	if (tt_parquet_open(&reader, path, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	assert_int_equal(tt_parquet_rows(reader), 6);
	assert_int_equal(tt_parquet_n_columns(reader), schema->n_columns);
	assert_string_equal(tt_parquet_metadata(reader, TT_META_TABLE), "targets");
	assert_int_equal(tt_parquet_next(reader, &err), 1);
	assert_string_equal(tt_parquet_get_text(reader, TT_TARGETS_PROTOCOL), "ICMP");
	tt_parquet_close(reader);
	assert_int_equal(bed_count_files(dir, "*"), 1);
}

static void
parquet_never_has_the_same_time_twice(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_PARQUET};
	struct tt_error err = {0};
	char dir[256];

	for (unsigned i = 0; i < 4; i++)
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	options.out = bed_out_path(&bed, "hive", dir);
	/* Apart, then the same again. */
	bed_export_ok(&bed, &options, TT_TABLE_INTERVAL, 0, 1);
	bed_export_ok(&bed, &options, TT_TABLE_INTERVAL, 1, 1);
	bed_export_ok(&bed, &options, TT_TABLE_INTERVAL, 1, 1);
	assert_int_equal(bed_count_files(dir, "*.parquet"), 2);
	/* Both and more, in place of them. */
	bed_export_ok(&bed, &options, TT_TABLE_INTERVAL, 0, 3);
	assert_int_equal(bed_count_files(dir, "*.parquet"), 1);
	/* A part of what is there. */
	assert_int_equal(bed_export(&bed, &options, TT_TABLE_INTERVAL, 2, 2, &err),
			-EEXIST);
	assert_non_null(strstr(err.where, "20261122T224500Z--20261122T224800Z.parquet"));
	assert_int_equal(bed_count_files(dir, "*"), 1);
}

/* The minutes whose bits are set, in one export. */
static int
export_some(const struct tt_export_options *options, unsigned minutes,
		struct tt_error *err)
{
	struct tt_export *e;
	int ret = 0;

	assert_int_equal(tt_export_open(&e, options, err), 0);
	assert_int_equal(tt_export_begin(e, TT_TABLE_INTERVAL, err), 0);
	for (unsigned i = 0; ret == 0 && minutes >> i != 0; i++) {
		struct tt_snapshot *s;

		if ((minutes >> i & 1) == 0)
			continue;
		s = bed_open_snapshot(&bed, BED_START + i * BED_MINUTE);
		ret = tt_export_snapshot(e, s, err);
		tt_snapshot_close(s);
	}
	if (ret == 0)
		ret = tt_export_end(e, err);
	if (ret == 0)
		return tt_export_close(e, err);
	tt_export_abandon(e);
	return ret;
}

static void
parquet_keeps_what_a_new_export_has_a_hole_for(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_PARQUET};
	struct tt_error err = {0};
	char dir[256];

	for (unsigned i = 0; i < 3; i++)
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	options.out = bed_out_path(&bed, "hive", dir);
	assert_int_equal(export_some(&options, 2, &err), 0);
	assert_int_equal(export_some(&options, 1 | 4, &err), 0);
	assert_int_equal(bed_count_files(dir, "*.parquet"), 3);
	assert_int_equal(bed_count_files(dir, "*224600Z--20261122T224700Z.parquet"), 1);
	assert_int_equal(export_some(&options, 1 | 2 | 4, &err), 0);
	assert_int_equal(bed_count_files(dir, "*"), 1);
}

/* A snapshot that lies within the one before does not make the span shorter. */
static void
parquet_is_named_by_the_greatest_end(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_PARQUET};
	struct tt_error err = {0};
	struct tt_snapshot *s[2];
	struct tt_export *e;
	char dir[256];

	for (unsigned i = 0; i < 2; i++) {
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
		s[i] = bed_open_snapshot(&bed, BED_START + i * BED_MINUTE);
	}
	s[0]->manifest.end_us += 9 * BED_MINUTE;
	options.out = bed_out_path(&bed, "hive", dir);
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	assert_int_equal(tt_export_begin(e, TT_TABLE_INTERVAL, &err), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(tt_export_snapshot(e, s[i], &err), 0);
		tt_snapshot_close(s[i]);
	}
	assert_int_equal(tt_export_end(e, &err), 0);
	assert_int_equal(tt_export_close(e, &err), 0);
	assert_int_equal(bed_count_files(dir, "20261122T224500Z--20261122T225500Z.*"), 1);
}

static void
count_left_out(void *context, const struct tt_error *err)
{
	assert_non_null(strstr(err->where, "20261122T224500Z--20261122T224700Z.parquet"));
	++*(unsigned *)context;
}

static void
parquet_goes_on_without_a_file_that_has_no_place(void **state)
{
	unsigned n = 0;
	struct tt_export_options options = {.format = TT_EXPORT_PARQUET,
			.left_out = count_left_out,
			.context = &n};
	struct tt_error err = {0};
	char dir[256];

	for (unsigned i = 0; i < 5; i++)
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	options.out = bed_out_path(&bed, "hive", dir);
	assert_int_equal(export_some(&options, 1 | 2, &err), 0);
	/* A part of the old file, and then another span. */
	assert_int_equal(export_some(&options, 2 | 4 | 16, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(bed_count_files(dir, "*"), 2);
	assert_int_equal(bed_count_files(dir, "20261122T224900Z--*.parquet"), 1);
}

/* A new file that is not there, so that it cannot take its name, leaves the older ones. */
static void
parquet_keeps_older_files_until_the_new_one_is_there(void **state)
{
	const char *name = "20261122T224500Z--20261122T224700Z.parquet";
	struct tt_error err = {0};
	char dir[256], tmp[300], old[300];

	assert_int_equal(mkdir(bed_out_path(&bed, "span", dir), 0777), 0);
	snprintf(tmp, sizeof(tmp), "%s/.new", dir);
	snprintf(old, sizeof(old), "%s/20261122T224500Z--20261122T224600Z.parquet", dir);
	assert_int_equal(bed_put_file(old, "old"), 0);
	assert_int_equal(tt_hive_publish(dir, tmp, BED_START, BED_START + 2 * BED_MINUTE,
					 &err),
			-ENOENT);
	assert_int_equal(access(old, F_OK), 0);
	/* Its own name is not among what it removes. */
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(bed_put_file(tmp, "new"), 0);
		assert_int_equal(tt_hive_publish(dir, tmp, BED_START,
						 BED_START + 2 * BED_MINUTE, &err),
				0);
		assert_int_equal(access(old, F_OK), -1);
		assert_int_equal(bed_count_files(dir, "*"), 1);
		assert_int_equal(bed_count_files(dir, name), 1);
	}
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(parquet_has_the_layout_of_hive),
			BEDDED(parquet_never_has_the_same_time_twice),
			BEDDED(parquet_keeps_what_a_new_export_has_a_hole_for),
			BEDDED(parquet_is_named_by_the_greatest_end),
			BEDDED(parquet_goes_on_without_a_file_that_has_no_place),
			BEDDED(parquet_keeps_older_files_until_the_new_one_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
