/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where pairs stand in the table of a tally. All but what unusual fingerprints add is known before a
 * packet's fingerprints are, so that its line can be fetched while these are found. Pure functions, the
 * thread of the tally.
 */
#ifndef TT_TALLY_PLACE_H
#define TT_TALLY_PLACE_H

#include "tt_some.h"
#include "tt_tally.h"

/* Where a full table has no place for a key. */
#define TT_NO_PLACE UINT64_MAX

#define TT_DETAIL_FINGERPRINTS UINT64_C(0xffffffff)

/* The hash that pairs are sampled by. */
static inline uint64_t
tt_tally_sample_hash(const struct tt_tally *t, struct tt_addr src)
{
	return tt_sample_hash(t->secret, tt_sketch_hash(src));
}

/* The hash of a pair with usual fingerprints; less than TT_NO_PLACE. backscatter: a detail, of which fingerprints and
 * the tally's own mark do not count. */
static inline uint64_t
tt_pair_hash_plain(const struct tt_tally *t, struct tt_addr src, tt_target_key key,
		tt_detail backscatter)
{
	const tt_detail part = backscatter & ~(TT_DETAIL_FINGERPRINTS | TT_DETAIL_V6);

	return tt_hash_place_addr(src, key ^ part << 1, &t->place) & INT64_MAX;
}

/* Of a hash, the bits that make its tag (tt_pair_tag), not its line. */
#define TT_PAIR_TAG_BITS (UINT64_C(0xff) << 55)

/*
 * From there, the hash of a pair with this detail, whose fingerprints are in the tag: of as many pairs as share a
 * line, a look for one is to compare a few. What matches several fingerprints, or was tested for
 * others than some that follow each other in their file, stands elsewhere: who makes packets that match, or
 * are tested for, any set shall not have all of these pairs in one line. With 16 rules 953 of them can be.
 */
static inline uint64_t
tt_pair_hash_from(uint64_t plain, tt_detail detail)
{
	const uint32_t matched = tt_detail_matched(detail);
	const uint32_t tested = tt_detail_tested(detail);
	const uint64_t tag = (detail & TT_DETAIL_FINGERPRINTS)
					* UINT64_C(0x9e3779b97f4a7c15)
			& TT_PAIR_TAG_BITS;

	if (TT_LIKELY(((matched & (matched - 1))
				      | (tested & (tested + (tested & -tested))))
			    == 0))
		return plain ^ tag;
	return (plain + tt_hash_mix(detail & TT_DETAIL_FINGERPRINTS)) & INT64_MAX;
}

static inline uint64_t
tt_pair_hash(const struct tt_tally *t, struct tt_addr src, tt_target_key key,
		tt_detail detail)
{
	return tt_pair_hash_from(tt_pair_hash_plain(t, src, key, detail), detail);
}

/* Is a source that is not sampled refused a place? */
static inline bool
tt_tally_refuses(const struct tt_tally *t, struct tt_addr src)
{
	return TT_UNLIKELY(t->pair_shift != 0)
			&& !tt_sampled(tt_tally_sample_hash(t, src), t->pair_shift);
}

/* Where the table would have a packet, which is its pair's hash; TT_NO_PLACE where its source is not sampled. */
static inline uint64_t
tt_tally_pair_place(const struct tt_tally *t, struct tt_addr src, tt_target_key key,
		tt_detail detail)
{
	return tt_tally_refuses(t, src) ? TT_NO_PLACE : tt_pair_hash(t, src, key, detail);
}

/* The same but for fingerprints, of a source that is sampled; begins to fetch the line of the index. */
static inline uint64_t
tt_tally_fetch_pair(const struct tt_tally *t, struct tt_addr src, tt_target_key key,
		tt_detail backscatter)
{
	const uint64_t place = tt_pair_hash_plain(t, src, key, backscatter);

	__builtin_prefetch(tt_pair_line_of(&t->pair_lines, place), 1);
	return place;
}

_Static_assert(TT_TALLY_BURST <= TT_SOME_MAX, "a burst can be noted");

/* The same of n packets, where some are not sampled. Whether one is cannot be predicted: so those that are get
 * a loop of their own. */
static inline void
tt_tally_fetch_sampled(const struct tt_tally *t, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details, unsigned n,
		uint64_t *places)
{
	const unsigned shift = t->pair_shift;
	struct tt_some kept;

	kept.n = 0;
	for (unsigned i = 0; i < n; i++) {
		places[i] = TT_NO_PLACE;
		tt_some_note(&kept, i,
				tt_sampled(tt_tally_sample_hash(t, packets[i].src),
						shift));
	}
	for (unsigned k = 0; k < kept.n; k++) {
		const unsigned i = kept.at[k];

		places[i] = tt_tally_fetch_pair(t, packets[i].src, keys[i], details[i]);
	}
}

/* The places of n packets, TT_TALLY_BURST at most, for tt_tally_burst_placed. */
static inline void
tt_tally_fetch_pairs(const struct tt_tally *t, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details, unsigned n,
		uint64_t *places)
{
	if (TT_UNLIKELY(t->pair_shift != 0)) {
		tt_tally_fetch_sampled(t, packets, keys, details, n, places);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		places[i] = tt_tally_fetch_pair(t, packets[i].src, keys[i], details[i]);
}

#endif
