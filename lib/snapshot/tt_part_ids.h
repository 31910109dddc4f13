/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshots one is made of. Every snapshot has an id, the first 8 bytes of the hash that its
 * manifest has of itself, and so of every file of it. One of a single interval is made of itself; a
 * merged one of all that its parts are made of, which its manifest lists. So whether one snapshot
 * is in another is a question to two manifests, however they were grouped before, and whatever
 * became of what lay between; times and names do not answer it, as late snapshots and clocks that
 * were set back share them.
 *
 * The caller's struct; zeroed it is empty. Heap memory, 8 bytes for each.
 */
#ifndef TT_PART_IDS_H
#define TT_PART_IDS_H

#include "tt_base.h"

/* The most that a manifest lists. */
#define TT_PART_IDS_MAX (1 << 21)

#define TT_PART_ID_DIGITS 16 /* hexadecimal */

struct tt_part_ids {
	uint64_t *all; /* [n], of [room]; ascending and each once, after tt_part_ids_sort */
	size_t n, room;
};

struct tt_manifest;

/* Adds one, or all that a snapshot is made of. Returns 0 or -ENOMEM. To be sorted then. */
int tt_part_ids_add(struct tt_part_ids *set, uint64_t id) TT_MUST_CHECK;
int tt_part_ids_add_all(
		struct tt_part_ids *set, const struct tt_manifest *of) TT_MUST_CHECK;
void tt_part_ids_sort(struct tt_part_ids *set);

/* Of what a snapshot is made of, is all of it, or any of it, in the sorted set? */
bool tt_part_ids_have(const struct tt_part_ids *set, const struct tt_manifest *of);
bool tt_part_ids_have_any(const struct tt_part_ids *set, const struct tt_manifest *of);

/* As text: 16 digits each, with spaces between; the caller frees it. NULL if memory is short. */
char *tt_part_ids_format(const struct tt_part_ids *set);
/* Into an empty set. Returns 0, -EINVAL for what is none or not in order, or -ENOMEM. */
int tt_part_ids_parse(struct tt_part_ids *set, const char *text) TT_MUST_CHECK;
/* The first digits of a hash. Returns 0 or -EINVAL. */
int tt_part_id_parse(const char *text, uint64_t *id) TT_MUST_CHECK;

void tt_part_ids_fini(struct tt_part_ids *set);

#endif
