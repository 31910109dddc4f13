/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_source_set_private.h"

#include "tt_hash_draw.h"
#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

void
tt_source_set_init(struct tt_source_set *set, size_t max, bool sketches)
{
	*set = (struct tt_source_set){.max = max < 64 ? 64 : max,
			.seed = tt_hash_draw(),
			.sketches = sketches};
}

void
tt_source_set_fini(struct tt_source_set *set)
{
	for (size_t of = 0; of < set->n_targets; of++)
		for (unsigned i = 0; i < TT_SOURCE_SPANS; i++)
			free(set->targets[of].slices[i].registers);
	free(set->targets);
	free(set->all);
	free(set->slots);
	free(set->names);
	*set = (struct tt_source_set){0};
}

static unsigned
span_of(enum tt_cause_span span, unsigned slice)
{
	if (span == TT_CAUSE_BEFORE)
		return TT_SOURCE_SPANS - 1;
	if (slice == TT_SOURCE_NO_SLICE)
		return TT_SOURCE_SLICES_MAX;
	return slice < TT_SOURCE_SLICES_MAX ? slice : TT_SOURCE_SLICES_MAX - 1;
}

void
tt_source_set_begin(struct tt_source_set *set, const struct tt_source_snapshot *snapshot)
{
	struct tt_source_set *s = set;

	s->now.span = span_of(snapshot->span, snapshot->slice);
	s->now.exact = snapshot->exact;
	s->now.shift = 0;
	while (s->now.shift < TT_SAMPLE_SHIFT_MAX
			&& (INT64_C(1) << s->now.shift) < snapshot->pairs_one_in)
		s->now.shift++;
	snprintf(s->now.sample, sizeof(s->now.sample), "%s", snapshot->sample);
}

/* The target, of which the snapshot has something. NULL: out of memory. */
static struct tt_source_target *
target_of(struct tt_source_set *s, uint32_t of)
{
	struct tt_source_target *t;
	struct tt_source_slice *slice;

	if (of >= s->n_targets) {
		t = reallocarray(s->targets, (size_t)of + 1, sizeof(*t));
		if (t == NULL)
			return NULL;
		memset(&t[s->n_targets], 0, (of + 1 - s->n_targets) * sizeof(*t));
		s->targets = t;
		s->n_targets = (size_t)of + 1;
	}
	t = &s->targets[of];
	slice = &t->slices[s->now.span];
	if (s->sketches && slice->registers == NULL) {
		slice->registers = calloc(1, (size_t)1 << TT_SOURCE_SKETCH_P);
		if (slice->registers == NULL)
			return NULL;
	}
	t->latest.met = true;
	if (t->sample[0] == '\0')
		memcpy(t->sample, s->now.sample, sizeof(t->sample));
	else if (strcmp(t->sample, s->now.sample) != 0)
		t->mixed = true;
	return t;
}

int
tt_source_set_packets(struct tt_source_set *set, uint32_t of, uint16_t country,
		uint64_t packets, uint64_t sources, bool unfit)
{
	struct tt_source_target *t = target_of(set, of);

	if (t == NULL)
		return -ENOMEM;
	if (t->latest.packets == 0)
		t->latest.country = country;
	else if (t->latest.country != country)
		t->latest.country = 0;
	t->latest.packets += packets;
	t->latest.sources += sources;
	t->latest.unfit = t->latest.unfit || unfit;
	return 0;
}

uint16_t
tt_source_set_sole_country(const struct tt_source_set *set, uint32_t of)
{
	return of < set->n_targets ? set->targets[of].latest.country : 0;
}

int
tt_source_set_add(struct tt_source_set *set, struct tt_addr address,
		const struct tt_kept_source *row)
{
	struct tt_source_set *s = set;
	struct tt_source_target *t = target_of(s, row->of);
	struct tt_kept_source x = *row;

	if (t == NULL)
		return -ENOMEM;
	x.hash = tt_sketch_hash(address);
	x.spans = UINT64_C(1) << s->now.span;
	x.whole = s->now.shift == 0 ? x.spans : 0;
	if (s->sketches)
		tt_sketch_add(t->slices[s->now.span].registers, TT_SOURCE_SKETCH_P,
				x.hash);
	return tt_source_set_hold(s, &x);
}

int
tt_source_set_name(struct tt_source_set *set, struct tt_addr address, uint32_t of,
		uint16_t country, uint64_t packets)
{
	struct tt_source_set *s = set;
	struct tt_source_target *t = target_of(s, of);

	if (t == NULL)
		return -ENOMEM;
	if (s->n_names == s->names_room) {
		size_t room = s->names_room == 0 ? 64 : s->names_room * 2;
		struct tt_kept_source *names = reallocarray(
				s->names, room, sizeof(*names));

		if (names == NULL)
			return -ENOMEM;
		s->names = names;
		s->names_room = room;
	}
	s->names[s->n_names++] = (struct tt_kept_source){.hash = tt_sketch_hash(address),
			.spans = UINT64_C(1) << s->now.span,
			.of = of,
			.country = country};
	t->latest.named += packets;
	return 0;
}

int
tt_source_set_register(struct tt_source_set *set, uint32_t of, int64_t precision,
		int64_t place, int64_t rho)
{
	struct tt_source_target *t = target_of(set, of);
	uint8_t *registers;

	if (t == NULL)
		return -ENOMEM;
	if (!set->sketches || precision != TT_SOURCE_SKETCH_P || place < 0
			|| place >= 1 << TT_SOURCE_SKETCH_P || rho < 1 || rho > 64)
		return 0;
	registers = t->slices[set->now.span].registers;
	if (registers[place] < rho)
		registers[place] = (uint8_t)rho;
	t->latest.sketched = true;
	return 0;
}

/* Has the snapshot all sources of a target? Where these do not fit, whether one of them is in the sample is not known by its name. */
static bool
is_whole(const struct tt_source_set *s, const struct tt_source_target *t)
{
	return s->now.shift == 0
			|| (t->shift == 0 && t->latest.packets > 0
					&& t->latest.named == t->latest.packets);
}

static int
enter_names(struct tt_source_set *s)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < s->n_names; i++) {
		struct tt_kept_source *x = &s->names[i];
		struct tt_source_target *t = &s->targets[x->of];

		x->whole = is_whole(s, t) ? x->spans : 0;
		if (s->sketches)
			tt_sketch_add(t->slices[s->now.span].registers,
					TT_SOURCE_SKETCH_P, x->hash);
		ret = tt_source_set_enter(s, x);
	}
	s->n_names = 0;
	return ret;
}

/* What the snapshot had of a target is part of its slice. */
static void
end_target(const struct tt_source_set *s, struct tt_source_target *t)
{
	struct tt_source_slice *slice = &t->slices[s->now.span];
	bool whole = is_whole(s, t), counted = s->now.exact && !t->latest.unfit;

	if (t->latest.met && !whole && slice->shift < s->now.shift)
		slice->shift = s->now.shift;
	if (t->latest.named > 0 && slice->named_shift < s->now.shift)
		slice->named_shift = s->now.shift;
	if (t->latest.packets > 0) {
		slice->packets += t->latest.packets;
		if (counted && slice->least < t->latest.sources)
			slice->least = t->latest.sources;
		slice->most += t->latest.sources;
		slice->uncounted = slice->uncounted || !counted;
		/* Rows of all sources are as good as a sketch. */
		if (!whole && (!t->latest.sketched || t->latest.unfit))
			slice->unsketched = true;
	}
	memset(&t->latest, 0, sizeof(t->latest));
}

int
tt_source_set_settle(struct tt_source_set *set)
{
	int ret = tt_source_set_enter_held(set);

	if (ret == 0)
		ret = enter_names(set);
	for (size_t of = 0; of < set->n_targets; of++)
		end_target(set, &set->targets[of]);
	return ret;
}

uint16_t
tt_source_set_country(
		const struct tt_source_set *set, struct tt_addr address, uint32_t of)
{
	const struct tt_kept_source *x = tt_source_set_find(
			set, tt_sketch_hash(address), of);

	return x == NULL ? 0 : x->country;
}
