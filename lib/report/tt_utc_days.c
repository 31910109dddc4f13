/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_utc_days.h"

#include <stdlib.h>

#define DAY_MIN (24 * 60)

bool
tt_utc_days_meet(const struct tt_archive *archive, const struct tt_period *period)
{
	if (period->utc_offset_min % DAY_MIN == 0)
		return false;
	for (size_t i = 0; i < archive->n; i++) {
		const struct tt_archive_entry *e = &archive->entries[i];

		if (!e->damaged && e->start_us % TT_US_PER_DAY == 0
				&& e->end_us % TT_US_PER_DAY == 0
				&& tt_period_meets(period, e->start_us, e->end_us))
			return true;
	}
	return false;
}

int64_t
tt_utc_days_fitting_s(const struct tt_period *period)
{
	int minutes = 60, offset = abs(period->utc_offset_min);

	while (offset % minutes != 0 || 60 % minutes != 0)
		minutes--;
	return minutes * INT64_C(60);
}

uint64_t
tt_utc_days_lost(const struct tt_observation *o)
{
	uint64_t n = 0;

	if (!tt_utc_days_meet(o->archive, &o->period))
		return 0;
	for (unsigned i = 0; i < o->period.n_days; i++)
		n += o->days[i].torn && o->days[i].exposure.snapshots == 0;
	return n;
}
