/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshots were counted, by the ids of the single intervals that they are made of (tt_part_ids.h), so that none is counted
 * twice, however they are merged later. One thread, the caller's struct; zeroed it is empty. Heap memory: 24 bytes for
 * each interval.
 */
#ifndef TT_KNOWN_H
#define TT_KNOWN_H

#include "tt_manifest.h"

struct tt_known_one {
	uint64_t id;
	int64_t start_us; /* of the snapshot that it came with */
};

struct tt_known {
	struct tt_known_one *all; /* [n], of [room] */
	size_t n, room;
	uint32_t *slots; /* [n_slots] index + 1, or 0 */
	size_t n_slots;
};

enum tt_known_how {
	TT_KNOWN_NOT,
	TT_KNOWN_SOME, /* of its parts, and others not */
	TT_KNOWN_WHOLE,
};

bool tt_known_has(const struct tt_known *known, uint64_t id);
enum tt_known_how tt_known_look(
		const struct tt_known *known, const struct tt_manifest *manifest);
/* Returns 0 or -ENOMEM. */
int tt_known_add(
		struct tt_known *known, const struct tt_manifest *manifest) TT_MUST_CHECK;
int tt_known_add_one(struct tt_known *known, uint64_t id, int64_t start_us) TT_MUST_CHECK;
/* Forgets those that start before. */
void tt_known_forget(struct tt_known *known, int64_t before_us);
void tt_known_fini(struct tt_known *known);

#endif
