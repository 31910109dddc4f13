/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long each signature was loaded: the denominator of its detections, in a period and in each of its days. Signatures that were
 * loaded together at all times are one class, and their time is kept once; nearly always there are one or two. Where a snapshot has one
 * signature of a class for longer than another, the class is parted. One thread. Heap memory: 4 bytes for each signature; 48 bytes for each class
 * and day.
 */
#ifndef TT_SIGNATURE_TIME_H
#define TT_SIGNATURE_TIME_H

#include "tt_address_time.h"
#include "tt_base.h"

#include <stddef.h>

/* The denominator of a rate. */
struct tt_exposure {
	int64_t observed_us; /* added up over sensors */
	struct tt_address_time address_time;
	uint64_t snapshots;
	uint64_t bound; /* of these, of which the time of a signature is not known, but no more than this */
};

/* Adds some time to other. */
void tt_exposure_join(struct tt_exposure *sum, const struct tt_exposure *more);

struct tt_signature_class {
	struct tt_exposure *times; /* [1 + n_days] of the period, and of its days */
	/* While a snapshot is added: its first part, which keeps its number; 0: none yet. */
	uint32_t part;
};

struct tt_signature_times {
	unsigned n_days;
	uint32_t *class_of; /* [n] by signature; those beyond are of class 0, which was never loaded */
	size_t n;
	struct tt_signature_class *classes; /* [n_classes], of [room] */
	size_t n_classes, room;
	/* [1 + n_days] of snapshots that do not tell which signatures they had: the time of all. */
	struct tt_exposure *untold;
};

/* What a snapshot says of its rules. */
struct tt_signature_rules_time {
	const int64_t *us; /* [n] by signature, as it says it; below 0: not loaded, as those beyond */
	size_t n;
	struct tt_exposure (*time)(void *context, int64_t us); /* what time that is */
	void *context;
};

/* Returns 0 or -ENOMEM. */
int tt_signature_times_init(
		struct tt_signature_times *times, unsigned n_days) TT_MUST_CHECK;
void tt_signature_times_fini(struct tt_signature_times *times);

/* Adds a snapshot; day: that it is wholly in, or -1. Returns 0 or -ENOMEM. */
int tt_signature_times_add(struct tt_signature_times *times,
		const struct tt_signature_rules_time *rules, int32_t day) TT_MUST_CHECK;
/* Adds one that does not tell which signatures it had for so long. */
void tt_signature_times_add_untold(struct tt_signature_times *times,
		const struct tt_exposure *time, int32_t day);

/* The time of a signature; day: -1: in the period. */
struct tt_exposure tt_signature_times_get(
		const struct tt_signature_times *times, size_t signature, int32_t day);

#endif
