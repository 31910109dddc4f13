/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rules_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
print_remark(const struct tt_rule_remark *r, FILE *out)
{
	fprintf(out, "%s:%u: ", r->file, r->line);
	/* Where no sid could be read, file and line say which it is. */
	if (r->gid > 1 && r->sid > 0)
		fprintf(out, "sid %u:%u: ", r->gid, r->sid);
	else if (r->sid > 0)
		fprintf(out, "sid %u: ", r->sid);
	fprintf(out, "%s: %s\n", tt_rule_outcome_name(r->outcome), r->why);
}

/* Where both stand in the same file, in the order of lines. */
static bool
is_before(const struct tt_rule_remark *note, const struct tt_rule_remark *remark)
{
	return strcmp(note->file, remark->file) == 0 && note->line < remark->line;
}

void
tt_rules_print_remarks(const struct tt_rules *rules, FILE *out)
{
	unsigned note = 0;

	for (unsigned i = 0; i < rules->n_remarks; i++) {
		while (note < rules->n_notes
				&& is_before(&rules->notes[note], &rules->remarks[i]))
			print_remark(&rules->notes[note++], out);
		print_remark(&rules->remarks[i], out);
	}
	while (note < rules->n_notes)
		print_remark(&rules->notes[note++], out);
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
tt_rules_print_summary(const struct tt_rules *rules, FILE *out)
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

		fprintf(out, "%8u %s: %.*s (first: %s:%u)\n", reasons[i].count,
				tt_rule_outcome_name(r->outcome), (int)reason_length(r),
				r->why, r->file, r->line);
	}
	free(reasons);
	if (rules->n_notes > 0)
		fprintf(out, "%8u classtype%s of loaded rules %s not known: category Others (first: %s:%u)\n",
				rules->n_notes, rules->n_notes == 1 ? "" : "s",
				rules->n_notes == 1 ? "is" : "are", rules->notes[0].file,
				rules->notes[0].line);
	return 0;
}

static void
print_outcomes(const char *what, const unsigned outcomes[TT_RULE_N_OUTCOMES], FILE *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		n += outcomes[i];
	fprintf(out, "%s: %u rule%s", what, n, n == 1 ? "" : "s");
	for (unsigned i = 0; i < TT_RULE_N_OUTCOMES; i++)
		fprintf(out, "%s %u %s", i == 0 ? ":" : ",", outcomes[i],
				tt_rule_outcome_name((enum tt_rule_outcome)i));
	putc('\n', out);
}

void
tt_rules_count_file(const struct tt_rules *rules, const char *file,
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
tt_rules_print_counts(const struct tt_rules *rules, const char *const *files,
		unsigned n_files, FILE *out)
{
	unsigned outcomes[TT_RULE_N_OUTCOMES];

	for (unsigned i = 0; i < n_files; i++) {
		tt_rules_count_file(rules, files[i], outcomes);
		print_outcomes(files[i], outcomes, out);
	}
	if (n_files > 1)
		print_outcomes("all files", rules->outcomes, out);
	fprintf(out, "%s\n", rules->identity);
}
