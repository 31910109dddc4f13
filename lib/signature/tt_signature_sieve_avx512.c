/* SPDX-License-Identifier: BSD-3-Clause */
/* Sieving 64 packets at once: bytes of their frames → columns → what of the groups is left. */
#include "tt_signature_sieve_lot.h"

#ifdef __x86_64__
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,popcnt")))
#define INLINE static inline __attribute__((always_inline)) AVX512
#define LOT    TT_SIGNATURE_SIEVE_LOT
#define LANES  4
#define ROWS   16

/* The bytes of a frame that columns are made of, as they come to lie. */
enum {
	LENGTH,
	LENGTH_LOW,
	FRAGMENT,
	TTL,
	SRC,
	DST,
	SRC_PORT,
	DST_PORT,
	DST_PORT_LOW,
	SEQ,
	SEQ_SECOND,
	SEQ_HIGH,
	OFFSET,
	FLAGS,
	WINDOW,
	WINDOW_LOW
};
static const uint8_t wanted[ROWS] = {[LENGTH] = TT_PLAIN_IP + 2,
		[LENGTH_LOW] = TT_PLAIN_IP + 3,
		[FRAGMENT] = TT_PLAIN_IP + 6,
		[TTL] = TT_PLAIN_IP + 8,
		[SRC] = TT_PLAIN_IP + 12,
		[DST] = TT_PLAIN_IP + 16,
		[SRC_PORT] = TT_PLAIN_L4,
		[DST_PORT] = TT_PLAIN_L4 + 2,
		[DST_PORT_LOW] = TT_PLAIN_L4 + 3,
		[SEQ] = TT_PLAIN_L4 + 7,
		[SEQ_SECOND] = TT_PLAIN_L4 + 6,
		[SEQ_HIGH] = TT_PLAIN_L4 + 4,
		[OFFSET] = TT_PLAIN_L4 + 12,
		[FLAGS] = TT_PLAIN_L4 + 13,
		[WINDOW] = TT_PLAIN_L4 + 14,
		[WINDOW_LOW] = TT_PLAIN_L4 + 15};

/* What is wanted of four packets, sixteen apart, a lane each. */
INLINE __m512i
row(const uint8_t *const *frames, __m512i picks)
{
	const __mmask64 there = (UINT64_C(1) << TT_PLAIN_NEED) - 1;
	__m512i lanes = _mm512_setzero_si512();

#pragma GCC unroll 4
	for (unsigned i = 0; i < LANES; i++)
		lanes = _mm512_mask_permutexvar_epi8(lanes, UINT64_C(0xffff) << i * ROWS,
				picks, _mm512_maskz_loadu_epi8(there, frames[i * ROWS]));
	return lanes;
}

/* columns[i]: the i-th of the wanted bytes of all packets, in their order. */
INLINE void
turn(__m512i columns[ROWS], const uint8_t *const *frames)
{
	const __m512i picks = _mm512_broadcast_i32x4(
			_mm_loadu_si128((const __m128i *)(const void *)wanted));
	__m512i a[ROWS], b[ROWS];

#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		const __m512i x = row(frames + i, picks), y = row(frames + i + 8, picks);

		a[i] = _mm512_unpacklo_epi8(x, y);
		a[i + 8] = _mm512_unpackhi_epi8(x, y);
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		const unsigned k = i / 4 * 8 + i % 4;

		b[k] = _mm512_unpacklo_epi8(a[k], a[k + 4]);
		b[k + 4] = _mm512_unpackhi_epi8(a[k], a[k + 4]);
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		const unsigned k = i / 2 * 4 + i % 2;

		a[k] = _mm512_unpacklo_epi8(b[k], b[k + 2]);
		a[k + 2] = _mm512_unpackhi_epi8(b[k], b[k + 2]);
	}
#pragma GCC unroll 8
	for (unsigned i = 0; i < 8; i++) {
		columns[2 * i] = _mm512_unpacklo_epi8(a[2 * i], a[2 * i + 1]);
		columns[2 * i + 1] = _mm512_unpackhi_epi8(a[2 * i], a[2 * i + 1]);
	}
}

INLINE __m512i
look_up(const uint8_t table[16], __m512i halves)
{
	const __m128i *at = (const __m128i *)(const void *)table;

	return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(_mm_load_si128(at)), halves);
}

/* What of its groups a sieve leaves of those packets. */
INLINE void
sieve(struct tt_signature_sieved *sieved, const struct tt_signature_sieve *s,
		const __m512i columns[ROWS], uint64_t those)
{
	static const uint8_t fields[TT_SIGNATURE_SIEVE_FIELDS] = {
			[TT_SIGNATURE_SIEVE_TTL] = TTL,
			[TT_SIGNATURE_SIEVE_SRC] = SRC,
			[TT_SIGNATURE_SIEVE_DST] = DST,
			[TT_SIGNATURE_SIEVE_SRC_PORT] = SRC_PORT,
			[TT_SIGNATURE_SIEVE_DST_PORT] = DST_PORT,
			[TT_SIGNATURE_SIEVE_DST_PORT_LOW] = DST_PORT_LOW,
			[TT_SIGNATURE_SIEVE_SEQ] = SEQ,
			[TT_SIGNATURE_SIEVE_SEQ_SECOND] = SEQ_SECOND,
			[TT_SIGNATURE_SIEVE_SEQ_HIGH] = SEQ_HIGH,
			[TT_SIGNATURE_SIEVE_WINDOW] = WINDOW,
			[TT_SIGNATURE_SIEVE_WINDOW_LOW] = WINDOW_LOW};
	const __m512i half = _mm512_set1_epi8(15);
	__m512i left[2] = {_mm512_set1_epi8(-1), _mm512_set1_epi8(-1)};

#pragma GCC unroll 16
	for (unsigned k = 0; k < TT_SIGNATURE_SIEVE_FIELDS; k++) {
		const __m512i v = columns[fields[k]];
		const __m512i low = _mm512_and_si512(v, half);
		const __m512i high = _mm512_and_si512(_mm512_srli_epi16(v, 4), half);

#pragma GCC unroll 2
		for (unsigned i = 0; i < 2; i++)
			left[i] = _mm512_ternarylogic_epi32(left[i],
					look_up(s->low[k][i], low),
					look_up(s->high[k][i], high), 0x80); /* and */
	}
	sieved->ports |= those
			& _mm512_test_epi8_mask(left[1],
					_mm512_set1_epi8((char)TT_SIGNATURE_SIEVE_PORTS));
	left[1] = _mm512_and_si512(
			left[1], _mm512_set1_epi8((char)~TT_SIGNATURE_SIEVE_PORTS));
	left[0] = _mm512_or_si512(left[0], left[1]);
	sieved->others |= those & _mm512_test_epi8_mask(left[0], left[0]);
}

/* Which packets are plain, but for some that come from near, and those whose frame says no length. */
INLINE uint64_t
plain(const __m512i columns[ROWS])
{
	/* Four times the words of a TCP header: its upper half. Reserved and fragment bits; no offset, as there are ports. */
	const __m512i l4 = _mm512_and_si512(
			_mm512_srli_epi16(columns[OFFSET], 2), _mm512_set1_epi8(0x3c));
	const __m512i want = _mm512_add_epi8(
			l4, _mm512_set1_epi8(TT_SIGNATURE_IPV4_BYTES));
	const __m512i fragment = _mm512_and_si512(
			columns[FRAGMENT], _mm512_set1_epi8((char)0xbf));
	const __mmask64 near = _mm512_cmpeq_epi8_mask(columns[SRC], columns[DST]);

	return _mm512_cmpeq_epi8_mask(want, columns[LENGTH_LOW])
			& ~_mm512_test_epi8_mask(columns[LENGTH], columns[LENGTH])
			& ~_mm512_test_epi8_mask(fragment, fragment) & ~near;
}

/* Most packets have the flags of the first, whose sieve is on its way while columns are made. */
static __attribute__((noinline)) AVX512 void
sieve_lot(struct tt_signature_sieved *sieved, const struct tt_signature_group *tcp,
		const uint8_t *const frames[LOT])
{
	uint8_t flags[LOT] TT_CACHE_ALIGNED;
	__m512i columns[ROWS];
	uint8_t f = frames[0][wanted[FLAGS]];
	uint64_t rest;

	turn(columns, frames);
	rest = plain(columns);
	*sieved = (struct tt_signature_sieved){.others = ~rest};
	for (;;) {
		const struct tt_signature_sieve *s = tcp->sieve_of[f];
		const uint64_t those = rest
				& _mm512_cmpeq_epi8_mask(columns[FLAGS],
						_mm512_set1_epi8((char)f));

		if (s == NULL)
			sieved->others |= those;
		else
			sieve(sieved, s, columns, those);
		rest &= ~those;
		if (TT_LIKELY(rest == 0))
			break;
		_mm512_store_si512((void *)flags, columns[FLAGS]);
		f = flags[__builtin_ctzll(rest)];
	}
}

void
tt_signature_sieve_avx512(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	tt_signature_sieve_packets(sieve_lot, sieved, tcp, packets, frames, n);
}
#else
void
tt_signature_sieve_avx512(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	tt_signature_sieve_ref(sieved, tcp, packets, frames, n);
}
#endif
