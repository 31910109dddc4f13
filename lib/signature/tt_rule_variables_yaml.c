/* SPDX-License-Identifier: BSD-3-Clause */
/* The section vars of Suricata's YAML: address-groups and port-groups, names and lists. */
#include "tt_nearest.h"
#include "tt_rule_variables.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

struct reader {
	struct tt_rule_variables *variables;
	const char *name;
	yaml_document_t *doc;
	unsigned taken; /* variables */
	struct tt_error *err;
};

static const char *const groups[] = {"address-groups", "port-groups"};

static int
fail(const struct reader *r, yaml_mark_t mark, const char *why)
{
	char where[512];

	snprintf(where, sizeof(where), "%s:%zu", r->name, mark.line + 1);
	return tt_error_set(r->err, -EINVAL, where, "%s", why);
}

/* The text of a key, or NULL where it is none. */
static const char *
key_of(const struct reader *r, const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = yaml_document_get_node(r->doc, pair->key);

	return key->type == YAML_SCALAR_NODE ? (const char *)key->data.scalar.value
					     : NULL;
}

/* Says that there is no such key as this one; best: what was meant, or NULL. */
static int
fail_key(const struct reader *r, const yaml_node_pair_t *pair, const char *best)
{
	const char *key = key_of(r, pair);
	char meant[TT_NEAREST_TEXT_MAX], why[256];

	snprintf(why, sizeof(why), "unknown key \"%.64s\"%s", key == NULL ? "" : key,
			tt_nearest_text(best, "", meant));
	return fail(r, yaml_document_get_node(r->doc, pair->key)->start_mark, why);
}

/* Finds the section vars. Other sections of a suricata.yaml are passed over, unless it was meant by one. */
static int
find_vars(const struct reader *r, const yaml_node_t *root, const yaml_node_t **vars)
{
	const yaml_node_pair_t *pair, *near = NULL;

	*vars = NULL;
	if (root == NULL || root->type != YAML_MAPPING_NODE)
		return tt_error_set(r->err, -EINVAL, r->name, "no vars in it");
	for (pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top;
			pair++) {
		const char *key = key_of(r, pair), *best = NULL;

		if (key != NULL && strcmp(key, "vars") == 0) {
			*vars = yaml_document_get_node(r->doc, pair->value);
			return 0;
		}
		if (key != NULL)
			tt_nearest_try(key, "vars", &best);
		near = best != NULL && near == NULL ? pair : near;
	}
	if (near != NULL)
		return fail_key(r, near, "vars");
	return tt_error_set(r->err, -EINVAL, r->name, "no vars in it");
}

static struct tt_rule_word
text_of(const yaml_node_t *node)
{
	return tt_rule_word_trim((struct tt_rule_word){
			(const char *)node->data.scalar.value, node->data.scalar.length});
}

static int
take_group(struct reader *r, const yaml_node_t *group)
{
	const yaml_node_pair_t *pair;

	if (group == NULL)
		return 0;
	if (group->type != YAML_MAPPING_NODE)
		return fail(r, group->start_mark, "a group of variables is no mapping");
	for (pair = group->data.mapping.pairs.start; pair < group->data.mapping.pairs.top;
			pair++) {
		const yaml_node_t *name = yaml_document_get_node(r->doc, pair->key);
		const yaml_node_t *value = yaml_document_get_node(r->doc, pair->value);

		if (name->type != YAML_SCALAR_NODE || value->type != YAML_SCALAR_NODE
				|| text_of(name).n == 0 || text_of(value).n == 0)
			return fail(r, name->start_mark,
					"a variable is a name and a list in quotes");
		if (tt_rule_variables_set(r->variables, text_of(name), text_of(value),
				    r->name, (unsigned)name->start_mark.line + 1)
				!= 0)
			return tt_error_set(r->err, -ENOMEM, r->name, "out of memory");
		r->taken++;
	}
	return 0;
}

/* Takes the groups of the section vars, in the order of `groups`. */
static int
take_vars(struct reader *r, const yaml_node_t *vars)
{
	const yaml_node_t *found[TT_ARRAY_SIZE(groups)] = {NULL};
	const yaml_node_pair_t *pair;
	int ret = 0;

	if (vars->type != YAML_MAPPING_NODE)
		return fail(r, vars->start_mark,
				"vars has no address-groups and no port-groups");
	for (pair = vars->data.mapping.pairs.start; pair < vars->data.mapping.pairs.top;
			pair++) {
		const char *key = key_of(r, pair), *best = NULL;
		size_t i = 0;

		while (i < TT_ARRAY_SIZE(groups)
				&& (key == NULL || strcmp(key, groups[i]) != 0))
			i++;
		for (size_t k = 0; key != NULL && k < TT_ARRAY_SIZE(groups); k++)
			tt_nearest_try(key, groups[k], &best);
		if (i == TT_ARRAY_SIZE(groups))
			return fail_key(r, pair, best);
		if (found[i] != NULL)
			return fail(r,
					yaml_document_get_node(r->doc, pair->key)
							->start_mark,
					"a group of variables is given twice");
		found[i] = yaml_document_get_node(r->doc, pair->value);
	}
	for (size_t i = 0; ret == 0 && i < TT_ARRAY_SIZE(groups); i++)
		ret = take_group(r, found[i]);
	if (ret == 0 && r->taken == 0)
		ret = fail(r, vars->start_mark, "no variable in it");
	return ret;
}

static int
take_document(struct reader *r)
{
	const yaml_node_t *vars;
	int ret = find_vars(r, yaml_document_get_root_node(r->doc), &vars);

	return ret != 0 ? ret : take_vars(r, vars);
}

int
tt_rule_variables_yaml(struct tt_rule_variables *v, const char *name,
		const uint8_t *bytes, size_t n, struct tt_error *err)
{
	struct reader r = {.variables = v, .name = name, .err = err};
	yaml_parser_t parser;
	yaml_document_t doc;
	int ret;

	if (yaml_parser_initialize(&parser) == 0)
		return tt_error_set(err, -ENOMEM, name, "out of memory");
	yaml_parser_set_input_string(&parser, bytes, n);
	if (yaml_parser_load(&parser, &doc) == 0) {
		ret = fail(&r, parser.problem_mark,
				parser.problem == NULL ? "not YAML" : parser.problem);
	} else {
		r.doc = &doc;
		ret = take_document(&r);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	return ret;
}
