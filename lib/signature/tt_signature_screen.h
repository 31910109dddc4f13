/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which packets of a burst may match anything, by the screens of their gates, and by these. Inline, for
 * tt_signature_burst.c alone.
 */
#ifndef TT_SIGNATURE_SCREEN_H
#define TT_SIGNATURE_SCREEN_H

#include "tt_signature_private.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* How many rules would match_open try? */
static inline uint32_t
tt_signature_count_open(const struct tt_signature_gate *gate, const struct tt_packet *p,
		unsigned bits)
{
	uint32_t n = tt_signature_plain_class_of(&gate->plain, p->dst_port)->n;

	for (; bits != 0; bits &= bits - 1)
		n += gate->rules_of[__builtin_ctz(bits)].n;
	return n;
}

/* What a plain packet is wanted for, where its gate says so; TT_SIGNATURE_WANT_ALL where it does not, or where the
 * filter leaves less to try. */
static inline uint8_t
tt_signature_want_plain(const struct tt_signature_group *tcp, const struct tt_packet *p)
{
	const struct tt_signature_gate *gate = tcp->gate_of[p->tcp_flags & 0xff];
	unsigned bits;

	if (gate == NULL || tt_signature_gate_by_src(gate, p))
		return TT_SIGNATURE_WANT_ALL;
	bits = tt_signature_gate_left(gate, p);
	if (bits != 0)
		return tt_signature_count_open(gate, p, bits) > TT_SIGNATURE_TRIED_MAX
				? TT_SIGNATURE_WANT_ALL
				: TT_SIGNATURE_WANT_OPEN;
	if (!tt_signature_gate_bit(gate->dst_ports, p->dst_port))
		return 0;
	return tt_signature_plain_class_of(&gate->plain, p->dst_port)->crowded
			? TT_SIGNATURE_WANT_ALL
			: TT_SIGNATURE_WANT_PLAIN;
}

/* The same, of a plain packet whose gate has a screen that leaves nothing but its port. */
static inline uint8_t
tt_signature_want_port(const struct tt_signature_group *tcp, const struct tt_packet *p)
{
	const struct tt_signature_plain *plain = &tcp->gate_of[p->tcp_flags & 0xff]
								  ->plain;
	const struct tt_signature_plain_class *class = tt_signature_plain_class_of(
			plain, p->dst_port);

	if (class->n == 0)
		return 0;
	return class->crowded ? TT_SIGNATURE_WANT_ALL : TT_SIGNATURE_WANT_PLAIN;
}

#define TT_SIGNATURE_AT_ONCE 64 /* packets */

/* What the screens say of packets[TT_SIGNATURE_AT_ONCE] or fewer. A list would have every packet wait for the one
 * before, whose result says where the next one goes. */
struct tt_signature_passed {
	uint16_t left[TT_SIGNATURE_AT_ONCE]; /* by their screens; 0: nothing, or the packet is not plain */
	uint64_t plain; /* a bit each: something is left */
	uint64_t others; /* a bit each: is not plain */
} TT_CACHE_ALIGNED;

/* Which words are not 0, a bit each. */
static inline uint64_t
tt_signature_words_ref(const uint16_t words[TT_SIGNATURE_AT_ONCE])
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < TT_SIGNATURE_AT_ONCE; i++)
		mask |= (uint64_t)(words[i] != 0) << i;
	return mask;
}

/* The same. words: on a cache line. */
static inline uint64_t
tt_signature_words(const uint16_t words[TT_SIGNATURE_AT_ONCE])
{
#ifdef __SSE2__
	const __m128i *at = (const __m128i *)(const void *)words;
	const __m128i none = _mm_setzero_si128();
	uint64_t mask = 0;

	/* What is not 0 is not 0 in a byte either, as too large numbers become the largest. */
	for (unsigned i = 0; i < TT_SIGNATURE_AT_ONCE / 16; i++) {
		const __m128i bytes = _mm_packs_epi16(_mm_load_si128(&at[2 * i]),
				_mm_load_si128(&at[2 * i + 1]));
		const int zero = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, none));

		mask |= (uint64_t)(unsigned)zero << 16 * i;
	}
	return ~mask;
#else
	return tt_signature_words_ref(words);
#endif
}

static inline bool
tt_signature_looks_plain(const struct tt_packet *p, const uint8_t *frame)
{
	if (TT_LIKELY(tt_signature_is_usual(p)))
		return tt_signature_usual_is_plain(p, frame);
	return tt_signature_is_plain(p, frame);
}

/* Notes a packet that no screen says anything about; out of the way of the loop over all. */
static __attribute__((noinline, cold, unused)) void
tt_signature_pass_other(struct tt_signature_passed *passed, size_t i)
{
	passed->left[i] = 0;
	passed->others |= UINT64_C(1) << i;
}

/* Asks the screen of the i-th packet. */
static inline void
tt_signature_pass_screen(struct tt_signature_passed *passed,
		const struct tt_signature_group *tcp, const struct tt_packet *p,
		const uint8_t *frame, size_t i)
{
	if (TT_UNLIKELY(!tt_signature_looks_plain(p, frame)))
		tt_signature_pass_other(passed, i);
	else
		passed->left[i] = tt_signature_screen_left(
				tcp->screen_of[p->tcp_flags & 0xff], p);
}

/* Fills *passed of packets[n]. Counters of three arrays are a tenth of the work. */
static inline void
tt_signature_pass_screens(struct tt_signature_passed *passed,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	passed->others = 0;
#pragma GCC unroll 4
	for (size_t i = 0; i < n; i++)
		tt_signature_pass_screen(passed, tcp, &packets[i], frames[i], i);
	for (size_t i = n; i < TT_SIGNATURE_AT_ONCE; i++)
		passed->left[i] = 0;
	passed->plain = tt_signature_words(passed->left);
}

/* The same, where a sieve says which few packets the screens are asked of. */
static inline void
tt_signature_pass_sieved(struct tt_signature_passed *passed,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, const struct tt_signature_sieved *sieved)
{
	passed->plain = sieved->ports & ~sieved->others;
	passed->others = 0;
	for (unsigned i = 0; i < TT_SIGNATURE_AT_ONCE; i++)
		passed->left[i] = TT_SIGNATURE_SCREEN_PORT;
	for (uint64_t left = sieved->others; left != 0; left &= left - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(left);

		tt_signature_pass_screen(passed, tcp, &packets[i], frames[i], i);
		passed->plain |= (uint64_t)(passed->left[i] != 0) << i;
	}
}

/* What the i-th packet, which passed, is wanted for; 0: for nothing, after all. Where its screen, which there is then, left
 * the bit of source ports alone, nothing but that port need be looked at. */
static inline uint8_t
tt_signature_want(const struct tt_signature_group *tcp, const struct tt_packet *p,
		const struct tt_signature_passed *passed, unsigned i)
{
	if (TT_LIKELY(passed->left[i] == TT_SIGNATURE_SCREEN_PORT))
		return tt_signature_want_port(tcp, p);
	if (passed->left[i] == 0)
		return TT_SIGNATURE_WANT_ALL;
	if (passed->left[i] == TT_SIGNATURE_SCREEN_BY_SRC)
		return tt_signature_gate_by_src(tcp->gate_of[p->tcp_flags & 0xff], p)
				? TT_SIGNATURE_WANT_ALL
				: 0;
	return tt_signature_want_plain(tcp, p);
}

#endif
