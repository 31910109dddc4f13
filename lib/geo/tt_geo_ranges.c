/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo_source.h"

#include <errno.h>

static bool
is_next(struct tt_addr a, struct tt_addr b)
{
	return b.lo == a.lo + 1 && b.hi == a.hi + (b.lo == 0);
}

static bool
continues(const struct tt_geo_range *a, const struct tt_geo_range *b)
{
	return a->country == b->country && is_next(a->last, b->first);
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
	if (ranges->n == ranges->size) {
		size_t size = ranges->size == 0 ? 4096 : ranges->size * 2;
		struct tt_geo_range *items = reallocarray(
				ranges->items, size, sizeof(*items));

		if (items == NULL)
			return tt_error_set(err, -ENOMEM, NULL, "out of memory");
		ranges->items = items;
		ranges->size = size;
	}
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

		if (r->country == TT_COUNTRY_UNKNOWN)
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
tt_geo_ranges_claim(struct tt_geo_ranges *ranges, const char *path, unsigned ip_version,
		struct tt_error *err)
{
	if (ranges->given)
		return tt_error_set(err, -EINVAL, path,
				"another file was given for IPv%u already", ip_version);
	ranges->given = true;
	return 0;
}
