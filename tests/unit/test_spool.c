/* SPDX-License-Identifier: BSD-3-Clause */
/* The spool as a directory: locks, names, batches, what is found in it. */
#include "snapshot_bed.h"

#include <fcntl.h>

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

static void
two_writers_of_one_sensor_exclude_each_other(void **state)
{
	struct tt_spool *second = NULL;
	struct tt_error err = {0};

	assert_int_equal(tt_spool_open(&second, bed.spool_path, "tokyo-1", TT_SYNC_NONE,
					 &err),
			-EBUSY);
	assert_non_null(strstr(err.where, "/tokyo-1"));
	assert_int_equal(tt_spool_open(&second, bed.spool_path, "osaka-1", TT_SYNC_NONE,
					 &err),
			0);
	tt_spool_close(second);
}

static void
a_directory_of_a_sensor_is_no_spool(void **state)
{
	struct tt_spool *nested = NULL;
	struct tt_error err = {0};
	char path[256], day[300];

	snprintf(path, sizeof(path), "%s/tokyo-1", bed.spool_path);
	assert_int_equal(tt_spool_open(&nested, path, "tokyo-1", TT_SYNC_NONE, &err),
			-ENOTSUP);
	assert_string_equal(err.where, path);
	assert_non_null(strstr(err.why, "is the directory of a sensor"));
	/* It has days alone, as a copy has. */
	snprintf(path, sizeof(path), "%s/copy", bed.spool_path);
	snprintf(day, sizeof(day), "%s/2026-11-22", path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(tt_spool_check_place(path, "a", &err), 0);
	assert_int_equal(mkdir(day, 0755), 0);
	assert_int_equal(tt_spool_check_place(path, "a", &err), -ENOTSUP);
	/* Nor is there anything of either. */
	snprintf(path, sizeof(path), "%s/tokyo-1/tokyo-1", bed.spool_path);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(tt_spool_check_place(bed.spool_path, "a", &err), 0);
	assert_int_equal(tt_spool_check_place("/no/such/place", "a", &err), 0);
}

static void
what_a_killed_writer_left_is_removed_at_the_next_open(void **state)
{
	char stale[300], file[320], path[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snprintf(stale, sizeof(stale), "%s/tokyo-1/2026-11-22/.tmp-20261122T230000Z",
			bed.spool_path);
	snprintf(file, sizeof(file), "%s/targets.parquet", stale);
	assert_int_equal(mkdir(stale, 0755), 0);
	close(open(file, O_CREAT | O_WRONLY, 0644));
	assert_int_equal(bed_count_snapshots(&bed), 1);
	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_EACH);
	assert_int_equal(access(stale, F_OK), -1);
	assert_int_equal(access(bed_path(&bed, BED_START, NULL, path), F_OK), 0);
}

static void
names_that_no_sensor_can_have_are_refused(void **state)
{
	static const char *const names[] = {"", ".hidden", "a/b", "..", "a b",
			"2026-11-22", "20261122T225500Z",
			("0123456789012345678901234567890123456789012345678901234567890123"
			 "4")};
	struct tt_spool *spool = NULL;
	struct tt_error err = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++)
		assert_int_equal(tt_spool_open(&spool, bed.spool_path, names[i],
						 TT_SYNC_NONE, &err),
				-EINVAL);
}

static void
batched_snapshots_appear_at_the_flush(void **state)
{
	unsigned n = TT_SPOOL_BATCH + 3;

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_BATCHED);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_write(&bed, BED_START), -EEXIST);
	assert_int_equal(bed_count_snapshots(&bed), 0);
	for (unsigned i = 1; i < n; i++)
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	assert_int_equal(bed_count_snapshots(&bed), TT_SPOOL_BATCH);
	assert_int_equal(tt_spool_flush(bed.spool, &bed.err), 0);
	assert_int_equal(bed_count_snapshots(&bed), n);
	bed_verify_ok(&bed, BED_START + (n - 1) * BED_MINUTE);
}

static void
what_was_not_flushed_leaves_nothing_behind(void **state)
{
	char day[256];

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_BATCHED);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	tt_spool_close(bed.spool);
	bed.spool = NULL;
	snprintf(day, sizeof(day), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_int_equal(rmdir(day), 0); /* so it is empty */
}

static void
snapshots_are_listed_by_sensor_and_time_at_every_level(void **state)
{
	static const int64_t starts[] = {BED_START + 3 * 86400 * TT_US_PER_S,
			BED_START + BED_MINUTE, BED_START,
			BED_START + BED_MINUTE + 123456};
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	char path[256];

	bed_count_some(&bed, BED_START);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(starts); i++)
		bed_write_ok(&bed, starts[i]);
	tt_spool_close(bed.spool);
	assert_int_equal(tt_spool_open(&bed.spool, bed.spool_path, "akita", TT_SYNC_NONE,
					 &err),
			0);
	bed_write_ok(&bed, BED_START + 2 * BED_MINUTE);

	assert_int_equal(tt_snapshot_list_scan(
					 &list, bed.spool_path, 0, TT_TIME_MAX, &err),
			0);
	assert_int_equal(list.n, 5);
	assert_non_null(strstr(list.refs[0].path, "/akita/"));
	for (unsigned i = 2; i < 5; i++)
		assert_true(list.refs[i - 1].start_us < list.refs[i].start_us);
	assert_int_equal(list.refs[3].start_us, starts[3]);
	tt_snapshot_list_fini(&list);

	snprintf(path, sizeof(path), "%s/tokyo-1", bed.spool_path);
	assert_int_equal(tt_snapshot_list_scan(&list, path, starts[1], starts[0], &err),
			0);
	assert_int_equal(list.n, 2);
	tt_snapshot_list_fini(&list);
	snprintf(path, sizeof(path), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_int_equal(tt_snapshot_list_scan(&list, path, 0, TT_TIME_MAX, &err), 0);
	assert_int_equal(list.n, 3);
	tt_snapshot_list_fini(&list);
	bed_path(&bed, starts[0], NULL, path);
	assert_int_equal(tt_snapshot_list_scan(&list, path, 0, 1, &err), 0);
	assert_int_equal(list.n, 1);
	tt_snapshot_list_fini(&list);
	assert_int_equal(tt_snapshot_list_scan(&list, "/no/such/place", 0, 1, &err),
			-ENOENT);
	assert_string_equal(err.where, "/no/such/place");
}

static void
a_finished_snapshot_is_never_overwritten(void **state)
{
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_write(&bed, BED_START), -EEXIST);
	assert_non_null(strstr(bed.err.where, "/tokyo-1/2026-11-22/20261122T"));
	assert_string_equal(bed.err.why, "there is a snapshot of this interval already");
	bed_verify_ok(&bed, BED_START);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(bed_count_snapshots(&bed), 2);
}

static void
a_spool_knows_which_intervals_it_has(void **state)
{
	bed_count_some(&bed, BED_START);
	assert_false(tt_spool_has(bed.spool, BED_START));
	bed_write_ok(&bed, BED_START);
	bed_write_ok(&bed, BED_START + BED_MINUTE + 1);
	assert_true(tt_spool_has(bed.spool, BED_START));
	assert_true(tt_spool_has(bed.spool, BED_START + BED_MINUTE + 1));
	assert_false(tt_spool_has(bed.spool, BED_START + BED_MINUTE));
	assert_false(tt_spool_has(bed.spool, BED_START + 86400 * TT_US_PER_S));
}

static enum tt_taken_how
taken(int64_t start_us, int64_t end_us, int64_t by_us)
{
	const struct tt_span span = {start_us, end_us};
	struct tt_spool_taken found;

	assert_int_equal(tt_spool_find_taken(bed.spool, &span, &found, NULL), 0);
	if (found.how != TT_TAKEN_NOT)
		assert_int_equal(found.by.start_us, by_us);
	return found.how;
}

static void
a_spool_knows_which_time_it_has(void **state)
{
	const int64_t at = BED_START, minute = BED_MINUTE, next = at + 2 * minute;

	bed_count_some(&bed, at);
	bed_write_ok(&bed, at);
	bed_write_ok(&bed, next);
	assert_int_equal(taken(at, at + minute, at), TT_TAKEN_SAME);
	assert_int_equal(taken(next, next + minute, next), TT_TAKEN_SAME);
	assert_int_equal(taken(at + minute, next, 0), TT_TAKEN_NOT);
	assert_int_equal(taken(at - minute, at, 0), TT_TAKEN_NOT);
	assert_int_equal(taken(next + minute, next + 9 * minute, 0), TT_TAKEN_NOT);
	assert_int_equal(taken(at, at + minute / 2, at), TT_TAKEN_WITHIN);
	assert_int_equal(taken(at + 1, at + 2, at), TT_TAKEN_WITHIN);
	assert_int_equal(taken(at - 1, at + 1, at), TT_TAKEN_IN_PART);
	assert_int_equal(taken(at + 1, at + minute + 1, at), TT_TAKEN_IN_PART);
	assert_int_equal(taken(at, at + 5 * minute, at), TT_TAKEN_IN_PART);
	assert_int_equal(taken(at + minute, at + 5 * minute, next), TT_TAKEN_IN_PART);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_directory_of_a_sensor_is_no_spool),
			BEDDED(two_writers_of_one_sensor_exclude_each_other),
			BEDDED(what_a_killed_writer_left_is_removed_at_the_next_open),
			BEDDED(names_that_no_sensor_can_have_are_refused),
			BEDDED(batched_snapshots_appear_at_the_flush),
			BEDDED(what_was_not_flushed_leaves_nothing_behind),
			BEDDED(snapshots_are_listed_by_sensor_and_time_at_every_level),
			BEDDED(a_finished_snapshot_is_never_overwritten),
			BEDDED(a_spool_knows_which_intervals_it_has),
			BEDDED(a_spool_knows_which_time_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
