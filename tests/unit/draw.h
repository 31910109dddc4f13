/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers from a seed that the program chooses: the same ones from the same seed. */
#ifndef DRAW_H
#define DRAW_H

#include "seed.h"
#include "tt_hash.h"

static uint64_t draw_state;

static inline uint64_t
draw(uint64_t below)
{
	draw_state += UINT64_C(0x9e3779b97f4a7c15);
	return tt_hash_mix(draw_state) % below;
}

#endif
