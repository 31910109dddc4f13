/* SPDX-License-Identifier: BSD-3-Clause */
/* Options about bits and sets in the headers: TCP flags, fragment bits, IP options. */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define FLAGS_SEEN 0x0ff /* both engines look at eight of the twelve */
#define FLAGS_ALL  0xfff
#define FRAGBITS   7

struct letter {
	char letter;
	uint16_t bit;
};

/* 1 and 2 are what CWR and ECE were called while they were reserved. */
static const struct letter flag_letters[] = {{'F', TT_TCP_FIN}, {'S', TT_TCP_SYN},
		{'R', TT_TCP_RST}, {'P', TT_TCP_PSH}, {'A', TT_TCP_ACK},
		{'U', TT_TCP_URG}, {'C', TT_TCP_CWR}, {'1', TT_TCP_CWR},
		{'E', TT_TCP_ECE}, {'2', TT_TCP_ECE}, {'0', 0}, {0, 0}};
static const struct letter fragbit_letters[] = {{'R', 4}, {'D', 2}, {'M', 1}, {0, 0}};

static bool
bit_of(const struct letter *letters, char c, uint16_t *bit)
{
	for (; letters->letter != 0; letters++) {
		if (letters->letter == toupper((unsigned char)c)) {
			*bit = letters->bit;
			return true;
		}
	}
	return false;
}

static bool
mode_of(char c, enum tt_rule_bits_mode *mode)
{
	switch (c) {
	case '+':
		*mode = TT_RULE_BITS_ALL;
		return true;
	case '*':
		*mode = TT_RULE_BITS_ANY;
		return true;
	case '!':
	case '-':
		*mode = TT_RULE_BITS_NONE;
		return true;
	case '=':
		*mode = TT_RULE_BITS_EXACT;
		return true;
	default:
		return false;
	}
}

/* Letters, with a modifier among them. */
static int
take_letters(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_bits *bits)
{
	const struct letter *letters = o->argument == TT_RULE_FLAGS ? flag_letters
								    : fragbit_letters;
	unsigned n = 0;

	for (size_t i = 0; i < word.n; i++) {
		uint16_t bit;

		if (bit_of(letters, word.at[i], &bit)) {
			bits->bits |= bit;
			n++;
		} else if (!mode_of(word.at[i], &bits->mode)
				&& !isspace((unsigned char)word.at[i])) {
			return tt_rule_broken(p, word.at + i,
					"%.*s: no such bit or modifier: '%c'",
					TT_RULE_SHOWN(o->name),
					isprint((unsigned char)word.at[i]) ? word.at[i]
									   : '?');
		}
	}
	if (n == 0)
		return tt_rule_broken(
				p, o->name.at, "%.*s: no bits", TT_RULE_SHOWN(o->name));
	return 0;
}

/* "&MASK=VALUE" or "&MASK!=VALUE", as Suricata has it, of the eight flags. */
static int
take_mask(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_bits *bits)
{
	struct tt_rule_word rest = tt_rule_word_skip(word, 1), mask_text;
	uint64_t mask, value;
	bool negated;

	tt_rule_word_next(&rest, '=', &mask_text);
	negated = mask_text.n > 0 && mask_text.at[mask_text.n - 1] == '!';
	mask_text.n -= negated;
	if (rest.at == NULL || !tt_rule_word_unsigned(tt_rule_word_trim(mask_text), &mask)
			|| !tt_rule_word_unsigned(tt_rule_word_trim(rest), &value)
			|| mask > FLAGS_SEEN || (value & mask) != value)
		return tt_rule_broken(p, word.at, "%.*s: no mask and value: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	bits->mode = negated ? TT_RULE_BITS_NOT : TT_RULE_BITS_EXACT;
	bits->bits = (uint16_t)value;
	bits->ignore = FLAGS_ALL & ~(uint16_t)mask;
	return 0;
}

/* "0x12", "!0x12": all eight flags as a number. Returns whether it is one. */
static bool
take_hexadecimal(struct tt_rule_word word, struct tt_rule_bits *bits)
{
	const bool negated = word.n > 0 && word.at[0] == '!';
	uint64_t value;

	if (negated)
		word = tt_rule_word_skip(word, 1);
	if (word.n > 0 && word.at[0] == '=')
		word = tt_rule_word_skip(word, 1);
	if (!tt_rule_word_begins(word, "0x") || !tt_rule_word_unsigned(word, &value)
			|| value > FLAGS_SEEN)
		return false;
	bits->mode = negated ? TT_RULE_BITS_NOT : TT_RULE_BITS_EXACT;
	bits->bits = (uint16_t)value;
	bits->ignore = FLAGS_ALL & ~FLAGS_SEEN;
	return true;
}

/* Can it never hold, since bits are wanted that are taken as not set? */
static bool
wants_ignored(const struct tt_rule_bits *bits, uint16_t ignored)
{
	switch (bits->mode) {
	case TT_RULE_BITS_EXACT:
	case TT_RULE_BITS_ALL:
		return (bits->bits & ignored) != 0;
	case TT_RULE_BITS_ANY:
		return (bits->bits & ~ignored) == 0;
	default:
		return false;
	}
}

TT_RULE_TAKE(bits)
{
	const bool flags = o->argument == TT_RULE_FLAGS;
	struct tt_rule_word rest = tt_rule_unquoted(o->value), word = rest;
	struct tt_rule_bits bits = {0}, ignored = {0};
	struct tt_rule_option *option;
	int ret = 0;

	if (rest.n > 0 && rest.at[0] == '&') {
		if (!flags)
			return tt_rule_unsupported(
					p, "option %.*s: a mask", TT_RULE_SHOWN(o->name));
		ret = take_mask(p, o, rest, &bits);
	} else if (!flags || !take_hexadecimal(rest, &bits)) {
		if (flags)
			tt_rule_word_next(&rest, ',', &word);
		ret = take_letters(p, o, word, &bits);
		if (ret == 0 && flags && rest.at != NULL)
			ret = take_letters(p, o, tt_rule_word_trim(rest), &ignored);
		if (ret == 0 && wants_ignored(&bits, ignored.bits))
			ret = tt_rule_unreachable(p,
					"never matches: it wants flags that its mask leaves out");
		bits.ignore = flags ? ignored.bits | (FLAGS_ALL & ~FLAGS_SEEN) : 0;
		bits.bits &= ~ignored.bits;
	}
	if (ret != 0)
		return ret;
	option = tt_rule_add_header(p, (enum tt_rule_kind)o->argument);
	if (option == NULL)
		return -ENOMEM;
	option->u.bits = bits;
	return 0;
}

TT_RULE_TAKE(ipopts)
{
	static const char *const names[] = {
			[TT_RULE_IPOPT_ANY] = "any",
			[TT_RULE_IPOPT_RR] = "rr",
			[TT_RULE_IPOPT_EOL] = "eol",
			[TT_RULE_IPOPT_NOP] = "nop",
			[TT_RULE_IPOPT_TS] = "ts",
			[TT_RULE_IPOPT_SEC] = "sec",
			[TT_RULE_IPOPT_ESEC] = "esec",
			[TT_RULE_IPOPT_LSRR] = "lsrr",
			[TT_RULE_IPOPT_LSRRE] = "lsrre",
			[TT_RULE_IPOPT_SSRR] = "ssrr",
			[TT_RULE_IPOPT_SATID] = "satid",
			[TT_RULE_IPOPT_QS] = "qs",
			[TT_RULE_IPOPT_RTRALT] = "rtralt",
			[TT_RULE_IPOPT_CIPSO] = "cipso",
	};
	struct tt_rule_word word = tt_rule_unquoted(o->value);
	struct tt_rule_option *option;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		if (!tt_rule_word_is(word, names[i]))
			continue;
		option = tt_rule_add_header(p, TT_RULE_IPOPTS);
		if (option == NULL)
			return -ENOMEM;
		option->u.ipopts = (enum tt_rule_ipopt)i;
		return 0;
	}
	return tt_rule_broken(p, o->value.at, "%.*s: no such option: \"%.*s\"",
			TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
}

TT_RULE_TAKE(sameip)
{
	return tt_rule_add_header(p, TT_RULE_SAMEIP) == NULL ? -ENOMEM : 0;
}
