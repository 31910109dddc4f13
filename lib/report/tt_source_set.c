/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_source_set.h"
#include "tt_hash_draw.h"
#include "tt_sketch.h"

#include <errno.h>
#include <math.h>
#include <string.h>

void
tt_source_set_init(struct tt_source_set *set, size_t max)
{
	*set = (struct tt_source_set){.max = max < 64 ? 64 : max, .seed = tt_hash_draw()};
}

void
tt_source_set_fini(struct tt_source_set *set)
{
	free(set->all);
	free(set->slots);
	*set = (struct tt_source_set){0};
}

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

/* Keeps the sample of one in 2^shift. */
static void
thin_to(struct tt_source_set *s, unsigned shift)
{
	size_t n = 0;

	s->shift = shift;
	s->useless = s->useless || (s->mixed && shift > 0);
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].sample_bits >= shift)
			s->all[n++] = s->all[i];
	s->n = n;
	if (s->n_slots > 0)
		fill_slots(s);
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
	while (s->n == s->room && s->room >= s->max && s->shift < TT_SAMPLE_SHIFT_MAX)
		thin_to(s, s->shift + 1);
	return s->n < s->room ? 0 : grow(s);
}

void
tt_source_set_sample(struct tt_source_set *set, const char *name, int64_t one_in)
{
	unsigned shift = 0;

	while (shift < TT_SAMPLE_SHIFT_MAX && (INT64_C(1) << shift) < one_in)
		shift++;
	if (set->sample[0] == '\0')
		snprintf(set->sample, sizeof(set->sample), "%s", name);
	if (strcmp(set->sample, name) != 0)
		set->mixed = true;
	/* Samples of different hashes have nothing to do with each other. */
	if (set->mixed && (shift > 0 || set->shift > 0))
		set->useless = true;
	if (shift > set->shift)
		thin_to(set, shift);
}

static int
enter(struct tt_source_set *s, const struct tt_kept_source *row)
{
	size_t at;

	if (row->sample_bits < s->shift || s->useless)
		return 0;
	if (make_room(s) != 0)
		return -ENOMEM;
	at = slot_of(s, row->hash, row->of);
	if (s->slots[at] == 0) {
		s->all[s->n++] = *row;
		s->slots[at] = (uint32_t)s->n;
	} else {
		s->all[s->slots[at] - 1].spans |= row->spans;
	}
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
tt_source_set_settle(struct tt_source_set *set)
{
	int ret = 0;

	fetch_held(set);
	for (unsigned i = 0; ret == 0 && i < set->n_held; i++)
		ret = enter(set, &set->held[i]);
	set->n_held = 0;
	return ret;
}

static uint64_t
span_of(enum tt_cause_span span, unsigned slice)
{
	if (span == TT_CAUSE_BEFORE)
		return TT_SOURCES_BEFORE;
	if (slice == TT_SOURCE_NO_SLICE)
		return TT_SOURCES_UNSLICED;
	return UINT64_C(1) << (slice < TT_SOURCE_SLICES_MAX ? slice
							    : TT_SOURCE_SLICES_MAX - 1);
}

int
tt_source_set_add(struct tt_source_set *set, struct tt_addr address,
		const struct tt_kept_source *row, enum tt_cause_span span, unsigned slice)
{
	struct tt_source_set *s = set;
	struct tt_kept_source *x = &s->held[s->n_held++];

	*x = *row;
	x->hash = tt_sketch_hash(address);
	x->spans = span_of(span, slice);
	if (s->n_slots > 0)
		__builtin_prefetch(&s->slots[home_of(s, x->hash, x->of)], 1);
	return s->n_held < TT_SOURCES_HELD ? 0 : tt_source_set_settle(s);
}

struct tt_source_count
tt_source_set_scaled(const struct tt_source_set *set, uint64_t kept)
{
	double k = (double)(UINT64_C(1) << set->shift), n = (double)kept * k;

	return (struct tt_source_count){kept << set->shift,
			(uint64_t)ceil(sqrt((n > k ? n : k) * (k - 1)))};
}

struct tt_source_count
tt_source_set_count(const struct tt_source_set *set, uint32_t of, uint64_t spans,
		uint16_t country)
{
	uint64_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct tt_kept_source *x = &set->all[i];

		n += x->of == of && (x->spans & spans) != 0
				&& (country == TT_SOURCES_ANYWHERE
						|| x->country == country);
	}
	return tt_source_set_scaled(set, n);
}

uint16_t
tt_source_set_country(
		const struct tt_source_set *set, struct tt_addr address, uint32_t of)
{
	size_t at;

	if (set->n == 0)
		return 0;
	at = slot_of(set, tt_sketch_hash(address), of);
	return set->slots[at] == 0 ? 0 : set->all[set->slots[at] - 1].country;
}
