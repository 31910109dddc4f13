/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports at which one rule alone may match a plain packet (tt_signature_gate.h) that its gate leaves nothing but its port
 * of, and that rule asks for few addresses: as most rules without payload do. All that is left to ask stands in one
 * cache line, found by the port, and not behind four pointers, each of which the next would wait for; and whether a
 * packet matches is no branch. What it says is what the class of the port says (tt_signature_plain.h), which has
 * all ports, also those that do not find room here. Memory: 64 KiB. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_SOLE_H
#define TT_SIGNATURE_SOLE_H

#include "tt_signature_plain.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define TT_SIGNATURE_SOLES \
	1024 /* by the lower bits of the port; the first that comes has the place */
#define TT_SIGNATURE_SOLE_DST 4
#define TT_SIGNATURE_SOLE_SRC 2

struct tt_signature_sole {
	uint32_t key; /* 0: free */
	uint32_t rule; /* in tt_rules */
	uint64_t unused;
	/* Ranges of addresses of IPv4: than the first are the last. Both with the highest bit turned, as SSE2 compares numbers
	 * with a sign. Those that are not needed are as the first one. */
	uint32_t dst_first[TT_SIGNATURE_SOLE_DST], dst_more[TT_SIGNATURE_SOLE_DST];
	uint32_t src_first[TT_SIGNATURE_SOLE_SRC], src_more[TT_SIGNATURE_SOLE_SRC];
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_signature_sole) == 64, "a cache line");

#define TT_SIGNATURE_SOLE_TURN 0x80000000u

static inline uint32_t
tt_signature_sole_key(uint16_t dst_port, uint8_t flags)
{
	return 1u << 24 | (uint32_t)flags << 16 | dst_port;
}

/* Does the rule match the packet, which is plain, and has the key? */
static inline unsigned
tt_signature_sole_matches_ref(
		const struct tt_signature_sole *s, const struct tt_packet *p)
{
	unsigned dst = 0, src = 0;

	for (unsigned i = 0; i < TT_SIGNATURE_SOLE_DST; i++)
		dst |= (int32_t)((uint32_t)p->dst.lo - s->dst_first[i])
				<= (int32_t)s->dst_more[i];
	for (unsigned i = 0; i < TT_SIGNATURE_SOLE_SRC; i++)
		src |= (int32_t)((uint32_t)p->src.lo - s->src_first[i])
				<= (int32_t)s->src_more[i];
	return dst & src;
}

/* The same. */
static inline unsigned
tt_signature_sole_matches(const struct tt_signature_sole *s, const struct tt_packet *p)
{
#ifdef __SSE2__
	const __m128i *at = (const __m128i *)(const void *)s->dst_first;
	const __m128i dst = _mm_set1_epi32((int)(uint32_t)p->dst.lo);
	const __m128i src = _mm_set1_epi32((int)(uint32_t)p->src.lo);
	const __m128i both = _mm_load_si128(&at[2]);
	const __m128i no_dst = _mm_cmpgt_epi32(_mm_sub_epi32(dst, _mm_load_si128(&at[0])),
			_mm_load_si128(&at[1]));
	const __m128i no_src = _mm_cmpgt_epi32(
			_mm_sub_epi32(src, both), _mm_unpackhi_epi64(both, both));

	const unsigned in_dst = _mm_movemask_epi8(no_dst) != 0xffff;
	const unsigned in_src = (_mm_movemask_epi8(no_src) & 0xff) != 0xff;

	return in_dst & in_src; /* without a branch */
#else
	return tt_signature_sole_matches_ref(s, p);
#endif
}

/* Gives soles[TT_SIGNATURE_SOLES] the ports of plain packets with these flags, where there is room. */
void tt_signature_soles_add(struct tt_signature_sole *soles,
		const struct tt_signature_plain *plain, uint8_t flags);

#endif
