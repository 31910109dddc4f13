/* SPDX-License-Identifier: BSD-3-Clause */
/* The section vars of Suricata's YAML: address-groups and port-groups, names and lists. */
#include "tt_rule_variables.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

struct reader {
	struct tt_rule_variables *variables;
	const char *name;
	yaml_document_t *doc;
	struct tt_error *err;
};

static int
fail(const struct reader *r, yaml_mark_t mark, const char *why)
{
	char where[512];

	snprintf(where, sizeof(where), "%s:%zu", r->name, mark.line + 1);
	return tt_error_set(r->err, -EINVAL, where, "%s", why);
}

static const yaml_node_t *
find(const struct reader *r, const yaml_node_t *mapping, const char *key)
{
	const yaml_node_pair_t *pair;

	if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = mapping->data.mapping.pairs.start;
			pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *name = yaml_document_get_node(r->doc, pair->key);

		if (name->type == YAML_SCALAR_NODE
				&& strcmp((const char *)name->data.scalar.value, key)
						== 0)
			return yaml_document_get_node(r->doc, pair->value);
	}
	return NULL;
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
	}
	return 0;
}

static int
take_document(struct reader *r)
{
	const yaml_node_t *root = yaml_document_get_root_node(r->doc);
	const yaml_node_t *vars = find(r, root, "vars");
	int ret;

	if (vars == NULL)
		return tt_error_set(r->err, -EINVAL, r->name, "no vars in it");
	ret = take_group(r, find(r, vars, "address-groups"));
	return ret != 0 ? ret : take_group(r, find(r, vars, "port-groups"));
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
