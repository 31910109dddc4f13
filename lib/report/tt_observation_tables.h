/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the observation and of the series share; not for other files. */
#ifndef TT_OBSERVATION_TABLES_H
#define TT_OBSERVATION_TABLES_H

#include "tt_observation.h"
#include "tt_scan.h"

/* What the rows of coverage add up to. */
struct tt_observation_covered {
	unsigned __int128 us,
			address_us; /* observed, by all sensors, and times their addresses */
	int64_t least, most; /* addresses of a sensor */
};

/* A period that is being read, at one of its snapshots. */
struct tt_observation_reading {
	struct tt_observation *o;
	const struct tt_manifest *manifest; /* of the snapshot */
	bool in_rates; /* it is in what counts are divided by: not where these are of IPv4, and it monitored none */
	int32_t day; /* that it is wholly in, or -1 */
	uint64_t target_packets, country_packets, detections; /* of it, as added so far */
	struct tt_text_map protocols, countries, categories;
	int64_t loaded_us; /* of its rules, the one that was loaded longest; 0: not told */
	int64_t *rule_us; /* [n_rule_us] of its rules, by signature, how long each was loaded; -1: it was not, as signatures beyond */
	size_t n_rule_us;
	bool rules_untold; /* of some of its rules it is not told; or which there were */
	struct tt_observation_covered
			covered; /* where it had signatures for some of its time; us 0: not told */
	uint8_t *registers; /* [1 << p] of its sources */
	unsigned p; /* 0: it has none */
	struct tt_observation_ipv6 *ipv6; /* NULL: rates are not of IPv4 */
};

/* Detections of a signature from a country, by IPv6. */
struct tt_ipv6_detected {
	int64_t gid, sid, rev;
	uint32_t country;
	uint64_t n, left; /* left: not taken from a row of signatures yet */
};

/* What a snapshot has of IPv6, of which a report of IPv4 is made without. */
struct tt_observation_ipv6 {
	int64_t packets;
	uint64_t rows, told,
			answers; /* in all rows; in those of known targets; of these, backscatter */
	uint8_t *registers; /* [1 << p] of its sources */
	unsigned p; /* 0: it has none */
	struct tt_ipv6_detected *detected; /* [n_detected] of [room] */
	size_t n_detected, room;
	uint64_t detections; /* of all detected */
};

/* A batch of ipv6_targets as one of targets: without the row of what is not told apart, packets with a minus. */
struct tt_ipv6_batch {
	struct tt_parquet_batch batch;
	struct tt_parquet_values columns[TT_IPV6_TARGETS_N_COLUMNS];
	int64_t packets[TT_PARQUET_BATCH];
};

/* Fills it, and the maps of protocols and countries for it. Returns 0, or a negative errno with err->why. */
int tt_ipv6_negate(struct tt_ipv6_batch *to, const struct tt_parquet_batch *from,
		struct tt_text_map *protocols, struct tt_text_map *countries,
		struct tt_observed_names *names, struct tt_error *err) TT_MUST_CHECK;

/* Makes and frees what a period's reading needs of IPv6. Returns 0 or -ENOMEM. */
int tt_observation_ipv6_init(struct tt_observation_reading *reading) TT_MUST_CHECK;
void tt_observation_ipv6_fini(struct tt_observation_reading *reading);

/* Begins a snapshot. Puts the scans of its signature_sources, which come before those of signatures, or else those of its
 * sketches by prefix and of ipv6_targets, as far as it has them, into scans[n]. Returns how many: 2 at most. */
void tt_observation_ipv6_begin(struct tt_observation_reading *reading, int64_t packets);
unsigned tt_observation_ipv6_scans(struct tt_observation_reading *reading,
		bool of_signatures, struct tt_scan *scans);

/* Nothing is taken yet: the rows of signatures begin. */
void tt_observation_ipv6_restore(struct tt_observation_reading *reading);

/* Of a row of signatures with n detections, those of IPv6, which are taken. country: index of the names. */
struct tt_ipv6_row {
	int64_t gid, sid, rev;
	uint32_t country;
	uint64_t n;
};
uint64_t tt_observation_ipv6_take(
		struct tt_observation_reading *reading, const struct tt_ipv6_row *row);

/* Puts the scans of the snapshot's signature_rules, as far as it has them, and of what they are to be compared with into scans. Returns
 * how many. */
unsigned tt_observation_rules_scan(
		struct tt_observation_reading *reading, struct tt_scan scans[2]);

/* Adds the time of the snapshot, whose tables were read, in which signatures were loaded: any, and each. Returns 0 or -ENOMEM. */
int tt_observation_add_signature_times(const struct tt_observation_reading *reading,
		const struct tt_archive_entry *entry) TT_MUST_CHECK;

/* Adds the rows of a batch of targets to the sums: checked ones, whose protocols and countries are in the maps. Returns 0 or -ENOMEM. */
int tt_observation_add_targets(struct tt_observation_reading *reading,
		const struct tt_parquet_batch *batch, int64_t sign) TT_MUST_CHECK;

/* Makes room for index in sums. Returns false without memory. */
bool tt_sums_reach(struct tt_sums *sums, uint32_t index) TT_MUST_CHECK;

/* Adds n to sums[index], making room. Returns 0 or -ENOMEM. */
int tt_sums_add(struct tt_sums *sums, size_t index, uint64_t n) TT_MUST_CHECK;

/* Makes room for so many sums in an array of n. Returns 0 or -ENOMEM. */
int tt_sums_array_reach(struct tt_sums **array, size_t *n, size_t wanted) TT_MUST_CHECK;

/* For tt_text_map_fill: a protocol's number; the index of a country, context being the names. */
int32_t tt_scan_protocol(void *context, const char *text);
int32_t tt_scan_country(void *context, const char *text);
int32_t tt_scan_category(void *context, const char *text);
int32_t tt_scan_ipv6_protocol(
		void *context, const char *text); /* 0 where there is none */

/* Adds all tables of the snapshot in the directory `path`, but for its sources, which are left in registers. */
int tt_observation_tables(struct tt_observation_reading *reading, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

#endif
