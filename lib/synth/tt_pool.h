/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: where the sources of a country are drawn from: sets that can be asked for
 * their i-th member. A member is one address of IPv4, or one /64 network of IPv6, in which the
 * drawing component's host takes one address: so that two hosts never share a network, 64 bits
 * are enough for both versions, and one pool serves both. Public unicast addresses only, and none
 * that is monitored. Built at start, 24 bytes per range (about 1.5 MiB for the country with
 * most), then read-only.
 */
#ifndef TT_POOL_H
#define TT_POOL_H

#include "tt_error.h"
#include "tt_geo.h"
#include "tt_prefix.h"

struct tt_pool_range {
	uint64_t before; /* members in the ranges before this one */
	uint64_t first, last; /* inclusive */
};

struct tt_pool {
	struct tt_pool_range *ranges; /* [n_ranges], ascending, disjoint */
	uint32_t n_ranges, room;
	uint64_t size; /* members in all */
};

/* All public unicast members of IP version 4 or 6 but those that `except` has something of.
 * Returns 0 or -ENOMEM. */
int tt_pool_public(struct tt_pool *pool, unsigned ip_version,
		const struct tt_prefix_set *except) TT_MUST_CHECK;

/*
 * Those of the public members that lie in each country that is wanted: pools[i] gets those of
 * the country whose number c has index[c] = i; index is -1 elsewhere. One pass over the database
 * for all of them. Of IPv6, /64 networks that lie in one country as a whole. Returns 0 or -ENOMEM.
 */
int tt_pool_countries4(struct tt_pool *pools, const int index[TT_N_COUNTRIES],
		const struct tt_geo *geo, const struct tt_pool *public) TT_MUST_CHECK;
int tt_pool_countries6(struct tt_pool *pools, const int index[TT_N_COUNTRIES],
		const struct tt_geo *geo, const struct tt_pool *public) TT_MUST_CHECK;

void tt_pool_fini(struct tt_pool *pool);

/* The i-th member, i < size. */
uint64_t tt_pool_at(const struct tt_pool *pool, uint64_t i);

#endif
