/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Searching a buffer for the bytes of one content: places where its first and its last byte lie, 16 at
 * a time, then all its bytes, 16 at a time as well. Letters of nocase contents are compared with the
 * bit set that tells small ones from capital ones. What is looked at is counted, so that a payload
 * that nearly matches at every place costs no more than it may.
 */
#include "tt_signature_eval.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define CHUNK 16
#define SKIP  (4 * CHUNK)

static uint8_t
lower(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
}

static bool
is_same(const struct tt_rule_content *c, const uint8_t *b, uint32_t i)
{
	return (c->nocase ? lower(b[i]) : b[i]) == c->bytes[i];
}

#ifdef __SSE2__
static __m128i
load(const uint8_t *b)
{
	return _mm_loadu_si128((const __m128i *)(const void *)b);
}

/* CHUNK bytes of the content from the i-th on. */
static bool
is_same_chunk(const struct tt_rule_content *c, const uint8_t *b, uint32_t i)
{
	const __m128i want = load(c->bytes + i);
	const __m128i letters = _mm_and_si128(
			_mm_cmpgt_epi8(want, _mm_set1_epi8('a' - 1)),
			_mm_cmplt_epi8(want, _mm_set1_epi8('z' + 1)));
	const __m128i bit = _mm_and_si128(letters, _mm_set1_epi8(c->nocase ? 0x20 : 0));

	return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_or_si128(load(b + i), bit), want))
			== 0xffff;
}
#else
static bool
is_same_chunk(const struct tt_rule_content *c, const uint8_t *b, uint32_t i)
{
	for (unsigned k = 0; k < CHUNK; k++)
		if (!is_same(c, b, i + k))
			return false;
	return true;
}
#endif

static bool
lies_at(const struct tt_rule_content *c, const uint8_t *b, int64_t *bytes)
{
	uint32_t i = 0;

	for (; c->n - i >= CHUNK; i += CHUNK) {
		*bytes -= CHUNK;
		if (!is_same_chunk(c, b, i))
			return false;
	}
	for (; i < c->n; i++) {
		--*bytes;
		if (!is_same(c, b, i))
			return false;
	}
	return true;
}

static uint32_t
find_plain(const struct tt_rule_content *c, const uint8_t *b, uint32_t from, uint32_t to,
		int64_t *bytes)
{
	for (uint32_t at = from; at + c->n <= to && *bytes >= 0; at++)
		if (lies_at(c, b + at, bytes))
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
	return _mm_cmpeq_epi8(_mm_or_si128(load(b), l->bit), l->value);
}

/* Places of a chunk where both letters lie, as a mask of bytes; the last is `apart` bytes behind. */
static __m128i
places_of(const struct letter *first, const struct letter *last, const uint8_t *b,
		uint32_t apart)
{
	return _mm_and_si128(is_letter(first, b), is_letter(last, b + apart));
}

/* Passes over four chunks at once where neither of them has a place. */
static uint32_t
skip(const struct letter *first, const struct letter *last, const uint8_t *b,
		uint32_t apart, uint32_t at, uint32_t to, int64_t *bytes)
{
	for (; to - at >= apart + SKIP && *bytes >= 0; at += SKIP) {
		const __m128i low = _mm_or_si128(places_of(first, last, b + at, apart),
				places_of(first, last, b + at + CHUNK, apart));
		const __m128i high = _mm_or_si128(
				places_of(first, last, b + at + 2 * CHUNK, apart),
				places_of(first, last, b + at + 3 * CHUNK, apart));

		if (_mm_movemask_epi8(_mm_or_si128(low, high)) != 0)
			break;
		*bytes -= SKIP;
	}
	return at;
}

static uint32_t
find(const struct tt_rule_content *c, const uint8_t *b, uint32_t from, uint32_t to,
		int64_t *bytes)
{
	struct letter first, last;
	uint32_t at = from;

	if (to - at < c->n - 1 + CHUNK)
		return find_plain(c, b, at, to, bytes);
	first = letter_of(c, c->bytes[0]);
	last = letter_of(c, c->bytes[c->n - 1]);
	at = skip(&first, &last, b, c->n - 1, at, to, bytes);
	while (to - at >= c->n - 1 + CHUNK && *bytes >= 0) {
		unsigned places = (unsigned)_mm_movemask_epi8(
				places_of(&first, &last, b + at, c->n - 1));

		*bytes -= CHUNK;
		for (; places != 0 && *bytes >= 0; places &= places - 1)
			if (lies_at(c, b + at + (unsigned)__builtin_ctz(places), bytes))
				return at + (unsigned)__builtin_ctz(places);
		at += CHUNK;
		if (at % SKIP == from % SKIP)
			at = skip(&first, &last, b, c->n - 1, at, to, bytes);
	}
	return find_plain(c, b, at, to, bytes);
}
#else
#define find find_plain
#endif

uint32_t
tt_signature_find(const struct tt_rule_content *c, const uint8_t *b, uint32_t from,
		uint32_t to, int64_t *bytes)
{
	if (from > to || c->n > to - from)
		return to;
	return find(c, b, from, to, bytes);
}
