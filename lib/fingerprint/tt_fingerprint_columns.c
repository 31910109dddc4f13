/* SPDX-License-Identifier: BSD-3-Clause */
/* Values → columns: each value has a column from the step that makes it to its last reader. */
#include "tt_fingerprint_program.h"

#include <errno.h>
#include <string.h>

#define VALUES_MAX (TT_FP_N_SOURCES + TT_FP_STEPS_MAX)

struct plan {
	unsigned last_read[VALUES_MAX]; /* by the step before this; 0: by none */
	uint16_t columns[VALUES_MAX];
	uint64_t taken; /* bit per column */
	unsigned n_columns;
	bool full;
};

_Static_assert(TT_FP_COLUMNS_MAX == 64, "one bit each");

static void
find_last_readers(struct plan *plan, const struct tt_fp_program *program)
{
	for (unsigned i = 0; i < program->n; i++) {
		const struct tt_fp_step *step = &program->steps[i];

		if (tt_fp_step_reads_a(step))
			plan->last_read[step->a] = i + 1;
		if (tt_fp_step_reads_b(step))
			plan->last_read[step->b] = i + 1;
	}
}

static uint16_t
take(struct plan *plan, unsigned value)
{
	unsigned column;

	if (plan->taken == UINT64_MAX) {
		plan->full = true;
		return 0;
	}
	column = (unsigned)__builtin_ctzll(~plan->taken);
	plan->taken |= UINT64_C(1) << column;
	if (column >= plan->n_columns)
		plan->n_columns = column + 1;
	return plan->columns[value] = (uint16_t)column;
}

static void
give_back(struct plan *plan, uint16_t column)
{
	plan->taken &= ~(UINT64_C(1) << column);
}

/* Returns the column of a value that step i reads, and gives it back if nobody else will. */
static uint16_t
read_column(struct plan *plan, unsigned value, unsigned i)
{
	if (plan->last_read[value] == i + 1)
		give_back(plan, plan->columns[value]);
	return plan->columns[value];
}

static void
place_steps(struct plan *plan, struct tt_fp_program *program)
{
	for (unsigned i = 0; i < program->n; i++) {
		struct tt_fp_step *step = &program->steps[i];
		const unsigned value = step->to;

		if (tt_fp_step_reads_a(step))
			step->a = read_column(plan, step->a, i);
		if (tt_fp_step_reads_b(step))
			step->b = read_column(plan, step->b, i);
		if (!tt_fp_step_writes(step))
			continue;
		step->to = take(plan, value);
		if (plan->last_read[value] == 0)
			give_back(plan, step->to);
	}
}

int
tt_fp_give_columns(struct tt_fp_program *program)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	int ret;

	if (plan == NULL)
		return -ENOMEM;
	find_last_readers(plan, program);
	for (unsigned i = 0; i < TT_FP_N_SOURCES; i++)
		program->sources[i] = plan->last_read[i] != 0 ? take(plan, i)
							      : TT_FP_NO_COLUMN;
	place_steps(plan, program);
	program->n_columns = plan->n_columns;
	ret = plan->full ? -E2BIG : 0;
	free(plan);
	return ret;
}
