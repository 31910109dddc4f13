/* SPDX-License-Identifier: BSD-3-Clause */
/* libcyaml forgets where a value stood, so that a message about a value reads the file again. */
#include "tt_profile_raw.h"

#include <string.h>
#include <yaml.h>

static bool
is_key(const yaml_node_t *node, const char *key)
{
	return node != NULL && node->type == YAML_SCALAR_NODE
			&& strlen(key) == node->data.scalar.length
			&& memcmp(node->data.scalar.value, key, strlen(key)) == 0;
}

/* The key's own node (*key_node) and the value's, NULL where the mapping has no such key. */
static yaml_node_t *
find_key(yaml_document_t *document, yaml_node_t *mapping, const char *key,
		yaml_node_t **key_node)
{
	if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
			pair < mapping->data.mapping.pairs.top; pair++) {
		*key_node = yaml_document_get_node(document, pair->key);
		if (is_key(*key_node, key))
			return yaml_document_get_node(document, pair->value);
	}
	return NULL;
}

static yaml_node_t *
find_component(yaml_document_t *document, yaml_node_t *root, int index)
{
	yaml_node_t *key;
	yaml_node_t *list = find_key(document, root, "components", &key);

	if (list == NULL || list->type != YAML_SEQUENCE_NODE
			|| list->data.sequence.items.top - list->data.sequence.items.start
					<= index)
		return NULL;
	return yaml_document_get_node(document, list->data.sequence.items.start[index]);
}

static unsigned
find_line(yaml_document_t *document, int index, const char *key)
{
	yaml_node_t *root = yaml_document_get_root_node(document);
	yaml_node_t *mapping = index < 0 ? root : find_component(document, root, index);
	yaml_node_t *key_node;

	if (mapping == NULL)
		return 0;
	if (find_key(document, mapping, key, &key_node) != NULL)
		return (unsigned)key_node->start_mark.line + 1;
	return (unsigned)mapping->start_mark.line + 1;
}

unsigned
tt_profile_line(const uint8_t *text, size_t size, int index, const char *key)
{
	yaml_parser_t parser;
	yaml_document_t document;
	unsigned line = 0;

	if (!yaml_parser_initialize(&parser))
		return 0;
	yaml_parser_set_input_string(&parser, text, size);
	if (yaml_parser_load(&parser, &document)) {
		line = find_line(&document, index, key);
		yaml_document_delete(&document);
	} else {
		line = (unsigned)parser.problem_mark.line + 1;
	}
	yaml_parser_delete(&parser);
	return line;
}
