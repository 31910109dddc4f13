/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries → the set: what is loaded by gid and sid, what is not in the order of the files. */
#include "tt_rules_private.h"
#include "tt_sha256.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

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

/* The text of each rule, and what variables and classes made of it. */
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

static void
take(struct tt_rules *rules, const struct tt_rules_entry *entry)
{
	const struct tt_rule *r = &entry->rule;

	if (entry->outcome == TT_RULE_LOADED)
		rules->rules[rules->n++] = *r;
	else
		rules->remarks[rules->n_remarks++] = (struct tt_rule_remark){
				entry->outcome, r->gid, r->sid, r->file, r->line,
				entry->why};
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
	if (rules->n > 0)
		qsort(rules->rules, rules->n, sizeof(*rules->rules), by_sid);
	identify(rules);
	return 0;
}
