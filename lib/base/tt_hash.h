/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hashes. tt_hash_mix is a bijective 64-bit mixer (the finaliser of MurmurHash3 with the
 * constants of David Stafford's variant 13, as in SplitMix64). tt_hash_place says where keys stand
 * in a table, for a fifth of the instructions. Deterministic, so that the same packets fill a
 * table in the same way everywhere; results never depend on it. Header only, pure functions, any
 * thread, no memory.
 */
#ifndef TT_HASH_H
#define TT_HASH_H

#include "tt_addr.h"

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

/* An address as one word: IPv4 as it is, of IPv6 the first half mixed into the second. Who knows this can
 * choose addresses of IPv6 that have the same word: no place may follow from it (tt_hash_place_addr). */
static inline uint64_t
tt_hash_addr(struct tt_addr a)
{
	return TT_LIKELY(a.hi == 0) ? a.lo : a.lo ^ tt_hash_mix(a.hi);
}

/* A seed as tt_hash_place wants it. */
struct tt_hash_seed {
	uint64_t a, b;
};

static inline struct tt_hash_seed
tt_hash_seed_of(uint64_t seed)
{
	return (struct tt_hash_seed){seed ^ UINT64_C(0x9e3779b97f4a7c15),
			tt_hash_mix(seed) ^ UINT64_C(0xd1b54a32d192ed03)};
}

/*
 * Two words into a place: both halves of the 128-bit product of the two, each with the seed in it.
 * Who does not know the seed cannot choose keys that meet. All low bits may serve as an index.
 */
static inline uint64_t
tt_hash_place(uint64_t a, uint64_t b, const struct tt_hash_seed *seed)
{
	unsigned __int128 product = (unsigned __int128)(a ^ seed->a) * (b ^ seed->b);

	return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/* The same of an address, of which IPv6's first half is mixed with the seed. */
static inline uint64_t
tt_hash_place_addr(struct tt_addr a, uint64_t b, const struct tt_hash_seed *seed)
{
	const uint64_t word = TT_LIKELY(a.hi == 0) ? a.lo
						   : a.lo ^ tt_hash_mix(a.hi ^ seed->b);

	return tt_hash_place(word, b, seed);
}

#endif
