/* SPDX-License-Identifier: BSD-3-Clause */
/* A radix sort of words, which are half as long as the items of tt_sort.c: of what is larger than the caches,
 * memory is what a sort waits for. What lies in the cache is sorted least significant digit first. */
#include "tt_sort.h"

#include <string.h>

#define DIGIT_BITS   8
#define DIGIT_VALUES (1u << DIGIT_BITS)
#define RUN_MAX      16 /* words that insertion sorts */
#define WIDE_BITS    11
#define WIDE_MIN     1024 /* from so many words on, wide digits pay */
#define CACHED_MAX \
	(1 << 15) /* words that stay in a core's cache: 512 KiB with their copy */

static void
insertion_sort(uint64_t *words, uint64_t n)
{
	for (uint64_t i = 1; i < n; i++) {
		const uint64_t word = words[i];
		uint64_t k = i;

		for (; k > 0 && words[k - 1] > word; k--)
			words[k] = words[k - 1];
		words[k] = word;
	}
}

/* The bits, of those from `low` on, that are not the same in all words. */
static uint64_t
varying_bits(const uint64_t *words, uint64_t n, unsigned low)
{
	uint64_t bits = 0;

	for (uint64_t i = 1; i < n; i++)
		bits |= words[i] ^ words[0];
	return bits >> low << low;
}

/* Moves words[n] to `into`, by the digit above `shift`; ends[v]: where those of value v end. */
static inline __attribute__((always_inline)) void
scatter(uint64_t *into, const uint64_t *from, uint64_t n, unsigned shift, unsigned width,
		uint64_t *ends)
{
	const uint64_t mask = (UINT64_C(1) << width) - 1;
	uint64_t sum = 0;

	memset(ends, 0, sizeof(*ends) << width);
	for (uint64_t i = 0; i < n; i++)
		ends[from[i] >> shift & mask]++;
	for (uint64_t v = 0; v <= mask; v++) {
		const uint64_t count = ends[v];

		ends[v] = sum;
		sum += count;
	}
	for (uint64_t i = 0; i < n; i++)
		into[ends[from[i] >> shift & mask]++] = from[i];
}

/* Least significant digit first: for what lies in the cache. The result is in `words`, or in `other`. */
static __attribute__((noinline)) void
sort_cached(uint64_t *words, uint64_t *other, uint64_t n, uint64_t bits, bool in_other)
{
	const unsigned width = n < WIDE_MIN ? DIGIT_BITS : WIDE_BITS;
	uint64_t ends[1u << WIDE_BITS], *from = words, *into = other, *swap;

	while (bits != 0) {
		const unsigned shift = (unsigned)__builtin_ctzll(bits);

		scatter(into, from, n, shift, width, ends);
		swap = from;
		from = into;
		into = swap;
		bits &= shift + width < 64 ? ~UINT64_C(0) << (shift + width) : 0;
	}
	swap = in_other ? other : words;
	if (from != swap)
		memcpy(swap, from, n * sizeof(*swap));
}

static void
radix_sort(uint64_t *words, uint64_t *other, uint64_t n, unsigned low, bool in_other)
{
	uint64_t bits = n > RUN_MAX ? varying_bits(words, n, low) : 0;
	uint64_t ends[DIGIT_VALUES];
	unsigned top;

	if (n <= RUN_MAX)
		insertion_sort(words, n);
	if (bits == 0) {
		if (in_other)
			memcpy(other, words, n * sizeof(*words));
		return;
	}
	if (n <= CACHED_MAX) {
		sort_cached(words, other, n, bits, in_other);
		return;
	}
	top = 64 - (unsigned)__builtin_clzll(bits);
	scatter(other, words, n, top > low + DIGIT_BITS ? top - DIGIT_BITS : low,
			DIGIT_BITS, ends);
	for (uint64_t v = 0, at = 0; v < DIGIT_VALUES; at = ends[v++])
		if (ends[v] > at)
			radix_sort(&other[at], &words[at], ends[v] - at, low, !in_other);
}

void
tt_sort_words(uint64_t *words, uint64_t *scratch, uint64_t n, unsigned low)
{
	radix_sort(words, scratch, n, low, false);
}
