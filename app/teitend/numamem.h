/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's big tables: memory on one NUMA node, in huge pages where EAL has any left there,
 * else in ordinary pages that the kernel is asked to make huge. It is touched when it is taken, so that nothing is
 * left to fault in later, but for table sets and the merge (arena.h); and libnuma checks that it lies where it
 * should. Management core, at start and end only; one struct per node.
 *
 * Not EAL's heap alone: under --no-huge that heap is as small as -m says, and a table that does
 * not fit into huge pages is better slow than missing.
 */
#ifndef TT_NUMAMEM_H
#define TT_NUMAMEM_H

#include "tt_mem.h"

#define TT_NUMA_PURPOSES_MAX 32

struct tt_numa_block; /* one allocation */

struct tt_numa_purpose {
	char name[32];
	uint64_t bytes;
};

struct tt_numamem {
	struct tt_mem mem; /* first: what the libraries are given */
	unsigned node;
	struct tt_numa_block *blocks; /* [n_blocks] */
	unsigned n_blocks, room_blocks;
	struct tt_numa_purpose purposes[TT_NUMA_PURPOSES_MAX]; /* [n_purposes] */
	unsigned n_purposes;
	uint64_t huge_bytes, ordinary_bytes, misplaced_bytes;
};

void tt_numamem_init(struct tt_numamem *nm, unsigned node);

/* Frees nothing that the libraries still hold: they free theirs first. */
void tt_numamem_fini(struct tt_numamem *nm);

/* Enters memory that was taken elsewhere (packet buffers), so that it is printed too. */
void tt_numamem_note(struct tt_numamem *nm, const char *purpose, uint64_t bytes);

/* The same of tables, in huge pages or ordinary ones. */
void tt_numamem_add(struct tt_numamem *nm, const char *purpose, size_t bytes, bool huge);

/* How many of these bytes, which were touched, are on another node, by the first, the middle and the last page. */
uint64_t tt_numamem_misplaced(const uint8_t *ptr, size_t bytes, unsigned node);

/* Prints one line: what was taken on the node, and for what most of it; and a warning if some of it lies on
 * another one. */
void tt_numamem_print(const struct tt_numamem *nm);

#endif
