/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sort.h"

#include <string.h>

#define DIGIT_BITS   8
#define DIGIT_VALUES (1u << DIGIT_BITS)
#define RADIX_MIN    256 /* below, counting the digits costs more than comparing */
#define RUN_MAX      16 /* runs that insertion sorts */
#define WIDE_BITS    11
#define WIDE_MIN     1024 /* from so many items on, wide digits pay */
#define CACHED_MAX \
	(1 << 14) /* items that stay in a core's cache: 512 KiB with their copy */

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

static unsigned
digit(uint64_t prefix, unsigned shift)
{
	return (unsigned)(prefix >> shift) & (DIGIT_VALUES - 1);
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

/* Moves items[n] to `into`, by the digit above `shift`; ends[v]: where those of value v end. */
static void
scatter(struct tt_sort_item *into, const struct tt_sort_item *from, uint64_t n,
		unsigned shift, uint64_t ends[DIGIT_VALUES])
{
	uint64_t sum = 0;

	memset(ends, 0, DIGIT_VALUES * sizeof(*ends));
	for (uint64_t i = 0; i < n; i++)
		ends[digit(from[i].prefix, shift)]++;
	for (unsigned v = 0; v < DIGIT_VALUES; v++) {
		uint64_t count = ends[v];

		ends[v] = sum;
		sum += count;
	}
	for (uint64_t i = 0; i < n; i++)
		into[ends[digit(from[i].prefix, shift)]++] = from[i];
}

/* The same by `width` bits, of items that lie in the cache. */
static void
scatter_cached(struct tt_sort_item *into, const struct tt_sort_item *from, uint32_t n,
		unsigned shift, unsigned width)
{
	const uint32_t mask = (1u << width) - 1;
	uint32_t ends[1u << WIDE_BITS], sum = 0;

	memset(ends, 0, sizeof(*ends) << width);
	for (uint32_t i = 0; i < n; i++)
		ends[from[i].prefix >> shift & mask]++;
	for (uint32_t v = 0; v <= mask; v++) {
		uint32_t count = ends[v];

		ends[v] = sum;
		sum += count;
	}
	for (uint32_t i = 0; i < n; i++)
		into[ends[from[i].prefix >> shift & mask]++] = from[i];
}

static void
copy(struct tt_sort_item *into, const struct tt_sort_item *from, uint64_t n)
{
	memcpy(into, from, n * sizeof(*into));
}

/* How wide a digit to sort by, so that the run of varying bits that starts at `shift` takes no more
 * digits than it must, and these are no wider than they must be; the last one as wide as may be, since
 * another run may begin behind it. */
static unsigned
digit_width(uint64_t bits, unsigned shift, unsigned most)
{
	const uint64_t others = ~(bits >> shift);
	const unsigned run = others == 0 ? 64 : (unsigned)__builtin_ctzll(others);
	const unsigned digits = (run + most - 1) / most;

	return digits == 1 ? most : (run + digits - 1) / digits;
}

/* Least significant digit first: for what lies in the cache. The result is in `items`, or in
 * `other`. Not inlined: what calls it calls itself, and would take this one's stack each time. */
static __attribute__((noinline)) void
sort_cached(struct tt_sort_item *items, struct tt_sort_item *other, uint64_t n,
		uint64_t bits, bool in_other)
{
	const unsigned most = n < WIDE_MIN ? DIGIT_BITS : WIDE_BITS;
	bool is_other = false;

	while (bits != 0) {
		const unsigned shift = (unsigned)__builtin_ctzll(bits);
		const unsigned width = digit_width(bits, shift, most);

		scatter_cached(is_other ? items : other, is_other ? other : items,
				(uint32_t)n, shift, width);
		is_other = !is_other;
		bits &= shift + width < 64 ? ~UINT64_C(0) << (shift + width) : 0;
	}
	if (is_other != in_other)
		copy(in_other ? other : items, in_other ? items : other, n);
}

/*
 * By prefix alone. What is larger than the cache is parted by its most significant digit first, so
 * that memory is passed over once or twice and not once for each digit.
 */
static void
radix_sort(struct tt_sort_item *items, struct tt_sort_item *other, uint64_t n,
		bool in_other)
{
	uint64_t bits = n > RUN_MAX ? varying_bits(items, n) : 0;
	uint64_t ends[DIGIT_VALUES];
	unsigned top;

	if (n <= RUN_MAX)
		insertion_sort(items, n, NULL);
	if (bits == 0) {
		if (in_other)
			copy(other, items, n);
		return;
	}
	if (n <= CACHED_MAX) {
		sort_cached(items, other, n, bits, in_other);
		return;
	}
	top = 64 - (unsigned)__builtin_clzll(bits);
	scatter(other, items, n, top > DIGIT_BITS ? top - DIGIT_BITS : 0, ends);
	for (uint64_t v = 0, at = 0; v < DIGIT_VALUES; at = ends[v++])
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
	if (n < RADIX_MIN) {
		merge_sort(items, scratch, n, compare);
		return;
	}
	radix_sort(items, scratch, n, false);
	if (compare != NULL)
		sort_equal_prefixes(items, scratch, n, compare);
}
