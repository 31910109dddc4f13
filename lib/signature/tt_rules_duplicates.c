/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules of the same gid and sid: the one that is kept, and those that are not. */
#include "tt_rules_private.h"

#include <errno.h>

static int
by_identity(const void *a, const void *b)
{
	const struct tt_rules_entry *x = *(struct tt_rules_entry *const *)a;
	const struct tt_rules_entry *y = *(struct tt_rules_entry *const *)b;

	if (x->rule.gid != y->rule.gid)
		return x->rule.gid < y->rule.gid ? -1 : 1;
	if (x->rule.sid != y->rule.sid)
		return x->rule.sid < y->rule.sid ? -1 : 1;
	if (x->rule.rev != y->rule.rev)
		return x->rule.rev > y->rule.rev ? -1 : 1;
	return x < y ? -1 : x > y; /* the entries' own order */
}

/* Engines look for duplicates among the rules that they can read. */
static bool
counts(const struct tt_rules_entry *entry)
{
	return entry->outcome == TT_RULE_LOADED || entry->outcome == TT_RULE_UNREACHABLE;
}

int
tt_rules_find_duplicates(struct tt_rules_loader *l)
{
	struct tt_rules_entry **sorted = calloc(
			l->n + 1, sizeof(struct tt_rules_entry *));
	size_t n = 0;
	int ret = 0;

	if (sorted == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < l->n; i++)
		if (counts(&l->entries[i]))
			sorted[n++] = &l->entries[i];
	qsort(sorted, n, sizeof(struct tt_rules_entry *), by_identity);
	for (size_t i = 1, first = 0; ret == 0 && i < n; i++) {
		const struct tt_rule *kept = &sorted[first]->rule;

		if (sorted[i]->rule.gid != kept->gid
				|| sorted[i]->rule.sid != kept->sid) {
			first = i;
			continue;
		}
		if (sorted[i]->outcome == TT_RULE_LOADED)
			ret = tt_rules_turn(l, sorted[i], TT_RULE_DUPLICATE,
					"of revision %u, %s:%u has revision %u",
					sorted[i]->rule.rev, kept->file, kept->line,
					kept->rev);
	}
	free(sorted);
	return ret;
}
