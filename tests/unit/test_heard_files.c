/* SPDX-License-Identifier: BSD-3-Clause */
/* Which silences between files are gaps. */
#include "heard_bed.h"

static void
between_files_a_minute_is_enough(void **state)
{
	struct tt_heard heard = make(HOUR);

	begin(&heard);
	hear_all(&heard, 0, 10 * MINUTE, SECOND);
	begin(&heard);
	hear_all(&heard, 12 * MINUTE, 20 * MINUTE, SECOND);
	expect_one_gap(&heard, 10 * MINUTE, 12 * MINUTE);

	heard = make(HOUR);
	begin(&heard);
	hear_all(&heard, 11 * MINUTE, 20 * MINUTE, SECOND);
	begin(&heard); /* without packets */
	begin(&heard);
	hear_all(&heard, 0, 10 * MINUTE, SECOND);
	expect_none(&heard);
}

static void
in_one_file_it_is_not_nor_where_another_goes_on(void **state)
{
	struct tt_heard heard = make(HOUR);

	begin(&heard);
	hear_all(&heard, 0, 10 * MINUTE, SECOND);
	hear_all(&heard, 12 * MINUTE, 20 * MINUTE, SECOND);
	expect_none(&heard);

	heard = make(HOUR);
	begin(&heard);
	hear_all(&heard, 0, 10 * MINUTE, SECOND);
	begin(&heard);
	hear_all(&heard, 12 * MINUTE, 20 * MINUTE, SECOND);
	begin(&heard); /* another queue */
	hear(&heard, 9 * MINUTE);
	hear(&heard, 13 * MINUTE);
	expect_none(&heard);
}

static void
files_that_are_quiet_inside_may_be_so_between_them(void **state)
{
	for (unsigned more = 0; more <= 1; more++) {
		struct tt_heard heard = make(3 * HOUR);

		begin(&heard);
		hear_all(&heard, 0, 10 * HOUR, HOUR);
		begin(&heard);
		hear_all(&heard, 12 * HOUR + more, 20 * HOUR, HOUR / 2);
		if (more)
			expect_one_gap(&heard, 10 * HOUR, 12 * HOUR + 1);
		else
			expect_none(&heard);
	}
}

/* A clock that was not set yet when a file began, and one that was lost where it ends. */
static void
a_packet_of_another_age_does_not_hide_a_hole(void **state)
{
	struct tt_heard heard = make(HOUR);

	begin(&heard);
	hear_all(&heard, HOUR * 24, 25 * HOUR, SECOND);
	begin(&heard);
	hear(&heard, 0);
	hear_all(&heard, 25 * HOUR + 50 * MINUTE, 27 * HOUR, SECOND);
	assert_int_equal(tt_heard_settle(&heard), 0);
	assert_int_equal(heard.n_gaps, 2);
	assert_int_equal(heard.gaps[1].start_us, 25 * HOUR);
	assert_int_equal(heard.gaps[1].end_us, 25 * HOUR + 50 * MINUTE);
	tt_heard_fini(&heard);
}

static void
an_outage_inside_a_file_does_not_excuse_one_beside_it(void **state)
{
	for (unsigned more = 0; more <= 1; more++) {
		struct tt_heard heard = make(HOUR);

		begin(&heard);
		hear_all(&heard, 0, HOUR, SECOND);
		hear_all(&heard, 2 * HOUR + more, 3 * HOUR, SECOND);
		begin(&heard);
		hear_all(&heard, 3 * HOUR + 30 * MINUTE, 5 * HOUR, SECOND);
		assert_int_equal(tt_heard_settle(&heard), 0);
		assert_int_equal(heard.n_gaps, more ? 2 : 0);
		tt_heard_fini(&heard);
	}
}

/* Of a few addresses, in files of five minutes that hold a packet or two: none is as long as a silence is. */
static void
short_files_of_a_quiet_telescope_join_without_gaps(void **state)
{
	struct tt_heard heard = make(HOUR);
	int64_t us = 0;

	for (int64_t file = 0; file < 1000; file++) {
		begin(&heard);
		/* Every 10 s to 8 minutes */
		for (; us < (file + 1) * 5 * MINUTE;
				us += (1 + us / SECOND % 47) * 10 * SECOND)
			hear(&heard, us);
	}
	expect_none(&heard);
}

/* 38 packets in 760 s and a little: 20 times what lies between them is the 400 s of the silence. */
static void
short_files_of_a_busy_one_do_not(void **state)
{
	for (unsigned more = 0; more <= 1; more++) {
		struct tt_heard heard = make(HOUR);

		for (int64_t start = 0; start < 6 * MINUTE; start += MINUTE) {
			begin(&heard);
			hear_all(&heard, start, start + 50 * SECOND, 10 * SECOND);
		}
		begin(&heard);
		hear(&heard, 6 * MINUTE);
		begin(&heard);
		hear(&heard, 760 * SECOND + more);
		if (more)
			expect_one_gap(&heard, 6 * MINUTE, 760 * SECOND + 1);
		else
			expect_none(&heard);
	}
}

/* A silence of 100 s between files of 800 s, or less. */
static void
files_of_eight_times_a_silence_are_long_enough(void **state)
{
	for (unsigned less = 0; less <= 1; less++) {
		struct tt_heard heard = make(HOUR);

		begin(&heard);
		hear_all(&heard, 0, 400 * SECOND, 50 * SECOND);
		begin(&heard);
		hear_all(&heard, 500 * SECOND, 850 * SECOND, 50 * SECOND);
		hear(&heard, 900 * SECOND - less);
		if (less)
			expect_none(&heard);
		else
			expect_one_gap(&heard, 400 * SECOND, 500 * SECOND);
	}
}

/* What was quiet is the file before that one, which goes on from it. */
static void
only_the_two_files_beside_a_silence_are_asked(void **state)
{
	struct tt_heard heard = make(HOUR);

	begin(&heard);
	hear_all(&heard, 0, 10 * MINUTE, SECOND);
	hear_all(&heard, 11 * MINUTE + 30 * SECOND, 20 * MINUTE, SECOND);
	begin(&heard);
	hear_all(&heard, 20 * MINUTE + 30 * SECOND, 31 * MINUTE, SECOND);
	begin(&heard);
	hear_all(&heard, 33 * MINUTE, 43 * MINUTE, SECOND);
	expect_one_gap(&heard, 31 * MINUTE, 33 * MINUTE);
}

/* Two queues on either side of 150 s; one of them, in turn, is quiet for as long as makes no gap of it. */
static void
of_queues_that_begin_or_end_together_all_are_asked(void **state)
{
	for (unsigned quiet = 0; quiet <= 4; quiet++) {
		struct tt_heard heard = make(HOUR);

		for (unsigned queue = 0; queue < 4; queue++) {
			int64_t start = queue < 2 ? 0 : 20 * MINUTE + 150 * SECOND;

			begin(&heard);
			hear_all(&heard, start, start + 10 * MINUTE, SECOND);
			hear_all(&heard,
					start + 10 * MINUTE
							+ (queue == quiet ? 75 : 59)
									* SECOND,
					start + 20 * MINUTE, SECOND);
		}
		if (quiet == 4)
			expect_one_gap(&heard, 20 * MINUTE, 20 * MINUTE + 150 * SECOND);
		else
			expect_none(&heard);
	}
}

/* Of eight times 100 s, one each is long, and the other a packet. */
static void
of_queues_that_begin_or_end_together_the_longest_is_asked(void **state)
{
	for (unsigned order = 0; order <= 1; order++) {
		struct tt_heard heard = make(HOUR);

		for (unsigned queue = 0; queue <= 1; queue++) {
			begin(&heard);
			hear(&heard, 400 * SECOND);
			if (queue == order)
				hear_all(&heard, 0, 400 * SECOND, 50 * SECOND);
			begin(&heard);
			hear(&heard, 500 * SECOND);
			if (queue == order)
				hear_all(&heard, 500 * SECOND, 900 * SECOND, 50 * SECOND);
		}
		expect_one_gap(&heard, 400 * SECOND, 500 * SECOND);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(between_files_a_minute_is_enough),
			cmocka_unit_test(in_one_file_it_is_not_nor_where_another_goes_on),
			cmocka_unit_test(
					files_that_are_quiet_inside_may_be_so_between_them),
			cmocka_unit_test(a_packet_of_another_age_does_not_hide_a_hole),
			cmocka_unit_test(
					an_outage_inside_a_file_does_not_excuse_one_beside_it),
			cmocka_unit_test(
					short_files_of_a_quiet_telescope_join_without_gaps),
			cmocka_unit_test(short_files_of_a_busy_one_do_not),
			cmocka_unit_test(files_of_eight_times_a_silence_are_long_enough),
			cmocka_unit_test(only_the_two_files_beside_a_silence_are_asked),
			cmocka_unit_test(
					of_queues_that_begin_or_end_together_all_are_asked),
			cmocka_unit_test(
					of_queues_that_begin_or_end_together_the_longest_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
