/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_permute.h"

#include "tt_rng.h"

void
tt_permute_init(struct tt_permute *p, uint64_t n, uint64_t seed)
{
	TT_ASSERT(n >= 1);
	p->n = n;
	p->half_bits = 1;
	while (p->half_bits < 32 && UINT64_C(1) << (2 * p->half_bits) < n)
		p->half_bits++;
	for (unsigned i = 0; i < 4; i++)
		p->keys[i] = tt_hash_mix(seed += TT_GOLDEN);
}

static uint64_t
encipher(const struct tt_permute *p, uint64_t x)
{
	uint64_t mask = (UINT64_C(1) << p->half_bits) - 1;
	uint64_t left = x >> p->half_bits, right = x & mask;

	for (unsigned i = 0; i < 4; i++) {
		uint64_t next = left ^ (tt_hash_mix(right ^ p->keys[i]) & mask);

		left = right;
		right = next;
	}
	return left << p->half_bits | right;
}

uint64_t
tt_permute_at(const struct tt_permute *p, uint64_t i)
{
	TT_ASSERT(i < p->n);
	do {
		i = encipher(p, i);
	} while (i >= p->n);
	return i;
}
