/* SPDX-License-Identifier: BSD-3-Clause */
/* A spool that is removed or unmounted under the writer, and what exists where nothing should. */
#include "snapshot_bed.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>

static struct bed bed;
static bool late; /* renames are done, and fail */
static bool never; /* they are not done, and fail */
static bool silent; /* after one that failed, nothing says which inode has a name */
static bool mute; /* that is so now */
static bool broken; /* no directory is made */
static bool another; /* the directory that is open is not the one of its path */

int
mkdirat(int fd, const char *name, mode_t mode)
{
	if (!broken)
		return (int)syscall(SYS_mkdirat, fd, name, mode);
	errno = EIO;
	return -1;
}

int
stat(const char *path, struct stat *st)
{
	int ret = (int)syscall(SYS_newfstatat, AT_FDCWD, path, st, 0);

	st->st_ino += another;
	return ret;
}

int
renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	int ret = never ? 0
			: (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);

	if ((!late && !never) || ret != 0)
		return ret;
	mute = silent;
	errno = EIO;
	return -1;
}

int
fstatat(int fd, const char *name, struct stat *st, int flags)
{
	if (!mute)
		return (int)syscall(SYS_newfstatat, fd, name, st, flags);
	errno = EIO;
	return -1;
}

static int
setup(void **state)
{
	late = never = silent = mute = broken = another = false;
	bed_init(&bed);
	bed_count_some(&bed, BED_START);
	return 0;
}

static int
teardown(void **state)
{
	/* What a test left that failed. */
	umount2(bed.spool_path, MNT_DETACH);
	bed_fini(&bed);
	return 0;
}

static void
a_rename_that_was_done_counts_although_it_failed(void **state)
{
	late = true;
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_count_snapshots(&bed), 1);

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_BATCHED);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(tt_spool_flush(bed.spool, &bed.err), 0);
	assert_int_equal(bed_count_snapshots(&bed), 2);
}

/* As long as it is not known whether the snapshot is there, it stays the only one to be written. */
static void
a_rename_of_which_nothing_is_known_is_asked_for_and_not_repeated(void **state)
{
	for (unsigned round = 0; round < 2; round++) {
		int64_t start_us = BED_START + round * BED_MINUTE;

		late = round == 0;
		never = round == 1;
		silent = true;
		assert_int_equal(bed_write(&bed, start_us), -EINPROGRESS);
		assert_int_equal(bed_write(&bed, start_us), -EINPROGRESS);
		assert_string_equal(bed.err.why,
				"the disk does not say whether it has this snapshot");
		late = never = silent = mute = false;
		assert_int_equal(bed_count_snapshots(&bed), 1);
		bed_write_ok(&bed, start_us);
		assert_int_equal(bed_count_snapshots(&bed), 1 + round);
		assert_int_equal(bed_write(&bed, start_us), -EEXIST);
	}
}

/* Meanwhile the disk may fail in other ways: what would be joined with others then would count twice, or
 * the others would be taken for written. */
static void
whatever_fails_what_may_be_there_stays_the_one_to_be_written(void **state)
{
	late = silent = true;
	assert_int_equal(bed_write(&bed, BED_START), -EINPROGRESS);
	late = silent = mute = false;
	broken = true;
	assert_int_equal(bed_write(&bed, BED_START), -EINPROGRESS);
	assert_string_equal(bed.err.why, "Input/output error");
	broken = false;
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_count_snapshots(&bed), 1);
}

/* Also where the file system was mounted anew. */
static void
a_snapshot_that_was_there_is_found_after_its_spool_is_opened_again(void **state)
{
	char lock[256];

	late = silent = true;
	assert_int_equal(bed_write(&bed, BED_START), -EINPROGRESS);
	late = silent = mute = false;
	/* The lock is not held by a system that was away. */
	snprintf(lock, sizeof(lock), "%s/tokyo-1/.lock", bed.spool_path);
	assert_int_equal(unlink(lock), 0);
	another = true;
	bed_write_ok(&bed, BED_START);
	another = false;
	assert_int_equal(bed_count_snapshots(&bed), 1);
}

static void
what_cannot_be_removed_is_no_snapshot(void **state)
{
	char path[256], day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX];

	bed_write_ok(&bed, BED_START);
	snprintf(path, sizeof(path), "%s/tokyo-1/%s/.tmp-%s", bed.spool_path,
			tt_time_format_date(BED_START, day),
			tt_time_format_compact(BED_START + BED_MINUTE, name));
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/directory");
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(bed_write(&bed, BED_START + BED_MINUTE), -EISDIR);
	assert_int_equal(rmdir(path), 0);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
}

static void
a_removed_spool_is_made_again(void **state)
{
	struct tt_spool *other;

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_EACH);
	bed_write_ok(&bed, BED_START);
	bed_remove(bed.spool_path);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(bed_count_snapshots(&bed), 1);
	/* With its lock. */
	assert_int_equal(tt_spool_open(&other, bed.spool_path, "tokyo-1", TT_SYNC_EACH,
					 &bed.err),
			-EBUSY);
}

/* On a file system of its own, which goes and comes back, empty. */
static void
an_unmounted_spool_is_waited_for(void **state)
{
	tt_spool_close(bed.spool);
	bed.spool = NULL;
	if (mount("none", bed.spool_path, "tmpfs", 0, "size=16m") != 0) {
		print_message("SKIP: no tmpfs can be mounted here: %s\n",
				strerror(errno));
		skip();
	}
	bed_open_spool(&bed, TT_SYNC_EACH);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(umount2(bed.spool_path, MNT_DETACH), 0);
	assert_int_equal(bed_write(&bed, BED_START + BED_MINUTE), -ENODEV);
	/* Nothing was written where the disk is to be. */
	assert_int_equal(bed_count_snapshots(&bed), 0);
	assert_int_equal(mount("none", bed.spool_path, "tmpfs", 0, "size=16m"), 0);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(bed_count_snapshots(&bed), 1);
	assert_int_equal(umount2(bed.spool_path, MNT_DETACH), 0);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_rename_that_was_done_counts_although_it_failed),
			BEDDED(a_rename_of_which_nothing_is_known_is_asked_for_and_not_repeated),
			BEDDED(whatever_fails_what_may_be_there_stays_the_one_to_be_written),
			BEDDED(a_snapshot_that_was_there_is_found_after_its_spool_is_opened_again),
			BEDDED(what_cannot_be_removed_is_no_snapshot),
			BEDDED(a_removed_spool_is_made_again),
			BEDDED(an_unmounted_spool_is_waited_for),
	};

	return cmocka_run_group_tests_name("spool_away", tests, NULL, NULL);
}
