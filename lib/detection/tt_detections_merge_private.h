/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two halves of the merge share: hits → what was found, what was found → rows. */
#ifndef TT_DETECTIONS_MERGE_PRIVATE_H
#define TT_DETECTIONS_MERGE_PRIVATE_H

#include "tt_detections_merge.h"
#include "tt_detections_private.h"

#include "tt_sketch.h"
#include "tt_sort.h"

/* Detections of a rule by a source. */
struct tt_found {
	struct tt_addr src;
	uint64_t detections; /* of the source */
	uint64_t scaled; /* what they count for */
	int64_t first_us, last_us;
	uint16_t rule;
};

/* A value that a window has seen: the destination and value of a hit. */
struct tt_seen {
	const struct tt_hit *hit; /* the first that has it */
	uint64_t window; /* its number; less than that of any: free */
};

/* What tells a rule from one of other rules: those of gid, sid, rev and text are the same one. */
struct tt_known_rule {
	uint32_t gid, sid, rev;
	uint32_t text; /* a hash of it */
};

struct tt_detections_merge {
	const struct tt_geo *geo;
	struct tt_mem *mem;
	uint64_t max_hits; /* that can be carried */
	uint64_t room; /* of hits, and of what is carried or of cells, whichever are more */
	struct tt_sort_item *items, *scratch; /* [room] */
	struct tt_sort_item
			*cells; /* [room] prefix: tt_detection_key, of a cell or of a hit;
				     * value: packets */
	struct tt_found *found; /* [room] */
	struct tt_seen *seen; /* [seen_mask + 1] */
	struct tt_hit *carried, *next; /* [max_hits] */
	uint64_t n_items, n_cells, n_found, n_carried, n_next, seen_mask;
	uint64_t window; /* the number of the latest */
	int64_t latest_us; /* start of the latest interval */
	struct tt_known_rule
			*known; /* [n_known] the rules that carried hits are of; room for
				      * TT_DETECTION_RULES_MAX */
	uint32_t n_known;
	char identity[sizeof(((struct tt_rules *)0)->identity)]; /* of these rules */

	/* Of the run. */
	const struct tt_rules *rules;
	const struct tt_detections *const *parts;
	unsigned n_parts, shift[TT_N_HIT_KINDS];
	uint64_t secret; /* of the sampling, as all parts have it */
	int64_t end_us;
	/* Until then windows of an interval before are not known: not all of its sources were kept, or there
	 * was no room to carry them; and how it will be for the next interval. */
	int64_t lacks_until_us, next_lacks_until_us;
	int64_t longest_us; /* window of any rule */
	bool lacks_windows; /* in this interval */
	struct tt_signature_totals *totals;
};

/* One source in 2^shift of a rule is kept. */
static inline unsigned
tt_detections_shift_of(const struct tt_detections_merge *m, const struct tt_rule *rule)
{
	return m->shift[tt_hit_kind_of(rule)];
}

/* Of the kind that keeps less. */
static inline unsigned
tt_detections_coarsest(const struct tt_detections_merge *m)
{
	return m->shift[TT_HITS_PLAIN] > m->shift[TT_HITS_COUNTING]
			? m->shift[TT_HITS_PLAIN]
			: m->shift[TT_HITS_COUNTING];
}

/* An address as the prefix of a sort: what it does not tell apart, tt_addr_cmp has to. */
static inline uint64_t
tt_detections_prefix(struct tt_addr a)
{
	return a.hi == 0 ? a.lo : UINT64_MAX;
}

/*
 * Takes up what the interval before carried, or once more what it carried for this one. Where the clock
 * was set back, windows begin anew; where the rules are others, those of the rules that are the same go on.
 */
void tt_detections_begin(struct tt_detections_merge *m, const struct tt_rules *rules,
		int64_t start_us);

/* Decides which hits are detections: m->items → m->found, by rule. */
void tt_detections_find(struct tt_detections_merge *m);

/* Writes the rows of what was found. */
int tt_detections_emit(struct tt_detections_merge *m,
		const struct tt_signature_sink *sink, struct tt_error *err);

#endif
