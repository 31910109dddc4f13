/* SPDX-License-Identifier: BSD-3-Clause */
/* A spool that is removed or unmounted under the writer. */
#include "snapshot_bed.h"

#include <fcntl.h>
#include <sys/mount.h>

static struct bed bed;

static int
setup(void **state)
{
	bed_init(&bed);
	bed_count_some(&bed, BED_START);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
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
			BEDDED(a_removed_spool_is_made_again),
			BEDDED(an_unmounted_spool_is_waited_for),
	};

	return cmocka_run_group_tests_name("spool_away", tests, NULL, NULL);
}
