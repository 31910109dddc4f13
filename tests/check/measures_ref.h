/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reference of all measures: what every column of a snapshot means, written as plainly as it
 * can be said, and exact. It keeps every packet of an interval, sorts the packets once for each
 * table, and counts. No sampling, no limits, no batches; nothing of lib/tally or lib/merge
 * but the row structs and the numbering of targets. Slow, and only for tests.
 *
 * Heap memory for every packet, and for every source and target of earlier intervals. One thread.
 */
#ifndef MEASURES_REF_H
#define MEASURES_REF_H

#include "measures_facts.h"
#include "tt_merge.h"

struct measures_ref {
	struct tt_merge_config config; /* of which max_pairs and recall are not used */
	/* What pairs and contacts are sampled by, as the tallies have it. */
	uint64_t secret;
	struct tt_hash_seed sample;
	int64_t horizon_us; /* how long a source is remembered; targets are for ever */
	struct measured **packets; /* [n_packets] */
	size_t n_packets, room;
	struct facts past_sources; /* sorted (source, start of an interval that had it) */
	struct facts past_targets; /* sorted (protocol, number + 1, start) */
	int64_t since_us; /* start of the first interval that was remembered */
	bool remembers;
	struct tt_totals frames; /* frames, frame_bytes, fates, first_us, last_us alone */
};

void measures_ref_init(struct measures_ref *ref, const struct tt_merge_config *config,
		int64_t horizon_us);
void measures_ref_fini(struct measures_ref *ref);

/* Takes `weight` packets alike, to a monitored address. */
void measures_ref_packet(struct measures_ref *ref, const struct tt_packet *packet,
		tt_detail detail, int64_t time_us, uint64_t weight);

/* Counts a frame by where it ended up, whatever its packet. */
void measures_ref_note(struct measures_ref *ref, enum tt_fate fate, uint32_t captured,
		int64_t time_us);

/* Takes a frame: decodes it, sees whom it is for, tests the fingerprints, counts its fate. */
void measures_ref_frame(struct measures_ref *ref, const struct tt_prefix_set *monitored,
		const uint8_t *frame, uint32_t captured, uint16_t link, int64_t time_us);

/* Gives all rows of the interval that starts at start_us to the sink, and fills the totals. */
void measures_ref_run(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals);

/* Remembers the interval's sources and targets, and begins a new one without packets. */
void measures_ref_next(struct measures_ref *ref, int64_t start_us);

#endif
