/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Snapshots of whole days of UTC, which `teiten compact` makes by default: days of another offset have none of them, since each has
 * time of two. So that a report can say what to do instead. One thread, no memory.
 */
#ifndef TT_UTC_DAYS_H
#define TT_UTC_DAYS_H

#include "tt_observation.h"

/* Are days of a period those of another offset, and is there an intact snapshot of whole days of UTC that has time of it? */
bool tt_utc_days_meet(const struct tt_archive *archive, const struct tt_period *period);

/* The longest snapshots, of those that divide an hour, that have no time of two days of the period's offset, in seconds: an hour at +09:00, half of one at
 * +05:30. */
int64_t tt_utc_days_fitting_s(const struct tt_period *period);

/* How many days of an observation have, for that reason, no time at all. */
uint64_t tt_utc_days_lost(const struct tt_observation *o);

#endif
