/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sketches by their key while snapshots are merged: 2^p registers each, which take the greatest
 * value that any part has. Internal to the room; one thread. Those of targets, which are nearly
 * all, are found by the number that their key stands for; the others by their text. Memory: the
 * registers (512 bytes of a target, 16 KiB of all sources), 60 bytes and the key's text, and 2 MiB.
 */
#ifndef TT_COMPACT_SKETCHES_H
#define TT_COMPACT_SKETCHES_H

#include "tt_merge.h"
#include "tt_snapshot.h"

struct tt_merged_sketch {
	char *key; /* NULL of a target's: tt_sketch_key */
	enum tt_sketch_kind kind;
	struct tt_addr place; /* its order among those of its kind; of a target, its index in lo */
	uint8_t length; /* of a prefix, as of IPv6: of one address the shorter comes first */
	unsigned p;
	uint8_t registers[]; /* [1 << p] */
};

/* What a code of the dictionary stands for; sketch: NULL where it was not looked at yet. */
struct tt_coded_sketch {
	struct tt_merged_sketch *sketch;
	uint8_t p;
	bool by_text; /* it is no target's */
};

struct tt_sketches {
	struct tt_sketch_block *
			block; /* where the sketches lie: the latest, which knows the others */
	struct tt_merged_sketch **all; /* [n], of [room] */
	uint32_t *slots; /* [n_slots] index into all + 1, or 0 */
	uint64_t n_slots;
	uint32_t n, room;
	struct tt_merged_sketch *
			*by_target[2]; /* [TT_N_TARGETS] of sources, destinations */
	struct tt_coded_sketch *codes; /* [room_codes] of the dictionary being read */
	uint64_t text_id;
	uint32_t room_codes;
};

void tt_sketches_fini(struct tt_sketches *sketches);

/*
 * Takes the registers of a batch. Returns 0; -EBADMSG with *row and *why set; -EPROTO where a key
 * has another precision than before; -ENOMEM.
 */
int tt_sketches_add(struct tt_sketches *sketches, const struct tt_parquet_batch *batch,
		unsigned *row, const char **why) TT_MUST_CHECK;

/* The key as the table has it; text: room for that of a target. */
const char *tt_sketch_key(const struct tt_merged_sketch *sketch, char text[64]);

/* Puts them in the order of the table. */
void tt_sketches_sort(struct tt_sketches *sketches);

#endif
