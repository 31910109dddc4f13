/* SPDX-License-Identifier: BSD-3-Clause */
/* A rest in as little memory as its contents need, and two of these as one. */
#include "tt_rest.h"

#include <errno.h>
#include <string.h>

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
		if (r->cells[i].packets == 0)
			continue;
		if (out != NULL)
			out[n] = (struct tt_sparse){i, r->cells[i]};
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

static void
join_cells(struct tt_rest *to, const struct tt_rest *a, const struct tt_rest *b)
{
	uint32_t i = 0, k = 0;

	while (i < a->n_sparse || k < b->n_sparse) {
		bool from_a = k == b->n_sparse
				|| (i < a->n_sparse
						&& a->sparse[i].index
								<= b->sparse[k].index);
		const struct tt_sparse *next = from_a ? &a->sparse[i++] : &b->sparse[k++];
		struct tt_sparse *last = &to->sparse[to->n_sparse - (to->n_sparse > 0)];

		if (to->n_sparse > 0 && last->index == next->index) {
			last->count.packets += next->count.packets;
			last->count.bytes += next->count.bytes;
		} else {
			to->sparse[to->n_sparse++] = *next;
		}
	}
}

static void
join_registers(struct tt_rest *to, const struct tt_rest *a, const struct tt_rest *b)
{
	const struct tt_sparse_register *x = a->sparse_registers,
					*y = b->sparse_registers;
	const struct tt_sparse_register *x_end = x + a->n_sparse_registers;
	const struct tt_sparse_register *y_end = y + b->n_sparse_registers;

	while (x < x_end || y < y_end) {
		struct tt_sparse_register next;

		if (y == y_end || (x < x_end && x->index < y->index))
			next = *x++;
		else if (x == x_end || y->index < x->index)
			next = *y++;
		else {
			next = x->rho > y->rho ? *x : *y;
			x++;
			y++;
		}
		to->sparse_registers[to->n_sparse_registers++] = next;
	}
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

/* Brings together what has the same key, so that parts joined many times do not grow. */
static void
join_keyed(struct tt_rest *to)
{
	uint32_t n = 0;

	qsort(to->slices, to->n_slices, sizeof(*to->slices), by_slice);
	for (uint32_t i = 0; i < to->n_slices; i++) {
		if (n > 0 && by_slice(&to->slices[n - 1], &to->slices[i]) == 0) {
			to->slices[n - 1].count.packets += to->slices[i].count.packets;
			to->slices[n - 1].count.bytes += to->slices[i].count.bytes;
		} else {
			to->slices[n++] = to->slices[i];
		}
	}
	to->n_slices = n;
	n = 0;
	qsort(to->talkers, to->n_talkers, sizeof(*to->talkers), by_talker);
	for (uint32_t i = 0; i < to->n_talkers; i++) {
		if (n > 0 && by_talker(&to->talkers[n - 1], &to->talkers[i]) == 0)
			to->talkers[n - 1].packets += to->talkers[i].packets;
		else
			to->talkers[n++] = to->talkers[i];
	}
	to->n_talkers = n;
}

int
tt_rest_join(struct tt_rest *to, const struct tt_rest *a, const struct tt_rest *b)
{
	if (init_compact(to, a, a->n_sparse + b->n_sparse,
			    a->n_sparse_registers + b->n_sparse_registers,
			    a->n_slices + b->n_slices, a->n_talkers + b->n_talkers)
			!= 0)
		return -ENOMEM;
	join_cells(to, a, b);
	join_registers(to, a, b);
	append_keyed(to, a);
	append_keyed(to, b);
	join_keyed(to);
	return 0;
}
