/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the spool asks of the file system. Two functions of the C library are watched from here:
 * fsync is done and noted, or fails, renameat2 can be made to lack RENAME_NOREPLACE, as on NFS.
 */
#include "snapshot_bed.h"

#include <fcntl.h>
#include <sys/syscall.h>

static struct bed bed;
static ino_t synced[256]; /* [n_synced] */
static unsigned n_synced;
static bool without_noreplace;
static ino_t failing; /* of this one fsync fails; 0: of none */

int
fsync(int fd)
{
	struct stat st;

	if (failing != 0 && fstat(fd, &st) == 0 && st.st_ino == failing) {
		errno = EIO;
		return -1;
	}
	if (fstat(fd, &st) == 0 && n_synced < TT_ARRAY_SIZE(synced))
		synced[n_synced++] = st.st_ino;
	return (int)syscall(SYS_fsync, fd);
}

int
renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	if (without_noreplace && flags != 0) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

static int
setup(void **state)
{
	without_noreplace = false;
	n_synced = 0;
	failing = 0;
	bed_init(&bed);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

static bool
is_synced(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	for (unsigned i = 0; i < n_synced; i++)
		if (synced[i] == st.st_ino)
			return true;
	return false;
}

static void
every_directory_that_is_made_is_made_durable_in_its_parent(void **state)
{
	struct tt_spool *spool;
	char path[256];

	snprintf(path, sizeof(path), "%s/a/b", bed.dir);
	n_synced = 0;
	assert_int_equal(tt_spool_open(&spool, path, "osaka-1", TT_SYNC_EACH, &bed.err),
			0);
	tt_spool_close(spool);
	assert_true(is_synced(bed.dir)); /* has a */
	assert_true(is_synced(path)); /* has osaka-1 */
	snprintf(path, sizeof(path), "%s/a", bed.dir);
	assert_true(is_synced(path)); /* has b */

	n_synced = 0;
	assert_int_equal(tt_spool_open(&spool, path, "osaka-1", TT_SYNC_EACH, &bed.err),
			0);
	tt_spool_close(spool);
	assert_false(is_synced(bed.dir)); /* a was there already */
}

static void
a_day_a_snapshot_and_its_files_are_durable_before_it_counts_as_written(void **state)
{
	char path[256];

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_EACH);
	n_synced = 0;
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snprintf(path, sizeof(path), "%s/tokyo-1", bed.spool_path);
	assert_true(is_synced(path)); /* has the day */
	snprintf(path, sizeof(path), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_true(is_synced(path)); /* has the snapshot */
	assert_true(is_synced(bed_path(&bed, BED_START, NULL, path)));
	assert_true(is_synced(bed_path(&bed, BED_START, TT_MANIFEST_FILE, path)));
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		assert_true(is_synced(bed_path(&bed, BED_START,
				tt_schema_of((enum tt_table)i)->file, path)));
}

static void
a_name_that_is_not_durable_yet_comes_before_the_next_snapshot(void **state)
{
	struct stat st;
	char path[256];

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_EACH);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snprintf(path, sizeof(path), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_int_equal(stat(path, &st), 0);
	failing = st.st_ino;
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(bed_write(&bed, BED_START + 2 * BED_MINUTE), -EIO);
	assert_string_equal(bed.err.where, path);
	failing = 0;
	n_synced = 0;
	bed_write_ok(&bed, BED_START + 2 * BED_MINUTE);
	assert_true(is_synced(path));
	assert_int_equal(bed_count_snapshots(&bed), 3);
}

/* No other one need come for that. */
static void
a_name_that_is_not_durable_yet_is_made_so_by_itself(void **state)
{
	struct stat st;
	char path[256];

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_EACH);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_true(tt_spool_is_durable(bed.spool));
	snprintf(path, sizeof(path), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_int_equal(stat(path, &st), 0);
	failing = st.st_ino;
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_false(tt_spool_is_durable(bed.spool));
	assert_int_equal(tt_spool_make_durable(bed.spool, &bed.err), -EIO);
	assert_string_equal(bed.err.where, path);
	failing = 0;
	n_synced = 0;
	assert_int_equal(tt_spool_make_durable(bed.spool, &bed.err), 0);
	assert_true(is_synced(path));
	assert_true(tt_spool_is_durable(bed.spool));
}

static void
a_file_system_without_noreplace_gets_its_snapshots(void **state)
{
	char path[256];

	without_noreplace = true;
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(access(bed_path(&bed, BED_START, TT_MANIFEST_FILE, path), F_OK),
			0);
}

static void
a_name_that_was_taken_meanwhile_is_an_error_without_noreplace_too(void **state)
{
	char path[256];

	for (unsigned round = 0; round < 2; round++) {
		int64_t start_us = BED_START + round * BED_MINUTE;

		without_noreplace = round == 1;
		tt_spool_close(bed.spool);
		bed_open_spool(&bed, TT_SYNC_BATCHED);
		bed_count_some(&bed, start_us);
		bed_write_ok(&bed, start_us);
		assert_int_equal(mkdir(bed_path(&bed, start_us, NULL, path), 0755), 0);
		assert_int_equal(tt_spool_flush(bed.spool, &bed.err), -EEXIST);
		assert_string_equal(bed.err.where, path);
		assert_string_equal(bed.err.why,
				"there is a snapshot of this interval already");
	}
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(every_directory_that_is_made_is_made_durable_in_its_parent),
			BEDDED(a_day_a_snapshot_and_its_files_are_durable_before_it_counts_as_written),
			BEDDED(a_name_that_is_not_durable_yet_comes_before_the_next_snapshot),
			BEDDED(a_name_that_is_not_durable_yet_is_made_so_by_itself),
			BEDDED(a_file_system_without_noreplace_gets_its_snapshots),
			BEDDED(a_name_that_was_taken_meanwhile_is_an_error_without_noreplace_too),
	};

	return cmocka_run_group_tests_name("spool_durable", tests, NULL, NULL);
}
