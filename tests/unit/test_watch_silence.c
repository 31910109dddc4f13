/* SPDX-License-Identifier: BSD-3-Clause */
/* When a sensor is silent: of counts as they would be read from snapshots, and of a clock that the test has. */
#include "watch_bed.h"

#include <math.h>

#define HOUR_0    (BED_START / TT_HOUR_US + 1)
#define MINUTE_US (60 * TT_US_PER_S)

static struct {
	unsigned begun[TT_N_WATCH_LACKS], ended[TT_N_WATCH_LACKS];
	struct tt_watch_silence_line last;
} silences;

static int
say_silence(void *context, const struct tt_watch_silence_line *line, struct tt_error *err)
{
	silences.begun[line->lack] += !line->ends;
	silences.ended[line->lack] += line->ends;
	silences.last = *line;
	return 0;
}

static unsigned
n_told(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_N_WATCH_LACKS; i++)
		n += silences.begun[i] + silences.ended[i];
	return n;
}

static struct tt_watch *
silent_watch(void)
{
	struct tt_watch *w = the_watch();

	w->say_silence = say_silence;
	return w;
}

static int
setup_silence(void **state)
{
	int ret = setup(state);

	memset(&silences, 0, sizeof(silences));
	watches.options = (struct tt_watch_options)TT_WATCH_DEFAULTS;
	return ret;
}

static int64_t
at_minute(int64_t hour, int minute)
{
	return (HOUR_0 + hour) * TT_HOUR_US + minute * MINUTE_US;
}

static void
count_span(int64_t start_us, int64_t end_us, uint64_t packets)
{
	const struct tt_watch_row row = {web, packets};
	const struct tt_watch_interval interval = {.start_us = start_us,
			.end_us = end_us,
			.observed_us = end_us - start_us,
			.addresses = 256,
			.frames = packets == 0 ? 7 : packets,
			.link_down_us = packets == 0 ? TT_US_PER_S : 0,
			.rows = &row,
			.n = packets > 0};

	assert_int_equal(tt_watch_count(silent_watch(), &interval, NULL), 0);
}

/* Hours [first, end), each with as many packets. */
static void
count_hours(int64_t first, int64_t end, uint64_t packets)
{
	for (int64_t hour = first; hour < end; hour++)
		count_span(at_minute(hour, 0), at_minute(hour + 1, 0), packets);
}

/* Minutes of an hour, likewise. */
static void
count_minutes(int64_t hour, int first, int end, uint64_t packets)
{
	for (int minute = first; minute < end; minute++)
		count_span(at_minute(hour, minute), at_minute(hour, minute + 1), packets);
}

static void
no_packets_is_told_once_and_when_they_are_back(void **state)
{
	count_hours(0, 48, 600);
	count_minutes(48, 0, 2, 0);
	assert_int_equal(n_told(), 0); /* 20 packets less: it may be chance */
	count_minutes(48, 2, 60, 0);
	count_hours(49, 60, 0);
	assert_int_equal(n_told(), 1);
	assert_int_equal(silences.begun[TT_WATCH_NO_PACKETS], 1);
	assert_int_equal(silences.last.since_us, at_minute(48, 0));
	assert_int_equal(silences.last.time_us, at_minute(48, 3));
	assert_true(silences.last.expected > 29.99 && silences.last.expected < 30.01);
	assert_int_equal(silences.last.frames, 3 * 7);
	assert_int_equal(silences.last.link_down_us, 3 * TT_US_PER_S);
	count_hours(60, 62, 1);
	assert_int_equal(n_told(), 2);
	assert_int_equal(silences.ended[TT_WATCH_NO_PACKETS], 1);
	assert_int_equal(silences.last.since_us, at_minute(48, 0));
	assert_int_equal(silences.last.time_us, at_minute(61, 0));
}

static void
the_low_of_a_day_and_rare_packets_are_no_silence(void **state)
{
	/* 4,000 an hour by day, 20 by night: three hours without any are 60 of the night's. */
	for (int64_t hour = 0; hour < 72; hour++)
		count_hours(hour, hour + 1, hour % 24 < 18 ? 4000 : 20);
	count_minutes(72, 0, 60, 0);
	assert_int_equal(n_told(), 0);
	count_hours(73, 74, 0);
	assert_int_equal(n_told(), 1);
	assert_true(silences.last.expected > 39 && silences.last.expected < 41);
}

static void
a_level_that_fell_before_is_no_silence(void **state)
{
	count_hours(0, 24 * 20, 6000);
	count_hours(24 * 20, 24 * 21, 7);
	count_hours(24 * 21, 24 * 21 + 4, 0);
	assert_int_equal(n_told(), 0);
	count_hours(24 * 21 + 4, 24 * 21 + 5, 0);
	assert_int_equal(n_told(), 1);
}

static void
after_a_silence_the_next_one_is_told(void **state)
{
	count_hours(0, 48, 600);
	count_hours(48, 54, 0);
	count_hours(54, 60, 600);
	assert_int_equal(n_told(), 2);
	restart();
	count_hours(60, 61, 0);
	assert_int_equal(n_told(), 3);
}

/* Packets of an interval, of so many on average (Knuth, The Art of Computer Programming 2, 3.4.1). */
static uint64_t
chance(uint64_t *seed, double mean)
{
	double product = 1, least = exp(-mean);
	uint64_t n = 0;

	do {
		*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		product *= (double)(*seed >> 11) / (double)(UINT64_C(1) << 53);
		n++;
	} while (product > least);
	return n - 1;
}

static void
chance_is_no_silence(void **state)
{
	static const double means[] = {1, 10, 100}; /* an hour, at noon */

	for (uint64_t i = 0; i < TT_ARRAY_SIZE(means); i++) {
		uint64_t seed = i;

		for (int64_t m = 0; m < 10 * DAY_HOURS * 6; m++) {
			double part = 1 - 0.9 * cos((double)m / 6 / DAY_HOURS * 2 * M_PI);

			count_span(at_minute(0, 0) + m * 10 * MINUTE_US,
					at_minute(0, 0) + (m + 1) * 10 * MINUTE_US,
					chance(&seed, means[i] / 12 * part));
		}
		assert_int_equal(n_told(), 0);
		tt_watches_fini(&watches);
	}
}

static void
before_a_day_is_known_nothing_is_told(void **state)
{
	count_hours(0, 23, 600);
	count_hours(23, 30, 0);
	assert_int_equal(n_told(), 0);
}

static void
what_was_not_observed_is_no_silence(void **state)
{
	count_hours(0, 48, 600);
	count_hours(60, 61, 600);
	assert_int_equal(n_told(), 0);
}

static void
never_is_never(void **state)
{
	watches.options.silent_packets = 0;
	watches.options.overdue_us = 0;
	count_hours(0, 48, 600);
	count_hours(48, 60, 0);
	for (int hour = 60; hour < 90; hour++) {
		bool changed;

		assert_int_equal(tt_watch_look_at_clock(silent_watch(),
						 at_minute(hour, 0), &changed, NULL),
				0);
		assert_false(changed);
	}
	assert_int_equal(n_told(), 0);
}

/* What began in a time that is only learnt from is not told, nor is its end. */
static void
silence_in_quiet_time_is_not_told(void **state)
{
	count_hours(0, 48, 600);
	silent_watch()->quiet_until_us = at_minute(49, 0);
	count_hours(48, 60, 0);
	count_hours(60, 61, 600);
	assert_int_equal(n_told(), 0);
	count_hours(61, 62, 0);
	assert_int_equal(n_told(), 1);
}

/* Returns whether what is known changed. */
static bool
look(int64_t now_us)
{
	bool changed;

	assert_int_equal(tt_watch_look_at_clock(silent_watch(), now_us, &changed, NULL),
			0);
	return changed;
}

static void
no_snapshots_is_told_once_and_when_they_are_back(void **state)
{
	count_minutes(0, 0, 10, 10);
	assert_true(look(at_minute(0, 10)));
	assert_false(look(at_minute(0, 13)));
	assert_int_equal(n_told(), 0);
	assert_true(look(at_minute(0, 13) + 1));
	assert_int_equal(silences.begun[TT_WATCH_NO_SNAPSHOTS], 1);
	assert_int_equal(silences.last.since_us, at_minute(0, 10));
	assert_int_equal(silences.last.time_us, at_minute(0, 13) + 1);
	assert_int_equal(silences.last.allowed_us, 3 * MINUTE_US);
	assert_false(look(at_minute(5, 0)));
	assert_int_equal(n_told(), 1);
	/* One that comes late ends it, and the next one is not missed before one is in time. */
	count_minutes(0, 10, 11, 10);
	assert_true(look(at_minute(5, 0)));
	assert_int_equal(silences.ended[TT_WATCH_NO_SNAPSHOTS], 1);
	assert_int_equal(silences.last.since_us, at_minute(0, 10));
	assert_false(look(at_minute(6, 0)));
	assert_int_equal(n_told(), 2);
	count_minutes(6, 0, 1, 10);
	assert_true(look(at_minute(6, 1)));
	assert_true(look(at_minute(6, 5)));
	assert_int_equal(silences.begun[TT_WATCH_NO_SNAPSHOTS], 2);
}

static void
an_archive_is_not_missed(void **state)
{
	count_hours(0, 30, 600);
	assert_false(look(at_minute(1000, 0)));
	assert_false(look(at_minute(1001, 0)));
	assert_int_equal(n_told(), 0);
}

static void
short_snapshots_have_a_minute(void **state)
{
	count_span(at_minute(0, 0), at_minute(0, 0) + TT_US_PER_S, 10);
	look(at_minute(0, 1));
	assert_int_equal(n_told(), 0);
	look(at_minute(0, 1) + TT_US_PER_S + 1);
	assert_int_equal(n_told(), 1);
	assert_int_equal(silences.last.allowed_us, MINUTE_US);
}

static void
after_a_restart_both_are_known(void **state)
{
	count_hours(0, 48, 600);
	count_minutes(48, 0, 1, 0);
	look(at_minute(48, 1));
	restart();
	look(at_minute(48, 30));
	assert_int_equal(silences.begun[TT_WATCH_NO_SNAPSHOTS], 1);
	restart();
	count_minutes(48, 1, 3, 0);
	assert_int_equal(silences.begun[TT_WATCH_NO_PACKETS], 1);
	assert_int_equal(silences.last.since_us, at_minute(48, 0));
	assert_int_equal(silences.last.frames, 3 * 7);
	restart();
	look(at_minute(48, 31));
	assert_int_equal(silences.ended[TT_WATCH_NO_SNAPSHOTS], 1);
	count_minutes(48, 3, 4, 10);
	assert_int_equal(silences.ended[TT_WATCH_NO_PACKETS], 1);
	assert_int_equal(n_told(), 4);
}

static void
expect_text(const struct tt_watch_silence_line *line, const char *expected)
{
	char *text = tt_watch_silence_format(line);

	assert_string_equal(text, expected);
	free(text);
}

static void
a_line_has_its_keys(void **state)
{
	struct tt_watch_silence_line line = {.sensor = "tokyo-1",
			.lack = TT_WATCH_NO_PACKETS,
			.since_us = BED_START,
			.time_us = BED_START + 5 * MINUTE_US,
			.expected = 31.7,
			.frames = 12,
			.link_down_us = 90 * TT_US_PER_S};

	expect_text(&line,
			"{\"event\":\"silent\",\"id\":\"tokyo-1/packets/2026-11-22T22:45:00Z\","
			"\"time\":\"2026-11-22T22:50:00Z\",\"sensor\":\"tokyo-1\",\"without\":\"packets\","
			"\"since\":\"2026-11-22T22:45:00Z\",\"expected\":31,\"frames\":12,\"link_down_s\":90}");
	line.ends = true;
	expect_text(&line,
			"{\"event\":\"end\",\"id\":\"tokyo-1/packets/2026-11-22T22:45:00Z\","
			"\"time\":\"2026-11-22T22:50:00Z\",\"sensor\":\"tokyo-1\",\"without\":\"packets\","
			"\"began\":\"2026-11-22T22:45:00Z\",\"reason\":\"back\"}");
	line.ends = false;
	line.lack = TT_WATCH_NO_SNAPSHOTS;
	line.allowed_us = 3 * MINUTE_US;
	expect_text(&line,
			"{\"event\":\"silent\",\"id\":\"tokyo-1/snapshots/2026-11-22T22:45:00Z\","
			"\"time\":\"2026-11-22T22:50:00Z\",\"sensor\":\"tokyo-1\",\"without\":\"snapshots\","
			"\"since\":\"2026-11-22T22:45:00Z\",\"allowed_s\":180}");
}

#define WITH_SILENCE(test) cmocka_unit_test_setup_teardown(test, setup_silence, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
			WITH_SILENCE(no_packets_is_told_once_and_when_they_are_back),
			WITH_SILENCE(the_low_of_a_day_and_rare_packets_are_no_silence),
			WITH_SILENCE(a_level_that_fell_before_is_no_silence),
			WITH_SILENCE(after_a_silence_the_next_one_is_told),
			WITH_SILENCE(chance_is_no_silence),
			WITH_SILENCE(before_a_day_is_known_nothing_is_told),
			WITH_SILENCE(what_was_not_observed_is_no_silence),
			WITH_SILENCE(never_is_never),
			WITH_SILENCE(silence_in_quiet_time_is_not_told),
			WITH_SILENCE(no_snapshots_is_told_once_and_when_they_are_back),
			WITH_SILENCE(an_archive_is_not_missed),
			WITH_SILENCE(short_snapshots_have_a_minute),
			WITH_SILENCE(after_a_restart_both_are_known),
			WITH_SILENCE(a_line_has_its_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
