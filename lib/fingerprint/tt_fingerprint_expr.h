/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An expression of a rule as a tree. Parsed at start, by one thread; the tree is then read-only.
 * Memory: one node per character of the text at most, text of at most TT_FP_EXPR_MAX characters,
 * so that a walk that calls itself has a known depth.
 *
 * Every node has a type: a number (unsigned, 32 bits), a truth value, or an option layout.
 * Operators want one type each, so that `a & b == c && d` reads one way only, and what would be
 * read in two ways is refused.
 */
#ifndef TT_FINGERPRINT_EXPR_H
#define TT_FINGERPRINT_EXPR_H

#include "tt_fingerprint_field.h"

#define TT_FP_EXPR_MAX  1000 /* characters */
#define TT_FP_DEPTH_MAX 64 /* parentheses and prefix operators inside each other */

enum tt_fp_kind {
	TT_FP_NUMBER, /* value; of a layout: its place + 1 */
	TT_FP_FIELD, /* value: enum tt_fp_field */
	TT_FP_NOT, /* a; ! */
	TT_FP_OR,
	TT_FP_AND,
	TT_FP_EQ,
	TT_FP_NE,
	TT_FP_LT,
	TT_FP_LE,
	TT_FP_GT,
	TT_FP_GE,
	TT_FP_BIT_OR,
	TT_FP_BIT_XOR,
	TT_FP_BIT_AND,
	TT_FP_SHL,
	TT_FP_SHR,
	TT_FP_ADD,
	TT_FP_SUB,
};

enum tt_fp_type {
	TT_FP_IS_NUMBER,
	TT_FP_IS_TRUTH,
	TT_FP_IS_LAYOUT
};

/* ~x is held as x ^ 0xffffffff, -x as 0 - x. */
struct tt_fp_node {
	uint8_t kind; /* enum tt_fp_kind */
	uint8_t type; /* enum tt_fp_type */
	uint16_t a, b; /* operands, places in the tree */
	uint32_t value;
	uint32_t has; /* what the fields below need, bits of enum tt_fp_has */
};

struct tt_fp_expr {
	struct tt_fp_node *nodes; /* [n]; NULL for an expression that was not given */
	unsigned n, root;
};

/* What was wrong in an expression, and at which character of it, from 1. */
struct tt_fp_error {
	unsigned at;
	char why[256];
};

/*
 * Parses text; adds the option layouts that it names to layouts. Returns 0; -EINVAL with *wrong
 * filled in; -ENOMEM.
 */
int tt_fp_expr_parse(struct tt_fp_expr *expr, const char *text,
		struct tt_fp_layouts *layouts, struct tt_fp_error *wrong) TT_MUST_CHECK;
void tt_fp_expr_fini(struct tt_fp_expr *expr);

/* A number operator on two numbers, or a comparison (0 or 1). Shifts by 32 and more give 0. */
static inline uint32_t
tt_fp_calculate(enum tt_fp_kind kind, uint32_t a, uint32_t b)
{
	switch (kind) {
	case TT_FP_EQ:
		return a == b;
	case TT_FP_NE:
		return a != b;
	case TT_FP_LT:
		return a < b;
	case TT_FP_LE:
		return a <= b;
	case TT_FP_GT:
		return a > b;
	case TT_FP_GE:
		return a >= b;
	case TT_FP_OR:
	case TT_FP_BIT_OR:
		return a | b;
	case TT_FP_NOT:
	case TT_FP_BIT_XOR:
		return a ^ b;
	case TT_FP_AND:
	case TT_FP_BIT_AND:
		return a & b;
	case TT_FP_SHL:
		return b < 32 ? a << (b & 31) : 0;
	case TT_FP_SHR:
		return b < 32 ? a >> (b & 31) : 0;
	case TT_FP_ADD:
		return a + b;
	case TT_FP_SUB:
		return a - b;
	case TT_FP_NUMBER:
	case TT_FP_FIELD:
		break;
	}
	return 0;
}

#endif
