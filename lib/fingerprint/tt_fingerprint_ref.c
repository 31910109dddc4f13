/* SPDX-License-Identifier: BSD-3-Clause */
/* The meaning of the rules, told the plain way: one packet, one rule, one walk of its tree. */
#include "tt_fingerprint_private.h"

struct walk {
	const struct tt_fp_expr *expr;
	const struct tt_fp_input *in;
	const struct tt_fp_layouts *layouts;
	uint32_t has; /* what the packet has, bits of enum tt_fp_has */
};

static uint32_t
field_value(const struct walk *w, enum tt_fp_field field)
{
	struct tt_fp_layout layout;
	uint32_t mss;
	bool whole;

	if (field != TT_FP_TCP_MSS && field != TT_FP_TCP_OPTIONS)
		return tt_fp_plain_value(w->in, field);
	if (!(w->has & TT_FP_HAS_OPTIONS))
		return 0;
	whole = tt_fp_options(w->in, &layout, &mss);
	if (field == TT_FP_TCP_MSS)
		return mss;
	return whole ? tt_fp_layout_find(w->layouts, &layout) : 0;
}

static uint32_t
number(const struct walk *w, unsigned at)
{
	const struct tt_fp_node *node = &w->expr->nodes[at];

	if (node->kind == TT_FP_NUMBER)
		return node->value;
	if (node->kind == TT_FP_FIELD)
		return field_value(w, node->value);
	return tt_fp_calculate(node->kind, number(w, node->a), number(w, node->b));
}

/* What compares or is a number is false where the packet lacks a field that it names. */
static bool
truth(const struct walk *w, unsigned at)
{
	const struct tt_fp_node *node = &w->expr->nodes[at];

	switch (node->kind) {
	case TT_FP_NOT:
		return !truth(w, node->a);
	case TT_FP_AND:
		return truth(w, node->a) && truth(w, node->b);
	case TT_FP_OR:
		return truth(w, node->a) || truth(w, node->b);
	default:
		return (w->has & node->has) == node->has && number(w, at) != 0;
	}
}

static bool
is_tested(const struct tt_fp_rule *rule, struct walk *w, int64_t time_us)
{
	if (time_us < rule->rule.valid_from_us || time_us >= rule->rule.valid_until_us)
		return false;
	if ((w->has & rule->match_has) != rule->match_has)
		return false;
	w->expr = &rule->where;
	return rule->where.nodes == NULL || truth(w, rule->where.root);
}

tt_detail
tt_fingerprints_one_ref(const struct tt_fingerprints *set, const struct tt_packet *packet,
		const uint8_t *frame, uint32_t captured, int64_t time_us)
{
	const struct tt_fp_input in = {
			.packet = packet, .frame = frame, .captured = captured};
	uint32_t tested = 0, matched = 0;
	struct walk w = {.in = &in};

	if (set == NULL)
		return 0;
	w.layouts = &set->layouts;
	w.has = tt_packet_parts_of(packet);
	w.has |= tt_fp_options_presence(&in, w.has);
	for (unsigned i = 0; i < set->n; i++) {
		if (!is_tested(&set->rules[i], &w, time_us))
			continue;
		tested |= UINT32_C(1) << i;
		w.expr = &set->rules[i].match;
		if (truth(&w, set->rules[i].match.root))
			matched |= UINT32_C(1) << i;
	}
	return tt_detail_of_fingerprints(tested, matched);
}
