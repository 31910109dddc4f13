/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_known.h"
#include "tt_hash.h"

#include <errno.h>
#include <string.h>

static size_t
slot_of(const struct tt_known *t, uint64_t id)
{
	size_t mask = t->n_slots - 1, at = tt_hash_mix(id) & mask;

	while (t->slots[at] != 0 && t->all[t->slots[at] - 1].id != id)
		at = (at + 1) & mask;
	return at;
}

bool
tt_known_has(const struct tt_known *known, uint64_t id)
{
	return known->n > 0 && known->slots[slot_of(known, id)] != 0;
}

enum tt_known_how
tt_known_look(const struct tt_known *known, const struct tt_manifest *manifest)
{
	size_t n = 0;

	if (manifest->parts.n == 0)
		return tt_known_has(known, manifest->id) ? TT_KNOWN_WHOLE : TT_KNOWN_NOT;
	for (size_t i = 0; i < manifest->parts.n; i++)
		n += tt_known_has(known, manifest->parts.all[i]);
	if (n == 0)
		return TT_KNOWN_NOT;
	return n == manifest->parts.n ? TT_KNOWN_WHOLE : TT_KNOWN_SOME;
}

static void
fill_slots(struct tt_known *t)
{
	memset(t->slots, 0, t->n_slots * sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		t->slots[slot_of(t, t->all[i].id)] = (uint32_t)i + 1;
}

static int
grow(struct tt_known *t)
{
	size_t room = t->room == 0 ? 64 : 2 * t->room;
	struct tt_known_one *all = reallocarray(t->all, room, sizeof(*all));
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
tt_known_add_one(struct tt_known *known, uint64_t id, int64_t start_us)
{
	size_t at;

	if (known->n == known->room && grow(known) != 0)
		return -ENOMEM;
	at = slot_of(known, id);
	if (known->slots[at] == 0) {
		known->all[known->n++] = (struct tt_known_one){id, start_us};
		known->slots[at] = (uint32_t)known->n;
	}
	return 0;
}

int
tt_known_add(struct tt_known *known, const struct tt_manifest *manifest)
{
	int ret = 0;

	if (manifest->parts.n == 0)
		return tt_known_add_one(known, manifest->id, manifest->start_us);
	for (size_t i = 0; ret == 0 && i < manifest->parts.n; i++)
		ret = tt_known_add_one(known, manifest->parts.all[i], manifest->start_us);
	return ret;
}

void
tt_known_forget(struct tt_known *known, int64_t before_us)
{
	size_t n = 0;

	for (size_t i = 0; i < known->n; i++)
		if (known->all[i].start_us >= before_us)
			known->all[n++] = known->all[i];
	if (n == known->n)
		return;
	known->n = n;
	fill_slots(known);
}

void
tt_known_fini(struct tt_known *known)
{
	free(known->all);
	free(known->slots);
	*known = (struct tt_known){0};
}
