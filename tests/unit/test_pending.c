/* SPDX-License-Identifier: BSD-3-Clause */
/* Intervals that wait for the disk: in order, in bounded memory, every packet kept. */
#include "tally_packets.h"

#include "tt_pending.h"

#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * TT_US_PER_S)
#define HOUR   (60 * MINUTE)
#define PAIRS  4096
#define FRAMES 1000

/* The address sanitizer's heap counts nothing. */
#ifdef __SANITIZE_ADDRESS__
#define TT_SANITIZED true
#else
#define TT_SANITIZED false
#endif

static struct tt_tally
		*set; /* one that all intervals are counted into, one after the other */
static unsigned given_back;
static uint64_t max_keys; /* of the next that is made */
static bool fresh; /* every source comes in one interval only */
static unsigned destinations = 1; /* of each source */

static void
give_back(void *context, struct tt_tally *tally)
{
	assert_ptr_equal(context, &given_back);
	assert_ptr_equal(tally, set);
	tt_tally_reset(tally);
	given_back++;
}

static struct tt_pending *
make(uint64_t max_bytes, uint64_t max_pairs, int64_t frame_us)
{
	const struct tt_pending_config config = {.max_bytes = max_bytes,
			.max_pairs = max_pairs,
			.max_keys = max_keys,
			.frame_us = frame_us,
			.give_back = give_back,
			.context = &given_back};
	struct tt_pending *p = NULL;

	given_back = 0;
	if (set == NULL)
		set = tally_make(PAIRS);
	tt_tally_reset(set);
	assert_int_equal(tt_pending_create(&p, &config, NULL), 0);
	return p;
}

static int
setup(void **state)
{
	max_keys = UINT64_MAX;
	fresh = false;
	destinations = 1;
	return 0;
}

/* All steps, as far as they go; the bound holds at each. */
static int
copy_all(struct tt_pending *p)
{
	int rc;

	while ((rc = tt_pending_copy(p)) > 0)
		;
	return rc;
}

/* Counts so many frames into the set: from sources that come in every interval, but for a few. */
static void
count(int64_t start_us, int64_t end_us, unsigned frames)
{
	set->span = (struct tt_span){start_us, end_us};
	for (unsigned i = 0; i < frames; i++) {
		const struct tt_packet p = {
				.src = tt_addr_v4(i % 200 < 190 && !fresh
								? i % 200
								: (uint32_t)(start_us
										  / MINUTE) << 8
										| (i % 200)),
				.dst = tt_addr_v4(0xc0000201 + i / 200 % destinations),
				.ip_version = 4,
				.protocol = TT_PROTO_UDP,
				.has_ports = true,
				.dst_port = 53,
				.ip_bytes = 60};

		tt_tally_one_ref(set, &p, 0, start_us + i);
	}
	set->frames = frames;
	set->first_us = start_us;
	set->last_us = end_us - 1;
}

/* Counts a minute and has it wait. */
static struct tt_held *
add(struct tt_pending *p, int64_t minute, unsigned frames)
{
	struct tt_ledger_row rows[] = {
			{"net", 0, TT_ACCOUNT_NIC, TT_REASON_DELIVERED, frames, 0},
			{"net", 0, TT_ACCOUNT_FRAMES, "counted", frames, 0}};
	struct tt_interval interval = {.span = {minute * MINUTE, (minute + 1) * MINUTE},
			.nominal_us = MINUTE,
			.observed_us = MINUTE,
			.complete = true,
			.tallies = &set,
			.n_tallies = 1};
	struct tt_held *held;

	count(interval.span.start_us, interval.span.end_us, frames);
	held = tt_pending_add(p, &interval, rows, TT_ARRAY_SIZE(rows));
	assert_non_null(held);
	return held;
}

/* The first is from one minute to another, with so many frames; it is dropped. */
static void
take(struct tt_pending *p, int64_t from, int64_t to, uint64_t frames)
{
	const struct tt_held *h = tt_pending_first(p);
	uint64_t sum = 0, pairs = 0;

	assert_non_null(h);
	assert_int_equal(h->interval.span.start_us, from * MINUTE);
	assert_int_equal(h->interval.span.end_us, to * MINUTE);
	assert_int_equal(h->interval.observed_us, (to - from) * MINUTE);
	assert_int_equal(h->joined, to - from);
	for (unsigned i = 0; i < h->interval.n_tallies; i++) {
		sum += h->interval.tallies[i]->frames;
		pairs += sum_of_pairs(h->interval.tallies[i]);
	}
	assert_int_equal(sum, frames);
	assert_int_equal(pairs, frames);
	assert_int_equal(h->rows[0].packets, frames);
	assert_int_equal(h->rows[1].packets, frames);
	tt_pending_drop(p);
}

static void
what_is_written_at_once_is_not_copied(void **state)
{
	struct tt_pending *p = make(1 << 30, PAIRS, 0);

	add(p, 1, FRAMES);
	tt_pending_set_writing(p, true);
	assert_int_equal(copy_all(p), 0);
	assert_int_equal(given_back, 0);
	assert_true(tt_pending_state(p).bytes < 4096);
	take(p, 1, 2, FRAMES);
	assert_int_equal(given_back, 1);
	assert_null(tt_pending_first(p));
	tt_pending_destroy(p);
}

static void
intervals_wait_as_copies_in_order(void **state)
{
	struct tt_pending *p = make(1 << 30, PAIRS, 0);

	for (unsigned i = 0; i < 10; i++) {
		add(p, i, FRAMES + i);
		assert_int_equal(copy_all(p), 0);
		assert_int_equal(given_back, i + 1);
	}
	assert_int_equal(tt_pending_state(p).intervals, 10);
	assert_int_equal(tt_pending_state(p).joins, 0);
	for (unsigned i = 0; i < 10; i++)
		take(p, i, i + 1, FRAMES + i);
	assert_int_equal(tt_pending_state(p).bytes, 0);
	tt_pending_destroy(p);
}

/* Bytes that copies of n intervals of FRAMES take. */
static uint64_t
bytes_of(unsigned n)
{
	struct tt_pending *p = make(1 << 30, PAIRS, 0);
	uint64_t bytes;

	for (unsigned i = 0; i < n; i++) {
		add(p, i, FRAMES);
		assert_int_equal(copy_all(p), 0);
	}
	bytes = tt_pending_state(p).bytes;
	tt_pending_destroy(p);
	return bytes;
}

static void
past_the_bound_the_shortest_are_joined(void **state)
{
	uint64_t bound = bytes_of(8);
	struct tt_pending *p = make(bound, 1 << 20, 0);
	struct tt_pending_state s;
	int64_t longest = 0, at = 0;

	for (unsigned i = 0; i < 24; i++) {
		add(p, i, FRAMES);
		assert_int_equal(copy_all(p), 0);
		assert_true(tt_pending_state(p).bytes <= bound);
	}
	s = tt_pending_state(p);
	assert_int_equal(s.counted, 24);
	assert_int_equal(s.frames, 24 * FRAMES);
	assert_true(s.intervals < 24 && s.joins >= 24 - s.intervals);
	for (const struct tt_held *h; (h = tt_pending_first(p)) != NULL;) {
		int64_t minutes = h->joined;

		longest = minutes > longest ? minutes : longest;
		take(p, at, at + minutes, (uint64_t)minutes * FRAMES);
		at += minutes;
	}
	assert_int_equal(at, 24);
	/* Evenly: none is much longer than the mean. */
	assert_true(longest <= 4 * 24 / s.intervals);
	tt_pending_destroy(p);
}

/* Bytes of the heap that are in use. */
static uint64_t
heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void
what_is_accounted_is_what_the_heap_holds(void **state)
{
	uint64_t bound, before;
	struct tt_pending *p;

	destinations = 5; /* contacts beside those that pairs hold */
	bound = bytes_of(8);
	p = make(bound, 1 << 20, 0);
	before = heap();
	for (unsigned i = 0; i < 40; i++) {
		add(p, i, FRAMES);
		assert_int_equal(copy_all(p), 0);
		assert_true(tt_pending_state(p).bytes <= bound);
		/* Blocks have heads, and lists end with a spare item. */
		if (!TT_SANITIZED)
			assert_true(heap() - before < bound * 11 / 10);
	}
	assert_true(tt_pending_state(p).joins > 20);
	tt_pending_destroy(p);
}

static void
intervals_without_common_sources_keep_their_length(void **state)
{
	struct tt_pending *p;
	uint64_t bound;

	fresh = true;
	bound = bytes_of(8);
	p = make(bound, 1 << 20, 0);
	for (unsigned i = 0; i < 8; i++) {
		add(p, i, FRAMES);
		assert_int_equal(copy_all(p), 0);
	}
	add(p, 8, FRAMES);
	assert_int_equal(copy_all(p), -ENOSPC);
	assert_int_equal(tt_pending_state(p).joins, 0);
	assert_true(tt_pending_state(p).bytes <= bound + 4096);
	for (unsigned i = 0; i < 9; i++)
		take(p, i, i + 1, FRAMES);
	tt_pending_destroy(p);
}

static void
one_that_is_too_large_leaves_the_others_alone(void **state)
{
	struct tt_pending *p = make(bytes_of(4), 1 << 20, 0);

	for (unsigned i = 0; i < 3; i++) {
		add(p, i, FRAMES);
		assert_int_equal(copy_all(p), 0);
	}
	fresh = true;
	destinations = 200;
	add(p, 3, 40 * FRAMES);
	assert_int_equal(copy_all(p), -ENOSPC);
	assert_int_equal(tt_pending_state(p).joins, 0);
	tt_pending_destroy(p);
}

/* The merge has memory for so many, and the daemon takes none later. */
static void
intervals_of_too_many_contacts_are_not_joined(void **state)
{
	struct tt_pending *p;

	destinations = 5;
	/* 210 pairs are left of two intervals, and four contacts of each beside its own. */
	for (max_keys = 1050; max_keys > 1048; max_keys--) {
		p = make(bytes_of(2) + bytes_of(1) / 4, 1 << 20, 0);
		for (unsigned i = 0; i < 2; i++) {
			add(p, i, FRAMES);
			assert_int_equal(copy_all(p), 0);
		}
		add(p, 2, FRAMES);
		assert_int_equal(copy_all(p), max_keys == 1050 ? 0 : -ENOSPC);
		tt_pending_destroy(p);
	}
}

static void
intervals_of_one_rate_are_joined_before_others(void **state)
{
	struct tt_pending *p = make(bytes_of(3) + bytes_of(1) / 4, 1 << 20, 0);

	for (unsigned i = 0; i < 3; i++) {
		add(p, i, FRAMES);
		set->pair_shift = i == 0 ? 2 : 0;
		assert_int_equal(copy_all(p), 0);
		set->pair_shift = 0;
	}
	add(p, 3, FRAMES);
	assert_int_equal(copy_all(p), 0);
	assert_int_equal(tt_pending_first(p)->joined, 1);
	tt_pending_destroy(p);
}

static void
what_is_being_written_is_not_joined(void **state)
{
	struct tt_pending *p = make(bytes_of(2) + bytes_of(1) / 4, 1 << 20, 0);

	for (unsigned i = 0; i < 2; i++) {
		add(p, i, FRAMES);
		assert_int_equal(copy_all(p), 0);
	}
	tt_pending_set_writing(p, true);
	add(p, 2, FRAMES);
	assert_int_equal(copy_all(p), -ENOSPC);
	assert_int_equal(tt_pending_state(p).joins, 0);
	tt_pending_set_writing(p, false);
	assert_int_equal(copy_all(p), 0);
	assert_int_equal(tt_pending_state(p).joins, 1);
	take(p, 0, 2, 2 * FRAMES);
	take(p, 2, 3, FRAMES);
	tt_pending_destroy(p);
}

static void
what_cannot_be_joined_keeps_its_tables(void **state)
{
	struct tt_pending *p = make(bytes_of(2), 1, 0);

	add(p, 0, FRAMES);
	assert_int_equal(copy_all(p), 0);
	add(p, 1, FRAMES);
	assert_int_equal(copy_all(p), 0);
	add(p, 2, FRAMES);
	assert_int_equal(copy_all(p), -ENOSPC);
	assert_int_equal(given_back, 2);
	take(p, 0, 1, FRAMES);
	assert_int_equal(copy_all(p), 0);
	assert_int_equal(given_back, 3);
	take(p, 1, 2, FRAMES);
	take(p, 2, 3, FRAMES);
	tt_pending_destroy(p);
}

/* What workers hold for each other is of the same bound. */
static void
copies_beside_leave_less_room(void **state)
{
	const uint64_t one = bytes_of(1);
	struct tt_pending *p = make(3 * one, 1, 0);

	tt_pending_set_beside(p, 2 * one + 1);
	add(p, 0, FRAMES);
	assert_int_equal(copy_all(p), -ENOSPC);
	assert_int_equal(given_back, 0);
	tt_pending_set_beside(p, 2 * one);
	assert_int_equal(copy_all(p), 0);
	assert_int_equal(given_back, 1);
	take(p, 0, 1, FRAMES);
	tt_pending_destroy(p);
}

/* Neither over a gap, nor over the end of a longer interval. */
static void
some_intervals_are_never_joined(void **state)
{
	struct tt_pending *p = make(1, 1 << 20, HOUR);

	add(p, 58, FRAMES);
	assert_int_equal(copy_all(p), -ENOSPC);
	tt_pending_destroy(p);

	p = make(bytes_of(3), 1 << 20, HOUR);
	add(p, 59, FRAMES);
	assert_int_equal(copy_all(p), 0);
	add(p, 60, FRAMES); /* the next hour */
	assert_int_equal(copy_all(p), 0);
	add(p, 62, FRAMES); /* not adjoining */
	assert_int_equal(copy_all(p), 0);
	add(p, 63, FRAMES)->interval.gap_before_us = 1;
	assert_int_equal(copy_all(p), -ENOSPC);
	assert_int_equal(tt_pending_state(p).joins, 0);
	tt_pending_destroy(p);
}

static void
empty_intervals_join_with_others(void **state)
{
	uint64_t bound = bytes_of(1);
	struct tt_pending *p = make(2 * bound, 1 << 20, 0);
	const struct tt_held *h;

	for (unsigned i = 0; i < 40; i++) {
		add(p, i, i == 20 ? FRAMES : 0);
		assert_int_equal(copy_all(p), 0);
	}
	while ((h = tt_pending_first(p)) != NULL) {
		const struct tt_tally *t = h->interval.tallies[0];
		int64_t from = h->interval.span.start_us / MINUTE;
		int64_t to = h->interval.span.end_us / MINUTE;

		if (t->frames > 0) {
			assert_int_equal(t->first_us, 20 * MINUTE);
			assert_int_equal(t->last_us, 21 * MINUTE - 1);
		}
		take(p, from, to, from <= 20 && to > 20 ? FRAMES : 0);
	}
	tt_pending_destroy(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup(
					what_is_written_at_once_is_not_copied, setup),
			cmocka_unit_test_setup(intervals_wait_as_copies_in_order, setup),
			cmocka_unit_test_setup(
					past_the_bound_the_shortest_are_joined, setup),
			cmocka_unit_test_setup(
					what_is_accounted_is_what_the_heap_holds, setup),
			cmocka_unit_test_setup(
					intervals_without_common_sources_keep_their_length,
					setup),
			cmocka_unit_test_setup(
					one_that_is_too_large_leaves_the_others_alone,
					setup),
			cmocka_unit_test_setup(
					intervals_of_too_many_contacts_are_not_joined,
					setup),
			cmocka_unit_test_setup(
					intervals_of_one_rate_are_joined_before_others,
					setup),
			cmocka_unit_test_setup(
					what_is_being_written_is_not_joined, setup),
			cmocka_unit_test_setup(
					what_cannot_be_joined_keeps_its_tables, setup),
			cmocka_unit_test_setup(copies_beside_leave_less_room, setup),
			cmocka_unit_test_setup(some_intervals_are_never_joined, setup),
			cmocka_unit_test_setup(empty_intervals_join_with_others, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
