/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the room share; not for others. */
#ifndef TT_DETECTIONS_PRIVATE_H
#define TT_DETECTIONS_PRIVATE_H

#include "tt_detections.h"

static inline int
tt_compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By rule, source, second, destination, value: what hits are told apart by. */
static inline int
tt_hit_compare(const struct tt_hit *x, const struct tt_hit *y)
{
	int order = tt_compare_u64(x->rule, y->rule);

	if (order == 0)
		order = tt_addr_cmp(x->src, y->src);
	if (order == 0)
		order = tt_compare_u64(x->second, y->second);
	if (order == 0)
		order = tt_addr_cmp(x->dst, y->dst);
	return order != 0 ? order : tt_compare_u64(x->value, y->value);
}

/* Adds what another hit of the same key counted. */
static inline void
tt_hit_add(struct tt_hit *to, const struct tt_hit *from)
{
	to->packets += from->packets;
	if (from->first_us < to->first_us)
		to->first_us = from->first_us;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
}

#endif
