/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_signature_private.h"

#define LINE \
	"SYNs are looked at one by one, not sieved 64 at once, which is only slower: "

const char *
tt_signatures_unsieved(const struct tt_signatures *signatures)
{
	switch (signatures->unsieved) {
	case TT_SIGNATURE_UNSIEVED_OPEN:
	case TT_SIGNATURE_UNSIEVED_SHARE:
		return LINE "the rules may match too many of them";
	case TT_SIGNATURE_UNSIEVED_BOXES:
		return LINE "what the rules ask for differs too much";
	case TT_SIGNATURE_UNSIEVED_STEPS:
		return LINE "all rules of one may take more steps than a packet may cost";
	case TT_SIGNATURE_SIEVED:
		break;
	}
	return NULL;
}
