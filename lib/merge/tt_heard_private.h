/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside tt_heard: what its files share. */
#ifndef TT_HEARD_PRIVATE_H
#define TT_HEARD_PRIVATE_H

#include "tt_heard.h"

/* Which silences are longer than max_gap, or longer than outage_us while the time around them is not quiet, as
 * tt_heard.h says? gaps, unclear [n_runs], zeroed: the one before run i. The runs are those of all files, joined. Goes through 16 of
 * them at most for each minute of silences of more than outage_us. Returns 0 or -ENOMEM. */
int tt_heard_find_outages(
		const struct tt_heard *heard, bool *gaps, bool *unclear) TT_MUST_CHECK;

/* The first of the gaps [n], ascending, that ends after us; n if there is none. */
size_t tt_heard_first_gap(const struct tt_span *gaps, size_t n, int64_t us);

#endif
