/* SPDX-License-Identifier: BSD-3-Clause */
#include "rules_print.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static void
print_remark(const struct tt_rule_remark *r)
{
	printf("%s:%u: ", r->file, r->line);
	if (r->gid > 1)
		printf("sid %u:%u: ", r->gid, r->sid);
	else if (r->sid > 0)
		printf("sid %u: ", r->sid);
	printf("%s: %s\n", tt_rule_outcome_name(r->outcome), r->why);
}

/* Where both stand in the same file, in the order of lines. */
static bool
is_before(const struct tt_rule_remark *note, const struct tt_rule_remark *remark)
{
	return strcmp(note->file, remark->file) == 0 && note->line < remark->line;
}

void
rules_print_remarks(const struct tt_rules *rules)
{
	unsigned note = 0;

	for (unsigned i = 0; i < rules->n_remarks; i++) {
		while (note < rules->n_notes
				&& is_before(&rules->notes[note], &rules->remarks[i]))
			print_remark(&rules->notes[note++]);
		print_remark(&rules->remarks[i]);
	}
	while (note < rules->n_notes)
		print_remark(&rules->notes[note++]);
}

/* Why, without what is of the one rule alone: how many characters. */
static size_t
reason_length(const struct tt_rule_remark *r)
{
	static const char *const ends[] = {
			" at column ", " at line ", ": \"", " \"", "; "};
	size_t n = strlen(r->why);

	if (r->outcome == TT_RULE_DUPLICATE)
		return n < 11 ? n : 11; /* "of revision" */
	for (unsigned i = 0; i < TT_ARRAY_SIZE(ends); i++) {
		const char *end = strstr(r->why, ends[i]);

		if (end != NULL && (size_t)(end - r->why) < n)
			n = (size_t)(end - r->why);
	}
	return n;
}

struct reason {
	const struct tt_rule_remark *first;
	unsigned count;
};

static int
compare_reasons(const struct tt_rule_remark *x, const struct tt_rule_remark *y)
{
	const size_t nx = reason_length(x), ny = reason_length(y);
	int order;

	if (x->outcome != y->outcome)
		return x->outcome < y->outcome ? -1 : 1;
	order = memcmp(x->why, y->why, nx < ny ? nx : ny);
	return order != 0 ? order : nx < ny ? -1 : nx > ny;
}

static int
by_reason(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;
	const int order = compare_reasons(x->first, y->first);

	return order != 0 ? order : x->first < y->first ? -1 : x->first > y->first;
}

static int
by_count(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_reasons(x->first, y->first);
}

int
rules_print_summary(const struct tt_rules *rules)
{
	struct reason *reasons = calloc(rules->n_remarks + 1, sizeof(*reasons));
	unsigned n = 0;

	if (reasons == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < rules->n_remarks; i++)
		reasons[i] = (struct reason){&rules->remarks[i], 1};
	qsort(reasons, rules->n_remarks, sizeof(*reasons), by_reason);
	for (unsigned i = 0; i < rules->n_remarks; i++) {
		if (n > 0 && compare_reasons(reasons[n - 1].first, reasons[i].first) == 0)
			reasons[n - 1].count++;
		else
			reasons[n++] = reasons[i];
	}
	qsort(reasons, n, sizeof(*reasons), by_count);
	for (unsigned i = 0; i < n; i++) {
		const struct tt_rule_remark *r = reasons[i].first;

		printf("%8u %s: %.*s (first: %s:%u)\n", reasons[i].count,
				tt_rule_outcome_name(r->outcome), (int)reason_length(r),
				r->why, r->file, r->line);
	}
	free(reasons);
	return 0;
}

static void
print_outcomes(const char *what, const unsigned outcomes[TT_RULE_N_OUTCOMES])
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		n += outcomes[i];
	printf("%s: %u rule%s", what, n, n == 1 ? "" : "s");
	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		printf("%s %u %s", i == 0 ? ":" : ",", outcomes[i],
				tt_rule_outcome_name((enum tt_rule_outcome)i));
	putchar('\n');
}

static void
count_file(const struct tt_rules *rules, const char *file,
		unsigned outcomes[TT_RULE_N_OUTCOMES])
{
	memset(outcomes, 0, TT_RULE_N_OUTCOMES * sizeof(outcomes[0]));
	for (unsigned i = 0; i < rules->n; i++)
		outcomes[TT_RULE_LOADED] += strcmp(rules->rules[i].file, file) == 0;
	for (unsigned i = 0; i < rules->n_remarks; i++)
		outcomes[rules->remarks[i].outcome] += strcmp(rules->remarks[i].file,
								       file)
				== 0;
}

void
rules_print_counts(const struct tt_rules *rules, char **files, unsigned n_files)
{
	unsigned outcomes[TT_RULE_N_OUTCOMES];

	for (unsigned i = 0; i < n_files; i++) {
		count_file(rules, files[i], outcomes);
		print_outcomes(files[i], outcomes);
	}
	if (n_files > 1)
		print_outcomes("all files", rules->outcomes);
	printf("%s\n", rules->identity);
}

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

		count_file(rules, files[i], outcomes);
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
rules_print_json(const struct tt_rules *rules, char **files, unsigned n_files)
{
	json_t *object = json_outcomes(rules->outcomes);
	char *text;

	json_object_set_new(object, "identity", json_string(rules->identity));
	json_object_set_new(object, "files", json_files(rules, files, n_files));
	json_object_set_new(object, "remarks",
			json_remarks(rules->remarks, rules->n_remarks));
	json_object_set_new(object, "notes", json_remarks(rules->notes, rules->n_notes));
	text = json_dumps(object, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(object);
	if (text == NULL)
		return -ENOMEM;
	puts(text);
	free(text);
	return 0;
}
