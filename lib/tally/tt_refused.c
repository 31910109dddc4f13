/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that were put off, into the rest: as tt_rest_add_pairs, for what all of these have in common. */
#include "tt_refused.h"

#include "tt_rest_others.h"
#include "tt_rest_sketches.h"
#include "tt_some.h"

/* So many go through all stages together. */
#define SOME 64

/* What is found of a packet before it is counted. */
struct found {
	uint64_t slice_hash;
	struct tt_slice *slice; /* most likely that of its row and country */
	tt_target_key key;
	uint64_t talker; /* home */
	uint32_t row, sources; /* cell of its sources' country */
	struct tt_rest_rise of_country, of_all;
	tt_country country;
};

/* Packets on their way through the stages. */
struct some {
	struct tt_rest *rest;
	const struct tt_later_update *updates; /* [n] */
	unsigned n;
	const void *nets[SOME]; /* of tt_geo_find4 */
	uint64_t hashes[SOME]; /* tt_sketch_hash of sources */
	struct found found[SOME];
	struct tt_some raise; /* those that raise the sketch of all */
	struct tt_some others; /* those with slices that are not of a country */
};

/* Of each block of rows: what keys have besides the number and the class, and where its targets start. */
static const struct block {
	tt_target_key key; /* of number 0 */
	uint32_t target; /* index of number 0 */
	uint8_t key_shift,
			target_shift; /* of the number: types of ICMP stand before codes */
} blocks[TT_ROWS_ICMP + 1] = {
#define BLOCK(protocol)                                                               \
	{                                                                             \
		(uint64_t) TT_PROTO_##protocol << 40 | 1 << 16, TT_TARGET_##protocol, \
				TT_PROTO_##protocol == TT_PROTO_ICMP ? 8 : 16,        \
				TT_PROTO_##protocol == TT_PROTO_ICMP ? 8 : 0          \
	}
		[TT_ROWS_TCP... TT_ROWS_UDP - 1] = BLOCK(TCP),
		[TT_ROWS_UDP] = BLOCK(UDP),
		[TT_ROWS_UDP_BACKSCATTER] = BLOCK(UDP),
		[TT_ROWS_ICMP] = BLOCK(ICMP),
};

static inline tt_target_key
key_of(const struct tt_later_update *u)
{
	const struct block *b = &blocks[tt_refused_block(u)];

	return b->key + ((uint64_t)tt_refused_number(u) << b->key_shift)
			+ tt_refused_class(u);
}

static inline uint32_t
target_of(const struct tt_later_update *u)
{
	const struct block *b = &blocks[tt_refused_block(u)];

	return b->target + (tt_refused_number(u) >> b->target_shift);
}

/* Into the sketches of its target, which are at hand: most often the whole part was read. Without branches: of a part
 * that is read with a few packets for each port nearly all raise one, where they are many hardly any. */
static inline void
raise_targets(struct tt_rest *r, const struct tt_later_update *u, uint32_t target,
		uint64_t src_hash)
{
	const uint32_t first = tt_registers_of_target(TT_REGISTERS_DESTINATIONS, target);
	const uint8_t rho = tt_sketch_rho(src_hash, TT_SKETCH_P_TARGET),
		      dst_rho = tt_refused_rho(u);
	uint8_t *of_dst = &r->registers[first + tt_refused_register(u)],
		*of_src = &r->registers[first + TT_REGISTERS_TARGET
				+ tt_sketch_register(src_hash, TT_SKETCH_P_TARGET)],
		*used = &r->registers_used[first / TT_REGISTER_BLOCK];

	*of_dst = *of_dst < dst_rho ? dst_rho : *of_dst;
	*of_src = *of_src < rho ? rho : *of_src;
	used[0] |= dst_rho != 0;
	used[1] = 1;
}
_Static_assert(TT_REGISTERS_TARGET == TT_REGISTER_BLOCK
				&& TT_REGISTER_BLOCK == 1 << TT_SKETCH_P_TARGET,
		"each sketch of a target is a block");

/* Begins to fetch what raise_targets touches: what was read in a row is in the second-level cache at best. */
static inline __attribute__((always_inline)) void
fetch_targets(struct some *s, unsigned i)
{
	const struct tt_later_update *u = &s->updates[i];
	const uint64_t hash = s->hashes[i];
	const uint8_t *of_target = &s->rest->registers[tt_registers_of_target(
			TT_REGISTERS_DESTINATIONS, target_of(u))];

	__builtin_prefetch(&of_target[tt_refused_register(u)], 1);
	__builtin_prefetch(
			&of_target[TT_REGISTERS_TARGET
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET)],
			1);
}

static inline void
find(struct some *s, unsigned i)
{
	struct tt_rest *r = s->rest;
	const struct tt_later_update *u = &s->updates[i];
	const struct tt_addr src = tt_addr_v4(tt_refused_src(u));
	const uint64_t hash = s->hashes[i];
	const tt_country country = tt_geo_found4(
			r->config.geo, s->nets[i], tt_refused_src(u));
	struct found *f = &s->found[i];

	f->country = country;
	f->row = tt_refused_row(u);
	f->key = key_of(u);
	f->sources = tt_rest_source_cell(f->key, tt_refused_detail(u), country);
	f->slice_hash = tt_rest_slice_hash(r, tt_slice_country(f->row, country));
	tt_rest_prefetch_slice_line(r, f->slice_hash);
	f->talker = tt_rest_talker_home(r, src, tt_rest_talker_key(f->key));
	__builtin_prefetch(&r->talkers[f->talker], 1);
	f->of_country = tt_rest_find_register(
			r, tt_rest_sketch_of_country(country), hash);
	f->of_all = tt_rest_rise_of(tt_rest_sketch_of_all(), hash);
	tt_some_note(&s->raise, i, f->of_all.rho > r->registers[f->of_all.at]);
	tt_some_note(&s->others, i,
			tt_detail_backscatter(tt_refused_detail(u))
					| (unsigned)(tt_refused_matched(u) != 0));
	raise_targets(r, u, target_of(u), hash);
}

static inline void
find_all(struct some *s)
{
	struct tt_rest *r = s->rest;
	/* Sketches of one target alone are at hand. */
	const bool several = tt_refused_number(&s->updates[0])
			!= tt_refused_number(&s->updates[s->n - 1]);

	for (unsigned i = 0; i < s->n; i++)
		tt_geo_prefetch4(r->config.geo, tt_refused_src(&s->updates[i]));
	for (unsigned i = 0; i < s->n; i++) {
		const uint32_t src = tt_refused_src(&s->updates[i]);

		s->nets[i] = tt_geo_find4(r->config.geo, src);
		__builtin_prefetch(s->nets[i]);
		s->hashes[i] = tt_sketch_hash(tt_addr_v4(src));
		if (several)
			fetch_targets(s, i);
	}
	for (unsigned i = 0; i < s->n; i++)
		find(s, i);
	for (unsigned k = 0; k < s->raise.n; k++)
		tt_rest_raise_in(r, tt_rest_sketch_of_all(),
				s->found[s->raise.at[k]].of_all);
}

static inline struct tt_count
count_of(const struct tt_later_update *u)
{
	return (struct tt_count){1, tt_refused_bytes(u)};
}

/* In the slice that was found, or elsewhere. */
static inline void
count_country(struct tt_rest *r, const struct tt_later_update *u, const struct found *f)
{
	tt_rest_add_country(r, f->slice, f->slice_hash, f->row, f->country, f->sources, 0,
			count_of(u));
}

/* Slices that are not of a country, of some of the packets that have such: from others.at[k] on. Returns behind which. */
static inline unsigned
find_others(const struct some *s, unsigned k, struct tt_rest_others *o)
{
	for (o->n = 0; k < s->others.n && tt_rest_others_have_room(o); k++) {
		const unsigned i = s->others.at[k];
		const struct tt_later_update *u = &s->updates[i];

		tt_rest_note_others(s->rest, o, i, s->found[i].key,
				tt_refused_detail(u) | tt_refused_matched(u),
				s->found[i].row, count_of(u));
	}
	tt_rest_find_others(s->rest, o);
	return k;
}

/* Packets first to end - 1, and their others: one after the other, which decides what has a slice. */
static inline void
count_in_order(struct some *s, unsigned first, unsigned end,
		const struct tt_rest_others *o)
{
	struct tt_rest *r = s->rest;
	unsigned next = 0;

	for (unsigned i = first; i < end; i++) {
		count_country(r, &s->updates[i], &s->found[i]);
		for (; next < o->n && o->all[next].of == i; next++)
			tt_rest_count_other(r, &o->all[next]);
	}
}

/* As long as there is room for slices. */
static inline void
count_slices(struct some *s)
{
	struct tt_rest_others others;

	for (unsigned i = 0; i < s->n; i++) {
		s->found[i].slice = tt_rest_find_slice(s->rest, s->found[i].slice_hash);
		__builtin_prefetch(s->found[i].slice, 1);
	}
	for (unsigned k = 0, first = 0, end; first < s->n; first = end) {
		k = find_others(s, k, &others);
		end = k < s->others.n ? s->others.at[k] : s->n;
		count_in_order(s, first, end, &others);
	}
}

/* When there is none any more. Of a flood's packets about half have a slice, which nobody could foresee: so they are
 * told apart without branches. */
static inline void
count_countries_full(struct some *s)
{
	struct tt_rest *r = s->rest;
	struct tt_some with, without;

	with.n = without.n = 0;
	for (unsigned i = 0; i < s->n; i++) {
		struct found *f = &s->found[i];
		const struct tt_pair_line *line = tt_pair_line_of(
				&r->slice_lines, f->slice_hash);
		const unsigned match = tt_pair_match(line, tt_pair_tag(f->slice_hash));
		const bool may_have = (match | line->passed) != 0;

		f->slice = &r->slices[line->numbers[__builtin_ctz(
				match | 1u << (TT_PAIR_WAYS - 1))]];
		tt_some_note(&with, i, may_have);
		tt_some_note(&without, i, !may_have);
	}
	for (unsigned k = 0; k < with.n; k++)
		__builtin_prefetch(s->found[with.at[k]].slice, 1);
	for (unsigned k = 0; k < without.n; k++) {
		const unsigned i = without.at[k];

		r->slices_lost.keys++;
		tt_rest_add_without_slice(r, s->found[i].row, s->found[i].sources, 0,
				count_of(&s->updates[i]));
	}
	for (unsigned k = 0; k < with.n; k++)
		count_country(r, &s->updates[with.at[k]], &s->found[with.at[k]]);
}

static __attribute__((noinline)) void
count_others_full(struct some *s)
{
	struct tt_rest_others others;

	for (unsigned k = 0; k < s->others.n;) {
		k = find_others(s, k, &others);
		for (unsigned i = 0; i < others.n; i++)
			tt_rest_count_other(s->rest, &others.all[i]);
	}
}

static inline void
count_slices_full(struct some *s)
{
	count_countries_full(s);
	if (s->others.n > 0)
		count_others_full(s);
}

static inline void
count_talkers(struct some *s)
{
	struct tt_rest *r = s->rest;
	struct tt_not_kept lost = {0};

	for (unsigned i = 0; i < s->n; i++) {
		const uint64_t out = tt_rest_add_newcomer(r, s->found[i].talker,
				tt_addr_v4(tt_refused_src(&s->updates[i])),
				tt_rest_talker_key(s->found[i].key));

		lost.packets += out;
		lost.keys += out != 0;
	}
	r->talkers_lost.packets += lost.packets;
	r->talkers_lost.keys += lost.keys;
}

static inline void
raise_countries(struct some *s)
{
	struct tt_some raise;

	raise.n = 0;
	for (unsigned i = 0; i < s->n; i++) {
		const struct tt_rest_rise rise = s->found[i].of_country;

		tt_some_note(&raise, i, rise.rho > s->rest->registers[rise.at]);
	}
	for (unsigned k = 0; k < raise.n; k++) {
		const struct found *f = &s->found[raise.at[k]];

		tt_rest_raise_in(s->rest, tt_rest_sketch_of_country(f->country),
				f->of_country);
	}
}

static void
count_some(struct tt_rest *r, const struct tt_later_update *u, unsigned n)
{
	struct some s;

	s.rest = r;
	s.updates = u;
	s.n = n;
	s.raise.n = s.others.n = 0;
	find_all(&s);
	if (tt_rest_slices_full(r))
		count_slices_full(&s);
	else
		count_slices(&s);
	count_talkers(&s);
	raise_countries(&s);
}

void
tt_refused_count(struct tt_rest *r, const struct tt_later_update *updates, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += SOME)
		count_some(r, &updates[i], n - i < SOME ? n - i : SOME);
}
