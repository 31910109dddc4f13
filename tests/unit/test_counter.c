/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally_bed.h"
#include "tt_counter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * TT_US_PER_S)
#define HOUR   (60 * MINUTE)

/* A frame that is no packet at all is a frame all the same: it needs an interval. */
static const uint8_t junk[1];

static struct tt_frame
frame_at(int64_t time_us)
{
	return (struct tt_frame){.data = junk,
			.captured = 1,
			.time_us = time_us,
			.link = TT_LINK_ETHERNET};
}

/* Two tallies change places; what was sealed is noted down. */
struct mailbox {
	struct tt_tally *spare;
	struct tt_tally *second; /* for a replay that asks for one */
	unsigned refuse; /* as many times there is no clean tally */
	unsigned n;
	struct tt_span spans[100];
	uint64_t frames[100], late[100];
};

static struct tt_tally *
seal(void *context, struct tt_tally *sealed)
{
	struct mailbox *box = context;
	struct tt_tally *clean = box->spare;

	if (sealed == NULL) {
		clean = box->second;
		box->second = NULL;
		return clean;
	}
	if (box->refuse > 0) {
		box->refuse--;
		return NULL;
	}
	box->spans[box->n] = sealed->span;
	box->frames[box->n] = sealed->frames;
	box->late[box->n++] = sealed->late;
	tt_tally_reset(sealed);
	box->spare = sealed;
	return clean;
}

static const struct tt_pipeline *
nothing_monitored(void)
{
	static struct tt_prefix_set set;
	static const struct tt_pipeline pipeline = {.monitored = &set};

	return &pipeline;
}

static void
open_counter(struct tt_counter *c, struct mailbox *box, enum tt_counter_kind kind,
		int64_t now)
{
	struct tt_tally *first;

	*box = (struct mailbox){0};
	first = tally_make(1024);
	box->spare = tally_make(1024);
	tt_counter_init(c, kind, MINUTE, HOUR, nothing_monitored(), first, now, seal,
			box);
}

static void
close_counter(struct tt_counter *c, struct mailbox *box)
{
	tt_tally_destroy(tt_counter_finish(c, 0));
	tt_tally_destroy(box->spare);
}

static void
count_at(struct tt_counter *c, const int64_t *times, unsigned n)
{
	struct tt_frame frames[TT_TALLY_BURST];

	for (unsigned i = 0; i < n; i++)
		frames[i] = frame_at(times[i]);
	assert_int_equal(tt_counter_burst(c, frames, n), n);
}

static void
assert_sealed(const struct mailbox *box, unsigned i, int64_t start, int64_t end,
		uint64_t frames)
{
	assert_true(i < box->n);
	assert_int_equal(box->spans[i].start_us, start);
	assert_int_equal(box->spans[i].end_us, end);
	assert_int_equal(box->frames[i], frames);
}

static void
a_burst_over_a_boundary_is_split_by_time(void **state)
{
	const int64_t times[] = {1, MINUTE - 1, MINUTE, MINUTE + 1, 2 * MINUTE};
	struct tt_counter c;
	struct mailbox box;

	open_counter(&c, &box, TT_COUNTER_LIVE, 0);
	count_at(&c, times, 5);
	assert_int_equal(box.n, 2);
	assert_sealed(&box, 0, 0, MINUTE, 2);
	assert_sealed(&box, 1, MINUTE, 2 * MINUTE, 2);
	assert_int_equal(c.open->frames, 1);
	close_counter(&c, &box);
}

static void
an_idle_live_worker_seals_empty_intervals(void **state)
{
	struct tt_counter c;
	struct mailbox box;

	open_counter(&c, &box, TT_COUNTER_LIVE, MINUTE / 2);
	tt_counter_tick(&c, MINUTE - 1);
	assert_int_equal(box.n, 0);
	tt_counter_tick(&c, 3 * MINUTE);
	assert_int_equal(box.n, 3);
	assert_sealed(&box, 0, MINUTE / 2, MINUTE, 0);
	assert_sealed(&box, 2, 2 * MINUTE, 3 * MINUTE, 0);
	close_counter(&c, &box);
}

static void
a_live_worker_without_a_clean_tally_goes_on_in_the_open_one(void **state)
{
	const int64_t first[] = {1, MINUTE + 1}, second[] = {2 * MINUTE + 1};
	struct tt_counter c;
	struct mailbox box;

	open_counter(&c, &box, TT_COUNTER_LIVE, 0);
	box.refuse = 1;
	count_at(&c, first, 2);
	assert_int_equal(box.n, 0);
	count_at(&c, second, 1);
	assert_int_equal(box.n, 1);
	assert_sealed(&box, 0, 0, 2 * MINUTE, 2);
	close_counter(&c, &box);
}

static void
a_live_packet_of_the_past_is_counted_in_the_open_interval_and_as_late(void **state)
{
	const int64_t times[] = {2 * MINUTE + 5, MINUTE, 2 * MINUTE + 6};
	struct tt_counter c;
	struct mailbox box;

	open_counter(&c, &box, TT_COUNTER_LIVE, 2 * MINUTE);
	count_at(&c, times, 3);
	assert_int_equal(box.n, 0);
	assert_int_equal(c.open->frames, 3);
	assert_int_equal(c.open->late, 1);
	close_counter(&c, &box);
}

static void
a_live_clock_that_jumps_leaves_a_gap_and_no_empty_intervals(void **state)
{
	struct tt_counter c;
	struct mailbox box;

	open_counter(&c, &box, TT_COUNTER_LIVE, 0);
	tt_counter_tick(&c, 1000 * HOUR + 1);
	assert_int_equal(box.n, 1);
	assert_sealed(&box, 0, 0, MINUTE, 0);
	assert_int_equal(c.open->span.start_us, 1000 * HOUR);
	close_counter(&c, &box);
}

static void
a_cut_ends_the_interval_where_it_is(void **state)
{
	struct tt_counter c;
	struct mailbox box;

	open_counter(&c, &box, TT_COUNTER_LIVE, 0);
	tt_counter_cut(&c, 20);
	assert_int_equal(box.n, 1);
	assert_sealed(&box, 0, 0, 20, 0);
	assert_int_equal(c.open->span.start_us, 20);
	assert_int_equal(c.open->span.end_us, MINUTE);
	tt_counter_cut(&c, 2 * MINUTE);
	assert_int_equal(box.n, 1);
	close_counter(&c, &box);
}

static void
a_clock_that_was_set_back_cuts_and_ends_an_interval_all_the_same(void **state)
{
	struct tt_counter c;
	struct mailbox box;
	struct tt_tally *last;

	open_counter(&c, &box, TT_COUNTER_LIVE, HOUR);
	tt_counter_cut(&c, 5);
	assert_int_equal(box.n, 1);
	assert_sealed(&box, 0, HOUR, HOUR + 1, 0);
	last = tt_counter_finish(&c, 6);
	assert_int_equal(last->span.start_us, HOUR + 1);
	assert_int_equal(last->span.end_us, HOUR + 2);
	assert_null(tt_counter_finish(&c, 6));
	tt_tally_destroy(last);
	tt_tally_destroy(box.spare);
}

static void
a_replay_puts_each_packet_into_its_own_interval_in_any_order(void **state)
{
	const int64_t times[] = {5 * MINUTE, 1, 2, 5 * MINUTE + 1};
	struct tt_counter c;
	struct mailbox box;
	struct tt_tally *last;

	open_counter(&c, &box, TT_COUNTER_REPLAY, 0);
	count_at(&c, times, 4);
	assert_int_equal(box.n, 2);
	assert_sealed(&box, 0, 5 * MINUTE, 6 * MINUTE, 1);
	assert_sealed(&box, 1, 0, MINUTE, 2);
	assert_int_equal(box.late[0], 0);
	assert_int_equal(box.late[1], 2);
	last = tt_counter_finish(&c, 0);
	assert_int_equal(last->span.start_us, 5 * MINUTE);
	assert_int_equal(last->frames, 1);
	tt_tally_destroy(last);
	tt_tally_destroy(box.spare);
}

static void
a_replay_with_two_tallies_goes_to_and_fro_between_two_intervals_for_nothing(void **state)
{
	const int64_t to_and_fro[] = {1, MINUTE, 2, MINUTE + 1, 3};
	const int64_t third[] = {2 * MINUTE, 4};
	struct tt_counter c;
	struct mailbox box;
	struct tt_tally *last;

	open_counter(&c, &box, TT_COUNTER_REPLAY, 0);
	box.second = tally_make(1024);
	count_at(&c, to_and_fro, 5);
	assert_int_equal(box.n, 0);
	count_at(&c, third, 2);
	assert_int_equal(box.n, 1);
	assert_sealed(&box, 0, MINUTE, 2 * MINUTE, 2);
	for (unsigned i = 0; i < 2; i++) {
		last = tt_counter_finish(&c, 0);
		assert_non_null(last);
		assert_int_equal(last->frames, last->span.start_us == 0 ? 4 : 1);
		assert_int_equal(last->late, last->span.start_us == 0 ? 3 : 0);
		tt_tally_destroy(last);
	}
	assert_null(tt_counter_finish(&c, 0));
	tt_tally_destroy(box.spare);
}

/* Counts three frames, with a look at each one's time, or without where they lie in the open interval. */
static void
count_three(struct tt_counter *c, const int64_t times[3], bool known)
{
	struct tt_frame frames[3];
	int64_t first = times[0], last = times[0];
	unsigned n;

	for (unsigned k = 0; k < 3; k++) {
		frames[k] = frame_at(times[k]);
		first = times[k] < first ? times[k] : first;
		last = times[k] > last ? times[k] : last;
	}
	n = known ? tt_counter_burst_between(c, frames, 3, first, last)
		  : tt_counter_burst(c, frames, 3);
	assert_int_equal(n, 3);
}

static void
a_replay_that_knows_the_times_of_bursts_counts_them_alike(void **state)
{
	/* Within an interval, up to its end and over it, and in intervals that were before. */
	static const int64_t times[][3] = {{0, 2, 1}, {5, 3, 4}, {MINUTE - 1, 7, 8},
			{MINUTE - 1, MINUTE, 9}, {MINUTE, MINUTE + 1, MINUTE + 2},
			{1, 2, 3}, {3, 1, 2}, {3 * MINUTE, 1, MINUTE},
			{2 * MINUTE, 3 * MINUTE, 4}};
	struct mailbox boxes[2];

	for (unsigned known = 0; known < 2; known++) {
		struct mailbox *box = &boxes[known];
		struct tt_counter c;
		struct tt_tally *last;

		open_counter(&c, box, TT_COUNTER_REPLAY, 0);
		for (unsigned i = 0; i < TT_ARRAY_SIZE(times); i++)
			count_three(&c, times[i], known);
		last = tt_counter_finish(&c, 0);
		box->spans[box->n] = last->span;
		box->frames[box->n] = last->frames;
		box->late[box->n++] = last->late;
		tt_tally_destroy(last);
		tt_tally_destroy(box->spare);
	}
	assert_int_equal(boxes[1].n, boxes[0].n);
	for (unsigned i = 0; i < boxes[0].n; i++) {
		assert_sealed(&boxes[1], i, boxes[0].spans[i].start_us,
				boxes[0].spans[i].end_us, boxes[0].frames[i]);
		assert_int_equal(boxes[1].late[i], boxes[0].late[i]);
	}
}

static void
a_replay_that_is_ended_while_waiting_counts_no_more(void **state)
{
	struct tt_frame frames[2] = {frame_at(1), frame_at(MINUTE)};
	struct tt_counter c;
	struct mailbox box;
	struct tt_tally *first;

	open_counter(&c, &box, TT_COUNTER_REPLAY, 0);
	first = c.open;
	box.refuse = 1;
	assert_int_equal(tt_counter_burst(&c, frames, 2), 1);
	assert_null(tt_counter_finish(&c, 0));
	tt_tally_destroy(first);
	tt_tally_destroy(box.spare);
}

static void
a_replay_without_packets_ends_with_an_empty_span(void **state)
{
	struct tt_counter c;
	struct mailbox box;
	struct tt_tally *last;

	open_counter(&c, &box, TT_COUNTER_REPLAY, 0);
	last = tt_counter_finish(&c, 0);
	assert_int_equal(last->frames, 0);
	assert_int_equal(last->span.end_us - last->span.start_us, 0);
	tt_tally_destroy(last);
	tt_tally_destroy(box.spare);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_burst_over_a_boundary_is_split_by_time),
			cmocka_unit_test(an_idle_live_worker_seals_empty_intervals),
			cmocka_unit_test(
					a_live_worker_without_a_clean_tally_goes_on_in_the_open_one),
			cmocka_unit_test(
					a_live_packet_of_the_past_is_counted_in_the_open_interval_and_as_late),
			cmocka_unit_test(
					a_live_clock_that_jumps_leaves_a_gap_and_no_empty_intervals),
			cmocka_unit_test(a_cut_ends_the_interval_where_it_is),
			cmocka_unit_test(
					a_clock_that_was_set_back_cuts_and_ends_an_interval_all_the_same),
			cmocka_unit_test(
					a_replay_puts_each_packet_into_its_own_interval_in_any_order),
			cmocka_unit_test(
					a_replay_with_two_tallies_goes_to_and_fro_between_two_intervals_for_nothing),
			cmocka_unit_test(
					a_replay_that_knows_the_times_of_bursts_counts_them_alike),
			cmocka_unit_test(
					a_replay_that_is_ended_while_waiting_counts_no_more),
			cmocka_unit_test(
					a_replay_without_packets_ends_with_an_empty_span),
	};

	return cmocka_run_group_tests_name("counter", tests, NULL, NULL);
}
