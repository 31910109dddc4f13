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

/* Inlined always: see tt_geo_prefetch4. */
static inline __attribute__((always_inline)) void
tt_rest_prefetch_slice_line(const struct tt_rest *r, uint64_t hash)
{
	__builtin_prefetch(tt_pair_line_of(&r->slice_lines, hash));
}

static inline uint64_t
tt_rest_talker_home(const struct tt_rest *r, struct tt_addr src, uint64_t key)
{
	return tt_hash_place_addr(src, key, &r->place) & (r->config.talkers - 1)
			& ~(uint64_t)(TT_TALKER_WINDOW - 1);
}

/* The slice of a key; NULL where it has none. */
static inline struct tt_slice *
tt_rest_slice_of(const struct tt_rest *r, uint64_t hash, uint64_t key)
{
	const struct tt_pair_lines *l = &r->slice_lines;

	for (uint64_t at = hash & l->mask;; at = (at + 1) & l->mask) {
		const struct tt_pair_line *line = &l->lines[at];

		for (unsigned match = tt_pair_match(line, tt_pair_tag(hash)); match != 0;
				match &= match - 1) {
			struct tt_slice *s =
					&r->slices[line->numbers[__builtin_ctz(match)]];

			if (s->key == key)
				return s;
		}
		if (TT_LIKELY(line->passed == 0))
			return NULL;
	}
}

static inline bool
tt_rest_slices_full(const struct tt_rest *r)
{
	return r->n_slices == r->max_slices;
}

/* Adds to the slice of a key; false where it has none and there is no room. */
static inline bool
tt_rest_add_slice_of(
		struct tt_rest *r, uint64_t hash, uint64_t key, struct tt_count count)
{
	struct tt_slice *s = tt_rest_slice_of(r, hash, key);

	if (s != NULL) {
		tt_count_add(&s->count, count);
		return true;
	}
	if (tt_rest_slices_full(r)) {
		r->slices_lost.keys++;
		return false;
	}
	tt_pair_enter(&r->slice_lines, hash, r->n_slices);
	r->slices[r->n_slices++] = (struct tt_slice){.key = key, .count = count};
	return true;
}

/* The slice that a hash most likely has; NULL where it has none, or one in another line than most. */
static inline __attribute__((always_inline)) struct tt_slice *
tt_rest_find_slice(const struct tt_rest *r, uint64_t hash)
{
	const struct tt_pair_line *line = tt_pair_line_of(&r->slice_lines, hash);
	const unsigned match = tt_pair_match(line, tt_pair_tag(hash));

	return match != 0 ? &r->slices[line->numbers[__builtin_ctz(match)]] : NULL;
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

/*
 * One packet of a talker that most likely is a newcomer to a full window: the same. Which of the two is lighter
 * nobody could foresee. What has the same source, or finds a free slot, is left to the plain one. Returns the packets of
 * what was pushed out, which the caller counts; 0: nothing was, or it is counted.
 */
static inline __attribute__((always_inline)) uint64_t
tt_rest_add_newcomer(struct tt_rest *r, uint64_t home, struct tt_addr src, uint64_t key)
{
	struct tt_entry *e = &r->talkers[home],
			*lightest = &e[e[1].packets < e[0].packets];
	const struct tt_entry add = {src, key, 1};
	const uint64_t packets = lightest->packets;

	if (TT_UNLIKELY((e[0].src.lo == src.lo) | (e[1].src.lo == src.lo)
			    | (packets == 0))) {
		tt_rest_add_talker(r, home, &add, true);
		return 0;
	}
	*lightest = add;
	return packets;
}
_Static_assert(TT_TALKER_WINDOW == 2, "newcomers");

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

/* Packets of a row and a country that have no slice. version: tt_slice_version. */
static inline void
tt_rest_add_without_slice(struct tt_rest *r, uint32_t row, uint32_t source_cell,
		uint64_t version, struct tt_count c)
{
	r->slices_lost.packets += c.packets;
	tt_rest_count(r, TT_CELL_ROW_REST + row, c.packets, c.bytes);
	tt_rest_count(r, source_cell, c.packets, c.bytes);
	if (version != 0)
		tt_rest_count(r, TT_CELL_IPV6_REST, c.packets, c.bytes);
}

/* Packets of a row and a country. slice: of tt_rest_find_slice, for the hash of these. */
static inline void
tt_rest_add_country(struct tt_rest *r, struct tt_slice *slice, uint64_t hash,
		uint32_t row, tt_country country, uint32_t source_cell, uint64_t version,
		struct tt_count c)
{
	const uint64_t key = tt_slice_country(row, country) | version;

	if (slice != NULL && TT_LIKELY(slice->key == key)) {
		tt_count_add(&slice->count, c);
		return;
	}
	if (!tt_rest_add_slice_of(r, hash, key, c))
		tt_rest_add_without_slice(r, row, source_cell, version, c);
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
