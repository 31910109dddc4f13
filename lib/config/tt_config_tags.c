/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_config_tags.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

#define CORE "tag:yaml.org,2002:" /* what "!!" stands for */

struct scan {
	const char *path;
	int depth; /* 1: in the outermost mapping */
	bool is_value; /* the next node at depth 1 is a value, not a key */
	char option[64]; /* the last key at depth 1 */
	struct tt_error *err;
};

static int
refuse(const struct scan *s, const yaml_event_t *event, const char *tag)
{
	const bool core = strncmp(tag, CORE, sizeof(CORE) - 1) == 0;
	const bool in_value = s->depth > 1 || (s->depth == 1 && s->is_value);

	tt_error_set(s->err, -EINVAL, in_value ? s->option : NULL,
			"a tag, %s%.80s: values are texts, and one such as ~ is written in "
			"quotes",
			core ? "!!" : "", core ? tag + sizeof(CORE) - 1 : tag);
	tt_error_at(s->err, "%s:%zu", s->path, event->start_mark.line + 1);
	return -EINVAL;
}

/* A scalar, an alias, or the beginning of a list or mapping. */
static int
take_node(struct scan *s, const yaml_event_t *event, const yaml_char_t *tag)
{
	if (tag != NULL)
		return refuse(s, event, (const char *)tag);
	if (s->depth != 1)
		return 0;
	if (!s->is_value)
		snprintf(s->option, sizeof(s->option), "%s",
				event->type == YAML_SCALAR_EVENT
						? (const char *)event->data.scalar.value
						: "");
	s->is_value = !s->is_value;
	return 0;
}

static int
take_event(struct scan *s, const yaml_event_t *event)
{
	int ret = 0;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return take_node(s, event, event->data.scalar.tag);
	case YAML_ALIAS_EVENT:
		return take_node(s, event, NULL);
	case YAML_MAPPING_START_EVENT:
		ret = take_node(s, event, event->data.mapping_start.tag);
		s->depth++;
		return ret;
	case YAML_SEQUENCE_START_EVENT:
		ret = take_node(s, event, event->data.sequence_start.tag);
		s->depth++;
		return ret;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		s->depth--;
		return 0;
	default:
		return 0;
	}
}

int
tt_config_refuse_tags(
		const uint8_t *bytes, size_t n, const char *path, struct tt_error *err)
{
	struct scan s = {.path = path, .err = err};
	yaml_parser_t parser;
	bool more = true;
	int ret = 0;

	if (!yaml_parser_initialize(&parser))
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	yaml_parser_set_input_string(&parser, bytes, n);
	while (more && ret == 0) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event))
			break; /* no YAML: whoever reads it says so */
		ret = take_event(&s, &event);
		more = event.type != YAML_STREAM_END_EVENT
				&& event.type != YAML_DOCUMENT_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return ret;
}
