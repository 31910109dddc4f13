/* SPDX-License-Identifier: BSD-3-Clause */
/* A full disk: a small tmpfs, mounted where only this process sees it. Needs root. */
#include "snapshot_bed.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#define PAGE 4096

static struct bed bed;

static bool
mount_small(void)
{
	mkdir(bed.spool_path, 0755);
	if (unshare(CLONE_NEWNS) != 0)
		return false;
	/* Where the root is no mount point of its own, as in a chroot, this fails and may. */
	(void)!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return mount("none", bed.spool_path, "tmpfs", 0, "size=256k") == 0;
}

static int
setup(void **state)
{
	bed_init(&bed);
	tt_spool_close(bed.spool);
	bed.spool = NULL;
	return 0;
}

static int
teardown(void **state)
{
	tt_spool_close(bed.spool);
	bed.spool = NULL;
	umount(bed.spool_path);
	bed_fini(&bed);
	return 0;
}

static char *
filler(char path[256])
{
	snprintf(path, 256, "%s/filler", bed.spool_path);
	return path;
}

static void
fill_up(void)
{
	static const char page[PAGE];
	char path[256];
	int fd = open(filler(path), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	while (write(fd, page, sizeof(page)) == (ssize_t)sizeof(page))
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void
free_a_page(void)
{
	char path[256];
	struct stat st;

	assert_int_equal(stat(filler(path), &st), 0);
	assert_true(st.st_size >= PAGE);
	assert_int_equal(truncate(path, st.st_size - PAGE), 0);
}

/* How many entries a day has, temporary ones too. */
static unsigned
entries_of_day(void)
{
	char path[256];
	const struct dirent *entry;
	unsigned n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/tokyo-1/2026-11-22", bed.spool_path);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(dir);
	return n;
}

/* Whichever write it is that fails first: the disk gets one page larger each time. */
static void
a_full_disk_leaves_nothing_partial_and_the_interval_can_be_tried_again(void **state)
{
	unsigned failures = 0;
	int ret;

	if (!mount_small()) {
		print_message("# skipped: a small tmpfs needs root: %s\n",
				strerror(errno));
		skip();
	}
	bed_open_spool(&bed, TT_SYNC_EACH);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	fill_up();
	while ((ret = bed_write(&bed, BED_START + BED_MINUTE)) != 0) {
		assert_int_equal(ret, -ENOSPC);
		assert_non_null(strstr(bed.err.where, bed.spool_path));
		assert_int_equal(entries_of_day(), 1);
		failures++;
		free_a_page();
	}
	assert_true(failures >= TT_N_TABLES);
	for (unsigned i = 0; i < 2; i++)
		bed_verify_ok(&bed, BED_START + i * BED_MINUTE);
	tt_spool_close(bed.spool);
	bed.spool = NULL;
	fill_up();
	assert_int_equal(tt_spool_open(&bed.spool, bed.spool_path, "tokyo-1",
					 TT_SYNC_EACH, &bed.err),
			-ENOSPC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					a_full_disk_leaves_nothing_partial_and_the_interval_can_be_tried_again,
					setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
