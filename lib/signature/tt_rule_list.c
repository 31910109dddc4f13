/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of addresses and of ports: parsed into sets, then into the ranges of a rule. */
#include "tt_rule_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define DEPTH_MAX    32 /* lists in lists, variables in variables */
#define ELEMENTS_MAX (1u << 20) /* of a list, those of the variables in it counted */

struct list_parse {
	struct tt_rule_variables *variables;
	const struct tt_rule_members *members;
	struct tt_rule_list_error *wrong;
	unsigned depth, elements;
	bool in_variable;
	struct tt_sha256 stated; /* the elements, but those of what is monitored */
	bool has_monitored, in_monitored;
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

/* Adds a piece of what is stated. */
static void
state(struct list_parse *p, struct tt_rule_word word)
{
	if (p->in_monitored)
		return;
	tt_sha256_add(&p->stated, word.at, word.n);
	tt_sha256_add(&p->stated, "", 1);
}

/* HOME_NET that nobody has set. */
static bool
is_monitored(const struct tt_rule_variable *variable)
{
	return variable->file == NULL && strcmp(variable->name, "HOME_NET") == 0;
}

/* What a variable names and leaves out is part of the list that it stands in. */
static int
parse_known(struct list_parse *p, struct tt_rule_word word,
		struct tt_rule_variable *variable, struct parts *parts)
{
	const bool outer = p->in_variable;
	int ret;

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

static int
parse_variable(struct list_parse *p, struct tt_rule_word word, struct parts *parts)
{
	struct tt_rule_variable *variable = tt_rule_variables_find(
			p->variables, tt_rule_word_skip(word, 1));
	const bool outer = p->in_monitored;
	int ret;

	if (variable == NULL)
		return fail(p, word, "variable %.*s is not defined", shown(word),
				word.at);
	if (is_monitored(variable)) {
		state(p, tt_rule_word_of("$HOME_NET"));
		p->has_monitored = p->in_monitored = true;
	}
	ret = parse_known(p, word, variable, parts);
	p->in_monitored = outer;
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
	state(p, tt_rule_word_of(negated ? "!" : is_inner(word) ? "[" : ""));
	if (!is_inner(word))
		state(p, word);
	if (!negated && is_inner(word)) {
		ret = parse_inner(p, word, parts);
		state(p, tt_rule_word_of("]"));
		return ret;
	}
	ret = parse_element(p, word, &value);
	state(p, tt_rule_word_of("]"));
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
			.members = ports ? &tt_rule_ports_of : &tt_rule_addresses_of,
			.wrong = wrong};
	int ret;

	*value = (struct tt_rule_list_value){0};
	*wrong = (struct tt_rule_list_error){.where = NULL};
	tt_sha256_begin(&p.stated);
	ret = parse_list(&p, list, value);
	if (p.has_monitored)
		tt_sha256_end(&p.stated, value->stated);
	return ret;
}
