/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * byte_test, byte_jump, byte_extract and byte_math: a number of the buffer, and what is done with it.
 * Arithmetic is that of 64 bits without a sign, as in the engines.
 */
#include "tt_signature_eval.h"

#include <errno.h>

/* A number that was read. */
struct reading {
	uint32_t at; /* in the buffer */
	uint32_t consumed; /* bytes; of text, as far as it is a number */
	uint64_t value;
};

static uint64_t
binary(const uint8_t *b, unsigned n, bool little)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < n; i++)
		value = value << 8 | b[little ? n - 1 - i : i];
	return value;
}

/* Digits, after blanks and a sign, as strtoull reads them. None, or too many: no number. */
static bool
text(const uint8_t *b, unsigned n, int base, struct reading *r)
{
	char digits[TT_RULE_TEXT_MAX + 1];
	char *end;

	memcpy(digits, b, n);
	digits[n] = '\0';
	errno = 0;
	r->value = strtoull(digits, &end, base);
	r->consumed = (uint32_t)(end - digits);
	return end != digits && errno == 0;
}

/* How many bytes to convert; a variable may say more than can be. */
static bool
width_of(const struct tt_signature_eval *e, const struct tt_rule_option *o, uint32_t *n)
{
	const int64_t width = tt_signature_value(e, &o->u.bytes.n);

	*n = (uint32_t)width;
	return width >= 0 && width <= tt_rule_bytes_most(o->kind, o->u.bytes.text);
}

/* Reads the number if all of it lies within the buffer. */
static bool
read_number(const struct tt_signature_eval *e, const struct tt_rule_option *o,
		struct tt_signature_bytes b, struct reading *r)
{
	const struct tt_rule_bytes *how = &o->u.bytes;
	const int64_t at = (how->relative ? e->at[o->buffer] : 0)
			+ tt_signature_value(e, &how->offset);
	const int64_t left = (int64_t)b.n - at;

	if (!width_of(e, o, &r->consumed))
		return false;
	if (at < 0 || r->consumed > left
			|| (how->relative && left <= 0 && r->consumed != 0))
		return false;
	r->at = (uint32_t)at;
	if (how->text && r->consumed == 0) /* as far as there are digits */
		return left > 0
				&& text(b.at + at,
						left < TT_RULE_TEXT_MAX
								? (unsigned)left
								: TT_RULE_TEXT_MAX,
						how->base, r);
	if (how->text)
		return text(b.at + at, r->consumed, how->base, r);
	r->value = binary(b.at + at, r->consumed, how->little_endian);
	return true;
}

static uint64_t
masked(const struct tt_rule_bytes *how, uint64_t value)
{
	if (how->mask == 0)
		return value;
	return (value & how->mask) >> __builtin_ctzll(how->mask);
}

static uint64_t
operand(const struct tt_signature_eval *e, const struct tt_rule_bytes *how)
{
	return how->operand.variable < 0 ? (uint64_t)how->operand.constant
					 : e->variables[how->operand.variable];
}

static bool
compare(enum tt_rule_operator op, uint64_t value, uint64_t with)
{
	switch (op) {
	case TT_RULE_EQ:
		return value == with;
	case TT_RULE_NE:
		return value != with;
	case TT_RULE_LT:
		return value < with;
	case TT_RULE_GT:
		return value > with;
	case TT_RULE_LE:
		return value <= with;
	case TT_RULE_GE:
		return value >= with;
	case TT_RULE_AND:
		return (value & with) != 0;
	case TT_RULE_OR:
		return (value ^ with) != 0;
	default:
		return false;
	}
}

/* Returns false where it divides by nothing. */
static bool
calculate(enum tt_rule_operator op, uint64_t *value, uint64_t with)
{
	switch (op) {
	case TT_RULE_ADD:
		*value += with;
		return true;
	case TT_RULE_SUB:
		*value -= with;
		return true;
	case TT_RULE_MUL:
		*value *= with;
		return true;
	case TT_RULE_DIV:
		*value = with == 0 ? 0 : *value / with;
		return with != 0;
	case TT_RULE_SHL:
		*value = with < 64 ? *value << with : 0;
		return true;
	case TT_RULE_SHR:
		*value = with < 64 ? *value >> with : 0;
		return true;
	default:
		return false;
	}
}

static uint64_t
scaled(const struct tt_rule_bytes *how, uint64_t value)
{
	value = masked(how, value) * how->multiplier;
	if (how->align != 0 && value % how->align != 0)
		value += how->align - value % how->align;
	return value;
}

/* Before the buffer is its start; behind its end is nowhere. */
static bool
jump(struct tt_signature_eval *e, const struct tt_rule_option *o,
		struct tt_signature_bytes b, const struct reading *r)
{
	const struct tt_rule_bytes *how = &o->u.bytes;
	const int64_t by = (int64_t)(scaled(how, r->value)
			+ (uint64_t)tt_signature_value(e, &how->post_offset));
	const int64_t base = how->from_beginning ? 0
			: how->from_end          ? b.n
						 : (int64_t)r->at + r->consumed;
	int64_t to;

	if (__builtin_add_overflow(base, by, &to) || to > b.n)
		return false;
	e->at[o->buffer] = to < 0 ? 0 : (uint32_t)to;
	return true;
}

static bool
store(struct tt_signature_eval *e, const struct tt_rule_option *o,
		const struct reading *r)
{
	const struct tt_rule_bytes *how = &o->u.bytes;
	uint64_t value = r->value;

	if (o->kind == TT_RULE_BYTE_EXTRACT)
		value = scaled(how, value);
	else if (!calculate(how->op, &value, operand(e, how)))
		return false;
	else
		value = masked(how, value);
	e->variables[how->variable] = value;
	e->at[o->buffer] = r->at + r->consumed;
	return true;
}

bool
tt_signature_convert(struct tt_signature_eval *e, const struct tt_rule_option *o,
		struct tt_signature_bytes b)
{
	const struct tt_rule_bytes *how = &o->u.bytes;
	struct reading r;

	if (!read_number(e, o, b, &r))
		return false;
	if (o->kind == TT_RULE_BYTE_JUMP)
		return jump(e, o, b, &r);
	if (o->kind != TT_RULE_BYTE_TEST)
		return store(e, o, &r);
	return compare(how->op, masked(how, r.value), operand(e, how)) != how->not_op;
}
