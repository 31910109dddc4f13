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

void
tt_recall_prefetch(const struct tt_recall *recall, struct tt_addr src)
{
	__builtin_prefetch(&recall->slots[home_of(recall, src)]);
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
 * Drops those last seen before oldest_us or not collected at the shift, in place: from a
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
				&& tt_recall_keeps(shift, tt_recall_hash(recall, s.addr)))
			*tt_recall_find(recall, s.addr) = s;
		else
			recall->n_sources--;
	}
	recall->collect_shift = shift;
}

/* Collects half as much; where that was no more than the sample, the sample is the half. */
static void
halve(struct tt_recall *recall)
{
	drop(recall, INT64_MIN, recall->collect_shift + 1);
	if (recall->collect_shift < recall->shift)
		return;
	recall->shift = recall->collect_shift;
	recall->collect_us = TT_RECALL_NONE;
}

bool
tt_recall_raise_shift(struct tt_recall *recall, uint64_t hash)
{
	while (recall->n_sources == recall->max_sources
			&& tt_recall_keeps(recall->collect_shift, hash)
			&& recall->collect_shift < TT_RECALL_SHIFT_MAX)
		halve(recall);
	return recall->n_sources < recall->max_sources
			&& tt_recall_keeps(recall->collect_shift, hash);
}

/* Forgets those last seen longer ago than the horizon. */
static void
forget(struct tt_recall *recall, int64_t start_us)
{
	recall->swept_us = start_us;
	drop(recall, start_us - recall->horizon_us, recall->collect_shift);
}

bool
tt_recall_make_room(struct tt_recall *recall, uint64_t hash)
{
	if (recall->n_sources == recall->max_sources
			&& recall->swept_us != recall->entered_us)
		forget(recall, recall->entered_us);
	return tt_recall_raise_shift(recall, hash);
}

static uint64_t
count_since(const struct tt_recall *recall, int64_t oldest_us)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < recall->n_slots; i++)
		n += !tt_recall_is_free(&recall->slots[i])
				&& recall->slots[i].last_us >= oldest_us;
	return n;
}

void
tt_recall_widen(struct tt_recall *recall, int64_t start_us)
{
	uint64_t n = count_since(recall, start_us - recall->horizon_us);
	unsigned shift = recall->shift;

	for (; shift > 0 && n <= recall->max_sources / 4; n *= 2)
		shift--;
	if (shift == recall->shift)
		return;
	forget(recall, start_us);
	recall->collect_shift = shift;
	recall->collect_us = start_us;
}
