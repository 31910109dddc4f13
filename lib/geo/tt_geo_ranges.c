/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo_source.h"

#include <errno.h>
#include <string.h>

static bool
is_next(struct tt_addr a, struct tt_addr b)
{
	return b.lo == a.lo + 1 && b.hi == a.hi + (b.lo == 0);
}

static bool
continues(const struct tt_geo_range *a, const struct tt_geo_range *b)
{
	return a->value == b->value && is_next(a->last, b->first);
}

/* Copied and not reallocated, so that it comes to lie in huge pages. */
static int
make_room(struct tt_geo_ranges *ranges, size_t size)
{
	struct tt_geo_range *items = size > SIZE_MAX / sizeof(*items)
			? NULL
			: tt_geo_take(size * sizeof(*items));

	if (items == NULL)
		return -ENOMEM;
	if (ranges->n > 0)
		memcpy(items, ranges->items, ranges->n * sizeof(*items));
	free(ranges->items);
	ranges->items = items;
	ranges->size = size;
	return 0;
}

void
tt_geo_ranges_expect(struct tt_geo_ranges *ranges, size_t n)
{
	if (n > ranges->size)
		(void)make_room(ranges, n);
}

static int
grow(struct tt_geo_ranges *ranges)
{
	return make_room(ranges, ranges->size == 0 ? 4096 : ranges->size * 4);
}

int
tt_geo_ranges_add(struct tt_geo_ranges *ranges, const struct tt_geo_range *range,
		struct tt_error *err)
{
	struct tt_geo_range *last = ranges->n > 0 ? &ranges->items[ranges->n - 1] : NULL;

	if (last != NULL && range->line == 0 && continues(last, range)) {
		last->last = range->last;
		return 0;
	}
	if (ranges->n == ranges->size && grow(ranges) != 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	ranges->items[ranges->n++] = *range;
	return 0;
}

/* By first address, then by line, so that equal files give equal messages. */
static int
compare(const void *left, const void *right)
{
	const struct tt_geo_range *a = left, *b = right;
	int order = tt_addr_cmp(a->first, b->first);

	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static bool
is_sorted(const struct tt_geo_ranges *ranges)
{
	for (size_t i = 1; i < ranges->n; i++)
		if (tt_addr_cmp(ranges->items[i - 1].first, ranges->items[i].first) > 0)
			return false;
	return true;
}

int
tt_geo_ranges_order(struct tt_geo_ranges *ranges, const char *path, struct tt_error *err)
{
	if (!is_sorted(ranges))
		qsort(ranges->items, ranges->n, sizeof(ranges->items[0]), compare);
	for (size_t i = 1; i < ranges->n; i++) {
		uint32_t a = ranges->items[i - 1].line, b = ranges->items[i].line;

		if (tt_addr_cmp(ranges->items[i - 1].last, ranges->items[i].first) < 0)
			continue;
		tt_error_set(err, -EINVAL, NULL, "range overlaps that of line %u",
				a < b ? a : b);
		tt_error_at(err, "%s:%u", path, a < b ? b : a);
		return -EINVAL;
	}
	return 0;
}

void
tt_geo_ranges_compact(struct tt_geo_ranges *ranges)
{
	size_t n = 0;

	for (size_t i = 0; i < ranges->n; i++) {
		const struct tt_geo_range *r = &ranges->items[i];

		if (r->value == 0)
			continue;
		if (n > 0 && continues(&ranges->items[n - 1], r))
			ranges->items[n - 1].last = r->last;
		else
			ranges->items[n++] = *r;
	}
	ranges->n = n;
}

void
tt_geo_ranges_fini(struct tt_geo_ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct tt_geo_ranges){0};
}

int
tt_geo_ranges_give(struct tt_geo_ranges *from, struct tt_geo_ranges *into,
		const char *path, struct tt_error *err)
{
	if (from->n == 0)
		return 0;
	if (into->given)
		return tt_error_set(err, -EINVAL, path,
				"another file was given for IPv6 already");
	if (!into->unread) {
		*into = *from;
		*from = (struct tt_geo_ranges){0};
	}
	into->given = true;
	return 0;
}

struct tt_addr
tt_geo_last_of(struct tt_addr first, unsigned bits)
{
	if (bits < 64)
		return (struct tt_addr){first.hi | UINT64_MAX >> bits, UINT64_MAX};
	return (struct tt_addr){first.hi,
			first.lo | (bits == 128 ? 0 : UINT64_MAX >> (bits - 64))};
}

struct tt_addr
tt_geo_with_bit(struct tt_addr a, unsigned bit)
{
	if (bit < 64)
		a.hi |= UINT64_C(1) << (63 - bit);
	else
		a.lo |= UINT64_C(1) << (127 - bit);
	return a;
}

/* Enters the start, if there is room; returns the number of starts so far. */
static uint32_t
put_start(struct tt_geo_start6 *starts, uint32_t n, struct tt_addr first, uint32_t value)
{
	if (starts != NULL)
		starts[n] = (struct tt_geo_start6){.first = first, .value = value};
	return n + 1;
}

uint32_t
tt_geo_ranges_starts(const struct tt_geo_ranges *ranges, struct tt_geo_start6 *starts)
{
	struct tt_addr free_from = {0, 0};
	uint32_t n = 0;
	bool at_end = false;

	for (size_t i = 0; i < ranges->n; i++) {
		const struct tt_geo_range *r = &ranges->items[i];

		if (tt_addr_cmp(free_from, r->first) < 0)
			n = put_start(starts, n, free_from, 0);
		n = put_start(starts, n, r->first, r->value);
		free_from.lo = r->last.lo + 1;
		free_from.hi = r->last.hi + (free_from.lo == 0);
		at_end = free_from.hi == 0 && free_from.lo == 0;
	}
	if (!at_end)
		n = put_start(starts, n, free_from, 0);
	return n;
}

uint32_t
tt_geo_starts_find(const struct tt_geo_start6 *starts, uint32_t n, struct tt_addr a)
{
	while (n > 1) {
		uint32_t half = n / 2;

		if (tt_addr_cmp(starts[half].first, a) <= 0)
			starts += half;
		n -= half;
	}
	return starts->value;
}
