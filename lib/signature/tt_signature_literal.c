/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which content of a rule is searched for, and which part of it: the one that the rule names
 * (fast_pattern), else the one that is least likely in any payload, by a guess from its bytes.
 */
#include "tt_signature_private.h"

#define LITERAL_MIN 2

/* What a byte of a pattern is worth. */
static unsigned
byte_worth(uint8_t b, bool nocase)
{
	const bool letter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';

	if (b == 0x00 || b == 0xff || b == ' ' || b == 0x90)
		return 1;
	if (letter)
		return nocase ? 3 : 4;
	return b >= '0' && b <= '9' ? 4 : 6;
}

/* Of bytes that repeat, only the first counts for more than one. */
static unsigned
worth(const uint8_t *b, uint32_t n, bool nocase)
{
	unsigned sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += memchr(b, b[i], i) == NULL ? byte_worth(b[i], nocase) : 1;
	return sum;
}

static unsigned
best_part(const struct tt_rule_content *c, struct tt_signature_literal *literal)
{
	const uint32_t n = tt_signature_min(c->n, TT_SIGNATURE_LITERAL_MAX);
	unsigned best = 0;

	for (uint32_t at = 0; at + n <= c->n; at++) {
		const unsigned here = worth(c->bytes + at, n, c->nocase);

		if (here > best) {
			best = here;
			*literal = (struct tt_signature_literal){
					c->bytes + at, n, c->nocase};
		}
	}
	return best;
}

struct tt_signature_literal
tt_signature_literal_of(const struct tt_rule *rule)
{
	struct tt_signature_literal best = {0}, here;
	unsigned best_worth = 0;

	for (unsigned i = 0; i < rule->n_payload; i++) {
		const struct tt_rule_option *o = &rule->payload[i];
		unsigned w;

		if (o->kind != TT_RULE_CONTENT || o->negated
				|| o->buffer != TT_RULE_BUFFER_PAYLOAD
				|| o->u.content.n < LITERAL_MIN)
			continue;
		w = best_part(&o->u.content, &here);
		if (o->u.content.fast_pattern)
			return here;
		if (w > best_worth) {
			best_worth = w;
			best = here;
		}
	}
	return best;
}
