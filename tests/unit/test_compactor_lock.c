/* SPDX-License-Identifier: BSD-3-Clause */
/* Who waits for whom, of those who merge a sensor's snapshots and those who hold them. */
#include "tt_compact_spool.h"
#include "tt_compactor_lock.h"
#include "tt_time.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MS   INT64_C(1000)
#define EVER (100 * TT_US_PER_S)

static char sensor[64];
static struct tt_compactor compactor;
static struct tt_error error;
static int held;

static void
open_compactor(void)
{
	if (tt_compactor_open(&compactor, sensor, 0, &error) != 0)
		fail_msg("%s: %s", error.where, error.why);
}

static int
setup(void **state)
{
	strcpy(sensor, "/tmp/tt-lock-XXXXXX");
	assert_non_null(mkdtemp(sensor));
	open_compactor();
	tt_compactor_close(&compactor);
	held = -1;
	return 0;
}

static int
teardown(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/.compact", sensor);
	tt_compactor_release(held);
	tt_compactor_close(&compactor);
	unlink(path);
	rmdir(sensor);
	return 0;
}

static void
held_snapshots_are_no_other_compactor(void **state)
{
	assert_int_equal(tt_compactor_hold(&held, sensor, 0, EVER), 0);
	assert_true(held >= 0);
	assert_int_equal(tt_compactor_open(&compactor, sensor, 0, &error), -EAGAIN);
	assert_string_equal(error.where, sensor);
	assert_non_null(strstr(error.why, "a report"));
	tt_compactor_release(held);
	held = -1;
	open_compactor();
}

static void
two_may_hold_them(void **state)
{
	int other;

	assert_int_equal(tt_compactor_hold(&held, sensor, 0, EVER), 0);
	assert_int_equal(tt_compactor_hold(&other, sensor, 0, EVER), 0);
	tt_compactor_release(other);
	assert_int_equal(tt_compactor_open(&compactor, sensor, 0, &error), -EAGAIN);
}

static void
other_compactor_is_told_at_once(void **state)
{
	struct tt_compactor other;
	int64_t start_us = tt_time_monotonic();

	open_compactor();
	assert_int_equal(tt_compactor_open(&other, sensor, EVER, &error), -EBUSY);
	assert_non_null(strstr(error.why, "another running program"));
	assert_true(tt_time_monotonic() - start_us < EVER / 2);
}

static void
waiting_for_a_compactor_ends(void **state)
{
	int64_t start_us = tt_time_monotonic();

	open_compactor();
	assert_int_equal(tt_compactor_hold(&held, sensor, 0, EVER), -EBUSY);
	assert_int_equal(tt_compactor_hold(&held, sensor, 100 * MS, EVER), -EBUSY);
	assert_int_equal(tt_compactor_hold(&held, sensor, EVER, 100 * MS), -EBUSY);
	assert_int_equal(held, -1);
	assert_true(tt_time_monotonic() - start_us >= 200 * MS);
}

static void *
release_later(void *context)
{
	usleep(100 * MS);
	tt_compactor_release(held);
	held = -1;
	return NULL;
}

static void
compactor_waits_for_who_holds_them(void **state)
{
	pthread_t thread;

	assert_int_equal(tt_compactor_hold(&held, sensor, 0, EVER), 0);
	assert_int_equal(pthread_create(&thread, NULL, release_later, NULL), 0);
	assert_int_equal(tt_compactor_open(&compactor, sensor, EVER, &error), 0);
	pthread_join(thread, NULL);
}

/* So long is waited while no merged snapshot comes: a machine may stand still for seconds. */
#define PATIENCE (4 * TT_US_PER_S)

/* A merged snapshot every 100 ms, as tt_compactor_publish tells of it, for longer than there is to wait. */
static void *
merge_on(void *context)
{
	for (int64_t us = 0; us < PATIENCE + TT_US_PER_S; us += 100 * MS) {
		usleep(100 * MS);
		futimens(compactor.lock_fd, NULL);
	}
	tt_compactor_close(&compactor);
	return NULL;
}

static void
compactor_that_gets_on_is_waited_for(void **state)
{
	pthread_t thread;

	open_compactor();
	assert_int_equal(pthread_create(&thread, NULL, merge_on, NULL), 0);
	assert_int_equal(tt_compactor_hold(&held, sensor, PATIENCE, EVER), 0);
	assert_true(held >= 0);
	pthread_join(thread, NULL);
}

/* Removes the lock's file, as where nothing was ever merged. */
static void
remove_lock(char path[static 128])
{
	snprintf(path, 128, "%s/.compact", sensor);
	assert_int_equal(unlink(path), 0);
}

static void
what_was_never_merged_is_held_without_a_file(void **state)
{
	char path[128];

	remove_lock(path);
	assert_int_equal(tt_compactor_hold(&held, sensor, 0, 0), 0);
	assert_true(held >= 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(tt_compactor_open(&compactor, sensor, 50 * MS, &error), -EAGAIN);
	tt_compactor_release(held);
	open_compactor();
	assert_int_equal(tt_compactor_hold(&held, sensor, 0, 0), -EBUSY);
	unlink(path);
	assert_int_equal(tt_compactor_hold(&held, sensor, 0, 0), -EBUSY);
}

/* Who waits for a reader of the directory is none for whom other readers wait. */
static void
waiting_compactor_holds_up_no_reader(void **state)
{
	char path[128];
	int other;

	remove_lock(path);
	assert_int_equal(tt_compactor_hold(&held, sensor, 0, 0), 0);
	assert_int_equal(tt_compactor_open(&compactor, sensor, 0, &error), -EAGAIN);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(tt_compactor_hold(&other, sensor, 0, 0), 0);
	tt_compactor_release(other);
}

static void
lock_that_cannot_be_had_is_told(void **state)
{
	char path[128];

	remove_lock(path);
	assert_int_equal(symlink(".compact", path), 0);
	assert_int_equal(tt_compactor_hold(&held, sensor, EVER, EVER), -ELOOP);
	assert_int_equal(held, -1);
}

static void
no_sensor_is_no_error(void **state)
{
	assert_int_equal(tt_compactor_hold(&held, "/tmp/tt-none", EVER, EVER), 0);
	assert_int_equal(held, -1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
			TEST(held_snapshots_are_no_other_compactor),
			TEST(two_may_hold_them),
			TEST(other_compactor_is_told_at_once),
			TEST(waiting_for_a_compactor_ends),
			TEST(compactor_waits_for_who_holds_them),
			TEST(compactor_that_gets_on_is_waited_for),
			TEST(what_was_never_merged_is_held_without_a_file),
			TEST(waiting_compactor_holds_up_no_reader),
			TEST(lock_that_cannot_be_had_is_told),
			TEST(no_sensor_is_no_error),
	};

	return cmocka_run_group_tests_name("compactor_lock", tests, NULL, NULL);
}
