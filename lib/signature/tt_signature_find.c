/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Searching a buffer for the bytes of one content: places where its first and its last byte lie, 16 at
 * a time, then the bytes between. Letters of nocase contents are compared with the bit set that tells
 * small ones from capital ones.
 */
#include "tt_signature_eval.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static uint8_t
lower(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
}

static bool
lies_at(const struct tt_rule_content *c, const uint8_t *b)
{
	if (!c->nocase)
		return memcmp(b, c->bytes, c->n) == 0;
	for (uint32_t i = 0; i < c->n; i++)
		if (lower(b[i]) != c->bytes[i])
			return false;
	return true;
}

static uint32_t
find_plain(const struct tt_rule_content *c, const uint8_t *b, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at + c->n <= to; at++)
		if (lies_at(c, b + at))
			return at;
	return to;
}

#ifdef __SSE2__
/* A byte as it is compared: (byte | bit) == value. */
struct letter {
	__m128i bit, value;
};

static struct letter
letter_of(const struct tt_rule_content *c, uint8_t b)
{
	const bool either = c->nocase && b >= 'a' && b <= 'z';

	return (struct letter){_mm_set1_epi8(either ? 0x20 : 0), _mm_set1_epi8((char)b)};
}

static __m128i
is_letter(const struct letter *l, const uint8_t *b)
{
	const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)b);

	return _mm_cmpeq_epi8(_mm_or_si128(bytes, l->bit), l->value);
}

static uint32_t
find(const struct tt_rule_content *c, const uint8_t *b, uint32_t from, uint32_t to)
{
	const struct letter first = letter_of(c, c->bytes[0]);
	const struct letter last = letter_of(c, c->bytes[c->n - 1]);
	uint32_t at = from;

	for (; to - at >= c->n - 1 + 16; at += 16) {
		unsigned places = (unsigned)_mm_movemask_epi8(
				_mm_and_si128(is_letter(&first, b + at),
						is_letter(&last, b + at + c->n - 1)));

		for (; places != 0; places &= places - 1)
			if (lies_at(c, b + at + (unsigned)__builtin_ctz(places)))
				return at + (unsigned)__builtin_ctz(places);
	}
	return find_plain(c, b, at, to);
}
#else
#define find find_plain
#endif

uint32_t
tt_signature_find(const struct tt_rule_content *c, const uint8_t *b, uint32_t from,
		uint32_t to)
{
	if (from > to || c->n > to - from)
		return to;
	return find(c, b, from, to);
}
