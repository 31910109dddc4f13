/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HyperLogLog: how many distinct addresses, in 2^p registers of one byte that merge by their
 * maximum (Flajolet, Fusy, Gandouet, Meunier 2007). Sketches of any parts of the traffic
 * (workers, minutes, sensors) merged are the sketch of the whole. Pure functions on the caller's
 * memory, any thread.
 *
 * The hash is part of the snapshot format (docs/snapshot-format.md) and never changes: an
 * address as 128 bits (hi, lo; IPv4 as ::ffff:a.b.c.d) gives mix(lo ^ mix(hi ^ SEED)), with mix
 * as in tt_hash.h. The top p bits of the hash are the register; rho is one more than the number
 * of zero bits that follow them, at most 64 - p + 1; 0 is an empty register.
 *
 * The estimate is the improved raw estimator of O. Ertl, "New cardinality estimation algorithms
 * for HyperLogLog sketches", arXiv:1702.01284, section 2: no switch between ranges, no tables of
 * corrections. Its relative standard error is about 1.04 / sqrt(2^p).
 */
#ifndef TT_SKETCH_H
#define TT_SKETCH_H

#include "tt_addr.h"
#include "tt_hash.h"

#define TT_SKETCH_SEED UINT64_C(0x74656974656e3031) /* "teiten01" */

#define TT_SKETCH_P_MIN 4
#define TT_SKETCH_P_MAX 18

static inline uint64_t
tt_sketch_hash(struct tt_addr a)
{
	/* The inner one is a constant for IPv4. */
	return tt_hash_mix(a.lo
			^ (TT_LIKELY(a.hi == 0) ? tt_hash_mix(TT_SKETCH_SEED)
						: tt_hash_mix(a.hi ^ TT_SKETCH_SEED)));
}

/*
 * The hash that sources are sampled by (docs/decisions/0006-full-tables.md), from tt_sketch_hash: mixed
 * with the sensor's secret, so that nobody can choose addresses that are kept, or are not. Secret
 * 0, of replays, leaves it as it is. It is not part of the format.
 */
static inline uint64_t
tt_sample_hash(uint64_t secret, uint64_t sketch_hash)
{
	return secret == 0 ? sketch_hash : tt_hash_mix(sketch_hash ^ secret);
}

/* Sampling goes no further than one in 2^32, so that counts scaled by it are below 2^63. */
#define TT_SAMPLE_SHIFT_MAX 32

/* Is a hash in the sample of one in 2^shift? shift: at most TT_SAMPLE_SHIFT_MAX. */
static inline bool
tt_sampled(uint64_t hash, unsigned shift)
{
	return shift == 0 || hash >> (64 - shift) == 0;
}

/* In the samples of one in 2^s it is for all s up to this, TT_SAMPLE_SHIFT_MAX at most. */
static inline unsigned
tt_sample_bits(uint64_t hash)
{
	return (unsigned)__builtin_clzll(
			hash | UINT64_C(1) << (63 - TT_SAMPLE_SHIFT_MAX));
}

static inline uint32_t
tt_sketch_register(uint64_t hash, unsigned p)
{
	return (uint32_t)(hash >> (64 - p));
}

static inline uint8_t
tt_sketch_rho(uint64_t hash, unsigned p)
{
	/* The sentinel bit ends the count at 64 - p + 1. */
	return (uint8_t)(__builtin_clzll(hash << p | UINT64_C(1) << (p - 1)) + 1);
}

/* Enters a hash. registers: [1 << p]. */
static inline void
tt_sketch_add(uint8_t *registers, unsigned p, uint64_t hash)
{
	uint8_t *r = &registers[tt_sketch_register(hash, p)];
	uint8_t rho = tt_sketch_rho(hash, p);

	if (rho > *r)
		*r = rho;
}

/* Takes the maximum of each pair of registers into `into`. Both: [n]. */
void tt_sketch_merge(uint8_t *into, const uint8_t *from, size_t n);

/*
 * Estimates how many distinct hashes were entered: 0 if none, 2^64 at most. registers: [1 << p];
 * values that no hash gives are taken for the largest that one does.
 */
double tt_sketch_estimate(const uint8_t *registers, unsigned p);

/* The relative standard error of the estimate, 1.04 / sqrt(2^p). */
double tt_sketch_error(unsigned p);

#endif
