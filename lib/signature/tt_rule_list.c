/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of addresses and of ports: parsed into sets, then into the ranges of a rule. */
#include "tt_rule_list.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define DEPTH_MAX    32 /* lists in lists, variables in variables */
#define ELEMENTS_MAX (1u << 20) /* of a list, those of the variables in it counted */

/* Addresses of IPv4 stand among those of IPv6 as ::ffff:0:0/96 (tt_addr.h). */
#define MAPPED_FIRST ((tt_rule_member)0xffff << 32)
#define MAPPED_LAST  (MAPPED_FIRST | UINT32_MAX)

/* What a list is of. */
struct members {
	const char *what, *many;
	tt_rule_member last; /* the first is 0 */
	/* Reads one that is not negated. Returns 0, -EINVAL or -ENOMEM. */
	int (*read)(struct tt_rule_word text, struct tt_rule_set *to);
};

struct list_parse {
	struct tt_rule_variables *variables;
	const struct members *members;
	struct tt_rule_list_error *wrong;
	unsigned depth, elements;
	bool in_variable;
};

/* The elements of a list: those that it names, and those that it leaves out. */
struct parts {
	struct tt_rule_list_value in, out;
	bool has_in;
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

/* A range of one version: of IPv6, without what stands for IPv4. */
static int
add_range(struct tt_rule_set *to, bool v4, tt_rule_member first, tt_rule_member last)
{
	int ret = 0;

	if (v4 || first > MAPPED_LAST || last < MAPPED_FIRST)
		return tt_rule_set_add(to, first, last);
	if (first < MAPPED_FIRST)
		ret = tt_rule_set_add(to, first, MAPPED_FIRST - 1);
	if (ret == 0 && last > MAPPED_LAST)
		ret = tt_rule_set_add(to, MAPPED_LAST + 1, last);
	return ret;
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
		return add_range(to, tt_addr_is_v4(first), tt_addr_number(first),
				tt_addr_number(last));
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
	return add_range(to, tt_addr_is_v4(first), tt_addr_number(first) & ~span,
			tt_addr_number(first) | span);
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
static int parse_elements(
		struct list_parse *p, struct tt_rule_word list, struct parts *parts);

static int
too_many(const struct list_parse *p, struct tt_rule_word word)
{
	return fail(p, word,
			"a list of more than %u %s, with those of variables in it: \"%.*s\"",
			ELEMENTS_MAX, p->members->many, shown(word), word.at);
}

/* Says in which variable, and where that was set. */
static void
name_variable(const struct list_parse *p, const struct tt_rule_variable *variable)
{
	char *why = p->wrong->why;
	const size_t n = strlen(why), room = sizeof(p->wrong->why) - n;

	if (p->wrong->names_variable)
		return;
	p->wrong->names_variable = true;
	if (variable->file == NULL)
		snprintf(why + n, room, ", in $%s", variable->name);
	else
		snprintf(why + n, room, ", in $%s of %s:%u", variable->name,
				variable->file, variable->line);
}

/* What a variable names and leaves out is part of the list that it stands in. */
static int
parse_variable(struct list_parse *p, struct tt_rule_word word, struct parts *parts)
{
	struct tt_rule_variable *variable = tt_rule_variables_find(
			p->variables, tt_rule_word_skip(word, 1));
	const bool outer = p->in_variable;
	int ret;

	if (variable == NULL)
		return fail(p, word, "variable %.*s is not defined", shown(word),
				word.at);
	if (variable->value == NULL) {
		parts->has_in = parts->in.unknown = true;
		return 0;
	}
	if (variable->is_too_long)
		return too_many(p, word);
	p->in_variable = true;
	ret = parse_elements(p, tt_rule_word_of(variable->value), parts);
	p->in_variable = outer;
	if (ret == -EINVAL && !outer && p->elements > ELEMENTS_MAX) {
		variable->is_too_long = true; /* so that this is found out once */
		return too_many(p, word);
	}
	if (ret == -EINVAL)
		name_variable(p, variable);
	if (ret == -EINVAL && p->wrong->where == NULL && !outer)
		p->wrong->where = word.at;
	return ret;
}

/* A list or a variable: of whose elements the caller makes what it wants. */
static int
parse_inner(struct list_parse *p, struct tt_rule_word word, struct parts *parts)
{
	if (word.at[0] == '$')
		return parse_variable(p, word, parts);
	if (word.at[word.n - 1] != ']')
		return fail(p, word, "list without its end: \"%.*s\"", shown(word),
				word.at);
	return parse_elements(p, (struct tt_rule_word){word.at + 1, word.n - 2}, parts);
}

static bool
is_inner(struct tt_rule_word word)
{
	return word.at[0] == '[' || word.at[0] == '$';
}

/* What one element comes to, without its negation. */
static int
parse_element(struct list_parse *p, struct tt_rule_word word,
		struct tt_rule_list_value *value)
{
	int ret;

	if (is_inner(word))
		return parse_list(p, word, value);
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

/* An element, to the members of the list or to those that it leaves out. */
static int
parse_signed(struct list_parse *p, struct tt_rule_word word, struct parts *parts)
{
	struct tt_rule_list_value value = {0}, *to;
	struct tt_rule_word all = word;
	bool negated = false;
	int ret;

	while (word.n > 0 && word.at[0] == '!') {
		negated = !negated;
		word = tt_rule_word_trim(tt_rule_word_skip(word, 1));
	}
	if (word.n == 0)
		return fail(p, all, "empty element in a list of %s", p->members->many);
	if (++p->elements > ELEMENTS_MAX)
		return too_many(p, all);
	if (!negated && is_inner(word))
		return parse_inner(p, word, parts);
	ret = parse_element(p, word, &value);
	if (ret == 0 && negated && value.all)
		ret = fail(p, all, "\"%.*s\" leaves no %s", shown(all), all.at,
				p->members->what);
	to = negated ? &parts->out : &parts->in;
	if (ret == 0)
		ret = tt_rule_set_add_all(&to->set, &value.set);
	to->all = to->all || value.all;
	to->unknown = to->unknown || value.unknown;
	parts->has_in = parts->has_in || !negated;
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

/* Each element of a list; one that is a list adds its own to the same parts. */
static int
parse_elements(struct list_parse *p, struct tt_rule_word list, struct parts *parts)
{
	struct tt_rule_word rest = list;
	bool more = true;
	int ret = 0;

	if (p->depth == DEPTH_MAX)
		return fail(p, list,
				"lists or variables in each other more than %d times",
				DEPTH_MAX);
	p->depth++;
	while (ret == 0 && more) {
		const size_t n = element_length(rest);
		struct tt_rule_word element = {rest.at, n};

		more = n < rest.n;
		ret = parse_signed(p, tt_rule_word_trim(element), parts);
		if (more)
			rest = tt_rule_word_skip(rest, n + 1);
	}
	p->depth--;
	return ret;
}

/* What is left of `in` without `out`. */
static int
settle(struct list_parse *p, struct tt_rule_word list, struct parts *parts,
		struct tt_rule_list_value *value)
{
	struct tt_rule_set *in = &parts->in.set, *out = &parts->out.set;
	const bool has_in = parts->has_in;
	int ret;

	if (out->n == 0) {
		value->unknown = parts->in.unknown || (!has_in && parts->out.unknown);
		value->all = !value->unknown && (parts->in.all || !has_in);
	}
	if (value->unknown || value->all)
		return 0;
	if (parts->in.unknown || parts->in.all || !has_in) {
		tt_rule_set_fini(in);
		ret = tt_rule_set_add(in, 0, p->members->last);
		if (ret != 0)
			return ret;
	}
	tt_rule_set_order(in);
	tt_rule_set_order(out);
	ret = tt_rule_set_subtract(in, out);
	if (ret == 0 && in->n == 0)
		return fail(p, list, "\"%.*s\" leaves no %s", shown(list), list.at,
				p->members->what);
	value->set = *in;
	*in = (struct tt_rule_set){0};
	return ret;
}

static int
parse_list(struct list_parse *p, struct tt_rule_word list,
		struct tt_rule_list_value *value)
{
	struct parts parts = {.has_in = false};
	int ret = parse_elements(p, list, &parts);

	if (ret == 0)
		ret = settle(p, list, &parts, value);
	tt_rule_set_fini(&parts.in.set);
	tt_rule_set_fini(&parts.out.set);
	return ret;
}

int
tt_rule_list_parse(struct tt_rule_variables *v, bool ports, struct tt_rule_word list,
		struct tt_rule_list_value *value, struct tt_rule_list_error *wrong)
{
	struct list_parse p = {.variables = v,
			.members = ports ? &ports_of : &addresses_of,
			.wrong = wrong};

	*value = (struct tt_rule_list_value){0};
	*wrong = (struct tt_rule_list_error){.where = NULL};
	return parse_list(&p, list, value);
}
