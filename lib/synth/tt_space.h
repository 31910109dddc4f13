/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: the monitored addresses of one IP version as one row of numbers, from which
 * a scan takes the i-th. 128 bits, since a monitored /32 of IPv6 has 2^96 addresses. Built at
 * start, 32 bytes per prefix, then read-only.
 */
#ifndef TT_SPACE_H
#define TT_SPACE_H

#include "tt_prefix.h"

typedef unsigned __int128 tt_uint128;

struct tt_space_range {
	tt_uint128 before; /* addresses in the ranges before this one */
	tt_uint128 first;
};

struct tt_space {
	struct tt_space_range *ranges; /* [n_ranges], ascending, disjoint */
	unsigned n_ranges;
	tt_uint128 size; /* addresses in all; 0: none of this version is monitored */
};

/* Takes the addresses of IP version 4 or 6 from the set. Returns 0 or -ENOMEM. */
int tt_space_init(struct tt_space *space, const struct tt_prefix_set *set,
		unsigned ip_version) TT_MUST_CHECK;
void tt_space_fini(struct tt_space *space);

/* The i-th address, i < size. */
struct tt_addr tt_space_at(const struct tt_space *space, tt_uint128 i);

/* 128 random bits → 0 to size - 1, by multiplication. */
tt_uint128 tt_space_scale(const struct tt_space *space, uint64_t high, uint64_t low);

#endif
