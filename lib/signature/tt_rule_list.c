/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of addresses and of ports: parsed into sets, then into the ranges of a rule. */
#include "tt_rule_list.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define DEPTH_MAX 32 /* lists in lists, variables in variables */

/* What a list is of. */
struct members {
	const char *what, *many;
	tt_rule_member last; /* the first is 0 */
	/* Reads one that is not negated. Returns 0, -EINVAL or -ENOMEM. */
	int (*read)(struct tt_rule_word text, struct tt_rule_set *to);
};

struct list_parse {
	const struct tt_rule_variables *variables;
	const struct members *members;
	struct tt_rule_list_error *wrong;
	unsigned depth;
	bool in_variable;
};

static int TT_PRINTF(3, 4) fail(const struct list_parse *p, struct tt_rule_word at,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->wrong->why, sizeof(p->wrong->why), format, args);
	va_end(args);
	p->wrong->where = p->in_variable ? NULL : at.at;
	return -EINVAL;
}

static int
shown(struct tt_rule_word word)
{
	return word.n > 60 ? 60 : (int)word.n;
}

static bool
copy_word(struct tt_rule_word word, char *text, size_t size)
{
	if (word.n == 0 || word.n >= size || memchr(word.at, '\0', word.n) != NULL)
		return false;
	memcpy(text, word.at, word.n);
	text[word.n] = '\0';
	return true;
}

static bool
read_address(struct tt_rule_word word, struct tt_addr *a)
{
	char text[TT_ADDR_TEXT_MAX];

	return copy_word(word, text, sizeof(text)) && tt_addr_parse(text, a) == 0;
}

/* "24", or of IPv4 "255.255.255.0". Returns bits of the prefix, or -1. */
static int
read_prefix(struct tt_rule_word word, bool v4)
{
	struct tt_addr mask;
	int64_t bits;

	if (tt_rule_word_number(word, 0, v4 ? 32 : 128, &bits))
		return (int)bits;
	if (v4 && read_address(word, &mask) && tt_addr_is_v4(mask)) {
		const uint32_t m = (uint32_t)mask.lo;

		if (m == 0)
			return 0;
		if ((~m & (~m + 1)) == 0) /* ones, then zeros */
			return 32 - __builtin_ctz(m);
	}
	return -1;
}

static int
read_addresses(struct tt_rule_word word, struct tt_rule_set *to)
{
	struct tt_rule_word rest = word, part;
	struct tt_addr first, last;
	const bool range = word.n > 0 && memchr(word.at, '-', word.n) != NULL;
	tt_rule_member span;
	int bits;

	tt_rule_word_next(&rest, range ? '-' : '/', &part);
	if (!read_address(part, &first))
		return -EINVAL;
	if (range) {
		tt_rule_word_next(&rest, '-', &part);
		if (rest.at != NULL || !read_address(part, &last)
				|| tt_addr_is_v4(first) != tt_addr_is_v4(last)
				|| tt_addr_cmp(first, last) > 0)
			return -EINVAL;
		return tt_rule_set_add(to, tt_addr_number(first), tt_addr_number(last));
	}
	bits = tt_addr_is_v4(first) ? 32 : 128;
	if (rest.at != NULL) {
		tt_rule_word_next(&rest, '/', &part);
		bits = rest.at == NULL ? read_prefix(part, tt_addr_is_v4(first)) : -1;
	}
	if (bits < 0)
		return -EINVAL;
	bits = (tt_addr_is_v4(first) ? 32 : 128) - bits;
	span = bits == 128 ? ~(tt_rule_member)0 : ((tt_rule_member)1 << bits) - 1;
	return tt_rule_set_add(
			to, tt_addr_number(first) & ~span, tt_addr_number(first) | span);
}

static int
read_ports(struct tt_rule_word word, struct tt_rule_set *to)
{
	struct tt_rule_word rest = word, part;
	int64_t first = 0, last = UINT16_MAX;
	const bool range = word.n > 0 && memchr(word.at, ':', word.n) != NULL;

	tt_rule_word_next(&rest, ':', &part);
	if (!(range && part.n == 0) && !tt_rule_word_number(part, 0, UINT16_MAX, &first))
		return -EINVAL;
	if (!range) {
		last = first;
	} else {
		tt_rule_word_next(&rest, ':', &part);
		if (rest.at != NULL
				|| (part.n > 0
						&& !tt_rule_word_number(part, 0,
								UINT16_MAX, &last))
				|| first > last)
			return -EINVAL;
	}
	return tt_rule_set_add(to, (tt_rule_member)first, (tt_rule_member)last);
}

static const struct members addresses_of = {
		"address", "addresses", ~(tt_rule_member)0, read_addresses};
static const struct members ports_of = {"port", "ports", UINT16_MAX, read_ports};

static int parse_list(struct list_parse *p, struct tt_rule_word list,
		struct tt_rule_list_value *value);

static int
parse_variable(struct list_parse *p, struct tt_rule_word word,
		struct tt_rule_list_value *value)
{
	const struct tt_rule_variable *variable;
	const bool outer = p->in_variable;
	int ret;

	variable = tt_rule_variables_find(p->variables, tt_rule_word_skip(word, 1));
	if (variable == NULL)
		return fail(p, word, "variable %.*s is not defined", shown(word),
				word.at);
	if (variable->value == NULL) {
		value->unknown = true;
		return 0;
	}
	p->in_variable = true;
	ret = parse_list(p, tt_rule_word_of(variable->value), value);
	p->in_variable = outer;
	if (ret == -EINVAL && p->wrong->where == NULL && !outer)
		p->wrong->where = word.at;
	return ret;
}

/* One element, without its negation. */
static int
parse_element(struct list_parse *p, struct tt_rule_word word,
		struct tt_rule_list_value *value)
{
	int ret;

	if (word.n > 0 && word.at[0] == '[') {
		if (word.at[word.n - 1] != ']')
			return fail(p, word, "list without its end: \"%.*s\"",
					shown(word), word.at);
		return parse_list(
				p, (struct tt_rule_word){word.at + 1, word.n - 2}, value);
	}
	if (word.n > 0 && word.at[0] == '$')
		return parse_variable(p, word, value);
	if (tt_rule_word_is(word, "any")) {
		value->all = true;
		return 0;
	}
	ret = p->members->read(word, &value->set);
	if (ret == -EINVAL)
		return fail(p, word, "no %s: \"%.*s\"", p->members->what, shown(word),
				word.at);
	return ret;
}

/* Adds what an element comes to, to the members of the list, or to those that it leaves out. */
static int
parse_signed(struct list_parse *p, struct tt_rule_word word,
		struct tt_rule_list_value *in, struct tt_rule_list_value *out,
		bool *has_in)
{
	struct tt_rule_list_value value = {0};
	struct tt_rule_word all = word;
	bool negated = false;
	int ret;

	while (word.n > 0 && word.at[0] == '!') {
		negated = !negated;
		word = tt_rule_word_trim(tt_rule_word_skip(word, 1));
	}
	if (word.n == 0)
		return fail(p, all, "empty element in a list of %s", p->members->many);
	ret = parse_element(p, word, &value);
	if (ret == 0 && negated && value.all)
		ret = fail(p, all, "\"%.*s\" leaves no %s", shown(all), all.at,
				p->members->what);
	if (ret == 0)
		ret = tt_rule_set_add_all(negated ? &out->set : &in->set, &value.set);
	if (ret == 0 && !negated) {
		*has_in = true;
		in->all = in->all || value.all;
		in->unknown = in->unknown || value.unknown;
	}
	if (ret == 0 && negated)
		out->unknown = out->unknown || value.unknown;
	tt_rule_set_fini(&value.set);
	return ret;
}

/* The length of the next element: up to a comma that stands in no inner list. */
static size_t
element_length(struct tt_rule_word list)
{
	int inner = 0;
	size_t i;

	for (i = 0; i < list.n && !(inner <= 0 && list.at[i] == ','); i++)
		inner += (list.at[i] == '[') - (list.at[i] == ']');
	return i;
}

/* What is left of `in` without `out`. */
static int
settle(struct list_parse *p, struct tt_rule_word list, struct tt_rule_list_value *in,
		struct tt_rule_list_value *out, bool has_in,
		struct tt_rule_list_value *value)
{
	int ret;

	if (out->set.n == 0) {
		value->unknown = in->unknown || (!has_in && out->unknown);
		value->all = !value->unknown && (in->all || !has_in);
	}
	if (value->unknown || value->all)
		return 0;
	if (in->unknown || in->all || !has_in) {
		tt_rule_set_fini(&in->set);
		ret = tt_rule_set_add(&in->set, 0, p->members->last);
		if (ret != 0)
			return ret;
	}
	tt_rule_set_order(&in->set);
	tt_rule_set_order(&out->set);
	ret = tt_rule_set_subtract(&in->set, &out->set);
	if (ret == 0 && in->set.n == 0)
		return fail(p, list, "\"%.*s\" leaves no %s", shown(list), list.at,
				p->members->what);
	value->set = in->set;
	in->set = (struct tt_rule_set){0};
	return ret;
}

static int
parse_list(struct list_parse *p, struct tt_rule_word list,
		struct tt_rule_list_value *value)
{
	struct tt_rule_list_value in = {0}, out = {0};
	struct tt_rule_word rest = list;
	bool has_in = false, more = true;
	int ret = 0;

	if (++p->depth > DEPTH_MAX)
		ret = fail(p, list, "lists or variables in each other more than %d times",
				DEPTH_MAX);
	while (ret == 0 && more) {
		const size_t n = element_length(rest);
		struct tt_rule_word element = {rest.at, n};

		more = n < rest.n;
		ret = parse_signed(p, tt_rule_word_trim(element), &in, &out, &has_in);
		if (more)
			rest = tt_rule_word_skip(rest, n + 1);
	}
	if (ret == 0)
		ret = settle(p, list, &in, &out, has_in, value);
	p->depth--;
	tt_rule_set_fini(&in.set);
	tt_rule_set_fini(&out.set);
	return ret;
}

int
tt_rule_list_parse(const struct tt_rule_variables *v, bool ports,
		struct tt_rule_word list, struct tt_rule_list_value *value,
		struct tt_rule_list_error *wrong)
{
	struct list_parse p = {.variables = v,
			.members = ports ? &ports_of : &addresses_of,
			.wrong = wrong};

	*value = (struct tt_rule_list_value){0};
	return parse_list(&p, list, value);
}
