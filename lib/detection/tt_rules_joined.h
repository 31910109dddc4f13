/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Detections that were counted by different sets of rules, as if by one. Where rules are changed
 * while the sensor runs, a worker that had no clean table set goes on by the old ones in an interval
 * that others count by the new ones already.
 *
 * A rule of gid, sid and rev is one rule, in whichever sets it is: as the last set has it. Where its
 * threshold was changed and its rev was not, packets that the other set counted are decided by that
 * one's as far as what was kept of them goes. Heap memory, for copies of the detections. One thread.
 */
#ifndef TT_RULES_JOINED_H
#define TT_RULES_JOINED_H

#include "tt_detections.h"

/* Rules by gid, sid and rev: the order of a set. For bsearch and qsort, of struct tt_rule. */
int tt_rules_by_number(const void *a, const void *b);

/*
 * The rules of sets[n] as one set, whose rules point into these; its identity is that of no other rules.
 * Returns 0; -ENOMEM; -E2BIG where they are more than TT_DETECTION_RULES_MAX. tt_rules_joined_fini ends it.
 */
int tt_rules_join(struct tt_rules *joined, const struct tt_rules *const *sets, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;
void tt_rules_joined_fini(struct tt_rules *joined); /* a zeroed one is allowed */

/* What stands for detections of different sets until the end of their merge. */
struct tt_detections_joined {
	struct tt_rules rules;
	struct tt_detections *copies; /* [n] */
	unsigned n;
};

/*
 * Puts copies by one set of rules in the place of parts[n], unless they have one set already. Returns 0,
 * or a negative errno with the parts as they were. Zeroed before the first call.
 */
int tt_detections_join_rules(struct tt_detections_joined *joined,
		const struct tt_detections **parts, unsigned n,
		struct tt_error *err) TT_MUST_CHECK;
void tt_detections_joined_fini(struct tt_detections_joined *joined);

#endif
