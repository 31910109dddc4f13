/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The path of a match: note, which is all that is done at once; ready, which begins to fetch the slot that its hit has
 * where nothing was in the way, as most have; peek, which tells whether it is there, by all that tells hits apart, so that
 * nothing need be looked at again before it is counted. Of those whose it is not: miss, which
 * begins to fetch the tags of its first bucket; aim, which finds its slot by them and begins to fetch that, or the tags of
 * its second bucket where the hit may be there; aim_at_second, for these. Then all of them are counted, in their
 * order: by add where the slot is known, else by take. Each of these is for all matches that were put off before the next, so that one
 * waits for the memory of none; and few packets of a burst match, so that for those of one burst alone none of this would be in the
 * first caches, nor predicted.
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
keep(struct tt_detections *d, const struct tt_detection_match *m, enum tt_hit_kind kind)
{
	struct tt_hit_buckets b;
	struct tt_hit *slot = m->slot;

	/* Since it was aimed at, another match may have taken the slot, or of the same bucket the one before. */
	if (slot != NULL && tt_hit_slot_has(slot, m)) {
		add(slot, m);
		return true;
	}
	b = tt_hit_buckets_of(d, kind, m->hash);
	slot = tt_hit_find(d, &b, m);
	if (slot != NULL) {
		add(slot, m);
		return true;
	}
	slot = tt_hit_free_slot(d, &b);
	if (slot == NULL)
		slot = make_room(d, &d->shift[kind], &b, m->src);
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

/* What is known of the matches that are counted at once; a bit each. */
struct settling {
	struct tt_detections *d;
	struct tt_detection_match *matches; /* [n] */
	unsigned n;
	unsigned shift[TT_N_HIT_KINDS]; /* at which kept was found out */
	uint64_t kept; /* the source is in the sample */
	uint64_t found; /* the slot has the hit; hits make room for others where a shift rises alone */
	uint64_t aimed; /* the cell is known */
	uint32_t cells[TT_DETECTIONS_PUT_OFF]; /* their keys */
};

static enum tt_hit_kind
kind_of(const struct settling *s, unsigned i)
{
	return (s->d->counting >> i & 1) != 0 ? TT_HITS_COUNTING : TT_HITS_PLAIN;
}

static bool
has(uint64_t bits, unsigned i)
{
	return (bits >> i & 1) != 0;
}

/* Of all that have room in hits, this fetches the lines that they most likely have; of the others, what tells their country. */
static void
ready(struct settling *s)
{
	const struct tt_detections *d = s->d;

	for (unsigned i = 0; i < s->n; i++) {
		struct tt_detection_match *m = &s->matches[i];
		const enum tt_hit_kind kind = kind_of(s, i);

		m->hash = hash_of(d, m);
		if (is_sampled(d, m->src, s->shift[kind])) {
			m->slot = &d->hits[tt_hit_buckets_of(d, kind, m->hash).home];
			__builtin_prefetch(m->slot, 1);
			s->kept |= UINT64_C(1) << i;
		} else {
			m->slot = NULL;
			if (tt_addr_is_v4(m->src))
				tt_geo_prefetch4(d->config.geo, (uint32_t)m->src.lo);
		}
	}
}

/* Which slots have the hits? */
static void
peek(struct settling *s)
{
	uint64_t found = 0;

	for (unsigned i = 0; i < s->n; i++) {
		const struct tt_detection_match *m = &s->matches[i];

		if (m->slot != NULL)
			found |= (uint64_t)tt_hit_slot_has(m->slot, m) << i;
	}
	s->found = found;
}

/* Begins to fetch the tags of a match whose slot has not its hit, or what says the country of one that is not kept. */
static void
miss(const struct settling *s, unsigned i)
{
	const struct tt_detections *d = s->d;
	const struct tt_detection_match *m = &s->matches[i];

	if (m->slot != NULL)
		__builtin_prefetch(&d->tags[tt_hit_buckets_of(d, kind_of(s, i), m->hash)
							    .at[0]]);
	else if (tt_addr_is_v4(m->src))
		tt_geo_prefetch4_net(d->config.geo, (uint32_t)m->src.lo);
}

/* Is the slot known that counting a match will read first? Else the tags of the second bucket will tell. */
static bool
aim(const struct settling *s, unsigned i)
{
	const struct tt_detections *d = s->d;
	struct tt_detection_match *m = &s->matches[i];
	struct tt_hit_buckets b;
	uint64_t mask;

	if (m->slot == NULL)
		return true;
	b = tt_hit_buckets_of(d, kind_of(s, i), m->hash);
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
aim_at_second(const struct settling *s, unsigned i)
{
	const struct tt_detections *d = s->d;
	struct tt_detection_match *m = &s->matches[i];
	const struct tt_hit_buckets b = tt_hit_buckets_of(d, kind_of(s, i), m->hash);
	const uint64_t mask = tt_hit_tags_equal(&d->tags[b.at[1]], tt_hit_tag(m->hash));

	m->slot = mask != 0 ? &d->hits[b.at[1] + tt_hit_first(mask)]
			    : tt_hit_free_slot(d, &b);
	__builtin_prefetch(m->slot, 1);
}

/* Looks the countries of matches up that are not kept, and begins to fetch their cells. */
static void
aim_at_cells(struct settling *s, uint64_t bits)
{
	const struct tt_detections *d = s->d;

	s->aimed = bits;
	for (; bits != 0; bits &= bits - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(bits);
		const struct tt_detection_match *m = &s->matches[i];

		s->cells[i] = cell_key(d, m->rule, m->src);
		__builtin_prefetch(&d->cells[cell_of(d, s->cells[i])], 1);
	}
}

/* Aims at the slots of matches, a bit each, that are not where they would be first, and at their cells. */
static __attribute__((noinline)) void
aim_at_all(struct settling *s, uint64_t missed)
{
	uint64_t second = 0;

	for (uint64_t left = missed; left != 0; left &= left - 1)
		miss(s, (unsigned)__builtin_ctzll(left));
	for (uint64_t left = missed; left != 0; left &= left - 1)
		if (!aim(s, (unsigned)__builtin_ctzll(left)))
			second |= left & -left;
	for (; second != 0; second &= second - 1)
		aim_at_second(s, (unsigned)__builtin_ctzll(second));
	aim_at_cells(s, missed & ~s->kept);
}

/* Counts a match whose slot was not known for sure. */
static __attribute__((noinline)) void
take(struct settling *s, unsigned i)
{
	struct tt_detections *d = s->d;
	const struct tt_detection_match *m = &s->matches[i];
	const enum tt_hit_kind kind = kind_of(s, i);
	const bool kept = d->shift[kind] == s->shift[kind]
			? has(s->kept, i)
			: is_sampled(d, m->src, d->shift[kind]);

	const bool counted = kept && keep(d, m, kind);

	if (d->shift[kind] != s->shift[kind])
		s->found = 0;
	if (!counted)
		count_cell(d, m->rule,
				has(s->aimed, i) ? s->cells[i]
						 : cell_key(d, m->rule, m->src),
				1);
}

void
tt_detections_settle(struct tt_detections *d)
{
	struct settling s;
	uint64_t missed;

	if (d->n_put_off == 0)
		return;
	s.d = d;
	s.matches = d->put_off;
	s.n = d->n_put_off;
	memcpy(s.shift, d->shift, sizeof(s.shift));
	s.kept = s.aimed = 0;
	ready(&s);
	peek(&s);
	missed = ~s.found & (UINT64_MAX >> (TT_DETECTIONS_PUT_OFF - s.n));
	if (missed != 0)
		aim_at_all(&s, missed);
	for (unsigned i = 0; i < s.n; i++)
		if (TT_LIKELY(has(s.found, i)))
			add(s.matches[i].slot, &s.matches[i]);
		else
			take(&s, i);
	d->n_put_off = 0;
	d->counting = 0;
}

void
tt_detections_add(struct tt_detections *d, uint32_t rule, const struct tt_packet *packet,
		int64_t time_us)
{
	struct tt_detection_match match;
	enum tt_hit_kind kind;

	tt_detections_settle(d);
	kind = tt_detection_note(
			&match, &d->config.rules->rules[rule], rule, packet, time_us);
	match.hash = hash_of(d, &match);
	match.slot = NULL;
	if (!is_sampled(d, packet->src, d->shift[kind]) || !keep(d, &match, kind))
		count_cell(d, match.rule, cell_key(d, match.rule, match.src), 1);
	d->matches++;
	d->any = true;
}
