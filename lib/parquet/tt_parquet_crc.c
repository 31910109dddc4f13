/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_crc.h"

#include <zlib.h>

#ifdef __x86_64__

#include <immintrin.h>

#define LANE sizeof(__m128i)
#define LANES \
	4 /* folded side by side, so that no multiplication waits for the one before */

/*
 * What a lane is multiplied by to stand further on in the message: x^(d+32) and x^(d-32) modulo the polynomial,
 * bits reflected (Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction",
 * 2009), for a distance of d = 512 bits, all lanes, and of 128, one.
 */
#define FOLD_FAR _mm_set_epi64x(0x1c6e41596, 0x154442bd4)
#define NEAR     _mm_set_epi64x(0x0ccaa009e, 0x1751997d0)

#define TARGET __attribute__((target("pclmul,sse4.1")))

TARGET static inline __m128i
load(const uint8_t *at)
{
	return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* The lane as it counts where `onto` stands, and that. */
TARGET static inline __m128i
fold(__m128i lane, __m128i by, __m128i onto)
{
	return _mm_xor_si128(onto,
			_mm_xor_si128(_mm_clmulepi64_si128(lane, by, 0x00),
					_mm_clmulepi64_si128(lane, by, 0x11)));
}

/* Folds all whole lanes, LANES at least, into one, whose CRC from a register of 0 on is theirs; then what follows. */
TARGET static uint32_t
crc_folded(const uint8_t *at, size_t n)
{
	const uint8_t *end = at + n;
	__m128i lanes[LANES];
	uint8_t folded[LANE];

	for (unsigned i = 0; i < LANES; i++, at += LANE)
		lanes[i] = load(at);
	/* The register is all ones at first. */
	lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(-1));
	for (; (size_t)(end - at) >= LANES * LANE; at += LANES * LANE)
		for (unsigned i = 0; i < LANES; i++)
			lanes[i] = fold(lanes[i], FOLD_FAR, load(at + i * LANE));
	for (unsigned i = 1; i < LANES; i++)
		lanes[i] = fold(lanes[i - 1], NEAR, lanes[i]);
	for (; (size_t)(end - at) >= LANE; at += LANE)
		lanes[LANES - 1] = fold(lanes[LANES - 1], NEAR, load(at));
	_mm_storeu_si128((__m128i *)(void *)folded, lanes[LANES - 1]);
	/* zlib takes and gives the register inverted. */
	return (uint32_t)crc32_z(crc32_z(UINT32_MAX, folded, sizeof(folded)), at,
			(size_t)(end - at));
}

uint32_t
tt_parquet_crc(const void *bytes, size_t n)
{
	if (n >= LANES * LANE && __builtin_cpu_supports("pclmul")
			&& __builtin_cpu_supports("sse4.1"))
		return crc_folded(bytes, n);
	return (uint32_t)crc32_z(0, bytes, n);
}

#else

uint32_t
tt_parquet_crc(const void *bytes, size_t n)
{
	return (uint32_t)crc32_z(0, bytes, n);
}

#endif
