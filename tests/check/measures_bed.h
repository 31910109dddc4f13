/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the check of measures counts with: databases, tallies, a merge and a recall, and the
 * reference beside them; all made anew for each round, with sizes and seeds drawn at random.
 */
#ifndef MEASURES_BED_H
#define MEASURES_BED_H

#include "measures_input.h"
#include "measures_ref.h"
#include "measures_rows.h"

#define BED_TALLIES     4
#define BED_INTERVAL_US (60 * TT_US_PER_S)
#define BED_START_US \
	(INT64_C(1700000000) * TT_US_PER_S / BED_INTERVAL_US * BED_INTERVAL_US)

struct bed {
	struct tt_geo *geo;
	struct tt_asn *asn;
	struct tt_units destinations, prefixes;
	struct tt_prefix_set monitored;
	struct tt_fingerprints *fingerprints;
	struct tt_recall *recall;
	struct tt_merge_config config;
	struct tt_merge *merge;
	struct tt_tally *tallies[BED_TALLIES];
	struct measures_ref ref;
	struct rows got, want;
};

/*
 * pairs: of each tally. all: the reference lists all source ports and talkers, the merge its
 * heaviest few. rules: text of a fingerprint file; NULL: rules whose matches the input draws.
 */
void bed_init(struct bed *bed, uint64_t pairs, bool all, const char *rules);
void bed_fini(struct bed *bed);

/* Counts the input into the tallies: split at random, in bursts of random sizes or one by one. */
void bed_count(struct bed *bed, const struct input *input, int64_t start_us);

/* Gives the input to the reference, each packet `weight` times. */
void bed_count_ref(struct bed *bed, const struct input *input, uint64_t weight);

/* Multiplies whatever was counted in the tallies. */
void bed_multiply(struct bed *bed, uint64_t by);

/* Merges the listed tallies into bed->got. */
void bed_merge_some(
		struct bed *bed, struct tt_tally **list, unsigned n, int64_t start_us);

/* Merges all of them, some made compact and joined at random. */
void bed_merge(struct bed *bed, int64_t start_us);

/* Runs the reference into bed->want. */
void bed_run_ref(struct bed *bed, int64_t start_us);

/* Cleans up for the next interval. */
void bed_next(struct bed *bed, int64_t start_us);

#endif
