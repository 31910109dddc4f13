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

/*
 * Finds the register of a hash. Where that cannot be raised, another one of the sketch will do: none is
 * below the floor. The first one is at hand more likely than that of the hash.
 */
static inline __attribute__((always_inline)) struct tt_rest_rise
tt_rest_find_register(const struct tt_rest *r, struct tt_rest_sketch s, uint64_t hash)
{
	const uint8_t rho = tt_sketch_rho(hash, s.p);
	uint32_t at = s.first + tt_sketch_register(hash, s.p);

	at = rho > r->floors[s.floor].rho ? at : s.first;
	__builtin_prefetch(&r->registers[at], 1);
	return (struct tt_rest_rise){at, rho};
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

/* Enters a hash whose register is not at hand: few can raise one. */
static inline __attribute__((always_inline)) void
tt_rest_enter(struct tt_rest *r, struct tt_rest_sketch s, uint64_t hash)
{
	const uint8_t rho = tt_sketch_rho(hash, s.p);

	if (TT_UNLIKELY(rho > r->floors[s.floor].rho))
		tt_rest_raise_in(r, s,
				(struct tt_rest_rise){
						s.first + tt_sketch_register(hash, s.p),
						rho});
}

#endif
