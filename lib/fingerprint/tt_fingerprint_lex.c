/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_fingerprint_lex.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct {
	char name[4];
	uint32_t value;
} constants[] = {
		{"fin", TT_TCP_FIN},
		{"syn", TT_TCP_SYN},
		{"rst", TT_TCP_RST},
		{"psh", TT_TCP_PSH},
		{"ack", TT_TCP_ACK},
		{"urg", TT_TCP_URG},
};

/* Longer ones before those that they begin with. */
static const struct {
	char text[3];
	uint8_t token, kind, level;
} operators[] = {
		{"||", TT_FP_TOKEN_OPERATOR, TT_FP_OR, 1},
		{"&&", TT_FP_TOKEN_OPERATOR, TT_FP_AND, 2},
		{"==", TT_FP_TOKEN_OPERATOR, TT_FP_EQ, TT_FP_LEVEL_COMPARE},
		{"!=", TT_FP_TOKEN_OPERATOR, TT_FP_NE, TT_FP_LEVEL_COMPARE},
		{"<=", TT_FP_TOKEN_OPERATOR, TT_FP_LE, TT_FP_LEVEL_COMPARE},
		{">=", TT_FP_TOKEN_OPERATOR, TT_FP_GE, TT_FP_LEVEL_COMPARE},
		{"<<", TT_FP_TOKEN_OPERATOR, TT_FP_SHL, 7},
		{">>", TT_FP_TOKEN_OPERATOR, TT_FP_SHR, 7},
		{"<", TT_FP_TOKEN_OPERATOR, TT_FP_LT, TT_FP_LEVEL_COMPARE},
		{">", TT_FP_TOKEN_OPERATOR, TT_FP_GT, TT_FP_LEVEL_COMPARE},
		{"|", TT_FP_TOKEN_OPERATOR, TT_FP_BIT_OR, 4},
		{"^", TT_FP_TOKEN_OPERATOR, TT_FP_BIT_XOR, 5},
		{"&", TT_FP_TOKEN_OPERATOR, TT_FP_BIT_AND, 6},
		{"+", TT_FP_TOKEN_OPERATOR, TT_FP_ADD, 8},
		{"-", TT_FP_TOKEN_OPERATOR, TT_FP_SUB, 8},
		{"!", TT_FP_TOKEN_NOT, 0, 0},
		{"~", TT_FP_TOKEN_INVERT, 0, 0},
		{"(", TT_FP_TOKEN_OPEN, 0, 0},
		{")", TT_FP_TOKEN_CLOSE, 0, 0},
};

static int
wrong(char why[256], const char *what, const char *text, unsigned n)
{
	snprintf(why, 256, "%s \"%.*s\"", what, n > 60 ? 60 : (int)n, text);
	return -EINVAL;
}

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_';
}

static int
lex_number(struct tt_fp_token *token, char why[256])
{
	const bool hex = token->n > 2 && token->text[0] == '0' && token->text[1] == 'x';
	const unsigned base = hex ? 16 : 10;
	uint64_t value = 0;

	if (token->n > 1 && token->text[0] == '0' && !hex)
		return wrong(why, "a number with a leading zero:", token->text, token->n);
	for (unsigned i = hex ? 2 : 0; i < token->n; i++) {
		const char c = token->text[i];
		const unsigned digit = isdigit((unsigned char)c) ? (unsigned)(c - '0')
				: isxdigit((unsigned char)c)
				? (unsigned)(tolower((unsigned char)c) - 'a') + 10
				: 99;

		if (digit >= base)
			return wrong(why, "not a number:", token->text, token->n);
		value = value * base + digit;
		if (value > UINT32_MAX)
			return wrong(why, "a number of more than 32 bits:", token->text,
					token->n);
	}
	token->kind = TT_FP_TOKEN_NUMBER;
	token->value = (uint32_t)value;
	return 0;
}

static bool
is_name(const struct tt_fp_token *token, const char *name)
{
	return strlen(name) == token->n && memcmp(token->text, name, token->n) == 0;
}

static int
lex_word(struct tt_fp_token *token, char why[256])
{
	while (is_word(token->text[token->n]))
		token->n++;
	if (isdigit((unsigned char)token->text[0]))
		return lex_number(token, why);
	for (uint32_t i = 0; i < TT_FP_N_FIELDS; i++)
		if (is_name(token, tt_fp_field_names[i])) {
			token->kind = TT_FP_TOKEN_FIELD;
			token->value = i;
			return 0;
		}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(constants); i++)
		if (is_name(token, constants[i].name)) {
			token->kind = TT_FP_TOKEN_NUMBER;
			token->value = constants[i].value;
			return 0;
		}
	return wrong(why, "unknown name", token->text, token->n);
}

static int
lex_layout(struct tt_fp_token *token, char why[256])
{
	const char *close = strchr(token->text + 1, '"');

	if (close == NULL)
		return wrong(why, "no closing quote after", token->text + 1,
				(unsigned)strlen(token->text + 1));
	token->kind = TT_FP_TOKEN_LAYOUT;
	token->text++;
	token->n = (unsigned)(close - token->text);
	return 0;
}

static int
lex_operator(struct tt_fp_token *token, char why[256])
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(operators); i++) {
		const unsigned n = (unsigned)strlen(operators[i].text);

		if (strncmp(token->text, operators[i].text, n) != 0)
			continue;
		token->kind = operators[i].token;
		token->value = operators[i].kind;
		token->level = operators[i].level;
		token->n = n;
		return 0;
	}
	return wrong(why, "no operator begins with", token->text, 1);
}

int
tt_fp_lex(const char *text, unsigned *at, struct tt_fp_token *token, char why[256])
{
	int ret;

	*at += (unsigned)strspn(text + *at, " \t\n");
	*token = (struct tt_fp_token){.text = text + *at};
	if (text[*at] == '\0')
		return 0;
	if (is_word(text[*at]))
		ret = lex_word(token, why);
	else if (text[*at] == '"')
		ret = lex_layout(token, why);
	else
		ret = lex_operator(token, why);
	if (ret == 0)
		*at = (unsigned)(token->text - text) + token->n
				+ (token->kind == TT_FP_TOKEN_LAYOUT);
	return ret;
}
