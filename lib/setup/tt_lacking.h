/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What full tables lack, as an operator is told of it: sums of a run, and of a live one in which interval that
 * begins and ends, since it may go on for months. Pure functions on the caller's memory, any thread.
 */
#ifndef TT_LACKING_H
#define TT_LACKING_H

#include "tt_ledger.h"
#include "tt_merge.h"

/* Packets that have no row of their own in each table; of signatures, matches. */
struct tt_lacking {
	uint64_t of[TT_N_LEDGER_TABLES];
};

/* Adds what a snapshot's tables lack. Sketches are not among them: rows of these are left out by choice. */
void tt_lacking_add(struct tt_lacking *lacking, const struct tt_totals *totals);

/* Writes "pairs 123, contacts 45: packets that these tables lack, since they were full …", or
 * "" where they lack nothing; returns text. */
#define TT_LACKING_TEXT_MAX 384
char *tt_lacking_text(const struct tt_lacking *lacking, char text[TT_LACKING_TEXT_MAX]);

/*
 * Of a snapshot, in the order of time. told: a bit 1 << table for each that was said to be full; 0 at first. Writes
 * into begun the same of those that lack something and did not before, into ended "pairs, talkers", those that lack
 * nothing any more; "" where there are none.
 */
void tt_lacking_change(unsigned *told, const struct tt_totals *totals,
		char begun[TT_LACKING_TEXT_MAX], char ended[TT_LACKING_TEXT_MAX]);

#endif
