/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_space.h"

#include <errno.h>

static tt_uint128
number_of(struct tt_addr a)
{
	return (tt_uint128)a.hi << 64 | a.lo;
}

static void
append(struct tt_space *space, tt_uint128 first, tt_uint128 last)
{
	space->ranges[space->n_ranges++] = (struct tt_space_range){space->size, first};
	space->size += last - first + 1;
}

/* IPv4 is a part in the midst of the numbers, and IPv6 is what is left of them. */
static void
append_version(struct tt_space *space, tt_uint128 first, tt_uint128 last,
		unsigned ip_version)
{
	tt_uint128 low = number_of(tt_addr_v4(0)),
		   high = number_of(tt_addr_v4(UINT32_MAX));

	if (ip_version == 4) {
		first = first < low ? low : first;
		last = last > high ? high : last;
		if (first <= last)
			append(space, first, last);
		return;
	}
	if (first < low)
		append(space, first, last < low ? last : low - 1);
	if (last > high)
		append(space, first > high ? first : high + 1, last);
}

int
tt_space_init(struct tt_space *space, const struct tt_prefix_set *set,
		unsigned ip_version)
{
	*space = (struct tt_space){0};
	/* Only the range that IPv4 lies in can be cut in two. */
	space->ranges = calloc(set->n_ranges + 1, sizeof(*space->ranges));
	if (space->ranges == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < set->n_ranges; i++)
		append_version(space, number_of(set->ranges[i].first),
				number_of(set->ranges[i].last), ip_version);
	return 0;
}

void
tt_space_fini(struct tt_space *space)
{
	free(space->ranges);
	*space = (struct tt_space){0};
}

struct tt_addr
tt_space_at(const struct tt_space *space, tt_uint128 i)
{
	unsigned low = 0, high = space->n_ranges;
	tt_uint128 number;

	TT_ASSERT(i < space->size);
	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;

		if (space->ranges[middle].before <= i)
			low = middle;
		else
			high = middle;
	}
	number = space->ranges[low].first + (i - space->ranges[low].before);
	return (struct tt_addr){(uint64_t)(number >> 64), (uint64_t)number};
}

tt_uint128
tt_space_scale(const struct tt_space *space, uint64_t high, uint64_t low)
{
	uint64_t size_high = (uint64_t)(space->size >> 64);
	uint64_t size_low = (uint64_t)space->size;
	tt_uint128 cross = (tt_uint128)high * size_low
			+ ((tt_uint128)low * size_low >> 64);
	tt_uint128 middle = (tt_uint128)low * size_high + (uint64_t)cross;

	return (tt_uint128)high * size_high + (cross >> 64) + (middle >> 64);
}
