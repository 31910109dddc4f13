/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is there memory for what the tables will take? Asked before they are taken: all of it is
 * touched at once, and where the kernel finds too late that it has not so much, it ends the
 * program without a word. Management core, at start only.
 */
#ifndef TT_FREE_MEMORY_H
#define TT_FREE_MEMORY_H

#include "plan.h"
#include "tt_setup.h"

/* Warns where pending-memory does not fit beside them. Returns 0, or -ENOMEM with what is needed,
 * what is free, and the options to change. */
int tt_free_memory_check(const struct tt_plan *plan, const struct tt_config *config,
		const struct tt_setup *setup, struct tt_error *err) TT_MUST_CHECK;

#endif
