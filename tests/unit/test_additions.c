/* SPDX-License-Identifier: BSD-3-Clause */
/* Additions that are held back come to the same as additions made at once. */
#include "tt_additions.h"
#include "tt_observation_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N_INDICES 1000
#define N_OTHERS  300

static uint64_t seed;

static uint32_t
random_below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % n);
}

static void
come_to_the_same(void **state)
{
	static uint64_t plain[N_INDICES][N_OTHERS];
	static struct tt_sums array[N_INDICES];
	struct tt_additions additions;

	seed = 7;
	assert_int_equal(tt_additions_init(&additions), 0);
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 200000; i++) {
			const struct tt_addition a = {random_below(N_INDICES),
					random_below(N_OTHERS), (uint64_t)-5 + i % 7};

			assert_true(tt_additions_fit(&additions, 1));
			tt_additions_hold(&additions, a);
			plain[a.index][a.other] += a.n;
		}
		assert_int_equal(tt_additions_make(&additions, array, N_INDICES), 0);
	}
	for (uint32_t i = 0; i < N_INDICES; i++)
		for (uint32_t k = 0; k < N_OTHERS; k++)
			assert_int_equal(tt_sums_get(&array[i], k), plain[i][k]);
	tt_additions_fini(&additions);
	for (uint32_t i = 0; i < N_INDICES; i++)
		free(array[i].sums);
}

static void
fit_up_to_the_last(void **state)
{
	struct tt_sums sums = {0};
	struct tt_additions additions;

	assert_int_equal(tt_additions_init(&additions), 0);
	assert_false(tt_additions_fit(&additions, TT_ADDITIONS_MAX + 1));
	while (tt_additions_fit(&additions, 1))
		tt_additions_hold(&additions, (struct tt_addition){0, 9, 2});
	assert_int_equal(tt_additions_make(&additions, &sums, 1), 0);
	assert_int_equal(tt_sums_get(&sums, 9), 2ULL * TT_ADDITIONS_MAX);
	assert_true(tt_additions_fit(&additions, TT_ADDITIONS_MAX));
	assert_int_equal(tt_additions_make(&additions, &sums, 1), 0);
	assert_int_equal(tt_sums_get(&sums, 9), 2ULL * TT_ADDITIONS_MAX);
	tt_additions_fini(&additions);
	free(sums.sums);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(come_to_the_same),
			cmocka_unit_test(fit_up_to_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
