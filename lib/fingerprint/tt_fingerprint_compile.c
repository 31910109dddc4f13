/* SPDX-License-Identifier: BSD-3-Clause */
/* Trees → steps. A value is a constant, a source, or what an earlier step gave. */
#include "tt_fingerprint_private.h"

#include <errno.h>
#include <string.h>

struct operand {
	bool constant;
	uint32_t value; /* of a constant */
	uint16_t id; /* otherwise */
	uint32_t has; /* a truth holds only where a packet has these as well; not yet in a step */
};

struct compiler {
	struct tt_fp_program *program;
	const struct tt_fp_expr *expr;
	uint32_t granted; /* what packets are known to have, bits of enum tt_fp_has */
	bool full;
};

static const struct operand one = {.constant = true, .value = 1};

/* An equal step that is there already, or a new one. */
static struct operand
add_step(struct compiler *c, struct tt_fp_step step)
{
	struct tt_fp_program *program = c->program;

	for (unsigned i = 0; i < program->n; i++) {
		step.to = (uint16_t)(TT_FP_N_SOURCES + i);
		if (memcmp(&program->steps[i], &step, sizeof(step)) == 0)
			return (struct operand){.id = step.to};
	}
	if (program->n == TT_FP_STEPS_MAX) {
		c->full = true;
		return one;
	}
	step.to = (uint16_t)(TT_FP_N_SOURCES + program->n);
	program->steps[program->n++] = step;
	return (struct operand){.id = step.to};
}

/* A constant becomes a step of this operation. */
static uint16_t
in_column(struct compiler *c, struct operand o, enum tt_fp_operation constant)
{
	struct tt_fp_step step;

	if (!o.constant)
		return o.id;
	memset(&step, 0, sizeof(step));
	step.operation = (uint8_t)constant;
	step.value = o.value;
	return add_step(c, step).id;
}

static bool
is_commutative(enum tt_fp_kind kind)
{
	switch (kind) {
	case TT_FP_EQ:
	case TT_FP_NE:
	case TT_FP_BIT_OR:
	case TT_FP_BIT_XOR:
	case TT_FP_BIT_AND:
	case TT_FP_ADD:
		return true;
	default:
		return false;
	}
}

static bool
is_comparison(enum tt_fp_kind kind)
{
	return kind >= TT_FP_EQ && kind <= TT_FP_GE;
}

/* Of two numbers, a number or what their comparison says. */
static struct operand
calculate(struct compiler *c, enum tt_fp_kind kind, struct operand a, struct operand b)
{
	struct tt_fp_step step;

	if (a.constant && b.constant)
		return (struct operand){.constant = true,
				.value = tt_fp_calculate(kind, a.value, b.value)};
	if (a.constant && is_commutative(kind))
		return calculate(c, kind, b, a);
	memset(&step, 0, sizeof(step));
	step.kind = (uint8_t)kind;
	step.a = in_column(c, a, TT_FP_STEP_CONSTANT);
	if (is_comparison(kind))
		step.operation = b.constant ? TT_FP_STEP_COMPARE_VALUE
					    : TT_FP_STEP_COMPARE_PAIR;
	else
		step.operation = b.constant ? TT_FP_STEP_VALUE : TT_FP_STEP_PAIR;
	if (b.constant)
		step.value = b.value;
	else
		step.b = b.id;
	return add_step(c, step);
}

/* True where a packet has all of these. */
static struct operand
requirement(uint32_t bits)
{
	return (struct operand){.constant = true, .value = 1, .has = bits};
}

/* Of two truths that are in columns. */
static struct operand
logic(struct compiler *c, enum tt_fp_kind kind, struct operand a, struct operand b)
{
	struct tt_fp_step step;

	memset(&step, 0, sizeof(step));
	step.operation = TT_FP_STEP_LOGIC;
	step.kind = (uint8_t)kind;
	step.a = a.id;
	step.b = b.id;
	return add_step(c, step);
}

/* What is asked of a packet at several places of a condition is asked at its end, and so once. */
static struct operand
both(struct compiler *c, struct operand a, struct operand b)
{
	const uint32_t bits = a.has | b.has;
	struct operand all;

	if (a.constant)
		all = a.value != 0 ? b : a;
	else if (b.constant)
		all = b.value != 0 ? a : b;
	else
		all = logic(c, TT_FP_AND, a, b);
	all.has = bits;
	return all;
}

/* The same truth with nothing left to be asked. */
static struct operand
settle(struct compiler *c, struct operand o)
{
	struct operand asked;
	struct tt_fp_step step;

	if (o.has == 0 || (o.constant && o.value == 0))
		return (struct operand){o.constant, o.value, o.id, 0};
	memset(&step, 0, sizeof(step));
	step.operation = TT_FP_STEP_HAS;
	step.a = TT_FP_SOURCE_HAS;
	step.value = o.has;
	asked = add_step(c, step);
	return o.constant ? asked : logic(c, TT_FP_AND, o, asked);
}

static struct operand
either(struct compiler *c, struct operand a, struct operand b)
{
	a = settle(c, a);
	b = settle(c, b);
	if (a.constant)
		return a.value != 0 ? a : b;
	if (b.constant)
		return b.value != 0 ? b : a;
	return logic(c, TT_FP_OR, a, b);
}

static struct operand
opposite(struct compiler *c, struct operand a)
{
	struct tt_fp_step step;

	a = settle(c, a);
	if (a.constant)
		return (struct operand){.constant = true, .value = a.value == 0};
	memset(&step, 0, sizeof(step));
	step.operation = TT_FP_STEP_NOT;
	step.a = a.id;
	return add_step(c, step);
}

static struct operand
number(struct compiler *c, unsigned at)
{
	const struct tt_fp_node *node = &c->expr->nodes[at];
	struct operand a, b;

	if (node->kind == TT_FP_NUMBER)
		return (struct operand){.constant = true, .value = node->value};
	if (node->kind == TT_FP_FIELD)
		return (struct operand){.id = (uint16_t)node->value};
	a = number(c, node->a);
	b = number(c, node->b);
	return calculate(c, node->kind, a, b);
}

/* ip.version == 4, which rules like to ask, and which is known without that column. */
static bool
asks_for_ipv4(const struct compiler *c, const struct tt_fp_node *node)
{
	const struct tt_fp_node *a = &c->expr->nodes[node->a],
				*b = &c->expr->nodes[node->b];

	return node->kind == TT_FP_EQ && a->kind == TT_FP_FIELD
			&& a->value == TT_FP_IP_VERSION && b->kind == TT_FP_NUMBER
			&& b->value == 4;
}

static struct operand
truth(struct compiler *c, unsigned at)
{
	const struct tt_fp_node *node = &c->expr->nodes[at];
	struct operand a, b;

	switch (node->kind) {
	case TT_FP_NOT:
		return opposite(c, truth(c, node->a));
	case TT_FP_AND:
		a = truth(c, node->a);
		return both(c, a, truth(c, node->b));
	case TT_FP_OR:
		a = truth(c, node->a);
		b = truth(c, node->b);
		return either(c, a, b);
	default:
		if (asks_for_ipv4(c, node))
			return requirement(TT_FP_HAS_IPV4 & ~c->granted);
		a = number(c, at);
		if (node->type != TT_FP_IS_TRUTH)
			a = calculate(c, TT_FP_NE, a, (struct operand){.constant = true});
		return both(c, a, requirement(node->has & ~c->granted));
	}
}

static void
compile_rule(struct compiler *c, const struct tt_fp_rule *rule, uint32_t place)
{
	struct operand tested = requirement(rule->match_has), matched;
	struct tt_fp_step step;

	if (rule->where.nodes != NULL) {
		c->expr = &rule->where;
		c->granted = 0;
		tested = both(c, truth(c, rule->where.root), tested);
	}
	c->expr = &rule->match;
	c->granted = rule->match_has;
	matched = settle(c, truth(c, rule->match.root));
	tested = settle(c, tested);
	memset(&step, 0, sizeof(step));
	step.operation = TT_FP_STEP_ANSWER;
	step.a = in_column(c, tested, TT_FP_STEP_TRUTH);
	step.b = in_column(c, matched, TT_FP_STEP_TRUTH);
	step.value = place;
	add_step(c, step);
}

int
tt_fp_compile(struct tt_fingerprints *set, struct tt_fp_excess *excess)
{
	struct compiler c = {.program = &set->program};
	unsigned ends[TT_FINGERPRINTS_MAX], step;
	int ret;

	set->program.steps = calloc(TT_FP_STEPS_MAX, sizeof(set->program.steps[0]));
	if (set->program.steps == NULL)
		return -ENOMEM;
	*excess = (struct tt_fp_excess){0};
	for (unsigned i = 0; i < set->n; i++) {
		compile_rule(&c, &set->rules[i], i);
		ends[i] = set->program.n;
		excess->rule = i;
		if (c.full)
			return -E2BIG;
	}
	ret = tt_fp_give_columns(&set->program, &step);
	excess->columns = true;
	for (unsigned i = set->n; ret == -E2BIG && i-- > 0;)
		if (step < ends[i])
			excess->rule = i;
	return ret;
}
