/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frames that a variant of a sieve looks at, which takes a whole lot of them and knows a plain packet by its frame
 * alone, if the decoder says that it is usual: in place of others, and where a burst ends, a frame that is none. Inline, for
 * the variants (tt_signature_sieve_avx2.c, tt_signature_sieve_avx512.c).
 */
#ifndef TT_SIGNATURE_SIEVE_LOT_H
#define TT_SIGNATURE_SIEVE_LOT_H

#include "tt_signature_private.h"

/* Fills *sieved of frames[TT_SIGNATURE_SIEVE_LOT]. */
typedef void tt_signature_sieve_lot(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const uint8_t *const *frames);

static inline bool
tt_signature_sieve_all_usual(const struct tt_packet *packets)
{
#pragma GCC unroll 8
	for (size_t i = 0; i < TT_SIGNATURE_SIEVE_LOT; i++)
		if (TT_UNLIKELY(!tt_signature_is_usual(&packets[i])))
			return false;
	return true;
}

/* The frames of usual packets, of as many as there are. */
static __attribute__((noinline, unused)) void
tt_signature_sieve_take_usual(const uint8_t *to[TT_SIGNATURE_SIEVE_LOT],
		const struct tt_packet *packets, const uint8_t *const *frames, unsigned n)
{
	static const uint8_t nothing[TT_PLAIN_NEED]; /* no plain packet */

	for (size_t i = 0; i < TT_SIGNATURE_SIEVE_LOT; i++)
		to[i] = i < n && tt_signature_is_usual(&packets[i]) ? frames[i] : nothing;
}

/* Sieves packets[n] by a function that sieves lots. */
static inline __attribute__((always_inline)) void
tt_signature_sieve_packets(tt_signature_sieve_lot *sieve_lot,
		struct tt_signature_sieved *sieved, const struct tt_signature_group *tcp,
		const struct tt_packet *packets, const uint8_t *const *frames, unsigned n)
{
	const uint8_t *some[TT_SIGNATURE_SIEVE_LOT];

	if (n == TT_SIGNATURE_SIEVE_LOT && tt_signature_sieve_all_usual(packets)) {
		sieve_lot(sieved, tcp, frames);
		return;
	}
	tt_signature_sieve_take_usual(some, packets, frames, n);
	sieve_lot(sieved, tcp, some);
	if (n < TT_SIGNATURE_SIEVE_LOT)
		sieved->others &= (UINT64_C(1) << n) - 1;
}

#endif
