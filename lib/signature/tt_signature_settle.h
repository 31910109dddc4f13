/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A payload that comes again is settled where all rules of its port together, whatever the packet's
 * header, cost less than a packet may, and none of them depends on others. Then nothing is cut short,
 * and what the payload matches is known: a packet that has it is done with the headers of these few
 * rules. For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_SETTLE_H
#define TT_SIGNATURE_SETTLE_H

#include "tt_signature_verify.h"

/* What is settled of a packet's payload, of which lists are those of its ports; NULL: nothing. */
const struct tt_signature_repeat *tt_signature_settled(const struct tt_signatures *s,
		struct tt_signature_scratch *scratch, const struct tt_signature_view *v,
		const uint32_t lists[TT_SIGNATURE_N_SIDES]);

/* Matches a packet that has it. Begins no packet of the eval. Returns how many hits there are. */
unsigned tt_signature_match_settled(struct tt_signature_verification *v,
		const struct tt_signature_repeat *r,
		const struct tt_signature_view *view);

#endif
