/* SPDX-License-Identifier: BSD-3-Clause */
/* Sieving 64 packets, 32 at once: bytes of their frames → columns → what of the groups is left. */
#include "tt_signature_sieve_lot.h"

#ifdef __x86_64__
#include <immintrin.h>

#define AVX2   __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline)) AVX2
#define LOT    TT_SIGNATURE_SIEVE_LOT
#define ROWS   16
#define COLUMN 32 /* packets */
#define HALVES (LOT / COLUMN)

/* The bytes of a frame that columns are made of, as they come to lie: those of TCP as in the frame, where nobody wants its
 * other bytes, those of IP in place of these. */
enum {
	SRC_PORT,
	LENGTH,
	DST_PORT,
	DST_PORT_LOW,
	SEQ_HIGH,
	LENGTH_LOW,
	SEQ_SECOND,
	SEQ,
	FRAGMENT,
	TTL,
	SRC,
	DST,
	OFFSET,
	FLAGS,
	WINDOW,
	WINDOW_LOW
};
#define FROM_IP  (TT_PLAIN_IP + 2)
#define FROM_TCP TT_PLAIN_L4
#define TCP      0x80 /* what is there already */

static const uint8_t wanted[ROWS] = {[SRC_PORT] = TCP,
		[LENGTH] = TT_PLAIN_IP + 2 - FROM_IP,
		[DST_PORT] = TCP,
		[DST_PORT_LOW] = TCP,
		[SEQ_HIGH] = TCP,
		[LENGTH_LOW] = TT_PLAIN_IP + 3 - FROM_IP,
		[SEQ_SECOND] = TCP,
		[SEQ] = TCP,
		[FRAGMENT] = TT_PLAIN_IP + 6 - FROM_IP,
		[TTL] = TT_PLAIN_IP + 8 - FROM_IP,
		[SRC] = TT_PLAIN_IP + 12 - FROM_IP,
		[DST] = TT_PLAIN_IP + 16 - FROM_IP,
		[OFFSET] = TCP,
		[FLAGS] = TCP,
		[WINDOW] = TCP,
		[WINDOW_LOW] = TCP};

INLINE __m256i
load_both(const uint8_t *at)
{
	return _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)at));
}

/* Sixteen bytes of two packets, sixteen apart. */
INLINE __m256i
load_two(const uint8_t *const *frames, unsigned at)
{
	const __m128i *a = (const __m128i *)(const void *)(frames[0] + at);
	const __m128i *b = (const __m128i *)(const void *)(frames[ROWS] + at);

	return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(a)),
			_mm_loadu_si128(b), 1);
}

/* What is wanted of them. */
INLINE __m256i
row(const uint8_t *const *frames, __m256i picks)
{
	return _mm256_blendv_epi8(_mm256_shuffle_epi8(load_two(frames, FROM_IP), picks),
			load_two(frames, FROM_TCP), picks);
}

/* columns[i][h]: the i-th of the wanted bytes of 32 packets, in their order. */
INLINE void
turn(__m256i columns[ROWS][HALVES], const uint8_t *const *frames, unsigned h)
{
	const __m256i picks = load_both(wanted);
	/* [k][i]: of packets k, k + 4, …, four bytes from the (4 i)-th on. */
	__m256i fours[4][4];

#pragma GCC unroll 4
	for (unsigned k = 0; k < 4; k++) {
		const __m256i w = row(frames + k, picks);
		const __m256i x = row(frames + k + 4, picks);
		const __m256i y = row(frames + k + 8, picks);
		const __m256i z = row(frames + k + 12, picks);
		const __m256i wy = _mm256_unpacklo_epi8(w, y),
			      wy_high = _mm256_unpackhi_epi8(w, y);
		const __m256i xz = _mm256_unpacklo_epi8(x, z),
			      xz_high = _mm256_unpackhi_epi8(x, z);

		fours[k][0] = _mm256_unpacklo_epi8(wy, xz);
		fours[k][1] = _mm256_unpackhi_epi8(wy, xz);
		fours[k][2] = _mm256_unpacklo_epi8(wy_high, xz_high);
		fours[k][3] = _mm256_unpackhi_epi8(wy_high, xz_high);
	}
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		const __m256i even = _mm256_unpacklo_epi8(fours[0][i], fours[2][i]),
			      even_high = _mm256_unpackhi_epi8(fours[0][i], fours[2][i]);
		const __m256i odd = _mm256_unpacklo_epi8(fours[1][i], fours[3][i]),
			      odd_high = _mm256_unpackhi_epi8(fours[1][i], fours[3][i]);

		columns[4 * i][h] = _mm256_unpacklo_epi8(even, odd);
		columns[4 * i + 1][h] = _mm256_unpackhi_epi8(even, odd);
		columns[4 * i + 2][h] = _mm256_unpacklo_epi8(even_high, odd_high);
		columns[4 * i + 3][h] = _mm256_unpackhi_epi8(even_high, odd_high);
	}
}

INLINE uint32_t
zeros_of(__m256i bytes)
{
	return (uint32_t)_mm256_movemask_epi8(
			_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));
}

/* Which of 64 bytes are 0, a bit each. */
INLINE uint64_t
zeros(const __m256i bytes[HALVES])
{
	return zeros_of(bytes[0]) | (uint64_t)zeros_of(bytes[1]) << COLUMN;
}

/* What of eight groups is left by a field, of which these are the halves of bytes. */
INLINE void
look_up(__m256i left[HALVES], const uint8_t lows[16], const __m256i low[HALVES],
		const uint8_t highs[16], const __m256i high[HALVES])
{
	const __m256i of_low = load_both(lows), of_high = load_both(highs);

#pragma GCC unroll 2
	for (unsigned h = 0; h < HALVES; h++) {
		__m256i both = _mm256_and_si256(
				left[h], _mm256_shuffle_epi8(of_low, low[h]));

		both = _mm256_and_si256(both, _mm256_shuffle_epi8(of_high, high[h]));
		/* Or gcc looks up all fields before it joins any, and stores what it found. */
		__asm__("" : "+x"(both));
		left[h] = both;
	}
}

/* What of its groups a sieve leaves of those packets. */
INLINE void
sieve(struct tt_signature_sieved *sieved, const struct tt_signature_sieve *s,
		const __m256i columns[ROWS][HALVES], uint64_t those)
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
	const __m256i half = _mm256_set1_epi8(15),
		      ports = _mm256_set1_epi8((char)TT_SIGNATURE_SIEVE_PORTS),
		      all = _mm256_set1_epi8(-1);
	__m256i first[HALVES] = {all, all},
		second[HALVES] = {all, all}; /* eight groups */
	__m256i by_port[HALVES];

#pragma GCC unroll 16
	for (unsigned k = 0; k < TT_SIGNATURE_SIEVE_FIELDS; k++) {
		__m256i low[HALVES], high[HALVES];

#pragma GCC unroll 2
		for (unsigned h = 0; h < HALVES; h++) {
			const __m256i v = columns[fields[k]][h];

			low[h] = _mm256_and_si256(v, half);
			high[h] = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);
		}
		look_up(first, s->low[k][0], low, s->high[k][0], high);
		look_up(second, s->low[k][1], low, s->high[k][1], high);
	}
#pragma GCC unroll 2
	for (unsigned h = 0; h < HALVES; h++) {
		by_port[h] = _mm256_and_si256(second[h], ports);
		first[h] = _mm256_or_si256(
				first[h], _mm256_andnot_si256(ports, second[h]));
	}
	sieved->ports |= those & ~zeros(by_port);
	sieved->others |= those & ~zeros(first);
}

/* Of 32 packets, 0 where one is plain, but for some that come from near, and those whose frame says no length. */
INLINE __m256i
wrong(const __m256i columns[ROWS][HALVES], unsigned h)
{
	/* Four times the words of a TCP header: its upper half. Reserved and fragment bits; no offset, as there are ports. */
	const __m256i l4 = _mm256_and_si256(
			_mm256_srli_epi16(columns[OFFSET][h], 2), _mm256_set1_epi8(0x3c));
	const __m256i want = _mm256_add_epi8(
			l4, _mm256_set1_epi8(TT_SIGNATURE_IPV4_BYTES));
	const __m256i fragment = _mm256_and_si256(
			columns[FRAGMENT][h], _mm256_set1_epi8((char)0xbf));
	const __m256i near = _mm256_cmpeq_epi8(columns[SRC][h], columns[DST][h]);

	return _mm256_or_si256(_mm256_or_si256(near, fragment),
			_mm256_or_si256(columns[LENGTH][h],
					_mm256_xor_si256(want, columns[LENGTH_LOW][h])));
}

/* Which packets are plain, but for those. */
INLINE uint64_t
plain(const __m256i columns[ROWS][HALVES])
{
	const __m256i both[HALVES] = {wrong(columns, 0), wrong(columns, 1)};

	return zeros(both);
}

INLINE uint64_t
with_flags(const __m256i flags[HALVES], uint8_t f)
{
	const __m256i v = _mm256_set1_epi8((char)f);
	const __m256i other[HALVES] = {
			_mm256_xor_si256(flags[0], v), _mm256_xor_si256(flags[1], v)};

	return zeros(other);
}

/* Most packets have the flags of the first. */
static __attribute__((noinline)) AVX2 void
sieve_lot(struct tt_signature_sieved *sieved, const struct tt_signature_group *tcp,
		const uint8_t *const frames[LOT])
{
	__m256i columns[ROWS][HALVES];
	uint8_t f = frames[0][TT_PLAIN_L4 + 13];
	uint64_t rest;

	for (unsigned h = 0; h < HALVES; h++)
		turn(columns, frames + h * COLUMN, h);
	rest = plain(columns);
	*sieved = (struct tt_signature_sieved){.others = ~rest};
	for (;;) {
		const struct tt_signature_sieve *s = tcp->sieve_of[f];
		const uint64_t those = rest & with_flags(columns[FLAGS], f);

		if (s == NULL)
			sieved->others |= those;
		else
			sieve(sieved, s, columns, those);
		rest &= ~those;
		if (TT_LIKELY(rest == 0))
			break;
		f = ((const uint8_t *)columns[FLAGS])[__builtin_ctzll(rest)];
	}
}

void
tt_signature_sieve_avx2(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	tt_signature_sieve_packets(sieve_lot, sieved, tcp, packets, frames, n);
}
#else
void
tt_signature_sieve_avx2(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	tt_signature_sieve_ref(sieved, tcp, packets, frames, n);
}
#endif
