/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sort.h"

#include <string.h>

#define DIGIT_BITS   8
#define DIGIT_VALUES (1u << DIGIT_BITS)
#define DIGITS       (64 / DIGIT_BITS)
#define RADIX_MIN    256 /* below, counting the digits costs more than comparing */
#define RUN_MAX      16 /* runs that insertion sorts */

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
digit(const struct tt_sort_item *item, unsigned place)
{
	return (unsigned)(item->prefix >> (place * DIGIT_BITS)) & (DIGIT_VALUES - 1);
}

static void
scatter(struct tt_sort_item *into, const struct tt_sort_item *from, uint64_t n,
		unsigned place, uint64_t counts[DIGIT_VALUES])
{
	uint64_t sum = 0;

	for (unsigned v = 0; v < DIGIT_VALUES; v++) {
		uint64_t count = counts[v];

		counts[v] = sum;
		sum += count;
	}
	for (uint64_t i = 0; i < n; i++)
		into[counts[digit(&from[i], place)]++] = from[i];
}

static void
radix_sort(struct tt_sort_item *items, struct tt_sort_item *scratch, uint64_t n)
{
	uint64_t counts[DIGITS][DIGIT_VALUES] = {0};
	struct tt_sort_item *from = items, *into = scratch, *swap;

	for (uint64_t i = 0; i < n; i++)
		for (unsigned place = 0; place < DIGITS; place++)
			counts[place][digit(&items[i], place)]++;
	for (unsigned place = 0; place < DIGITS; place++) {
		if (counts[place][digit(&from[0], place)] == n)
			continue;
		scatter(into, from, n, place, counts[place]);
		swap = from;
		from = into;
		into = swap;
	}
	if (from != items)
		memcpy(items, from, n * sizeof(*items));
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
	radix_sort(items, scratch, n);
	if (compare != NULL)
		sort_equal_prefixes(items, scratch, n, compare);
}
