/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries → the set: what is loaded by gid and sid, what is not in the order of the files. */
#include "tt_rules_private.h"
#include "tt_sha256.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

static int
by_sid(const void *a, const void *b)
{
	const struct tt_rule *x = a, *y = b;

	if (x->gid != y->gid)
		return x->gid < y->gid ? -1 : 1;
	return x->sid < y->sid ? -1 : x->sid > y->sid;
}

static void
add_text(struct tt_sha256 *sha, const char *text)
{
	tt_sha256_add(sha, text, strlen(text) + 1);
}

static void
add_numbers(struct tt_sha256 *sha, const uint64_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[24];

		snprintf(text, sizeof(text), "%" PRIu64, numbers[i]);
		add_text(sha, text);
	}
}

static void
add_addresses(struct tt_sha256 *sha, const struct tt_rule_addresses *addresses)
{
	const uint64_t n = addresses->n;

	if (addresses->stated != NULL) {
		add_text(sha, addresses->stated);
		return;
	}
	add_numbers(sha, &n, 1);
	for (unsigned i = 0; i < addresses->n; i++) {
		const struct tt_rule_address_range *r = &addresses->ranges[i];
		const uint64_t numbers[] = {
				r->first.hi, r->first.lo, r->last.hi, r->last.lo};

		add_numbers(sha, numbers, TT_ARRAY_SIZE(numbers));
	}
}

static void
add_ports(struct tt_sha256 *sha, const struct tt_rule_ports *ports)
{
	const uint64_t n = ports->n;

	add_numbers(sha, &n, 1);
	for (unsigned i = 0; i < ports->n; i++) {
		const uint64_t numbers[] = {
				ports->ranges[i].first, ports->ranges[i].last};

		add_numbers(sha, numbers, TT_ARRAY_SIZE(numbers));
	}
}

/* The text of each rule, and what variables and classes made of it; but not which addresses are monitored. */
static void
identify(struct tt_rules *rules)
{
	struct tt_sha256 sha;
	char text[TT_SHA256_TEXT_SIZE];

	tt_sha256_begin(&sha);
	for (unsigned i = 0; i < rules->n; i++) {
		const struct tt_rule *r = &rules->rules[i];
		const uint64_t numbers[] = {r->gid, r->sid, r->rev, r->priority};

		add_numbers(&sha, numbers, TT_ARRAY_SIZE(numbers));
		add_text(&sha, r->text);
		add_text(&sha, r->category);
		add_addresses(&sha, &r->src);
		add_addresses(&sha, &r->dst);
		add_ports(&sha, &r->src_ports);
		add_ports(&sha, &r->dst_ports);
	}
	snprintf(rules->identity, sizeof(rules->identity), "%u rule%s sha256:%.16s",
			rules->n, rules->n == 1 ? "" : "s", tt_sha256_end(&sha, text));
}

static struct tt_rule_remark
remark_of(const struct tt_rules_entry *entry)
{
	const struct tt_rule *r = &entry->rule;

	return (struct tt_rule_remark){
			entry->outcome, r->gid, r->sid, r->file, r->line, entry->why};
}

static void
take(struct tt_rules *rules, const struct tt_rules_entry *entry)
{
	if (entry->outcome == TT_RULE_LOADED)
		rules->rules[rules->n++] = entry->rule;
	else
		rules->remarks[rules->n_remarks++] = remark_of(entry);
}

static int
by_class(const void *a, const void *b)
{
	const struct tt_rules_entry *x = *(struct tt_rules_entry *const *)a;
	const struct tt_rules_entry *y = *(struct tt_rules_entry *const *)b;
	const int order = strcasecmp(x->rule.classtype, y->rule.classtype);

	return order != 0 ? order : x < y ? -1 : x > y; /* then the entries' own order */
}

static int
by_place(const void *a, const void *b)
{
	const struct tt_rules_entry *x = *(struct tt_rules_entry *const *)a;
	const struct tt_rules_entry *y = *(struct tt_rules_entry *const *)b;

	return x < y ? -1 : x > y;
}

/* One note for all rules of a class that is not known, at the first of them, which becomes why. */
static int
describe_class(struct tt_rules_loader *l, struct tt_rules_entry *first, size_t n)
{
	char text[300], others[60] = "";

	if (n > 1)
		snprintf(others, sizeof(others), "; of %zu other%s too", n - 1,
				n == 2 ? "" : "s");
	snprintf(text, sizeof(text),
			"classtype \"%.80s\" is not known: priority %u, category %.80s%s",
			first->rule.classtype, first->rule.priority, first->rule.category,
			others);
	first->why = tt_rules_memory_text(l->rules->memory, text, strlen(text));
	return first->why == NULL ? -ENOMEM : 0;
}

/* Leaves the first of each class in sorted[n], in the order of the files. Returns how many, -ENOMEM. */
static int
describe_classes(struct tt_rules_loader *l, struct tt_rules_entry **sorted, size_t n)
{
	size_t n_kept = 0;

	qsort(sorted, n, sizeof(struct tt_rules_entry *), by_class);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n
				&& strcasecmp(sorted[end]->rule.classtype,
						   sorted[i]->rule.classtype)
						== 0;)
			end++;
		if (describe_class(l, sorted[i], end - i) != 0)
			return -ENOMEM;
		sorted[n_kept++] = sorted[i];
	}
	qsort(sorted, n_kept, sizeof(struct tt_rules_entry *), by_place);
	return (int)n_kept;
}

static int
note_classes(struct tt_rules_loader *l)
{
	struct tt_rules *rules = l->rules;
	struct tt_rules_entry **unknown = calloc(l->n + 1, sizeof(*unknown));
	size_t n = 0;
	int ret = -ENOMEM;

	if (unknown == NULL)
		return ret;
	for (size_t i = 0; i < l->n; i++)
		if (l->entries[i].outcome == TT_RULE_LOADED
				&& l->entries[i].has_unknown_class)
			unknown[n++] = &l->entries[i];
	ret = describe_classes(l, unknown, n);
	if (ret > 0)
		rules->notes = tt_rules_memory_take(
				rules->memory, (size_t)ret * sizeof(*rules->notes));
	for (int i = 0; rules->notes != NULL && i < ret; i++)
		rules->notes[rules->n_notes++] = remark_of(unknown[i]);
	free(unknown);
	return ret > 0 && rules->notes == NULL ? -ENOMEM : ret < 0 ? ret : 0;
}

int
tt_rules_fill(struct tt_rules_loader *l)
{
	struct tt_rules *rules = l->rules;
	size_t loaded;

	for (size_t i = 0; i < l->n; i++)
		rules->outcomes[l->entries[i].outcome]++;
	loaded = rules->outcomes[TT_RULE_LOADED];
	rules->rules = tt_rules_memory_take(
			rules->memory, loaded * sizeof(*rules->rules));
	rules->remarks = tt_rules_memory_take(
			rules->memory, (l->n - loaded) * sizeof(*rules->remarks));
	if (rules->rules == NULL || rules->remarks == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < l->n; i++)
		take(rules, &l->entries[i]);
	rules->n_counting = tt_rules_counting(rules->rules, rules->n);
	if (rules->n > 0)
		qsort(rules->rules, rules->n, sizeof(*rules->rules), by_sid);
	identify(rules);
	return note_classes(l);
}
