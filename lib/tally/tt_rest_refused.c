/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets whose source, or contact, is not kept, into a rest. A flood is nearly all of these, and
 * each touches a dozen lines of memory: so they are counted in stages.
 */
#include "tt_rest_sketches.h"
#include "tt_rest_tables.h"

static uint8_t
least_of(const uint8_t *registers, uint32_t first, uint32_t end)
{
	uint8_t least = UINT8_MAX;

	for (uint32_t i = first; i < end; i++)
		least = registers[i] < least ? registers[i] : least;
	return least;
}

/* Raises a floor where it can be, with as many registers as may be, half of them at least. */
static __attribute__((noinline)) void
raise_floor(struct tt_floor *f, const uint8_t *registers, unsigned p)
{
	const uint32_t n = 1u << p;
	uint32_t from = n, above = 0;
	uint8_t least = UINT8_MAX;

	while (from > 0) {
		const uint32_t first = from / 2;
		const uint8_t more = least_of(registers, first, from);

		if (more <= f->rho)
			break;
		least = more < least ? more : least;
		from = first;
	}
	if (from == n)
		return;
	for (uint32_t i = from; i < n; i++)
		above += registers[i] > least;
	*f = (struct tt_floor){
			.from = (uint16_t)from, .above = (uint16_t)above, .rho = least};
}

/* May the floor rise? The first time, as many registers are above it as there are from one on that it may begin
 * with; later all that it is of. */
static inline bool
may_rise(const struct tt_floor *f, unsigned p)
{
	const uint32_t others = (1u << p) - f->above;

	if (f->rho != 0)
		return others == f->from;
	return (others & (others - 1)) == 0 && others <= 1u << p >> 1;
}

void
tt_rest_raise_with_floor(
		struct tt_rest *r, struct tt_rest_sketch s, struct tt_rest_rise rise)
{
	struct tt_floor *floor = &r->floors[s.floor];
	const uint8_t was = r->registers[rise.at];

	tt_rest_raise(r, rise.at, rise.rho);
	if (was != floor->rho || rise.at - s.first < floor->from)
		return;
	floor->above++;
	if (TT_UNLIKELY(may_rise(floor, s.p)))
		raise_floor(floor, &r->registers[s.first], s.p);
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
static inline __attribute__((always_inline)) void
find_pair(struct tt_rest *r, struct tt_rest_pair *p)
{
	const uint64_t hash = tt_sketch_hash(p->src);

	p->row = tt_row_index(p->key, p->detail);
	p->country = tt_geo_country(r->config.geo, p->src);
	p->slice_hash = tt_rest_slice_hash(r,
			tt_slice_country(p->row, p->country) | tt_slice_version(p->src));
	tt_rest_prefetch_slice_line(r, p->slice_hash);
	p->of_target = (struct tt_rest_rise){tt_registers_of_target(TT_REGISTERS_TARGET,
							     tt_target_index(p->key))
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET),
			tt_sketch_rho(hash, TT_SKETCH_P_TARGET)};
	__builtin_prefetch(&r->registers[p->of_target.at], 1);
	p->of_country = tt_rest_find_register(
			r, tt_rest_sketch_of_country(p->country), hash);
	p->of_all = tt_rest_find_register(r, tt_rest_sketch_of_all(), hash);
	p->talker = tt_rest_talker_home(r, p->src, tt_rest_talker_key(p->key));
	__builtin_prefetch(&r->talkers[p->talker], 1);
}

/* Where its slice may be, or else its row without countries. Slices stay where they are. */
static inline __attribute__((always_inline)) void
find_slice(const struct tt_rest *r, struct tt_rest_pair *p)
{
	p->slice = tt_rest_find_slice(r, p->slice_hash);
	__builtin_prefetch(p->slice != NULL ? (const void *)p->slice
					    : &r->cells[TT_CELL_ROW_REST + p->row],
			1);
}

static inline __attribute__((always_inline)) void
count_pair(struct tt_rest *r, const struct tt_rest_pair *p)
{
	const struct tt_entry talker = {
			p->src, tt_rest_talker_key(p->key), p->count.packets};

	tt_rest_add_country(r, p->slice, p->slice_hash, p->row, p->country,
			tt_rest_source_cell(p->key, p->detail, p->country),
			tt_slice_version(p->src), p->count);
	if (tt_detail_backscatter(p->detail))
		tt_rest_add_attacked(r, p->key, p->detail, p->count);
	if (tt_detail_matched(p->detail) != 0)
		tt_rest_add_fingerprints(
				r, p->row, tt_detail_matched(p->detail), p->count);
	tt_rest_add_talker(r, p->talker, &talker, p->count.packets == 1);
	tt_rest_raise(r, p->of_target.at, p->of_target.rho);
	tt_rest_raise_in(r, tt_rest_sketch_of_country(p->country), p->of_country);
	tt_rest_raise_in(r, tt_rest_sketch_of_all(), p->of_all);
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
			find_slice(r, &pairs[i - 3 * ahead]);
		if (i - 4 * ahead < n)
			count_pair(r, &pairs[i - 4 * ahead]);
	}
}

static inline __attribute__((always_inline)) void
find_contact(const struct tt_rest *r, struct tt_rest_contact *c)
{
	const struct tt_units *units = r->config.destinations;

	c->prefix = tt_units_index(r->config.prefixes, c->dst);
	c->cell = TT_CELL_DESTINATION_REST + c->class * units->n
			+ tt_units_index(units, c->dst);
	__builtin_prefetch(tt_rest_packets(r, c->cell), 1);
	c->of_prefix = tt_rest_find_register(
			r, tt_rest_sketch_of_prefix(c->prefix), tt_sketch_hash(c->src));
}

void
tt_rest_add_contacts(struct tt_rest *r, struct tt_rest_contact *contacts, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		find_contact(r, &contacts[i]);
	for (unsigned i = 0; i < n; i++) {
		const struct tt_rest_contact *c = &contacts[i];

		tt_rest_count_packets(r, c->cell, c->packets);
		tt_rest_raise_in(r, tt_rest_sketch_of_prefix(c->prefix), c->of_prefix);
	}
}
