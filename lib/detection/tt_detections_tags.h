/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A bucket of hits is eight cache lines; sixteen bits of the hash of each, in an array of their own, say which of
 * them a hit can be in, and which are free: those whose tag is 0. For the files of the room only.
 */
#ifndef TT_DETECTIONS_TAGS_H
#define TT_DETECTIONS_TAGS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define TT_HIT_BUCKET 8 /* hits */

/* Of a hit's hash, whose upper bits of either half say where its buckets are. Never 0. */
static inline uint16_t
tt_hit_tag(uint64_t hash)
{
	const uint16_t tag = (uint16_t)(hash ^ hash >> 32);

	return tag != 0 ? tag : 1;
}

/* Which of a bucket's tags[TT_HIT_BUCKET] are equal to one: the lowest bit of the byte of each, the first byte
 * lowest. */
static inline uint64_t
tt_hit_tags_equal(const uint16_t *tags, uint16_t tag)
{
	typedef uint16_t lanes __attribute__((vector_size(2 * TT_HIT_BUCKET)));
	typedef uint8_t bytes __attribute__((vector_size(TT_HIT_BUCKET)));
	lanes all;
	bytes equal;
	uint64_t mask;

	memcpy(&all, tags, sizeof(all));
	equal = __builtin_convertvector((lanes)(all == tag), bytes);
	memcpy(&mask, &equal, sizeof(mask));
	return le64toh(mask) & UINT64_C(0x0101010101010101);
}

/* The plain twin. */
static inline uint64_t
tt_hit_tags_equal_ref(const uint16_t *tags, uint16_t tag)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < TT_HIT_BUCKET; i++)
		if (tags[i] == tag)
			mask |= UINT64_C(1) << 8 * i;
	return mask;
}

/* The first slot of a mask, which is not 0. */
static inline unsigned
tt_hit_first(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask) / 8;
}

/* How many slots a mask has. */
static inline unsigned
tt_hit_count(uint64_t mask)
{
	return (unsigned)(mask * UINT64_C(0x0101010101010101) >> 56);
}

#endif
