/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo_source.h"

#include <errno.h>
#include <string.h>

static int
make_room(struct tt_geo_starts4 *starts, size_t size)
{
	struct tt_geo_start4 *items = size > SIZE_MAX / sizeof(*items)
			? NULL
			: tt_geo_take(size * sizeof(*items));

	if (items == NULL)
		return -ENOMEM;
	if (starts->n > 0)
		memcpy(items, starts->items, starts->n * sizeof(*items));
	free(starts->items);
	starts->items = items;
	starts->size = size;
	return 0;
}

void
tt_geo_starts4_expect(struct tt_geo_starts4 *starts, size_t n)
{
	if (n > starts->size)
		(void)make_room(starts, n);
}

int
tt_geo_starts4_put(struct tt_geo_starts4 *starts, uint32_t first, uint32_t value,
		struct tt_error *err)
{
	if (starts->n == starts->size
			&& make_room(starts, starts->size == 0 ? 4096 : starts->size * 4)
					!= 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	starts->items[starts->n++] = (struct tt_geo_start4){first, value};
	return 0;
}

int
tt_geo_starts4_of(struct tt_geo_starts4 *starts, const struct tt_geo_ranges *ranges,
		struct tt_error *err)
{
	uint64_t free_from = 0;
	int ret = 0;

	if (ranges->n > 0)
		tt_geo_starts4_expect(starts, 2 * ranges->n + 1);
	for (size_t i = 0; i < ranges->n && ret == 0; i++) {
		const struct tt_geo_range *r = &ranges->items[i];
		const uint32_t first = (uint32_t)r->first.lo;

		if (free_from < first)
			ret = tt_geo_starts4_add(starts, (uint32_t)free_from, 0, err);
		if (ret == 0)
			ret = tt_geo_starts4_add(starts, first, r->value, err);
		free_from = (uint64_t)(uint32_t)r->last.lo + 1;
	}
	if (ranges->n > 0 && ret == 0 && free_from <= UINT32_MAX)
		ret = tt_geo_starts4_add(starts, (uint32_t)free_from, 0, err);
	return ret;
}

int
tt_geo_starts4_give(struct tt_geo_starts4 *from, struct tt_geo_starts4 *into,
		const char *path, struct tt_error *err)
{
	if (from->n == 0)
		return 0;
	if (into->n > 0)
		return tt_error_set(err, -EINVAL, path,
				"another file was given for IPv4 already");
	free(into->items);
	*into = *from;
	*from = (struct tt_geo_starts4){0};
	return 0;
}

void
tt_geo_starts4_fini(struct tt_geo_starts4 *starts)
{
	free(starts->items);
	*starts = (struct tt_geo_starts4){0};
}
