/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256 with the SHA extensions of x86: two rounds an instruction. The state is held as the
 * instructions want it, in the order (A B E F) and (C D G H) from the highest word down (Intel, "New
 * Instructions Supporting the Secure Hash Algorithm on Intel Architecture Processors", 2013).
 */
#include "tt_sha256.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

static const uint32_t k[64] __attribute__((aligned(16))) = {0x428a2f98, 0x71374491,
		0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
		0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
		0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
		0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
		0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
		0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb,
		0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
		0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
		0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
		0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb,
		0xbef9a3f7, 0xc67178f2};

bool
tt_sha256_has_x86(void)
{
	static int has = -1; /* the same whoever finds it out first */
	int known = __atomic_load_n(&has, __ATOMIC_RELAXED);
	unsigned a, b, c, d;

	if (known < 0) {
		known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) != 0
				&& __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) != 0
				&& (c & bit_SSSE3) != 0;
		__atomic_store_n(&has, known, __ATOMIC_RELAXED);
	}
	return known;
}

/* Words 16 + i to 19 + i of the schedule from the sixteen before them. */
SHA_TARGET static inline __m128i
schedule(__m128i w0, __m128i w4, __m128i w8, __m128i w12)
{
	__m128i sum = _mm_add_epi32(
			_mm_sha256msg1_epu32(w0, w4), _mm_alignr_epi8(w12, w8, 4));

	return _mm_sha256msg2_epu32(sum, w12);
}

SHA_TARGET static inline void
four_rounds(__m128i *abef, __m128i *cdgh, __m128i w, unsigned round)
{
	__m128i wk = _mm_add_epi32(w, _mm_load_si128((const __m128i *)&k[round]));

	*cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, wk);
	*abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

SHA_TARGET static inline void
one_block(__m128i *abef, __m128i *cdgh, const uint8_t *data)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i w[4];

	for (unsigned i = 0; i < 4; i++) {
		w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)),
				big_endian);
		four_rounds(abef, cdgh, w[i], 4 * i);
	}
	for (unsigned round = 16; round < 64; round += 16)
		for (unsigned i = 0; i < 4; i++) {
			w[i] = schedule(w[i], w[(i + 1) % 4], w[(i + 2) % 4],
					w[(i + 3) % 4]);
			four_rounds(abef, cdgh, w[i], round + 4 * i);
		}
}

SHA_TARGET void
tt_sha256_blocks_x86(uint32_t state[8], const uint8_t *data, size_t n)
{
	__m128i low = _mm_loadu_si128((const __m128i *)&state[0]); /* D C B A */
	__m128i high = _mm_loadu_si128((const __m128i *)&state[4]); /* H G F E */
	__m128i badc = _mm_shuffle_epi32(low, 0xb1), efgh = _mm_shuffle_epi32(high, 0x1b);
	__m128i abef = _mm_alignr_epi8(badc, efgh, 8);
	__m128i cdgh = _mm_blend_epi16(efgh, badc, 0xf0);

	for (; n > 0; n--, data += TT_SHA256_BLOCK) {
		__m128i was_abef = abef, was_cdgh = cdgh;

		one_block(&abef, &cdgh, data);
		abef = _mm_add_epi32(abef, was_abef);
		cdgh = _mm_add_epi32(cdgh, was_cdgh);
	}
	low = _mm_shuffle_epi32(abef, 0x1b); /* F E B A */
	high = _mm_shuffle_epi32(cdgh, 0xb1); /* D C H G */
	_mm_storeu_si128((__m128i *)&state[0], _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i *)&state[4], _mm_alignr_epi8(high, low, 8));
}
#else
bool
tt_sha256_has_x86(void)
{
	return false;
}

void
tt_sha256_blocks_x86(uint32_t state[8], const uint8_t *data, size_t n)
{
	tt_sha256_blocks_ref(state, data, n);
}
#endif
