/* SPDX-License-Identifier: BSD-3-Clause */
/* What is counted in a rest: slices, talkers, sketches, and whole other rests. */
#include "tt_rest.h"

/* Talkers are looked for in so many slots: the cache line of their home. */
#define TALKER_WINDOW 2

/* Whether an entry of the index may be that of a hash; one in 2^(32 - slice_bits) others may. */
static inline bool
may_be(const struct tt_rest *r, uint32_t entry, uint64_t hash)
{
	return entry >> r->slice_bits == (uint32_t)(hash >> 32) >> r->slice_bits;
}

static inline struct tt_slice *
slice_of(const struct tt_rest *r, uint32_t entry)
{
	return &r->slices[(entry & ((1u << r->slice_bits) - 1)) - 1];
}

static inline uint64_t
talker_home(const struct tt_rest *r, struct tt_addr src, uint64_t key)
{
	return tt_hash_place(tt_hash_addr(src), key, &r->place) & (r->config.talkers - 1)
			& ~(uint64_t)(TALKER_WINDOW - 1);
}

/* Adds to the slice of a key; false where it has none and there is no room. */
static bool
add_slice_of(struct tt_rest *r, uint64_t hash, uint64_t key, struct tt_count count)
{
	const uint64_t mask = r->config.slices - 1;
	uint64_t at = hash & mask;

	for (; r->slice_index[at] != 0; at = (at + 1) & mask) {
		struct tt_slice *s = slice_of(r, r->slice_index[at]);

		if (may_be(r, r->slice_index[at], hash) && s->key == key) {
			tt_count_add(&s->count, count);
			return true;
		}
	}
	if (r->n_slices == r->max_slices) {
		r->slices_lost.keys++;
		return false;
	}
	r->slices[r->n_slices++] = (struct tt_slice){key, count};
	r->slice_index[at] = (uint32_t)(hash >> 32) >> r->slice_bits << r->slice_bits
			| r->n_slices;
	return true;
}

static bool
add_slice(struct tt_rest *r, uint64_t key, struct tt_count count)
{
	return add_slice_of(r, tt_rest_slice_hash(r, key), key, count);
}

/*
 * A key that finds no free slot in its window. The packet of a newcomer takes the place of the
 * lightest, since what becomes heavy begins light; of two sums, the heavier stays.
 */
static void
push_out(struct tt_rest *r, struct tt_entry *lightest, const struct tt_entry *e,
		bool newcomer)
{
	r->talkers_lost.keys++;
	if (newcomer || e->packets > lightest->packets) {
		r->talkers_lost.packets += lightest->packets;
		*lightest = *e;
	} else {
		r->talkers_lost.packets += e->packets;
	}
}

static void
add_talker(struct tt_rest *r, uint64_t home, const struct tt_entry *add, bool newcomer)
{
	struct tt_entry *e = &r->talkers[home], *lightest = e;

	for (unsigned i = 0; i < TALKER_WINDOW; i++, e++) {
		if (e->packets == 0) {
			r->talkers_at[r->n_talkers++] = (uint32_t)(e - r->talkers);
			*e = *add;
			return;
		}
		if (e->key == add->key && tt_addr_cmp(e->src, add->src) == 0) {
			e->packets += add->packets;
			return;
		}
		if (e->packets < lightest->packets)
			lightest = e;
	}
	push_out(r, lightest, add, newcomer);
}

static uint32_t
source_cell(tt_target_key key, tt_detail detail, tt_country country)
{
	uint32_t group = (uint32_t)tt_target_key_class(key) * 2
			+ tt_detail_backscatter(detail);

	return TT_CELL_COUNTRY_REST + group * TT_N_COUNTRIES + country;
}

static void
add_country(struct tt_rest *r, const struct tt_rest_pair *p, struct tt_count c)
{
	uint64_t key = tt_slice_country(p->row, p->country);

	if (add_slice_of(r, p->slice, key, c))
		return;
	r->slices_lost.packets += c.packets;
	tt_rest_count(r, TT_CELL_ROW_REST + p->row, c.packets, c.bytes);
	tt_rest_count(r, source_cell(p->key, p->detail, p->country), c.packets, c.bytes);
}

static void
add_attacked(struct tt_rest *r, tt_target_key key, tt_detail detail, struct tt_count c)
{
	if (!add_slice(r, tt_slice_attacked(key, detail), c))
		tt_rest_count(r, TT_CELL_ATTACKED_REST + tt_target_key_class(key),
				c.packets, c.bytes);
}

static void
add_fingerprints(struct tt_rest *r, uint32_t row, uint32_t matched, struct tt_count c)
{
	for (; matched != 0; matched &= matched - 1) {
		unsigned rule = (unsigned)__builtin_ctz(matched);

		if (!add_slice(r, tt_slice_fingerprint(rule, row), c))
			tt_rest_count(r, TT_CELL_FINGERPRINT_REST + rule, c.packets,
					c.bytes);
	}
}

static void
sketch_source(struct tt_rest *r, uint32_t target, tt_country country, uint64_t hash)
{
	tt_rest_sketch(r, tt_registers_of_target(TT_REGISTERS_TARGET, target),
			TT_SKETCH_P_TARGET, hash);
	tt_rest_sketch(r, TT_REGISTERS_ALL, TT_SKETCH_P_ALL, hash);
	tt_rest_sketch(r, TT_REGISTERS_COUNTRY + (country << TT_SKETCH_P_COUNTRY),
			TT_SKETCH_P_COUNTRY, hash);
}

/* A talker is a source of a target and class; the code does not tell it apart. */
static inline uint64_t
talker_key(tt_target_key key)
{
	return key & ~UINT64_C(0xff00);
}

void
tt_rest_find_pair(const struct tt_rest *r, struct tt_addr src, uint64_t hash,
		tt_target_key key, tt_detail detail, struct tt_rest_pair *p)
{
	*p = (struct tt_rest_pair){
			.src = src,
			.hash = hash,
			.key = key,
			.detail = detail,
			.row = tt_row_index(key, detail),
			.target = tt_target_index(key),
			.country = tt_geo_country(r->config.geo, src),
			.talker = talker_home(r, src, talker_key(key)),
	};
	p->slice = tt_rest_slice_hash(r, tt_slice_country(p->row, p->country));
	__builtin_prefetch(&r->slice_index[p->slice & (r->config.slices - 1)]);
	__builtin_prefetch(&r->talkers[p->talker], 1);
	__builtin_prefetch(&r->cells[TT_CELL_ROW_REST + p->row], 1);
	__builtin_prefetch(
			&r->registers[tt_registers_of_target(
						      TT_REGISTERS_TARGET, p->target)
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET)],
			1);
	__builtin_prefetch(
			&r->registers[TT_REGISTERS_COUNTRY
					+ (p->country << TT_SKETCH_P_COUNTRY)
					+ tt_sketch_register(hash, TT_SKETCH_P_COUNTRY)],
			1);
}

void
tt_rest_warm_slice(const struct tt_rest *r, const struct tt_rest_pair *p)
{
	const uint64_t mask = r->config.slices - 1;
	uint64_t at = p->slice & mask;

	while (r->slice_index[at] != 0 && !may_be(r, r->slice_index[at], p->slice))
		at = (at + 1) & mask;
	if (r->slice_index[at] != 0)
		__builtin_prefetch(slice_of(r, r->slice_index[at]), 1);
}

void
tt_rest_count_pair(struct tt_rest *r, const struct tt_rest_pair *p, struct tt_count count)
{
	const struct tt_entry talker = {p->src, talker_key(p->key), count.packets};

	add_country(r, p, count);
	if (tt_detail_backscatter(p->detail))
		add_attacked(r, p->key, p->detail, count);
	if (tt_detail_matched(p->detail) != 0)
		add_fingerprints(r, p->row, tt_detail_matched(p->detail), count);
	add_talker(r, p->talker, &talker, count.packets == 1);
	sketch_source(r, p->target, p->country, p->hash);
}

void
tt_rest_add_pair(struct tt_rest *r, struct tt_addr src, uint64_t hash, tt_target_key key,
		tt_detail detail, struct tt_count count)
{
	struct tt_rest_pair p;

	tt_rest_find_pair(r, src, hash, key, detail, &p);
	tt_rest_count_pair(r, &p, count);
}

static uint32_t
destination_cell(const struct tt_rest *r, struct tt_addr dst, enum tt_class class)
{
	const struct tt_units *units = r->config.destinations;

	return TT_CELL_DESTINATION_REST + class * units->n + tt_units_index(units, dst);
}

static uint32_t
prefix_registers(const struct tt_rest *r, struct tt_addr dst)
{
	return TT_REGISTERS_PREFIX
			+ (tt_units_index(r->config.prefixes, dst) << TT_SKETCH_P_PREFIX);
}

void
tt_rest_find_contact(const struct tt_rest *r, uint64_t source_hash, struct tt_addr dst,
		enum tt_class class, struct tt_rest_contact *c)
{
	*c = (struct tt_rest_contact){
			source_hash,
			destination_cell(r, dst, class),
			prefix_registers(r, dst),
	};
	__builtin_prefetch(&r->cells[c->cell], 1);
	__builtin_prefetch(&r->registers[c->registers
					   + tt_sketch_register(source_hash,
							   TT_SKETCH_P_PREFIX)],
			1);
}

void
tt_rest_count_contact(
		struct tt_rest *r, const struct tt_rest_contact *c, uint64_t packets)
{
	tt_rest_count(r, c->cell, packets, 0);
	tt_rest_sketch(r, c->registers, TT_SKETCH_P_PREFIX, c->hash);
}

void
tt_rest_add_contact(struct tt_rest *r, uint64_t source_hash, struct tt_addr dst,
		enum tt_class class, uint64_t packets)
{
	struct tt_rest_contact c;

	tt_rest_find_contact(r, source_hash, dst, class, &c);
	tt_rest_count_contact(r, &c, packets);
}

/* The packets of a class: each is in one cell of the TTLs. */
static struct tt_count
class_total(const struct tt_rest *r, unsigned class)
{
	struct tt_count sum = {0};

	for (unsigned ttl = 0; ttl < 256; ttl++)
		tt_count_add(&sum, r->cells[TT_CELL_TTL + class * 256 + ttl]);
	return sum;
}

/* The cell of the usual value is what the other cells[n] leave of the total. */
static void
complete(struct tt_rest *r, uint32_t first, uint32_t n, uint32_t usual,
		struct tt_count left)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct tt_count *c = &r->cells[first + i];

		if (i != usual)
			tt_count_add(&left, (struct tt_count){-c->packets, -c->bytes});
	}
	if (left.packets == 0)
		return;
	r->cells[first + usual] = left;
	r->cells_used[(first + usual) / TT_CELL_BLOCK] = 1;
}

void
tt_rest_complete(struct tt_rest *r)
{
	for (unsigned class = 0; class < TT_N_CLASSES; class ++) {
		const struct tt_count total = class_total(r, class);

		if (tt_usual_protocol[class] != TT_USUAL_NONE)
			complete(r, TT_CELL_IP_PROTOCOL + class * 256, 256,
					tt_usual_protocol[class], total);
		complete(r, TT_CELL_ENCAPSULATION + class * TT_N_ENCAPS, TT_N_ENCAPS, 0,
				total);
		complete(r, TT_CELL_DEPTH + class * (TT_DIST_DEPTH_MAX + 1),
				TT_DIST_DEPTH_MAX + 1, 0, total);
	}
}

static void
add_cells(struct tt_rest *into, const struct tt_rest *from)
{
	for (uint32_t b = 0; from->cells != NULL && b < tt_rest_cell_blocks(from); b++) {
		uint32_t first = b * TT_CELL_BLOCK, end = first + TT_CELL_BLOCK;

		if (!from->cells_used[b])
			continue;
		for (uint32_t i = first; i < end && i < from->n_cells; i++)
			if (from->cells[i].packets != 0)
				tt_rest_count(into, i, from->cells[i].packets,
						from->cells[i].bytes);
	}
	for (uint32_t i = 0; i < from->n_sparse; i++)
		tt_rest_count(into, from->sparse[i].index, from->sparse[i].count.packets,
				from->sparse[i].count.bytes);
}

static void
raise_register(struct tt_rest *into, uint32_t at, uint8_t rho)
{
	if (rho > into->registers[at]) {
		into->registers[at] = rho;
		into->registers_used[at / TT_REGISTER_BLOCK] = 1;
	}
}

static void
add_registers(struct tt_rest *into, const struct tt_rest *from)
{
	for (uint32_t b = 0; from->registers != NULL && b < tt_rest_register_blocks(from);
			b++) {
		uint32_t first = b * TT_REGISTER_BLOCK;
		uint32_t n = from->n_registers - first;

		if (!from->registers_used[b])
			continue;
		tt_sketch_merge(&into->registers[first], &from->registers[first],
				n < TT_REGISTER_BLOCK ? n : TT_REGISTER_BLOCK);
		into->registers_used[b] = 1;
	}
	for (uint32_t i = 0; i < from->n_sparse_registers; i++)
		raise_register(into, from->sparse_registers[i].index,
				from->sparse_registers[i].rho);
}

/* A slice that finds no room goes where its packets would have gone. */
static void
add_slice_or_rest(struct tt_rest *r, const struct tt_slice *s)
{
	tt_target_key key;
	tt_detail detail;

	if (add_slice(r, s->key, s->count))
		return;
	switch ((enum tt_slice_kind)(s->key >> 62)) {
	case TT_SLICE_COUNTRY:
		tt_row_key((uint32_t)(s->key >> 10) & 0xfffff, &key, &detail);
		r->slices_lost.packets += s->count.packets;
		tt_rest_count(r, TT_CELL_ROW_REST + ((uint32_t)(s->key >> 10) & 0xfffff),
				s->count.packets, s->count.bytes);
		tt_rest_count(r, source_cell(key, detail, s->key & 0x3ff),
				s->count.packets, s->count.bytes);
		break;
	case TT_SLICE_ATTACKED:
		tt_rest_count(r, TT_CELL_ATTACKED_REST + (uint32_t)(s->key >> 49 & 0xf),
				s->count.packets, s->count.bytes);
		break;
	case TT_SLICE_FINGERPRINT:
		tt_rest_count(r,
				TT_CELL_FINGERPRINT_REST + (uint32_t)(s->key >> 20 & 0xf),
				s->count.packets, s->count.bytes);
		break;
	}
}

static void
add_not_kept(struct tt_not_kept *to, struct tt_not_kept from)
{
	to->packets += from.packets;
	to->keys += from.keys;
}

void
tt_rest_add(struct tt_rest *into, const struct tt_rest *from)
{
	add_cells(into, from);
	add_registers(into, from);
	for (uint32_t i = 0; i < from->n_slices; i++)
		add_slice_or_rest(into, tt_rest_slice(from, i));
	for (uint32_t i = 0; i < from->n_talkers; i++) {
		const struct tt_entry *e = tt_rest_talker(from, i);

		add_talker(into, talker_home(into, e->src, e->key), e, false);
	}
	add_not_kept(&into->slices_lost, from->slices_lost);
	add_not_kept(&into->talkers_lost, from->talkers_lost);
}
