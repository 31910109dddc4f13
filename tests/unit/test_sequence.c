/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally_bed.h"
#include "tt_sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * TT_US_PER_S)
#define HOUR   (60 * MINUTE)

/* Tallies without tables: the sequence looks at spans and frame counts only. */
static uint32_t no_ports[1];

static struct tt_tally
sealed(unsigned owner, int64_t start, int64_t end, uint64_t frames)
{
	return (struct tt_tally){.owner = owner,
			.span = {start, end},
			.frames = frames,
			.first_us = start + 1,
			.last_us = end - 1,
			.ports_at = no_ports};
}

static struct tt_sequence *
make(unsigned n_workers)
{
	struct tt_sequence *s = NULL;

	assert_int_equal(tt_sequence_create(&s, n_workers, 4 * n_workers, MINUTE, HOUR,
					 NULL),
			0);
	return s;
}

/* Takes the next interval and checks what it spans and how many tallies it has. */
static struct tt_interval
take(struct tt_sequence *s, int64_t start, int64_t end, unsigned n_tallies)
{
	struct tt_interval interval;

	assert_true(tt_sequence_next(s, &interval));
	assert_int_equal(interval.span.start_us, start);
	assert_int_equal(interval.span.end_us, end);
	assert_int_equal(interval.n_tallies, n_tallies);
	tt_sequence_pop(s, &interval);
	return interval;
}

static void
assert_nothing_ready(struct tt_sequence *s)
{
	struct tt_interval interval;

	assert_false(tt_sequence_next(s, &interval));
}

static void
a_live_interval_waits_for_every_worker(void **state)
{
	struct tt_sequence *s = make(2);
	struct tt_tally a = sealed(0, 0, MINUTE, 5), b = sealed(1, 0, MINUTE, 0);

	tt_sequence_start_live(s, 0, 0);
	tt_sequence_start_live(s, 1, 0);
	assert_nothing_ready(s);
	tt_sequence_push(s, &a);
	assert_nothing_ready(s);
	tt_sequence_push(s, &b);
	assert_true(take(s, 0, MINUTE, 2).complete);
	assert_nothing_ready(s);
	tt_sequence_destroy(s);
}

static void
a_span_that_grew_takes_in_what_the_others_sealed_inside_it(void **state)
{
	struct tt_sequence *s = make(2);
	struct tt_tally a = sealed(0, 0, 3 * MINUTE, 5);
	struct tt_tally b1 = sealed(1, 0, MINUTE, 1),
			b2 = sealed(1, MINUTE, 2 * MINUTE, 1);
	struct tt_tally b3 = sealed(1, 2 * MINUTE, 4 * MINUTE, 1);
	struct tt_tally a2 = sealed(0, 3 * MINUTE, 4 * MINUTE, 1);
	struct tt_interval interval;

	tt_sequence_start_live(s, 0, 0);
	tt_sequence_start_live(s, 1, 0);
	tt_sequence_push(s, &b1);
	tt_sequence_push(s, &b2);
	assert_nothing_ready(s);
	tt_sequence_push(s, &a);
	assert_nothing_ready(s);
	tt_sequence_push(s, &b3);
	assert_nothing_ready(s);
	tt_sequence_push(s, &a2);
	interval = take(s, 0, 4 * MINUTE, 5);
	assert_true(interval.complete);
	assert_int_equal(interval.observed_us, 4 * MINUTE);
	tt_sequence_destroy(s);
}

static void
an_interval_cut_by_hand_becomes_two_partial_ones(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE / 2, 5),
			b = sealed(0, MINUTE / 2, MINUTE, 6);
	struct tt_interval interval;

	tt_sequence_start_live(s, 0, 0);
	tt_sequence_push(s, &a);
	interval = take(s, 0, MINUTE / 2, 1);
	assert_false(interval.complete);
	tt_sequence_push(s, &b);
	interval = take(s, MINUTE / 2, MINUTE, 1);
	assert_false(interval.complete);
	assert_int_equal(interval.observed_us, MINUTE / 2);
	tt_sequence_destroy(s);
}

static void
a_worker_that_ended_is_not_waited_for(void **state)
{
	struct tt_sequence *s = make(2);
	struct tt_tally a = sealed(0, 0, MINUTE, 5);

	tt_sequence_start_live(s, 0, 0);
	tt_sequence_start_live(s, 1, 0);
	tt_sequence_push(s, &a);
	tt_sequence_end(s, 1);
	take(s, 0, MINUTE, 1);
	tt_sequence_destroy(s);
}

static void
a_failed_write_can_be_asked_for_again_and_may_have_grown(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 5), b = sealed(0, MINUTE, 3 * MINUTE, 6);
	struct tt_interval interval;

	tt_sequence_start_live(s, 0, 0);
	tt_sequence_push(s, &a);
	assert_true(tt_sequence_next(s, &interval));
	tt_sequence_push(s, &b);
	take(s, 0, MINUTE, 1);
	take(s, MINUTE, 3 * MINUTE, 1);
	tt_sequence_destroy(s);
}

static void
a_replayed_interval_waits_for_the_frames_announced_whatever_the_order(void **state)
{
	struct tt_sequence *s = make(2);
	struct tt_tally late = sealed(0, MINUTE, 2 * MINUTE, 3);
	struct tt_tally part1 = sealed(0, 0, MINUTE, 2), part2 = sealed(1, 0, MINUTE, 4);

	assert_int_equal(tt_sequence_expect(s, MINUTE, 3), 0);
	assert_int_equal(tt_sequence_expect(s, 0, 2), 0);
	assert_int_equal(tt_sequence_expect(s, 0, 4), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_start_replay(s, 1);
	tt_sequence_push(s, &late);
	assert_nothing_ready(s);
	tt_sequence_push(s, &part1);
	assert_nothing_ready(s);
	tt_sequence_push(s, &part2);
	take(s, 0, MINUTE, 2);
	take(s, MINUTE, 2 * MINUTE, 1);
	assert_nothing_ready(s);
	tt_sequence_destroy(s);
}

static void
empty_intervals_of_a_replay_are_given_out_and_a_gap_once(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 1),
			b = sealed(0, 3 * MINUTE, 4 * MINUTE, 1);
	int64_t far = 100 * HOUR;
	struct tt_tally c = sealed(0, far, far + MINUTE, 1);
	struct tt_interval interval;

	assert_int_equal(tt_sequence_expect(s, 0, 1), 0);
	assert_int_equal(tt_sequence_expect(s, 3 * MINUTE, 1), 0);
	assert_int_equal(tt_sequence_expect(s, far, 1), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &a);
	take(s, 0, MINUTE, 1);
	assert_nothing_ready(s);
	tt_sequence_push(s, &b);
	assert_true(take(s, MINUTE, 2 * MINUTE, 0).complete);
	take(s, 2 * MINUTE, 3 * MINUTE, 0);
	take(s, 3 * MINUTE, 4 * MINUTE, 1);
	tt_sequence_push(s, &c);
	interval = take(s, far, far + MINUTE, 1);
	assert_int_equal(interval.gap_before_us, far - 4 * MINUTE);
	assert_nothing_ready(s);
	tt_sequence_destroy(s);
}

static void
a_replay_observes_from_its_first_packet_to_its_last(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 1), b = sealed(0, MINUTE, 2 * MINUTE, 1);
	struct tt_interval interval;

	a.first_us = 10 * TT_US_PER_S;
	b.last_us = 80 * TT_US_PER_S;
	assert_int_equal(tt_sequence_expect(s, 0, 1), 0);
	assert_int_equal(tt_sequence_expect(s, MINUTE, 1), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &a);
	interval = take(s, 0, MINUTE, 1);
	assert_false(interval.complete);
	assert_int_equal(interval.observed_us, 50 * TT_US_PER_S);
	tt_sequence_push(s, &b);
	interval = take(s, MINUTE, 2 * MINUTE, 1);
	assert_false(interval.complete);
	assert_int_equal(interval.observed_us, 20 * TT_US_PER_S);
	tt_sequence_destroy(s);
}

static void
an_interrupted_replay_writes_what_it_has_and_claims_no_empty_interval(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 1),
			c = sealed(0, 2 * MINUTE, 3 * MINUTE, 1);
	struct tt_interval interval;

	assert_int_equal(tt_sequence_expect(s, 0, 1), 0);
	assert_int_equal(tt_sequence_expect(s, MINUTE, 7), 0);
	assert_int_equal(tt_sequence_expect(s, 2 * MINUTE, 9), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &c);
	tt_sequence_push(s, &a);
	take(s, 0, MINUTE, 1);
	assert_nothing_ready(s);
	tt_sequence_end(s, 0);
	interval = take(s, 2 * MINUTE, 3 * MINUTE, 1);
	assert_int_equal(interval.gap_before_us, MINUTE);
	assert_false(interval.complete);
	assert_nothing_ready(s);
	tt_sequence_destroy(s);
}

static void
many_parts_of_one_interval_become_few(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally *big, *freed;
	struct tt_interval interval;
	uint64_t frames = 0;

	big = tally_make(1024);
	assert_int_equal(tt_sequence_expect(s, 0, 1001), 0);
	tt_sequence_start_replay(s, 0);
	for (unsigned i = 0; i < 1000; i++) {
		big->span = (struct tt_span){0, MINUTE};
		big->frames = 1;
		tt_sequence_push(s, big);
		assert_int_equal(tt_sequence_compact(s, 0, &freed), 0);
		assert_ptr_equal(freed, big);
	}
	assert_true(tt_sequence_held(s, 0) < 12);
	tt_sequence_end(s, 0);
	assert_true(tt_sequence_next(s, &interval));
	tt_sequence_pop(s, &interval);
	for (unsigned i = 0; i < interval.n_tallies; i++) {
		frames += interval.tallies[i]->frames;
		tt_tally_destroy(interval.tallies[i]);
	}
	assert_int_equal(frames, 1000);
	assert_int_equal(tt_sequence_compact_bytes(s), 0);
	tt_tally_destroy(big);
	tt_sequence_destroy(s);
}

static void
intervals_from_where_an_input_breaks_off_are_partial(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 1), b = sealed(0, MINUTE, 2 * MINUTE, 1);
	struct tt_tally c = sealed(0, 2 * MINUTE, 3 * MINUTE, 1);

	a.first_us = 0;
	for (int64_t i = 0; i < 4; i++)
		assert_int_equal(tt_sequence_expect(s, i * MINUTE, 1), 0);
	tt_sequence_cut(s, MINUTE);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &a);
	tt_sequence_push(s, &b);
	tt_sequence_push(s, &c);
	assert_true(take(s, 0, MINUTE, 1).complete);
	assert_false(take(s, MINUTE, 2 * MINUTE, 1).complete);
	assert_false(take(s, 2 * MINUTE, 3 * MINUTE, 1).complete);
	tt_sequence_destroy(s);
}

static void
a_capture_that_goes_to_and_fro_is_announced_in_little_memory(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 100000),
			b = sealed(0, MINUTE, 2 * MINUTE, 100000);

	for (unsigned i = 0; i < 200000; i++)
		assert_int_equal(tt_sequence_expect(s, i % 2 * MINUTE, 1), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &b);
	tt_sequence_push(s, &a);
	take(s, 0, MINUTE, 1);
	take(s, MINUTE, 2 * MINUTE, 1);
	assert_false(tt_sequence_surprised(s));
	tt_sequence_destroy(s);
}

static void
frames_that_were_not_announced_are_noticed(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally a = sealed(0, 0, MINUTE, 2), more = sealed(0, 0, MINUTE, 2);
	struct tt_tally elsewhere = sealed(0, MINUTE, 2 * MINUTE, 1);

	assert_int_equal(tt_sequence_expect(s, 0, 3), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &a);
	assert_false(tt_sequence_surprised(s));
	tt_sequence_push(s, &more);
	assert_true(tt_sequence_surprised(s));
	tt_sequence_destroy(s);

	s = make(1);
	assert_int_equal(tt_sequence_expect(s, 0, 3), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &elsewhere);
	assert_true(tt_sequence_surprised(s));
	tt_sequence_destroy(s);
}

static void
compact_copies_stand_in_for_tallies_that_are_needed(void **state)
{
	struct tt_sequence *s = make(1);
	struct tt_tally *big[20], *freed;
	struct tt_interval interval;
	uint64_t bytes = 0;

	assert_int_equal(tt_sequence_expect(s, 0, 20), 0);
	for (int64_t i = 1; i <= 19; i++)
		assert_int_equal(tt_sequence_expect(s, i * MINUTE, 1), 0);
	tt_sequence_start_replay(s, 0);
	for (unsigned i = 0; i < 20; i++) {
		big[i] = tally_make(1024);
		big[i]->span = (struct tt_span){i * MINUTE, (i + 1) * MINUTE};
		big[i]->frames = 1;
		tt_sequence_push(s, big[i]);
		bytes += tt_sequence_copy_bytes(s, 0);
		assert_int_equal(tt_sequence_compact(s, 0, &freed), 0);
		assert_ptr_equal(freed, big[i]);
		assert_int_equal(tt_sequence_compact_bytes(s), bytes);
	}
	assert_int_equal(tt_sequence_held(s, 0), 20);
	assert_int_equal(tt_sequence_copy_bytes(s, 0), 0);
	assert_true(tt_sequence_compact_bytes(s) < 25000);
	assert_int_equal(tt_sequence_compact(s, 0, &freed), 0);
	assert_null(freed);
	tt_sequence_end(s, 0);
	for (unsigned i = 0; tt_sequence_next(s, &interval); i++) {
		tt_sequence_pop(s, &interval);
		assert_true(tt_tally_is_compact(interval.tallies[0]));
		assert_int_equal(interval.tallies[0]->frames, 1);
		tt_tally_destroy(interval.tallies[0]);
		tt_tally_destroy(big[i]);
	}
	assert_int_equal(tt_sequence_compact_bytes(s), 0);
	tt_sequence_destroy(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_live_interval_waits_for_every_worker),
			cmocka_unit_test(
					a_span_that_grew_takes_in_what_the_others_sealed_inside_it),
			cmocka_unit_test(
					an_interval_cut_by_hand_becomes_two_partial_ones),
			cmocka_unit_test(a_worker_that_ended_is_not_waited_for),
			cmocka_unit_test(
					a_failed_write_can_be_asked_for_again_and_may_have_grown),
			cmocka_unit_test(
					a_replayed_interval_waits_for_the_frames_announced_whatever_the_order),
			cmocka_unit_test(
					empty_intervals_of_a_replay_are_given_out_and_a_gap_once),
			cmocka_unit_test(
					a_replay_observes_from_its_first_packet_to_its_last),
			cmocka_unit_test(
					an_interrupted_replay_writes_what_it_has_and_claims_no_empty_interval),
			cmocka_unit_test(many_parts_of_one_interval_become_few),
			cmocka_unit_test(
					intervals_from_where_an_input_breaks_off_are_partial),
			cmocka_unit_test(
					a_capture_that_goes_to_and_fro_is_announced_in_little_memory),
			cmocka_unit_test(frames_that_were_not_announced_are_noticed),
			cmocka_unit_test(
					compact_copies_stand_in_for_tallies_that_are_needed),
	};

	return cmocka_run_group_tests_name("sequence", tests, NULL, NULL);
}
