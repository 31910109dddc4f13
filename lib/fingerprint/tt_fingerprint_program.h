/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All rules of a set as one straight program over columns: a column has one element for each packet of a
 * chunk, and a step is one loop over a column or two. A column of numbers has 32 bits for each packet, one
 * of truths a byte, all bits or none: most steps are comparisons and what is made of them, and go over sixteen
 * packets at once. Steps that say the same are one step (every rule asks for SYNs, for one), and columns are
 * used again after their last reader. Made once, at start, on the heap; then read-only, any thread; the
 * columns lie on the stack of the one that runs it. Rules that together need more steps or columns than
 * there are are refused at start.
 */
#ifndef TT_FINGERPRINT_PROGRAM_H
#define TT_FINGERPRINT_PROGRAM_H

#include "tt_fingerprint_field.h"

#define TT_FP_CHUNK       64 /* packets; all columns then are 20 KiB */
#define TT_FP_COLUMNS_MAX 64 /* of numbers, and as many of truths */
#define TT_FP_STEPS_MAX   4096

struct tt_fp_columns {
	uint32_t numbers[TT_FP_COLUMNS_MAX][TT_FP_CHUNK];
	uint8_t truths[TT_FP_COLUMNS_MAX][TT_FP_CHUNK];
} TT_CACHE_ALIGNED;

/* Where a column begins, in bytes from the first one. */
#define TT_FP_NUMBER_AT(column) (offsetof(struct tt_fp_columns, numbers[column]))
#define TT_FP_TRUTH_AT(column)  (offsetof(struct tt_fp_columns, truths[column]))

/* Columns that are made of the packets: every field, then, as bytes among the truths, what each packet has. */
#define TT_FP_SOURCE_HAS TT_FP_N_FIELDS
#define TT_FP_N_SOURCES  (TT_FP_N_FIELDS + 1)
#define TT_FP_NO_COLUMN  UINT16_MAX
_Static_assert(sizeof(struct tt_fp_columns) < TT_FP_NO_COLUMN, "so that it is none");

enum tt_fp_operation {
	TT_FP_STEP_PAIR, /* number to = a KIND b */
	TT_FP_STEP_VALUE, /* number to = a KIND value */
	TT_FP_STEP_CONSTANT, /* number to = value */
	TT_FP_STEP_COMPARE_PAIR, /* truth to = a KIND b, of numbers */
	TT_FP_STEP_COMPARE_VALUE, /* truth to = a KIND value, of a number */
	TT_FP_STEP_LOGIC, /* truth to = a KIND b, of truths: TT_FP_AND or TT_FP_OR */
	TT_FP_STEP_NOT, /* truth to = not a */
	TT_FP_STEP_TRUTH, /* truth to = value */
	TT_FP_STEP_HAS, /* truth to = a has all bits of value */
	TT_FP_STEP_ANSWER, /* rule `value` is tested where a, and matches where a and b */
};

/* A truth of a column. */
#define TT_FP_TRUTH(holds) ((uint8_t)((holds) ? 0xff : 0))

/* While the program is made, a, b and to are values: sources, then the steps in their order. */
struct tt_fp_step {
	uint8_t operation; /* enum tt_fp_operation */
	uint8_t kind; /* enum tt_fp_kind */
	uint16_t a, b, to; /* where columns begin, of numbers or truths */
	uint32_t value;
};

struct tt_fp_program {
	struct tt_fp_step *steps; /* [n] */
	unsigned n;
	uint16_t sources[TT_FP_N_SOURCES]; /* where the column of each begins, or TT_FP_NO_COLUMN */
	uint8_t fields[TT_FP_N_FIELDS]; /* [n_fields], those that have one */
	unsigned n_fields;
};

static inline uint32_t *
tt_fp_number(struct tt_fp_columns *c, uint16_t at)
{
	return (uint32_t *)(void *)((uint8_t *)c + at);
}

static inline uint8_t *
tt_fp_truth(struct tt_fp_columns *c, uint16_t at)
{
	return (uint8_t *)c + at;
}

/*
 * Runs a step, but TT_FP_STEP_ANSWER. It works on whole groups of TT_FP_GROUP elements, so that a loop is
 * straight code on vectors, without ends; what stands behind the last packet is calculated with and never
 * looked at. n: a multiple of TT_FP_GROUP, at most TT_FP_CHUNK.
 */
#define TT_FP_GROUP 16
void tt_fp_run_step(const struct tt_fp_step *step, struct tt_fp_columns *c, unsigned n);
_Static_assert(TT_FP_CHUNK % TT_FP_GROUP == 0, "whole groups");

struct tt_fingerprints;

/* Where rules together are too much. */
struct tt_fp_excess {
	unsigned rule; /* the first in whose steps it shows */
	bool columns; /* not steps */
};

/* Makes the program of set's rules. 0, -ENOMEM, or -E2BIG with *excess: more steps or columns than there are. */
int tt_fp_compile(struct tt_fingerprints *set, struct tt_fp_excess *excess) TT_MUST_CHECK;

/* Gives the values of a program their columns. 0, -ENOMEM, or -E2BIG with the first step that has none. */
int tt_fp_give_columns(struct tt_fp_program *program, unsigned *step) TT_MUST_CHECK;

static inline bool
tt_fp_step_reads_a(const struct tt_fp_step *step)
{
	return step->operation != TT_FP_STEP_CONSTANT
			&& step->operation != TT_FP_STEP_TRUTH;
}

static inline bool
tt_fp_step_reads_b(const struct tt_fp_step *step)
{
	switch (step->operation) {
	case TT_FP_STEP_PAIR:
	case TT_FP_STEP_COMPARE_PAIR:
	case TT_FP_STEP_LOGIC:
	case TT_FP_STEP_ANSWER:
		return true;
	default:
		return false;
	}
}

static inline bool
tt_fp_step_writes(const struct tt_fp_step *step)
{
	return step->operation != TT_FP_STEP_ANSWER;
}

/* Does it write a number? */
static inline bool
tt_fp_step_is_number(const struct tt_fp_step *step)
{
	return step->operation <= TT_FP_STEP_CONSTANT;
}

#endif
