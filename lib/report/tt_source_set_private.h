/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside a set of sources: those that it keeps. One thread. */
#ifndef TT_SOURCE_SET_PRIVATE_H
#define TT_SOURCE_SET_PRIVATE_H

#include "tt_source_set.h"

/* Enters a source, or what is new of one that is there, unless the sample of its target lacks it. Those below return 0 or -ENOMEM. */
int tt_source_set_enter(struct tt_source_set *set,
		const struct tt_kept_source *source) TT_MUST_CHECK;

/* Holds one back, to enter it together with others; enters all that are. */
int tt_source_set_hold(struct tt_source_set *set,
		const struct tt_kept_source *source) TT_MUST_CHECK;
int tt_source_set_enter_held(struct tt_source_set *set) TT_MUST_CHECK;

/* The source of a target with a hash (tt_sketch_hash), or NULL. */
const struct tt_kept_source *tt_source_set_find(
		const struct tt_source_set *set, uint64_t hash, uint32_t of);

#endif
