/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_recall_private.h"

#include <string.h>

static uint64_t
hash_of(const struct tt_recall *recall, struct tt_addr addr)
{
	return tt_hash_3(addr.hi, addr.lo, recall->seed);
}

static uint64_t
home_of(const struct tt_recall *recall, uint64_t hash)
{
	return (hash >> 32) * recall->n_slots >> 32;
}

static uint64_t
after(const struct tt_recall *recall, uint64_t slot)
{
	return slot + 1 == recall->n_slots ? 0 : slot + 1;
}

/* The bits of the hash that a slot has. */
static uint32_t
tag_of(uint64_t hash)
{
	return (uint32_t)hash << TT_RECALL_PLACE_BITS;
}

struct tt_recall_source *
tt_recall_find(const struct tt_recall *recall, struct tt_addr addr)
{
	const uint64_t hash = hash_of(recall, addr);

	/* Ends, since a third of the slots is free. */
	for (uint64_t i = home_of(recall, hash); recall->slots[i] != 0;
			i = after(recall, i)) {
		uint32_t place = recall->slots[i] ^ tag_of(hash);

		if (place >> TT_RECALL_PLACE_BITS == 0
				&& tt_addr_cmp(recall->sources[place - 1].addr, addr)
						== 0)
			return &recall->sources[place - 1];
	}
	return NULL;
}

/* Enters a place into the index. */
static void
index_source(struct tt_recall *recall, uint64_t place)
{
	const uint64_t hash = hash_of(recall, recall->sources[place].addr);
	uint64_t i = home_of(recall, hash);

	while (recall->slots[i] != 0)
		i = after(recall, i);
	recall->slots[i] = tag_of(hash) | (uint32_t)(place + 1);
}

void
tt_recall_append(struct tt_recall *recall, const struct tt_recall_source *source)
{
	TT_ASSERT(recall->n_sources < recall->max_sources);
	recall->sources[recall->n_sources] = *source;
	index_source(recall, recall->n_sources++);
}

void
tt_recall_prefetch(const struct tt_recall *recall, struct tt_addr src)
{
	__builtin_prefetch(&recall->slots[home_of(recall, hash_of(recall, src))]);
}

void
tt_recall_prefetch_source(const struct tt_recall *recall, struct tt_addr src)
{
	const uint64_t hash = hash_of(recall, src);
	const uint32_t place = recall->slots[home_of(recall, hash)] ^ tag_of(hash);

	/* Of a free slot, or one that another source has, nothing is fetched in vain. */
	if (place != 0 && place >> TT_RECALL_PLACE_BITS == 0)
		__builtin_prefetch(&recall->sources[place - 1]);
}

/* Drops those last seen before oldest_us or not collected at the shift; the others move up. */
static void
drop(struct tt_recall *recall, int64_t oldest_us, unsigned shift)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < recall->n_sources; i++) {
		const struct tt_recall_source s = recall->sources[i];

		if (s.last_us >= oldest_us
				&& tt_recall_keeps(shift, tt_recall_hash(recall, s.addr)))
			recall->sources[n++] = s;
	}
	recall->n_sources = n;
	memset(recall->slots, 0, recall->n_slots * sizeof(*recall->slots));
	for (uint64_t i = 0; i < n; i++)
		index_source(recall, i);
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

	for (uint64_t i = 0; i < recall->n_sources; i++)
		n += recall->sources[i].last_us >= oldest_us;
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
