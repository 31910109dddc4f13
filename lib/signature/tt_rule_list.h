/* SPDX-License-Identifier: BSD-3-Clause */
/* Between the parser of lists and the memory of those that were resolved. */
#ifndef TT_RULE_LIST_H
#define TT_RULE_LIST_H

#include "tt_rule_set.h"
#include "tt_rule_variables.h"

/* What a list or one of its elements comes to. */
struct tt_rule_list_value {
	struct tt_rule_set set; /* in order, where neither of the others holds */
	bool all, unknown;
};

/* Parses a list into a set, which the caller frees. Returns as tt_rule_list_addresses. */
int tt_rule_list_parse(struct tt_rule_variables *v, bool ports, struct tt_rule_word list,
		struct tt_rule_list_value *value,
		struct tt_rule_list_error *wrong) TT_MUST_CHECK;

#endif
