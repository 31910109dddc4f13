/* SPDX-License-Identifier: BSD-3-Clause */
/* The variants of sieving that run here against their plain twin. Inline, for checks. */
#ifndef SIEVE_VARIANTS_H
#define SIEVE_VARIANTS_H

#include "tt_signature_private.h"

/* Sieves packets[n] by the twin, TT_SIGNATURE_SIEVE_LOT at most; asserts that each variant leaves the same. */
static inline struct tt_signature_sieved
compare_variants(const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	struct tt_signature_sieved want;

	tt_signature_sieve_ref(&want, tcp, packets, frames, n);
	for (unsigned i = 0; i < TT_SIGNATURE_SIEVE_VARIANTS; i++) {
		tt_signature_sieve_function *sieve = tt_signature_sieve_variant(i, NULL);
		struct tt_signature_sieved got;

		if (sieve == NULL)
			continue;
		sieve(&got, tcp, packets, frames, n);
		TT_ASSERT(got.ports == want.ports);
		TT_ASSERT(got.others == want.others);
	}
	return want;
}

/* How many packets of a burst a lot from there on has. */
static inline unsigned
lot_of(unsigned from, unsigned n)
{
	return n - from < TT_SIGNATURE_SIEVE_LOT ? n - from : TT_SIGNATURE_SIEVE_LOT;
}

#endif
