/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plain list of matches, and which of them are detections: each rule goes through its own, from
 * the first interval on. Shares nothing with lib/detection but the definition of groups: packets of
 * one second that a rule does not tell apart.
 */
#ifndef DETECTIONS_REF_H
#define DETECTIONS_REF_H

#include "tt_rule.h"

struct event {
	int64_t time_us;
	struct tt_addr src, dst;
	uint16_t src_port, dst_port, rule;
	unsigned interval, worker;
	uint64_t detections; /* by the reference: of the group that it is the first of */
};

#define EVENTS_MAX 3000

/* Fills in the detections of those of events[n] that are the rule's; n at most EVENTS_MAX. */
void detections_ref(struct event *events, unsigned n, uint16_t rule,
		const struct tt_rule_count *count);

#endif
