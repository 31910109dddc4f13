/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets of numbers up to 128 bits as sorted, disjoint ranges: what lists of addresses and of ports
 * are resolved to. Heap memory; one thread.
 */
#ifndef TT_RULE_SET_H
#define TT_RULE_SET_H

#include "tt_base.h"

typedef unsigned __int128 tt_rule_member;

struct tt_rule_set {
	struct tt_rule_set_range {
		tt_rule_member first, last; /* inclusive */
	} * ranges; /* [n] */
	size_t n, room;
};

void tt_rule_set_fini(struct tt_rule_set *set);

/* Adds a range; the set is not in order until tt_rule_set_order. Returns 0 or -ENOMEM. */
int tt_rule_set_add(struct tt_rule_set *set, tt_rule_member first,
		tt_rule_member last) TT_MUST_CHECK;
int tt_rule_set_add_all(
		struct tt_rule_set *set, const struct tt_rule_set *more) TT_MUST_CHECK;

/* Sorts, and merges what overlaps or adjoins. */
void tt_rule_set_order(struct tt_rule_set *set);

/* Takes what is in the other set out of the set; both in order. Returns 0 or -ENOMEM. */
int tt_rule_set_subtract(
		struct tt_rule_set *set, const struct tt_rule_set *other) TT_MUST_CHECK;

#endif
