/* SPDX-License-Identifier: BSD-3-Clause */
/* The sources that a set keeps: their table, and which go where it is full. */
#include "tt_source_set_private.h"

#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define FREED 4 /* a full set loses a quarter at least: going through it takes time */

static inline size_t
home_of(const struct tt_source_set *s, uint64_t hash, uint32_t of)
{
	return tt_hash_place(hash, of, &s->seed) & (s->n_slots - 1);
}

static size_t
slot_of(const struct tt_source_set *s, uint64_t hash, uint32_t of)
{
	size_t mask = s->n_slots - 1;
	size_t at = home_of(s, hash, of);

	while (s->slots[at] != 0) {
		const struct tt_kept_source *x = &s->all[s->slots[at] - 1];

		if (x->hash == hash && x->of == of)
			break;
		at = (at + 1) & mask;
	}
	return at;
}

static void
fill_slots(struct tt_source_set *s)
{
	memset(s->slots, 0, s->n_slots * sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++)
		s->slots[slot_of(s, s->all[i].hash, s->all[i].of)] = (uint32_t)i + 1;
}

/* Lets those go that are not in the sample of their target. */
static void
drop(struct tt_source_set *s)
{
	size_t n = 0;

	for (size_t of = 0; of < s->n_targets; of++)
		s->targets[of].n = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct tt_source_target *t = &s->targets[s->all[i].of];

		if (s->all[i].sample_bits < t->shift)
			continue;
		t->n++;
		s->all[n++] = s->all[i];
	}
	s->n = n;
	fill_slots(s);
}

/* The target with the most that can lose some; NULL: none can. */
static struct tt_source_target *
fullest(const struct tt_source_set *s)
{
	struct tt_source_target *most = NULL;

	for (size_t of = 0; of < s->n_targets; of++) {
		struct tt_source_target *t = &s->targets[of];

		if (t->shift < TT_SAMPLE_SHIFT_MAX && t->n > 0
				&& (most == NULL || t->n > most->n))
			most = t;
	}
	return most;
}

/* Halves the fullest targets, one after another, until there should be room. Returns false where none has more to lose. */
static bool
thin(struct tt_source_set *s)
{
	size_t freed = 0;

	while (freed < (s->n + FREED - 1) / FREED) {
		struct tt_source_target *t = fullest(s);

		if (t == NULL)
			break;
		t->shift++;
		freed += t->n - t->n / 2;
		t->n /= 2;
	}
	drop(s);
	return freed > 0;
}

static int
grow(struct tt_source_set *s)
{
	size_t room = s->room == 0 ? 64 : s->room * 2;
	struct tt_kept_source *all = reallocarray(s->all, room, sizeof(*all));
	uint32_t *slots;

	if (all == NULL)
		return -ENOMEM;
	s->all = all;
	slots = reallocarray(s->slots, room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	s->slots = slots;
	s->n_slots = room * 2;
	s->room = room;
	fill_slots(s);
	return 0;
}

static int
make_room(struct tt_source_set *s)
{
	while (s->n == s->room && s->room >= s->max)
		if (!thin(s))
			break;
	return s->n < s->room ? 0 : grow(s);
}

int
tt_source_set_enter(struct tt_source_set *s, const struct tt_kept_source *row)
{
	struct tt_source_target *t = &s->targets[row->of];
	struct tt_kept_source *x;
	size_t at;

	if (row->sample_bits < t->shift)
		return 0;
	if (make_room(s) != 0)
		return -ENOMEM;
	/* That may have made the sample a coarser one. */
	if (row->sample_bits < t->shift)
		return 0;
	at = slot_of(s, row->hash, row->of);
	if (s->slots[at] == 0) {
		s->all[s->n++] = *row;
		s->slots[at] = (uint32_t)s->n;
		t->n++;
		return 0;
	}
	x = &s->all[s->slots[at] - 1];
	x->spans |= row->spans;
	x->whole |= row->whole;
	if (x->country == 0)
		x->country = row->country;
	if (x->sample_bits < row->sample_bits)
		x->sample_bits = row->sample_bits;
	return 0;
}

/* Inlined always, as what calls it is: of functions that only prefetch gcc 12 drops calls. */
static inline __attribute__((always_inline)) void
fetch_slot(const struct tt_source_set *s, size_t at)
{
	if (s->slots[at] != 0)
		__builtin_prefetch(&s->all[s->slots[at] - 1], 1);
}

/* Loads the sources that the held rows will be compared with, all at a time: few are beyond two slots. */
static inline __attribute__((always_inline)) void
fetch_held(const struct tt_source_set *s)
{
	for (unsigned i = 0; s->n_slots > 0 && i < s->n_held; i++) {
		size_t home = home_of(s, s->held[i].hash, s->held[i].of);

		fetch_slot(s, home);
		fetch_slot(s, (home + 1) & (s->n_slots - 1));
	}
}

int
tt_source_set_enter_held(struct tt_source_set *s)
{
	int ret = 0;

	fetch_held(s);
	for (unsigned i = 0; ret == 0 && i < s->n_held; i++)
		ret = tt_source_set_enter(s, &s->held[i]);
	s->n_held = 0;
	return ret;
}

int
tt_source_set_hold(struct tt_source_set *s, const struct tt_kept_source *row)
{
	s->held[s->n_held++] = *row;
	if (s->n_slots > 0)
		__builtin_prefetch(&s->slots[home_of(s, row->hash, row->of)], 1);
	return s->n_held < TT_SOURCES_HELD ? 0 : tt_source_set_enter_held(s);
}

const struct tt_kept_source *
tt_source_set_find(const struct tt_source_set *s, uint64_t hash, uint32_t of)
{
	size_t at;

	if (s->n == 0)
		return NULL;
	at = slot_of(s, hash, of);
	return s->slots[at] == 0 ? NULL : &s->all[s->slots[at] - 1];
}
