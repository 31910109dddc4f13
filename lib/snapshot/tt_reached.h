/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which IPv4 addresses one source reached, each once, where destinations nest: in a merged snapshot an address may have contacts
 * of its own, and others that are of a prefix around it (docs/snapshot-format.md, "Destinations of several sizes"). Contacts
 * come in the order of their table: by first address of the destination, the shorter prefix first, then by host. So those of a
 * prefix are all there before the first of what lies in it, and are let go of once what comes lies beyond.
 *
 * One thread. Heap memory: 4 bytes for each contact of a prefix, while contacts lie in that prefix.
 */
#ifndef TT_REACHED_H
#define TT_REACHED_H

#include "tt_base.h"

struct tt_reached {
	/* The prefixes that the destination lies in, the widest first, and the addresses reached as part of each. */
	struct {
		uint32_t last;
		size_t from; /* of hosts; up to where the next one's begin */
	} within[33];
	unsigned depth;
	bool single; /* the destination is one address, and none of them */
	uint32_t *hosts; /* [n], of [room], ascending within each */
	size_t n, room;
};

/* Contacts of another source, or of other than IPv4 addresses, come next. */
static inline void
tt_reached_end(struct tt_reached *r)
{
	r->depth = 0;
	r->n = 0;
}

/*
 * Contacts of another destination come next: all addresses from `first` on that differ from it in
 * the low `bits` (0 to 32) alone.
 */
void tt_reached_enter(struct tt_reached *r, uint32_t first, unsigned bits);

/*
 * A contact with an address of that destination, which was not the one before. *known: contacts of a
 * wider destination had it before. Returns 0 or -ENOMEM.
 */
int tt_reached_add(struct tt_reached *r, uint32_t address, bool *known) TT_MUST_CHECK;

void tt_reached_fini(struct tt_reached *r);

#endif
