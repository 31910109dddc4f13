/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files that make compact tallies share; not for other rooms. */
#ifndef TT_TALLY_PRIVATE_H
#define TT_TALLY_PRIVATE_H

#include "tt_tally.h"

/* An empty compact tally on the heap, with everything of another one but its tables and its rest;
 * NULL where memory is short. */
struct tt_tally *tt_tally_copy_head(const struct tt_tally *from);

/* Takes tables for so many. Returns whether there was memory. */
bool tt_tally_take_tables(
		struct tt_tally *compact, size_t pairs, size_t contacts, size_t ports);

#endif
