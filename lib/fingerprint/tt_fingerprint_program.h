/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All rules of a set as one straight program over columns: a column is one 32-bit number for
 * each packet of a chunk, and a step is one loop over a column or two. Steps that say the same
 * are one step (every rule asks for SYNs, for one), and columns are used again after their last
 * reader. Made once, at start, on the heap; then read-only, any thread; the columns lie on the
 * stack of the one that runs it. Rules that together need more steps or columns than there are
 * are refused at start.
 */
#ifndef TT_FINGERPRINT_PROGRAM_H
#define TT_FINGERPRINT_PROGRAM_H

#include "tt_fingerprint_field.h"

#define TT_FP_CHUNK       64 /* packets; all columns then are 16 KiB */
#define TT_FP_COLUMNS_MAX 64
#define TT_FP_STEPS_MAX   4096

/* Columns that are made of the packets: every field, then what each packet has. */
#define TT_FP_SOURCE_HAS TT_FP_N_FIELDS
#define TT_FP_N_SOURCES  (TT_FP_N_FIELDS + 1)
#define TT_FP_NO_COLUMN  UINT16_MAX

enum tt_fp_operation {
	TT_FP_STEP_PAIR, /* to = a KIND b */
	TT_FP_STEP_VALUE, /* to = a KIND value */
	TT_FP_STEP_CONSTANT, /* to = value */
	TT_FP_STEP_HAS, /* to = a has all bits of value, 1 or 0 */
	TT_FP_STEP_ANSWER, /* rule `value` is tested where a, and matches where a and b */
};

/* While the program is made, a, b and to are values: sources, then the steps in their order. */
struct tt_fp_step {
	uint8_t operation; /* enum tt_fp_operation */
	uint8_t kind; /* enum tt_fp_kind */
	uint16_t a, b, to; /* columns */
	uint32_t value;
};

struct tt_fp_program {
	struct tt_fp_step *steps; /* [n] */
	unsigned n;
	unsigned n_columns;
	uint16_t sources[TT_FP_N_SOURCES]; /* the column of each, or TT_FP_NO_COLUMN */
};

struct tt_fingerprints;

/* Makes the program of set's rules. 0, -ENOMEM, or -E2BIG: more steps or columns than there are. */
int tt_fp_compile(struct tt_fingerprints *set) TT_MUST_CHECK;

/* Gives the values of a program their columns. 0, -ENOMEM or -E2BIG. */
int tt_fp_give_columns(struct tt_fp_program *program) TT_MUST_CHECK;

static inline bool
tt_fp_step_reads_b(const struct tt_fp_step *step)
{
	return step->operation == TT_FP_STEP_PAIR || step->operation == TT_FP_STEP_ANSWER;
}

static inline bool
tt_fp_step_reads_a(const struct tt_fp_step *step)
{
	return step->operation != TT_FP_STEP_CONSTANT;
}

static inline bool
tt_fp_step_writes(const struct tt_fp_step *step)
{
	return step->operation != TT_FP_STEP_ANSWER;
}

#endif
