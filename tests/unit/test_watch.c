/* SPDX-License-Identifier: BSD-3-Clause */
/* What is usual, when an event begins and ends, and what survives a restart: of snapshots. */
#include "watch_bed.h"

#include <math.h>

#define FIRST (BED_START / TT_HOUR_US)

/* Observes an hour of one address-day, and counts packets in it. */
static uint32_t
count_hour(struct tt_past *past, int64_t hour, uint64_t packets)
{
	const struct tt_past_span span = {hour * TT_HOUR_US, (hour + 1) * TT_HOUR_US, 1};
	int64_t of;

	tt_past_observe(past, &span);
	of = tt_past_add(past, &web, &span, packets, 1);
	assert_int_equal(of, 0);
	return (uint32_t)of;
}

static void
hours_of_the_week_are_told_apart(void **state)
{
	struct tt_past past;
	struct tt_usual u;

	tt_past_init(&past, 64);
	/* Ten an hour, and a hundred in three hours of one day of the week. */
	for (int64_t h = FIRST; h < FIRST + 21 * DAY_HOURS; h++)
		count_hour(&past, h, (h - FIRST) % (7 * DAY_HOURS) < 3 ? 100 : 10);
	u = tt_usual_of_hour(&past, 0, FIRST + 21 * DAY_HOURS + 1);
	assert_int_equal(u.by, TT_USUAL_BY_WEEK);
	assert_int_equal(u.samples, 9);
	assert_true(fabs(u.rate - 100) < 1e-9 && u.spread == 0);
	u = tt_usual_of_hour(&past, 0, FIRST + 21 * DAY_HOURS + 30);
	assert_true(fabs(u.rate - 10) < 1e-9);
	tt_past_fini(&past);
}

static void
a_short_past_falls_back(void **state)
{
	struct tt_past past;

	tt_past_init(&past, 64);
	for (int64_t h = FIRST; h < FIRST + 23; h++)
		count_hour(&past, h, 10);
	assert_int_equal(tt_usual_of_hour(&past, 0, FIRST + 23).by, TT_USUAL_UNKNOWN);
	for (int64_t h = FIRST + 23; h < FIRST + 30; h++)
		count_hour(&past, h, 10);
	assert_int_equal(tt_usual_of_hour(&past, 0, FIRST + 30).by, TT_USUAL_BY_ANY);
	assert_int_equal(tt_usual_of_day(&past, 0, FIRST + 30).by, TT_USUAL_UNKNOWN);
	for (int64_t h = FIRST + 30; h < FIRST + 6 * DAY_HOURS; h++)
		count_hour(&past, h, 10);
	assert_int_equal(tt_usual_of_hour(&past, 0, FIRST + 6 * DAY_HOURS).by,
			TT_USUAL_BY_DAY);
	assert_int_equal(tt_usual_of_day(&past, 0, FIRST + 6 * DAY_HOURS).by,
			TT_USUAL_BY_24_HOURS);
	tt_past_fini(&past);
}

static void
hours_that_were_not_observed_are_no_samples(void **state)
{
	struct tt_past past;
	struct tt_usual u;

	tt_past_init(&past, 64);
	for (int64_t h = FIRST; h < FIRST + 10 * DAY_HOURS; h++)
		if ((h - FIRST) % DAY_HOURS < 14 || h > FIRST + 9 * DAY_HOURS)
			count_hour(&past, h, 10);
	u = tt_usual_of_day(&past, 0, FIRST + 10 * DAY_HOURS - 1);
	assert_true(fabs(u.rate - 10) < 1e-9 && u.spread == 0);
	tt_past_fini(&past);
}

static void
a_long_snapshot_is_spread_over_its_hours(void **state)
{
	const struct tt_past_span day = {
			FIRST * TT_HOUR_US, (FIRST + DAY_HOURS) * TT_HOUR_US, 24};
	struct tt_past past;

	tt_past_init(&past, 64);
	tt_past_observe(&past, &day);
	assert_int_equal(tt_past_add(&past, &web, &day, 100, 1), 0);
	assert_int_equal(tt_past_packets(&past, 0, FIRST, FIRST + DAY_HOURS), 100);
	assert_int_equal(tt_past_packets(&past, 0, FIRST, FIRST + 12), 50);
	assert_true(fabs(tt_past_exposure(&past, FIRST, FIRST + 1) - 1) < 1e-9);
	tt_past_fini(&past);
}

static void
the_lighter_half_is_forgotten(void **state)
{
	const struct tt_past_span span = {
			FIRST * TT_HOUR_US, (FIRST + 1) * TT_HOUR_US, 1};
	struct tt_past past;

	tt_past_init(&past, 64);
	tt_past_observe(&past, &span);
	for (int port = 0; port < 65; port++) {
		const struct tt_target_name name = {TT_PROTO_TCP, port};

		assert_int_equal(tt_past_add(&past, &name, &span, port < 40 ? 5 : 500, 5),
				port);
	}
	assert_int_equal(past.n_rows, 33);
	assert_int_equal(past.forgotten, 32);
	assert_non_null(past.all[50].row);
	tt_past_fini(&past);
}

/* Where the past of all tests lies: it takes long to make. */
static char past_path[64];

/* The minute in which an hour after the start begins: minutes stand for hours. */
static int64_t
at(int hour)
{
	return BED_START + hour * TT_HOUR_US;
}

static void
write_minute(int hour, unsigned packets, uint16_t port)
{
	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < packets; i++)
		bed_syn(&bed, i % 8, port, at(hour) + 1 + i);
	bed_write_ok(&bed, at(hour));
}

static int
take(int hour)
{
	struct tt_snapshot *s = NULL;
	struct tt_error err = {0};
	char path[256];
	int ret;

	assert_int_equal(tt_snapshot_open(&s, bed_path(&bed, at(hour), NULL, path), &err),
			0);
	ret = tt_watch_add(the_watch(), s, &err);
	tt_snapshot_close(s);
	return ret;
}

static void
count_hours(int first, int end, unsigned packets)
{
	for (int hour = first; hour < end; hour++) {
		write_minute(hour, packets, 23);
		assert_int_equal(take(hour), 0);
	}
}

#define PAST_HOURS 150

/* A packet an hour, for six days. */
static int
make_past(void **state)
{
	struct tt_error err = {0};
	int fd;

	setup(state);
	snprintf(past_path, sizeof(past_path), "/tmp/tt-watch-XXXXXX");
	fd = mkstemp(past_path);
	assert_true(fd >= 0);
	close(fd);
	count_hours(0, PAST_HOURS, 1);
	assert_int_equal(said.surges + said.news, 0);
	assert_int_equal(tt_watches_save(&watches, past_path, &err), 0);
	return teardown(state);
}

/* Also through a file. */
static void
an_hour_of_line_rate_is_held(void **state)
{
	const uint64_t packets = UINT64_C(14880952) * 3600;
	char path[] = "/tmp/tt-watch-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	for (unsigned i = 0; i < 2; i++)
		count_hour(&the_watch()->past, FIRST, packets / 2);
	assert_int_equal(tt_past_packets(&the_watch()->past, 0, FIRST, FIRST + 1),
			packets);
	assert_int_equal(tt_watches_save(&watches, path, NULL), 0);
	tt_watches_fini(&watches);
	watches = (struct tt_watches){.options = wish};
	assert_int_equal(tt_watches_load(&watches, path, NULL), 0);
	assert_int_equal(tt_past_packets(&the_watch()->past, 0, FIRST, FIRST + 1),
			packets);
	unlink(path);
}

static int
remove_past(void **state)
{
	unlink(past_path);
	return 0;
}

static void
load_past(void)
{
	assert_int_equal(tt_watches_load(&watches, past_path, NULL), 0);
}

static void
one_event_is_one_line_and_an_end(void **state)
{
	load_past();
	count_hours(150, 160, 9);
	assert_int_equal(said.surges, 1);
	assert_int_equal(said.last.window_hours, 24);
	/* It falls and rises again within the day. */
	count_hours(160, 168, 1);
	count_hours(168, 176, 9);
	assert_int_equal(said.surges, 1);
	assert_int_equal(said.ends, 0);
	count_hours(176, 226, 1);
	assert_int_equal(said.surges, 1);
	assert_int_equal(said.ends, 1);
	assert_int_equal(said.lasting, 0);
	assert_int_equal(the_watch()->n_events, 0);
}

static void
a_first_packet_makes_it_new(void **state)
{
	load_past();
	count_hours(150, 151, 1);
	for (int hour = 180; hour < 184; hour++) {
		write_minute(hour, 40, 6000);
		assert_int_equal(take(hour), 0);
	}
	assert_int_equal(said.news, 1);
	assert_int_equal(said.last.name.target, 6000);
	assert_int_equal(said.surges, 0);
}

static void
an_outage_is_no_fall_and_its_end_no_rise(void **state)
{
	load_past();
	count_hours(190, 220, 1);
	assert_int_equal(said.surges + said.news + said.ends, 0);
}

static void
an_event_does_not_end_in_an_outage(void **state)
{
	load_past();
	count_hours(150, 156, 9);
	assert_int_equal(said.surges, 1);
	count_hours(186, 190, 1);
	assert_int_equal(said.ends, 0);
	count_hours(190, 220, 1);
	assert_int_equal(said.ends, 1);
}

static void
nothing_is_counted_twice(void **state)
{
	count_hours(0, 3, 5);
	assert_int_equal(take(1), 0);
	assert_int_equal(the_watch()->counted, 3);
	assert_int_equal(the_watch()->again, 1);
	assert_int_equal(tt_past_packets(&the_watch()->past, 0, at(1) / TT_HOUR_US,
					 at(1) / TT_HOUR_US + 1),
			5);
}

static void
what_comes_late_is_counted_and_not_judged(void **state)
{
	load_past();
	write_minute(100, 200, 23);
	count_hours(150, 152, 1);
	assert_int_equal(take(100), 0);
	assert_int_equal(the_watch()->late, 1);
	assert_int_equal(said.surges, 0);
	assert_int_equal(tt_past_packets(&the_watch()->past, 0, at(100) / TT_HOUR_US,
					 at(100) / TT_HOUR_US + 1),
			201);
}

static void
quiet_time_is_learnt_from(void **state)
{
	load_past();
	the_watch()->quiet_until_us = at(165);
	count_hours(150, 160, 9);
	assert_int_equal(the_watch()->n_events, 1);
	count_hours(160, 215, 1);
	assert_int_equal(the_watch()->n_events, 0);
	assert_int_equal(said.surges + said.ends, 0);
}

static void
what_lasts_becomes_usual(void **state)
{
	load_past();
	count_hours(150, 150 + 5 * DAY_HOURS, 9);
	assert_int_equal(said.lasting, 1);
	assert_int_equal(said.ends, 1);
}

static void
a_restart_changes_nothing(void **state)
{
	load_past();
	count_hours(150, 160, 9);
	assert_int_equal(said.surges, 1);
	restart();
	assert_int_equal(the_watch()->n_events, 1);
	assert_int_equal(take(155), 0);
	assert_int_equal(the_watch()->again, 1);
	count_hours(160, 176, 9);
	assert_int_equal(said.surges, 1);
	restart();
	count_hours(176, 226, 1);
	assert_int_equal(said.surges, 1);
	assert_int_equal(said.ends, 1);
}

static void
a_damaged_state_is_refused(void **state)
{
	struct tt_error err = {0};
	char path[256];
	size_t size;
	char *bytes;

	count_hours(0, 5, 3);
	assert_int_equal(tt_watches_save(&watches, state_path(path), &err), 0);
	bytes = bed_read_file(path, &size);
	for (size_t cut = 0; cut < size; cut += size / 7 + 1) {
		FILE *f = fopen(path, "w");

		fwrite(bytes, 1, cut, f);
		fclose(f);
		tt_watches_fini(&watches);
		assert_int_equal(tt_watches_load(&watches, path, &err), -EBADMSG);
	}
	for (size_t flip = 0; flip < size; flip += size / 31 + 1) {
		FILE *f = fopen(path, "w");

		bytes[flip] ^= 4;
		fwrite(bytes, 1, size, f);
		fclose(f);
		bytes[flip] ^= 4;
		assert_int_equal(tt_watches_load(&watches, path, &err), -EBADMSG);
	}
	free(bytes);
	unlink(path);
	assert_int_equal(tt_watches_load(&watches, path, &err), -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(hours_of_the_week_are_told_apart),
			cmocka_unit_test(a_short_past_falls_back),
			cmocka_unit_test(hours_that_were_not_observed_are_no_samples),
			cmocka_unit_test(a_long_snapshot_is_spread_over_its_hours),
			cmocka_unit_test(the_lighter_half_is_forgotten),
			WITH_BED(an_hour_of_line_rate_is_held),
			WITH_BED(one_event_is_one_line_and_an_end),
			WITH_BED(a_first_packet_makes_it_new),
			WITH_BED(an_outage_is_no_fall_and_its_end_no_rise),
			WITH_BED(an_event_does_not_end_in_an_outage),
			WITH_BED(nothing_is_counted_twice),
			WITH_BED(what_comes_late_is_counted_and_not_judged),
			WITH_BED(quiet_time_is_learnt_from),
			WITH_BED(what_lasts_becomes_usual),
			WITH_BED(a_restart_changes_nothing),
			WITH_BED(a_damaged_state_is_refused),
	};

	return cmocka_run_group_tests(tests, make_past, remove_past);
}
