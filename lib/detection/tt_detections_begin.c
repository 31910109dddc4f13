/* SPDX-License-Identifier: BSD-3-Clause */
/* How an interval begins: windows of the one before go on, also where the rules were changed between. */
#include "tt_detections_merge_private.h"
#include "tt_rules_joined.h"

#include <string.h>

static int64_t
longest_window(const struct tt_rules *rules)
{
	int64_t longest = 0;

	for (uint32_t i = 0; i < rules->n; i++)
		if (rules->rules[i].count.type != TT_RULE_COUNT_NONE
				&& rules->rules[i].count.seconds > longest)
			longest = rules->rules[i].count.seconds;
	return longest * TT_US_PER_S;
}

static uint32_t
hash_text(const char *text)
{
	uint64_t hash = 0;

	for (; text != NULL && *text != '\0'; text++)
		hash = tt_hash_mix(hash ^ (uint8_t)*text);
	return (uint32_t)hash;
}

static struct tt_known_rule
know(const struct tt_rule *rule)
{
	return (struct tt_known_rule){
			rule->gid, rule->sid, rule->rev, hash_text(rule->text)};
}

/* The place of the rule in others, or -1. By gid, sid and rev, as sets of rules are sorted. */
static int
find_rule(const struct tt_rules *rules, const struct tt_known_rule *known)
{
	const struct tt_rule wanted = {
			.gid = known->gid, .sid = known->sid, .rev = known->rev};
	const struct tt_rule *found = rules->n == 0
			? NULL
			: bsearch(&wanted, rules->rules, rules->n, sizeof(wanted),
					tt_rules_by_number);

	if (found == NULL || hash_text(found->text) != known->text)
		return -1;
	return (int)(found - rules->rules);
}

/* Keeps the hits of rules that the others have, at the places that they have there. */
static void
translate(struct tt_detections_merge *m, const struct tt_rules *rules)
{
	int place = -1, known = -1;
	uint64_t n = 0;

	for (uint64_t i = 0; i < m->n_carried; i++) {
		struct tt_hit *h = &m->carried[i];

		/* Those of a rule stand together. */
		if (h->rule != known)
			place = find_rule(rules, &m->known[h->rule]);
		known = h->rule;
		if (place < 0)
			continue;
		m->carried[n] = *h;
		m->carried[n++].rule = (uint16_t)place;
	}
	m->n_carried = n;
}

static void
know_all(struct tt_detections_merge *m, const struct tt_rules *rules)
{
	TT_ASSERT(rules->n <= TT_DETECTION_RULES_MAX);
	for (uint32_t i = 0; i < rules->n; i++)
		m->known[i] = know(&rules->rules[i]);
	m->n_known = rules->n;
	snprintf(m->identity, sizeof(m->identity), "%s", rules->identity);
	m->longest_us = longest_window(rules);
}

void
tt_detections_begin(struct tt_detections_merge *m, const struct tt_rules *rules,
		int64_t start_us)
{
	const bool others = m->n_known != rules->n
			|| strcmp(m->identity, rules->identity) != 0;
	struct tt_hit *carried = m->carried;

	if (start_us < m->latest_us || (others && start_us == m->latest_us)) {
		m->n_carried = m->n_next = 0;
		m->lacks_until_us = m->next_lacks_until_us = INT64_MIN;
	} else if (start_us > m->latest_us) {
		m->carried = m->next;
		m->next = carried;
		m->n_carried = m->n_next;
		m->lacks_until_us = m->next_lacks_until_us;
	}
	if (others) {
		translate(m, rules);
		know_all(m, rules);
	}
	m->rules = rules;
	m->latest_us = start_us;
	m->lacks_windows = start_us < m->lacks_until_us;
	m->next_lacks_until_us = m->lacks_until_us;
	m->n_next = 0;
}
