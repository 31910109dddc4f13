/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules file, by libyaml's document, whose nodes know their lines. */
#include "tt_fingerprint_private.h"
#include "tt_time.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <yaml.h>

struct reader {
	struct tt_fingerprints *set;
	const char *name;
	yaml_document_t *doc;
	struct tt_error *err;
	struct tt_fp_rule *rule; /* the one that is read */
};

/* A key of a mapping, and who takes its value. */
struct key {
	const char *name;
	bool required;
	int (*take)(struct reader *r, const yaml_node_t *value);
};

static int TT_PRINTF(4, 5) fail_at(const struct reader *r, yaml_mark_t mark,
		size_t column, const char *format, ...)
{
	char why[512], where[512];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	for (char *c = why; *c != '\0'; c++) /* what it quotes may hold anything */
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	if (column > 0)
		snprintf(where, sizeof(where), "%s:%zu:%zu", r->name, mark.line + 1,
				column);
	else
		snprintf(where, sizeof(where), "%s:%zu", r->name, mark.line + 1);
	return tt_error_set(r->err, -EINVAL, where, "%s", why);
}

#define fail(r, node, ...) fail_at(r, (node)->start_mark, 0, __VA_ARGS__)

static int
no_memory(const struct reader *r)
{
	return tt_error_set(r->err, -ENOMEM, r->name, "out of memory");
}

/* The text of a node, or NULL where it is none (a list, a mapping, text with a NUL). */
static const char *
text_of(const yaml_node_t *node)
{
	const char *text;

	if (node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	return strlen(text) == node->data.scalar.length ? text : NULL;
}

static int
take_pair(struct reader *r, const struct key *keys, unsigned n, unsigned *seen,
		const yaml_node_pair_t *pair)
{
	const yaml_node_t *name = yaml_document_get_node(r->doc, pair->key);
	const yaml_node_t *value = yaml_document_get_node(r->doc, pair->value);
	const char *text = text_of(name);

	for (unsigned i = 0; text != NULL && i < n; i++) {
		if (strcmp(keys[i].name, text) != 0)
			continue;
		if (*seen & 1u << i)
			return fail(r, name, "%s is given twice", text);
		*seen |= 1u << i;
		return keys[i].take(r, value);
	}
	return fail(r, name, "unknown key \"%s\"", text == NULL ? "" : text);
}

static int
take_mapping(struct reader *r, const yaml_node_t *node, const struct key *keys,
		unsigned n, const char *what)
{
	const yaml_node_pair_t *pair;
	unsigned seen = 0;
	int ret;

	if (node->type != YAML_MAPPING_NODE)
		return fail(r, node, "%s is not a mapping (lines of \"key: value\")",
				what);
	for (pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
			pair++) {
		ret = take_pair(r, keys, n, &seen, pair);
		if (ret != 0)
			return ret;
	}
	for (unsigned i = 0; i < n; i++)
		if (keys[i].required && !(seen & 1u << i))
			return fail(r, node, "%s has no %s", what, keys[i].name);
	return 0;
}

static int
take_id(struct reader *r, const yaml_node_t *value)
{
	const char *text = text_of(value);

	if (text == NULL || !tt_fp_value_id(text))
		return fail(r, value,
				"an id is 1 to %d of the characters a-z, 0-9 and \"-\"",
				TT_FINGERPRINT_ID_MAX);
	for (const struct tt_fp_rule *o = r->set->rules; o < r->rule; o++)
		if (strcmp(o->rule.id, text) == 0)
			return fail(r, value, "the id %s is another rule's", text);
	strcpy(r->rule->rule.id, text);
	return 0;
}

static int
take_text(struct reader *r, const yaml_node_t *value, const char *name, char **to)
{
	const char *text = text_of(value);

	if (text == NULL || text[0] == '\0')
		return fail(r, value, "%s is not a text", name);
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			return fail(r, value, "%s holds a control character", name);
	*to = strdup(text);
	return *to == NULL ? no_memory(r) : 0;
}

static int
take_title(struct reader *r, const yaml_node_t *value)
{
	return take_text(r, value, "title", &r->rule->rule.title);
}

static int
take_origin(struct reader *r, const yaml_node_t *value)
{
	return take_text(r, value, "origin", &r->rule->rule.origin);
}

static int
take_date(struct reader *r, const yaml_node_t *value, int64_t *us)
{
	const char *text = text_of(value);

	if (text == NULL || tt_fp_value_date(text, us) != 0)
		return fail(r, value, "not a date such as 2013-08-16: \"%s\"",
				text == NULL ? "" : text);
	return 0;
}

static int
take_valid_from(struct reader *r, const yaml_node_t *value)
{
	return take_date(r, value, &r->rule->rule.valid_from_us);
}

static int
take_valid_until(struct reader *r, const yaml_node_t *value)
{
	return take_date(r, value, &r->rule->rule.valid_until_us);
}

/* Places what was wrong in the file where the text lies in one line as it is. */
static int
fail_in_expression(struct reader *r, const yaml_node_t *value, const char *name,
		const struct tt_fp_error *wrong)
{
	const bool plain = value->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	const size_t column = value->start_mark.column + !plain + wrong->at;

	if (value->start_mark.line == value->end_mark.line)
		return fail_at(r, value->start_mark, column, "%s: %s", name, wrong->why);
	return fail(r, value, "%s, character %u: %s", name, wrong->at, wrong->why);
}

static int
take_expression(struct reader *r, const yaml_node_t *value, const char *name, char **to,
		struct tt_fp_expr *expr)
{
	const char *text = text_of(value);
	struct tt_fp_error wrong;
	int ret;

	if (text == NULL)
		return fail(r, value, "%s is not an expression", name);
	*to = strdup(text);
	if (*to == NULL)
		return no_memory(r);
	if (text[0] == '\0' && expr == &r->rule->where)
		return 0;
	ret = tt_fp_expr_parse(expr, text, &r->set->layouts, &wrong);
	if (ret == -EINVAL)
		return fail_in_expression(r, value, name, &wrong);
	return ret == 0 ? 0 : no_memory(r);
}

static int
take_where(struct reader *r, const yaml_node_t *value)
{
	return take_expression(r, value, "where", &r->rule->rule.where, &r->rule->where);
}

static int
take_match(struct reader *r, const yaml_node_t *value)
{
	int ret = take_expression(
			r, value, "match", &r->rule->rule.match, &r->rule->match);

	if (ret == 0)
		r->rule->match_has = r->rule->match.nodes[r->rule->match.root].has;
	return ret;
}

static int
take_chance(struct reader *r, const yaml_node_t *value)
{
	const char *text = text_of(value);

	if (text == NULL || tt_fp_value_chance(text, &r->rule->rule.chance_one_in) != 0)
		return fail(r, value, "not a chance such as 1/65536: \"%s\"",
				text == NULL ? "" : text);
	return 0;
}

static int
take_number(struct reader *r, const yaml_node_t *value, const char *name, uint32_t max,
		uint32_t *to)
{
	const char *text = text_of(value);
	uint64_t number;

	if (text == NULL || tt_fp_value_number(text, 1, max, &number) != 0)
		return fail(r, value, "%s is a number from 1 to %u", name, max);
	*to = (uint32_t)number;
	return 0;
}

static int
take_packets(struct reader *r, const yaml_node_t *value)
{
	return take_number(
			r, value, "packets", UINT32_MAX, &r->rule->rule.source_packets);
}

static int
take_percent(struct reader *r, const yaml_node_t *value)
{
	return take_number(r, value, "percent", 100, &r->rule->rule.source_percent);
}

static int
take_source(struct reader *r, const yaml_node_t *value)
{
	static const struct key keys[] = {
			{"packets", true, take_packets},
			{"percent", true, take_percent},
	};

	return take_mapping(r, value, keys, TT_ARRAY_SIZE(keys), "source");
}

static int
take_rule(struct reader *r, const yaml_node_t *node)
{
	static const struct key keys[] = {
			{"id", true, take_id},
			{"title", true, take_title},
			{"valid-from", false, take_valid_from},
			{"valid-until", false, take_valid_until},
			{"where", false, take_where},
			{"match", true, take_match},
			{"chance", true, take_chance},
			{"source", true, take_source},
			{"origin", true, take_origin},
	};
	struct tt_fingerprint_rule *rule;
	int ret;

	if (r->set->n == TT_FINGERPRINTS_MAX) {
		fail(r, node, "more than %d rules", TT_FINGERPRINTS_MAX);
		if (r->err != NULL)
			r->err->code = -E2BIG;
		return -E2BIG;
	}
	r->rule = &r->set->rules[r->set->n++];
	r->rule->line = (unsigned)node->start_mark.line + 1;
	rule = &r->rule->rule;
	rule->valid_from_us = TT_TIME_MIN;
	rule->valid_until_us = TT_TIME_MAX + 1;
	ret = take_mapping(r, node, keys, TT_ARRAY_SIZE(keys), "a rule");
	if (ret == 0 && rule->valid_from_us >= rule->valid_until_us)
		ret = fail(r, node,
				"the rule %s is never valid: from is not before until",
				rule->id);
	if (ret == 0 && rule->where == NULL) {
		rule->where = strdup("");
		ret = rule->where == NULL ? no_memory(r) : 0;
	}
	return ret;
}

static int
take_version(struct reader *r, const yaml_node_t *value)
{
	return take_number(r, value, "version", UINT32_MAX, &r->set->version);
}

static int
take_rules(struct reader *r, const yaml_node_t *value)
{
	const yaml_node_item_t *item;
	int ret;

	if (value->type != YAML_SEQUENCE_NODE)
		return fail(r, value, "fingerprints is not a list");
	for (item = value->data.sequence.items.start;
			item < value->data.sequence.items.top; item++) {
		ret = take_rule(r, yaml_document_get_node(r->doc, *item));
		if (ret != 0)
			return ret;
	}
	return 0;
}

static int
take_document(struct reader *r)
{
	static const struct key keys[] = {
			{"version", true, take_version},
			{"fingerprints", true, take_rules},
	};
	const yaml_node_t *root = yaml_document_get_root_node(r->doc);

	if (root == NULL)
		return tt_error_set(r->err, -EINVAL, r->name, "holds no rules");
	return take_mapping(r, root, keys, TT_ARRAY_SIZE(keys), "the file");
}

static int
read_document(struct reader *r, yaml_parser_t *parser)
{
	yaml_document_t doc;
	int ret;

	if (yaml_parser_load(parser, &doc) == 0) {
		if (parser->error == YAML_MEMORY_ERROR)
			return no_memory(r);
		return fail_at(r, parser->problem_mark, parser->problem_mark.column + 1,
				"not YAML: %s",
				parser->problem == NULL ? "unknown" : parser->problem);
	}
	r->doc = &doc;
	ret = take_document(r);
	yaml_document_delete(&doc);
	return ret;
}

int
tt_fp_read_yaml(struct tt_fingerprints *set, const char *name, const uint8_t *bytes,
		size_t n, struct tt_error *err)
{
	struct reader r = {.set = set, .name = name, .err = err};
	yaml_parser_t parser;
	int ret;

	if (yaml_parser_initialize(&parser) == 0)
		return no_memory(&r);
	yaml_parser_set_input_string(&parser, bytes, n);
	ret = read_document(&r, &parser);
	yaml_parser_delete(&parser);
	return ret;
}
