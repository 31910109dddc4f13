/* SPDX-License-Identifier: BSD-3-Clause */
/* A rest in as little memory as its contents need, and two of these as one. */
#include "tt_rest.h"
#include "tt_runs.h"

#include <errno.h>
#include <stdlib.h>

/* Writes the cells that are not zero to out, in order, or only counts them (NULL). */
static uint32_t
take_cells(const struct tt_rest *r, struct tt_sparse *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_cells; i++) {
		if (i % TT_CELL_BLOCK == 0 && !r->cells_used[i / TT_CELL_BLOCK]) {
			i += TT_CELL_BLOCK - 1;
			continue;
		}
		if (tt_rest_cell(r, i).packets == 0)
			continue;
		if (out != NULL)
			out[n] = (struct tt_sparse){i, tt_rest_cell(r, i)};
		n++;
	}
	return n;
}

static uint32_t
take_registers(const struct tt_rest *r, struct tt_sparse_register *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_registers; i++) {
		if (i % TT_REGISTER_BLOCK == 0
				&& !r->registers_used[i / TT_REGISTER_BLOCK]) {
			i += TT_REGISTER_BLOCK - 1;
			continue;
		}
		if (r->registers[i] == 0)
			continue;
		if (out != NULL)
			out[n] = (struct tt_sparse_register){i, r->registers[i]};
		n++;
	}
	return n;
}

/* An empty compact rest with room for what the numbers say. */
static int
init_compact(struct tt_rest *c, const struct tt_rest *like, uint32_t cells,
		uint32_t registers, uint32_t slices, uint32_t talkers)
{
	*c = (struct tt_rest){
			.config = like->config, .compact = true, .mem = tt_mem_heap()};
	c->sparse = calloc((size_t)cells + 1, sizeof(*c->sparse));
	c->sparse_registers = calloc((size_t)registers + 1, sizeof(*c->sparse_registers));
	c->slices = calloc((size_t)slices + 1, sizeof(*c->slices));
	c->talkers = calloc((size_t)talkers + 1, sizeof(*c->talkers));
	if (c->sparse != NULL && c->sparse_registers != NULL && c->slices != NULL
			&& c->talkers != NULL)
		return 0;
	tt_rest_fini(c);
	return -ENOMEM;
}

static void
append_keyed(struct tt_rest *c, const struct tt_rest *from)
{
	for (uint32_t i = 0; i < from->n_slices; i++)
		c->slices[c->n_slices++] = *tt_rest_slice(from, i);
	for (uint32_t i = 0; i < from->n_talkers; i++)
		c->talkers[c->n_talkers++] = *tt_rest_talker(from, i);
}

static void
add_lost(struct tt_rest *c, const struct tt_rest *from)
{
	c->slices_lost.packets += from->slices_lost.packets;
	c->slices_lost.keys += from->slices_lost.keys;
	c->talkers_lost.packets += from->talkers_lost.packets;
	c->talkers_lost.keys += from->talkers_lost.keys;
}

int
tt_rest_compact(struct tt_rest *c, const struct tt_rest *r)
{
	if (init_compact(c, r, take_cells(r, NULL), take_registers(r, NULL), r->n_slices,
			    r->n_talkers)
			!= 0)
		return -ENOMEM;
	c->n_sparse = take_cells(r, c->sparse);
	c->n_sparse_registers = take_registers(r, c->sparse_registers);
	append_keyed(c, r);
	add_lost(c, r);
	return 0;
}

uint64_t
tt_rest_compact_bytes(const struct tt_rest *r)
{
	uint64_t cells = r->compact ? r->n_sparse : take_cells(r, NULL);
	uint64_t registers = r->compact ? r->n_sparse_registers : take_registers(r, NULL);

	return cells * sizeof(*r->sparse) + registers * sizeof(*r->sparse_registers)
			+ r->n_slices * sizeof(*r->slices)
			+ r->n_talkers * sizeof(*r->talkers);
}

static int
by_cell(const void *a, const void *b)
{
	const struct tt_sparse *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

static int
by_register(const void *a, const void *b)
{
	const struct tt_sparse_register *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

static int
by_slice(const void *a, const void *b)
{
	const struct tt_slice *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static int
by_talker(const void *a, const void *b)
{
	const struct tt_entry *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

static void
add_count(struct tt_count *to, struct tt_count from)
{
	to->packets += from.packets;
	to->bytes += from.bytes;
}

static void
add_cell(void *to, const void *from)
{
	add_count(&((struct tt_sparse *)to)->count,
			((const struct tt_sparse *)from)->count);
}

static void
add_register(void *to, const void *from)
{
	struct tt_sparse_register *x = to;
	const struct tt_sparse_register *y = from;

	if (y->rho > x->rho)
		x->rho = y->rho;
}

static void
add_slice(void *to, const void *from)
{
	add_count(&((struct tt_slice *)to)->count,
			((const struct tt_slice *)from)->count);
}

static void
add_talker(void *to, const void *from)
{
	((struct tt_entry *)to)->packets += ((const struct tt_entry *)from)->packets;
}

static const struct tt_run_kind cells = {sizeof(struct tt_sparse), by_cell, add_cell};
static const struct tt_run_kind registers = {
		sizeof(struct tt_sparse_register), by_register, add_register};
static const struct tt_run_kind slices = {sizeof(struct tt_slice), by_slice, add_slice};
static const struct tt_run_kind talkers = {
		sizeof(struct tt_entry), by_talker, add_talker};

void
tt_rest_sort(struct tt_rest *r)
{
	TT_ASSERT(r->compact);
	qsort(r->slices, r->n_slices, sizeof(*r->slices), by_slice);
	qsort(r->talkers, r->n_talkers, sizeof(*r->talkers), by_talker);
}

/* Writes what two rests hold to `to`, where that has room; else only counts it. */
static void
merge_rests(struct tt_rest *to, const struct tt_rest *a, const struct tt_rest *b)
{
	to->n_sparse = tt_runs_merge(to->sparse,
			(struct tt_run[]){{a->sparse, a->n_sparse},
					{b->sparse, b->n_sparse}},
			2, &cells);
	to->n_sparse_registers = tt_runs_merge(to->sparse_registers,
			(struct tt_run[]){{a->sparse_registers, a->n_sparse_registers},
					{b->sparse_registers, b->n_sparse_registers}},
			2, &registers);
	to->n_slices = tt_runs_merge(to->slices,
			(struct tt_run[]){{a->slices, a->n_slices},
					{b->slices, b->n_slices}},
			2, &slices);
	to->n_talkers = tt_runs_merge(to->talkers,
			(struct tt_run[]){{a->talkers, a->n_talkers},
					{b->talkers, b->n_talkers}},
			2, &talkers);
}

uint64_t
tt_rest_join_bytes(const struct tt_rest *a, const struct tt_rest *b)
{
	struct tt_rest sizes = {.compact = true};

	merge_rests(&sizes, a, b);
	return tt_rest_compact_bytes(&sizes);
}

int
tt_rest_join(struct tt_rest *to, const struct tt_rest *a, const struct tt_rest *b)
{
	struct tt_rest sizes = {0};

	merge_rests(&sizes, a, b);
	if (init_compact(to, a, sizes.n_sparse, sizes.n_sparse_registers, sizes.n_slices,
			    sizes.n_talkers)
			!= 0)
		return -ENOMEM;
	merge_rests(to, a, b);
	add_lost(to, a);
	add_lost(to, b);
	return 0;
}
