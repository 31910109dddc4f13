/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_recall_private.h"

static uint64_t
home_of(const struct tt_recall *recall, struct tt_addr addr)
{
	uint64_t h = tt_hash_3(addr.hi, addr.lo, recall->seed);

	return (h >> 32) * recall->n_slots >> 32;
}

struct tt_recall_source *
tt_recall_find(const struct tt_recall *recall, struct tt_addr addr)
{
	uint64_t i = home_of(recall, addr);

	/* Ends, since a third of the slots is free. */
	while (!tt_recall_is_free(&recall->slots[i])
			&& tt_addr_cmp(recall->slots[i].addr, addr) != 0)
		i = i + 1 == recall->n_slots ? 0 : i + 1;
	return &recall->slots[i];
}

static uint64_t
any_free(const struct tt_recall *recall)
{
	uint64_t i = 0;

	while (!tt_recall_is_free(&recall->slots[i]))
		i++;
	return i;
}

/*
 * Drops those last seen before oldest_us or not in the sample of the shift, in place: from a
 * free slot on, which no search runs over, each source is taken out and put back as near to its
 * home as it can be now.
 */
static void
drop(struct tt_recall *recall, int64_t oldest_us, unsigned shift)
{
	uint64_t i = any_free(recall);

	for (uint64_t k = 1; k < recall->n_slots; k++) {
		struct tt_recall_source *slot, s;

		i = i + 1 == recall->n_slots ? 0 : i + 1;
		slot = &recall->slots[i];
		if (tt_recall_is_free(slot))
			continue;
		s = *slot;
		*slot = (struct tt_recall_source){0};
		if (s.last_us >= oldest_us
				&& tt_recall_keeps(shift, tt_sketch_hash(s.addr)))
			*tt_recall_find(recall, s.addr) = s;
		else
			recall->n_sources--;
	}
	recall->shift = shift;
}

bool
tt_recall_raise_shift(struct tt_recall *recall, uint64_t hash)
{
	while (recall->n_sources == recall->max_sources
			&& tt_recall_keeps(recall->shift, hash)
			&& recall->shift < TT_RECALL_SHIFT_MAX)
		drop(recall, INT64_MIN, recall->shift + 1);
	return recall->n_sources < recall->max_sources
			&& tt_recall_keeps(recall->shift, hash);
}

bool
tt_recall_make_room(struct tt_recall *recall, uint64_t hash, int64_t start_us)
{
	if (recall->n_sources == recall->max_sources && recall->swept_us != start_us) {
		recall->swept_us = start_us;
		drop(recall, start_us - recall->horizon_us, recall->shift);
	}
	return tt_recall_raise_shift(recall, hash);
}
