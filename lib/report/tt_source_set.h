/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Distinct sources of targets over many snapshots, by country and by slice of time, from `pairs`: exact
 * while every snapshot has the rows of all its sources and these fit; else of the coarsest sample of sources
 * that all have and that fits, as docs/analysis.md counts ("Unique sources of a port by country"). A source is
 * told by a hash of 64 bits: two of a million sources are taken for one once in 37 million times. A source has the country of its
 * first row. One thread; heap memory of 32 bytes and 8 for slots for each (source, target) kept, at most 80 MiB
 * for TT_SOURCE_SET_MAX.
 */
#ifndef TT_SOURCE_SET_H
#define TT_SOURCE_SET_H

#include "tt_addr.h"
#include "tt_counts.h"
#include "tt_sample.h"

#include <limits.h>

#define TT_SOURCE_SET_MAX    (1 << 21)
#define TT_SOURCE_SLICES_MAX 62
#define TT_SOURCE_NO_SLICE   UINT_MAX /* of a row that has time of several of them */
#define TT_SOURCES_HELD      64

struct tt_kept_source {
	uint64_t hash;
	uint64_t spans; /* bit i: slice i of now; bit 62: now, in no slice; bit 63: before */
	uint32_t of; /* number of the target */
	uint16_t country;
	uint8_t sample_bits;
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
	unsigned shift; /* sources of the sample of one in 2^shift are kept */
	char sample[TT_SAMPLE_NAME_MAX]; /* of the snapshots; "": none yet */
	bool mixed; /* samples of several names */
	bool useless; /* that had to be joined: nothing is known */
};

void tt_source_set_init(struct tt_source_set *set, size_t max);
void tt_source_set_fini(struct tt_source_set *set);

/* Notes the sample of a snapshot whose rows follow: its name, and one source in how many has rows. */
void tt_source_set_sample(struct tt_source_set *set, const char *name, int64_t one_in);

/* Enters a row, of which hash and spans are not looked at, or holds it until settle. slice: of now, the last one takes what lies beyond; or TT_SOURCE_NO_SLICE.
 * Returns 0 or -ENOMEM. */
int tt_source_set_add(struct tt_source_set *set, struct tt_addr address,
		const struct tt_kept_source *row, enum tt_cause_span span,
		unsigned slice) TT_MUST_CHECK;

/* Enters what is held: due after the last row, before anything is counted. Returns 0 or -ENOMEM. */
int tt_source_set_settle(struct tt_source_set *set) TT_MUST_CHECK;

/* How many sources, and the standard error of that: 0 where it is exact. */
struct tt_source_count {
	uint64_t n, stderr_n;
};

#define TT_SOURCES_BEFORE   (UINT64_C(1) << 63)
#define TT_SOURCES_UNSLICED (UINT64_C(1) << TT_SOURCE_SLICES_MAX)
#define TT_SOURCES_NOW      (TT_SOURCES_BEFORE - 1)
#define TT_SOURCES_ANYWHERE 0 /* in place of a country */

/* Of a target, in any of these slices, of a country. Goes through all sources: for reports, at the end. */
struct tt_source_count tt_source_set_count(const struct tt_source_set *set, uint32_t of,
		uint64_t spans, uint16_t country);

/* The country of a source of any target, 0: not known. Of those that are kept. */
uint16_t tt_source_set_country(
		const struct tt_source_set *set, struct tt_addr address, uint32_t of);

/* A number of sources kept, as an estimate. */
struct tt_source_count tt_source_set_scaled(
		const struct tt_source_set *set, uint64_t kept);

#endif
