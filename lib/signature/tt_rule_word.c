/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rule_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct tt_rule_word
tt_rule_word_of(const char *text)
{
	return (struct tt_rule_word){text, strlen(text)};
}

bool
tt_rule_word_begins(struct tt_rule_word word, const char *text)
{
	const size_t n = strlen(text);

	return word.n >= n && strncasecmp(word.at, text, n) == 0;
}

bool
tt_rule_word_is(struct tt_rule_word word, const char *text)
{
	return word.n == strlen(text) && tt_rule_word_begins(word, text);
}

struct tt_rule_word
tt_rule_word_skip(struct tt_rule_word word, size_t n)
{
	TT_ASSERT(n <= word.n);
	return (struct tt_rule_word){word.at + n, word.n - n};
}

struct tt_rule_word
tt_rule_word_trim(struct tt_rule_word word)
{
	while (word.n > 0 && isspace((unsigned char)word.at[0]))
		word = tt_rule_word_skip(word, 1);
	while (word.n > 0 && isspace((unsigned char)word.at[word.n - 1]))
		word.n--;
	return word;
}

bool
tt_rule_word_next(struct tt_rule_word *rest, char separator, struct tt_rule_word *piece)
{
	const char *end;

	if (rest->at == NULL)
		return false;
	end = memchr(rest->at, separator, rest->n);
	if (end == NULL) {
		*piece = tt_rule_word_trim(*rest);
		*rest = (struct tt_rule_word){NULL, 0};
	} else {
		*piece = tt_rule_word_trim((struct tt_rule_word){
				rest->at, (size_t)(end - rest->at)});
		*rest = tt_rule_word_skip(*rest, (size_t)(end - rest->at) + 1);
	}
	return true;
}

bool
tt_rule_word_blank(struct tt_rule_word *rest, struct tt_rule_word *piece)
{
	size_t n = 0;

	*rest = tt_rule_word_trim(*rest);
	while (n < rest->n && !isspace((unsigned char)rest->at[n]))
		n++;
	*piece = (struct tt_rule_word){rest->at, n};
	*rest = tt_rule_word_skip(*rest, n);
	return n > 0;
}

static int
digit(char c, unsigned base)
{
	int value = 16;

	if (c >= '0' && c <= '9')
		value = c - '0';
	else if (isxdigit((unsigned char)c))
		value = tolower((unsigned char)c) - 'a' + 10;
	return value < (int)base ? value : -1;
}

bool
tt_rule_word_unsigned(struct tt_rule_word word, uint64_t *number)
{
	unsigned base = 10;
	uint64_t value = 0;

	if (tt_rule_word_begins(word, "0x")) {
		base = 16;
		word = tt_rule_word_skip(word, 2);
	}
	if (word.n == 0)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		const int d = digit(word.at[i], base);

		if (d < 0 || __builtin_mul_overflow(value, base, &value)
				|| __builtin_add_overflow(value, (uint64_t)d, &value))
			return false;
	}
	*number = value;
	return true;
}

bool
tt_rule_word_number(struct tt_rule_word word, int64_t min, int64_t max, int64_t *number)
{
	bool negative = false;
	uint64_t value;

	if (word.n > 0 && (word.at[0] == '-' || word.at[0] == '+')) {
		negative = word.at[0] == '-';
		word = tt_rule_word_skip(word, 1);
	}
	if (!tt_rule_word_unsigned(word, &value) || value > INT64_MAX)
		return false;
	*number = negative ? -(int64_t)value : (int64_t)value;
	return *number >= min && *number <= max;
}
