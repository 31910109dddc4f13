/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside a rest: the sketches that have a floor (tt_rest.h). Inline, for what is counted by the packet. */
#ifndef TT_REST_SKETCHES_H
#define TT_REST_SKETCHES_H

#include "tt_rest.h"

/* A sketch that has a floor. */
struct tt_rest_sketch {
	uint32_t first, floor;
	unsigned p;
};

static inline struct tt_rest_sketch
tt_rest_sketch_of_all(void)
{
	return (struct tt_rest_sketch){TT_REGISTERS_ALL, TT_FLOOR_ALL, TT_SKETCH_P_ALL};
}

static inline struct tt_rest_sketch
tt_rest_sketch_of_country(tt_country country)
{
	return (struct tt_rest_sketch){
			TT_REGISTERS_COUNTRY + ((uint32_t)country << TT_SKETCH_P_COUNTRY),
			TT_FLOOR_COUNTRY + country, TT_SKETCH_P_COUNTRY};
}

static inline struct tt_rest_sketch
tt_rest_sketch_of_prefix(uint32_t prefix)
{
	return (struct tt_rest_sketch){
			TT_REGISTERS_PREFIX + (prefix << TT_SKETCH_P_PREFIX),
			TT_FLOOR_PREFIX + prefix, TT_SKETCH_P_PREFIX};
}

/* Can a hash raise a register? False: certainly not. */
static inline bool
tt_rest_may_raise(const struct tt_rest *r, struct tt_rest_sketch s, uint64_t hash)
{
	const struct tt_floor *f = &r->floors[s.floor];

	/* As tt_sketch_rho(hash, s.p) > f->rho. */
	return ((hash << s.p) >> (63 - f->rho) >> 1 == 0)
			| (tt_sketch_register(hash, s.p) < f->from);
}

/* What a hash may raise. */
static inline struct tt_rest_rise
tt_rest_rise_of(struct tt_rest_sketch s, uint64_t hash)
{
	return (struct tt_rest_rise){s.first + tt_sketch_register(hash, s.p),
			tt_sketch_rho(hash, s.p)};
}

/*
 * Finds the register of a hash. Where that cannot be raised, the last one of the sketch will do: it is not
 * below the floor. It is at hand more likely than that of the hash.
 */
static inline __attribute__((always_inline)) struct tt_rest_rise
tt_rest_find_register(const struct tt_rest *r, struct tt_rest_sketch s, uint64_t hash)
{
	const uint32_t last = s.first + (1u << s.p) - 1;
	struct tt_rest_rise rise = tt_rest_rise_of(s, hash);

	/* Without a branch. */
	rise.at = last ^ ((rise.at ^ last) & -(uint32_t)tt_rest_may_raise(r, s, hash));
	__builtin_prefetch(&r->registers[rise.at], 1);
	return rise;
}

/* Raises a register, which is to be done, and the floor where none is left on it. */
void tt_rest_raise_with_floor(struct tt_rest *rest, struct tt_rest_sketch sketch,
		struct tt_rest_rise rise);

static inline __attribute__((always_inline)) void
tt_rest_raise_in(struct tt_rest *r, struct tt_rest_sketch s, struct tt_rest_rise rise)
{
	if (TT_UNLIKELY(rise.rho > r->registers[rise.at]))
		tt_rest_raise_with_floor(r, s, rise);
}

#endif
