/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets whose source, or contact, is not kept, into a rest. A flood is nearly all of these, and
 * each touches a dozen lines of memory: so they are counted in stages.
 */
#include "tt_rest_tables.h"

static void
add_country(struct tt_rest *r, const struct tt_rest_pair *p)
{
	const uint64_t key = tt_slice_country(p->row, p->country);
	const struct tt_count c = p->count;

	if (tt_rest_add_slice_of(r, p->slice, key, c))
		return;
	r->slices_lost.packets += c.packets;
	tt_rest_count(r, TT_CELL_ROW_REST + p->row, c.packets, c.bytes);
	tt_rest_count(r, tt_rest_source_cell(p->key, p->detail, p->country), c.packets,
			c.bytes);
}

static void
add_attacked(struct tt_rest *r, tt_target_key key, tt_detail detail, struct tt_count c)
{
	if (!tt_rest_add_slice(r, tt_slice_attacked(key, detail), c))
		tt_rest_count(r, TT_CELL_ATTACKED_REST + tt_target_key_class(key),
				c.packets, c.bytes);
}

static void
add_fingerprints(struct tt_rest *r, uint32_t row, uint32_t matched, struct tt_count c)
{
	for (; matched != 0; matched &= matched - 1) {
		unsigned rule = (unsigned)__builtin_ctz(matched);

		if (!tt_rest_add_slice(r, tt_slice_fingerprint(rule, row), c))
			tt_rest_count(r, TT_CELL_FINGERPRINT_REST + rule, c.packets,
					c.bytes);
	}
}

/* A new floor, since no register is left on the old one. */
static __attribute__((noinline)) void
raise_floor(struct tt_floor *f, const uint8_t *registers, unsigned p)
{
	uint8_t least = UINT8_MAX;
	uint32_t above = 0;

	for (uint32_t i = 0; i < 1u << p; i++)
		least = registers[i] < least ? registers[i] : least;
	for (uint32_t i = 0; i < 1u << p; i++)
		above += registers[i] > least;
	*f = (struct tt_floor){least, (uint16_t)above};
}

/* A sketch that has a floor. */
struct sketch {
	uint32_t first, floor;
	unsigned p;
};

static inline struct sketch
sketch_of_all(void)
{
	return (struct sketch){TT_REGISTERS_ALL, TT_FLOOR_ALL, TT_SKETCH_P_ALL};
}

static inline struct sketch
sketch_of_country(tt_country country)
{
	return (struct sketch){
			TT_REGISTERS_COUNTRY + ((uint32_t)country << TT_SKETCH_P_COUNTRY),
			TT_FLOOR_COUNTRY + country, TT_SKETCH_P_COUNTRY};
}

static inline struct sketch
sketch_of_prefix(uint32_t prefix)
{
	return (struct sketch){TT_REGISTERS_PREFIX + (prefix << TT_SKETCH_P_PREFIX),
			TT_FLOOR_PREFIX + prefix, TT_SKETCH_P_PREFIX};
}

/* Fetches the register of a hash, unless it cannot be raised. */
static inline __attribute__((always_inline)) void
fetch_sketch(const struct tt_rest *r, struct sketch s, uint64_t hash)
{
	if (tt_sketch_rho(hash, s.p) > r->floors[s.floor].rho)
		__builtin_prefetch(&r->registers[s.first + tt_sketch_register(hash, s.p)],
				1);
}

static inline void
enter(struct tt_rest *r, struct sketch s, uint64_t hash)
{
	struct tt_floor *floor = &r->floors[s.floor];
	const uint8_t rho = tt_sketch_rho(hash, s.p);
	const uint32_t at = s.first + tt_sketch_register(hash, s.p);
	uint8_t was;

	if (rho <= floor->rho)
		return;
	was = r->registers[at];
	if (rho <= was)
		return;
	r->registers[at] = rho;
	r->registers_used[at / TT_REGISTER_BLOCK] = 1;
	if (was == floor->rho && ++floor->above == 1u << s.p)
		raise_floor(floor, &r->registers[s.first], s.p);
}

static void
sketch_source(struct tt_rest *r, uint32_t target, tt_country country, uint64_t hash)
{
	tt_rest_sketch(r, tt_registers_of_target(TT_REGISTERS_TARGET, target),
			TT_SKETCH_P_TARGET, hash);
	enter(r, sketch_of_all(), hash);
	enter(r, sketch_of_country(country), hash);
}

/* A talker is a source of a target and class; the code does not tell it apart. */
static inline uint64_t
talker_key(tt_target_key key)
{
	return key & ~UINT64_C(0xff00);
}

/* So many further on is what is fetched while one is counted. Functions that only fetch are inlined always:
 * see tt_geo_prefetch4. */
#define AHEAD 8

static inline __attribute__((always_inline)) void
fetch_country(const struct tt_rest *r, const struct tt_rest_pair *p)
{
	if (TT_LIKELY(tt_addr_is_v4(p->src)))
		tt_geo_prefetch4(r->config.geo, (uint32_t)p->src.lo);
}

static inline __attribute__((always_inline)) void
fetch_country_net(const struct tt_rest *r, const struct tt_rest_pair *p)
{
	if (TT_LIKELY(tt_addr_is_v4(p->src)))
		tt_geo_prefetch4_net(r->config.geo, (uint32_t)p->src.lo);
}

/* Where it will be counted, but for the slice's own place. */
static inline void
find_pair(const struct tt_rest *r, struct tt_rest_pair *p)
{
	p->hash = tt_sketch_hash(p->src);
	p->row = tt_row_index(p->key, p->detail);
	p->target = tt_target_index(p->key);
	p->country = tt_geo_country(r->config.geo, p->src);
	p->talker = tt_rest_talker_home(r, p->src, talker_key(p->key));
	p->slice = tt_rest_slice_hash(r, tt_slice_country(p->row, p->country));
	__builtin_prefetch(&r->slice_index[p->slice & (r->config.slices - 1)]);
	__builtin_prefetch(&r->talkers[p->talker], 1);
	__builtin_prefetch(&r->cells[TT_CELL_ROW_REST + p->row], 1);
	__builtin_prefetch(&r->registers[tt_registers_of_target(
							 TT_REGISTERS_TARGET, p->target)
					   + tt_sketch_register(
							   p->hash, TT_SKETCH_P_TARGET)],
			1);
	fetch_sketch(r, sketch_of_country(p->country), p->hash);
}

static inline __attribute__((always_inline)) void
fetch_slice(const struct tt_rest *r, const struct tt_rest_pair *p)
{
	const uint64_t mask = r->config.slices - 1;
	uint64_t at = p->slice & mask;

	while (r->slice_index[at] != 0
			&& !tt_rest_may_be(r, r->slice_index[at], p->slice))
		at = (at + 1) & mask;
	if (r->slice_index[at] != 0)
		__builtin_prefetch(tt_rest_slice_of(r, r->slice_index[at]), 1);
}

static inline void
count_pair(struct tt_rest *r, const struct tt_rest_pair *p)
{
	const struct tt_entry talker = {p->src, talker_key(p->key), p->count.packets};

	add_country(r, p);
	if (tt_detail_backscatter(p->detail))
		add_attacked(r, p->key, p->detail, p->count);
	if (tt_detail_matched(p->detail) != 0)
		add_fingerprints(r, p->row, tt_detail_matched(p->detail), p->count);
	tt_rest_add_talker(r, p->talker, &talker, p->count.packets == 1);
	sketch_source(r, p->target, p->country, p->hash);
}

void
tt_rest_add_pairs(struct tt_rest *r, struct tt_rest_pair *pairs, unsigned n)
{
	const unsigned ahead = n < AHEAD ? n : AHEAD;

	/* Before the first one, i - ahead is greater than n. */
	for (unsigned i = 0; i < n + 4 * ahead; i++) {
		if (i < n)
			fetch_country(r, &pairs[i]);
		if (i - ahead < n)
			fetch_country_net(r, &pairs[i - ahead]);
		if (i - 2 * ahead < n)
			find_pair(r, &pairs[i - 2 * ahead]);
		if (i - 3 * ahead < n)
			fetch_slice(r, &pairs[i - 3 * ahead]);
		if (i - 4 * ahead < n)
			count_pair(r, &pairs[i - 4 * ahead]);
	}
}

static inline void
find_contact(const struct tt_rest *r, struct tt_rest_contact *c)
{
	const struct tt_units *units = r->config.destinations;

	c->cell = TT_CELL_DESTINATION_REST + c->class * units->n
			+ tt_units_index(units, c->dst);
	c->prefix = tt_units_index(r->config.prefixes, c->dst);
	c->hash = tt_sketch_hash(c->src);
	__builtin_prefetch(&r->cells[c->cell], 1);
	fetch_sketch(r, sketch_of_prefix(c->prefix), c->hash);
}

void
tt_rest_add_contacts(struct tt_rest *r, struct tt_rest_contact *contacts, unsigned n)
{
	const unsigned ahead = n < AHEAD ? n : AHEAD;

	for (unsigned i = 0; i < n + ahead; i++) {
		if (i < n)
			find_contact(r, &contacts[i]);
		if (i - ahead < n) {
			const struct tt_rest_contact *c = &contacts[i - ahead];

			tt_rest_count(r, c->cell, c->packets, 0);
			enter(r, sketch_of_prefix(c->prefix), c->hash);
		}
	}
}
