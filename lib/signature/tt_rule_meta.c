/* SPDX-License-Identifier: BSD-3-Clause */
/* Options that say what a rule is: names, numbers, categories. */
#include "tt_rule_parse.h"

#include <errno.h>
#include <string.h>

/* Bytes of the UTF-8 sequence at text (RFC 3629), or 0 where there is none. */
static unsigned
utf8_length(const unsigned char *text, size_t n)
{
	const unsigned char c = text[0];
	const unsigned length = c < 0x80 ? 1
			: c < 0xc2       ? 0
			: c < 0xe0       ? 2
			: c < 0xf0       ? 3
			: c < 0xf5       ? 4
					 : 0;

	if (length == 0 || length > n)
		return 0;
	for (unsigned i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && text[1] < 0xa0) || (c == 0xed && text[1] > 0x9f)
			|| (c == 0xf0 && text[1] < 0x90) || (c == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

char *
tt_rule_printable(struct tt_rules_memory *memory, struct tt_rule_word text)
{
	char *to = tt_rules_memory_take(memory, text.n + 1);
	size_t n = 0;

	if (to == NULL)
		return NULL;
	for (size_t i = 0; i < text.n;) {
		const bool escape = text.at[i] == '\\' && i + 1 < text.n;
		const unsigned char *at = (const unsigned char *)text.at + i + escape;
		const unsigned length = utf8_length(at, text.n - i - escape);

		if (length == 0 || *at < ' ' || *at == 127)
			to[n] = '?';
		else
			memcpy(to + n, at, length);
		n += length == 0 ? 1 : length;
		i += escape + (length == 0 ? 1 : length);
	}
	return to;
}

/* Does it begin like an option with a value? */
static bool
is_option(struct tt_rule_word text)
{
	const char *colon = text.n == 0 ? NULL : memchr(text.at, ':', text.n);

	return colon != NULL
			&& tt_rule_keyword_find(tt_rule_word_trim((struct tt_rule_word){
					   text.at, (size_t)(colon - text.at)}))
			!= NULL;
}

/* A quote within the text is taken as it is, unless an option follows it. */
TT_RULE_TAKE(msg)
{
	struct tt_rule_word text = tt_rule_unquoted(o->value), rest = o->value, quoted;

	if (text.n > 0 && rest.at[0] == '"') {
		int ret = tt_rule_parse_quoted(p, &rest, &quoted);

		if (ret != 0)
			return ret;
		if (text.n == o->value.n || is_option(tt_rule_word_trim(rest)))
			return tt_rule_broken(p, rest.at,
					"msg: no semicolon behind the closing quote");
	}
	p->rule.message = tt_rule_printable(p->memory, text);
	return p->rule.message == NULL ? -ENOMEM : 0;
}

TT_RULE_TAKE(identifier)
{
	struct tt_rule_word text = tt_rule_unquoted(o->value);
	const int64_t least = o->argument == TT_RULE_SID
			|| o->argument == TT_RULE_PRIORITY;
	int64_t number;
	int ret = tt_rule_parse_number(p, o, text, least, UINT32_MAX, &number);

	if (ret != 0)
		return ret;
	if (o->argument != TT_RULE_PRIORITY && (p->identified >> o->argument & 1) != 0)
		return tt_rule_broken(p, o->name.at, "%.*s: given twice",
				TT_RULE_SHOWN(o->name));
	p->identified |= 1U << o->argument;
	switch ((enum tt_rule_identifier)o->argument) {
	case TT_RULE_SID:
		p->rule.sid = (uint32_t)number;
		break;
	case TT_RULE_GID:
		p->rule.gid = (uint32_t)number;
		break;
	case TT_RULE_REV:
		p->rule.rev = (uint32_t)number;
		break;
	case TT_RULE_PRIORITY:
		p->rule.priority = (uint32_t)number;
		p->has_priority = true;
		break;
	}
	return 0;
}

TT_RULE_TAKE(classtype)
{
	p->classtype = tt_rule_unquoted(o->value);
	for (size_t i = 0; i < p->classtype.n; i++)
		if (memchr(" \t:", p->classtype.at[i], 3) != NULL)
			return tt_rule_broken(p, p->classtype.at + i,
					"classtype: no name, or no semicolon behind it: \"%.*s\"",
					TT_RULE_SHOWN(p->classtype));
	return 0;
}

/* Is it of a stub, the rule of which Snort has compiled? It would match every packet of its head. */
static bool
is_compiled_elsewhere(struct tt_rule_word key, struct tt_rule_word value)
{
	return tt_rule_word_is(key, "soid")
			|| (tt_rule_word_is(key, "engine")
					&& tt_rule_word_is(value, "shared"));
}

/* "category UDP spam" names the category, also in quotes; but for what is compiled elsewhere, the rest is for people. */
TT_RULE_TAKE(metadata)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), value, key;

	while (tt_rule_word_next(&rest, ',', &value)) {
		tt_rule_word_blank(&value, &key);
		value = tt_rule_word_trim(value);
		if (is_compiled_elsewhere(key, value))
			return tt_rule_unsupported(p,
					"metadata: what it looks for is in a shared object");
		value = tt_rule_unquoted(value);
		if (tt_rule_word_is(key, "category") && value.n > 0)
			p->category = value;
	}
	return 0;
}

TT_RULE_TAKE(noalert)
{
	p->rule.no_alert = true;
	return 0;
}
