/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of lib/setup share. */
#ifndef TT_SETUP_PRIVATE_H
#define TT_SETUP_PRIVATE_H

#include "tt_setup.h"

/* Sets tally.pairs and merge.max_pairs. Returns 0 or -EINVAL. */
int tt_setup_decide_pairs(struct tt_setup *setup, const struct tt_config *config,
		struct tt_error *err) TT_MUST_CHECK;

/* Opens the signatures. As tt_ruleset_open. */
int tt_setup_open_rules(const struct tt_setup *setup, const struct tt_config *config,
		struct tt_ruleset **set, struct tt_error *err) TT_MUST_CHECK;

/* Does the machine have the memory at all? Returns 0, or -ENOMEM. */
int tt_setup_check_memory(const struct tt_setup *setup, const struct tt_config *config,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Enters the snapshots of the spool that are newer than what the recall knows. Returns 0; -ESTALE
 * where they reach further than its horizon; or another negative errno, with err naming the
 * snapshot; the recall is then to be cleared.
 */
int tt_setup_learn(struct tt_setup *setup, struct tt_error *err) TT_MUST_CHECK;

#endif
