/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Detections of all workers of an interval → rows, in canonical order: by rule, then country or
 * source. The same packets give the same rows however they are spread over workers, as long as hits
 * were not full.
 *
 * Windows of counting rules reach over the end of an interval: what is in a window that is still
 * open is carried to the next interval, in memory alone (a restart begins all windows anew). Merging the
 * same interval again gives the same; after one that is older than the latest, windows begin anew.
 *
 * Rules that count are sampled apart from others, so that neither kind takes the other's room: detections
 * of rules that do not count are exact always. A rule that tracks its source, or source and destination,
 * has its detections counted for the kept sources and scaled. One that tracks destinations, or nothing, sees packets of kept sources alone, as
 * if each stood for 2^shift.
 */
#ifndef TT_DETECTIONS_MERGE_H
#define TT_DETECTIONS_MERGE_H

#include "tt_detections.h"

/* A row of `signature_rules`: of each rule that was loaded. */
struct tt_signature_rule_row {
	const struct tt_rule *rule;
	uint64_t one_in; /* sampling of its sources: 1 where all are kept */
};

/* A row of `signatures`: of rules with matches. */
struct tt_signature_row {
	const struct tt_rule *rule;
	uint16_t country; /* or TT_N_COUNTRIES: not told apart */
	uint64_t matches; /* packets that the rule matches, exact */
	uint64_t detections; /* of these; scaled where the rule counts, else all of them */
	double detections_variance; /* of that number; 0: it is exact */
	uint64_t uniq_src_ip; /* sources with detections, scaled */
	uint64_t one_in; /* sampling of the rule's sources: 1 where all its hits are kept */
};

/* A row of `signature_sources`: of sources that are kept and have detections. */
struct tt_signature_source_row {
	const struct tt_rule *rule;
	struct tt_addr src;
	tt_country country;
	uint64_t detections; /* not scaled */
	int64_t first_us,
			last_us; /* of the packets, or of the seconds, with detections */
	unsigned sample_bits; /* of the source */
};

struct tt_signature_totals {
	uint64_t packets; /* that at least one rule matches */
	uint64_t matches, detections; /* the sums of the rows */
	uint64_t uniq_src_ip; /* sources with detections of any rule, scaled */
	uint64_t one_in; /* sampling, of the rules that keep less: 1 where all hits are kept */
	uint64_t not_kept; /* matches of sources that are not */
	uint64_t hits_not_kept; /* hits that they would have had; an estimate */
	uint64_t not_carried; /* hits of open windows that the next interval will not know of */
	uint64_t cut_short; /* packets whose matching met a limit of cost */
};

struct tt_signature_sink {
	void *context;
	/* Each returns 0, or a negative errno that ends the merge. NULL: not wanted. */
	int (*rule)(void *context, const struct tt_signature_rule_row *row,
			struct tt_error *err);
	int (*signature)(void *context, const struct tt_signature_row *row,
			struct tt_error *err);
	int (*source)(void *context, const struct tt_signature_source_row *row,
			struct tt_error *err);
};

struct tt_detections_merge;

/*
 * max_hits: the sum of `hits` over detections merged at once; where a replay brings more, it grows.
 * As many hits can be carried. Takes about 400 bytes for each, and 1 MiB. Returns 0 or -ENOMEM.
 */
int tt_detections_merge_create(struct tt_detections_merge **merge, uint64_t max_hits,
		const struct tt_geo *geo, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;
void tt_detections_merge_destroy(struct tt_detections_merge *merge);
uint64_t tt_detections_merge_bytes(uint64_t max_hits);

/*
 * Merges parts[n] (n may be 0) of the interval from start_us to end_us, all by the rules given, which
 * need to live no longer than the call. Where these are others than before, windows of rules with the
 * same gid, sid, rev and text go on, and those of others begin anew. Returns 0, -ENOMEM, or what the sink
 * returned.
 */
int tt_detections_merge_run(struct tt_detections_merge *merge,
		const struct tt_rules *rules, const struct tt_detections *const *parts,
		unsigned n, int64_t start_us, int64_t end_us,
		const struct tt_signature_sink *sink, struct tt_signature_totals *totals,
		struct tt_error *err) TT_MUST_CHECK;

#endif
