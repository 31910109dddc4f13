/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside a rest: packets into slices and talkers. Inline, for what is counted by the packet as well as
 * for whole other rests.
 */
#ifndef TT_REST_TABLES_H
#define TT_REST_TABLES_H

#include "tt_rest.h"

/* Talkers are looked for in so many slots: the cache line of their home. */
#define TT_TALKER_WINDOW 2

/* Whether an entry of the index may be that of a hash; one in 2^(32 - slice_bits) others may. */
static inline bool
tt_rest_may_be(const struct tt_rest *r, uint32_t entry, uint64_t hash)
{
	return entry >> r->slice_bits == (uint32_t)(hash >> 32) >> r->slice_bits;
}

static inline struct tt_slice *
tt_rest_slice_of(const struct tt_rest *r, uint32_t entry)
{
	return &r->slices[(entry & ((1u << r->slice_bits) - 1)) - 1];
}

static inline uint64_t
tt_rest_talker_home(const struct tt_rest *r, struct tt_addr src, uint64_t key)
{
	return tt_hash_place_addr(src, key, &r->place) & (r->config.talkers - 1)
			& ~(uint64_t)(TT_TALKER_WINDOW - 1);
}

/* Adds to the slice of a key; false where it has none and there is no room. */
static inline bool
tt_rest_add_slice_of(
		struct tt_rest *r, uint64_t hash, uint64_t key, struct tt_count count)
{
	const uint64_t mask = r->config.slices - 1;
	uint64_t at = hash & mask;

	for (; r->slice_index[at] != 0; at = (at + 1) & mask) {
		struct tt_slice *s = tt_rest_slice_of(r, r->slice_index[at]);

		if (tt_rest_may_be(r, r->slice_index[at], hash) && s->key == key) {
			tt_count_add(&s->count, count);
			return true;
		}
	}
	if (r->n_slices == r->max_slices) {
		r->slices_lost.keys++;
		return false;
	}
	r->slices[r->n_slices++] = (struct tt_slice){.key = key, .count = count};
	r->slice_index[at] = (uint32_t)(hash >> 32) >> r->slice_bits << r->slice_bits
			| r->n_slices;
	return true;
}

/* The slice that a hash most likely has; NULL where it has none. */
static inline __attribute__((always_inline)) struct tt_slice *
tt_rest_find_slice(const struct tt_rest *r, uint64_t hash)
{
	const uint64_t mask = r->config.slices - 1;
	uint64_t at = hash & mask;

	while (r->slice_index[at] != 0 && !tt_rest_may_be(r, r->slice_index[at], hash))
		at = (at + 1) & mask;
	return r->slice_index[at] != 0 ? tt_rest_slice_of(r, r->slice_index[at]) : NULL;
}

static inline bool
tt_rest_add_slice(struct tt_rest *r, uint64_t key, struct tt_count count)
{
	return tt_rest_add_slice_of(r, tt_rest_slice_hash(r, key), key, count);
}

/*
 * A key that finds no free slot in its window. The packet of a newcomer takes the place of the
 * lightest, since what becomes heavy begins light; of two sums, the heavier stays.
 */
static inline void
tt_rest_push_out(struct tt_rest *r, struct tt_entry *lightest, const struct tt_entry *e,
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

static inline void
tt_rest_add_talker(struct tt_rest *r, uint64_t home, const struct tt_entry *add,
		bool newcomer)
{
	struct tt_entry *e = &r->talkers[home], *lightest = e;

	for (unsigned i = 0; i < TT_TALKER_WINDOW; i++, e++) {
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
	tt_rest_push_out(r, lightest, add, newcomer);
}

/* A talker is a source of a target and class; the code does not tell it apart. */
static inline uint64_t
tt_rest_talker_key(tt_target_key key)
{
	return key & ~UINT64_C(0xff00);
}

static inline uint32_t
tt_rest_source_cell(tt_target_key key, tt_detail detail, tt_country country)
{
	uint32_t group = (uint32_t)tt_target_key_class(key) * 2
			+ tt_detail_backscatter(detail);

	return TT_CELL_COUNTRY_REST + group * TT_N_COUNTRIES + country;
}

/* Packets of a row and a country. slice: of tt_rest_find_slice, for the hash of these. */
static inline void
tt_rest_add_country(struct tt_rest *r, struct tt_slice *slice, uint64_t hash,
		uint32_t row, tt_country country, uint32_t source_cell, struct tt_count c)
{
	const uint64_t key = tt_slice_country(row, country);

	if (slice != NULL && TT_LIKELY(slice->key == key)) {
		tt_count_add(&slice->count, c);
		return;
	}
	if (tt_rest_add_slice_of(r, hash, key, c))
		return;
	r->slices_lost.packets += c.packets;
	tt_rest_count(r, TT_CELL_ROW_REST + row, c.packets, c.bytes);
	tt_rest_count(r, source_cell, c.packets, c.bytes);
}

static inline void
tt_rest_add_attacked(
		struct tt_rest *r, tt_target_key key, tt_detail detail, struct tt_count c)
{
	if (!tt_rest_add_slice(r, tt_slice_attacked(key, detail), c))
		tt_rest_count(r, TT_CELL_ATTACKED_REST + tt_target_key_class(key),
				c.packets, c.bytes);
}

static inline void
tt_rest_add_fingerprints(
		struct tt_rest *r, uint32_t row, uint32_t matched, struct tt_count c)
{
	for (; matched != 0; matched &= matched - 1) {
		unsigned rule = (unsigned)__builtin_ctz(matched);

		if (!tt_rest_add_slice(r, tt_slice_fingerprint(rule, row), c))
			tt_rest_count(r, TT_CELL_FINGERPRINT_REST + rule, c.packets,
					c.bytes);
	}
}

#endif
