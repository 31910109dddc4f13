/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the manifests of a sensor's snapshots say together, and of partial ones the table coverage:
 * when it observed, what it counted, what was lost. One thread; snapshots are added in order of time. A summary is the caller's
 * memory, a list of them takes as much on the heap for each sensor.
 */
#ifndef TT_SUMMARY_H
#define TT_SUMMARY_H

#include "tt_snapshot.h"
#include "tt_version_rate.h"

/* How often, and how long in all. */
struct tt_pauses {
	uint64_t n;
	int64_t us;
};

/* What a snapshot has observed of its time, and what not, unless it is complete. */
struct tt_within {
	struct tt_observed observed;
	struct tt_pauses gaps; /* between the intervals that it is made of */
	struct tt_pauses in_part; /* of intervals observed in part, what was not */
	unsigned sensors; /* whose pauses these are, added up; 0: coverage was not read */
};

struct tt_summary {
	char sensor[TT_SENSOR_MAX + 1];
	uint64_t snapshots, partial, estimated, not_closing;
	int64_t start_us, end_us; /* of the first and of the latest interval */
	int64_t observed_us;
	/* Jumps of packet time that snapshots record, before them or within (tt_summary_gaps_within). */
	struct tt_pauses gaps;
	struct tt_pauses in_part; /* of intervals observed in part, what was not */
	unsigned sensors; /* of a merged snapshot at most, whose gaps and in_part are added up; 0: of one */
	struct tt_pauses missing; /* spans without a snapshot that none records */
	int64_t frames, packets, bytes;
	int64_t backscatter_packets;
	int64_t detections; /* of signatures */
	uint64_t max_uniq_src_ip; /* in any one interval; they cannot be summed */
	int64_t max_one_in; /* of the estimated ones, the smallest sample of sources */
	struct tt_ledger_short ledger;
	struct tt_version_time address_time;
	int64_t ipv6_packets; /* of packets, as far as snapshots tell them */
	int64_t least_addresses, most_addresses;
	int64_t least_ipv4, most_ipv4; /* of these, addresses of IPv4 */
};

void tt_summary_init(struct tt_summary *summary, const char *sensor);
/* Adds all but what follows from the table coverage (tt_summaries_add): how long, and how many addresses at least, is as the manifest says. */
void tt_summary_add(struct tt_summary *summary, const struct tt_manifest *manifest);

/*
 * Adds what the snapshot's table coverage says was observed and was not: time between two rows of a sensor,
 * where it is made of several, and what of each row's time was not. It is read of partial snapshots
 * alone, since complete ones have observed all. Returns 0 or a negative errno.
 */
int tt_summary_gaps_within(const struct tt_snapshot *snapshot, struct tt_within *within,
		struct tt_error *err) TT_MUST_CHECK;

/* One summary for each sensor, in the order in which they come. */
struct tt_summaries {
	struct tt_summary *all; /* [n] */
	size_t n;
};

/* Adds to the summary of the snapshot's sensor, with what was not observed within it. Returns 0; -ENOMEM;
 * or what tt_summary_gaps_within returned, with the rest added. */
int tt_summaries_add(struct tt_summaries *summaries, const struct tt_snapshot *snapshot,
		struct tt_error *err) TT_MUST_CHECK;
void tt_summaries_fini(struct tt_summaries *summaries);

#endif
