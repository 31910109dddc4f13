/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Does a packet match a rule? What the reference and the compiled matcher share: the rule with what
 * was compiled beside it, and its evaluation, option by option. For the files of lib/signature only.
 *
 * Payload options are tried in the order in which they stand, with full backtracking: where a later
 * option depends on the place at which a content or a pcre matched (it is relative, before another
 * one is found independently), its other occurrences are tried as well.
 *
 * An empty buffer matches no payload option but bsize, negated or not, as in Suricata.
 */
#ifndef TT_SIGNATURE_EVAL_H
#define TT_SIGNATURE_EVAL_H

#include "tt_signature_pcre.h"
#include "tt_signature_view.h"

/* Beside an option of the payload. */
struct tt_signature_option {
	bool retry; /* what follows depends on where it matched */
	bool found; /* of a content: a rule that was found by its pattern has it */
	uint32_t memo; /* of a content that stands in other rules too: from 1 on; 0: none */
	struct tt_signature_regex *regex; /* of pcre; NULL for others */
};

struct tt_signature_rule {
	const struct tt_rule *rule;
	uint32_t index; /* in tt_rules */
	struct tt_signature_option *options; /* [rule->n_payload] */
	const struct tt_rule_option *
			*rest; /* [n_rest] of the header, that TCP and UDP leave open */
	unsigned n_rest;
	bool any_place; /* any addresses and ports */
	bool needs_payload; /* cannot match a packet without */
	bool has_flowbits;
	bool payload_alone; /* its payload options look at nothing else */
	bool by_chunk; /* they look at SCTP's data: at each chunk of it */
	uint32_t reads_all; /* all ones: the header's options look at a checksum or at all chunks, which costs more steps; else 0 */
};

/* Evaluating: of one packet, then of one rule. */
struct tt_signature_eval {
	const struct tt_signature_view *view;
	struct tt_signature_pcre *pcre;
	int64_t steps; /* left for the packet */
	uint32_t verifications; /* payloads of rules that may still be tried for the packet */
	uint64_t flowbits; /* that rules have set */
	bool cut; /* a limit was met */
	bool listed; /* by the lists of the packet's class; false: all rules are tried */
	uint64_t *memo; /* of contents, by their number: packet << 1 | found; by `listed` alone */
	uint64_t n_packet; /* from 1 on */
	const struct tt_signature_rule *rule;
	uint64_t variables[TT_RULE_VARIABLES_MAX];
	struct tt_signature_bytes
			chunk; /* of SCTP's data: the one that the rule is tried on */
	uint32_t next_chunk; /* from the transport header on, where the next begins */
	uint32_t at[TT_RULE_N_BUFFERS]; /* where the last match in a buffer ended */
};

/* Prepares a rule. Returns 0, -ENOMEM, or -EINVAL with err where a pcre does not compile. */
int tt_signature_rule_init(struct tt_signature_rule *r, const struct tt_rule *rule,
		uint32_t index, struct tt_error *err) TT_MUST_CHECK;
void tt_signature_rule_fini(struct tt_signature_rule *r);

/* Begins a packet. steps, verifications: it may cost. */
void tt_signature_eval_begin(struct tt_signature_eval *e,
		const struct tt_signature_view *view, struct tt_signature_pcre *pcre,
		int64_t steps, uint32_t verifications);

/* Does the packet's header match? */
bool tt_signature_matches_head(
		struct tt_signature_eval *e, const struct tt_signature_rule *r);

/* How many steps this takes. */
uint64_t tt_signature_head_steps(
		const struct tt_signature_view *v, const struct tt_signature_rule *r);

/* The same, of a packet that has what payload the rule needs, without taking steps. */
bool tt_signature_head_holds(
		const struct tt_signature_eval *e, const struct tt_signature_rule *r);

/* If it does: does the rest? Then the rule's flowbits are set. */
bool tt_signature_matches_payload(
		struct tt_signature_eval *e, const struct tt_signature_rule *r);

/* Addresses, ports and header options. */
bool tt_signature_head(const struct tt_signature_view *v, const struct tt_rule *rule);
/* The same, of a rule that is listed by TCP or UDP, which the packet is. */
bool tt_signature_head_listed(
		const struct tt_signature_view *v, const struct tt_signature_rule *r);
/* Are both addresses among the rule's, as it is written? */
bool tt_signature_addresses(const struct tt_rule *rule, const struct tt_packet *p);
bool tt_signature_in(const struct tt_rule_number *number, bool negated, uint32_t value);
bool tt_signature_bits(const struct tt_rule_bits *bits, unsigned field);

/* Payload options from the i-th on. */
bool tt_signature_payload(struct tt_signature_eval *e, unsigned i);

/* Takes steps for an option that looked at so many bytes. Returns false where none are left. */
static inline bool
tt_signature_step(struct tt_signature_eval *e, uint64_t steps)
{
	e->steps -= (int64_t)steps;
	if (TT_LIKELY(e->steps >= 0))
		return true;
	e->cut = true;
	return false;
}

/* Constant or variable; a variable too large for any offset becomes the largest. */
static inline int64_t
tt_signature_value(const struct tt_signature_eval *e, const struct tt_rule_value *value)
{
	const int64_t large = INT64_C(1) << 40;

	if (value->variable < 0)
		return value->constant;
	return e->variables[value->variable] > (uint64_t)large
			? large
			: (int64_t)e->variables[value->variable];
}

/* byte_test, byte_jump, byte_extract, byte_math: in tt_signature_bytes.c. */
bool tt_signature_convert(struct tt_signature_eval *e, const struct tt_rule_option *o,
		struct tt_signature_bytes b);

/*
 * The first occurrence of a content's bytes that starts at `from` or later and ends at `to` or
 * before; `to` and more where there is none. *bytes: how many it may look at, which may be more than
 * lie there, as each is compared again for each place; what it looked at is subtracted. Below 0
 * afterwards: it gave up.
 */
uint32_t tt_signature_find(const struct tt_rule_content *c, const uint8_t *b,
		uint32_t from, uint32_t to, int64_t *bytes);

#endif
