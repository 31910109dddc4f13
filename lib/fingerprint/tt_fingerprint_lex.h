/* SPDX-License-Identifier: BSD-3-Clause */
/* Text of an expression → tokens. Used by the parser alone, on its own memory. */
#ifndef TT_FINGERPRINT_LEX_H
#define TT_FINGERPRINT_LEX_H

#include "tt_fingerprint_expr.h"

enum tt_fp_token_kind {
	TT_FP_TOKEN_END,
	TT_FP_TOKEN_NUMBER, /* value */
	TT_FP_TOKEN_FIELD, /* value: enum tt_fp_field */
	TT_FP_TOKEN_LAYOUT, /* text between the quotes */
	TT_FP_TOKEN_OPERATOR, /* value: enum tt_fp_kind; level */
	TT_FP_TOKEN_NOT, /* ! */
	TT_FP_TOKEN_INVERT, /* ~ */
	TT_FP_TOKEN_OPEN,
	TT_FP_TOKEN_CLOSE,
};

struct tt_fp_token {
	enum tt_fp_token_kind kind;
	const char *text;
	unsigned n;
	uint32_t value;
	unsigned level; /* of an operator: 1 (||) to 8 (+ -), the higher the tighter */
};

#define TT_FP_LEVEL_LOGIC   2 /* up to here operands are truth values */
#define TT_FP_LEVEL_COMPARE 3
#define TT_FP_LEVEL_MAX     8

/* Reads the token at *at and moves past it. Returns 0, or -EINVAL with *why. */
int tt_fp_lex(const char *text, unsigned *at, struct tt_fp_token *token,
		char why[256]) TT_MUST_CHECK;

#endif
