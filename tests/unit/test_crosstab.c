/* SPDX-License-Identifier: BSD-3-Clause */
/* Sums of few pairs of many are those of a plain table, in whatever order they come. */
#include "tt_crosstab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N_INDICES 100
#define N_OTHERS  300

static uint64_t plain[N_INDICES][N_OTHERS];
static struct tt_crosstab table;
static uint64_t seed;

static uint32_t
random_below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % n);
}

static int
setup(void **state)
{
	seed = 7;
	memset(plain, 0, sizeof(plain));
	return 0;
}

static int
teardown(void **state)
{
	tt_crosstab_fini(&table);
	return 0;
}

static void
add(uint32_t index, uint32_t other, uint64_t n, uint32_t *at)
{
	assert_int_equal(tt_crosstab_reach(&table, index + 1), 0);
	assert_int_equal(tt_crosstab_add(&table.rows[index], other, n, at), 0);
	plain[index][other] += n;
}

static void
are_as_in_a_plain_table(void)
{
	for (int32_t i = 0; i < N_INDICES; i++) {
		uint64_t total = 0;

		for (int32_t k = 0; k < N_OTHERS; k++) {
			assert_int_equal(tt_crosstab_get(&table, i, k), plain[i][k]);
			total += plain[i][k];
		}
		assert_int_equal(tt_crosstab_total(&table, i), total);
	}
}

static void
come_in_any_order(void **state)
{
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t at = random_below(
				N_OTHERS); /* also where there is no such cell */

		add(random_below(N_INDICES), random_below(N_OTHERS), (uint64_t)-5 + i % 7,
				&at);
	}
	are_as_in_a_plain_table();
}

static void
come_in_the_order_of_a_table(void **state)
{
	for (unsigned round = 0; round < 5; round++)
		for (uint32_t i = 0; i < N_INDICES; i++) {
			uint32_t at = 0;

			for (uint32_t k = 0; k < N_OTHERS; k += 1 + random_below(30))
				add(i, k, 1 + k, &at);
		}
	are_as_in_a_plain_table();
}

static void
have_nothing_where_nothing_was_added(void **state)
{
	uint32_t at = 0;

	assert_int_equal(tt_crosstab_get(&table, 0, 0), 0);
	assert_int_equal(tt_crosstab_total(&table, 0), 0);
	add(3, 5, 7, &at);
	assert_int_equal(tt_crosstab_get(&table, 3, 4), 0);
	assert_int_equal(tt_crosstab_get(&table, 3, 6), 0);
	assert_int_equal(tt_crosstab_get(&table, -1, 5), 0);
	assert_int_equal(tt_crosstab_get(&table, 3, -1), 0);
	assert_int_equal(tt_crosstab_total(&table, -1), 0);
	assert_int_equal(tt_crosstab_total(&table, INT32_MAX), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
			TEST(come_in_any_order),
			TEST(come_in_the_order_of_a_table),
			TEST(have_nothing_where_nothing_was_added),
	};

	return cmocka_run_group_tests_name("crosstab", tests, NULL, NULL);
}
