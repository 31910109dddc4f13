/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the series share; not for other files. */
#ifndef TT_SERIES_PRIVATE_H
#define TT_SERIES_PRIVATE_H

#include "tt_series.h"

/* Enters the `leaders` targets and countries with the most packets, and the targets of each country. Returns 0 or -ENOMEM. */
int tt_series_choose(struct tt_series *series, const struct tt_observation *now,
		unsigned leaders) TT_MUST_CHECK;

/* Makes the months that an observation is of from its sums, as if its snapshots were read again, and marks them. Returns 0 or
 * -ENOMEM. */
int tt_series_make_months(struct tt_series *series, const struct tt_observation *of,
		bool made[TT_SERIES_MONTHS]) TT_MUST_CHECK;

/* Works out what was observed of the months, of what is not damaged. Returns 0 or -ENOMEM. */
int tt_series_cover_months(
		struct tt_series *series, const struct tt_archive *archive) TT_MUST_CHECK;

#endif
