/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A seed for tables whose keys somebody outside can choose: addresses of packets, numbers in snapshots that others wrote. With
 * tt_hash_mix or tt_hash_3 alone, which have inverses that anyone can write down, all keys can be chosen to stand in one place,
 * and n of them then cost n^2 steps. Any thread.
 */
#ifndef TT_HASH_DRAW_H
#define TT_HASH_DRAW_H

#include "tt_hash.h"

/* Draws one from the kernel's random numbers; where these are not ready as yet, from the clock. Results must not depend
 * on it, nor on the order of slots. */
struct tt_hash_seed tt_hash_draw(void);

#endif
