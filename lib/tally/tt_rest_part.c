/* SPDX-License-Identifier: BSD-3-Clause */
/* Less memory for the tables of a rest: a part of them where few keys are to come, none once they are of no more use. */
#include "tt_rest.h"

/* So many slots of the talkers for each that may come: as few are then pushed out as from a table that is half full. */
#define TALKERS_LOAD 2

static uint64_t
min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void
tt_rest_narrow(struct tt_rest *r, uint64_t slices, uint64_t talkers)
{
	uint64_t slots = 2;

	TT_ASSERT(!r->compact && r->n_slices == 0 && r->n_talkers == 0);
	while (slots < TALKERS_LOAD * talkers && slots < r->max_talkers)
		slots *= 2;
	r->config.talkers = min_u64(slots, r->max_talkers);
	r->slice_lines.mask = tt_pair_lines_for(min_u64(slices, r->max_slices)) - 1;
}

void
tt_rest_widen(struct tt_rest *r)
{
	r->config.talkers = r->max_talkers;
	r->slice_lines.mask = tt_pair_lines_for(r->max_slices) - 1;
}

void
tt_rest_discard_talkers(struct tt_rest *r)
{
	/* Of few, their slots are cleared one by one at the next reset, which is cheaper. */
	if (r->mem->discard == NULL || r->compact || r->n_talkers < r->config.talkers / 8)
		return;
	tt_mem_discard(r->mem, r->talkers, r->config.talkers * sizeof(*r->talkers));
	r->n_talkers = 0;
}

void
tt_rest_discard_slices(struct tt_rest *r)
{
	/* As at a reset. */
	if (r->mem->discard == NULL || r->compact || r->n_slices <= r->slice_lines.mask)
		return;
	tt_mem_discard(r->mem, r->slices, r->n_slices * sizeof(*r->slices));
	tt_mem_discard(r->mem, r->slice_lines.lines,
			(r->slice_lines.mask + 1) * sizeof(*r->slice_lines.lines));
	r->n_slices = 0;
}
