/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the manifests of a sensor's snapshots say together: when it observed, what it counted,
 * what was lost. One thread; snapshots are added in order of time. A summary is the caller's
 * memory, a list of them takes as much on the heap for each sensor.
 */
#ifndef TT_SUMMARY_H
#define TT_SUMMARY_H

#include "tt_address_time.h"
#include "tt_snapshot.h"

/* How often, and how long in all. */
struct tt_pauses {
	uint64_t n;
	int64_t us;
};

struct tt_summary {
	char sensor[TT_SENSOR_MAX + 1];
	uint64_t snapshots, partial, estimated, not_closing;
	int64_t start_us, end_us; /* of the first and of the latest interval */
	int64_t observed_us;
	struct tt_pauses gaps; /* jumps of packet time that snapshots record */
	struct tt_pauses missing; /* spans without a snapshot that none records */
	int64_t frames, packets, bytes;
	int64_t backscatter_packets;
	int64_t detections; /* of signatures */
	uint64_t max_uniq_src_ip; /* in any one interval; they cannot be summed */
	int64_t max_one_in; /* of the estimated ones, the smallest sample of sources */
	struct tt_ledger_short ledger;
	struct tt_address_time address_time;
	int64_t least_addresses, most_addresses;
};

void tt_summary_init(struct tt_summary *summary, const char *sensor);
void tt_summary_add(struct tt_summary *summary, const struct tt_manifest *manifest);

/* One summary for each sensor, in the order in which they come. */
struct tt_summaries {
	struct tt_summary *all; /* [n] */
	size_t n;
};

/* Adds to the summary of the manifest's sensor. Returns 0 or -ENOMEM. */
int tt_summaries_add(struct tt_summaries *summaries,
		const struct tt_manifest *manifest) TT_MUST_CHECK;
void tt_summaries_fini(struct tt_summaries *summaries);

#endif
