/* SPDX-License-Identifier: BSD-3-Clause */
/* byte_test, byte_jump, byte_extract, byte_math: numbers in the payload. */
#include "tt_rule_parse.h"

#include <errno.h>
#include <string.h>

#define OFFSET_MAX INT32_MAX

static void
begin(struct tt_rule_bytes *b)
{
	*b = (struct tt_rule_bytes){.n = {0, -1},
			.offset = {0, -1},
			.operand = {0, -1},
			.post_offset = {0, -1},
			.multiplier = 1,
			.variable = -1};
}

/* The next part of the value, or what is wrong: there is none. */
static int
next(struct tt_rule_parse *p, const struct tt_rule_taken *o, struct tt_rule_word *rest,
		struct tt_rule_word *piece)
{
	if (tt_rule_word_next(rest, ',', piece) && piece->n > 0)
		return 0;
	return tt_rule_broken(
			p, o->name.at, "%.*s: too few values", TT_RULE_SHOWN(o->name));
}

static int
take_n(struct tt_rule_parse *p, const struct tt_rule_taken *o, struct tt_rule_word piece,
		struct tt_rule_bytes *b)
{
	return tt_rule_parse_value(p, o, piece, 0, TT_RULE_TEXT_MAX, &b->n);
}

static int
take_offset(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word piece, struct tt_rule_bytes *b)
{
	return tt_rule_parse_value(p, o, piece, -OFFSET_MAX, OFFSET_MAX, &b->offset);
}

static int
take_bitmask(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, struct tt_rule_bytes *b)
{
	if (tt_rule_word_unsigned(text, &b->mask) && b->mask > 0 && b->mask <= UINT32_MAX)
		return 0;
	return tt_rule_broken(p, text.at,
			"%.*s: bitmask: no number from 1 to 0xffffffff: \"%.*s\"",
			TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(text));
}

static int
take_align(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, struct tt_rule_bytes *b)
{
	int64_t align = 4;

	if (text.n > 0 && (!tt_rule_word_number(text, 0, 4, &align) || align & 1))
		return tt_rule_broken(p, text.at, "%.*s: align: not 2 or 4: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(text));
	b->align = (uint8_t)align;
	return 0;
}

static bool
take_base(struct tt_rule_word word, struct tt_rule_bytes *b)
{
	if (tt_rule_word_is(word, "hex"))
		b->base = 16;
	else if (tt_rule_word_is(word, "dec"))
		b->base = 10;
	else if (tt_rule_word_is(word, "oct"))
		b->base = 8;
	else
		return false;
	return true;
}

static bool
take_endian(struct tt_rule_word word, struct tt_rule_bytes *b)
{
	if (tt_rule_word_is(word, "little"))
		b->little_endian = true;
	else if (tt_rule_word_is(word, "big"))
		b->little_endian = false;
	else
		return false;
	return true;
}

/* One of the words that may follow in any order. text: what stands behind it. */
static int
take_word(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_word text,
		struct tt_rule_bytes *b)
{
	int64_t number;
	int ret = 0;

	if (tt_rule_word_is(word, "relative")) {
		b->relative = true;
	} else if (tt_rule_word_is(word, "string")) {
		b->text = true;
		if (text.n > 0 && !take_base(text, b))
			ret = tt_rule_broken(p, text.at,
					"%.*s: string: not hex, dec or oct",
					TT_RULE_SHOWN(o->name));
	} else if (tt_rule_word_is(word, "dce")
			|| (tt_rule_word_is(word, "endian")
					&& tt_rule_word_is(text, "dce"))) {
		ret = tt_rule_unreachable(
				p, "%.*s: dce, DCE/RPC's parser", TT_RULE_SHOWN(o->name));
	} else if (tt_rule_word_is(word, "bitmask")) {
		ret = take_bitmask(p, o, text, b);
	} else if (tt_rule_word_is(word, "multiplier")) {
		ret = tt_rule_parse_number(p, o, text, 1, UINT16_MAX, &number);
		b->multiplier = ret == 0 ? (uint32_t)number : 1;
	} else if (tt_rule_word_is(word, "align")) {
		ret = take_align(p, o, text, b);
	} else if (!(text.n == 0 && (take_base(word, b) || take_endian(word, b)))
			&& !(tt_rule_word_is(word, "endian") && take_endian(text, b))) {
		ret = tt_rule_broken(p, word.at, "%.*s: unknown: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	}
	return ret;
}

/* Those of byte_jump alone. Returns false where it is none. */
static bool
take_jump_word(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_word text,
		struct tt_rule_bytes *b, int *ret)
{
	*ret = 0;
	if (tt_rule_word_is(word, "from_beginning"))
		b->from_beginning = true;
	else if (tt_rule_word_is(word, "from_end"))
		b->from_end = true;
	else if (tt_rule_word_is(word, "post_offset"))
		*ret = tt_rule_parse_value(
				p, o, text, -OFFSET_MAX, OFFSET_MAX, &b->post_offset);
	else
		return false;
	return true;
}

static int
take_words(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word rest, struct tt_rule_bytes *b, bool jump)
{
	struct tt_rule_word text, word;
	int ret = 0;

	while (ret == 0 && tt_rule_word_next(&rest, ',', &text)) {
		tt_rule_word_blank(&text, &word);
		text = tt_rule_word_trim(text);
		if (!jump || !take_jump_word(p, o, word, text, b, &ret))
			ret = take_word(p, o, word, text, b);
	}
	return ret;
}

/* What holds of the whole. default_base: of text without a base. */
static int
check(struct tt_rule_parse *p, const struct tt_rule_taken *o, struct tt_rule_bytes *b,
		enum tt_rule_kind kind, uint8_t default_base, int64_t least)
{
	const int64_t most = tt_rule_bytes_most(kind, b->text);

	if (b->base != 0 && !b->text)
		return tt_rule_broken(p, o->name.at, "%.*s: a base without \"string\"",
				TT_RULE_SHOWN(o->name));
	if (b->text && b->base == 0)
		b->base = default_base;
	if (b->n.variable < 0 && (b->n.constant < least || b->n.constant > most))
		return tt_rule_broken(p, o->value.at,
				"%.*s: %lld bytes; %lld to %lld can be converted",
				TT_RULE_SHOWN(o->name), (long long)b->n.constant,
				(long long)least, (long long)most);
	if (b->from_beginning && b->from_end)
		return tt_rule_broken(p, o->name.at, "%.*s: from_beginning and from_end",
				TT_RULE_SHOWN(o->name));
	return 0;
}

static int
add(struct tt_rule_parse *p, enum tt_rule_kind kind, const struct tt_rule_bytes *b)
{
	struct tt_rule_option *option = tt_rule_add_payload(p, kind);

	if (option == NULL)
		return -ENOMEM;
	option->u.bytes = *b;
	return 0;
}

/* An operand: a variable, or an unsigned number, or a negative one as its complement. */
static int
take_operand(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, struct tt_rule_bytes *b)
{
	uint64_t number;

	if (!tt_rule_word_unsigned(text, &number))
		return tt_rule_parse_value(p, o, text, INT64_MIN, INT64_MAX, &b->operand);
	b->operand.constant = (int64_t)number;
	return 0;
}

static const struct op_name {
	const char *text;
	enum tt_rule_operator op;
} tests[] = {{"", TT_RULE_EQ}, {"=", TT_RULE_EQ}, {"<", TT_RULE_LT}, {">", TT_RULE_GT},
		{"<=", TT_RULE_LE}, {">=", TT_RULE_GE}, {"&", TT_RULE_AND},
		{"^", TT_RULE_OR}},
  sums[] = {{"+", TT_RULE_ADD}, {"-", TT_RULE_SUB}, {"*", TT_RULE_MUL},
		  {"/", TT_RULE_DIV}, {"<<", TT_RULE_SHL}, {">>", TT_RULE_SHR}};

static int
take_op(struct tt_rule_parse *p, const struct tt_rule_taken *o, struct tt_rule_word text,
		const struct op_name *names, size_t n, struct tt_rule_bytes *b)
{
	for (size_t i = 0; i < n; i++) {
		if (tt_rule_word_is(text, names[i].text)) {
			b->op = names[i].op;
			return 0;
		}
	}
	return tt_rule_broken(p, text.at, "%.*s: no operator: \"%.*s\"",
			TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(text));
}

static int
take_test(struct tt_rule_parse *p, const struct tt_rule_taken *o, struct tt_rule_word op,
		struct tt_rule_bytes *b)
{
	b->not_op = op.n > 0 && op.at[0] == '!';
	if (b->not_op)
		op = tt_rule_word_trim(tt_rule_word_skip(op, 1));
	return take_op(p, o, op, tests + !b->not_op, TT_ARRAY_SIZE(tests) - !b->not_op,
			b);
}

/* The words that an option begins with; the others stay in *rest. */
static int
next_all(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word *rest, struct tt_rule_word *words, unsigned n)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < n; i++)
		ret = next(p, o, rest, &words[i]);
	return ret;
}

TT_RULE_TAKE(byte_test)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), w[4];
	struct tt_rule_bytes b;
	int ret = next_all(p, o, &rest, w, TT_ARRAY_SIZE(w));

	begin(&b);
	if (ret == 0)
		ret = take_n(p, o, w[0], &b);
	if (ret == 0)
		ret = take_test(p, o, w[1], &b);
	if (ret == 0)
		ret = take_operand(p, o, w[2], &b);
	if (ret == 0)
		ret = take_offset(p, o, w[3], &b);
	if (ret == 0)
		ret = take_words(p, o, rest, &b, false);
	if (ret == 0)
		ret = check(p, o, &b, TT_RULE_BYTE_TEST, 0, !b.text);
	return ret == 0 ? add(p, TT_RULE_BYTE_TEST, &b) : ret;
}

TT_RULE_TAKE(byte_jump)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), w[2];
	struct tt_rule_bytes b;
	int ret = next_all(p, o, &rest, w, TT_ARRAY_SIZE(w));

	begin(&b);
	if (ret == 0)
		ret = take_n(p, o, w[0], &b);
	if (ret == 0)
		ret = take_offset(p, o, w[1], &b);
	if (ret == 0)
		ret = take_words(p, o, rest, &b, true);
	if (ret == 0)
		ret = check(p, o, &b, TT_RULE_BYTE_JUMP, 0, 0);
	return ret == 0 ? add(p, TT_RULE_BYTE_JUMP, &b) : ret;
}

/* The variable that takes the result. */
static int
take_result(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word name, struct tt_rule_bytes *b)
{
	const int variable = tt_rule_variable_named(p, name);

	if (variable < 0)
		return tt_rule_unsupported(p, "option %.*s: more than %d variables",
				TT_RULE_SHOWN(o->name), TT_RULE_VARIABLES_MAX);
	b->variable = (int8_t)variable;
	return 0;
}

TT_RULE_TAKE(byte_extract)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), w[3];
	struct tt_rule_bytes b;
	int ret = next_all(p, o, &rest, w, TT_ARRAY_SIZE(w));

	begin(&b);
	if (ret == 0)
		ret = take_n(p, o, w[0], &b);
	if (ret == 0)
		ret = take_offset(p, o, w[1], &b);
	if (ret == 0)
		ret = take_words(p, o, rest, &b, false);
	if (ret == 0)
		ret = check(p, o, &b, TT_RULE_BYTE_EXTRACT, 10, 1);
	if (ret == 0)
		ret = take_result(p, o, w[2], &b);
	return ret == 0 ? add(p, TT_RULE_BYTE_EXTRACT, &b) : ret;
}

/* Those that byte_math must have, as bits. */
enum {
	MATH_BYTES = 1,
	MATH_OFFSET = 2,
	MATH_OPER = 4,
	MATH_RVALUE = 8,
	MATH_RESULT = 16,
	MATH_ALL = 31,
};

static int
take_math_word(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_word text,
		struct tt_rule_bytes *b, struct tt_rule_word *result, unsigned *seen)
{
	if (tt_rule_word_is(word, "bytes")) {
		*seen |= MATH_BYTES;
		return take_n(p, o, text, b);
	}
	if (tt_rule_word_is(word, "offset")) {
		*seen |= MATH_OFFSET;
		return take_offset(p, o, text, b);
	}
	if (tt_rule_word_is(word, "oper")) {
		*seen |= MATH_OPER;
		return take_op(p, o, text, sums, TT_ARRAY_SIZE(sums), b);
	}
	if (tt_rule_word_is(word, "rvalue")) {
		*seen |= MATH_RVALUE;
		return take_operand(p, o, text, b);
	}
	if (tt_rule_word_is(word, "result") && text.n > 0) {
		*seen |= MATH_RESULT;
		*result = text;
		return 0;
	}
	return take_word(p, o, word, text, b);
}

TT_RULE_TAKE(byte_math)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), text, word, result = {0};
	struct tt_rule_bytes b;
	unsigned seen = 0;
	int ret = 0;

	begin(&b);
	while (ret == 0 && tt_rule_word_next(&rest, ',', &text)) {
		tt_rule_word_blank(&text, &word);
		ret = take_math_word(
				p, o, word, tt_rule_word_trim(text), &b, &result, &seen);
	}
	if (ret == 0 && seen != MATH_ALL)
		ret = tt_rule_broken(p, o->name.at,
				"byte_math: not all of bytes, offset, oper, rvalue, result");
	if (ret == 0)
		ret = check(p, o, &b, TT_RULE_BYTE_MATH, 10, 1);
	if (ret == 0)
		ret = take_result(p, o, result, &b);
	return ret == 0 ? add(p, TT_RULE_BYTE_MATH, &b) : ret;
}
