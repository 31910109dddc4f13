/* SPDX-License-Identifier: BSD-3-Clause */
/* The options of a rule: cut apart at semicolons, and given to what knows them by name. */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

int
tt_rule_parse_quoted(struct tt_rule_parse *p, struct tt_rule_word *rest,
		struct tt_rule_word *text)
{
	size_t n = 1;

	if (rest->n == 0 || rest->at[0] != '"')
		return tt_rule_broken(p, rest->at, "no text in quotes");
	while (n < rest->n && rest->at[n] != '"')
		n += rest->at[n] == '\\' ? 2 : 1;
	if (n >= rest->n)
		return tt_rule_broken(p, rest->at, "quotes that do not end");
	*text = (struct tt_rule_word){rest->at + 1, n - 1};
	*rest = tt_rule_word_skip(*rest, n + 1);
	return 0;
}

struct tt_rule_word
tt_rule_unquoted(struct tt_rule_word value)
{
	value = tt_rule_word_trim(value);
	if (value.n >= 2 && value.at[0] == '"' && value.at[value.n - 1] == '"')
		return tt_rule_word_trim(
				(struct tt_rule_word){value.at + 1, value.n - 2});
	return value;
}

int
tt_rule_parse_number(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, int64_t min, int64_t max, int64_t *number)
{
	if (tt_rule_word_number(text, min, max, number))
		return 0;
	return tt_rule_broken(p, text.at == NULL ? o->name.at : text.at,
			"%.*s: no number from %lld to %lld: \"%.*s\"",
			TT_RULE_SHOWN(o->name), (long long)min, (long long)max,
			TT_RULE_SHOWN(text));
}

static int
find_variable(const struct tt_rule_parse *p, struct tt_rule_word name)
{
	for (unsigned i = 0; i < p->rule.n_variables; i++)
		if (p->names[i].n == name.n
				&& memcmp(p->names[i].at, name.at, name.n) == 0)
			return (int)i;
	return -1;
}

int
tt_rule_variable_named(struct tt_rule_parse *p, struct tt_rule_word name)
{
	const int known = find_variable(p, name);

	if (known >= 0)
		return known;
	if (p->rule.n_variables == TT_RULE_VARIABLES_MAX)
		return -1;
	p->names[p->rule.n_variables] = name;
	return (int)p->rule.n_variables++;
}

int
tt_rule_parse_value(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, int64_t min, int64_t max,
		struct tt_rule_value *value)
{
	text = tt_rule_word_trim(text);
	*value = (struct tt_rule_value){0, -1};
	if (text.n == 0 || (!isalpha((unsigned char)text.at[0]) && text.at[0] != '_'))
		return tt_rule_parse_number(p, o, text, min, max, &value->constant);
	value->variable = (int8_t)find_variable(p, text);
	if (value->variable >= 0)
		return 0;
	return tt_rule_broken(p, text.at,
			"%.*s: no byte_extract or byte_math before it has the variable \"%.*s\"",
			TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(text));
}

/* The length of the option at text, up to its semicolon. Quotes count where a value may begin. */
static int
option_length(struct tt_rule_parse *p, struct tt_rule_word text, size_t *length)
{
	bool may_quote = false;
	size_t n = 0;

	while (n < text.n && text.at[n] != ';') {
		const char c = text.at[n];

		if (c == '"' && may_quote) {
			struct tt_rule_word rest = tt_rule_word_skip(text, n), inner;
			int ret = tt_rule_parse_quoted(p, &rest, &inner);

			if (ret != 0)
				return ret;
			n = (size_t)(rest.at - text.at);
			may_quote = false;
			continue;
		}
		if (c == ':' || c == ',')
			may_quote = true;
		else if (c != '!' && !isspace((unsigned char)c))
			may_quote = false;
		n += c == '\\' && n + 1 < text.n ? 2 : 1;
	}
	*length = n;
	return 0;
}

static void
split_option(struct tt_rule_word text, struct tt_rule_taken *o)
{
	const char *colon = text.n == 0 ? NULL : memchr(text.at, ':', text.n);

	*o = (struct tt_rule_taken){.name = text};
	if (colon == NULL)
		return;
	o->name.n = (size_t)(colon - text.at);
	o->value = tt_rule_word_trim(tt_rule_word_skip(text, o->name.n + 1));
	o->name = tt_rule_word_trim(o->name);
}

/* An option that nothing takes. */
static int
take_other(struct tt_rule_parse *p, const struct tt_rule_taken *o)
{
	for (size_t i = 0; i < o->name.n; i++)
		if (!isalnum((unsigned char)o->name.at[i])
				&& strchr("_-.", o->name.at[i]) == NULL)
			return tt_rule_broken(p, o->name.at + i,
					"no option, or no semicolon before it: \"%.*s\"",
					TT_RULE_SHOWN(o->name));
	switch (tt_rule_treatment_of(o->name)) {
	case TT_RULE_IGNORED:
		return 0;
	case TT_RULE_ELSEWHERE:
		return tt_rule_unreachable(p, "option %.*s", TT_RULE_SHOWN(o->name));
	case TT_RULE_UNKNOWN:
		break;
	}
	return tt_rule_unsupported(p, "option %.*s", TT_RULE_SHOWN(o->name));
}

static int
take_option(struct tt_rule_parse *p, struct tt_rule_word text)
{
	const struct tt_rule_keyword *keyword;
	struct tt_rule_taken o;

	split_option(text, &o);
	keyword = tt_rule_keyword_find(o.name);
	if (keyword == NULL)
		return take_other(p, &o);
	o.argument = keyword->argument;
	if (keyword->value == TT_RULE_VALUE_NEEDED
			&& (o.value.at == NULL || o.value.n == 0))
		return tt_rule_broken(
				p, o.name.at, "%.*s: no value", TT_RULE_SHOWN(o.name));
	return keyword->take(p, &o);
}

/* Takes the next option off *rest, up to its semicolon, without which it is not whole. */
static int
next_option(struct tt_rule_parse *p, struct tt_rule_word *rest, struct tt_rule_word *text)
{
	size_t n = 0;
	int ret = option_length(p, *rest, &n);

	if (ret != 0)
		return ret;
	if (n >= rest->n)
		return tt_rule_broken(p, rest->at + rest->n,
				"no semicolon behind the last option");
	*text = tt_rule_word_trim((struct tt_rule_word){rest->at, n});
	*rest = tt_rule_word_trim(tt_rule_word_skip(*rest, n + 1));
	return 0;
}

static int
check_number(struct tt_rule_parse *p, struct tt_rule_word option)
{
	if (p->rule.n_payload > TT_RULE_OPTIONS_MAX)
		return tt_rule_broken(p, option.at, "more than %d options of the payload",
				TT_RULE_OPTIONS_MAX);
	if (p->rule.n_header > TT_RULE_OPTIONS_MAX)
		return tt_rule_broken(p, option.at, "more than %d options of the header",
				TT_RULE_OPTIONS_MAX);
	return 0;
}

int
tt_rule_parse_options(struct tt_rule_parse *p, struct tt_rule_word options)
{
	struct tt_rule_word rest = tt_rule_word_trim(options), text = rest;

	while (rest.n > 0) {
		int ret = next_option(p, &rest, &text);

		if (ret == 0 && text.n > 0)
			ret = take_option(p, text);
		if (ret == 0)
			ret = check_number(p, text);
		if (ret != 0)
			return ret;
	}
	return 0;
}
