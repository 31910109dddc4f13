/* SPDX-License-Identifier: BSD-3-Clause */
/* A set of rules while files are read into it. */
#ifndef TT_RULES_PRIVATE_H
#define TT_RULES_PRIVATE_H

#include "tt_rule_parse.h"
#include "tt_rules.h"

/* A line that is a rule, or was meant as one. */
struct tt_rules_entry {
	struct tt_rule rule; /* all of it where loaded; else gid, sid, rev, file and line */
	enum tt_rule_outcome outcome;
	char *why; /* NULL where loaded */
	struct tt_rule_bit_names *bits;
	bool has_unknown_class; /* where classes are known at all */
	bool can_match; /* of those with flowbits: what they wait for can be set */
};

struct tt_rules_loader {
	struct tt_rules *rules;
	const struct tt_rules_options *options;
	struct tt_error *err;
	struct tt_rule_variables variables;
	struct tt_rule_classes classes;
	struct tt_rule_parse parse;
	struct tt_rules_entry *entries; /* [n], in the order of files and lines */
	size_t n, room;
};

/* Marks what another rule of the same gid and sid makes needless. Returns 0 or -ENOMEM. */
int tt_rules_find_duplicates(struct tt_rules_loader *l) TT_MUST_CHECK;

/*
 * Numbers the flowbits that loaded rules both set and test. Rules that wait for one that none sets
 * become unreachable. Returns 0 or -ENOMEM.
 */
int tt_rules_settle_flowbits(struct tt_rules_loader *l) TT_MUST_CHECK;

/* Puts the entries into the set: rules, remarks, counts, identity. Returns 0 or -ENOMEM. */
int tt_rules_fill(struct tt_rules_loader *l) TT_MUST_CHECK;

/* Gives an entry another outcome. Returns 0 or -ENOMEM. */
int tt_rules_turn(struct tt_rules_loader *l, struct tt_rules_entry *entry,
		enum tt_rule_outcome outcome, const char *format, ...) TT_PRINTF(4, 5);

#endif
