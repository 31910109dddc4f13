/* SPDX-License-Identifier: BSD-3-Clause */
/* Options whose value is a number of the header: equal, unequal, less, more, between. */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* The most that the field holds. */
static const uint32_t most[TT_RULE_N_KINDS] = {
		[TT_RULE_TTL] = UINT8_MAX,
		[TT_RULE_TOS] = UINT8_MAX,
		[TT_RULE_IP_ID] = UINT16_MAX,
		[TT_RULE_IP_PROTO] = UINT8_MAX,
		[TT_RULE_FRAGOFFSET] = UINT16_MAX,
		[TT_RULE_DSIZE] = UINT16_MAX,
		[TT_RULE_SEQ] = UINT32_MAX,
		[TT_RULE_ACK] = UINT32_MAX,
		[TT_RULE_WINDOW] = UINT16_MAX,
		[TT_RULE_URGENT] = UINT16_MAX,
		[TT_RULE_MSS] = UINT16_MAX,
		[TT_RULE_WSCALE] = UINT8_MAX,
		[TT_RULE_ITYPE] = UINT8_MAX,
		[TT_RULE_ICODE] = UINT8_MAX,
		[TT_RULE_ICMP_ID] = UINT16_MAX,
		[TT_RULE_ICMP_SEQ] = UINT16_MAX,
		[TT_RULE_ICMPV6_MTU] = UINT32_MAX,
		[TT_RULE_IGMP_TYPE] = UINT8_MAX,
		[TT_RULE_SCTP_VTAG] = UINT32_MAX,
		[TT_RULE_SCTP_CHUNKS] = UINT16_MAX,
		[TT_RULE_VLAN_LAYERS] = UINT8_MAX,
		[TT_RULE_SCTP_CHUNK] = UINT8_MAX,
		[TT_RULE_VLAN_ID] = 4095,
		[TT_RULE_BSIZE] = UINT32_MAX,
};

static const struct {
	const char *suffix;
	uint64_t factor;
} units[] = {{"kib", 1 << 10}, {"kb", 1 << 10}, {"mib", 1 << 20}, {"mb", 1 << 20},
		{"gib", 1 << 30}, {"gb", 1 << 30}};

/* One bound: a number, with a unit, or a protocol's name. */
static int
take_bound(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, uint32_t *bound)
{
	const enum tt_rule_kind kind = (enum tt_rule_kind)o->argument;
	struct tt_rule_word digits = word = tt_rule_word_trim(word);
	uint64_t number = 0, factor = 1;
	char hex[32];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(units); i++) {
		const size_t n = strlen(units[i].suffix);

		if (digits.n > n && !tt_rule_word_begins(digits, "0x")
				&& tt_rule_word_begins(
						tt_rule_word_skip(digits, digits.n - n),
						units[i].suffix)) {
			factor = units[i].factor;
			digits.n -= n;
			break;
		}
	}
	if (kind == TT_RULE_TOS && tt_rule_word_begins(digits, "x") && digits.n < 16) {
		snprintf(hex, sizeof(hex), "0%.*s", (int)digits.n, digits.at);
		digits = tt_rule_word_of(hex);
	}
	if (!(kind == TT_RULE_IP_PROTO && tt_rule_protocol_named(word, &number))
			&& (!tt_rule_word_unsigned(digits, &number)
					|| __builtin_mul_overflow(number, factor, &number)
					|| number > most[kind]))
		return tt_rule_broken(p, word.at,
				"%.*s: no number from 0 to %u: \"%.*s\"",
				TT_RULE_SHOWN(o->name), most[kind], TT_RULE_SHOWN(word));
	*bound = (uint32_t)number;
	return 0;
}

/* What stands between two numbers. */
static const struct {
	const char *text;
	bool inclusive;
} betweens[] = {{"<=>", true}, {"<>", false}, {"-", false}};

static const char *
find_text(struct tt_rule_word word, const char *text)
{
	return word.n == 0 ? NULL : memmem(word.at, word.n, text, strlen(text));
}

/* Snort's codes may be between -1 and 256, which are none themselves. */
static bool
is_outside(const struct tt_rule_taken *o, struct tt_rule_word word, const char *number)
{
	return o->argument == TT_RULE_ICODE && tt_rule_word_is(word, number);
}

/* "a<>b", "a<=>b", "a-b", "a-", "-b". */
static int
take_between(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, unsigned i, struct tt_rule_number *number)
{
	const char *at = find_text(word, betweens[i].text);
	const size_t n = strlen(betweens[i].text);
	struct tt_rule_word low = {word.at, (size_t)(at - word.at)}, high;
	bool inclusive = betweens[i].inclusive, from_start, to_end;
	int ret = 0;

	high = tt_rule_word_trim(tt_rule_word_skip(word, low.n + n));
	low = tt_rule_word_trim(low);
	if (n == 1 && (low.n == 0) != (high.n == 0))
		inclusive = true; /* Snort's open ranges */
	from_start = !inclusive && is_outside(o, low, "-1");
	to_end = !inclusive && is_outside(o, high, "256");
	if (!from_start && (low.n > 0 || high.n == 0))
		ret = take_bound(p, o, low, &number->min);
	if (ret == 0 && !to_end && (high.n > 0 || !inclusive))
		ret = take_bound(p, o, high, &number->max);
	if (ret != 0)
		return ret;
	if (!inclusive) {
		if ((uint64_t)number->min + !from_start + !to_end > number->max)
			return tt_rule_broken(p, word.at,
					"%.*s: no number lies between, exclusively: \"%.*s\"",
					TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
		number->min += !from_start;
		number->max -= !to_end;
	} else if (number->min > number->max) {
		return tt_rule_broken(p, word.at,
				"%.*s: a range that is backwards: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	}
	return 0;
}

/* An operator and one number. */
static int
take_compared(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_number *number)
{
	const uint32_t max = number->max;
	const char sign = word.n > 0 && strchr("<>=", word.at[0]) != NULL ? word.at[0]
									  : '=';
	struct tt_rule_word rest = word;
	bool equal = false;
	uint32_t bound;
	int ret;

	if (word.n > 0 && word.at[0] == sign)
		rest = tt_rule_word_skip(rest, 1);
	if (sign != '=' && rest.n > 0 && rest.at[0] == '=') {
		equal = true;
		rest = tt_rule_word_skip(rest, 1);
	}
	if (sign == '<' && !equal && is_outside(o, tt_rule_word_trim(rest), "256"))
		return 0;
	ret = take_bound(p, o, rest, &bound);
	if (ret != 0)
		return ret;
	if ((sign == '<' && !equal && bound == 0)
			|| (sign == '>' && !equal && bound == max))
		return tt_rule_broken(p, word.at, "%.*s: holds of no number: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	if (sign != '<')
		number->min = bound + (sign == '>' && !equal);
	if (sign != '>')
		number->max = bound - (sign == '<' && !equal);
	return 0;
}

/* "&MASK=VALUE" or "&MASK!=VALUE". */
static int
take_mask(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_number *number, bool *negated)
{
	struct tt_rule_word rest = tt_rule_word_skip(word, 1), mask;
	uint32_t bits;
	int ret;

	tt_rule_word_next(&rest, '=', &mask);
	if (rest.at == NULL)
		return tt_rule_broken(p, word.at, "%.*s: no mask and value: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	*negated = mask.n > 0 && mask.at[mask.n - 1] == '!';
	mask.n -= *negated;
	ret = take_bound(p, o, mask, &bits);
	if (ret == 0)
		ret = take_bound(p, o, rest, &number->min);
	if (ret != 0)
		return ret;
	if ((number->min & ~bits) != 0)
		return tt_rule_broken(p, word.at,
				"%.*s: a value with bits that the mask lacks: \"%.*s\"",
				TT_RULE_SHOWN(o->name), TT_RULE_SHOWN(word));
	number->max = number->min;
	number->ignore = ~bits;
	return 0;
}

int
tt_rule_parse_condition(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_number *number, bool *negated)
{
	uint64_t protocol;

	*number = (struct tt_rule_number){0, most[o->argument], 0};
	if (word.n > 0 && word.at[0] == '&')
		return take_mask(p, o, word, number, negated);
	*negated = word.n > 0 && word.at[0] == '!';
	if (*negated) {
		word = tt_rule_word_trim(tt_rule_word_skip(word, 1));
		if (word.n > 0 && word.at[0] == '=')
			word = tt_rule_word_trim(tt_rule_word_skip(word, 1));
	}
	/* Names may have a hyphen. */
	if (o->argument == TT_RULE_IP_PROTO && tt_rule_protocol_named(word, &protocol)) {
		number->min = number->max = (uint32_t)protocol;
		return 0;
	}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(betweens); i++)
		if (find_text(word, betweens[i].text) != NULL)
			return take_between(p, o, word, i, number);
	return take_compared(p, o, word, number);
}

/* Is it a range of numbers, not one? */
static bool
is_between(struct tt_rule_word word)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(betweens); i++)
		if (find_text(word, betweens[i].text) != NULL)
			return true;
	return false;
}

/* "dsize:!N", as Suricata has it, is of packets with payload, whatever N is. */
static int
need_payload(struct tt_rule_parse *p)
{
	struct tt_rule_option *option = tt_rule_add_header(p, TT_RULE_DSIZE);

	if (option == NULL)
		return -ENOMEM;
	option->u.number = (struct tt_rule_number){1, most[TT_RULE_DSIZE], 0};
	return 0;
}

TT_RULE_TAKE(number)
{
	const enum tt_rule_kind kind = (enum tt_rule_kind)o->argument;
	struct tt_rule_word word = tt_rule_unquoted(o->value);
	struct tt_rule_number number;
	struct tt_rule_option *option;
	bool negated = false;
	int ret;

	if (kind == TT_RULE_BSIZE && memchr(word.at, ',', word.n) != NULL)
		return tt_rule_unsupported(
				p, "option %.*s: relative", TT_RULE_SHOWN(o->name));
	ret = tt_rule_parse_condition(p, o, word, &number, &negated);
	if (ret != 0)
		return ret;
	if (kind == TT_RULE_BSIZE)
		option = tt_rule_add_payload(p, kind);
	else
		option = tt_rule_add_header(p, kind);
	if (option == NULL)
		return -ENOMEM;
	option->u.number = number;
	option->negated = negated;
	return kind == TT_RULE_DSIZE && negated && number.ignore == 0 && !is_between(word)
			? need_payload(p)
			: 0;
}
