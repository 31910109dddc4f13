/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshot has which intervals, by the ids of what it is made of (tt_part_ids.h): a snapshot that was
 * merged of several sensors' has the packets of theirs, whatever its sensor is called. One thread. Heap memory:
 * 16 bytes for each interval that any snapshot is made of.
 */
#ifndef TT_OWNERS_H
#define TT_OWNERS_H

#include "tt_manifest.h"

struct tt_owner {
	uint64_t id; /* of an interval */
	uint32_t of; /* the caller's number of the snapshot that has it */
};

struct tt_owners {
	struct tt_owner *all; /* [n], of [room] */
	size_t n, room;
};

/* Adds what a snapshot has. Returns 0 or -ENOMEM. */
int tt_owners_add(struct tt_owners *owners, const struct tt_manifest *manifest,
		uint32_t of) TT_MUST_CHECK;
/* By id. */
void tt_owners_sort(struct tt_owners *owners);
/* Finds an interval that two snapshots have; of all such, the one with the least id. Sorts. */
bool tt_owners_twice(struct tt_owners *owners, uint32_t *one, uint32_t *other);
void tt_owners_fini(struct tt_owners *owners);

#endif
