/* SPDX-License-Identifier: BSD-3-Clause */
/* content with what modifies it, isdataat, and the buffers that they look at. */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define DISTANCE_MAX  (1 << 20)
#define BIT(modifier) (1u << (modifier))

TT_RULE_TAKE(buffer)
{
	p->buffer = (enum tt_rule_buffer)o->argument;
	return 0;
}

/* Bytes that are being read from a content's text. */
struct decoder {
	uint8_t *bytes;
	uint32_t n;
	bool hex;
	int half; /* the first digit of a byte, or -1 */
	const char *opened; /* the bar that began the hexadecimal */
};

static int
take_hex(struct tt_rule_parse *p, struct decoder *d, const char *at)
{
	const unsigned char c = (unsigned char)*at;
	int digit;

	if (c == ' ' || c == '\t' || c == ',')
		return 0;
	if (!isxdigit(c))
		return tt_rule_broken(p, at, "content: no hexadecimal digit: '%c'",
				isprint(c) ? c : '?');
	digit = isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
	if (d->half < 0) {
		d->half = digit;
	} else {
		d->bytes[d->n++] = (uint8_t)(d->half << 4 | digit);
		d->half = -1;
	}
	return 0;
}

static int
take_bar(struct tt_rule_parse *p, struct decoder *d, const char *at)
{
	if (d->hex && d->half >= 0)
		return tt_rule_broken(p, at, "content: half a byte in hexadecimal");
	d->hex = !d->hex;
	d->opened = at;
	return 0;
}

/* "GET |0d 0a|" → bytes. A backslash takes the next character as it is. */
static int
decode(struct tt_rule_parse *p, struct tt_rule_word text, struct tt_rule_content *content)
{
	struct decoder d = {.half = -1};
	int ret = 0;

	d.bytes = tt_rules_memory_take(p->memory, text.n);
	if (d.bytes == NULL)
		return -ENOMEM;
	for (size_t i = 0; ret == 0 && i < text.n; i++) {
		if (text.at[i] == '|') {
			ret = take_bar(p, &d, text.at + i);
		} else if (d.hex) {
			ret = take_hex(p, &d, text.at + i);
		} else {
			i += text.at[i] == '\\' && i + 1 < text.n;
			d.bytes[d.n++] = (uint8_t)text.at[i];
		}
	}
	if (ret == 0 && d.hex)
		ret = tt_rule_broken(p, d.opened, "content: unfinished hexadecimal");
	if (ret == 0 && d.n == 0)
		ret = tt_rule_broken(p, text.at, "content: no bytes");
	content->bytes = d.bytes;
	content->n = d.n;
	return ret;
}

/* Snort 3: content:"…", nocase, depth 5 */
static int
take_commas(struct tt_rule_parse *p, struct tt_rule_word rest)
{
	struct tt_rule_word piece;

	if (rest.n > 0 && rest.at[0] != ',')
		return tt_rule_broken(
				p, rest.at, "content: text behind the closing quote");
	if (rest.n > 0)
		rest = tt_rule_word_skip(rest, 1);
	else
		rest.at = NULL;
	while (tt_rule_word_next(&rest, ',', &piece)) {
		struct tt_rule_taken o = {.value = piece};
		const struct tt_rule_keyword *keyword;
		int ret;

		tt_rule_word_blank(&o.value, &o.name);
		o.value = tt_rule_word_trim(o.value);
		keyword = tt_rule_keyword_find(o.name);
		if (keyword == NULL || keyword->take != tt_rule_take_modifier)
			return tt_rule_unsupported(
					p, "option content: %.*s", TT_RULE_SHOWN(o.name));
		o.argument = keyword->argument;
		ret = tt_rule_take_modifier(p, &o);
		if (ret != 0)
			return ret;
	}
	return 0;
}

TT_RULE_TAKE(content)
{
	struct tt_rule_word rest = o->value, text;
	struct tt_rule_content content = {.offset = {0, -1}, .depth = {0, -1}};
	struct tt_rule_option *option;
	const bool negated = rest.n > 0 && rest.at[0] == '!';
	int ret;

	if (negated)
		rest = tt_rule_word_trim(tt_rule_word_skip(rest, 1));
	ret = tt_rule_parse_quoted(p, &rest, &text);
	if (ret == 0)
		ret = decode(p, text, &content);
	if (ret != 0)
		return ret;
	option = tt_rule_add_payload(p, TT_RULE_CONTENT);
	if (option == NULL)
		return -ENOMEM;
	option->negated = negated;
	option->u.content = content;
	p->last_content = (int)p->rule.n_payload - 1;
	p->modified = 0;
	return take_commas(p, tt_rule_word_trim(rest));
}

/* A content of HTTP's, with the same modifiers. */
TT_RULE_TAKE(uricontent)
{
	int ret = tt_rule_unreachable(p, "option uricontent");

	return ret == 0 ? tt_rule_take_content(p, o) : ret;
}

static void
make_lower(struct tt_rule_content *content)
{
	for (uint32_t i = 0; i < content->n; i++)
		if (content->bytes[i] >= 'A' && content->bytes[i] <= 'Z')
			content->bytes[i] += 'a' - 'A';
	content->nocase = true;
}

/* Which ones a modifier cannot stand beside, itself among them. */
static unsigned
excluded(enum tt_rule_modifier modifier)
{
	const unsigned absolute = BIT(TT_RULE_OFFSET) | BIT(TT_RULE_DEPTH);
	const unsigned relative = BIT(TT_RULE_DISTANCE) | BIT(TT_RULE_WITHIN);

	switch (modifier) {
	case TT_RULE_OFFSET:
	case TT_RULE_DEPTH:
		return BIT(modifier) | relative | BIT(TT_RULE_STARTS_WITH);
	case TT_RULE_DISTANCE:
	case TT_RULE_WITHIN:
		return BIT(modifier) | absolute | BIT(TT_RULE_STARTS_WITH);
	case TT_RULE_STARTS_WITH:
		return BIT(modifier) | absolute | relative;
	default:
		return 0;
	}
}

/* The number of offset, depth, distance or within. */
static int
take_limit(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_content *content)
{
	switch (o->argument) {
	case TT_RULE_OFFSET:
		return tt_rule_parse_value(
				p, o, o->value, 0, UINT16_MAX, &content->offset);
	case TT_RULE_DISTANCE:
		content->relative = true;
		return tt_rule_parse_value(p, o, o->value, -DISTANCE_MAX, DISTANCE_MAX,
				&content->offset);
	case TT_RULE_DEPTH:
		content->has_depth = true;
		return tt_rule_parse_value(
				p, o, o->value, content->n, UINT16_MAX, &content->depth);
	default:
		content->has_depth = content->relative = true;
		return tt_rule_parse_value(p, o, o->value, content->n, DISTANCE_MAX,
				&content->depth);
	}
}

TT_RULE_TAKE(modifier)
{
	const enum tt_rule_modifier modifier = (enum tt_rule_modifier)o->argument;
	struct tt_rule_content *content;

	if (p->last_content < 0)
		return tt_rule_broken(p, o->name.at, "%.*s: no content before it",
				TT_RULE_SHOWN(o->name));
	content = &p->payload[p->last_content].u.content;
	if (p->modified & excluded(modifier))
		return tt_rule_broken(p, o->name.at,
				"%.*s: cannot stand beside the others of this content",
				TT_RULE_SHOWN(o->name));
	p->modified |= BIT(modifier);
	switch (modifier) {
	case TT_RULE_NOCASE:
		make_lower(content);
		return 0;
	case TT_RULE_OFFSET:
	case TT_RULE_DEPTH:
	case TT_RULE_DISTANCE:
	case TT_RULE_WITHIN:
		return take_limit(p, o, content);
	case TT_RULE_STARTS_WITH:
		content->has_depth = true;
		content->depth = (struct tt_rule_value){content->n, -1};
		return 0;
	case TT_RULE_ENDS_WITH:
		content->ends_with = true;
		return 0;
	case TT_RULE_FAST_PATTERN: /* what "only" and a part of it say is of the engines' own making */
		content->fast_pattern = true;
		return 0;
	case TT_RULE_RAW_BYTES:
	case TT_RULE_FAST_PATTERN_CUT:
		break;
	}
	return 0;
}

TT_RULE_TAKE(isdataat)
{
	struct tt_rule_word rest = tt_rule_unquoted(o->value), piece;
	struct tt_rule_isdataat isdataat = {.at = {0, -1}};
	struct tt_rule_option *option;
	const bool negated = rest.n > 0 && rest.at[0] == '!';
	int ret;

	if (negated)
		rest = tt_rule_word_skip(rest, 1);
	tt_rule_word_next(&rest, ',', &piece);
	ret = tt_rule_parse_value(p, o, piece, 0, UINT16_MAX, &isdataat.at);
	while (ret == 0 && tt_rule_word_next(&rest, ',', &piece)) {
		if (tt_rule_word_is(piece, "relative"))
			isdataat.relative = true;
		else if (!tt_rule_word_is(piece, "rawbytes"))
			ret = tt_rule_broken(p, piece.at, "isdataat: unknown: \"%.*s\"",
					TT_RULE_SHOWN(piece));
	}
	if (ret != 0)
		return ret;
	/* Snort's rules say "no payload" so, which no rule of Suricata can. */
	if (negated && !isdataat.relative && isdataat.at.variable < 0
			&& isdataat.at.constant == 0
			&& p->buffer == TT_RULE_BUFFER_PAYLOAD)
		return tt_rule_add_header(p, TT_RULE_DSIZE) == NULL ? -ENOMEM : 0;
	option = tt_rule_add_payload(p, TT_RULE_ISDATAAT);
	if (option == NULL)
		return -ENOMEM;
	option->negated = negated;
	option->u.isdataat = isdataat;
	return 0;
}
