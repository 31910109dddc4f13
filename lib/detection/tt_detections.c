/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hits stand in buckets of eight, each in one of two: with the emptier of the two taken, the first
 * bucket overflows when the table is nearly full. No slot moves, so that a new hit costs the same
 * at any time, and one that is no longer in the sample can be replaced where it stands. None is given
 * up: behind a free slot of a bucket all are free.
 *
 * Rules that count need many hits, for each source and second, and what is sampled of them is worth
 * little where windows are long; the sources of other rules are few beside that, and a sample says how
 * many there are. So those have three quarters of the table, where the rules are of both kinds.
 */
#include "tt_detections_private.h"

#include "tt_sketch.h"

#include <errno.h>
#include <string.h>

#define BUCKET 8

/* Slots for the hits of rules that do not count. */
static uint64_t
plain_slots(uint64_t hits, const struct tt_rules *rules)
{
	if (rules->n_counting == 0)
		return hits;
	return rules->n_counting == rules->n ? 0 : hits / 4;
}

uint64_t
tt_detections_bytes(const struct tt_detections_config *c)
{
	return c->hits * (sizeof(struct tt_hit) + sizeof(struct tt_detection_cell))
			+ TT_DETECTION_RULES_MAX * sizeof(uint64_t);
}

int
tt_detections_init(struct tt_detections *d, const struct tt_detections_config *config,
		struct tt_mem *mem, struct tt_error *err)
{
	TT_ASSERT(config->rules->n <= TT_DETECTION_RULES_MAX);
	if (config->hits < TT_HITS_MIN || config->hits > TT_HITS_MAX
			|| (config->hits & (config->hits - 1)) != 0)
		return tt_error_set(err, -EINVAL, "signature-hits",
				"must be a power of two from %d to %d", TT_HITS_MIN,
				TT_HITS_MAX);
	*d = (struct tt_detections){
			.config = *config,
			.place = tt_hash_seed_of(config->seed),
			.n_hits = config->hits,
			.n_plain = plain_slots(config->hits, config->rules),
			.n_cells = config->hits,
			.mem = mem,
	};
	d->hits = tt_mem_alloc(mem, d->n_hits * sizeof(*d->hits), "signatures");
	d->cells = tt_mem_alloc(mem, d->n_cells * sizeof(*d->cells), "signatures");
	d->rest = tt_mem_alloc(
			mem, TT_DETECTION_RULES_MAX * sizeof(*d->rest), "signatures");
	if (d->hits != NULL && d->cells != NULL && d->rest != NULL)
		return 0;
	tt_detections_fini(d);
	return tt_error_set(err, -ENOMEM, "signature-hits",
			"out of memory: %llu hits need %llu MiB a table set",
			(unsigned long long)config->hits,
			(unsigned long long)(tt_detections_bytes(config) >> 20));
}

void
tt_detections_fini(struct tt_detections *d)
{
	if (d->compact) {
		free(d->hits);
		free(d->cells);
		free(d->rest);
	} else if (d->mem != NULL) {
		tt_mem_free(d->mem, d->hits, d->n_hits * sizeof(*d->hits));
		tt_mem_free(d->mem, d->cells, d->n_cells * sizeof(*d->cells));
		tt_mem_free(d->mem, d->rest, TT_DETECTION_RULES_MAX * sizeof(*d->rest));
	}
	*d = (struct tt_detections){0};
}

void
tt_detections_reset(struct tt_detections *d)
{
	struct tt_detections clean = {
			.config = d->config,
			.place = d->place,
			.hits = d->hits,
			.cells = d->cells,
			.rest = d->rest,
			.n_hits = d->n_hits,
			.n_plain = d->n_plain,
			.n_cells = d->n_cells,
			.mem = d->mem,
	};

	if (d->any) {
		memset(d->hits, 0, d->n_hits * sizeof(*d->hits));
		memset(d->cells, 0, d->n_cells * sizeof(*d->cells));
		memset(d->rest, 0, d->config.rules->n * sizeof(*d->rest));
	}
	*d = clean;
}

void
tt_detections_count_by(struct tt_detections *d, const struct tt_rules *rules)
{
	TT_ASSERT(!d->any && !d->compact && rules->n <= TT_DETECTION_RULES_MAX);
	d->config.rules = rules;
	d->n_plain = plain_slots(d->n_hits, rules);
}

static uint64_t
cell_of(const struct tt_detections *d, uint32_t key)
{
	return tt_hash_mix(key) & (d->n_cells - 1);
}

static void
count_cell(struct tt_detections *d, uint32_t rule, uint32_t key)
{
	uint64_t at = cell_of(d, key);

	for (; d->cells[at].key != key; at = (at + 1) & (d->n_cells - 1)) {
		if (d->cells[at].key != 0)
			continue;
		if (d->cells_taken == d->n_cells / 8 * 7) {
			d->rest[rule]++;
			return;
		}
		d->cells_taken++;
		d->cells[at].key = key;
		break;
	}
	d->cells[at].packets++;
}

/* What a packet's hit is told apart by. */
static struct tt_hit
hit_of(const struct tt_rule *rule, uint32_t place, const struct tt_packet *p,
		int64_t time_us)
{
	const struct tt_rule_count *c = &rule->count;
	struct tt_hit h = {.src = p->src,
			.packets = 1,
			.first_us = time_us,
			.last_us = time_us,
			.rule = (uint16_t)place};

	if (c->type == TT_RULE_COUNT_NONE)
		return h;
	h.second = (uint32_t)(time_us / TT_US_PER_S);
	if (c->track == TT_RULE_TRACK_DESTINATION || c->track == TT_RULE_TRACK_BOTH
			|| c->unique == TT_RULE_UNIQUE_DST_ADDRESS)
		h.dst = p->dst;
	if (c->unique == TT_RULE_UNIQUE_DST_PORT)
		h.value = p->dst_port;
	if (c->unique == TT_RULE_UNIQUE_SRC_PORT)
		h.value = p->src_port;
	return h;
}

static bool
is_same(const struct tt_hit *a, const struct tt_hit *b)
{
	return a->src.lo == b->src.lo && a->src.hi == b->src.hi && a->rule == b->rule
			&& a->second == b->second && a->value == b->value
			&& a->dst.lo == b->dst.lo && a->dst.hi == b->dst.hi;
}

static void
add_to(struct tt_hit *to, const struct tt_hit *h)
{
	to->packets++;
	if (h->first_us < to->first_us)
		to->first_us = h->first_us;
	if (h->last_us > to->last_us)
		to->last_us = h->last_us;
}

static uint64_t
hash_of(const struct tt_detections *d, const struct tt_hit *h)
{
	uint64_t what = (uint64_t)h->rule << 48 | (uint64_t)h->value << 32 | h->second;
	uint64_t hash = tt_hash_place(tt_hash_addr(h->src), what, &d->place);

	if (h->dst.lo != 0)
		hash = tt_hash_place(hash, tt_hash_addr(h->dst), &d->place);
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

/* The first slot of a bucket that is free; free: how many are. A slot that has the hit: found. */
static struct tt_hit *
look(struct tt_hit *bucket, const struct tt_hit *h, unsigned *n_free, bool *found)
{
	for (unsigned i = 0; i < BUCKET; i++) {
		*n_free = BUCKET - i;
		if (bucket[i].packets == 0)
			return &bucket[i];
		*found = is_same(&bucket[i], h);
		if (*found)
			return &bucket[i];
	}
	*n_free = 0;
	return NULL;
}

/* A slot of the bucket that is no longer in the sample. */
static struct tt_hit *
unwanted(const struct tt_detections *d, struct tt_hit *bucket, unsigned shift)
{
	for (unsigned i = 0; i < BUCKET; i++)
		if (!is_sampled(d, bucket[i].src, shift))
			return &bucket[i];
	return NULL;
}

/* A slot for a hit in two full buckets; NULL where the hit itself is no longer in the sample, or
 * where addresses were chosen for their hash and there is no room at any rate. */
static struct tt_hit *
make_room(struct tt_detections *d, unsigned *shift, struct tt_hit *a, struct tt_hit *b,
		const struct tt_hit *h)
{
	for (;;) {
		struct tt_hit *slot = unwanted(d, a, *shift);

		if (slot == NULL)
			slot = unwanted(d, b, *shift);
		if (slot != NULL) {
			d->not_kept += slot->packets;
			return slot;
		}
		if (*shift == TT_SAMPLE_SHIFT_MAX)
			return NULL;
		++*shift;
		if (!is_sampled(d, h->src, *shift))
			return NULL;
	}
}

/* The bucket that 32 bits of a hash say, of those of a kind. */
static struct tt_hit *
bucket_of(const struct tt_detections *d, enum tt_hit_kind kind, uint32_t bits)
{
	const uint64_t first = kind == TT_HITS_PLAIN ? 0 : d->n_plain;
	const uint64_t end = kind == TT_HITS_PLAIN ? d->n_plain : d->n_hits;

	TT_ASSERT(end > first);
	return &d->hits[first + (bits * ((end - first) / BUCKET) >> 32) * BUCKET];
}

static void
keep(struct tt_detections *d, const struct tt_detection_match *match)
{
	const struct tt_hit *h = &match->hit;
	struct tt_hit *a = match->buckets[0], *b = match->buckets[1];
	unsigned free_a, free_b;
	bool found = false;
	struct tt_hit *in_a = look(a, h, &free_a, &found), *in_b, *slot;

	if (found) {
		add_to(in_a, h);
		return;
	}
	in_b = look(b, h, &free_b, &found);
	if (found) {
		add_to(in_b, h);
		return;
	}
	slot = free_a >= free_b ? in_a : in_b;
	if (slot == NULL)
		slot = make_room(d, &d->shift[match->kind], a, b, h);
	if (slot == NULL)
		d->not_kept++;
	else
		*slot = *h;
}

void
tt_detections_ready(const struct tt_detections *d, struct tt_detection_match *match,
		uint32_t rule, const struct tt_packet *packet, int64_t time_us)
{
	const struct tt_rule *r = &d->config.rules->rules[rule];
	uint64_t hash;

	if (tt_addr_is_v4(packet->src))
		tt_geo_prefetch4(d->config.geo, (uint32_t)packet->src.lo);
	match->kind = tt_hit_kind_of(r);
	match->hit = hit_of(r, rule, packet, time_us);
	hash = hash_of(d, &match->hit);
	for (unsigned i = 0; i < 2; i++, hash >>= 32) {
		match->buckets[i] = bucket_of(d, match->kind, (uint32_t)hash);
		__builtin_prefetch(match->buckets[i], 1);
	}
}

static void
take(struct tt_detections *d, const struct tt_detection_match *match)
{
	const struct tt_hit *h = &match->hit;

	count_cell(d, h->rule, match->cell);
	if (is_sampled(d, h->src, d->shift[match->kind]))
		keep(d, match);
	else
		d->not_kept++;
}

void
tt_detections_take(
		struct tt_detections *d, struct tt_detection_match *matches, unsigned n)
{
	const struct tt_geo *geo = d->config.geo;

	for (unsigned i = 0; i < n; i++)
		if (tt_addr_is_v4(matches[i].hit.src))
			tt_geo_prefetch4_net(geo, (uint32_t)matches[i].hit.src.lo);
	for (unsigned i = 0; i < n; i++) {
		struct tt_detection_match *m = &matches[i];

		m->cell = tt_detection_key(m->hit.rule, tt_geo_country(geo, m->hit.src))
				+ 1;
		__builtin_prefetch(&d->cells[cell_of(d, m->cell)], 1);
	}
	for (unsigned i = 0; i < n; i++)
		take(d, &matches[i]);
	d->matches += n;
	d->any |= n != 0;
}

void
tt_detections_add(struct tt_detections *d, uint32_t rule, const struct tt_packet *packet,
		int64_t time_us)
{
	struct tt_detection_match match;

	tt_detections_ready(d, &match, rule, packet, time_us);
	tt_detections_take(d, &match, 1);
}
