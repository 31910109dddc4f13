/* SPDX-License-Identifier: BSD-3-Clause */
/* How long signatures were loaded: classes of those that were loaded together. */
#include "tt_signature_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define N_DAYS 2

static struct tt_signature_times times;

static int
setup(void **state)
{
	return tt_signature_times_init(&times, N_DAYS);
}

static int
teardown(void **state)
{
	tt_signature_times_fini(&times);
	return 0;
}

/* At ten addresses. */
static struct tt_exposure
at_ten(void *context, int64_t us)
{
	return (struct tt_exposure){.observed_us = us,
			.address_time = tt_address_time_of(us, 10),
			.snapshots = 1};
}

static void
add(const int64_t *us, size_t n, int32_t day)
{
	const struct tt_signature_rules_time rules = {us, n, at_ten, NULL};

	assert_int_equal(tt_signature_times_add(&times, &rules, day), 0);
}

static void
is(size_t signature, int32_t day, int64_t us, uint64_t snapshots)
{
	const struct tt_exposure time = tt_signature_times_get(&times, signature, day);

	assert_int_equal(time.observed_us, us);
	assert_true(time.address_time.us == (unsigned __int128)us * 10);
	assert_int_equal(time.snapshots, snapshots);
}

static void
what_is_loaded_together_is_one_class(void **state)
{
	add((const int64_t[]){60, 60, 60}, 3, 0);
	add((const int64_t[]){60, 60, 60}, 3, 1);
	assert_int_equal(times.n_classes, 2); /* and those that were never loaded */
	for (size_t i = 0; i < 3; i++) {
		is(i, -1, 120, 2);
		is(i, 0, 60, 1);
		is(i, 1, 60, 1);
	}
	is(3, -1, 0, 0);
	is(1000, 0, 0, 0);
}

static void
what_is_loaded_for_longer_is_parted(void **state)
{
	add((const int64_t[]){60, 60, 60}, 3, 0);
	add((const int64_t[]){60, 20, -1}, 3, 1);
	add((const int64_t[]){60, 60, 60}, 3, -1);
	is(0, -1, 180, 3);
	is(1, -1, 140, 3);
	is(2, -1, 120, 2);
	is(0, 1, 60, 1);
	is(1, 1, 20, 1);
	is(2, 1, 0, 0);
	is(1, 0, 60, 1);
	assert_int_equal(times.n_classes, 4);
}

static void
one_that_comes_later_was_not_loaded_before(void **state)
{
	add((const int64_t[]){60}, 1, 0);
	add((const int64_t[]){60, -1, 60}, 3, 0);
	add((const int64_t[]){60}, 1, 1);
	is(0, -1, 180, 3);
	is(1, -1, 0, 0);
	is(2, -1, 60, 1);
	is(2, 0, 60, 1);
	is(2, 1, 0, 0);
	assert_int_equal(times.n_classes, 3);
}

/* A sensor that stood still had it loaded, for no time. */
static void
no_time_is_not_the_same_as_not_loaded(void **state)
{
	add((const int64_t[]){0, -1}, 2, 0);
	is(0, -1, 0, 1);
	is(1, -1, 0, 0);
}

static void
what_is_not_told_is_of_all(void **state)
{
	const struct tt_exposure time = at_ten(NULL, 60);

	add((const int64_t[]){60}, 1, 0);
	tt_signature_times_add_untold(&times, &time, 1);
	is(0, -1, 120, 2);
	is(0, 1, 60, 1);
	is(7, -1, 60, 1);
	is(7, 0, 0, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup_teardown(
					what_is_loaded_together_is_one_class, setup,
					teardown),
			cmocka_unit_test_setup_teardown(
					what_is_loaded_for_longer_is_parted, setup,
					teardown),
			cmocka_unit_test_setup_teardown(
					one_that_comes_later_was_not_loaded_before, setup,
					teardown),
			cmocka_unit_test_setup_teardown(
					no_time_is_not_the_same_as_not_loaded, setup,
					teardown),
			cmocka_unit_test_setup_teardown(
					what_is_not_told_is_of_all, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
