/* SPDX-License-Identifier: BSD-3-Clause */
#include "rules_print.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static json_t *
json_outcomes(const unsigned outcomes[TT_RULE_N_OUTCOMES])
{
	json_t *object = json_object();

	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		json_object_set_new(object, tt_rule_outcome_name((enum tt_rule_outcome)i),
				json_integer(outcomes[i]));
	return object;
}

/* Names of files may be no UTF-8. */
static json_t *
json_text(const char *text)
{
	json_t *string = json_string(text);
	char *copy;

	if (string != NULL)
		return string;
	copy = strdup(text);
	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	string = copy == NULL ? NULL : json_string(copy);
	free(copy);
	return string;
}

static json_t *
json_files(const struct tt_rules *rules, char **files, unsigned n_files)
{
	json_t *array = json_array();
	unsigned outcomes[TT_RULE_N_OUTCOMES];

	for (unsigned i = 0; i < n_files; i++) {
		json_t *object;

		tt_rules_count_file(rules, files[i], outcomes);
		object = json_outcomes(outcomes);
		json_object_set_new(object, "file", json_text(files[i]));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *
json_remarks(const struct tt_rule_remark *remarks, unsigned n)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < n; i++) {
		const struct tt_rule_remark *r = &remarks[i];

		json_t *object = json_pack("{s:I, s:I, s:I, s:s}", "line",
				(json_int_t)r->line, "gid", (json_int_t)r->gid, "sid",
				(json_int_t)r->sid, "outcome",
				tt_rule_outcome_name(r->outcome));

		json_object_set_new(object, "file", json_text(r->file));
		json_object_set_new(object, "why", json_text(r->why));
		json_array_append_new(array, object);
	}
	return array;
}

int
rules_print_json(const struct tt_rules *rules, const char *unsieved, char **files,
		unsigned n_files)
{
	json_t *object = json_outcomes(rules->outcomes);
	char *text;

	json_object_set_new(object, "identity", json_string(rules->identity));
	json_object_set_new(object, "files", json_files(rules, files, n_files));
	json_object_set_new(object, "remarks",
			json_remarks(rules->remarks, rules->n_remarks));
	json_object_set_new(object, "notes", json_remarks(rules->notes, rules->n_notes));
	json_object_set_new(object, "unsieved",
			unsieved == NULL ? json_null() : json_string(unsieved));
	text = json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(object);
	if (text == NULL)
		return -ENOMEM;
	puts(text);
	free(text);
	return 0;
}
