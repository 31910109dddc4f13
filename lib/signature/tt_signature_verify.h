/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules of a packet that are tried, one by one. For the files of lib/signature only. */
#ifndef TT_SIGNATURE_VERIFY_H
#define TT_SIGNATURE_VERIFY_H

#include "tt_signature_private.h"

struct tt_signature_verification {
	const struct tt_signatures *s;
	struct tt_signature_eval *eval;
	struct tt_signature_hit *hits; /* [n_hits] */
	unsigned n_hits;
	uint16_t packet;
	struct tt_signature_repeat *repeat; /* NULL: nothing is remembered */
	uint32_t n_tried; /* rules tried so far that are */
	bool follows; /* these were the same as last time */
};

/* Marks the candidates that the payload, which is not empty, has the patterns of. lists: of its ports. */
void tt_signature_mark_found(struct tt_signature_scratch *scratch,
		const struct tt_signature_group *group,
		const uint32_t lists[TT_SIGNATURE_N_SIDES],
		struct tt_signature_verification *v);

/* Tries a rule. */
void tt_signature_verify(struct tt_signature_verification *v, uint32_t rank);

/* Tries the candidates, in order, and leaves none. */
void tt_signature_verify_marked(struct tt_signature_verification *v,
		struct tt_signature_scratch *scratch);

/* A rule matches: adds it to the hits. */
void tt_signature_verification_hit(struct tt_signature_verification *v, uint32_t rank);

#endif
