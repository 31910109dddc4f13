/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the intervals that wait share; not for other rooms. */
#ifndef TT_PENDING_PRIVATE_H
#define TT_PENDING_PRIVATE_H

#include "tt_pending.h"

struct tt_pending {
	struct tt_pending_config config;
	struct tt_held **held; /* [n] of [room], oldest first */
	unsigned n, room;
	bool writing; /* held[0] is not to be touched */
	uint64_t bytes, joins;
	uint64_t beside; /* bytes of max_bytes that are not of held */
	uint64_t numbers; /* given so far */
};

/* An interval with lists of its own, not filled; NULL where memory is short. */
struct tt_held *tt_held_new(
		const struct tt_interval *like, unsigned tallies, unsigned rows);

/* Frees the interval and its copies; other tallies are somebody else's. NULL is allowed. */
void tt_held_free(struct tt_held *held);

/* Enters a tally, to which there is room. */
void tt_held_put(struct tt_held *held, struct tt_tally *tally);

bool tt_held_is_copied(const struct tt_held *held);

/* Takes held[i] from the list, without freeing it. */
void tt_pending_remove(struct tt_pending *pending, unsigned i);

/*
 * Joins two intervals so that there is room for so many bytes more, or finds out what that would
 * free. Returns 0 where there is room, 1 where it did something; -ENOSPC, -ENOMEM.
 */
int tt_pending_make_way(struct tt_pending *pending, uint64_t bytes) TT_MUST_CHECK;

#endif
