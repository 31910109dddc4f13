/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the observation and of the series share; not for other files. */
#ifndef TT_OBSERVATION_TABLES_H
#define TT_OBSERVATION_TABLES_H

#include "tt_observation.h"
#include "tt_scan.h"

/* A period that is being read, at one of its snapshots. */
struct tt_observation_reading {
	struct tt_observation *o;
	const struct tt_manifest *manifest; /* of the snapshot */
	int32_t day; /* that it is wholly in, or -1 */
	uint64_t target_packets, country_packets, detections; /* of it, as added so far */
	struct tt_text_map protocols, countries, categories;
	uint8_t *registers; /* [1 << p] of its sources */
	unsigned p; /* 0: it has none */
};

/* Makes room for index in sums. Returns false without memory. */
bool tt_sums_reach(struct tt_sums *sums, uint32_t index) TT_MUST_CHECK;

/* Adds n to sums[index], making room. Returns 0 or -ENOMEM. */
int tt_sums_add(struct tt_sums *sums, size_t index, uint64_t n) TT_MUST_CHECK;

/* Makes room for so many sums in an array of n. Returns 0 or -ENOMEM. */
int tt_sums_array_reach(struct tt_sums **array, size_t *n, size_t wanted) TT_MUST_CHECK;

/* For tt_text_map_fill: a protocol's number; the index of a country, context being the names. */
int32_t tt_scan_protocol(void *context, const char *text);
int32_t tt_scan_country(void *context, const char *text);

/* Adds all tables of the snapshot in the directory `path`, but for its sources, which are left in registers. */
int tt_observation_tables(struct tt_observation_reading *reading, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

#endif
