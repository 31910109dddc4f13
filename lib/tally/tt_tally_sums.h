/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside a tally: how many packets of a burst were tested for each fingerprint, and matched. Inline, for the burst. */
#ifndef TT_TALLY_SUMS_H
#define TT_TALLY_SUMS_H

#include "tt_tally.h"

/* Bit b of each byte of every one of details[n], n at most 255: four sums at once. */
static inline uint32_t
tt_tally_sums_of_bit(const uint32_t *details, unsigned n, unsigned b)
{
	uint32_t sums = 0;

	for (unsigned i = 0; i < n; i++)
		sums += details[i] >> b & 0x01010101;
	return sums;
}

/* Adds up as many bits as any packet of details[n] has. */
static inline void
tt_tally_count_fingerprints_of(struct tt_tally *t, const tt_detail *details, unsigned n)
{
	uint32_t low[TT_TALLY_BURST / 2], any = 0;

	for (unsigned i = 0; i < n; i++)
		any |= low[i] = (uint32_t)details[i];
	for (unsigned b = 0; b < 8; b++) {
		uint32_t sums;

		if ((any & 0x01010101u << b) == 0)
			continue;
		sums = tt_tally_sums_of_bit(low, n, b);
		t->matched[b] += sums & 0xff;
		t->matched[b + 8] += sums >> 8 & 0xff;
		t->tested[b] += sums >> TT_DETAIL_TESTED_SHIFT & 0xff;
		t->tested[b + 8] += sums >> (TT_DETAIL_TESTED_SHIFT + 8);
	}
}
_Static_assert(TT_DETAIL_TESTED_SHIFT == 16 && TT_FINGERPRINTS_MAX == 16, "bits by byte");
_Static_assert(TT_TALLY_BURST / 2 <= UINT8_MAX, "sums by byte");

static inline void
tt_tally_count_fingerprints(struct tt_tally *t, const tt_detail *details, unsigned n)
{
	const unsigned half = TT_TALLY_BURST / 2;

	for (; n > half; n -= half, details += half)
		tt_tally_count_fingerprints_of(t, details, half);
	tt_tally_count_fingerprints_of(t, details, n);
}

#endif
