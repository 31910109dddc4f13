/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many sources each target of a snapshot had, where its unique counts are estimates: what the tables say of it besides
 * `targets`, whose counts are all of one sample, which may have none of a target's few sources.
 *
 * - `talkers` adds up to all packets of a target and class. Where it has no row of all others, its addresses are the
 *   sources of the target, all of them: their number is exact. Else it is a lower bound.
 * - The sketch of the target, where the snapshot has one that all its parts had.
 * - The target's packets are an upper bound, and where there are any, one source is the least.
 *
 * Of the estimates, the one with the smaller standard error is taken. One thread. Memory: 24 bytes for each target, and 16 for
 * each talker of one target.
 */
#ifndef TT_TARGET_SOURCES_H
#define TT_TARGET_SOURCES_H

#include "tt_class.h"
#include "tt_pick.h"

/* What is known of a target. */
struct tt_target_known {
	uint64_t talkers; /* distinct addresses that have rows */
	bool any_talker, others; /* it has rows; there is a row of all others */
	double sketch, sketch_error; /* error 0: none */
};

/* The caller's struct; zeroed it knows nothing. */
struct tt_target_sources {
	struct tt_target_set set;
	struct tt_target_known *all; /* [room], by number in the set */
	size_t room;
};

/* Reads what a snapshot has, in place of what was there. class: of its packets alone, of which there are no sketches; NULL: of all. Returns 0,
 * or a negative errno with err naming the file. */
int tt_target_sources_read(struct tt_target_sources *sources,
		const struct tt_snapshot *snapshot, const enum tt_class *class,
		struct tt_error *err) TT_MUST_CHECK;
void tt_target_sources_fini(struct tt_target_sources *sources);

/* A number of sources, and whether it is an estimate. */
struct tt_target_source_count {
	uint64_t n;
	bool estimated;
};

/* How many sources the target had: sampled is what `targets` says, of one source in one_in. */
struct tt_target_source_count tt_target_sources_of(
		const struct tt_target_sources *sources, uint8_t protocol, int32_t target,
		uint64_t sampled, uint64_t one_in, uint64_t packets);

#endif
