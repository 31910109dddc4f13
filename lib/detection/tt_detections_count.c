/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a match: note, which is all that is done at once; ready, which begins to fetch the slot that its hit has
 * where nothing was in the way, as most have; peek, which tells whether it is there. Of those whose it is not: miss, which
 * begins to fetch the tags of its first bucket; aim, which finds its slot by them and begins to fetch that, or the tags of
 * its second bucket where the hit may be there; aim_at_second, for these. Then take, which counts all of them, in their
 * order. Each of these is for all matches that were put off before the next, so that one waits for the memory of none;
 * and few packets of a burst match, so that for those of one burst alone none of this would be in the first caches, nor
 * predicted.
 */
#include "tt_detections_slots.h"

#include "tt_sketch.h"

static uint64_t
cell_of(const struct tt_detections *d, uint32_t key)
{
	return tt_hash_mix(key) & (d->n_cells - 1);
}

/* What the cell of a rule and of an address's country is found by. */
static uint32_t
cell_key(const struct tt_detections *d, uint32_t rule, struct tt_addr src)
{
	return tt_detection_key(rule, tt_geo_country(d->config.geo, src)) + 1;
}

/* Counts packets that no hit has. */
static void
count_cell(struct tt_detections *d, uint32_t rule, uint32_t key, uint64_t packets)
{
	uint64_t at = cell_of(d, key);

	d->not_kept += packets;
	for (; d->cells[at].key != key; at = (at + 1) & (d->n_cells - 1)) {
		if (d->cells[at].key != 0)
			continue;
		if (d->cells_taken == d->n_cells / 8 * 7) {
			d->rest[rule] += packets;
			return;
		}
		d->cells_taken++;
		d->cells[at].key = key;
		break;
	}
	d->cells[at].packets += packets;
}

/* Stores in any case: which of the matches of a second is the first of a source's, nobody can tell beforehand. */
static void
add(struct tt_hit *slot, const struct tt_detection_match *m)
{
	const int64_t first = slot->first_us, last = slot->last_us;

	slot->packets++;
	slot->first_us = m->time_us < first ? m->time_us : first;
	slot->last_us = m->time_us > last ? m->time_us : last;
}

static uint64_t
hash_of(const struct tt_detections *d, const struct tt_detection_match *m)
{
	uint64_t hash = tt_hash_place_addr(m->src,
			le64toh(tt_hit_word(
					m, offsetof(struct tt_detection_match, second))),
			&d->place);

	if ((m->dst.lo | m->dst.hi) != 0)
		hash = tt_hash_place_addr(m->dst, hash, &d->place);
	return hash;
}

static bool
is_sampled(const struct tt_detections *d, struct tt_addr src, unsigned shift)
{
	return shift == 0
			|| tt_sampled(tt_sample_hash(d->config.secret,
						      tt_sketch_hash(src)),
					shift);
}

bool
tt_detections_wanted(const struct tt_detections *d, const struct tt_hit *hit,
		const unsigned *shift)
{
	return hit->packets != 0
			&& is_sampled(d, hit->src,
					shift[tt_hit_kind_of(
							&d->config.rules->rules
									 [hit->rule])]);
}

/* A slot of the bucket that is no longer in the sample. */
static struct tt_hit *
unwanted(const struct tt_detections *d, uint64_t bucket, unsigned shift)
{
	for (uint64_t i = bucket; i < bucket + TT_HIT_BUCKET; i++)
		if (!is_sampled(d, d->hits[i].src, shift))
			return &d->hits[i];
	return NULL;
}

/* A slot for a hit in two full buckets, whose packets go to the cell of their country; NULL where the hit
 * itself is no longer in the sample, or where addresses were chosen for their hash and there is no room at any
 * rate. */
static struct tt_hit *
make_room(struct tt_detections *d, unsigned *shift, const struct tt_hit_buckets *b,
		struct tt_addr src)
{
	for (;;) {
		struct tt_hit *slot = unwanted(d, b->at[0], *shift);

		if (slot == NULL)
			slot = unwanted(d, b->at[1], *shift);
		if (slot != NULL) {
			count_cell(d, slot->rule, cell_key(d, slot->rule, slot->src),
					slot->packets);
			return slot;
		}
		if (*shift == TT_SAMPLE_SHIFT_MAX)
			return NULL;
		++*shift;
		if (!is_sampled(d, src, *shift))
			return NULL;
	}
}

/* Counts a match whose source is in the sample. Returns whether there is room. */
static bool
keep(struct tt_detections *d, const struct tt_detection_match *m)
{
	struct tt_hit_buckets b;
	struct tt_hit *slot = m->slot;

	/* Since it was aimed at, another match may have taken the slot, or of the same bucket the one before. */
	if (slot != NULL && tt_hit_slot_has(slot, m)) {
		add(slot, m);
		return true;
	}
	b = tt_hit_buckets_of(d, m->kind, m->hash);
	slot = tt_hit_find(d, &b, m);
	if (slot != NULL) {
		add(slot, m);
		return true;
	}
	slot = tt_hit_free_slot(d, &b);
	if (slot == NULL)
		slot = make_room(d, &d->shift[m->kind], &b, m->src);
	if (slot == NULL)
		return false;
	*slot = (struct tt_hit){.src = m->src,
			.dst = m->dst,
			.packets = 1,
			.first_us = m->time_us,
			.last_us = m->time_us,
			.second = m->second,
			.rule = m->rule,
			.value = m->value};
	d->tags[slot - d->hits] = tt_hit_tag(m->hash);
	return true;
}

/* Is the match, for all that is known so far, of a source whose hits are kept? Hashes the source only where the
 * sample is another one than when it was asked before. */
static bool
is_kept(const struct tt_detections *d, struct tt_detection_match *m)
{
	const unsigned shift = d->shift[m->kind];

	if (m->shift != shift) {
		m->shift = (uint8_t)shift;
		m->kept = is_sampled(d, m->src, shift);
	}
	return m->kept;
}

static void
ready(const struct tt_detections *d, struct tt_detection_match *m)
{
	m->hash = hash_of(d, m);
	if (is_kept(d, m)) {
		m->slot = &d->hits[tt_hit_buckets_of(d, m->kind, m->hash).home];
		__builtin_prefetch(m->slot, 1);
	} else if (tt_addr_is_v4(m->src)) {
		tt_geo_prefetch4(d->config.geo, (uint32_t)m->src.lo);
	}
}

/* Does the slot seem to have the match's hit? */
static bool
peek(const struct tt_detections *d, struct tt_detection_match *m)
{
	return m->slot != NULL
			&& ((m->slot->src.lo ^ m->src.lo)
					   | (unsigned)(m->slot->rule ^ m->rule))
			== 0;
}

/* Begins to fetch the tags of a match whose slot has not its hit, or what says the country of one that is not kept. */
static void
miss(const struct tt_detections *d, struct tt_detection_match *m)
{
	if (m->slot != NULL)
		__builtin_prefetch(
				&d->tags[tt_hit_buckets_of(d, m->kind, m->hash).at[0]]);
	else if (tt_addr_is_v4(m->src))
		tt_geo_prefetch4_net(d->config.geo, (uint32_t)m->src.lo);
}

/* Is the slot known that counting a match will read first? Else the tags of the second bucket will tell. */
static bool
aim(const struct tt_detections *d, struct tt_detection_match *m)
{
	struct tt_hit_buckets b;
	uint64_t mask;

	if (m->slot == NULL)
		return true;
	b = tt_hit_buckets_of(d, m->kind, m->hash);
	mask = tt_hit_tags_equal(&d->tags[b.at[0]], tt_hit_tag(m->hash));
	if (mask != 0) {
		m->slot = &d->hits[b.at[0] + tt_hit_first(mask)];
	} else {
		mask = tt_hit_tags_equal(&d->tags[b.at[0]], 0);
		if (tt_hit_count(mask) < TT_HIT_QUITE_EMPTY) {
			__builtin_prefetch(&d->tags[b.at[1]]);
			return false;
		}
		m->slot = tt_hit_first_free(d, &b, mask);
	}
	__builtin_prefetch(m->slot, 1);
	return true;
}

/* The same of a match that the first bucket has no hit of. */
static void
aim_at_second(const struct tt_detections *d, struct tt_detection_match *m)
{
	const struct tt_hit_buckets b = tt_hit_buckets_of(d, m->kind, m->hash);
	const uint64_t mask = tt_hit_tags_equal(&d->tags[b.at[1]], tt_hit_tag(m->hash));

	m->slot = mask != 0 ? &d->hits[b.at[1] + tt_hit_first(mask)]
			    : tt_hit_free_slot(d, &b);
	__builtin_prefetch(m->slot, 1);
}

/* Looks the countries of matches up that are not kept, and begins to fetch their cells. */
static void
aim_at_cells(const struct tt_detections *d, struct tt_detection_match *matches,
		unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct tt_detection_match *m = &matches[i];

		if (is_kept(d, m))
			continue;
		m->cell = cell_key(d, m->rule, m->src);
		__builtin_prefetch(&d->cells[cell_of(d, m->cell)], 1);
	}
}

static void
take(struct tt_detections *d, struct tt_detection_match *m)
{
	if (is_kept(d, m) && keep(d, m))
		return;
	if (m->cell == 0)
		m->cell = cell_key(d, m->rule, m->src);
	count_cell(d, m->rule, m->cell, 1);
}

void
tt_detections_settle(struct tt_detections *d)
{
	struct tt_detection_match *matches = d->put_off;
	const unsigned n = d->n_put_off;
	uint8_t missed[TT_DETECTIONS_PUT_OFF],
			second[TT_DETECTIONS_PUT_OFF]; /* of matches */
	unsigned n_missed = 0, n_second = 0;

	for (unsigned i = 0; i < n; i++)
		ready(d, &matches[i]);
	for (unsigned i = 0; i < n; i++) {
		missed[n_missed] = (uint8_t)i;
		n_missed += !peek(d, &matches[i]);
	}
	for (unsigned i = 0; i < n_missed; i++)
		miss(d, &matches[missed[i]]);
	for (unsigned i = 0; i < n_missed; i++) {
		second[n_second] = missed[i];
		n_second += !aim(d, &matches[missed[i]]);
	}
	for (unsigned i = 0; i < n_second; i++)
		aim_at_second(d, &matches[second[i]]);
	if ((d->shift[TT_HITS_PLAIN] | d->shift[TT_HITS_COUNTING]) != 0)
		aim_at_cells(d, matches, n);
	for (unsigned i = 0; i < n; i++)
		take(d, &matches[i]);
	d->n_put_off = 0;
}

void
tt_detections_add(struct tt_detections *d, uint32_t rule, const struct tt_packet *packet,
		int64_t time_us)
{
	struct tt_detection_match match;

	tt_detections_settle(d);
	tt_detection_note(&match, &d->config.rules->rules[rule], rule, packet, time_us);
	match.hash = hash_of(d, &match);
	take(d, &match);
	d->matches++;
	d->any = true;
}
