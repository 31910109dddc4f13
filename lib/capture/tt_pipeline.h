/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The burst pipeline that the daemon's worker and the offline reader both call: frames →
 * decode → is it for the sensor → backscatter, signatures, fingerprints → count. Any thread, as
 * long as no two have the same tally or matcher; prefixes and fingerprints are only read. It keeps nothing between calls and takes no memory but 128 KiB of
 * stack: all that it counts into is the tally. No allocation, no lock, no system call, no error return: a frame that is odd in
 * any way increments exactly one of the tally's fates.
 */
#ifndef TT_PIPELINE_H
#define TT_PIPELINE_H

#include "tt_capfile.h"
#include "tt_fingerprint.h"
#include "tt_matcher.h"
#include "tt_prefix.h"
#include "tt_tally.h"

/* What a worker's bursts are looked at with; but for the matcher shared, read-only. */
struct tt_pipeline {
	const struct tt_prefix_set *monitored;
	const struct tt_fingerprints *fingerprints; /* NULL: none */
	struct tt_matcher *matcher; /* the worker's own; NULL: no signatures */
};

/* Signatures that a worker is to count by in every interval that begins at from_us or later. */
struct tt_adoption {
	struct tt_matcher *
			matcher; /* the worker's own; with its rules, outlives all that it counts */
	int64_t from_us;
};

/*
 * To be called for each clean tally whose span was set, before it counts, where signatures may change:
 * takes up next (NULL: none), if the tally is of its time, and has the tally count by the pipeline's
 * rules. So all workers change at the start of the same interval, as long as they know of it before that.
 * Returns whether next is what the pipeline counts by from now on.
 */
bool tt_pipeline_open(struct tt_pipeline *pipeline, struct tt_tally *tally,
		const struct tt_adoption *next);

/*
 * Counts frames[n] into the tally, whatever their times; n at most TT_TALLY_BURST. A frame to a
 * monitored address is counted; any other is TT_FATE_OUTGOING if it comes from one, else
 * TT_FATE_NOT_MONITORED.
 */
void tt_pipeline_burst(const struct tt_pipeline *pipeline, const struct tt_frame *frames,
		unsigned n, struct tt_tally *tally);

/* The plain twin that defines the result: one frame at a time. */
void tt_pipeline_burst_ref(const struct tt_pipeline *pipeline,
		const struct tt_frame *frames, unsigned n, struct tt_tally *tally);

#endif
