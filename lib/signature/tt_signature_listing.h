/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which rules of a class are listed by which keys (ports, types of ICMP, protocols), on which side, and
 * which are in the list of any. A rule that names few keys is listed by them, by the side that names
 * fewer; one for both directions is listed as two. Where ranges overlap, a rule is in many lists: what
 * is "few" goes down until all lists of a side together are no longer than a budget. For the files
 * of lib/signature only.
 */
#ifndef TT_SIGNATURE_LISTING_H
#define TT_SIGNATURE_LISTING_H

#include "tt_signature_private.h"

/* A rule begins or ends to be listed at a key. */
struct tt_signature_event {
	uint32_t key;
	uint32_t rank;
	uint32_t keys; /* of the rule, all ranges together */
	int change;
};

struct tt_signature_events {
	struct tt_signature_event *all; /* [n], room for twice the ranges */
	uint32_t n;
};

struct tt_signature_listing {
	const struct tt_signatures *s;
	enum tt_signature_class class;
	struct tt_signature_events events[TT_SIGNATURE_N_SIDES]; /* by key */
	bool *in_any; /* [rules] */
};

/* Takes of the arena. Returns 0 or -ENOMEM. */
int tt_signature_listing_make(struct tt_signature_listing *l,
		const struct tt_signatures *s, enum tt_signature_class class,
		struct tt_signature_arena *arena) TT_MUST_CHECK;

#endif
