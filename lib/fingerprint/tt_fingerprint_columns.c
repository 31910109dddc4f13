/* SPDX-License-Identifier: BSD-3-Clause */
/* Values → columns: each value has a column from the step that makes it to its last reader. */
#include "tt_fingerprint_program.h"

#include <errno.h>
#include <string.h>

#define VALUES_MAX (TT_FP_N_SOURCES + TT_FP_STEPS_MAX)

struct plan {
	unsigned last_read[VALUES_MAX]; /* by the step before this; 0: by none */
	uint8_t columns[VALUES_MAX];
	bool is_number[VALUES_MAX];
	uint64_t taken[2]; /* bit per column; of truths, of numbers */
	bool full;
	unsigned full_at; /* step */
};

_Static_assert(TT_FP_COLUMNS_MAX == 64, "one bit each");

static void
tell_numbers(struct plan *plan, const struct tt_fp_program *program)
{
	for (unsigned i = 0; i < TT_FP_N_FIELDS; i++)
		plan->is_number[i] = true;
	for (unsigned i = 0; i < program->n; i++)
		plan->is_number[TT_FP_N_SOURCES + i] = tt_fp_step_is_number(
				&program->steps[i]);
}

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
place_of(const struct plan *plan, unsigned value)
{
	const unsigned column = plan->columns[value];

	return (uint16_t)(plan->is_number[value] ? TT_FP_NUMBER_AT(column)
						 : TT_FP_TRUTH_AT(column));
}

static uint16_t
take(struct plan *plan, unsigned value)
{
	uint64_t *taken = &plan->taken[plan->is_number[value]];
	unsigned column = 0;

	if (*taken == UINT64_MAX)
		plan->full = true;
	else
		column = (unsigned)__builtin_ctzll(~*taken);
	*taken |= UINT64_C(1) << column;
	plan->columns[value] = (uint8_t)column;
	return place_of(plan, value);
}

static void
give_back(struct plan *plan, unsigned value)
{
	plan->taken[plan->is_number[value]] &= ~(UINT64_C(1) << plan->columns[value]);
}

/* Returns the place of a value that step i reads, and gives it back if nobody else will. */
static uint16_t
read_column(struct plan *plan, unsigned value, unsigned i)
{
	if (plan->last_read[value] == i + 1)
		give_back(plan, value);
	return place_of(plan, value);
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
		if (!plan->full)
			plan->full_at = i;
		step->to = take(plan, value);
		if (plan->last_read[value] == 0)
			give_back(plan, value);
	}
}

static void
place_sources(struct plan *plan, struct tt_fp_program *program)
{
	for (unsigned i = 0; i < TT_FP_N_SOURCES; i++)
		program->sources[i] = plan->last_read[i] != 0 ? take(plan, i)
							      : TT_FP_NO_COLUMN;
	for (unsigned i = 0; i < TT_FP_N_FIELDS; i++)
		if (program->sources[i] != TT_FP_NO_COLUMN)
			program->fields[program->n_fields++] = (uint8_t)i;
}

int
tt_fp_give_columns(struct tt_fp_program *program, unsigned *step)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	int ret;

	if (plan == NULL)
		return -ENOMEM;
	tell_numbers(plan, program);
	find_last_readers(plan, program);
	place_sources(plan, program);
	place_steps(plan, program);
	ret = plan->full ? -E2BIG : 0;
	*step = plan->full_at;
	free(plan);
	return ret;
}
