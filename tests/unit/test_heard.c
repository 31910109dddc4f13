/* SPDX-License-Identifier: BSD-3-Clause */
#include "heard_bed.h"
#include "tt_sequence.h"

static void
a_silence_longer_than_max_gap_is_one_and_one_as_long_is_none(void **state)
{
	struct tt_heard heard = make(HOUR);

	begin(&heard);
	hear(&heard, 0);
	hear(&heard, HOUR);
	hear(&heard, 2 * HOUR + 1);
	expect_one_gap(&heard, HOUR, 2 * HOUR + 1);

	heard = make(3 * SECOND); /* less than a minute */
	begin(&heard);
	hear(&heard, 0);
	hear(&heard, 3 * SECOND);
	hear(&heard, 7 * SECOND);
	expect_one_gap(&heard, 3 * SECOND, 7 * SECOND);
}

/* 0, 1 … 999 minutes without those around 500, in an order that goes to and fro. */
static void
neither_order_nor_memory_depend_on_the_order_of_packets(void **state)
{
	struct tt_heard heard = make(MINUTE);

	begin(&heard);
	for (unsigned round = 0; round < 20; round++)
		for (int64_t i = 0; i < 1000; i++) {
			int64_t minute = i * 617 % 1000;

			if (minute < 490 || minute > 510)
				hear(&heard, minute * MINUTE);
		}
	assert_true(heard.room <= 2048);
	expect_one_gap(&heard, 489 * MINUTE, 511 * MINUTE);
}

static void
a_span_knows_how_much_of_it_is_gap(void **state)
{
	struct tt_heard heard = make(MINUTE);
	const struct tt_span all = {0, 10 * HOUR}, part = {90 * SECOND, 301 * SECOND};
	const struct tt_span none = {3 * MINUTE, 4 * MINUTE};

	begin(&heard);
	hear(&heard, MINUTE);
	hear(&heard, 3 * MINUTE); /* a gap of 2 minutes */
	hear(&heard, 4 * MINUTE);
	hear(&heard, 5 * MINUTE);
	hear(&heard, 8 * MINUTE); /* a gap of 3 */
	assert_false(tt_heard_is_gap(&heard, MINUTE, 2 * MINUTE));
	assert_int_equal(tt_heard_settle(&heard), 0);
	assert_int_equal(tt_heard_gaps_within(&heard, &all), 5 * MINUTE);
	assert_int_equal(tt_heard_gaps_within(&heard, &part), 91 * SECOND);
	assert_int_equal(tt_heard_gaps_within(&heard, &none), 0);
	assert_true(tt_heard_is_gap(&heard, MINUTE, 3 * MINUTE));
	assert_true(tt_heard_is_gap(&heard, 6 * MINUTE, 7 * MINUTE));
	assert_false(tt_heard_is_gap(&heard, 0, 2 * MINUTE));
	assert_false(tt_heard_is_gap(&heard, 2 * MINUTE, 3 * MINUTE + 1));
	tt_heard_fini(&heard);
}

static struct tt_interval
take(struct tt_sequence *s)
{
	struct tt_interval interval;

	assert_true(tt_sequence_next(s, &interval));
	tt_sequence_pop(s, &interval);
	return interval;
}

/* Packets at 0:10, 0:20, 0:40 and 3:10, with intervals of an hour and max_gap of 15 minutes. */
static void
a_replay_has_not_observed_its_gaps(void **state)
{
	struct tt_tally early = {.span = {0, HOUR},
			.frames = 3,
			.first_us = 10 * MINUTE,
			.last_us = 40 * MINUTE};
	struct tt_tally late = {.span = {3 * HOUR, 4 * HOUR},
			.frames = 1,
			.first_us = 3 * HOUR + 10 * MINUTE,
			.last_us = 3 * HOUR + 10 * MINUTE};
	struct tt_interval interval;
	struct tt_sequence *s = NULL;
	struct tt_heard *heard;

	assert_int_equal(tt_sequence_create(&s, 1, 4, HOUR, 15 * MINUTE, NULL), 0);
	assert_int_equal(tt_sequence_expect(s, 0, 3), 0);
	assert_int_equal(tt_sequence_expect(s, 3 * HOUR, 1), 0);
	heard = tt_sequence_heard(s);
	begin(heard);
	hear(heard, 10 * MINUTE);
	hear(heard, 20 * MINUTE);
	hear(heard, 40 * MINUTE);
	hear(heard, late.first_us);
	assert_int_equal(tt_sequence_settle(s), 0);
	tt_sequence_start_replay(s, 0);
	tt_sequence_push(s, &early);
	tt_sequence_push(s, &late);
	tt_sequence_end(s, 0);
	interval = take(s);
	assert_int_equal(interval.observed_us, 10 * MINUTE);
	assert_false(interval.complete);
	interval = take(s);
	assert_int_equal(interval.span.start_us, 3 * HOUR);
	assert_int_equal(interval.gap_before_us, 2 * HOUR);
	assert_int_equal(interval.observed_us, 0);
	assert_false(interval.complete);
	tt_sequence_destroy(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_silence_longer_than_max_gap_is_one_and_one_as_long_is_none),
			cmocka_unit_test(
					neither_order_nor_memory_depend_on_the_order_of_packets),
			cmocka_unit_test(a_span_knows_how_much_of_it_is_gap),
			cmocka_unit_test(a_replay_has_not_observed_its_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
