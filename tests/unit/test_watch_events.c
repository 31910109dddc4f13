/* SPDX-License-Identifier: BSD-3-Clause */
/* What is an event, what is none, and which packets it has: of counts as they would be read from snapshots. */
#include "watch_bed.h"

#include <math.h>

/* Hours of the clock after the start. */
#define HOUR_0 (BED_START / TT_HOUR_US + 1)

static int64_t
at_hour(int hour)
{
	return (HOUR_0 + hour) * TT_HOUR_US;
}

/* Counts hours of the web, on 256 addresses. */
static void
count_interval(int first, int end, uint64_t packets, bool some)
{
	const struct tt_watch_row row = {web, packets};
	const struct tt_watch_interval interval = {.start_us = at_hour(first),
			.end_us = at_hour(end),
			.observed_us = at_hour(end) - at_hour(first),
			.addresses = 256,
			.rows = &row,
			.n = 1,
			.some = some};

	assert_int_equal(tt_watch_count(the_watch(), &interval, NULL), 0);
}

/* Hours of the web with an hour of more, on 256 addresses. */
static void
count_hours_with_a_surge(int first, int surge, int end)
{
	for (int hour = first; hour < end; hour++)
		count_interval(hour, hour + 1, hour == surge ? 3000 : 10, false);
}

static void
what_ends_after_the_quiet_time_is_told(void **state)
{
	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	the_watch()->quiet_until_us = at_hour(200) + TT_HOUR_US / 2;
	count_hours_with_a_surge(0, 200, 203);
	assert_int_equal(said.surges, 1);
	count_hours_with_a_surge(203, -1, 250);
	assert_int_equal(said.ends, 1);
}

static void
what_began_in_quiet_time_has_no_end(void **state)
{
	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	the_watch()->quiet_until_us = at_hour(201);
	count_hours_with_a_surge(0, 200, 203);
	assert_int_equal(the_watch()->n_events, 1);
	restart();
	the_watch()->quiet_until_us = 0;
	count_hours_with_a_surge(203, -1, 250);
	assert_int_equal(the_watch()->n_events, 0);
	assert_int_equal(said.surges + said.ends, 0);
}

static void
of_a_merged_one_what_was_not_counted_is(void **state)
{
	const struct tt_past *past = &the_watch()->past;

	for (int hour = 0; hour < 30; hour++)
		if (hour % 3 != 0)
			count_interval(hour, hour + 1, 12, false);
	count_interval(0, 24, 24 * 12 + 80, true);
	assert_int_equal(tt_past_packets(past, 0, HOUR_0, HOUR_0 + 24), 24 * 12 + 80);
	for (int hour = 0; hour < 24; hour++) {
		assert_int_equal(tt_past_packets(past, 0, HOUR_0 + hour,
						 HOUR_0 + hour + 1),
				hour % 3 == 0 ? 22 : 12);
		assert_true(fabs(tt_past_exposure(past, HOUR_0 + hour, HOUR_0 + hour + 1)
					    - 256.0 / 24)
				< 1e-9);
	}
}

/* An event that began at hour 200, and all it has. */
static void
begin_an_event(void)
{
	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	for (int hour = 0; hour < 192; hour++)
		count_interval(hour, hour + 1, 10, false);
	for (int hour = 192; hour < 204; hour++)
		if (hour != 195)
			count_interval(hour, hour + 1, hour < 200 ? 10 : 3000, false);
	assert_int_equal(said.surges, 1);
	assert_int_equal(the_watch()->events[0].packets, 4 * 3000);
	assert_false(the_watch()->events[0].is_coarse);
}

static void
what_lies_before_an_event_is_none_of_its_packets(void **state)
{
	const struct tt_watch_event *e;

	begin_an_event();
	e = the_watch()->events;
	count_interval(195, 196, 777, false);
	assert_int_equal(e->packets, 4 * 3000);
	/* Half of it lies before. */
	count_interval(196, 204, 800, false);
	assert_int_equal(e->packets, 4 * 3000 + 400);
	assert_true(e->is_coarse);
}

static void
merged_after_it_began_an_event_has_the_same_packets(void **state)
{
	const struct tt_watch_event *e;

	begin_an_event();
	e = the_watch()->events;
	/* All but hour 195 were counted up to 204. */
	count_interval(195, 196, 10, false);
	count_interval(192, 216, 8 * 10 + 7 * 3000 + 9 * 10, true);
	assert_int_equal(e->packets, 7 * 3000 + 9 * 10);
	assert_true(e->is_coarse);
	restart();
	assert_true(the_watch()->events[0].is_coarse);
	count_interval(216, 240, 240, false);
	count_interval(240, 264, 240, false);
	assert_int_equal(said.ends, 1);
}

static void
of_merged_hours_that_were_not_counted_an_event_has_those_after_it_began(void **state)
{
	begin_an_event();
	/* Hour 195, and twelve from 204 on: the same share each. */
	count_interval(192, 216, 7 * 10 + 4 * 3000 + 13 * 50, true);
	assert_int_equal(the_watch()->events[0].packets, 4 * 3000 + 12 * 50);
}

static void
a_burst_of_an_hour_is_no_rise_of_a_day(void **state)
{
	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	for (int hour = 0; hour < 200; hour++)
		count_interval(hour, hour + 1, hour == 180 ? 800 : 10, false);
	assert_int_equal(said.surges, 0);
	for (int hour = 200; hour < 210; hour++)
		count_interval(hour, hour + 1, 100, false);
	assert_int_equal(said.surges, 1);
}

static uint64_t asked, sources_now;

static void
say_sources(void *context, const struct tt_watch_questions *questions)
{
	assert_int_equal(questions->end_us - questions->start_us, DAY_HOURS * TT_HOUR_US);
	asked++;
	for (size_t i = 0; i < questions->n; i++)
		questions->all[i].sources = sources_now;
}

static void
count_a_slow_rise(uint64_t sources, uint64_t packets)
{
	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	the_watch()->sources = say_sources;
	asked = 0;
	sources_now = sources;
	for (int hour = 0; hour < 216; hour++)
		count_interval(hour, hour + 1, hour < 192 ? 1 : packets, false);
}

static void
a_slow_sweep_is_no_rise(void **state)
{
	/* A packet to each address in a day, and three. */
	count_a_slow_rise(1, 11);
	assert_int_equal(said.surges, 0);
	/* Not before it is over, and then once an hour. */
	assert_in_range(asked, 8, 16);
	count_interval(216, 217, 11, false);
	count_interval(216, 217, 1, false);
	assert_in_range(asked, 8, 17);
}

static void
a_slow_rise_of_many_sources_is_one(void **state)
{
	count_a_slow_rise(TT_WATCH_SOURCES, 11);
	assert_int_equal(said.surges, 1);
}

static void
a_slow_rise_of_unknown_sources_is_one(void **state)
{
	count_a_slow_rise(TT_WATCH_SOURCES_UNKNOWN, 11);
	assert_int_equal(said.surges, 1);
}

static void
a_rise_of_one_source_above_sweeps_is_one(void **state)
{
	count_a_slow_rise(1, 60);
	assert_int_equal(said.surges, 1);
}

/* 216 hours of a slow rise of `n` targets with so many sources in each hour, which would be asked for as few. */
static void
count_rows(int n, uint64_t packets, uint64_t sources)
{
	struct tt_watch_row rows[8];

	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	the_watch()->sources = say_sources;
	asked = 0;
	sources_now = 1;
	for (int hour = 0; hour < 216; hour++) {
		const struct tt_watch_interval interval = {.start_us = at_hour(hour),
				.end_us = at_hour(hour + 1),
				.observed_us = TT_HOUR_US,
				.addresses = 256,
				.rows = rows,
				.n = hour < 192 ? 1 : (size_t)n};

		for (int i = 0; i < n; i++)
			rows[i] = (struct tt_watch_row){{TT_PROTO_TCP, 80 + i},
					i == 0 ? 1 : packets, i == 0 ? 1 : sources, true};
		assert_int_equal(tt_watch_count(the_watch(), &interval, NULL), 0);
	}
}

static void
many_sources_of_a_snapshot_are_not_asked_for(void **state)
{
	count_rows(2, 11, TT_WATCH_SOURCES);
	assert_int_equal(said.surges + said.news, 1);
	assert_int_equal(asked, 0);
}

static void
few_sources_in_all_are_not_asked_for(void **state)
{
	/* 12 hours until it is over: then its sources may be 12. They are 1, and four hours later 5 at most. */
	count_rows(2, 11, 1);
	assert_int_equal(said.surges + said.news, 0);
	assert_int_equal(asked, 3);
}

static void
all_targets_of_a_snapshot_are_asked_for_at_once(void **state)
{
	count_rows(8, 11, 1);
	assert_int_equal(said.surges + said.news, 0);
	assert_int_equal(asked, 3);
}

static void
after_a_restart_sources_are_not_known(void **state)
{
	const struct tt_watch_row row = {{TT_PROTO_TCP, 81}, 11, 1, true};
	const struct tt_watch_interval interval = {.start_us = at_hour(216),
			.end_us = at_hour(217),
			.observed_us = TT_HOUR_US,
			.addresses = 256,
			.rows = &row,
			.n = 1};

	count_rows(2, 11, 1);
	restart();
	the_watch()->sources = say_sources;
	asked = 0;
	assert_int_equal(tt_watch_count(the_watch(), &interval, NULL), 0);
	assert_int_equal(asked, 1);
}

static void
bursts_that_come_every_day_are_none(void **state)
{
	the_watch()->options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	the_watch()->quiet_until_us = at_hour(10 * DAY_HOURS);
	/* At another hour each day. */
	for (int hour = 0; hour < 28 * DAY_HOURS; hour++)
		count_interval(hour, hour + 1, hour % 31 == 0 ? 3000 : 10, false);
	assert_int_equal(said.surges, 0);
	count_interval(28 * DAY_HOURS, 28 * DAY_HOURS + 1, 9000, false);
	assert_int_equal(said.surges, 1);
	assert_int_equal(said.last.window_hours, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			WITH_BED(what_ends_after_the_quiet_time_is_told),
			WITH_BED(what_began_in_quiet_time_has_no_end),
			WITH_BED(of_a_merged_one_what_was_not_counted_is),
			WITH_BED(what_lies_before_an_event_is_none_of_its_packets),
			WITH_BED(merged_after_it_began_an_event_has_the_same_packets),
			WITH_BED(of_merged_hours_that_were_not_counted_an_event_has_those_after_it_began),
			WITH_BED(a_burst_of_an_hour_is_no_rise_of_a_day),
			WITH_BED(a_slow_sweep_is_no_rise),
			WITH_BED(a_slow_rise_of_many_sources_is_one),
			WITH_BED(a_slow_rise_of_unknown_sources_is_one),
			WITH_BED(a_rise_of_one_source_above_sweeps_is_one),
			WITH_BED(many_sources_of_a_snapshot_are_not_asked_for),
			WITH_BED(few_sources_in_all_are_not_asked_for),
			WITH_BED(all_targets_of_a_snapshot_are_asked_for_at_once),
			WITH_BED(after_a_restart_sources_are_not_known),
			WITH_BED(bursts_that_come_every_day_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
