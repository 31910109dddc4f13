/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pool.h"

#include <errno.h>

/* Adds a range above all others, joined to the last one where they touch. */
static int
append(struct tt_pool *pool, uint64_t first, uint64_t last)
{
	struct tt_pool_range *top = pool->n_ranges == 0
			? NULL
			: &pool->ranges[pool->n_ranges - 1];

	if (top != NULL && top->last + 1 == first) {
		top->last = last;
		pool->size += last - first + 1;
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
	pool->size += last - first + 1;
	return 0;
}

/*
 * What no packet from the Internet has as its source: the IANA IPv4 special-purpose address
 * registry (RFC 6890 and its updates), multicast (RFC 5771) and class E.
 */
static const char special4[] =
		"0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,"
		"192.0.0.0/24,192.0.2.0/24,192.31.196.0/24,192.52.193.0/24,192.88.99.0/24,"
		"192.168.0.0/16,192.175.48.0/24,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,"
		"224.0.0.0/3";

/*
 * Outside 2000::/3 nothing is global unicast yet (RFC 4291 section 2.4 and the IANA registry);
 * inside, the IANA IPv6 special-purpose address registry, and 6bone's returned 3ffe::/16
 * (RFC 3701).
 */
static const char special6[] = "::/3,2001::/23,2001:db8::/32,2002::/16,2620:4f:8000::/48,"
			       "3ffe::/16,3fff::/20,4000::/2,8000::/1";

struct span {
	uint64_t first, last;
};

/*
 * The members of one version that a range has something of; false for none. IPv4 ranges are
 * network 0 of IPv6, which is special in any case.
 */
static bool
members_of(const struct tt_range *r, unsigned ip_version, struct span *span)
{
	struct tt_addr low = tt_addr_v4(0), high = tt_addr_v4(UINT32_MAX);

	*span = (struct span){r->first.hi, r->last.hi};
	if (ip_version == 6)
		return true;
	if (tt_addr_cmp(r->last, low) < 0 || tt_addr_cmp(r->first, high) > 0)
		return false;
	span->first = tt_addr_cmp(r->first, low) < 0 ? 0 : (uint32_t)r->first.lo;
	span->last = tt_addr_cmp(r->last, high) > 0 ? UINT32_MAX : (uint32_t)r->last.lo;
	return true;
}

/* Appends [first, last] without what `holes` has of it. */
static int
append_without(struct tt_pool *pool, unsigned ip_version, uint64_t first, uint64_t last,
		const struct tt_prefix_set *holes)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < holes->n_ranges; i++) {
		struct span hole;

		if (!members_of(&holes->ranges[i], ip_version, &hole) || hole.last < first
				|| hole.first > last)
			continue;
		if (hole.first > first)
			ret = append(pool, first, hole.first - 1);
		if (hole.last >= last)
			return ret;
		first = hole.last + 1;
	}
	return ret == 0 ? append(pool, first, last) : ret;
}

int
tt_pool_public(struct tt_pool *pool, unsigned ip_version,
		const struct tt_prefix_set *except)
{
	struct tt_prefix_set special = {0};
	struct span hole;
	uint64_t at = 0;
	int ret = tt_prefix_set_parse(
			&special, ip_version == 4 ? special4 : special6, NULL);

	*pool = (struct tt_pool){0};
	for (unsigned i = 0; ret == 0 && i < special.n_ranges; i++) {
		if (!members_of(&special.ranges[i], ip_version, &hole))
			continue;
		if (hole.first > at)
			ret = append_without(
					pool, ip_version, at, hole.first - 1, except);
		at = hole.last + 1; /* after the last hole there is nothing */
	}
	tt_prefix_set_fini(&special);
	return ret;
}

/* Splits [first, last] at the borders between countries and hands out the pieces. */
static int
hand_out(struct tt_pool *pools, const int index[TT_N_COUNTRIES], const struct tt_geo *geo,
		uint64_t first, uint64_t last)
{
	uint64_t at = first;
	int ret = 0;

	while (ret == 0 && at <= last) {
		/* A whole /24 at once, unless the table goes into it. */
		bool whole = (at & 255) == 0 && at + 255 <= last
				&& tt_geo_whole24(geo, (uint32_t)at);
		uint64_t end = whole ? at + 255 : at;
		tt_country country = tt_geo_country4(geo, (uint32_t)at);

		if (index[country] >= 0)
			ret = append(&pools[index[country]], at, end);
		at = end + 1;
	}
	return ret;
}

int
tt_pool_countries4(struct tt_pool *pools, const int index[TT_N_COUNTRIES],
		const struct tt_geo *geo, const struct tt_pool *public)
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < public->n_ranges; i++)
		ret = hand_out(pools, index, geo, public->ranges[i].first,
				public->ranges[i].last);
	return ret;
}

/* The whole networks from one change of country to the next; false where there are none. */
static bool
networks_of(const struct tt_geo *geo, uint32_t i, struct span *span)
{
	struct tt_addr first = geo->v6[i].first, end = {0, 0};

	if (i + 1 < geo->n_v6)
		end = geo->v6[i + 1].first;
	if (first.lo != 0 && ++first.hi == 0)
		return false;
	*span = (struct span){
			first.hi, end.hi - 1}; /* up to the last one for an end of 0 */
	return end.hi == 0 ? i + 1 == geo->n_v6 : span->first <= span->last;
}

int
tt_pool_countries6(struct tt_pool *pools, const int index[TT_N_COUNTRIES],
		const struct tt_geo *geo, const struct tt_pool *public)
{
	const struct tt_pool_range *r = public->ranges, *end = r + public->n_ranges;
	struct span span;
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && i < geo->n_v6; i++) {
		int which = index[tt_geo_search6(geo, geo->v6[i].first)];

		if (which < 0 || !networks_of(geo, i, &span))
			continue;
		while (r < end && r->last < span.first)
			r++;
		for (const struct tt_pool_range *q = r;
				ret == 0 && q < end && q->first <= span.last; q++)
			ret = append(&pools[which],
					q->first > span.first ? q->first : span.first,
					q->last < span.last ? q->last : span.last);
	}
	return ret;
}

void
tt_pool_fini(struct tt_pool *pool)
{
	free(pool->ranges);
	*pool = (struct tt_pool){0};
}

uint64_t
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
	return pool->ranges[low].first + (i - pool->ranges[low].before);
}
