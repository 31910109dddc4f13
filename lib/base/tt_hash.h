/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hash of the tables: a bijective 64-bit mixer (the finaliser of MurmurHash3 with the
 * constants of David Stafford's variant 13, as in SplitMix64). Deterministic, so that the
 * same packets fill a table in the same way everywhere; results never depend on it. Header only,
 * pure functions, any thread, no memory.
 */
#ifndef TT_HASH_H
#define TT_HASH_H

#include "tt_base.h"

static inline uint64_t
tt_hash_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return x;
}

/* Three words into one: each is mixed with a different odd multiple, so that order counts. */
static inline uint64_t
tt_hash_3(uint64_t a, uint64_t b, uint64_t c)
{
	return tt_hash_mix(a
			+ UINT64_C(0x9e3779b97f4a7c15)
					* tt_hash_mix(b
							+ UINT64_C(0xd1b54a32d192ed03)
									* c));
}

#endif
