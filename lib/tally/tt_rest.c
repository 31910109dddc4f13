/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rest.h"

#include <errno.h>
#include <string.h>

/* So many of the slots that are asked for make room for one slice. Their index is a third full at most. */
#define SLICES_LOAD 4

static uint32_t
cells_of(const struct tt_rest_config *c)
{
	return TT_N_FIXED_CELLS + TT_N_CLASSES * c->destinations->n;
}

static uint32_t
registers_of(const struct tt_rest_config *c)
{
	return TT_N_FIXED_REGISTERS + (c->prefixes->n << TT_SKETCH_P_PREFIX);
}

static uint32_t
floors_of(const struct tt_rest_config *c)
{
	return TT_FLOOR_PREFIX + c->prefixes->n;
}

static size_t
packet_cells_bytes(const struct tt_rest *r)
{
	return (r->n_cells - TT_CELL_PACKETS) * sizeof(*r->packet_cells);
}

uint64_t
tt_rest_bytes(const struct tt_rest_config *c)
{
	struct tt_rest r = {.n_cells = cells_of(c), .n_registers = registers_of(c)};

	return TT_CELL_PACKETS * sizeof(*r.cells) + packet_cells_bytes(&r)
			+ tt_rest_cell_blocks(&r) + r.n_registers
			+ tt_rest_register_blocks(&r) + floors_of(c) * sizeof(*r.floors)
			+ c->slices / SLICES_LOAD * sizeof(*r.slices)
			+ tt_pair_lines_for(c->slices / SLICES_LOAD)
			* sizeof(*r.slice_lines.lines)
			+ c->talkers * (sizeof(*r.talkers) + sizeof(*r.talkers_at));
}

static size_t
slice_lines_bytes(const struct tt_rest *r)
{
	return (r->slice_lines.mask + 1) * sizeof(*r->slice_lines.lines);
}

static void
mark_dense(struct tt_rest *r)
{
	memset(r->cells_used, 1, TT_CELL_DENSE_END / TT_CELL_BLOCK);
}

int
tt_rest_init(struct tt_rest *r, const struct tt_rest_config *c, struct tt_mem *mem)
{
	*r = (struct tt_rest){.config = *c,
			.place = tt_hash_seed_of(c->seed),
			.n_cells = cells_of(c),
			.n_registers = registers_of(c),
			.n_floors = floors_of(c),
			.max_slices = (uint32_t)(c->slices / SLICES_LOAD),
			.slice_lines.mask = tt_pair_lines_for(c->slices / SLICES_LOAD)
					- 1,
			.max_talkers = (uint32_t)c->talkers,
			.mem = mem};
	r->cells = tt_mem_alloc(
			mem, TT_CELL_PACKETS * sizeof(*r->cells), "plain counters");
	r->packet_cells = tt_mem_alloc(mem, packet_cells_bytes(r), "plain counters");
	r->cells_used = tt_mem_alloc(mem, tt_rest_cell_blocks(r), "plain counters");
	r->registers = tt_mem_alloc(mem, r->n_registers, "sketches");
	r->registers_used = tt_mem_alloc(mem, tt_rest_register_blocks(r), "sketches");
	r->floors = tt_mem_alloc(mem, r->n_floors * sizeof(*r->floors), "sketches");
	r->slices = tt_mem_alloc(mem, r->max_slices * sizeof(*r->slices), "slices");
	r->slice_lines.lines = tt_mem_alloc(mem, slice_lines_bytes(r), "slices");
	r->talkers = tt_mem_alloc(mem, c->talkers * sizeof(*r->talkers), "talkers");
	r->talkers_at = tt_mem_alloc(
			mem, r->max_talkers * sizeof(*r->talkers_at), "talkers");
	if (r->cells == NULL || r->packet_cells == NULL || r->cells_used == NULL
			|| r->registers == NULL || r->registers_used == NULL
			|| r->floors == NULL || r->slices == NULL
			|| r->slice_lines.lines == NULL || r->talkers == NULL
			|| r->talkers_at == NULL) {
		tt_rest_fini(r);
		return -ENOMEM;
	}
	mark_dense(r);
	return 0;
}

void
tt_rest_fini(struct tt_rest *r)
{
	if (r->mem == NULL)
		return;
	tt_mem_free(r->mem, r->cells, TT_CELL_PACKETS * sizeof(*r->cells));
	tt_mem_free(r->mem, r->packet_cells, packet_cells_bytes(r));
	tt_mem_free(r->mem, r->cells_used, tt_rest_cell_blocks(r));
	tt_mem_free(r->mem, r->registers, r->n_registers);
	tt_mem_free(r->mem, r->registers_used, tt_rest_register_blocks(r));
	tt_mem_free(r->mem, r->floors, r->n_floors * sizeof(*r->floors));
	tt_mem_free(r->mem, r->slice_lines.lines, slice_lines_bytes(r));
	tt_mem_free(r->mem, r->talkers_at, r->max_talkers * sizeof(*r->talkers_at));
	if (r->compact) {
		free(r->slices);
		free(r->talkers);
	} else {
		tt_mem_free(r->mem, r->slices, r->max_slices * sizeof(*r->slices));
		tt_mem_free(r->mem, r->talkers, r->config.talkers * sizeof(*r->talkers));
	}
	free(r->sparse);
	free(r->sparse_registers);
	*r = (struct tt_rest){0};
}

/* Beyond so many one long clearing is cheaper than many short ones. */
static void
clear_index(struct tt_rest *r)
{
	if (r->n_slices > r->slice_lines.mask) {
		memset(r->slice_lines.lines, 0, slice_lines_bytes(r));
		return;
	}
	for (uint32_t i = 0; i < r->n_slices; i++)
		tt_pair_clear(&r->slice_lines, tt_rest_slice_hash(r, r->slices[i].key));
}

static void
clear_cell_block(struct tt_rest *r, uint32_t first, uint32_t n)
{
	if (first < TT_CELL_PACKETS)
		memset(&r->cells[first], 0, n * sizeof(*r->cells));
	else
		memset(tt_rest_packets(r, first), 0, n * sizeof(*r->packet_cells));
}

void
tt_rest_reset(struct tt_rest *r)
{
	uint32_t n;

	for (uint32_t b = 0; b < tt_rest_cell_blocks(r); b++) {
		n = r->n_cells - b * TT_CELL_BLOCK;
		if (r->cells_used[b])
			clear_cell_block(r, b * TT_CELL_BLOCK,
					n < TT_CELL_BLOCK ? n : TT_CELL_BLOCK);
	}
	for (uint32_t b = 0; b < tt_rest_register_blocks(r); b++) {
		n = r->n_registers - b * TT_REGISTER_BLOCK;
		if (r->registers_used[b])
			memset(&r->registers[b * TT_REGISTER_BLOCK], 0,
					n < TT_REGISTER_BLOCK ? n : TT_REGISTER_BLOCK);
	}
	memset(r->cells_used, 0, tt_rest_cell_blocks(r));
	mark_dense(r);
	memset(r->registers_used, 0, tt_rest_register_blocks(r));
	memset(r->floors, 0, r->n_floors * sizeof(*r->floors));
	clear_index(r);
	for (uint32_t i = 0; i < r->n_talkers; i++)
		r->talkers[r->talkers_at[i]] = (struct tt_entry){0};
	r->n_slices = r->n_talkers = 0;
	r->slices_lost = r->talkers_lost = (struct tt_not_kept){0};
}
