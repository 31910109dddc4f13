/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was observed of the days of a period, by sensor. The time of a snapshot that lies within a day is observed. That of one
 * that reaches over an end of the day or of the period is torn: it was observed, but counts in no day, since nobody knows
 * which of its packets are of which.
 *
 * Heap memory: 24 bytes for each day and sensor. One thread.
 */
#ifndef TT_DAY_COVER_H
#define TT_DAY_COVER_H

#include "tt_archive.h"
#include "tt_period.h"

/* Of a day and a sensor. */
struct tt_day_time {
	int64_t observed_us, torn_us;
	bool seen; /* a snapshot lies within the day */
};

struct tt_day_cover {
	struct tt_period period;
	size_t n_sensors;
	struct tt_day_time *times; /* [period.n_days * n_sensors] */
};

/* Returns 0 or -ENOMEM; what was made is released by tt_day_cover_fini(), as one that is all zeros may be. */
int tt_day_cover_init(struct tt_day_cover *cover, const struct tt_period *period,
		size_t n_sensors) TT_MUST_CHECK;
/* The same with the time of another one. */
int tt_day_cover_copy(
		struct tt_day_cover *cover, const struct tt_day_cover *of) TT_MUST_CHECK;
void tt_day_cover_fini(struct tt_day_cover *cover);

/* Adds the time of a snapshot that has some of the period. */
void tt_day_cover_add(struct tt_day_cover *cover, const struct tt_archive_entry *entry);
/* Takes it out again: it is missing then, and its sensor is one of the day still. */
void tt_day_cover_take(struct tt_day_cover *cover, const struct tt_archive_entry *entry);

/* Microseconds of a day that were observed, added up over sensors. */
int64_t tt_day_cover_observed(const struct tt_day_cover *cover, unsigned day);

/* The shares of a day from midnight to midnight, whatever of it is in the period, and of the sensors with a snapshot within it;
 * 0 where there is none. */
struct tt_day_share tt_day_cover_share(const struct tt_day_cover *cover, unsigned day);

#endif
