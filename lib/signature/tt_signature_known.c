/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What need not be looked for once more: a content that is a rule's pattern, by which the rule was found;
 * and one that stands in several rules, once one of them has looked for it.
 */
#include "tt_signature_private.h"

#include <errno.h>

struct known {
	const struct tt_rule_content *content;
	struct tt_signature_option *option;
};

/* Does it ask for nothing but that the bytes lie somewhere in the payload? */
static bool
is_anywhere(const struct tt_rule_option *o, const struct tt_signature_option *beside)
{
	const struct tt_rule_content *c = &o->u.content;

	return o->kind == TT_RULE_CONTENT && o->buffer == TT_RULE_BUFFER_PAYLOAD
			&& !beside->retry && !c->relative && !c->has_depth
			&& !c->ends_with && c->offset.variable < 0
			&& c->offset.constant == 0;
}

static int
compare(const struct tt_rule_content *a, const struct tt_rule_content *b)
{
	if (a->nocase != b->nocase)
		return a->nocase ? 1 : -1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->n);
}

static int
by_content(const void *pa, const void *pb)
{
	const struct known *a = pa, *b = pb;

	return compare(a->content, b->content);
}

static uint32_t
gather(struct tt_signatures *s, struct known *known)
{
	uint32_t n = 0;

	for (uint32_t rank = 0; rank < s->n; rank++) {
		const struct tt_rule *rule = s->rules[rank].rule;
		const struct tt_signature_literal *literal = &s->literals[rank];

		for (unsigned i = 0; i < rule->n_payload; i++) {
			const struct tt_rule_content *c = &rule->payload[i].u.content;
			struct tt_signature_option *option = &s->rules[rank].options[i];

			if (!is_anywhere(&rule->payload[i], option))
				continue;
			option->found = !rule->payload[i].negated && literal->n == c->n
					&& literal->bytes == c->bytes;
			if (!option->found)
				known[n++] = (struct known){c, option};
		}
	}
	return n;
}

static void
number(struct tt_signatures *s, struct known *known, uint32_t n)
{
	qsort(known, n, sizeof(*known), by_content);
	for (uint32_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && by_content(&known[i], &known[end]) == 0;)
			end++;
		if (end - i < 2)
			continue;
		s->n_memos++;
		for (uint32_t k = i; k < end; k++)
			known[k].option->memo = s->n_memos;
	}
}

int
tt_signature_know_contents(struct tt_signatures *s)
{
	struct known *known;
	size_t n = 1;

	for (uint32_t rank = 0; rank < s->n; rank++)
		n += s->rules[rank].rule->n_payload;
	known = calloc(n, sizeof(*known));
	if (known == NULL)
		return -ENOMEM;
	number(s, known, gather(s, known));
	free(known);
	return 0;
}
