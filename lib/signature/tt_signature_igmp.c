/* SPDX-License-Identifier: BSD-3-Clause */
/* How long an IGMP message's own fields are: those of version 3 have a list (RFC 9776 section 4). */
#include "tt_signature_more.h"

#define IGMP_HEADER     8u
#define QUERY           0x11
#define QUERY_HEADER    12u /* of version 3, before its sources */
#define REPORT          0x22
#define RECORD_HEADER   8u /* before its sources and what else it has */
#define BYTES_OF_A_WORD 4u

static uint32_t
report(const uint8_t *l4, uint32_t there)
{
	uint32_t at = IGMP_HEADER;

	for (uint32_t left = tt_signature_be16(l4 + 6); left > 0; left--) {
		if (there - at < RECORD_HEADER)
			return there;
		at += RECORD_HEADER
				+ (l4[at + 1] + (uint32_t)tt_signature_be16(l4 + at + 2))
						* BYTES_OF_A_WORD;
		if (at > there)
			return there;
	}
	return at;
}

uint32_t
tt_signature_igmp_header(const uint8_t *l4, uint32_t there)
{
	if (l4[0] == QUERY && there >= QUERY_HEADER)
		return tt_signature_min(there,
				QUERY_HEADER
						+ tt_signature_be16(l4 + 10)
								* BYTES_OF_A_WORD);
	return l4[0] == REPORT ? report(l4, there) : IGMP_HEADER;
}
