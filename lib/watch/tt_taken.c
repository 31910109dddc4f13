/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_taken.h"
#include "tt_hash.h"

#include <errno.h>
#include <string.h>

static size_t
slot_of(const struct tt_taken *t, uint64_t id)
{
	size_t mask = t->n_slots - 1, at = tt_hash_mix(id) & mask;

	while (t->slots[at] != 0 && t->all[t->slots[at] - 1].id != id)
		at = (at + 1) & mask;
	return at;
}

bool
tt_taken_has(const struct tt_taken *taken, uint64_t id)
{
	return taken->n > 0 && taken->slots[slot_of(taken, id)] != 0;
}

enum tt_taken_how
tt_taken_look(const struct tt_taken *taken, const struct tt_manifest *manifest)
{
	size_t n = 0;

	if (manifest->parts.n == 0)
		return tt_taken_has(taken, manifest->id) ? TT_TAKEN_WHOLE : TT_TAKEN_NOT;
	for (size_t i = 0; i < manifest->parts.n; i++)
		n += tt_taken_has(taken, manifest->parts.all[i]);
	if (n == 0)
		return TT_TAKEN_NOT;
	return n == manifest->parts.n ? TT_TAKEN_WHOLE : TT_TAKEN_SOME;
}

static void
fill_slots(struct tt_taken *t)
{
	memset(t->slots, 0, t->n_slots * sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		t->slots[slot_of(t, t->all[i].id)] = (uint32_t)i + 1;
}

static int
grow(struct tt_taken *t)
{
	size_t room = t->room == 0 ? 64 : 2 * t->room;
	struct tt_taken_one *all = reallocarray(t->all, room, sizeof(*all));
	uint32_t *slots;

	if (all == NULL)
		return -ENOMEM;
	t->all = all;
	slots = reallocarray(t->slots, 2 * room, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	t->slots = slots;
	t->n_slots = 2 * room;
	t->room = room;
	fill_slots(t);
	return 0;
}

int
tt_taken_add_one(struct tt_taken *taken, uint64_t id, int64_t start_us)
{
	size_t at;

	if (taken->n == taken->room && grow(taken) != 0)
		return -ENOMEM;
	at = slot_of(taken, id);
	if (taken->slots[at] == 0) {
		taken->all[taken->n++] = (struct tt_taken_one){id, start_us};
		taken->slots[at] = (uint32_t)taken->n;
	}
	return 0;
}

int
tt_taken_add(struct tt_taken *taken, const struct tt_manifest *manifest)
{
	int ret = 0;

	if (manifest->parts.n == 0)
		return tt_taken_add_one(taken, manifest->id, manifest->start_us);
	for (size_t i = 0; ret == 0 && i < manifest->parts.n; i++)
		ret = tt_taken_add_one(taken, manifest->parts.all[i], manifest->start_us);
	return ret;
}

void
tt_taken_forget(struct tt_taken *taken, int64_t before_us)
{
	size_t n = 0;

	for (size_t i = 0; i < taken->n; i++)
		if (taken->all[i].start_us >= before_us)
			taken->all[n++] = taken->all[i];
	if (n == taken->n)
		return;
	taken->n = n;
	fill_slots(taken);
}

void
tt_taken_fini(struct tt_taken *taken)
{
	free(taken->all);
	free(taken->slots);
	*taken = (struct tt_taken){0};
}
