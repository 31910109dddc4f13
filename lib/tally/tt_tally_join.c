/* SPDX-License-Identifier: BSD-3-Clause */
/* Two compact tallies of one interval into one. */
#include "tt_tally.h"

#include <string.h>

static int
by_pair(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

static void
add_slot(struct tt_slot *to, const struct tt_slot *from)
{
	to->count.packets += from->count.packets;
	to->count.bytes += from->count.bytes;
	if (from->first_us < to->first_us)
		to->first_us = from->first_us;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
}

/* Sorts slots[n] and joins those of the same pair. Returns how many are left. */
static uint32_t
join_slots(struct tt_slot *slots, uint32_t n)
{
	uint32_t out = 0;

	if (n == 0)
		return 0;
	qsort(slots, n, sizeof(*slots), by_pair);
	for (uint32_t i = 1; i < n; i++) {
		if (by_pair(&slots[out], &slots[i]) == 0)
			add_slot(&slots[out], &slots[i]);
		else
			slots[++out] = slots[i];
	}
	return out + 1;
}

/* Joins two ascending lists as [*n]; NULL if memory is short. */
static struct tt_sparse *
join_sparse(const struct tt_sparse *a, uint32_t n_a, const struct tt_sparse *b,
		uint32_t n_b, uint32_t *n)
{
	struct tt_sparse *out = calloc((size_t)n_a + n_b + 1, sizeof(*out));
	uint32_t i = 0, k = 0;

	*n = 0;
	while (out != NULL && (i < n_a || k < n_b)) {
		bool from_a = k == n_b || (i < n_a && a[i].index <= b[k].index);
		const struct tt_sparse *next = from_a ? &a[i++] : &b[k++];

		if (*n > 0 && out[*n - 1].index == next->index) {
			out[*n - 1].count.packets += next->count.packets;
			out[*n - 1].count.bytes += next->count.bytes;
		} else {
			out[(*n)++] = *next;
		}
	}
	return out;
}

static void
add_frames(struct tt_tally *to, const struct tt_tally *from)
{
	to->overflow_packets += from->overflow_packets;
	to->frames += from->frames;
	to->frame_bytes += from->frame_bytes;
	to->late += from->late;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		to->fates[i] += from->fates[i];
	if (from->first_us < to->first_us)
		to->first_us = from->first_us;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
}

/* The slots of both, joined, in memory of exactly their number. */
static bool
take_slots(struct tt_tally *to, const struct tt_tally *a, const struct tt_tally *b)
{
	uint32_t room = a->n_used + b->n_used;
	struct tt_slot *all = tt_mem_alloc(
			to->mem, (size_t)room * sizeof(*all), "compact tally");

	if (all == NULL)
		return false;
	if (room > 0) {
		memcpy(all, a->slots, a->n_used * sizeof(*all));
		memcpy(all + a->n_used, b->slots, b->n_used * sizeof(*all));
	}
	to->n_used = join_slots(all, room);
	to->pairs = to->n_used > 0 ? to->n_used : 1;
	to->mask = to->pairs - 1;
	to->slots = tt_mem_alloc(to->mem, to->pairs * sizeof(*all), "compact tally");
	to->used = tt_mem_alloc(to->mem, to->pairs * sizeof(*to->used), "compact tally");
	if (to->slots != NULL && to->used != NULL)
		for (uint32_t i = 0; i < to->n_used; i++) {
			to->slots[i] = all[i];
			to->used[i] = i;
		}
	tt_mem_free(to->mem, all, (size_t)room * sizeof(*all));
	return to->slots != NULL && to->used != NULL;
}

struct tt_tally *
tt_tally_join(const struct tt_tally *a, const struct tt_tally *b)
{
	struct tt_mem *mem = tt_mem_heap();
	struct tt_tally *t = tt_mem_alloc(mem, sizeof(*t), "compact tally");

	TT_ASSERT(tt_tally_is_compact(a) && tt_tally_is_compact(b));
	TT_ASSERT(a->span.start_us == b->span.start_us && a->frames > 0 && b->frames > 0);
	if (t == NULL)
		return NULL;
	*t = *a;
	t->slots = NULL;
	t->used = NULL;
	add_frames(t, b);
	t->sparse_cells = join_sparse(a->sparse_cells, a->n_sparse_cells, b->sparse_cells,
			b->n_sparse_cells, &t->n_sparse_cells);
	t->sparse_overflow = join_sparse(a->sparse_overflow, a->n_sparse_overflow,
			b->sparse_overflow, b->n_sparse_overflow, &t->n_sparse_overflow);
	if (!take_slots(t, a, b) || t->sparse_cells == NULL
			|| t->sparse_overflow == NULL) {
		tt_tally_destroy(t);
		return NULL;
	}
	return t;
}
