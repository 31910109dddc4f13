/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text → tree, by precedence climbing. A node's place is returned, or a negative errno with what
 * was wrong in the parser's error.
 */
#include "tt_fingerprint_expr.h"
#include "tt_fingerprint_lex.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct parser {
	const char *text;
	unsigned at; /* past the token */
	unsigned depth;
	struct tt_fp_token token; /* the one that is looked at */
	struct tt_fp_expr *expr;
	struct tt_fp_layouts *layouts;
	struct tt_fp_error *wrong;
};

static int parse_binary(struct parser *p, unsigned level);

static int TT_PRINTF(3, 4) fail(struct parser *p, const struct tt_fp_token *token,
		const char *format, ...)
{
	va_list args;

	p->wrong->at = (unsigned)(token->text - p->text) + 1;
	va_start(args, format);
	vsnprintf(p->wrong->why, sizeof(p->wrong->why), format, args);
	va_end(args);
	return -EINVAL;
}

static int
next(struct parser *p)
{
	const int ret = tt_fp_lex(p->text, &p->at, &p->token, p->wrong->why);

	if (ret != 0)
		p->wrong->at = (unsigned)(p->token.text - p->text) + 1;
	return ret;
}

static int
expected(struct parser *p, const char *what)
{
	if (p->token.kind == TT_FP_TOKEN_END)
		return fail(p, &p->token, "%s expected, not the end", what);
	return fail(p, &p->token, "%s expected, not \"%.*s\"", what,
			(int)(p->token.n > 60 ? 60 : p->token.n), p->token.text);
}

static int
add_leaf(struct parser *p, enum tt_fp_kind kind, enum tt_fp_type type, uint32_t value)
{
	p->expr->nodes[p->expr->n] = (struct tt_fp_node){.kind = (uint8_t)kind,
			.type = (uint8_t)type,
			.value = value,
			.has = kind == TT_FP_FIELD ? tt_fp_field_has[value] : 0};
	return (int)p->expr->n++;
}

static int
add_node(struct parser *p, enum tt_fp_kind kind, enum tt_fp_type type, int a, int b)
{
	const struct tt_fp_node *nodes = p->expr->nodes;
	const int at = add_leaf(p, kind, type, 0);
	struct tt_fp_node *node = &p->expr->nodes[at];

	node->a = (uint16_t)a;
	node->b = (uint16_t)b;
	node->has = nodes[a].has | nodes[b].has;
	return at;
}

static int
add_layout(struct parser *p, const struct tt_fp_token *token)
{
	struct tt_fp_layout layout;
	uint32_t value;

	if (tt_fp_layout_parse(token->text, token->n, &layout) != 0)
		return fail(p, token,
				"not a layout: option names are mss ws sok sack ts nop eol "
				"?n, with commas between, eol at the end only, at most %d",
				TT_FP_OPTIONS_MAX);
	value = tt_fp_layout_find(p->layouts, &layout);
	if (value == 0) {
		if (p->layouts->n == TT_FP_LAYOUTS_MAX)
			return fail(p, token,
					"more than %d different layouts in the file",
					TT_FP_LAYOUTS_MAX);
		p->layouts->layouts[p->layouts->n++] = layout;
		value = p->layouts->n;
	}
	return add_leaf(p, TT_FP_NUMBER, TT_FP_IS_LAYOUT, value);
}

static int
check_number(struct parser *p, const struct tt_fp_token *op, int at)
{
	const char *symbol = op->text;

	switch (p->expr->nodes[at].type) {
	case TT_FP_IS_TRUTH:
		return fail(p, op,
				"%.*s wants numbers, not a truth value (parentheses help)",
				(int)op->n, symbol);
	case TT_FP_IS_LAYOUT:
		return fail(p, op,
				"tcp.options is compared with a quoted layout, by == or != "
				"only");
	default:
		return 0;
	}
}

/* ~x is x ^ 0xffffffff, -x is 0 - x. */
static int
add_prefix_number(struct parser *p, const struct tt_fp_token *op, int a)
{
	const bool invert = op->kind == TT_FP_TOKEN_INVERT;
	const int ret = check_number(p, op, a);
	int constant;

	if (ret != 0)
		return ret;
	constant = add_leaf(p, TT_FP_NUMBER, TT_FP_IS_NUMBER, invert ? UINT32_MAX : 0);
	return invert ? add_node(p, TT_FP_BIT_XOR, TT_FP_IS_NUMBER, a, constant)
		      : add_node(p, TT_FP_SUB, TT_FP_IS_NUMBER, constant, a);
}

static int
check_truth(struct parser *p, const struct tt_fp_token *op, int at)
{
	return p->expr->nodes[at].type == TT_FP_IS_LAYOUT ? check_number(p, op, at) : 0;
}

static int
parse_group(struct parser *p)
{
	int ret = next(p), inner;

	if (ret != 0)
		return ret;
	inner = parse_binary(p, 1);
	if (inner < 0)
		return inner;
	if (p->token.kind != TT_FP_TOKEN_CLOSE)
		return expected(p, "an operator or \")\"");
	ret = next(p);
	return ret != 0 ? ret : inner;
}

static int
parse_leaf(struct parser *p)
{
	const struct tt_fp_token token = p->token;
	const bool options = token.value == TT_FP_TCP_OPTIONS;
	int at, ret;

	switch (token.kind) {
	case TT_FP_TOKEN_NUMBER:
		at = add_leaf(p, TT_FP_NUMBER, TT_FP_IS_NUMBER, token.value);
		break;
	case TT_FP_TOKEN_FIELD:
		at = add_leaf(p, TT_FP_FIELD, options ? TT_FP_IS_LAYOUT : TT_FP_IS_NUMBER,
				token.value);
		break;
	case TT_FP_TOKEN_LAYOUT:
		at = add_layout(p, &token);
		break;
	default:
		return expected(p, "a field, a number or \"(\"");
	}
	if (at < 0)
		return at;
	ret = next(p);
	return ret != 0 ? ret : at;
}

static int parse_unary(struct parser *p);

static int
parse_prefix(struct parser *p)
{
	const struct tt_fp_token op = p->token;
	int ret = next(p), a;

	if (ret != 0)
		return ret;
	a = parse_unary(p);
	if (a < 0)
		return a;
	if (op.kind != TT_FP_TOKEN_NOT)
		return add_prefix_number(p, &op, a);
	ret = check_truth(p, &op, a);
	return ret != 0 ? ret : add_node(p, TT_FP_NOT, TT_FP_IS_TRUTH, a, a);
}

static int
parse_unary(struct parser *p)
{
	const struct tt_fp_token *t = &p->token;
	const bool prefix = t->kind == TT_FP_TOKEN_NOT || t->kind == TT_FP_TOKEN_INVERT
			|| (t->kind == TT_FP_TOKEN_OPERATOR && t->value == TT_FP_SUB);
	int ret;

	if (!prefix && t->kind != TT_FP_TOKEN_OPEN)
		return parse_leaf(p);
	if (++p->depth > TT_FP_DEPTH_MAX)
		return fail(p, t, "parentheses and prefixes more than %d deep",
				TT_FP_DEPTH_MAX);
	ret = prefix ? parse_prefix(p) : parse_group(p);
	p->depth--;
	return ret;
}

/* Is it tcp.options on one side, and a quoted layout on the other? */
static bool
compares_layouts(const struct parser *p, const struct tt_fp_token *op,
		const int sides[static 2])
{
	const struct tt_fp_node *a = &p->expr->nodes[sides[0]];
	const struct tt_fp_node *b = &p->expr->nodes[sides[1]];

	return (op->value == TT_FP_EQ || op->value == TT_FP_NE)
			&& a->type == TT_FP_IS_LAYOUT && b->type == TT_FP_IS_LAYOUT
			&& a->kind != b->kind;
}

static int
add_binary(struct parser *p, const struct tt_fp_token *op, const int sides[static 2])
{
	const bool logic = op->level <= TT_FP_LEVEL_LOGIC;
	const bool truth = op->level <= TT_FP_LEVEL_COMPARE;
	int ret = 0;

	for (unsigned i = 0; i < 2 && ret == 0; i++)
		if (logic)
			ret = check_truth(p, op, sides[i]);
		else if (!compares_layouts(p, op, sides))
			ret = check_number(p, op, sides[i]);
	if (ret != 0)
		return ret;
	return add_node(p, op->value, truth ? TT_FP_IS_TRUTH : TT_FP_IS_NUMBER, sides[0],
			sides[1]);
}

static int
parse_binary(struct parser *p, unsigned level)
{
	int sides[2] = {parse_unary(p), 0};

	while (sides[0] >= 0 && p->token.kind == TT_FP_TOKEN_OPERATOR
			&& p->token.level >= level) {
		const struct tt_fp_token op = p->token;
		const int ret = next(p);

		if (ret != 0)
			return ret;
		sides[1] = parse_binary(p, op.level + 1);
		if (sides[1] < 0)
			return sides[1];
		sides[0] = add_binary(p, &op, sides);
	}
	return sides[0];
}

static int
parse_all(struct parser *p)
{
	int ret = next(p), root;

	if (ret != 0)
		return ret;
	root = parse_binary(p, 1);
	if (root < 0)
		return root;
	if (p->token.kind != TT_FP_TOKEN_END)
		return expected(p, "an operator");
	if (p->expr->nodes[root].type == TT_FP_IS_LAYOUT)
		return fail(p, &(struct tt_fp_token){.text = p->text},
				"a layout alone is neither true nor false");
	p->expr->root = (unsigned)root;
	return 0;
}

int
tt_fp_expr_parse(struct tt_fp_expr *expr, const char *text, struct tt_fp_layouts *layouts,
		struct tt_fp_error *wrong)
{
	struct parser p = {
			.text = text, .expr = expr, .layouts = layouts, .wrong = wrong};
	const size_t length = strlen(text);
	int ret;

	*expr = (struct tt_fp_expr){0};
	*wrong = (struct tt_fp_error){0};
	if (length > TT_FP_EXPR_MAX)
		return fail(&p, &(struct tt_fp_token){.text = text},
				"longer than %d characters", TT_FP_EXPR_MAX);
	expr->nodes = calloc(
			2 * length + 1, sizeof(expr->nodes[0])); /* ~ and - take two */
	if (expr->nodes == NULL)
		return -ENOMEM;
	ret = parse_all(&p);
	if (ret != 0)
		tt_fp_expr_fini(expr);
	return ret;
}

void
tt_fp_expr_fini(struct tt_fp_expr *expr)
{
	free(expr->nodes);
	*expr = (struct tt_fp_expr){0};
}
