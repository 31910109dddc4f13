/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_counts.h"
#include "tt_hash_draw.h"

#include <errno.h>
#include <string.h>

void
tt_counts_init(struct tt_counts *counts, size_t max, size_t n_slices)
{
	*counts = (struct tt_counts){.max = max < 64 ? 64 : max,
			.n_slices = n_slices,
			.seed = tt_hash_draw()};
}

void
tt_counts_fini(struct tt_counts *counts)
{
	free(counts->all);
	free(counts->slices);
	free(counts->slots);
	*counts = (struct tt_counts){0};
}

static size_t
slot_of(const struct tt_counts *c, const struct tt_cause_count *key)
{
	size_t mask = c->n_slots - 1;
	size_t at = tt_hash_place_addr(
				    (struct tt_addr){key->hi, key->lo}, key->of, &c->seed)
			& mask;

	while (c->slots[at] != 0) {
		const struct tt_cause_count *x = &c->all[c->slots[at] - 1];

		if (x->hi == key->hi && x->lo == key->lo && x->of == key->of)
			break;
		at = (at + 1) & mask;
	}
	return at;
}

static void
fill_slots(struct tt_counts *c)
{
	memset(c->slots, 0, c->n_slots * sizeof(*c->slots));
	for (size_t i = 0; i < c->n; i++)
		c->slots[slot_of(c, &c->all[i])] = (uint32_t)i + 1;
}

/* Doubles the room; the slots stay at most half full. */
static int
grow(struct tt_counts *c)
{
	size_t room = c->room == 0 ? 64 : c->room * 2;
	struct tt_cause_count *all = reallocarray(c->all, room, sizeof(*all));
	uint32_t *slots;
	uint64_t *slices;

	if (all == NULL)
		return -ENOMEM;
	c->all = all;
	if (c->n_slices > 0) {
		slices = reallocarray(c->slices, room, c->n_slices * sizeof(*slices));
		if (slices == NULL)
			return -ENOMEM;
		c->slices = slices;
	}
	slots = reallocarray(c->slots, room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	c->slots = slots;
	c->n_slots = room * 2;
	c->room = room;
	fill_slots(c);
	return 0;
}

static uint64_t
total(const struct tt_cause_count *x)
{
	return x->packets[TT_CAUSE_BEFORE] + x->packets[TT_CAUSE_NOW];
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The number of packets that half of the keys have less than. 0: memory is short. */
static uint64_t
median(const struct tt_counts *c)
{
	uint64_t *totals = reallocarray(NULL, c->n, sizeof(*totals));
	uint64_t middle;

	if (totals == NULL)
		return 0;
	for (size_t i = 0; i < c->n; i++)
		totals[i] = total(&c->all[i]);
	qsort(totals, c->n, sizeof(*totals), compare);
	middle = totals[c->n / 2];
	free(totals);
	return middle;
}

/* Lets the lighter half go; of keys that are equally heavy, the later ones. */
static int
prune(struct tt_counts *c)
{
	uint64_t middle = median(c);
	size_t n = 0, half = c->n / 2, heavier = 0, equal;

	if (middle == 0)
		return -ENOMEM;
	for (size_t i = 0; i < c->n; i++)
		heavier += total(&c->all[i]) > middle;
	equal = half - heavier;
	for (size_t i = 0; i < c->n; i++) {
		uint64_t packets = total(&c->all[i]);

		if (packets < middle || (packets == middle && equal == 0))
			continue;
		equal -= packets == middle;
		c->all[n] = c->all[i];
		if (n != i && c->n_slices > 0)
			memcpy(&c->slices[n * c->n_slices], &c->slices[i * c->n_slices],
					c->n_slices * sizeof(*c->slices));
		n++;
	}
	c->pruned += c->n - n;
	c->n = n;
	fill_slots(c);
	return 0;
}

static int
make_room(struct tt_counts *c)
{
	if (c->n < c->room)
		return 0;
	return c->n >= c->max ? prune(c) : grow(c);
}

struct tt_cause_count *
tt_counts_add(struct tt_counts *counts, const struct tt_cause_count *key,
		enum tt_cause_span span, size_t slice, uint64_t packets)
{
	struct tt_counts *c = counts;
	struct tt_cause_count *x;
	size_t at;

	if (packets == 0 || make_room(c) != 0)
		return NULL;
	at = slot_of(c, key);
	if (c->slots[at] == 0) {
		x = &c->all[c->n++];
		*x = (struct tt_cause_count){.hi = key->hi, .lo = key->lo, .of = key->of};
		x->tag = key->tag;
		if (c->n_slices > 0)
			memset(&c->slices[(c->n - 1) * c->n_slices], 0,
					c->n_slices * sizeof(*c->slices));
		c->slots[at] = (uint32_t)c->n;
	}
	x = &c->all[c->slots[at] - 1];
	x->packets[span] += packets;
	if (span == TT_CAUSE_NOW && slice < c->n_slices)
		c->slices[(c->slots[at] - 1) * c->n_slices + slice] += packets;
	return x;
}

struct tt_cause_count *
tt_counts_find(struct tt_counts *counts, const struct tt_cause_count *key)
{
	size_t at;

	if (counts->n == 0)
		return NULL;
	at = slot_of(counts, key);
	return counts->slots[at] == 0 ? NULL : &counts->all[counts->slots[at] - 1];
}

uint64_t
tt_counts_sum(const struct tt_counts *counts, const struct tt_cause_count *count,
		size_t first, size_t end)
{
	const uint64_t *slices = tt_counts_slices(counts, count);
	uint64_t sum = 0;

	for (size_t i = first; i < end && i < counts->n_slices; i++)
		sum += slices[i];
	return sum;
}
