/* SPDX-License-Identifier: BSD-3-Clause */
/* One rule: head, options, and what holds of the whole. */
#include "tt_rule_parse.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define PRIORITY_DEFAULT 3
#define CATEGORY_DEFAULT "Others"

/* Keeps a reason unless there is one. What it quotes may hold anything. */
static int
keep(struct tt_rule_parse *p, char **why, const char *text)
{
	char *copy;

	if (*why != NULL)
		return 0;
	copy = tt_rules_memory_text(p->memory, text, strlen(text));
	if (copy == NULL)
		return -ENOMEM;
	for (char *c = copy; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 127)
			*c = '?';
	*why = copy;
	return 0;
}

int
tt_rule_broken(struct tt_rule_parse *p, const char *at, const char *format, ...)
{
	char text[600];
	const struct tt_rule_place place = tt_rule_reader_place(p->reader, p->line, at);
	va_list args;
	size_t n;

	va_start(args, format);
	vsnprintf(text, sizeof(text) - 60, format, args);
	va_end(args);
	n = strlen(text);
	if (place.line != p->line->line)
		snprintf(text + n, sizeof(text) - n, " at line %u, column %u", place.line,
				place.column);
	else
		snprintf(text + n, sizeof(text) - n, " at column %u", place.column);
	return keep(p, &p->why_broken, text) == 0 ? -EINVAL : -ENOMEM;
}

int
tt_rule_unreachable(struct tt_rule_parse *p, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return keep(p, &p->why_unreachable, text);
}

int
tt_rule_unsupported(struct tt_rule_parse *p, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return keep(p, &p->why_unsupported, text);
}

static struct tt_rule_option *
add(struct tt_rule_option **options, unsigned *n, unsigned *room, enum tt_rule_kind kind)
{
	struct tt_rule_option *option;

	if (*n == *room) {
		const unsigned more_room = *room == 0 ? 32 : *room * 2;
		void *more = reallocarray(*options, more_room, sizeof(**options));

		if (more == NULL)
			return NULL;
		*options = more;
		*room = more_room;
	}
	option = &(*options)[(*n)++];
	*option = (struct tt_rule_option){.kind = kind};
	return option;
}

struct tt_rule_option *
tt_rule_add_header(struct tt_rule_parse *p, enum tt_rule_kind kind)
{
	return add(&p->header, &p->rule.n_header, &p->header_room, kind);
}

struct tt_rule_option *
tt_rule_add_payload(struct tt_rule_parse *p, enum tt_rule_kind kind)
{
	struct tt_rule_option *option = add(
			&p->payload, &p->rule.n_payload, &p->payload_room, kind);

	if (option != NULL)
		option->buffer = p->buffer;
	return option;
}

static void
begin(struct tt_rule_parse *p)
{
	p->rule = (struct tt_rule){.gid = 1, .line = p->line->line};
	p->bits = NULL;
	p->why_broken = p->why_unreachable = p->why_unsupported = NULL;
	p->last_content = -1;
	p->modified = 0;
	p->buffer = TT_RULE_BUFFER_PAYLOAD;
	p->classtype = p->category = (struct tt_rule_word){"", 0};
	p->has_priority = false;
	p->identified = 0;
}

/* The options without the parentheses around them. */
static int
within_parentheses(struct tt_rule_parse *p, struct tt_rule_word *text)
{
	if (text->n == 0 || text->at[0] != '(')
		return tt_rule_broken(p, text->at, "no options");
	*text = tt_rule_word_trim(tt_rule_word_skip(*text, 1));
	if (text->n > 0 && text->at[text->n - 1] == ')')
		text->n--;
	else if (text->n == 0 || text->at[text->n - 1] != ';')
		return tt_rule_broken(p, text->at + text->n, "no closing parenthesis");
	return 0;
}

/* The number of an option that parsing did not come to, so that a message can name the rule. */
static uint32_t
look_for(struct tt_rule_word text, const char *name)
{
	const size_t n = strlen(name);

	for (size_t i = 1; i + n < text.n; i++) {
		struct tt_rule_word rest = tt_rule_word_skip(text, i);
		uint64_t number = 0;

		if (!tt_rule_word_begins(rest, name)
				|| strchr(" \t;(", text.at[i - 1]) == NULL)
			continue;
		rest = tt_rule_word_trim(tt_rule_word_skip(rest, n));
		if (rest.n == 0 || rest.at[0] != ':')
			continue;
		rest = tt_rule_word_trim(tt_rule_word_skip(rest, 1));
		for (size_t d = 0; d < rest.n && isdigit((unsigned char)rest.at[d])
				&& number <= UINT32_MAX;
				d++)
			number = number * 10 + (uint64_t)(rest.at[d] - '0');
		if (number > 0 && number <= UINT32_MAX)
			return (uint32_t)number;
	}
	return 0;
}

/* Class, category, priority, and the texts. */
static int
finish(struct tt_rule_parse *p)
{
	const struct tt_rule_class *class = tt_rule_classes_find(
			p->classes, p->classtype);
	struct tt_rule *rule = &p->rule;

	if (!p->has_priority)
		rule->priority = class == NULL ? PRIORITY_DEFAULT : class->priority;
	if (p->category.n == 0 && class != NULL)
		p->category = tt_rule_word_of(class->category);
	if (p->category.n == 0)
		p->category = tt_rule_word_of(CATEGORY_DEFAULT);
	rule->category = tt_rule_printable(p->memory, p->category);
	rule->classtype = tt_rule_printable(p->memory, p->classtype);
	if (rule->message == NULL)
		rule->message = tt_rules_memory_text(p->memory, "", 0);
	rule->text = tt_rules_memory_text(p->memory, p->line->text.at, p->line->text.n);
	if (rule->category == NULL || rule->classtype == NULL || rule->message == NULL
			|| rule->text == NULL)
		return -ENOMEM;
	rule->header = tt_rules_memory_copy(
			p->memory, p->header, rule->n_header * sizeof(*rule->header));
	rule->payload = tt_rules_memory_copy(
			p->memory, p->payload, rule->n_payload * sizeof(*rule->payload));
	return rule->header == NULL || rule->payload == NULL ? -ENOMEM : 0;
}

static int
parse(struct tt_rule_parse *p)
{
	struct tt_rule_word rest = tt_rule_word_trim(p->line->text);
	const char *nul = memchr(rest.at, '\0', rest.n);
	int ret;

	if (nul != NULL)
		return tt_rule_broken(p, nul, "a byte of 0");
	ret = tt_rule_parse_head(p, &rest);
	if (ret == 0)
		ret = within_parentheses(p, &rest);
	if (ret == 0)
		ret = tt_rule_parse_options(p, rest);
	if (ret == 0 && p->rule.sid == 0)
		ret = tt_rule_broken(p, p->line->text.at, "no sid");
	if (ret != 0 || p->why_unreachable != NULL || p->why_unsupported != NULL)
		return ret;
	return tt_rule_check_possible(p);
}

int
tt_rule_parse_line(struct tt_rule_parse *p)
{
	int ret;

	begin(p);
	ret = parse(p);
	if (ret == -ENOMEM)
		return ret;
	if (p->why_broken != NULL) {
		if (p->rule.sid == 0)
			p->rule.sid = look_for(p->line->text, "sid");
		return 0;
	}
	/* Of others nobody needs more than their numbers. */
	return p->why_unreachable == NULL && p->why_unsupported == NULL ? finish(p) : 0;
}

void
tt_rule_parse_fini(struct tt_rule_parse *p)
{
	free(p->header);
	free(p->payload);
	p->header = p->payload = NULL;
}
