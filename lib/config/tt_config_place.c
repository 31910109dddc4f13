/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_config_place.h"

#include <string.h>
#include <yaml.h>

struct scan {
	const char *key;
	int depth; /* 1: in the outermost mapping */
	bool is_value; /* the next node at depth 1 is a value, not a key */
	struct tt_config_place place;
};

static void
note_node(struct scan *s, const yaml_event_t *event)
{
	if (s->depth != 1)
		return;
	if (!s->is_value && s->key != NULL && event->type == YAML_SCALAR_EVENT
			&& strcmp((const char *)event->data.scalar.value, s->key) == 0) {
		s->place.line = (unsigned)event->start_mark.line + 1;
		s->place.column = (unsigned)event->start_mark.column + 1;
	}
	s->is_value = !s->is_value;
}

static void
note_event(struct scan *s, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
	case YAML_ALIAS_EVENT:
		note_node(s, event);
		break;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		note_node(s, event);
		s->depth++;
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		s->depth--;
		break;
	default:
		break;
	}
}

static void
note_problem(struct scan *s, const yaml_parser_t *parser)
{
	if (parser->problem == NULL)
		return;
	snprintf(s->place.problem, sizeof(s->place.problem), "%s", parser->problem);
	if (s->key != NULL || parser->error == YAML_READER_ERROR)
		return; /* the reader gives an offset in bytes, not a line */
	s->place.line = (unsigned)parser->problem_mark.line + 1;
	s->place.column = (unsigned)parser->problem_mark.column + 1;
}

struct tt_config_place
tt_config_place_find(const uint8_t *bytes, size_t n, const char *key)
{
	struct scan s = {.key = key};
	yaml_parser_t parser;
	bool more = true;

	if (!yaml_parser_initialize(&parser))
		return s.place;
	yaml_parser_set_input_string(&parser, bytes, n);
	while (more) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			note_problem(&s, &parser);
			break;
		}
		note_event(&s, &event);
		more = event.type != YAML_STREAM_END_EVENT
				&& event.type != YAML_DOCUMENT_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return s.place;
}
