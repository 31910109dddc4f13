/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of the payload, one after the other, and back again where a match leads nowhere. */
#include "tt_signature_eval.h"

#define SEARCHED_A_STEP    64 /* bytes */
#define TEXT_STEPS         4
#define PCRE_STEPS         16 /* of a call */
#define PCRE_STARTS_A_STEP 16 /* bytes in which a match may begin */
#define PCRE_UNITS_A_STEP  4

/* Where a content may lie. */
struct span {
	uint32_t from, to;
	bool ends; /* only as the buffer's last bytes */
};

/* Returns false where no place is left. */
static bool
span_of(const struct tt_signature_eval *e, const struct tt_rule_option *o,
		struct tt_signature_bytes b, struct span *s)
{
	const struct tt_rule_content *c = &o->u.content;
	int64_t from = (c->relative ? e->at[o->buffer] : 0)
			+ tt_signature_value(e, &c->offset);
	int64_t to = c->has_depth ? from + tt_signature_value(e, &c->depth) : b.n;

	if (from < 0)
		from = 0;
	if (to > b.n)
		to = b.n;
	if (c->ends_with) {
		if (to < b.n || (int64_t)b.n - c->n < from)
			return false;
		from = (int64_t)b.n - c->n;
	}
	if (from > to || (uint64_t)(to - from) < c->n)
		return false;
	*s = (struct span){.from = (uint32_t)from, .to = (uint32_t)to};
	return true;
}

/* What the steps that are left are worth in another unit. */
static int64_t
worth(const struct tt_signature_eval *e, int64_t a_step)
{
	return e->steps > INT64_MAX / a_step ? INT64_MAX : e->steps * a_step;
}

/* The next place of a content; false where there is none. Takes steps. */
static bool
next_place(struct tt_signature_eval *e, const struct tt_rule_content *c,
		struct tt_signature_bytes b, const struct span *s, uint32_t from,
		uint32_t *at)
{
	int64_t bytes, may;

	if (from > s->to)
		return false;
	bytes = may = worth(e, SEARCHED_A_STEP);
	*at = tt_signature_find(c, b.at, from, s->to, &bytes);
	return tt_signature_step(e, 1 + (uint64_t)(may - bytes) / SEARCHED_A_STEP)
			&& *at < s->to;
}

/* Does the content lie as long as its bytes at one place alone? */
static bool
lies_there(struct tt_signature_eval *e, const struct tt_rule_content *c,
		struct tt_signature_bytes b, const struct span *s, uint32_t *at)
{
	if (s->to - s->from != c->n || c->nocase)
		return next_place(e, c, b, s, s->from, at);
	*at = s->from;
	return tt_signature_step(e, 1 + c->n / SEARCHED_A_STEP)
			&& memcmp(b.at + s->from, c->bytes, c->n) == 0;
}

/* A content whose place nothing depends on: what another rule found is not looked for again. */
static bool
has_content(struct tt_signature_eval *e, unsigned i, struct tt_signature_bytes b)
{
	const struct tt_rule_option *o = &e->rule->rule->payload[i];
	const uint32_t number = e->rule->options[i].memo;
	uint64_t *memo = e->listed && number != 0 ? &e->memo[number - 1] : NULL;
	struct span s;
	uint32_t at = 0;
	bool has;

	if (memo != NULL && *memo >> 1 == e->n_packet)
		return (*memo & 1) != o->negated;
	if (!span_of(e, o, b, &s))
		return o->negated;
	has = lies_there(e, &o->u.content, b, &s, &at);
	if (e->steps < 0)
		return false;
	if (memo != NULL)
		*memo = e->n_packet << 1 | has;
	if (has && !o->negated)
		e->at[o->buffer] = at + o->u.content.n;
	return has != o->negated;
}

/* A content that is tried at one place after the other. */
static bool
content(struct tt_signature_eval *e, unsigned i, struct tt_signature_bytes b)
{
	const struct tt_rule_option *o = &e->rule->rule->payload[i];
	const struct tt_rule_content *c = &o->u.content;
	struct span s;
	uint32_t at;

	if (!span_of(e, o, b, &s))
		return false;
	for (uint32_t from = s.from; next_place(e, c, b, &s, from, &at); from = at + 1) {
		e->at[o->buffer] = at + c->n;
		if (tt_signature_payload(e, i + 1))
			return true;
	}
	return false;
}

/* PCRE2 in what follows the last match (R) or in all, from `from` on. Returns its end, or as PCRE2. */
static int64_t
search(struct tt_signature_eval *e, unsigned i, struct tt_signature_bytes b,
		uint32_t base, uint32_t from, uint32_t *start)
{
	const struct tt_signature_regex *regex = e->rule->options[i].regex;
	const uint32_t starts = tt_signature_pcre_starts(regex, b.n - base);
	int64_t end, units, may;

	if (!tt_signature_step(e, PCRE_STEPS + starts / PCRE_STARTS_A_STEP))
		return TT_SIGNATURE_PCRE_LIMIT;
	may = units = worth(e, PCRE_UNITS_A_STEP);
	end = tt_signature_pcre_match(
			e->pcre, regex, b.at + base, b.n - base, from, &units, start);
	e->steps -= (may - units) / PCRE_UNITS_A_STEP;
	if (end == TT_SIGNATURE_PCRE_LIMIT)
		e->cut = true;
	return end;
}

static bool
pcre(struct tt_signature_eval *e, unsigned i, struct tt_signature_bytes b)
{
	const struct tt_rule_option *o = &e->rule->rule->payload[i];
	const uint32_t base = o->u.pcre.relative ? e->at[o->buffer] : 0;
	uint32_t start = 0;
	int64_t end = search(e, i, b, base, 0, &start);

	if (o->negated)
		return end == TT_SIGNATURE_PCRE_NONE && tt_signature_payload(e, i + 1);
	while (end >= 0) {
		e->at[o->buffer] = base + (uint32_t)end;
		if (tt_signature_payload(e, i + 1))
			return true;
		if (!e->rule->options[i].retry || start + 1 > b.n - base)
			return false;
		end = search(e, i, b, base, start + 1, &start);
	}
	return false;
}

static bool
isdataat(const struct tt_signature_eval *e, const struct tt_rule_option *o, uint32_t n)
{
	const int64_t at = tt_signature_value(e, &o->u.isdataat.at);

	if (o->u.isdataat.relative)
		return (at + e->at[o->buffer] <= n) != o->negated;
	return (at < n) != o->negated;
}

/* A number of text is read digit by digit. */
static uint64_t
steps_of(const struct tt_rule_option *o)
{
	return o->kind >= TT_RULE_BYTE_TEST && o->kind <= TT_RULE_BYTE_MATH
					&& o->u.bytes.text
			? TEXT_STEPS
			: 1;
}

static struct tt_signature_bytes
buffer(const struct tt_signature_eval *e, enum tt_rule_buffer which)
{
	return which == TT_RULE_BUFFER_SCTP_DATA ? e->chunk
						 : tt_signature_buffer(e->view, which);
}

bool
tt_signature_payload(struct tt_signature_eval *e, unsigned i)
{
	const struct tt_rule *rule = e->rule->rule;

	for (; i < rule->n_payload; i++) {
		const struct tt_rule_option *o = &rule->payload[i];
		const struct tt_signature_bytes b =
				TT_LIKELY(o->buffer == TT_RULE_BUFFER_PAYLOAD)
				? e->view->payload
				: buffer(e, o->buffer);

		if (o->kind == TT_RULE_FLOWBIT)
			continue;
		if (b.at == NULL || (b.n == 0 && o->kind != TT_RULE_BSIZE))
			return false;
		if (o->kind == TT_RULE_PCRE)
			return pcre(e, i, b);
		if (!tt_signature_step(e, steps_of(o)))
			return false;
		if (o->kind == TT_RULE_CONTENT) {
			if (e->rule->options[i].retry && !o->negated)
				return content(e, i, b);
			if (!(e->listed && e->rule->options[i].found)
					&& !has_content(e, i, b))
				return false;
		} else if (o->kind == TT_RULE_ISDATAAT) {
			if (!isdataat(e, o, b.n))
				return false;
		} else if (o->kind == TT_RULE_BSIZE) {
			if (!tt_signature_in(&o->u.number, o->negated, b.n))
				return false;
		} else if (!tt_signature_convert(e, o, b)) {
			return false;
		}
	}
	return true;
}
