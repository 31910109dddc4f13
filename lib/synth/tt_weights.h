/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: which host sends the next packet, by Zipf's law: host r (from 0) has the
 * weight (r + 1)^-s. The ranks lie in buckets, one for each of the first 32 and 16 for each
 * further power of two, inside which all are alike: a step of at most 1/16 of the rank, and a
 * table of at most 400 buckets for any number of hosts. A bucket is drawn with Walker's alias
 * method (Vose, IEEE TSE 17(9), 1991) in integers: two loads, and no libm for each packet.
 */
#ifndef TT_WEIGHTS_H
#define TT_WEIGHTS_H

#include "tt_rng.h"

#define TT_WEIGHTS_BUCKETS_MAX 400

struct tt_weights_bucket {
	uint32_t keep; /* a 32-bit draw below it stays here, any other goes to alias */
	uint32_t alias;
	uint32_t first, n; /* ranks */
};

struct tt_weights {
	struct tt_weights_bucket *buckets; /* [n_buckets] */
	uint32_t n_buckets;
};

/* n_hosts: 1 to 2^24; exponent: 0 to 4. Returns 0 or -ENOMEM. */
int tt_weights_init(
		struct tt_weights *w, uint32_t n_hosts, double exponent) TT_MUST_CHECK;
void tt_weights_fini(struct tt_weights *w);

static inline uint32_t
tt_weights_draw(const struct tt_weights *w, struct tt_rng *rng)
{
	uint64_t random = tt_rng_next(rng);
	uint32_t i = tt_scale32((uint32_t)(random >> 32), w->n_buckets);
	const struct tt_weights_bucket *b = &w->buckets[i];

	if ((uint32_t)random >= b->keep)
		b = &w->buckets[b->alias];
	if (b->n == 1)
		return b->first;
	return b->first + tt_scale32((uint32_t)(tt_rng_next(rng) >> 32), b->n);
}

#endif
