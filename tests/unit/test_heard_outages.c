/* SPDX-License-Identifier: BSD-3-Clause */
/* Which silences are outages, of those that no max-gap tells and no end of a file. */
#include "draw.h"
#include "heard_bed.h"

#include <math.h>

#define DAY (24 * HOUR)

/* As for intervals of a day. */
static struct tt_heard
make_daily(void)
{
	struct tt_heard heard = make(2 * DAY + HOUR);

	tt_heard_suspect(&heard, 3 * HOUR);
	return heard;
}

static void
nothing_for_hours_is_one_where_something_is_heard_every_second(void **state)
{
	for (unsigned more = 0; more <= 1; more++) {
		struct tt_heard heard = make_daily();

		begin(&heard);
		hear_all(&heard, 0, 10 * HOUR, SECOND);
		hear_all(&heard, 13 * HOUR + more, 30 * HOUR, SECOND);
		if (more)
			expect_one_gap(&heard, 10 * HOUR, 13 * HOUR + 1);
		else
			expect_none(&heard);
	}
}

static void
it_is_none_unless_asked_for(void **state)
{
	struct tt_heard heard = make(2 * DAY + HOUR);

	begin(&heard);
	hear_all(&heard, 0, 10 * HOUR, SECOND);
	hear_all(&heard, 40 * HOUR, 50 * HOUR, SECOND);
	expect_none(&heard);
}

/* 30 hours; what was heard before and after is half as long, or a second less. */
static void
half_as_long_has_to_be_heard(void **state)
{
	for (unsigned less = 0; less <= 1; less++) {
		struct tt_heard heard = make_daily();

		begin(&heard);
		hear_all(&heard, 0, 5 * HOUR, SECOND);
		hear_all(&heard, 35 * HOUR, 45 * HOUR - less * SECOND, SECOND);
		if (less)
			expect_none(&heard);
		else
			expect_one_gap(&heard, 5 * HOUR, 35 * HOUR);
	}
}

/* 30 hours; what was heard before and after is too short to tell, or too short to be told; or it is quiet, or the files end there. */
static void
what_may_have_been_one_is_told(void **state)
{
	static const struct {
		int64_t around_us, step_us;
		bool two_files, told;
	} cases[] = {{14 * HOUR, SECOND, false, true}, {90 * MINUTE, SECOND, false, true},
			{88 * MINUTE, SECOND, false, false},
			{14 * HOUR, 2 * HOUR, false, false},
			{14 * HOUR, SECOND, true, false}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		const int64_t half_us = cases[i].around_us / 2;
		struct tt_heard heard = make_daily();
		char text[TT_HEARD_TEXT_MAX];

		begin(&heard);
		hear_all(&heard, 0, half_us, cases[i].step_us);
		if (cases[i].two_files)
			begin(&heard);
		hear_all(&heard, half_us + 30 * HOUR, cases[i].around_us + 30 * HOUR,
				cases[i].step_us);
		assert_int_equal(tt_heard_settle(&heard), 0);
		assert_int_equal(heard.n_gaps, cases[i].two_files);
		assert_int_equal(heard.unclear.n, cases[i].told);
		tt_heard_unclear_format(&heard, text);
		assert_int_equal(strlen(text) > 0, cases[i].told);
		if (i == 0)
			assert_string_equal(text,
					"1 silence of more than 10800 s, the longest "
					"108000 s from 1970-01-01T07:00:00Z on, may have "
					"been an outage: too little was heard around to "
					"tell, and it counts as observed; a lower max-gap "
					"makes it a gap");
		tt_heard_fini(&heard);
	}
}

/* Without a shorter limit for outages, a max-gap was asked for. */
static void
nothing_is_unclear_unless_outages_are_asked_for(void **state)
{
	struct tt_heard heard = make(2 * DAY + HOUR);

	begin(&heard);
	hear_all(&heard, 0, 7 * HOUR, SECOND);
	hear_all(&heard, 37 * HOUR, 44 * HOUR, SECOND);
	assert_int_equal(tt_heard_settle(&heard), 0);
	assert_int_equal(heard.unclear.n, 0);
	tt_heard_fini(&heard);
}

/* On either side of a gap. */
static void
of_several_that_may_have_been_one_the_longest_is_named(void **state)
{
	struct tt_heard heard = make_daily();

	begin(&heard);
	hear_all(&heard, 0, HOUR, SECOND);
	hear_all(&heard, 11 * HOUR, 12 * HOUR, SECOND);
	hear_all(&heard, 212 * HOUR, 213 * HOUR, SECOND);
	hear_all(&heard, 225 * HOUR, 226 * HOUR, SECOND);
	assert_int_equal(tt_heard_settle(&heard), 0);
	assert_int_equal(heard.n_gaps, 1);
	assert_int_equal(heard.unclear.n, 2);
	assert_int_equal(heard.unclear.longest.start_us, 213 * HOUR);
	assert_int_equal(heard.unclear.longest.end_us, 225 * HOUR);
	tt_heard_fini(&heard);
}

/* Of 40 hours around a silence of 20 hours, some in silences of a packet an hour, or a second more. */
static void
of_silences_of_a_twentieth_there_may_be_a_quarter(void **state)
{
	for (unsigned hours = 9; hours <= 10; hours++)
		for (unsigned more = 0; more <= 1; more++) {
			struct tt_heard heard = make_daily();
			int64_t step = HOUR + more * SECOND, us = hours * step;

			begin(&heard);
			hear_all(&heard, 0, us, step);
			hear_all(&heard, us, 20 * HOUR, SECOND);
			hear_all(&heard, 40 * HOUR, 60 * HOUR, SECOND);
			if (hours == 10 && more)
				expect_none(&heard);
			else
				expect_one_gap(&heard, 20 * HOUR, 40 * HOUR);
		}
}

/* What a month before was quiet does not matter, nor what a month after will be. */
static void
only_the_time_around_it_counts(void **state)
{
	struct tt_heard heard = make_daily();

	begin(&heard);
	hear_all(&heard, 0, 60 * DAY, 4 * HOUR);
	hear_all(&heard, 60 * DAY, 62 * DAY, SECOND);
	hear_all(&heard, 62 * DAY + 5 * HOUR, 64 * DAY, SECOND);
	hear_all(&heard, 64 * DAY, 124 * DAY, 5 * HOUR);
	expect_one_gap(&heard, 62 * DAY, 62 * DAY + 5 * HOUR);
}

static void
several_are_each_one(void **state)
{
	const int64_t hours[][2] = {{0, 20}, {26, 40}, {70, 100}, {104, 130}};
	struct tt_heard heard = make_daily();

	begin(&heard);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(hours); i++)
		hear_all(&heard, hours[i][0] * HOUR, hours[i][1] * HOUR, 10 * SECOND);
	assert_int_equal(tt_heard_settle(&heard), 0);
	assert_int_equal(heard.n_gaps, 3);
	tt_heard_fini(&heard);
}

/* It lies inside a file; two hours between that one and the next are no less a hole for it. */
static void
it_does_not_excuse_one_beside_it(void **state)
{
	struct tt_heard heard = make_daily();

	begin(&heard);
	hear_all(&heard, 0, DAY, SECOND);
	hear_all(&heard, DAY + 5 * HOUR, 2 * DAY, SECOND);
	begin(&heard);
	hear_all(&heard, 2 * DAY + 2 * HOUR, 3 * DAY, SECOND);
	assert_int_equal(tt_heard_settle(&heard), 0);
	assert_int_equal(heard.n_gaps, 2);
	assert_int_equal(heard.gaps[1].start_us, 2 * DAY);
	tt_heard_fini(&heard);
}

/* Of a mean, at random. */
static int64_t
draw_silence(int64_t mean_us)
{
	double share = (double)(draw(UINT64_C(1) << 52) + 1)
			/ (double)(UINT64_C(1) << 52);

	return (int64_t)(-log(share) * (double)mean_us);
}

/* Scanners come at random and send a packet a second for some minutes; a month in one file. */
static void
quiet_telescopes_lose_nothing(void **state)
{
	const int64_t means[] = {5 * MINUTE, 20 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR};
	const int64_t visits[] = {0, 5 * MINUTE, 30 * MINUTE};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(means); i++)
		for (unsigned v = 0; v < TT_ARRAY_SIZE(visits) && visits[v] < means[i];
				v++) {
			struct tt_heard heard = make_daily();

			begin(&heard);
			for (int64_t us = 0; us < 30 * DAY;
					us += draw_silence(means[i])) {
				hear_all(&heard, us, us + visits[v], SECOND);
				us += visits[v];
			}
			assert_int_equal(tt_heard_settle(&heard), 0);
			/* Of more than two days, which a packet every 12 hours may leave. */
			for (size_t g = 0; g < heard.n_gaps; g++)
				assert_true(heard.gaps[g].end_us - heard.gaps[g].start_us
						> heard.max_gap_us);
			tt_heard_fini(&heard);
		}
}

/* A packet every four hours at random, and two days of a flood in the middle. */
static void
a_flood_does_not_make_a_quiet_telescope_a_busy_one(void **state)
{
	struct tt_heard heard = make_daily();
	int64_t us = 0;

	begin(&heard);
	for (; us < 15 * DAY; us += draw_silence(4 * HOUR))
		hear(&heard, us);
	hear_all(&heard, 15 * DAY, 17 * DAY, SECOND);
	for (us = 17 * DAY; us < 30 * DAY; us += draw_silence(4 * HOUR))
		hear(&heard, us);
	expect_none(&heard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					nothing_for_hours_is_one_where_something_is_heard_every_second),
			cmocka_unit_test(it_is_none_unless_asked_for),
			cmocka_unit_test(half_as_long_has_to_be_heard),
			cmocka_unit_test(what_may_have_been_one_is_told),
			cmocka_unit_test(nothing_is_unclear_unless_outages_are_asked_for),
			cmocka_unit_test(
					of_several_that_may_have_been_one_the_longest_is_named),
			cmocka_unit_test(
					of_silences_of_a_twentieth_there_may_be_a_quarter),
			cmocka_unit_test(only_the_time_around_it_counts),
			cmocka_unit_test(several_are_each_one),
			cmocka_unit_test(it_does_not_excuse_one_beside_it),
			cmocka_unit_test(quiet_telescopes_lose_nothing),
			cmocka_unit_test(
					a_flood_does_not_make_a_quiet_telescope_a_busy_one),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
