/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: random numbers that are the same on every machine. xoshiro256++ 1.0
 * (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021):
 * 256 bits of state, of which rotations, shifts and one addition make the next. Its state is
 * filled by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), which is the mixer of tt_hash.h on
 * a counter that grows by the golden ratio. Not for secrets. One generator per thread.
 */
#ifndef TT_RNG_H
#define TT_RNG_H

#include "tt_hash.h"

#define TT_GOLDEN UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio */

struct tt_rng {
	uint64_t s[4];
};

static inline void
tt_rng_init(struct tt_rng *rng, uint64_t seed)
{
	for (unsigned i = 0; i < 4; i++)
		rng->s[i] = tt_hash_mix(seed += TT_GOLDEN);
}

static inline uint64_t
tt_rotl64(uint64_t x, unsigned k)
{
	return x << k | x >> (64 - k);
}

static inline uint64_t
tt_rng_next(struct tt_rng *rng)
{
	uint64_t *s = rng->s;
	uint64_t result = tt_rotl64(s[0] + s[3], 23) + s[0];
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = tt_rotl64(s[3], 45);
	return result;
}

/* 32 random bits → 0 to n - 1, by multiplication; off by at most n / 2^32 from even. */
static inline uint32_t
tt_scale32(uint32_t random, uint32_t n)
{
	return (uint32_t)((uint64_t)random * n >> 32);
}

#endif
