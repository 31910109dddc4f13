/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_hash.h"
#include "tt_pair_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PAIRS 20000

static uint64_t hashes[PAIRS];

static struct tt_pair_lines
make(uint64_t pairs)
{
	struct tt_pair_lines l = {.mask = tt_pair_lines_for(pairs) - 1};

	l.lines = aligned_alloc(TT_CACHE_LINE, (l.mask + 1) * sizeof(*l.lines));
	assert_non_null(l.lines);
	memset(l.lines, 0, (l.mask + 1) * sizeof(*l.lines));
	return l;
}

/* Hashes that meet in a few lines, and tags that do, or do not. */
static void
make_hashes(uint64_t line_mask, uint64_t tag_mask)
{
	for (uint32_t i = 0; i < PAIRS; i++) {
		const uint64_t mixed = tt_hash_mix(i);

		hashes[i] = (mixed >> 32 & tag_mask) << 55
				| (mixed & line_mask & UINT32_MAX);
	}
}

static bool
has(const struct tt_pair_lines *l, uint64_t hash, uint32_t number)
{
	for (uint64_t at = hash & l->mask;; at = (at + 1) & l->mask) {
		const struct tt_pair_line *line = &l->lines[at];

		for (unsigned m = tt_pair_match(line, tt_pair_tag(hash)); m != 0;
				m &= m - 1)
			if (line->numbers[__builtin_ctz(m)] == number)
				return true;
		if (line->passed == 0)
			return false;
	}
}

static void
what_enters_is_found_until_it_leaves(void **state)
{
	static const uint64_t line_masks[] = {UINT64_MAX, 15, 1};

	for (unsigned k = 0; k < TT_ARRAY_SIZE(line_masks); k++) {
		struct tt_pair_lines l = make(PAIRS);

		make_hashes(line_masks[k], k == 1 ? 3 : 255);
		for (uint32_t i = 0; i < PAIRS; i++)
			tt_pair_enter(&l, hashes[i], i);
		for (uint32_t i = 0; i < PAIRS; i += 3)
			tt_pair_leave(&l, hashes[i], i);
		for (uint32_t i = 0; i < PAIRS; i++)
			assert_int_equal(has(&l, hashes[i], i), i % 3 != 0);
		for (uint32_t i = 0; i < PAIRS; i += 3)
			tt_pair_enter(&l, hashes[i], i);
		for (uint32_t i = 0; i < PAIRS; i++) {
			assert_true(has(&l, hashes[i], i));
			tt_pair_leave(&l, hashes[i], i);
		}
		for (uint64_t i = 0; i <= l.mask; i++) {
			assert_int_equal(l.lines[i].passed, 0);
			assert_int_equal(tt_pair_match(&l.lines[i], 0),
					(1 << TT_PAIR_WAYS) - 1);
		}
		free(l.lines);
	}
}

/* A guess is right for nearly all, and never a number that was not entered. */
static void
a_guess_is_seldom_wrong(void **state)
{
	struct tt_pair_lines l = make(PAIRS);
	unsigned right = 0;

	assert_int_equal(tt_pair_guess(&l, 5), 0);
	make_hashes(UINT64_MAX, 255);
	for (uint32_t i = 0; i < PAIRS; i++)
		tt_pair_enter(&l, hashes[i], i);
	for (uint32_t i = 0; i < PAIRS; i++)
		right += tt_pair_guess(&l, hashes[i]) == i;
	assert_true(right > PAIRS / 100 * 96);
	for (uint64_t i = 0; i < PAIRS; i++)
		assert_true(tt_pair_guess(&l, tt_hash_mix(~i) & INT64_MAX) < PAIRS);
	free(l.lines);
}

static void
clearing_what_entered_clears_all(void **state)
{
	struct tt_pair_lines l = make(PAIRS);
	const struct tt_pair_line none = {.passed = 0};

	make_hashes(31, 255);
	for (uint32_t i = 0; i < PAIRS; i++)
		tt_pair_enter(&l, hashes[i], i);
	for (uint32_t i = 0; i < PAIRS; i++)
		tt_pair_clear(&l, hashes[i]);
	for (uint64_t i = 0; i <= l.mask; i++)
		assert_memory_equal(&l.lines[i], &none, sizeof(none));
	free(l.lines);
}

static void
matches_are_those_of_the_plain_twin(void **state)
{
	for (uint64_t i = 0; i < 100000; i++) {
		struct tt_pair_line line;
		const uint8_t tag = (uint8_t)tt_hash_mix(i) & 3;

		for (unsigned k = 0; k < TT_PAIR_WAYS; k++)
			line.tags[k] = (uint8_t)tt_hash_mix(i * TT_PAIR_WAYS + k) & 3;
		line.passed = (uint32_t)tag * 0x01010101u;
		assert_int_equal(
				tt_pair_match(&line, tag), tt_pair_match_ref(&line, tag));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(what_enters_is_found_until_it_leaves),
			cmocka_unit_test(a_guess_is_seldom_wrong),
			cmocka_unit_test(clearing_what_entered_clears_all),
			cmocka_unit_test(matches_are_those_of_the_plain_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
