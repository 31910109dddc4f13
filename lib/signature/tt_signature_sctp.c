/* SPDX-License-Identifier: BSD-3-Clause */
/* The chunks of SCTP (RFC 9260 section 3.2): type, flags, length with these four bytes; padded to four. */
#include "tt_signature_eval.h"
#include "tt_signature_more.h"

#define CHUNK_HEADER 4u
#define DATA         0
#define DATA_HEADER  16u /* of a DATA chunk, before the user data */

struct chunk {
	uint32_t at, n; /* with its header; n may be more than is there */
};

/* Is there another chunk behind *c? The first is behind {TT_SIGNATURE_SCTP_HEADER, 0}. */
static bool
next(const uint8_t *l4, uint32_t there, struct chunk *c)
{
	const uint32_t padded = (c->n + 3) & ~3u, left = there - c->at;
	uint32_t n;

	if (padded > left || left - padded < CHUNK_HEADER)
		return false;
	n = tt_signature_be16(l4 + c->at + padded + 2);
	if (n < CHUNK_HEADER)
		return false;
	*c = (struct chunk){c->at + padded, n};
	return true;
}

struct tt_signature_bytes
tt_signature_sctp_data(const uint8_t *l4, uint32_t there, uint32_t *from)
{
	struct chunk c = {*from, 0};

	while (next(l4, there, &c)) {
		const uint32_t n = tt_signature_min(c.n, there - c.at);

		if (l4[c.at] != DATA || n < DATA_HEADER)
			continue;
		*from = tt_signature_min(c.at + ((c.n + 3) & ~3u), there);
		return (struct tt_signature_bytes){
				l4 + c.at + DATA_HEADER, n - DATA_HEADER};
	}
	*from = there;
	return (struct tt_signature_bytes){0};
}

bool
tt_signature_sctp_chunks(const uint8_t *l4, uint32_t there, uint32_t *n)
{
	struct chunk c = {TT_SIGNATURE_SCTP_HEADER, 0};

	for (*n = 0; next(l4, there, &c); ++*n)
		if (c.n > there - c.at)
			return false;
	/* The last may lack its padding. */
	return ((c.n + 3) & ~3u) >= there - c.at;
}

bool
tt_signature_sctp_has(const uint8_t *l4, uint32_t there,
		const struct tt_rule_number *type, bool negated)
{
	struct chunk c = {TT_SIGNATURE_SCTP_HEADER, 0};

	while (next(l4, there, &c))
		if (c.n <= there - c.at && tt_signature_in(type, negated, l4[c.at]))
			return true;
	return false;
}
