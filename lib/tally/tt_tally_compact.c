/* SPDX-License-Identifier: BSD-3-Clause */
/* A tally in as little memory as its contents need. */
#include "tt_tally.h"

#include <string.h>

static uint32_t
count_nonzero(const struct tt_count *dense, uint32_t n)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < n; i++)
		found += dense[i].packets != 0;
	return found;
}

/* Returns the cells that are not zero as [*found], or NULL if memory is short. */
static struct tt_sparse *
make_sparse(const struct tt_count *dense, uint32_t n, uint32_t *found)
{
	uint32_t k = 0;
	struct tt_sparse *sparse;

	*found = count_nonzero(dense, n);
	sparse = calloc(*found + 1, sizeof(*sparse));
	for (uint32_t i = 0; sparse != NULL && i < n; i++)
		if (dense[i].packets != 0)
			sparse[k++] = (struct tt_sparse){i, dense[i]};
	return sparse;
}

struct tt_tally *
tt_tally_compact(const struct tt_tally *tally)
{
	struct tt_mem *mem = tt_mem_heap();
	struct tt_tally *c = tt_mem_alloc(mem, sizeof(*c), "compact tally");
	uint32_t n = tally->n_used > 0 ? tally->n_used : 1;

	if (c == NULL)
		return NULL;
	*c = *tally;
	c->mem = mem;
	c->mask = n - 1;
	c->pairs = n;
	c->cells = c->overflow = NULL;
	c->slots = tt_mem_alloc(mem, n * sizeof(*c->slots), "compact tally");
	c->used = tt_mem_alloc(mem, n * sizeof(*c->used), "compact tally");
	c->sparse_cells = make_sparse(tally->cells, TT_N_CELLS, &c->n_sparse_cells);
	c->sparse_overflow = make_sparse(tally->overflow,
			tally->overflow_packets != 0 ? TT_N_OVERFLOW : 0,
			&c->n_sparse_overflow);
	if (c->slots == NULL || c->used == NULL || c->sparse_cells == NULL
			|| c->sparse_overflow == NULL) {
		tt_tally_destroy(c);
		return NULL;
	}
	for (uint32_t i = 0; i < tally->n_used; i++) {
		c->slots[i] = tally->slots[tally->used[i]];
		c->used[i] = i;
	}
	return c;
}

uint64_t
tt_tally_compact_bytes(const struct tt_tally *tally)
{
	return sizeof(*tally) + (uint64_t)tally->n_used * (sizeof(struct tt_slot) + 4)
			+ ((uint64_t)tally->n_sparse_cells + tally->n_sparse_overflow + 2)
			* sizeof(struct tt_sparse);
}

static void
add(struct tt_count *to, const struct tt_count *from)
{
	to->packets += from->packets;
	to->bytes += from->bytes;
}

static void
add_all(struct tt_count *to, const struct tt_count *dense, uint32_t n,
		const struct tt_sparse *sparse, uint32_t n_sparse)
{
	for (uint32_t i = 0; dense != NULL && i < n; i++)
		add(&to[i], &dense[i]);
	for (uint32_t i = 0; i < n_sparse; i++)
		add(&to[sparse[i].index], &sparse[i].count);
}

void
tt_tally_add_cells(const struct tt_tally *tally, struct tt_count *cells)
{
	add_all(cells, tally->cells, TT_N_CELLS, tally->sparse_cells,
			tally->n_sparse_cells);
}

void
tt_tally_add_overflow(const struct tt_tally *tally, struct tt_count *overflow)
{
	if (tally->overflow_packets != 0)
		add_all(overflow, tally->overflow, TT_N_OVERFLOW, tally->sparse_overflow,
				tally->n_sparse_overflow);
}
