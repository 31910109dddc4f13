/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside a rest: slices that are not of a country, of attacked services and of fingerprints by row, on their way. What
 * they touch is fetched for some of them before it is touched. Inline, for what is counted by the packet.
 */
#ifndef TT_REST_OTHERS_H
#define TT_REST_OTHERS_H

#include "tt_rest_tables.h"

struct tt_rest_other {
	uint64_t key, hash;
	struct tt_slice *slice; /* most likely that of the key; NULL: there was none */
	struct tt_count count;
	uint32_t cell; /* of those that have no slice */
	uint32_t of; /* whose they are: the caller's number */
};

/* So many are on their way together; one packet may be of an attacked service and have all fingerprints. */
#define TT_REST_OTHERS        64
#define TT_REST_OTHERS_OF_ONE (1 + TT_FINGERPRINTS_MAX)

/* To begin with, n = 0. */
struct tt_rest_others {
	struct tt_rest_other all[TT_REST_OTHERS];
	unsigned n;
};

static inline bool
tt_rest_others_have_room(const struct tt_rest_others *o)
{
	return o->n + TT_REST_OTHERS_OF_ONE <= TT_REST_OTHERS;
}

static inline void
tt_rest_note_other(const struct tt_rest *r, struct tt_rest_others *o,
		struct tt_rest_other other)
{
	other.hash = tt_rest_slice_hash(r, other.key);
	tt_rest_prefetch_slice_line(r, other.hash);
	o->all[o->n++] = other;
}

/* Those of packets of a row; there is room for them. */
static inline void
tt_rest_note_others(const struct tt_rest *r, struct tt_rest_others *o, uint32_t of,
		tt_target_key key, tt_detail detail, uint32_t row, struct tt_count count)
{
	if (tt_detail_backscatter(detail))
		tt_rest_note_other(r, o,
				(struct tt_rest_other){
						.key = tt_slice_attacked(key, detail),
						.count = count,
						.cell = TT_CELL_ATTACKED_REST
								+ tt_target_key_class(
										key),
						.of = of});
	for (uint32_t matched = tt_detail_matched(detail); matched != 0;
			matched &= matched - 1) {
		const unsigned rule = (unsigned)__builtin_ctz(matched);

		tt_rest_note_other(r, o,
				(struct tt_rest_other){
						.key = tt_slice_fingerprint(rule, row),
						.count = count,
						.cell = TT_CELL_FINGERPRINT_REST + rule,
						.of = of});
	}
}

static inline void
tt_rest_find_others(const struct tt_rest *r, struct tt_rest_others *o)
{
	for (unsigned k = 0; k < o->n; k++) {
		o->all[k].slice = tt_rest_find_slice(r, o->all[k].hash);
		__builtin_prefetch(o->all[k].slice, 1);
	}
}

static inline void
tt_rest_count_other(struct tt_rest *r, const struct tt_rest_other *o)
{
	if (o->slice != NULL && TT_LIKELY(o->slice->key == o->key))
		tt_count_add(&o->slice->count, o->count);
	else if (!tt_rest_add_slice_of(r, o->hash, o->key, o->count))
		tt_rest_count(r, o->cell, o->count.packets, o->count.bytes);
}

#endif
