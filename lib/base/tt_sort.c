/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sort.h"

#include <string.h>

#define DIGIT_BITS     11 /* at most: more places than that are in the way of each other */
#define RADIX_MIN      256 /* below, counting the digits costs more than comparing */
#define RUN_MAX        16 /* runs that insertion sorts */
#define DIGIT_BITS_MIN 4
#define FEW            25 /* what a digit leaves together, insertion sorts below this number */

static bool
is_after(const struct tt_sort_item *a, const struct tt_sort_item *b,
		int (*compare)(const void *a, const void *b))
{
	if (a->prefix != b->prefix)
		return a->prefix > b->prefix;
	return compare != NULL && compare(a->ref, b->ref) > 0;
}

static void
insertion_sort(struct tt_sort_item *items, uint64_t n,
		int (*compare)(const void *a, const void *b))
{
	for (uint64_t i = 1; i < n; i++) {
		struct tt_sort_item item = items[i];
		uint64_t k = i;

		for (; k > 0 && is_after(&items[k - 1], &item, compare); k--)
			items[k] = items[k - 1];
		items[k] = item;
	}
}

/* Merges from[0, mid) and from[mid, n), both sorted; of equal items those of the first half lead. */
static void
merge_halves(struct tt_sort_item *into, const struct tt_sort_item *from, uint64_t mid,
		uint64_t n, int (*compare)(const void *a, const void *b))
{
	uint64_t left = 0, right = mid;

	for (uint64_t i = 0; i < n; i++) {
		bool take_right = left == mid
				|| (right < n
						&& is_after(&from[left], &from[right],
								compare));

		into[i] = from[take_right ? right++ : left++];
	}
}

static uint64_t
min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void
merge_sort(struct tt_sort_item *items, struct tt_sort_item *scratch, uint64_t n,
		int (*compare)(const void *a, const void *b))
{
	struct tt_sort_item *from = items, *into = scratch, *swap;

	for (uint64_t at = 0; at < n; at += RUN_MAX)
		insertion_sort(&items[at], min_u64(RUN_MAX, n - at), compare);
	for (uint64_t width = RUN_MAX; width < n; width *= 2) {
		for (uint64_t at = 0; at < n; at += 2 * width)
			merge_halves(&into[at], &from[at], min_u64(width, n - at),
					min_u64(2 * width, n - at), compare);
		swap = from;
		from = into;
		into = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
}

/* The bits that are not the same in all prefixes. */
static uint64_t
varying_bits(const struct tt_sort_item *items, uint64_t n)
{
	uint64_t bits = 0;

	for (uint64_t i = 1; i < n; i++)
		bits |= items[i].prefix ^ items[0].prefix;
	return bits;
}

/* How wide a digit parts n items, FEW and more: into runs of four to eight of them, were they spread evenly. */
static unsigned
digit_bits(uint64_t n)
{
	const unsigned bits = 61 - (unsigned)__builtin_clzll(n);

	if (bits < DIGIT_BITS_MIN)
		return DIGIT_BITS_MIN;
	return bits < DIGIT_BITS ? bits : DIGIT_BITS;
}

/* Moves items[n] to `into`, by `width` bits from `shift` on; ends[v]: where those of value v end. */
static inline __attribute__((always_inline)) void
scatter(struct tt_sort_item *into, const struct tt_sort_item *from, uint64_t n,
		unsigned shift, unsigned width, uint32_t ends[1u << DIGIT_BITS])
{
	const uint32_t mask = (1u << width) - 1;
	uint32_t sum = 0;

	memset(ends, 0, sizeof(*ends) << width);
	for (uint64_t i = 0; i < n; i++)
		ends[from[i].prefix >> shift & mask]++;
	for (uint32_t v = 0; v <= mask; v++) {
		const uint32_t count = ends[v];

		ends[v] = sum;
		sum += count;
	}
	for (uint64_t i = 0; i < n; i++)
		into[ends[from[i].prefix >> shift & mask]++] = from[i];
}

/* By prefix alone, of few items; into: may be where they are. */
static inline void
sort_few(struct tt_sort_item *into, const struct tt_sort_item *from, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		const struct tt_sort_item item = from[i];
		uint64_t k = i;

		for (; k > 0 && into[k - 1].prefix > item.prefix; k--)
			into[k] = into[k - 1];
		into[k] = item;
	}
}

/*
 * By prefix alone, the most significant digit first; n is below 2^32. The result is in `items`, or in `other`. Each
 * digit begins with the highest bit that the items do not share, so that there are 16 of four bits at most, and runs
 * are soon short: least significant digits first would pass over all of them for each digit.
 */
static void
radix_sort(struct tt_sort_item *items, struct tt_sort_item *other, uint64_t n,
		bool in_other)
{
	uint32_t ends[1u << DIGIT_BITS]; /* 8 KiB */
	unsigned top, width, shift;
	uint64_t bits;

	if (n < FEW) {
		sort_few(in_other ? other : items, items, n);
		return;
	}
	bits = varying_bits(items, n);
	top = bits == 0 ? 0 : 64 - (unsigned)__builtin_clzll(bits);
	width = digit_bits(n);
	shift = top > width ? top - width : 0;
	if (bits != 0)
		scatter(other, items, n, shift, width, ends);
	if (bits >> shift << shift == bits) {
		const bool is_other = bits != 0;

		if (is_other != in_other)
			memcpy(in_other ? other : items, in_other ? items : other,
					n * sizeof(*items));
		return;
	}
	for (uint32_t v = 0, at = 0; v < 1u << width; at = ends[v++])
		if (ends[v] > at)
			radix_sort(&other[at], &items[at], ends[v] - at, !in_other);
}

static void
sort_equal_prefixes(struct tt_sort_item *items, struct tt_sort_item *scratch, uint64_t n,
		int (*compare)(const void *a, const void *b))
{
	for (uint64_t at = 0, end; at < n; at = end) {
		for (end = at + 1; end < n && items[end].prefix == items[at].prefix;)
			end++;
		if (end - at > 1)
			merge_sort(&items[at], scratch, end - at, compare);
	}
}

void
tt_sort(struct tt_sort_item *items, struct tt_sort_item *scratch, uint64_t n,
		int (*compare)(const void *a, const void *b))
{
	if (n < RADIX_MIN || n > UINT32_MAX) {
		merge_sort(items, scratch, n, compare);
		return;
	}
	radix_sort(items, scratch, n, false);
	if (compare != NULL)
		sort_equal_prefixes(items, scratch, n, compare);
}
