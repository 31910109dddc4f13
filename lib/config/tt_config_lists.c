/* SPDX-License-Identifier: BSD-3-Clause */
/* YAML lists of options whose value is a list → texts with commas, as the command line has them; and no nulls, which
 * are no texts. */
#include "tt_config_lists.h"
#include "tt_config_option.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

/* What YAML has for a null (1.2.2, 10.3.2), unless it is quoted: then it is a text. */
static bool
is_null(const yaml_node_t *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

	if (node->type != YAML_SCALAR_NODE
			|| node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(nulls); i++)
		if (strcmp((const char *)node->data.scalar.value, nulls[i]) == 0)
			return true;
	return false;
}

/* The items with commas between them, for free(); NULL if memory is short. *bad: an item that is no text. */
static char *
join(yaml_document_t *doc, const yaml_node_t *list, bool *bad)
{
	const yaml_node_item_t *const begin = list->data.sequence.items.start;
	const yaml_node_item_t *const end = list->data.sequence.items.top;
	size_t n = 0, room = 1;
	char *text;

	*bad = begin == end;
	for (const yaml_node_item_t *i = begin; i < end && !*bad; i++) {
		const yaml_node_t *item = yaml_document_get_node(doc, *i);

		*bad = item->type != YAML_SCALAR_NODE || is_null(item)
				|| item->data.scalar.length == 0
				|| memchr(item->data.scalar.value, ',',
						   item->data.scalar.length)
						!= NULL;
		if (!*bad)
			room += item->data.scalar.length + 1;
	}
	text = malloc(room);
	for (const yaml_node_item_t *i = begin; text != NULL && !*bad && i < end; i++) {
		const yaml_node_t *item = yaml_document_get_node(doc, *i);

		if (n > 0)
			text[n++] = ',';
		memcpy(text + n, item->data.scalar.value, item->data.scalar.length);
		n += item->data.scalar.length;
	}
	if (text != NULL)
		text[n] = '\0';
	return text;
}

static const struct tt_config_option *
option_of(const yaml_node_t *key)
{
	if (key->type != YAML_SCALAR_NODE)
		return NULL;
	return tt_config_option_find((const char *)key->data.scalar.value);
}

/* Is it to be the default, or nothing? Who wrote it, or blanked the line, may have meant either. */
static int
refuse_null(const struct tt_config_option *option, struct tt_error *err)
{
	if (option->required)
		return tt_error_set(err, -EINVAL, option->name,
				"no value, and there is no default: give one, or leave the "
				"line out and give --%s",
				option->name);
	return tt_error_set(err, -EINVAL, option->name,
			"no value: leave the line out for the default%s",
			option->takes_none ? ", or give none" : "");
}

/* Puts a text in the place of a list. Returns 1, 0 where it is none, or a negative errno. */
static int
flatten(yaml_document_t *doc, yaml_node_pair_t *pair, struct tt_error *err)
{
	const yaml_node_t *list = yaml_document_get_node(doc, pair->value);
	const struct tt_config_option *option = option_of(
			yaml_document_get_node(doc, pair->key));
	int node;
	bool bad;
	char *text;

	if (option != NULL && is_null(list))
		return refuse_null(option, err);
	if (option == NULL || !option->is_list || list->type != YAML_SEQUENCE_NODE)
		return 0;
	text = join(doc, list, &bad);
	if (text == NULL)
		return tt_error_set(err, -ENOMEM, option->name, "out of memory");
	if (bad) {
		free(text);
		return tt_error_set(err, -EINVAL, option->name,
				"an empty list, or an item that is no text or has a comma");
	}
	node = yaml_document_add_scalar(doc, NULL, (const yaml_char_t *)text, -1,
			YAML_DOUBLE_QUOTED_SCALAR_STYLE);
	free(text);
	if (node == 0)
		return tt_error_set(err, -ENOMEM, option->name, "out of memory");
	pair->value = node;
	return 1;
}

static int
flatten_all(yaml_document_t *doc, struct tt_error *err)
{
	const yaml_node_t *root = yaml_document_get_root_node(doc);
	const size_t n = root == NULL || root->type != YAML_MAPPING_NODE
			? 0
			: (size_t)(root->data.mapping.pairs.top
					- root->data.mapping.pairs.start);
	int found = 0, ret = 0;

	for (size_t i = 0; i < n && ret >= 0; i++) {
		/* Adding a node may move all nodes, not the pairs. */
		ret = flatten(doc,
				yaml_document_get_root_node(doc)->data.mapping.pairs.start
						+ i,
				err);
		found += ret > 0;
	}
	return ret < 0 ? ret : found;
}

/* Writes the document, and frees it. */
static int
emit(yaml_document_t *doc, struct tt_config_text *out)
{
	yaml_emitter_t emitter;
	int ok;

	if (out->bytes == NULL || yaml_emitter_initialize(&emitter) == 0) {
		yaml_document_delete(doc);
		return -ENOMEM;
	}
	yaml_emitter_set_output_string(&emitter, out->bytes, out->room, &out->n);
	yaml_emitter_set_unicode(&emitter, 1);
	yaml_emitter_set_width(&emitter, -1);
	ok = yaml_emitter_open(&emitter);
	if (ok)
		ok = yaml_emitter_dump(&emitter, doc) && yaml_emitter_close(&emitter);
	else
		yaml_document_delete(doc);
	yaml_emitter_delete(&emitter);
	return ok ? 0 : -ENOMEM;
}

/* Is there a document behind the one that was loaded? */
static bool
has_more(yaml_parser_t *parser)
{
	yaml_document_t doc;
	bool more;

	if (yaml_parser_load(parser, &doc) == 0)
		return true;
	more = yaml_document_get_root_node(&doc) != NULL;
	yaml_document_delete(&doc);
	return more;
}

int
tt_config_flatten_lists(const uint8_t *bytes, size_t n, struct tt_config_text *out,
		struct tt_error *err)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	int ret;

	*out = (struct tt_config_text){NULL, 0, 0};
	if (yaml_parser_initialize(&parser) == 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	yaml_parser_set_input_string(&parser, bytes, n);
	if (yaml_parser_load(&parser, &doc) == 0) {
		yaml_parser_delete(&parser);
		return 0;
	}
	ret = flatten_all(&doc, err);
	if (ret > 0 && has_more(&parser)) {
		yaml_document_delete(&doc);
		ret = tt_error_set(err, -EINVAL, NULL, "there are documents after first");
	} else if (ret > 0) {
		out->room = 8 * n + 4096;
		out->bytes = calloc(1, out->room);
		ret = emit(&doc, out);
		if (ret != 0)
			tt_error_set(err, ret, NULL, "out of memory");
	} else {
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	return ret;
}
