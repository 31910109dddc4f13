/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Some of a burst's packets, by their number, in order: which they are is noted without branches, since where it is as
 * good as chance nobody could foresee them; then they get a loop of their own. Header only, one thread.
 */
#ifndef TT_SOME_H
#define TT_SOME_H

#include <stdbool.h>
#include <stdint.h>

#define TT_SOME_MAX 256

/* To begin with, n = 0. */
struct tt_some {
	unsigned n;
	uint8_t at[TT_SOME_MAX];
};

/* Notes i if it is wanted; called at most TT_SOME_MAX times. */
static inline void
tt_some_note(struct tt_some *some, unsigned i, bool wanted)
{
	some->at[some->n] = (uint8_t)i;
	some->n += wanted;
}

#endif
