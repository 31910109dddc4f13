/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A row of `backscatter` as one number that sorts in its order: packet's protocol 8 bits, ICMP type
 * 8 and code 8, class 4, attacked service 25 (protocol 8, number + 1). Where slices were full, only
 * the class is known.
 */
#ifndef TT_MERGE_BACKSCATTER_H
#define TT_MERGE_BACKSCATTER_H

#include "tt_merge_rows.h"

#define TT_MERGE_ATTACKED_BITS 25

static inline uint64_t
tt_merge_attacked_of_slice(uint64_t key)
{
	return (key >> 41 & 0xff) << 45 | (key >> 25 & 0xffff) << 29
			| (key >> 49 & 0xf) << TT_MERGE_ATTACKED_BITS
			| (key & ((1 << TT_MERGE_ATTACKED_BITS) - 1));
}

static inline uint64_t tt_merge_attacked_rest(enum tt_class class)
{
	return (uint64_t) class << TT_MERGE_ATTACKED_BITS;
}

static inline uint64_t
tt_merge_attacked_of_pair(const struct tt_slot *s)
{
	return tt_merge_attacked_of_slice(tt_slice_attacked(s->key, s->detail));
}

#endif
