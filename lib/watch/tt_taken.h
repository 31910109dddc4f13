/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshots were taken, by the ids of the single intervals that they are made of (tt_part_ids.h), so that none is counted
 * twice, however they are merged later. One thread, the caller's struct; zeroed it is empty. Heap memory: 24 bytes for
 * each interval.
 */
#ifndef TT_TAKEN_H
#define TT_TAKEN_H

#include "tt_manifest.h"

struct tt_taken_one {
	uint64_t id;
	int64_t start_us; /* of the snapshot that it came with */
};

struct tt_taken {
	struct tt_taken_one *all; /* [n], of [room] */
	size_t n, room;
	uint32_t *slots; /* [n_slots] index + 1, or 0 */
	size_t n_slots;
};

enum tt_taken_how {
	TT_TAKEN_NOT,
	TT_TAKEN_SOME, /* of its parts, and others not */
	TT_TAKEN_WHOLE,
};

bool tt_taken_has(const struct tt_taken *taken, uint64_t id);
enum tt_taken_how tt_taken_look(
		const struct tt_taken *taken, const struct tt_manifest *manifest);
/* Returns 0 or -ENOMEM. */
int tt_taken_add(
		struct tt_taken *taken, const struct tt_manifest *manifest) TT_MUST_CHECK;
int tt_taken_add_one(struct tt_taken *taken, uint64_t id, int64_t start_us) TT_MUST_CHECK;
/* Forgets those that start before. */
void tt_taken_forget(struct tt_taken *taken, int64_t before_us);
void tt_taken_fini(struct tt_taken *taken);

#endif
