/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who knows the code can send packets from addresses of IPv6 that tt_hash_mix, whose inverse is known, would place side by
 * side. Tables that such addresses reach, and those of numbers in snapshots that somebody else wrote, are placed by a seed
 * that is drawn: however the keys are chosen, they stand apart, so that finding one takes a few steps and not thousands.
 */
#include "tt_counts.h"
#include "tt_hash.h"
#include "tt_observed_names.h"
#include "tt_parquet_dictionary.h"
#include "tt_sketch.h"
#include "tt_source_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define KEYS 30000
#define RUN_MOST \
	1000 /* slots in a row; of random keys in tables half full there are fewer than 200 */

/* x * odd = y: by Newton's steps, each of which doubles how many low bits are right. */
static uint64_t
divide(uint64_t y, uint64_t odd)
{
	uint64_t inverse = odd;

	for (unsigned i = 0; i < 6; i++)
		inverse *= 2 - odd * inverse;
	return y * inverse;
}

static uint64_t
undo_shift(uint64_t x, unsigned shift)
{
	uint64_t y = x;

	for (unsigned done = shift; done < 64; done += shift)
		y = x ^ y >> shift;
	return y;
}

/* What tt_hash_mix makes a number of. */
static uint64_t
unmix(uint64_t hash)
{
	uint64_t x = undo_shift(hash, 31);

	x = undo_shift(divide(x, UINT64_C(0x94d049bb133111eb)), 27);
	return undo_shift(divide(x, UINT64_C(0xbf58476d1ce4e5b9)), 30);
}

/* Whose 32 low bits are those of all others, and 0. */
static uint64_t
hash_of(uint64_t number)
{
	return number << 32;
}

/* The first word of three whose tt_hash_3 is hash. */
static uint64_t
first_of(uint64_t hash, uint64_t second, uint64_t third)
{
	return unmix(hash)
			- UINT64_C(0x9e3779b97f4a7c15)
			* tt_hash_mix(second + UINT64_C(0xd1b54a32d192ed03) * third);
}

static size_t
longest_run(const uint32_t *slots, size_t n)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < n; i++) {
		run = slots[i] == 0 ? 0 : run + 1;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void
the_inverse_is_one(void **state)
{
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(tt_hash_mix(unmix(hash_of(i))), hash_of(i));
		assert_int_equal(tt_hash_3(first_of(hash_of(i), i, 7), i, 7), hash_of(i));
	}
}

static void
counts_of_chosen_addresses_stand_apart(void **state)
{
	struct tt_counts counts;

	tt_counts_init(&counts, 65536, 0);
	for (uint64_t i = 0; i < KEYS; i++) {
		const struct tt_cause_count key = {
				.hi = first_of(hash_of(i), i, 3), .lo = i, .of = 3};

		assert_non_null(tt_counts_add(&counts, &key, TT_CAUSE_NOW, 0, 1));
	}
	assert_int_equal(counts.n, KEYS);
	assert_in_range(longest_run(counts.slots, counts.n_slots), 1, RUN_MOST);
	tt_counts_fini(&counts);
}

static void
chosen_sources_stand_apart(void **state)
{
	const struct tt_kept_source row = {.of = 5};
	struct tt_source_set set;

	tt_source_set_init(&set, TT_SOURCE_SET_MAX, false);
	tt_source_set_begin(&set, &(struct tt_source_snapshot){"public-2", 1, true});
	for (uint64_t i = 0; i < KEYS; i++) {
		const uint64_t hash = unmix(hash_of(i)) - row.of;
		const struct tt_addr address = {
				1, unmix(hash) ^ tt_hash_mix(1 ^ TT_SKETCH_SEED)};

		assert_int_equal(tt_sketch_hash(address), hash);
		assert_int_equal(tt_source_set_add(&set, address, &row), 0);
	}
	assert_int_equal(tt_source_set_settle(&set), 0);
	assert_int_equal(set.n, KEYS);
	assert_in_range(longest_run(set.slots, set.n_slots), 1, RUN_MOST);
	tt_source_set_fini(&set);
}

static void
chosen_signatures_stand_apart(void **state)
{
	struct tt_observed_names names;

	assert_int_equal(tt_observed_names_init(&names), 0);
	for (uint64_t i = 0; i < KEYS; i++)
		assert_int_equal(tt_observed_names_signature(&names,
						 (int64_t)first_of(hash_of(i), i, 0),
						 (int64_t)i, 0, "m"),
				i);
	assert_in_range(longest_run(names.signature_slots, names.n_signature_slots), 1,
			RUN_MOST);
	tt_observed_names_fini(&names);
}

/* As those of a column src_lo. */
static void
chosen_values_of_a_column_stand_apart(void **state)
{
	static int64_t values[KEYS];
	struct tt_parquet_ints ints = {0};

	for (uint64_t i = 0; i < KEYS; i++)
		values[i] = (int64_t)unmix(hash_of(i));
	assert_int_equal(tt_parquet_ints_index(&ints, values, true, KEYS,
					 TT_PARQUET_DICTIONARY_VALUES),
			1);
	assert_int_equal(ints.n, KEYS);
	for (uint32_t i = 0; i < KEYS; i++)
		assert_int_equal(ints.indices[i], i);
	assert_in_range(longest_run(ints.slots.slots, ints.slots.n), 1, RUN_MOST);
	tt_parquet_ints_fini(&ints);
}

/* The hash of such a text, were there no seed. */
static uint64_t
unseeded(const char *text, size_t n)
{
	uint64_t hash = n, word;

	for (; n >= sizeof(word); n -= sizeof(word), text += sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = tt_hash_mix(hash ^ word) + 1;
	}
	word = 0;
	memcpy(&word, text, n);
	return tt_hash_mix(hash ^ word);
}

#define TEXTS       1500
#define TEXTS_SLOTS 4096 /* that a dictionary of so many has */

/* As those of a column src_ip: no inverse is needed, as one address in as many as there are slots falls into a place. */
static void
chosen_texts_of_a_column_stand_apart(void **state)
{
	char text[] = "2001:db8:0:0:00000000";
	const size_t n = sizeof(text) - 1;
	struct tt_parquet_texts texts = {0};
	uint32_t index;

	tt_parquet_texts_reset(&texts);
	for (uint32_t i = 0; texts.n < TEXTS; i++) {
		for (unsigned k = 0; k < 8; k++)
			text[n - 1 - k] = "0123456789abcdef"[i >> 4 * k & 15];
		if (unseeded(text, n) % TEXTS_SLOTS != 0)
			continue;
		assert_int_equal(tt_parquet_texts_add(&texts, text, n,
						 TT_PARQUET_DICTIONARY_VALUES, &index),
				0);
		assert_int_equal(index, texts.n - 1);
	}
	assert_int_equal(texts.slots.n, TEXTS_SLOTS);
	assert_in_range(longest_run(texts.slots.slots, texts.slots.n), 1, RUN_MOST);
	tt_parquet_texts_fini(&texts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_inverse_is_one),
			cmocka_unit_test(counts_of_chosen_addresses_stand_apart),
			cmocka_unit_test(chosen_sources_stand_apart),
			cmocka_unit_test(chosen_signatures_stand_apart),
			cmocka_unit_test(chosen_values_of_a_column_stand_apart),
			cmocka_unit_test(chosen_texts_of_a_column_stand_apart),
	};

	return cmocka_run_group_tests_name("chosen_keys", tests, NULL, NULL);
}
