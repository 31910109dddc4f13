/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_parquet_utf8.h"

#include <string.h>

/*
 * Length of the sequence that this byte begins, and the range of its second byte, which
 * keeps out overlong forms, surrogates and what lies above U+10FFFF. 0: begins none.
 */
static unsigned
lead(uint8_t byte, uint8_t *low, uint8_t *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (byte >= 0xc2 && byte <= 0xdf)
		return 2;
	if (byte >= 0xe0 && byte <= 0xef) {
		*low = byte == 0xe0 ? 0xa0 : 0x80;
		*high = byte == 0xed ? 0x9f : 0xbf;
		return 3;
	}
	if (byte >= 0xf0 && byte <= 0xf4) {
		*low = byte == 0xf0 ? 0x90 : 0x80;
		*high = byte == 0xf4 ? 0x8f : 0xbf;
		return 4;
	}
	return 0;
}

static unsigned
sequence(const uint8_t *bytes, size_t n)
{
	uint8_t low, high;
	unsigned length = lead(bytes[0], &low, &high);

	if (length == 0 || length > n || bytes[1] < low || bytes[1] > high)
		return 0;
	for (unsigned i = 2; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Are eight bytes ASCII and not NUL? A NUL takes the ones below it from the next byte. */
static inline bool
is_ascii_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return ((word | (word - ONES)) & HIGHS) == 0;
}

/* How many bytes, eight at a time, and the last eight at once, are ASCII and not NUL. */
static inline size_t
ascii_words(const uint8_t *bytes, size_t n)
{
	size_t i = 0;

	while (i + sizeof(uint64_t) <= n && is_ascii_word(bytes + i))
		i += sizeof(uint64_t);
	if (n - i < sizeof(uint64_t) && n >= sizeof(uint64_t)
			&& is_ascii_word(bytes + n - sizeof(uint64_t)))
		return n;
	return i;
}

bool
tt_parquet_utf8_valid(const uint8_t *bytes, size_t n)
{
	unsigned length;

	for (size_t i = ascii_words(bytes, n); i < n; i += length) {
		length = bytes[i] > 0 && bytes[i] < 0x80 ? 1 : sequence(bytes + i, n - i);
		if (length == 0)
			return false;
	}
	return true;
}
