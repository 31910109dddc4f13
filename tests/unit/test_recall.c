/* SPDX-License-Identifier: BSD-3-Clause */
#include "counting_mem.h"
#include "recall_bed.h"
#include "seed.h"

#include <errno.h>
#include <string.h>

static void
a_target_is_new_until_an_earlier_interval_had_it(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);

	assert_int_equal(tt_recall_since_us(recall), 0);
	assert_true(target(recall, TT_PROTO_TCP, 445, 5));
	assert_true(target(recall, TT_PROTO_TCP, 445, 5));
	assert_false(target(recall, TT_PROTO_TCP, 445, 6));
	assert_true(target(recall, TT_PROTO_TCP, 445, 5));
	assert_false(target(recall, TT_PROTO_TCP, 445, 1000000));
	assert_true(target(recall, TT_PROTO_TCP, 445, 4));
	assert_false(target(recall, TT_PROTO_TCP, 445, 5));
	tt_recall_destroy(recall);
}

static void
the_memory_reaches_back_to_the_earliest_interval_in_whatever_order(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);

	assert_true(target(recall, TT_PROTO_TCP, 445, 5));
	assert_int_equal(tt_recall_since_us(recall), at(5));
	assert_true(target(recall, TT_PROTO_TCP, 445, 4));
	assert_int_equal(tt_recall_since_us(recall), at(4));
	source(recall, addr(1), 6);
	assert_int_equal(tt_recall_since_us(recall), at(4));
	assert_int_equal(tt_recall_latest_us(recall), at(6));
	source(recall, addr(1), 2);
	assert_int_equal(tt_recall_since_us(recall), at(2));
	assert_int_equal(tt_recall_latest_us(recall), at(6));
	tt_recall_destroy(recall);
}

static int
numbers_of(unsigned protocol)
{
	if (protocol == TT_PROTO_TCP || protocol == TT_PROTO_UDP)
		return 65536;
	return protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6 ? 256 : 0;
}

static void
every_target_is_told_from_every_other(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);
	int n = 1;

	/* Were two of them one, the later interval would find the earlier one's. */
	for (unsigned protocol = 0; protocol < 256; protocol++)
		for (int32_t i = -1; i < numbers_of(protocol); i++)
			assert_true(target(recall, (uint8_t)protocol, i, n++));
	assert_int_equal(n, 1 + 256 + 2 * 65536 + 2 * 256);
	tt_recall_destroy(recall);
}

static void
a_source_returns_if_an_interval_within_the_horizon_had_it(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);
	struct tt_addr a = tt_addr_v4(0xc0000201), b = tt_addr_v4(0xc0000202);

	assert_int_equal(source(recall, a, 0), TT_RETURNING_NO);
	assert_int_equal(source(recall, a, 10), TT_RETURNING_YES);
	assert_int_equal(source(recall, b, 10), TT_RETURNING_NO);
	assert_int_equal(source(recall, b, 20), TT_RETURNING_YES);
	assert_int_equal(source(recall, a, 21), TT_RETURNING_NO);
	assert_int_equal(source(recall, a, 22), TT_RETURNING_YES);
	assert_int_equal(tt_recall_since_us(recall), at(0));
	assert_int_equal(tt_recall_shift(recall), 0);
	tt_recall_destroy(recall);
}

static void
the_same_interval_asked_twice_gets_the_same_answer(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);
	struct tt_addr a = tt_addr_v4(1);

	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(source(recall, a, 3), TT_RETURNING_NO);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(source(recall, a, 13), TT_RETURNING_YES);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(source(recall, a, 24), TT_RETURNING_NO);
	tt_recall_destroy(recall);
}

static void
of_an_interval_that_comes_late_no_source_is_said_to_be_new(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);
	struct tt_addr a = tt_addr_v4(1), b = tt_addr_v4(2), c = tt_addr_v4(3);

	source(recall, a, 5);
	source(recall, a, 10);
	source(recall, a, 20);
	source(recall, b, 18);
	source(recall, b, 20);
	for (unsigned again = 0; again < 2; again++) {
		assert_int_equal(source(recall, a, 15), TT_RETURNING_YES);
		/* It was there in 5, which is forgotten, and b may have been before. */
		assert_int_equal(source(recall, a, 10), TT_RETURNING_UNKNOWN);
		assert_int_equal(source(recall, a, 7), TT_RETURNING_UNKNOWN);
		assert_int_equal(source(recall, b, 17), TT_RETURNING_UNKNOWN);
		assert_int_equal(source(recall, c, 17), TT_RETURNING_UNKNOWN);
		assert_int_equal(source(recall, b, 19), TT_RETURNING_YES);
		assert_int_equal(source(recall, a, 20), TT_RETURNING_YES);
		assert_int_equal(source(recall, b, 20), TT_RETURNING_YES);
	}
	assert_int_equal(tt_recall_shift_for(recall, at(19)), TT_SAMPLE_SHIFT_MAX);
	assert_int_equal(tt_recall_shift_for(recall, at(20)), 0);
	assert_int_equal(source(recall, c, 21), TT_RETURNING_YES);
	assert_int_equal(source(recall, a, 31), TT_RETURNING_NO);
	tt_recall_destroy(recall);
}

static void
what_comes_so_late_that_it_is_forgotten_takes_no_room(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);

	source(recall, addr(0), 100);
	for (uint32_t i = 0; i < SOURCES * 4; i++)
		assert_int_equal(source(recall, addr(i), 89), TT_RETURNING_UNKNOWN);
	assert_int_equal(tt_recall_shift(recall), 0);
	for (uint32_t i = 1; i < SOURCES; i++)
		assert_int_equal(source(recall, addr(i), 101), TT_RETURNING_NO);
	assert_int_equal(tt_recall_shift(recall), 0);
	tt_recall_destroy(recall);
}

/* What tt_hash_mix made: each of its steps undone. */
static uint64_t
unmix(uint64_t x)
{
	x ^= x >> 31 ^ x >> 62;
	x *= UINT64_C(0x319642b2d24d8ec3);
	x ^= x >> 27 ^ x >> 54;
	x *= UINT64_C(0x96de1b173f119089);
	return x ^ x >> 30 ^ x >> 60;
}

/* An address whose hash is that. */
static struct tt_addr
chosen(uint64_t hash)
{
	struct tt_addr a = {1, unmix(hash) ^ tt_hash_mix(1 ^ TT_SKETCH_SEED)};

	assert_int_equal(tt_sketch_hash(a), hash);
	return a;
}

static void
where_the_last_shift_has_no_room_all_that_comes_is_unknown(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);

	for (uint32_t i = 0; i < 2 * SOURCES; i++)
		assert_int_equal(source(recall, chosen(i), 0),
				i < SOURCES ? TT_RETURNING_NO : TT_RETURNING_UNKNOWN);
	assert_int_equal(tt_recall_shift(recall), TT_SAMPLE_SHIFT_MAX);
	assert_int_equal(tt_recall_shift_for(recall, at(0)), TT_SAMPLE_SHIFT_MAX);
	for (uint32_t i = 0; i < 2 * SOURCES; i++)
		assert_int_equal(source(recall, chosen(i), 10),
				i < SOURCES ? TT_RETURNING_YES : TT_RETURNING_UNKNOWN);
	/* There is room again, and yet some of these were there a horizon ago. */
	for (uint32_t i = 2 * SOURCES; i > SOURCES / 2; i--)
		source(recall, chosen(UINT32_MAX - i), 19);
	for (uint32_t i = SOURCES; i < 2 * SOURCES; i++)
		assert_int_equal(source(recall, chosen(i), 20), TT_RETURNING_UNKNOWN);
	tt_recall_destroy(recall);
}

static void
a_secret_chooses_another_sample_and_is_not_changed_once_there_is_one(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);

	assert_int_equal(tt_recall_secret(recall), 0);
	assert_true(tt_recall_set_secret(recall, 77));
	assert_int_equal(tt_recall_secret(recall), 77);
	for (uint32_t i = 0; i < SOURCES; i++)
		assert_int_equal(source(recall, chosen(i), 0), TT_RETURNING_NO);
	assert_true(tt_recall_set_secret(recall, 99));
	for (uint32_t i = 0; i < 8 * SOURCES; i++)
		source(recall, chosen(i), 0);
	/* Of addresses chosen for the hash without the secret, one in 16 as of any. */
	assert_in_range(tt_recall_shift(recall), 3, 4);
	for (uint32_t i = 0; i < 8 * SOURCES; i++)
		assert_int_equal(source(recall, chosen(i), 1),
				is_kept(tt_sample_hash(99, i), tt_recall_shift(recall))
						? TT_RETURNING_YES
						: TT_RETURNING_UNKNOWN);
	assert_false(tt_recall_set_secret(recall, 5));
	assert_int_equal(tt_recall_secret(recall), 99);
	tt_recall_clear(recall);
	assert_int_equal(tt_recall_secret(recall), 99);
	tt_recall_begin(recall, at(0), 1);
	assert_false(tt_recall_set_secret(recall, 5));
	tt_recall_destroy(recall);
}

static void
addresses_of_all_zeros_and_all_ones_are_sources_as_well(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);
	struct tt_addr zeros = {0, 0}, ones = {UINT64_MAX, UINT64_MAX};

	tt_recall_begin(recall, 0, 0);
	assert_int_equal(tt_recall_source(recall, zeros, tt_sketch_hash(zeros), 0),
			TT_RETURNING_NO);
	assert_int_equal(source(recall, zeros, 0), TT_RETURNING_NO);
	assert_int_equal(source(recall, zeros, 1), TT_RETURNING_YES);
	assert_int_equal(source(recall, ones, 1), TT_RETURNING_NO);
	assert_int_equal(source(recall, ones, 2), TT_RETURNING_YES);
	tt_recall_destroy(recall);
}

static void
old_sources_are_forgotten_before_any_are_sampled(void **state)
{
	struct tt_recall *recall = make(SOURCES, 10);

	for (uint32_t i = 0; i < SOURCES; i++)
		assert_int_equal(source(recall, addr(i), 0), TT_RETURNING_NO);
	for (uint32_t i = 0; i < SOURCES / 2; i++)
		assert_int_equal(source(recall, addr(i), 5), TT_RETURNING_YES);
	for (uint32_t i = SOURCES; i < SOURCES * 3 / 2; i++)
		assert_int_equal(source(recall, addr(i), 11), TT_RETURNING_NO);
	assert_int_equal(tt_recall_shift(recall), 0);
	for (uint32_t i = 0; i < SOURCES / 2; i++)
		assert_int_equal(source(recall, addr(i), 11), TT_RETURNING_YES);
	source(recall, addr(SOURCES * 2), 11);
	assert_int_equal(tt_recall_shift(recall), 1);
	tt_recall_destroy(recall);
}

/* Is there an interval before the n-th, within the horizon, that had the source? */
static bool
reference(const bool *seen, int n, int horizon)
{
	for (int i = n - horizon < 0 ? 0 : n - horizon; i < n; i++)
		if (seen[i])
			return true;
	return false;
}

#define N_ADDRS     6000
#define N_INTERVALS 40

static void
check_source(struct tt_recall *recall, uint32_t i, bool *seen, int n, int horizon)
{
	uint64_t hash = tt_sketch_hash(addr(i));
	enum tt_returning got = source(recall, addr(i), n);

	seen[n] = true;
	if (!is_kept(hash, tt_recall_shift(recall)))
		assert_int_equal(got, TT_RETURNING_UNKNOWN);
	else
		assert_int_equal(got,
				reference(seen, n, horizon) ? TT_RETURNING_YES
							    : TT_RETURNING_NO);
}

static void
what_is_kept_is_exact_whatever_comes(void **state)
{
	static bool seen[N_ADDRS][N_INTERVALS];
	uint64_t seed = choose_seed(), x = seed;
	unsigned most = 0;

	for (int round = 0; round < 20; round++) {
		int horizon = (int)(tt_hash_mix(seed + (unsigned)round) % 12);
		struct tt_recall *recall = make(SOURCES + (unsigned)round * 100, horizon);

		memset(seen, 0, sizeof(seen));
		for (int n = 0; n < N_INTERVALS; n++) {
			uint64_t entries = (x = tt_hash_mix(x + 1)) % 1500;
			uint32_t spread = 1 + (uint32_t)(x >> 32) % N_ADDRS;

			for (uint64_t k = 0; k < entries; k++) {
				x = tt_hash_mix(x + 1);
				check_source(recall, (uint32_t)(x % spread),
						seen[x % spread], n, horizon);
			}
		}
		most = tt_recall_shift(recall) > most ? tt_recall_shift(recall) : most;
		tt_recall_destroy(recall);
	}
	assert_true(most > 0);
}

static void
once_all_were_entered_asking_again_is_at_one_shift(void **state)
{
	const uint32_t n = 20000;
	struct tt_recall *recall = make(SOURCES, 10);
	uint32_t n_kept = 0;
	unsigned shift;

	for (uint32_t i = 0; i < n; i += 2)
		source(recall, addr(i), 0);
	for (uint32_t i = 0; i < n; i++)
		source(recall, addr(i), 1);
	shift = tt_recall_shift(recall);
	assert_in_range(shift, 4, 6);
	for (uint32_t i = 0; i < n; i++) {
		enum tt_returning got = source(recall, addr(i), 1);
		bool kept = is_kept(tt_sketch_hash(addr(i)), shift);

		n_kept += kept;
		assert_int_equal(got,
				!kept                        ? TT_RETURNING_UNKNOWN
						: i % 2 == 0 ? TT_RETURNING_YES
							     : TT_RETURNING_NO);
	}
	assert_int_equal(tt_recall_shift(recall), shift);
	assert_in_range(n_kept, SOURCES / 4, SOURCES);
	tt_recall_destroy(recall);
}

static void
memory_is_what_was_said_and_bounds_are_kept(void **state)
{
	static const uint64_t sizes[] = {1024, 1025, 100000};
	struct tt_mem mem = {.alloc = counting_alloc, .free = counting_free};
	struct tt_recall *recall;
	struct tt_error err = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sizes); i++) {
		assert_int_equal(tt_recall_create(&recall, sizes[i], MINUTE, &mem, &err),
				0);
		assert_int_equal(mem_taken, tt_recall_bytes(sizes[i]));
		assert_true(mem_taken <= sizes[i] * 48 + 8 * 140000);
		tt_recall_destroy(recall);
		assert_int_equal(mem_taken, 0);
	}
	assert_int_equal(tt_recall_create(&recall, 1023, MINUTE, &mem, &err), -EINVAL);
	assert_null(recall);
	assert_int_equal(tt_recall_create(&recall, (1 << 28) + 1, MINUTE, &mem, &err),
			-EINVAL);
	assert_int_equal(tt_recall_create(&recall, 1024, -1, &mem, &err), -EINVAL);
	tt_recall_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_target_is_new_until_an_earlier_interval_had_it),
			cmocka_unit_test(
					the_memory_reaches_back_to_the_earliest_interval_in_whatever_order),
			cmocka_unit_test(every_target_is_told_from_every_other),
			cmocka_unit_test(
					a_source_returns_if_an_interval_within_the_horizon_had_it),
			cmocka_unit_test(
					the_same_interval_asked_twice_gets_the_same_answer),
			cmocka_unit_test(
					of_an_interval_that_comes_late_no_source_is_said_to_be_new),
			cmocka_unit_test(
					what_comes_so_late_that_it_is_forgotten_takes_no_room),
			cmocka_unit_test(
					where_the_last_shift_has_no_room_all_that_comes_is_unknown),
			cmocka_unit_test(
					a_secret_chooses_another_sample_and_is_not_changed_once_there_is_one),
			cmocka_unit_test(
					addresses_of_all_zeros_and_all_ones_are_sources_as_well),
			cmocka_unit_test(
					old_sources_are_forgotten_before_any_are_sampled),
			cmocka_unit_test(what_is_kept_is_exact_whatever_comes),
			cmocka_unit_test(
					once_all_were_entered_asking_again_is_at_one_shift),
			cmocka_unit_test(memory_is_what_was_said_and_bounds_are_kept),
	};

	return cmocka_run_group_tests_name("recall", tests, NULL, NULL);
}
