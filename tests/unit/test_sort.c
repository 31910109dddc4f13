/* SPDX-License-Identifier: BSD-3-Clause */
#include "seed.h"
#include "tt_hash.h"
#include "tt_sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed;

/* What an item refers to: the rest of its key, and where it stood in the input. */
struct row {
	uint64_t prefix, rest, place;
};

static int
row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->rest > y->rest) - (x->rest < y->rest);
}

/* The definition: by prefix, then by compare if there is one, then by the place in the input. */
static bool use_rest;

static int
item_cmp(const void *a, const void *b)
{
	const struct tt_sort_item *x = a, *y = b;
	const struct row *p = x->ref, *q = y->ref;
	int rest = use_rest ? row_cmp(p, q) : 0;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return rest != 0 ? rest : (p->place > q->place) - (p->place < q->place);
}

/* Sorts rows[n] with and without compare, and with qsort, and wants the same. */
static void
check(struct row *rows, uint64_t n)
{
	struct tt_sort_item *items = calloc(n + 1, sizeof(*items)),
			    *want = calloc(n + 1, sizeof(*want)),
			    *scratch = malloc((n + 1) * sizeof(*scratch));

	for (unsigned with_compare = 0; with_compare < 2; with_compare++) {
		for (uint64_t i = 0; i < n; i++) {
			rows[i].place = i;
			items[i] = (struct tt_sort_item){
					.prefix = rows[i].prefix, .ref = &rows[i]};
		}
		memcpy(want, items, n * sizeof(*want));
		use_rest = with_compare != 0;
		qsort(want, n, sizeof(*want), item_cmp);
		tt_sort(items, scratch, n, use_rest ? row_cmp : NULL);
		assert_memory_equal(items, want, (n + 1) * sizeof(*items));
	}
	free(items);
	free(want);
	free(scratch);
}

static const uint64_t lengths[] = {0, 1, 2, 3, 15, 16, 17, 24, 25, 26, 31, 33, 100, 255,
		256, 257, 1000, 1023, 1024, 4097, 16384, 16385};

/* prefix: the value for row i of n; rests take 8 values, so that some items are fully equal. */
static void
check_all_lengths(uint64_t (*prefix)(uint64_t i, uint64_t n))
{
	for (unsigned k = 0; k < TT_ARRAY_SIZE(lengths); k++) {
		uint64_t n = lengths[k];
		struct row *rows = calloc(n + 1, sizeof(*rows));

		for (uint64_t i = 0; i < n; i++) {
			rows[i].prefix = prefix(i, n);
			rows[i].rest = tt_hash_mix(seed ^ i) & 7;
		}
		check(rows, n);
		free(rows);
	}
}

static uint64_t
random_prefix(uint64_t i, uint64_t n)
{
	return tt_hash_mix(seed + i);
}

static uint64_t
few_prefix(uint64_t i, uint64_t n)
{
	return tt_hash_mix(seed + i) % 5 << 40;
}

static uint64_t
equal_prefix(uint64_t i, uint64_t n)
{
	return UINT64_MAX;
}

static uint64_t
ascending_prefix(uint64_t i, uint64_t n)
{
	return i << 20;
}

static uint64_t
descending_prefix(uint64_t i, uint64_t n)
{
	return n - i;
}

/* The top byte differs, and one byte in the middle: an even number of passes. */
static uint64_t
two_digit_prefix(uint64_t i, uint64_t n)
{
	return (i % 3 ? UINT64_C(0xff) << 56 : 0) | (i * 7 % 256) << 24;
}

/* Runs of bits that vary, of 1 to 30, with gaps between them. */
static uint64_t
gaps_prefix(uint64_t i, uint64_t n)
{
	return tt_hash_mix(seed + i) & UINT64_C(0x81fffffff7ff1ffd);
}

/* A bit more that differs in half as many items: each digit parts a few of them from the others, down to the last. */
static uint64_t
ever_fewer_prefix(uint64_t i, uint64_t n)
{
	const uint64_t bits = tt_hash_mix(seed + i);

	return bits == 0 ? 0 : UINT64_C(1) << __builtin_clzll(bits);
}

/* Few keys have most items, which only their low bits tell apart. */
static uint64_t
frequent_prefix(uint64_t i, uint64_t n)
{
	const uint64_t random = tt_hash_mix(seed + i);

	return (random & random >> 16 & random >> 32 & 0xffff) << 39
			| (random >> 32 & 0xffffff);
}

static uint64_t
masked_prefix(uint64_t i, uint64_t n)
{
	return tt_hash_mix(seed + i) & tt_hash_mix(seed ^ n) & tt_hash_mix(seed ^ ~n);
}

static void
random_prefixes_sort_as_qsort_sorts_them(void **state)
{
	check_all_lengths(random_prefix);
	check_all_lengths(gaps_prefix);
	check_all_lengths(masked_prefix);
	check_all_lengths(ever_fewer_prefix);
	check_all_lengths(frequent_prefix);
}

static void
equal_prefixes_sort_by_compare_and_keep_the_order_of_equal_items(void **state)
{
	check_all_lengths(few_prefix);
	check_all_lengths(equal_prefix);
}

static void
sorted_and_reversed_input_is_sorted(void **state)
{
	check_all_lengths(ascending_prefix);
	check_all_lengths(descending_prefix);
}

static void
digits_that_all_items_share_are_skipped_without_harm(void **state)
{
	check_all_lengths(two_digit_prefix);
}

static void
a_million_items_are_sorted(void **state)
{
	uint64_t n = 1000000;
	struct row *rows = calloc(n, sizeof(*rows));

	/* Half of the prefixes are of one long run, the others are random. */
	for (uint64_t i = 0; i < n; i++) {
		rows[i].prefix = i & 1 ? tt_hash_mix(seed + i) : 1;
		rows[i].rest = tt_hash_mix(seed ^ i);
	}
	check(rows, n);
	free(rows);
}

static int
word_cmp(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Sorts n words by their bits from `low` on: these are ascending, and no word is lost or made. */
static void
check_words(uint64_t (*word)(uint64_t i, uint64_t n), uint64_t n, unsigned low)
{
	uint64_t *words = calloc(n + 1, sizeof(*words)),
		 *want = calloc(n + 1, sizeof(*want)),
		 *scratch = malloc((n + 1) * sizeof(*scratch));

	for (uint64_t i = 0; i < n; i++)
		words[i] = want[i] = word(i, n);
	qsort(want, n, sizeof(*want), word_cmp);
	tt_sort_words(words, scratch, n, low);
	for (uint64_t i = 1; i < n; i++)
		assert_true(words[i - 1] >> low <= words[i] >> low);
	qsort(words, n, sizeof(*words), word_cmp);
	assert_memory_equal(words, want, (n + 1) * sizeof(*words));
	free(words);
	free(want);
	free(scratch);
}

static void
words_sort_by_their_high_bits(void **state)
{
	static uint64_t (*const words[])(uint64_t i, uint64_t n) = {random_prefix,
			few_prefix, equal_prefix, ascending_prefix, descending_prefix,
			two_digit_prefix, gaps_prefix, masked_prefix, ever_fewer_prefix,
			frequent_prefix};
	static const uint64_t long_ones[] = {32768, 32769, 200000};
	static const unsigned lows[] = {0, 1, 27, 60, 63};

	for (unsigned w = 0; w < TT_ARRAY_SIZE(words); w++)
		for (unsigned l = 0; l < TT_ARRAY_SIZE(lows); l++) {
			for (unsigned k = 0; k < TT_ARRAY_SIZE(lengths); k++)
				check_words(words[w], lengths[k], lows[l]);
			check_words(words[w], long_ones[(w + l) % 3], lows[l]);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(random_prefixes_sort_as_qsort_sorts_them),
			cmocka_unit_test(
					equal_prefixes_sort_by_compare_and_keep_the_order_of_equal_items),
			cmocka_unit_test(sorted_and_reversed_input_is_sorted),
			cmocka_unit_test(
					digits_that_all_items_share_are_skipped_without_harm),
			cmocka_unit_test(a_million_items_are_sorted),
			cmocka_unit_test(words_sort_by_their_high_bits),
	};

	seed = choose_seed();
	return cmocka_run_group_tests_name("sort", tests, NULL, NULL);
}
