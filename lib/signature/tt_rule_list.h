/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the parser of lists and the memory of those that were resolved. */
#ifndef TT_RULE_LIST_H
#define TT_RULE_LIST_H

#include "tt_rule_set.h"
#include "tt_rule_variables.h"
#include "tt_sha256.h"

/* What a list or one of its elements comes to. */
struct tt_rule_list_value {
	struct tt_rule_set set; /* in order, where neither of the others holds */
	bool all, unknown;
	/* $HOME_NET is in it, and is what is monitored, for want of another: a digest of the list with what all other variables in
	 * it say. Else empty. */
	char stated[TT_SHA256_TEXT_SIZE];
};

/* What a list is of. */
struct tt_rule_members {
	const char *what, *many;
	tt_rule_member last; /* the first is 0 */
	/* Reads one that is not negated. Returns 0, -EINVAL or -ENOMEM. */
	int (*read)(struct tt_rule_word text, struct tt_rule_set *to);
};

extern const struct tt_rule_members tt_rule_addresses_of, tt_rule_ports_of;

/* Parses a list into a set, which the caller frees. Returns as tt_rule_list_addresses. */
int tt_rule_list_parse(struct tt_rule_variables *v, bool ports, struct tt_rule_word list,
		struct tt_rule_list_value *value,
		struct tt_rule_list_error *wrong) TT_MUST_CHECK;

#endif
