/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables of one set, or of the merge, in one mapping on one NUMA node that is taken at start and touched when its
 * time comes (backing.h): a machine whose memory nobody used yet may take seconds for a gigabyte. In huge pages of
 * 2 MiB where EAL has huge pages, else in ordinary pages that the kernel is asked to make huge. What does not fit, or
 * all of it where there are too few huge pages of that size, is taken from the node's memory (numamem.h), and touched
 * at once.
 *
 * One thread at a time, but tt_arena_touch: any thread, while others use what lies in it.
 */
#ifndef TT_ARENA_H
#define TT_ARENA_H

#include "numamem.h"

struct tt_arena {
	struct tt_mem mem; /* first: what the libraries are given */
	struct tt_numamem *behind; /* NULL: was never opened */
	void *map; /* [map_bytes]; NULL: all is taken from behind */
	uint8_t *base; /* [bytes], in map */
	size_t map_bytes, bytes;
	size_t used; /* bytes that were given out, from base on */
	size_t touched; /* likewise; of used, in steps */
	bool huge;
};

/* Maps room for so many bytes in tables of a set. Zeroed memory of arena->mem is not touched. */
void tt_arena_open(struct tt_arena *arena, struct tt_numamem *behind, uint64_t bytes);

/* Touches the next 2 MiB of what was given out. Returns 1 where there is more to touch, 0 where all is, or a negative
 * errno where the system has no memory for it. Changes nothing that lies there. */
int tt_arena_touch(struct tt_arena *arena) TT_MUST_CHECK;

/* Bytes that lie on another node than they should, about; 0 before they are touched. */
uint64_t tt_arena_misplaced(const struct tt_arena *arena);

/* Unmaps it; what lies in it was freed before. A zeroed one is allowed. */
void tt_arena_close(struct tt_arena *arena);

#endif
