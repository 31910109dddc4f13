/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distinct sources of targets over many snapshots, by country and by slice of time. A number of sources of a target in some slices is
 *
 * - exact where each snapshot that has packets of the target there has the rows of all its sources, in `pairs` or else in `talkers`, and
 *   these fit: whatever other targets, and other slices, have;
 * - else an estimate with its standard error, of two the one with the smaller error: from a sample, the sources that are known from
 *   whole snapshots and, of others, the coarsest sample of sources that all have and that fits, as docs/analysis.md counts; or from
 *   the registers of the target's sketches, which see every packet. It is no less than the distinct addresses that are known, nor than
 *   what one snapshot counted exactly, and no more than the packets, and than what all snapshots counted together;
 * - unknown, but for what it is at least, where samples of several hashes would have to be joined, and sketches are not there.
 *
 * Where no source fits any more, the target with the most loses half of its sources first. A source is told by a hash of 64 bits: two
 * of a million sources are taken for one once in 37 million times. A source has the first country that a row has of it. One thread;
 * heap memory of 32 bytes and 8 for slots for each (source, target) kept, at most 80 MiB for TT_SOURCE_SET_MAX; 3 KiB for each target,
 * and, with sketches, 512 bytes for each target and slice; 32 for each row
 * of talkers of a snapshot.
 */
#ifndef TT_SOURCE_SET_H
#define TT_SOURCE_SET_H

#include "tt_addr.h"
#include "tt_counts.h"
#include "tt_sample.h"

#include <limits.h>

#define TT_SOURCE_SET_MAX    (1 << 21)
#define TT_SOURCE_SLICES_MAX 62
#define TT_SOURCE_SPANS      (TT_SOURCE_SLICES_MAX + 2) /* bits of spans */
#define TT_SOURCE_NO_SLICE   UINT_MAX /* of a row that has time of several of them */
#define TT_SOURCES_HELD      64
#define TT_SOURCE_SKETCH_P   9 /* of sketches of targets: docs/snapshot-format.md */

struct tt_kept_source {
	uint64_t hash;
	uint64_t spans; /* bit i: slice i of now; bit 62: now, in no slice; bit 63: before */
	uint64_t whole; /* of these, where a snapshot with the rows of all sources has it */
	uint32_t of; /* number of the target */
	uint16_t country; /* 0: not known */
	uint8_t sample_bits;
};

/* What snapshots have of a target in a slice. */
struct tt_source_slice {
	uint64_t packets;
	uint64_t least, most; /* sources: of the snapshot with the most, of all together */
	uint8_t *registers; /* [1 << TT_SOURCE_SKETCH_P], or NULL: without packets, or no sketches */
	uint8_t shift; /* the coarsest sample */
	uint8_t named_shift; /* the same of snapshots whose sources all have names */
	bool unsketched; /* the registers lack some packets */
	bool uncounted; /* some snapshot has estimates alone: most is not known */
};

struct tt_source_target {
	size_t n; /* sources kept */
	struct tt_source_slice slices[TT_SOURCE_SPANS];
	unsigned shift; /* sources of the sample of one in 2^shift are kept */
	char sample[TT_SAMPLE_NAME_MAX]; /* of the snapshots; "": none yet */
	bool mixed; /* samples of several names */
	/* Of the snapshot that is being read. */
	struct {
		uint64_t packets, sources;
		uint64_t named; /* packets of sources that are known by name */
		bool met; /* it has something of the target */
		bool sketched, unfit; /* unfit: its counts and sketches are not of these packets alone */
		uint16_t country; /* of all packets; 0: several */
	} latest;
};

struct tt_source_set {
	struct tt_kept_source *all; /* [n], of [room] */
	size_t n, room, max;
	uint32_t *slots; /* [n_slots] index + 1, or 0 */
	size_t n_slots;
	struct tt_hash_seed seed; /* of the slots: sources can be chosen */
	/* Rows that are entered together, so that the places in memory which they miss are loaded together. */
	struct tt_kept_source held[TT_SOURCES_HELD]; /* [n_held] */
	unsigned n_held;
	struct tt_source_target *targets; /* [n_targets] */
	size_t n_targets;
	bool sketches; /* are registers kept? */
	/* Of the snapshot that is being read: the sources by name, all of its targets. */
	struct tt_kept_source *names; /* [n_names], of [names_room] */
	size_t n_names, names_room;
	/* The snapshot that is being read. */
	struct {
		char sample[TT_SAMPLE_NAME_MAX];
		unsigned span; /* bit */
		uint8_t shift;
		bool exact; /* its counts of sources */
	} now;
};

/* Makes an empty one. Of max sources, 64 at least. */
void tt_source_set_init(struct tt_source_set *set, size_t max, bool sketches);
void tt_source_set_fini(struct tt_source_set *set);

/* A snapshot whose rows follow. */
struct tt_source_snapshot {
	const char *sample; /* its name */
	int64_t pairs_one_in; /* one source in how many has rows */
	bool exact; /* its counts of sources are of all */
	enum tt_cause_span span;
	unsigned slice; /* of now, the last one takes what lies beyond; or TT_SOURCE_NO_SLICE */
};

void tt_source_set_begin(
		struct tt_source_set *set, const struct tt_source_snapshot *snapshot);

/* Of the snapshot: packets of a target, of a country, and its sources that no row before had. unfit: its sketch, and counts of sources, are of
 * other packets as well. All functions that add return 0 or -ENOMEM. */
int tt_source_set_packets(struct tt_source_set *set, uint32_t of, uint16_t country,
		uint64_t packets, uint64_t sources, bool unfit) TT_MUST_CHECK;

/* Enters a row of `pairs`, of which of, country and sample_bits are looked at, or holds it until settle. */
int tt_source_set_add(struct tt_source_set *set, struct tt_addr address,
		const struct tt_kept_source *row) TT_MUST_CHECK;

/* Notes an address that is known to be a source of the target, by another table, which tells of no sample, with its packets. Where all packets are those
 * of such sources, the snapshot is as good as one with the rows of all. After tt_source_set_packets. */
int tt_source_set_name(struct tt_source_set *set, struct tt_addr address, uint32_t of,
		uint16_t country, uint64_t packets) TT_MUST_CHECK;

/* Merges a register of the target's sketch in the snapshot; of another precision than TT_SOURCE_SKETCH_P it is passed over. Not needed of snapshots with
 * the rows of all sources. */
int tt_source_set_register(struct tt_source_set *set, uint32_t of, int64_t precision,
		int64_t place, int64_t rho) TT_MUST_CHECK;

/* Ends a snapshot: enters what is held. Due before anything is counted. */
int tt_source_set_settle(struct tt_source_set *set) TT_MUST_CHECK;

/* The country that all packets of the target in the snapshot come from; 0: several, or not known. */
uint16_t tt_source_set_sole_country(const struct tt_source_set *set, uint32_t of);

/* How many sources, and the standard error of that: 0 where it is exact. */
struct tt_source_count {
	uint64_t n, stderr_n;
	double error; /* the same, not rounded up */
	bool unknown; /* n is what there are at least */
};

#define TT_SOURCES_BEFORE   (UINT64_C(1) << 63)
#define TT_SOURCES_UNSLICED (UINT64_C(1) << TT_SOURCE_SLICES_MAX)
#define TT_SOURCES_NOW      (TT_SOURCES_BEFORE - 1)
#define TT_SOURCES_ANYWHERE 0 /* in place of a country */

/* Of a target, in any of these slices, of a country. Goes through all sources: for reports, at the end. */
struct tt_source_count tt_source_set_count(const struct tt_source_set *set, uint32_t of,
		uint64_t spans, uint16_t country);

/* Of all targets, in any of these slices, from anywhere: counts[n]. */
void tt_source_set_count_all(const struct tt_source_set *set, uint64_t spans,
		struct tt_source_count *counts, size_t n);

/* The country of a source of a target, 0: not known. Of those that are kept. */
uint16_t tt_source_set_country(
		const struct tt_source_set *set, struct tt_addr address, uint32_t of);

#endif
