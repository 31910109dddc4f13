/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pool.h"

#include <errno.h>

/* Adds a range above all others, joined to the last one where they touch. */
static int
append(struct tt_pool *pool, uint32_t first, uint32_t last)
{
	struct tt_pool_range *top = pool->n_ranges == 0
			? NULL
			: &pool->ranges[pool->n_ranges - 1];

	if (top != NULL && top->last + 1 == first) {
		top->last = last;
		pool->size += (uint64_t)last - first + 1;
		return 0;
	}
	if (pool->n_ranges == pool->room) {
		uint32_t room = pool->room == 0 ? 64 : 2 * pool->room;
		void *ranges = realloc(pool->ranges, room * sizeof(*pool->ranges));

		if (ranges == NULL)
			return -ENOMEM;
		pool->ranges = ranges;
		pool->room = room;
	}
	pool->ranges[pool->n_ranges++] = (struct tt_pool_range){pool->size, first, last};
	pool->size += (uint64_t)last - first + 1;
	return 0;
}

int
tt_pool_of_prefixes(struct tt_pool *pool, const struct tt_prefix_set *set)
{
	int ret = 0;

	*pool = (struct tt_pool){0};
	for (unsigned i = 0; ret == 0 && i < set->n_ranges; i++)
		ret = append(pool, (uint32_t)set->ranges[i].first.lo,
				(uint32_t)set->ranges[i].last.lo);
	return ret;
}

/*
 * What no packet from the Internet has as its source: the IANA IPv4 special-purpose address
 * registry (RFC 6890 and its updates), multicast (RFC 5771) and class E.
 */
static const char special_purpose[] =
		"0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,"
		"192.0.0.0/24,192.0.2.0/24,192.31.196.0/24,192.52.193.0/24,192.88.99.0/24,"
		"192.168.0.0/16,192.175.48.0/24,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,"
		"224.0.0.0/3";

/* Appends [first, last] without what `holes` has of it. */
static int
append_without(struct tt_pool *pool, uint32_t first, uint32_t last,
		const struct tt_prefix_set *holes)
{
	uint64_t at = first;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < holes->n_ranges && at <= last; i++) {
		uint32_t hole_first = (uint32_t)holes->ranges[i].first.lo;
		uint32_t hole_last = (uint32_t)holes->ranges[i].last.lo;

		if (hole_last < at || hole_first > last)
			continue;
		if (hole_first > at)
			ret = append(pool, (uint32_t)at, hole_first - 1);
		at = (uint64_t)hole_last + 1;
	}
	if (ret == 0 && at <= last)
		ret = append(pool, (uint32_t)at, last);
	return ret;
}

int
tt_pool_public(struct tt_pool *pool, const struct tt_prefix_set *except)
{
	struct tt_prefix_set special = {0};
	uint64_t at = 0;
	int ret = tt_prefix_set_parse(&special, special_purpose, NULL);

	*pool = (struct tt_pool){0};
	for (unsigned i = 0; ret == 0 && i < special.n_ranges; i++) {
		uint32_t first = (uint32_t)special.ranges[i].first.lo;

		if (first > at)
			ret = append_without(pool, (uint32_t)at, first - 1, except);
		at = (uint64_t)(uint32_t)special.ranges[i].last.lo + 1;
	}
	tt_prefix_set_fini(&special);
	return ret;
}

/* Splits [first, last] at the borders between countries and hands out the pieces. */
static int
hand_out(struct tt_pool *pools, const int index[TT_N_COUNTRIES], const struct tt_geo *geo,
		uint32_t first, uint32_t last)
{
	uint64_t at = first;
	int ret = 0;

	while (ret == 0 && at <= last) {
		/* A whole /24 at once, unless the table goes into it. */
		bool whole = (at & 255) == 0 && at + 255 <= last
				&& (geo->v4[at >> 8] & TT_GEO_BLOCK) == 0;
		uint32_t end = (uint32_t)(whole ? at + 255 : at);
		tt_country country = tt_geo_country4(geo, (uint32_t)at);

		if (index[country] >= 0)
			ret = append(&pools[index[country]], (uint32_t)at, end);
		at = (uint64_t)end + 1;
	}
	return ret;
}

int
tt_pool_countries(struct tt_pool *pools, const int index[TT_N_COUNTRIES],
		const struct tt_geo *geo, const struct tt_pool *public)
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < public->n_ranges; i++)
		ret = hand_out(pools, index, geo, public->ranges[i].first,
				public->ranges[i].last);
	return ret;
}

void
tt_pool_fini(struct tt_pool *pool)
{
	free(pool->ranges);
	*pool = (struct tt_pool){0};
}

uint32_t
tt_pool_at(const struct tt_pool *pool, uint64_t i)
{
	uint32_t low = 0, high = pool->n_ranges;

	TT_ASSERT(i < pool->size);
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (pool->ranges[middle].before <= i)
			low = middle;
		else
			high = middle;
	}
	return pool->ranges[low].first + (uint32_t)(i - pool->ranges[low].before);
}
