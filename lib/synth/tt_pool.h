/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: sets of IPv4 addresses that can be asked for their i-th member: where the
 * sources of a country are drawn from, and the monitored addresses. Public unicast addresses
 * only, as far as sources go, and none that is monitored. Built at start, 16 bytes per range
 * (about 1 MiB for the country with most), then read-only.
 */
#ifndef TT_POOL_H
#define TT_POOL_H

#include "tt_error.h"
#include "tt_geo.h"
#include "tt_prefix.h"

struct tt_pool_range {
	uint64_t before; /* addresses in the ranges before this one */
	uint32_t first, last; /* inclusive */
};

struct tt_pool {
	struct tt_pool_range *ranges; /* [n_ranges], ascending, disjoint */
	uint32_t n_ranges, room;
	uint64_t size; /* addresses in all */
};

/* The addresses of an IPv4 set. Returns 0 or -ENOMEM. */
int tt_pool_of_prefixes(
		struct tt_pool *pool, const struct tt_prefix_set *set) TT_MUST_CHECK;

/* All public unicast addresses but those of `except`. Returns 0 or -ENOMEM. */
int tt_pool_public(
		struct tt_pool *pool, const struct tt_prefix_set *except) TT_MUST_CHECK;

/*
 * Those of the public addresses that lie in each country that is wanted: pools[i] gets the
 * addresses of the country whose number c has index[c] = i; index is -1 elsewhere. One pass over
 * the database for all of them. Returns 0 or -ENOMEM.
 */
int tt_pool_countries(struct tt_pool *pools, const int index[TT_N_COUNTRIES],
		const struct tt_geo *geo, const struct tt_pool *public) TT_MUST_CHECK;

void tt_pool_fini(struct tt_pool *pool);

/* The i-th address, i < size. */
uint32_t tt_pool_at(const struct tt_pool *pool, uint64_t i);

#endif
