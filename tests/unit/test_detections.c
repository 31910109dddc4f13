/* SPDX-License-Identifier: BSD-3-Clause */
#include "detections_bed.h"
#include "tt_detections_slots.h"
#include "tt_hash.h"
#include "tt_window.h"

static void
tags_are_compared_as_one_by_one(void **state)
{
	for (unsigned i = 0; i < 100000; i++) {
		uint16_t tags[TT_HIT_BUCKET];

		for (unsigned k = 0; k < TT_HIT_BUCKET; k++)
			tags[k] = (uint16_t)(tt_hash_mix(i * TT_HIT_BUCKET + k) % 4
					* (i % 2 == 0 ? 0x0101 : 0x5555));
		for (unsigned k = 0; k < TT_HIT_BUCKET; k++) {
			const uint64_t want = tt_hit_tags_equal_ref(tags, tags[k]);

			assert_int_equal(tt_hit_tags_equal(tags, tags[k]), want);
			assert_true(tags[tt_hit_first(want)] == tags[k]);
		}
		assert_int_equal(tt_hit_tags_equal(tags, 0),
				tt_hit_tags_equal_ref(tags, 0));
		assert_int_equal(tt_hit_count(tt_hit_tags_equal(tags, 0)),
				__builtin_popcountll(tt_hit_tags_equal_ref(tags, 0)));
	}
	assert_int_equal(tt_hit_tag(0), 1);
	assert_int_equal(tt_hit_tag(UINT64_C(0x1234000012340000)), 1);
	assert_int_equal(tt_hit_tag(UINT64_C(0x0000123400000235)), 0x1001);
}

static void
windows_begin_anew_where_the_clock_was_set_back(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	const int64_t starts[] = {START + 3600 * TT_US_PER_S, START, START + MINUTE};
	const uint64_t wanted[] = {1, 1, 0};
	struct tt_detections d;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					1, 600, TT_RULE_UNIQUE_NONE});
	for (unsigned i = 0; i < TT_ARRAY_SIZE(starts); i++) {
		d = make(TT_HITS_MIN);
		add(&d, 0, 7, starts[i]);
		assert_int_equal(merge(m, &d, starts[i]), 0);
		assert_int_equal(totals.detections, wanted[i]);
		assert_int_equal(error, 0);
		tt_detections_fini(&d);
	}
	tt_detections_merge_destroy(m);
}

static void
windows_without_room_are_said(void **state)
{
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	struct tt_detections d;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					1, 100, TT_RULE_UNIQUE_NONE});
	/* Of one interval all fit, of two they do not. */
	for (unsigned minute = 0; minute < 4; minute++) {
		d = make(TT_HITS_MIN);
		for (unsigned i = 0; i < 150 && minute < 2; i++)
			add(&d, 0, 1000 * minute + i,
					START + minute * MINUTE + 59 * TT_US_PER_S);
		add(&d, 0, 5000, START + minute * MINUTE);
		assert_int_equal(merge(m, &d, START + minute * MINUTE), 0);
		assert_int_equal(totals.one_in, 1);
		assert_true((totals.not_carried > 0) == (minute == 1));
		assert_int_equal(error > 0, minute == 2);
		tt_detections_fini(&d);
	}
	tt_detections_merge_destroy(m);
}

/* Seconds are told apart, and windows go on, beyond 2^32 of them. */
static void
windows_are_the_same_after_2106(void **state)
{
	const int64_t start = START + (INT64_C(1) << 32) * TT_US_PER_S;
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	const uint64_t wanted[] = {2, 0, 1};
	struct tt_detections d;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT, TT_RULE_TRACK_SOURCE,
					2, 127, TT_RULE_UNIQUE_NONE});
	for (unsigned i = 0; i < TT_ARRAY_SIZE(wanted); i++) {
		d = make(TT_HITS_MIN);
		for (unsigned k = 0; k < 3; k++)
			add(&d, 0, 7, start + i * MINUTE + (3 + 5 * k) * TT_US_PER_S);
		assert_int_equal(merge(m, &d, start + i * MINUTE), 0);
		assert_int_equal(totals.detections, wanted[i]);
		tt_detections_fini(&d);
	}
	tt_detections_merge_destroy(m);
}

/* Two destinations of which a sender can make as many as he wants: of the same hash, where that has no seed. */
static void
destinations_of_the_same_hash_are_two(void **state)
{
	const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
	const struct tt_addr a = {UINT64_C(0x20010db8) << 32, 1};
	const struct tt_addr b = {
			a.hi + golden * (tt_hash_mix(a.lo) - tt_hash_mix(2)), 2};
	const struct tt_addr to[] = {a, a, b};
	struct tt_detections_merge *m = make_merge(TT_HITS_MIN, tt_mem_heap());
	struct tt_detections d = make(TT_HITS_MIN);

	assert_true(tt_hash_3(a.hi, a.lo, 0) == tt_hash_3(b.hi, b.lo, 0));
	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_THRESHOLD,
					TT_RULE_TRACK_SOURCE, 1, 60,
					TT_RULE_UNIQUE_DST_ADDRESS});
	for (unsigned n = 1; n <= TT_ARRAY_SIZE(to); n++) {
		tt_detections_fini(&d);
		d = make(TT_HITS_MIN);
		for (unsigned i = 0; i < n; i++) {
			const struct tt_packet p = {.src = tt_addr_v4(7), .dst = to[i]};

			tt_detections_add(&d, 0, &p, START + i * TT_US_PER_S);
		}
		assert_int_equal(merge(m, &d, START), 0);
		assert_int_equal(totals.detections, n == 3);
	}
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

static unsigned allowed;

static void *
alloc_some(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	if (allowed == 0)
		return NULL;
	allowed--;
	return calloc(1, bytes);
}

static void
free_some(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free(ptr);
}

static void
a_merge_that_could_not_grow_works_when_there_is_memory(void **state)
{
	struct tt_mem mem = {.alloc = alloc_some, .free = free_some};
	struct tt_detections_merge *m;
	struct tt_detections d;

	allowed = 100;
	m = make_merge(TT_HITS_MIN, &mem);
	set_rules(2, (struct tt_rule_count){0});
	d = make(8 * TT_HITS_MIN);
	add(&d, 1, 7, START);
	for (unsigned i = 0; i < 5; i++) {
		allowed = i;
		assert_int_equal(merge(m, &d, START), -12);
	}
	allowed = 100;
	assert_int_equal(merge(m, &d, START), 0);
	assert_int_equal(row_matches, 1);
	tt_detections_fini(&d);
	tt_detections_merge_destroy(m);
}

/* Of the first rule and of no address, the key is zero, as a free slot is. */
static void
a_free_slot_is_no_hit_of_no_address(void **state)
{
	const struct tt_packet p = {0};
	struct tt_detections d;
	uint64_t n = 0;

	set_rules(1, (struct tt_rule_count){0});
	d = make(TT_HITS_MIN);
	tt_detections_put_off(&d, 0, &p, START);
	tt_detections_settle(&d);
	for (uint64_t i = 0; i < d.n_hits; i++) {
		assert_int_equal(d.hits[i].packets, d.tags[i] != 0);
		if (d.hits[i].packets != 0)
			assert_int_equal(d.hits[i].first_us, START);
		n += d.hits[i].packets;
	}
	assert_int_equal(n, 1);
	tt_detections_fini(&d);
}

static bool
has_flipped(const struct tt_hit *hit, const struct tt_detection_match *m, size_t bit)
{
	struct tt_hit other;
	uint8_t bytes[sizeof(other)];

	memcpy(bytes, hit, sizeof(bytes));
	bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	memcpy(&other, bytes, sizeof(other));
	return tt_hit_slot_has(&other, m);
}

/* A slot is compared without a look at its tag: of all that tells hits apart each bit counts, and of the rest none. */
static void
a_slot_has_the_hit_of_a_match_and_no_other(void **state)
{
	const struct tt_detection_match m = {.src = {1, 2},
			.dst = {3, 4},
			.second = 5,
			.rule = 6,
			.value = 7,
			.time_us = START};
	const struct tt_hit hit = {.src = m.src,
			.dst = m.dst,
			.second = m.second,
			.rule = m.rule,
			.value = m.value,
			.packets = 3};

	assert_true(tt_hit_slot_has(&hit, &m));
	for (size_t bit = 0; bit < 8 * sizeof(hit); bit++)
		assert_int_equal(has_flipped(&hit, &m, bit),
				bit / 8 >= offsetof(struct tt_hit, packets)
						&& bit / 8 < offsetof(struct tt_hit,
								   second));
}

/* How many hits stand in the slots that their hashes have. */
static uint64_t
count_at_home(const struct tt_detections *d)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < d->n_hits; i++) {
		const struct tt_hit *h = &d->hits[i];
		const uint64_t word = le64toh(
				tt_hit_word(h, offsetof(struct tt_hit, second)));
		const uint64_t hash = tt_hash_place_addr(h->src, word, &d->place);

		n += h->packets != 0
				&& tt_hit_buckets_of(d, TT_HITS_PLAIN, hash).home == i;
	}
	return n;
}

static void
most_hits_stand_in_their_slots_and_a_table_overflows_late(void **state)
{
	const uint32_t slots = 1 << 14;
	struct tt_detections d;
	uint32_t n = 0;

	set_rules(1, (struct tt_rule_count){0});
	d = make(slots);
	while (n < slots / 5)
		add(&d, 0, ++n, START);
	assert_true(count_at_home(&d) > n / 10 * 8);
	while (d.shift[TT_HITS_PLAIN] == 0)
		add(&d, 0, ++n, START);
	assert_true(n > slots / 6 * 5);
	tt_detections_fini(&d);
}

/* Such an address has nothing but zeros in its second half. Who sends to a few of them within a second does not fill two
 * buckets, for which half of all sources would be given up, and half of the others again. */
static void
hits_to_the_first_address_of_many_networks_stand_apart(void **state)
{
	struct tt_packet p = {.src = {.hi = UINT64_C(0x20010db8) << 32, .lo = 1}};
	struct tt_detections d;
	uint64_t kept = 0;

	set_rules(1,
			(struct tt_rule_count){TT_RULE_COUNT_LIMIT,
					TT_RULE_TRACK_DESTINATION, 1, 60,
					TT_RULE_UNIQUE_NONE});
	d = make(TT_HITS_MIN);
	for (unsigned i = 0; i < 8 * TT_HIT_BUCKET; i++) {
		p.dst.hi = UINT64_C(0x20010db800010000) + i;
		tt_detections_add(&d, 0, &p, START);
	}
	for (uint64_t i = 0; i < d.n_hits; i++)
		kept += d.hits[i].packets;
	assert_int_equal(d.shift[TT_HITS_COUNTING], 0);
	assert_int_equal(kept, 8 * TT_HIT_BUCKET);
	tt_detections_fini(&d);
}

static void
a_window_has_its_end_and_no_more(void **state)
{
	const struct tt_rule_count rule = {TT_RULE_COUNT_BOTH, TT_RULE_TRACK_SOURCE, 3,
			10, TT_RULE_UNIQUE_NONE};
	struct tt_window w = {0};

	assert_true(tt_window_turn(&w, &rule, START));
	assert_int_equal(tt_window_add(&w, &rule, 2), 0);
	assert_false(tt_window_turn(&w, &rule, START + 10 * TT_US_PER_S));
	assert_int_equal(tt_window_add(&w, &rule, 1), 1);
	assert_int_equal(tt_window_add(&w, &rule, 5), 0);
	assert_true(tt_window_turn(&w, &rule, START + 10 * TT_US_PER_S + 1));
	assert_int_equal(tt_window_add(&w, &rule, 5), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(tags_are_compared_as_one_by_one),
			cmocka_unit_test(windows_begin_anew_where_the_clock_was_set_back),
			cmocka_unit_test(windows_without_room_are_said),
			cmocka_unit_test(windows_are_the_same_after_2106),
			cmocka_unit_test(destinations_of_the_same_hash_are_two),
			cmocka_unit_test(
					a_merge_that_could_not_grow_works_when_there_is_memory),
			cmocka_unit_test(a_free_slot_is_no_hit_of_no_address),
			cmocka_unit_test(a_slot_has_the_hit_of_a_match_and_no_other),
			cmocka_unit_test(
					most_hits_stand_in_their_slots_and_a_table_overflows_late),
			cmocka_unit_test(
					hits_to_the_first_address_of_many_networks_stand_apart),
			cmocka_unit_test(a_window_has_its_end_and_no_more),
	};

	if (tt_geo_open(&geo, "", tt_mem_heap(), NULL) != 0)
		return 1;
	return cmocka_run_group_tests_name("detections", tests, NULL, NULL);
}
