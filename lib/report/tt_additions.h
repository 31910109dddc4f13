/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Additions to sums that are held back until there are many, and then made in order of the first index. Rows of one
 * snapshot go all over a table that fits no cache, a miss for each; so it is walked through once for several
 * snapshots instead. One thread. Heap memory: 32 bytes for each of TT_ADDITIONS_MAX.
 */
#ifndef TT_ADDITIONS_H
#define TT_ADDITIONS_H

#include "tt_observation.h"

#define TT_ADDITIONS_MAX (1 << 21)

struct tt_addition {
	uint32_t index, other; /* array[index].sums[other] */
	uint64_t n; /* modulo 2^64: what is taken back is added as well */
};

struct tt_additions {
	struct tt_addition *held; /* [n], of [TT_ADDITIONS_MAX] */
	struct tt_addition *ordered; /* [TT_ADDITIONS_MAX] room for them */
	size_t n;
};

/* Returns 0 or -ENOMEM. */
int tt_additions_init(struct tt_additions *additions) TT_MUST_CHECK;
void tt_additions_fini(struct tt_additions *additions);

/* Is there room for n more? */
static inline bool
tt_additions_fit(const struct tt_additions *additions, size_t n)
{
	return n <= TT_ADDITIONS_MAX - additions->n;
}

/* Holds one back, for which there is room. */
static inline void
tt_additions_hold(struct tt_additions *additions, struct tt_addition addition)
{
	additions->held[additions->n++] = addition;
}

/*
 * Makes all that are held, whose first indices are below n; array[index] grows as needed. None is held
 * then. Returns 0, or -ENOMEM: some are made.
 */
int tt_additions_make(struct tt_additions *additions, struct tt_sums *array,
		size_t n) TT_MUST_CHECK;

#endif
