/* SPDX-License-Identifier: BSD-3-Clause */
/* pcre, and Snort 3's regex, which is written alike. Compiled once here, to find bad ones. */
#include "tt_rule_parse.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Modifiers of the engines that choose a buffer of HTTP. */
#define BUFFERS "UIPQHDMCKSYVWZ"

/* What is meant as names for captures, behind the pattern: ", flow:NAME". */
static struct tt_rule_word
without_captures(struct tt_rule_word text)
{
	static const char *const scopes[] = {"flow:", "pkt:", "alert:"};

	for (size_t i = 1; i + 1 < text.n; i++) {
		struct tt_rule_word rest = tt_rule_word_trim(
				tt_rule_word_skip(text, i + 1));

		if (text.at[i] != ',')
			continue;
		for (unsigned s = 0; s < TT_ARRAY_SIZE(scopes); s++)
			if (tt_rule_word_begins(rest, scopes[s]))
				return tt_rule_word_trim(
						(struct tt_rule_word){text.at, i});
	}
	return text;
}

/* "/pattern/flags", or "m@pattern@flags". */
static int
split(struct tt_rule_parse *p, const struct tt_rule_taken *o, struct tt_rule_word text,
		struct tt_rule_word *pattern, struct tt_rule_word *flags)
{
	const char *end;

	text = tt_rule_word_trim(without_captures(text));
	if (text.n > 2 && text.at[0] == 'm' && !isalnum((unsigned char)text.at[1]))
		text = tt_rule_word_skip(text, 1);
	else if (text.n == 0 || text.at[0] != '/')
		return tt_rule_broken(p, text.at, "%.*s: does not begin with a slash",
				TT_RULE_SHOWN(o->name));
	end = memrchr(text.at, text.at[0], text.n);
	if (end == text.at)
		return tt_rule_broken(p, text.at, "%.*s: no end of the pattern",
				TT_RULE_SHOWN(o->name));
	*pattern = (struct tt_rule_word){text.at + 1, (size_t)(end - text.at) - 1};
	*flags = tt_rule_word_skip(text, (size_t)(end - text.at) + 1);
	if (flags->n > 0 && flags->at[flags->n - 1] == '"') /* a quote that none opened */
		flags->n--;
	return 0;
}

static int
take_flags(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word flags, struct tt_rule_pcre *pcre)
{
	static const struct {
		char flag;
		uint32_t option;
	} known[] = {{'i', PCRE2_CASELESS}, {'s', PCRE2_DOTALL}, {'m', PCRE2_MULTILINE},
			{'x', PCRE2_EXTENDED}, {'A', PCRE2_ANCHORED},
			{'E', PCRE2_DOLLAR_ENDONLY}, {'G', PCRE2_UNGREEDY},
			{'B', 0}, /* raw bytes, which are all there is */
			{'O', 0}}; /* overrules the limits of an engine */
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < flags.n; i++) {
		const char flag = flags.at[i];
		unsigned k = 0;

		while (k < TT_ARRAY_SIZE(known) && known[k].flag != flag)
			k++;
		if (k < TT_ARRAY_SIZE(known))
			pcre->options |= known[k].option;
		else if (flag == 'R')
			pcre->relative = true;
		else if (flag != '\0' && strchr(BUFFERS, flag) != NULL)
			ret = tt_rule_unreachable(p,
					"%.*s: modifier %c, a buffer of HTTP",
					TT_RULE_SHOWN(o->name), flag);
		else if (!isspace((unsigned char)flag))
			ret = tt_rule_broken(p, flags.at + i,
					"%.*s: unknown modifier '%c'",
					TT_RULE_SHOWN(o->name),
					isprint((unsigned char)flag) ? flag : '?');
	}
	return ret;
}

/* Compiles, and throws away. Returns PCRE2's code, 0 if it was well. */
static int
try(const struct tt_rule_pcre *pcre, PCRE2_SIZE n, PCRE2_SIZE *offset)
{
	pcre2_compile_context *context = NULL;
	pcre2_code *code;
	int error = 0;

	if (pcre->bad_escape_is_literal) {
		context = pcre2_compile_context_create(NULL);
		if (context == NULL)
			return PCRE2_ERROR_NOMEMORY;
		pcre2_set_compile_extra_options(
				context, PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL);
	}
	/* As the matcher does: call-backs make the code longer, and may make it too long. */
	code = pcre2_compile((PCRE2_SPTR)pcre->pattern, n,
			pcre->options | PCRE2_AUTO_CALLOUT, &error, offset, context);
	pcre2_compile_context_free(context);
	if (code == NULL)
		return error;
	pcre2_code_free(code);
	return 0;
}

static int
compile(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word pattern, struct tt_rule_pcre *pcre)
{
	PCRE2_UCHAR why[128];
	PCRE2_SIZE offset = 0;
	int error;

	pcre->pattern = tt_rules_memory_text(p->memory, pattern.at, pattern.n);
	if (pcre->pattern == NULL)
		return -ENOMEM;
	error = try(pcre, pattern.n, &offset);
	if (error != 0 && error != PCRE2_ERROR_NOMEMORY) {
		PCRE2_SIZE ignored;

		pcre->bad_escape_is_literal = true;
		if (try(pcre, pattern.n, &ignored) == 0)
			return 0;
	}
	if (error == 0)
		return 0;
	if (error == PCRE2_ERROR_NOMEMORY)
		return -ENOMEM;
	pcre2_get_error_message(error, why, sizeof(why));
	return tt_rule_broken(p, pattern.at + (offset > pattern.n ? pattern.n : offset),
			"%.*s: %s", TT_RULE_SHOWN(o->name), (const char *)why);
}

static int
add(struct tt_rule_parse *p, const struct tt_rule_pcre *pcre, bool negated)
{
	struct tt_rule_option *option = tt_rule_add_payload(p, TT_RULE_PCRE);

	if (option == NULL)
		return -ENOMEM;
	option->negated = negated;
	option->u.pcre = *pcre;
	return 0;
}

/*
 * All between the first quote and the last: in a pattern, engines take quotes as they are. Suricata
 * needs none around it.
 */
TT_RULE_TAKE(pcre)
{
	struct tt_rule_word rest = o->value, text, pattern, flags;
	struct tt_rule_pcre pcre = {0};
	const bool negated = rest.n > 0 && rest.at[0] == '!';
	int ret;

	if (negated)
		rest = tt_rule_word_trim(tt_rule_word_skip(rest, 1));
	text = tt_rule_unquoted(rest);
	ret = split(p, o, text, &pattern, &flags);
	if (ret == 0)
		ret = take_flags(p, o, flags, &pcre);
	if (ret == 0)
		ret = compile(p, o, pattern, &pcre);
	return ret == 0 ? add(p, &pcre, negated) : ret;
}

/* Words behind the pattern instead of letters. */
static int
take_words(struct tt_rule_parse *p, struct tt_rule_word rest, struct tt_rule_pcre *pcre)
{
	static const struct {
		const char *word;
		uint32_t option;
	} known[] = {{"nocase", PCRE2_CASELESS}, {"dotall", PCRE2_DOTALL},
			{"multiline", PCRE2_MULTILINE}, {"fast_pattern", 0}};
	struct tt_rule_word piece;

	if (rest.n > 0 && rest.at[0] == ',')
		rest = tt_rule_word_skip(rest, 1);
	else if (rest.n == 0)
		rest.at = NULL;
	while (tt_rule_word_next(&rest, ',', &piece)) {
		unsigned k = 0;

		while (k < TT_ARRAY_SIZE(known) && !tt_rule_word_is(piece, known[k].word))
			k++;
		if (k < TT_ARRAY_SIZE(known))
			pcre->options |= known[k].option;
		else if (tt_rule_word_is(piece, "relative"))
			pcre->relative = true;
		else
			return tt_rule_broken(p, piece.at, "regex: unknown: \"%.*s\"",
					TT_RULE_SHOWN(piece));
	}
	return 0;
}

TT_RULE_TAKE(regex)
{
	struct tt_rule_word rest = o->value, text, pattern, flags;
	struct tt_rule_pcre pcre = {0};
	int ret;

	if (rest.at == NULL) /* Snort 1's modifier of a content */
		return tt_rule_unsupported(p, "option regex without a pattern");
	ret = tt_rule_parse_quoted(p, &rest, &text);
	if (ret == 0)
		ret = split(p, o, text, &pattern, &flags);
	if (ret == 0)
		ret = take_flags(p, o, flags, &pcre);
	if (ret == 0)
		ret = take_words(p, tt_rule_word_trim(rest), &pcre);
	if (ret == 0)
		ret = compile(p, o, pattern, &pcre);
	return ret == 0 ? add(p, &pcre, false) : ret;
}
