/* SPDX-License-Identifier: BSD-3-Clause */
/* Searching a buffer for the bytes of one content. */
#include "tt_signature_eval.h"

static uint8_t
lower(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
}

static bool
equal_nocase(const uint8_t *b, const uint8_t *lower_bytes, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (lower(b[i]) != lower_bytes[i])
			return false;
	return true;
}

static uint32_t
find_nocase(const struct tt_rule_content *c, const uint8_t *b, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at + c->n <= to; at++)
		if (equal_nocase(b + at, c->bytes, c->n))
			return at;
	return to;
}

uint32_t
tt_signature_find(const struct tt_rule_content *c, const uint8_t *b, uint32_t from,
		uint32_t to)
{
	const uint8_t *found;

	if (from > to || c->n > to - from)
		return to;
	if (c->nocase)
		return find_nocase(c, b, from, to);
	found = memmem(b + from, to - from, c->bytes, c->n);
	return found == NULL ? to : (uint32_t)(found - b);
}
