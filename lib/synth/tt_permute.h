/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: a random order of 0 to n - 1 that takes no memory, so that the i-th host of
 * a component is found without a list of those before it. A Feistel network of four rounds over
 * the next power of four, walked until it falls below n (Black and Rogaway, "Ciphers with
 * arbitrary finite domains", CT-RSA 2002): fewer than four steps on average.
 */
#ifndef TT_PERMUTE_H
#define TT_PERMUTE_H

#include "tt_base.h"

struct tt_permute {
	uint64_t keys[4];
	uint64_t n; /* at least 1 */
	unsigned half_bits;
};

void tt_permute_init(struct tt_permute *p, uint64_t n, uint64_t seed);

/* Position i of the order, i < n: a bijection. */
uint64_t tt_permute_at(const struct tt_permute *p, uint64_t i);

#endif
