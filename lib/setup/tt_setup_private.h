/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of lib/setup share. */
#ifndef TT_SETUP_PRIVATE_H
#define TT_SETUP_PRIVATE_H

#include "tt_setup.h"

/* Sets tally.pairs and merge.max_pairs. Returns 0 or -EINVAL. */
int tt_setup_decide_pairs(struct tt_setup *setup, const struct tt_config *config,
		struct tt_error *err) TT_MUST_CHECK;

#endif
