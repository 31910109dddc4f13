/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranks and changes: the rules of the report's tables. */
#include "tt_ranked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS_DAYS 1000.0

static struct tt_ranked rows[16];
static size_t n_rows;

/* Counts as hundredths of a rate, so that 13108 is 131.08. */
static void
add(uint64_t now, uint64_t before)
{
	rows[n_rows] = (struct tt_ranked){.index = (int32_t)n_rows,
			.order = n_rows,
			.now = now * 10,
			.before = before * 10};
	n_rows++;
}

static int
setup(void **state)
{
	n_rows = 0;
	return 0;
}

static void
rank_of(uint64_t total_before, bool compared)
{
	const struct tt_exposure exposure = {
			.address_time = {(unsigned __int128)(ADDRESS_DAYS
					* TT_ADDRESS_DAY_US)},
			.snapshots = 1};
	const struct tt_ranked_scale scale = {.unit = TT_PER_ADDRESS,
			.now = exposure,
			.before = exposure,
			.compared = compared,
			.total_before = total_before * 10,
			.ranked = 2,
			.leading = 3};

	assert_int_equal(tt_rank_changes(rows, n_rows, &scale), 0);
}

/* The row that was added as number i. */
static const struct tt_ranked *
row(int32_t i)
{
	for (size_t r = 0; r < n_rows; r++)
		if (rows[r].index == i)
			return &rows[r];
	fail();
	return NULL;
}

static void
a_change_that_is_no_tenth_of_a_percent_has_no_rank(void **state)
{
	add(1000400, 1000000);
	add(1000600, 1000000);
	add(1000100, 1001000);
	add(999700, 1000000);
	add(1300, 1200);
	rank_of(4003200, true);
	assert_int_equal(row(0)->rise, 0);
	assert_int_equal(row(1)->rise, 1);
	assert_int_equal(row(4)->rise, 2);
	assert_int_equal(row(2)->fall, 1);
	assert_int_equal(row(3)->fall, 0);
}

static void
ranks_are_by_count(void **state)
{
	add(100, 900);
	add(300, 200);
	add(200, 300);
	rank_of(1400, true);
	assert_int_equal(rows[0].index, 1);
	assert_int_equal(row(1)->rank, 1);
	assert_int_equal(row(1)->rank_before, 3);
	assert_int_equal(row(0)->rank, 3);
	assert_int_equal(row(0)->rank_before, 1);
	assert_float_equal(row(0)->difference, -8, 1e-9);
	assert_float_equal(row(0)->percent, -100.0 * 8 / 9, 1e-9);
	assert_int_equal(row(0)->fall, 1);
	assert_int_equal(row(2)->fall, 2);
	assert_int_equal(row(1)->rise, 1);
}

static void
equal_counts_are_ranked_by_their_order(void **state)
{
	for (unsigned i = 0; i < 4; i++)
		add(500, 400);
	rank_of(1600, true);
	for (int32_t i = 0; i < 4; i++) {
		assert_int_equal(row(i)->rank, i + 1);
		assert_int_equal(row(i)->rank_before, i + 1);
		assert_int_equal(row(i)->rise, i < 2 ? i + 1 : 0);
	}
	/* Also where the period before told them apart. */
	n_rows = 0;
	for (unsigned i = 0; i < 4; i++)
		add(500, 400 + i);
	rank_of(1606, true);
	for (int32_t i = 0; i < 4; i++)
		assert_int_equal(row(i)->rank, i + 1);
}

static void
what_is_none_now_has_no_rank_and_no_percentage(void **state)
{
	add(0, 208);
	add(500, 500);
	rank_of(1000, true);
	assert_int_equal(row(0)->rank, 0);
	assert_int_equal(row(0)->rank_before, 2);
	assert_false(row(0)->has_percent);
	assert_int_equal(row(0)->fall, 1);
	assert_true(row(0)->shown);
}

static void
what_rounds_to_nothing_has_a_percentage_and_no_rank(void **state)
{
	add(1000, 1000);
	add(0, 280);
	rows[1].now = 4; /* 0.004 */
	rank_of(1280, true);
	assert_int_equal(row(1)->rank, 0);
	assert_true(row(1)->has_percent);
	assert_float_equal(row(1)->percent, -99.857, 0.001);
	rows[0].now = 5; /* 0.005: of either row, it is one with a rank */
	rank_of(1280, true);
	assert_true(rows[0].rank == 1 && rows[1].rank <= 2);
}

static void
what_was_none_or_too_few_before_has_no_percentage(void **state)
{
	add(100, 0);
	add(203, 7); /* of 41894: 0.017 % */
	add(7, 1); /* of 1690: 0.06 % */
	rank_of(41894, true);
	assert_false(row(0)->has_percent);
	assert_false(row(1)->has_percent);
	assert_int_equal(row(1)->rise, 1);
	rank_of(1690, true);
	assert_true(row(2)->has_percent);
	assert_float_equal(row(2)->percent, 600, 1e-9);
	assert_false(row(0)->has_percent);
}

static void
changes_that_round_to_nothing_have_no_rank(void **state)
{
	add(100, 100);
	rows[0].now += 4;
	add(100, 100);
	rows[1].now -= 4;
	rank_of(200, true);
	assert_int_equal(row(0)->rise, 0);
	assert_int_equal(row(1)->fall, 0);
	assert_true(row(0)->has_percent);
}

/* As many as two rates of three decimals differ by: 0.015 less 0.01 is below 0.005 as doubles are, but is shown as 0.01. */
static void
a_change_of_half_the_last_place_has_a_rank(void **state)
{
	add(1, 1);
	rows[0].now = 15;
	add(1, 1);
	rows[1].before = 15;
	rank_of(1000, true);
	assert_true(row(0)->difference < 0.005);
	assert_int_equal(row(0)->rise, 1);
	assert_int_equal(row(1)->fall, 1);
}

static void
rest_is_not_ranked(void **state)
{
	add(900, 100);
	rows[0].unranked = true;
	add(500, 400);
	rank_of(500, true);
	assert_int_equal(row(0)->rank, 0);
	assert_int_equal(row(0)->rank_before, 0);
	assert_int_equal(row(0)->rise, 0);
	assert_false(row(0)->shown);
	assert_int_equal(row(1)->rank, 1);
	assert_int_equal(row(1)->rise, 1);
}

static void
leading_rows_and_changes_are_shown(void **state)
{
	for (unsigned i = 0; i < 8; i++)
		add(1000 - 100 * i, 1000 - 100 * i);
	rows[6].before += 50;
	rank_of(5200, true);
	for (int32_t i = 0; i < 8; i++)
		assert_int_equal(row(i)->shown, i < 3 || i == 6);
}

static void
without_a_period_before_there_are_ranks_alone(void **state)
{
	add(100, 0);
	add(200, 0);
	rank_of(0, false);
	assert_int_equal(row(1)->rank, 1);
	assert_int_equal(row(0)->rank, 2);
	assert_int_equal(row(0)->rise, 0);
	assert_int_equal(row(0)->rank_before, 0);
	assert_false(row(0)->has_percent);
	assert_true(row(0)->difference == 0);
}

static void
no_rows_are_no_error(void **state)
{
	rank_of(0, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup(
					a_change_that_is_no_tenth_of_a_percent_has_no_rank,
					setup),
			cmocka_unit_test_setup(ranks_are_by_count, setup),
			cmocka_unit_test_setup(
					equal_counts_are_ranked_by_their_order, setup),
			cmocka_unit_test_setup(
					what_is_none_now_has_no_rank_and_no_percentage,
					setup),
			cmocka_unit_test_setup(
					what_rounds_to_nothing_has_a_percentage_and_no_rank,
					setup),
			cmocka_unit_test_setup(
					what_was_none_or_too_few_before_has_no_percentage,
					setup),
			cmocka_unit_test_setup(changes_that_round_to_nothing_have_no_rank,
					setup),
			cmocka_unit_test_setup(a_change_of_half_the_last_place_has_a_rank,
					setup),
			cmocka_unit_test_setup(rest_is_not_ranked, setup),
			cmocka_unit_test_setup(leading_rows_and_changes_are_shown, setup),
			cmocka_unit_test_setup(
					without_a_period_before_there_are_ranks_alone,
					setup),
			cmocka_unit_test_setup(no_rows_are_no_error, setup),
	};

	return cmocka_run_group_tests_name("ranked", tests, NULL, NULL);
}
