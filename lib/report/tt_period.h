/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The span that a report is about: months, a week, a day, or any other, in civil days of one offset from
 * UTC that is the same all the year. Pure functions on the caller's struct; any thread, no memory.
 */
#ifndef TT_PERIOD_H
#define TT_PERIOD_H

#include "tt_base.h"
#include "tt_error.h"

#define TT_US_PER_DAY    (INT64_C(86400) * TT_US_PER_S)
#define TT_US_PER_MINUTE (INT64_C(60) * TT_US_PER_S)

#define TT_PERIOD_DAYS_MAX 1100 /* of a span; three years */
#define TT_PERIOD_NAME_MAX 64

/* Of a day, the share that has to be observed for it to be compared with other days: where accesses follow a cycle of 24
 * hours, the rate of the rest is off by at most what is missing. Time in snapshots that reach over an end of the day is not missing in
 * this sense: it is in none of its figures, but so it is on each other day. At least so much of the day has to be in others. */
#define TT_PERIOD_WHOLE_DAY 0.95
#define TT_PERIOD_LEAST_DAY 0.5

/* Shares of a day, 0 to 1. */
struct tt_day_share {
	double observed; /* by what counts in it */
	double torn; /* by what reaches over an end of it, or of the period */
};

static inline bool
tt_day_is_whole(struct tt_day_share share)
{
	return share.observed >= TT_PERIOD_LEAST_DAY
			&& share.observed + share.torn >= TT_PERIOD_WHOLE_DAY;
}

enum tt_period_kind {
	TT_PERIOD_MONTH, /* "2009-07" */
	TT_PERIOD_MONTHS, /* "2009-06..2009-07", two or more */
	TT_PERIOD_QUARTER, /* "2009-Q3", of the calendar: July to September */
	TT_PERIOD_YEAR, /* "2009" */
	TT_PERIOD_WEEK, /* "2009-W28", Monday to Sunday (ISO 8601) */
	TT_PERIOD_DAY, /* "2009-07-08" */
	TT_PERIOD_SPAN, /* "2009-07-01..2009-07-15" */
};

struct tt_period {
	enum tt_period_kind kind;
	int utc_offset_min; /* minutes east of UTC */
	int64_t from_us, to_us; /* microseconds since the epoch, UTC; to exclusive */
	unsigned n_days; /* civil days that it has some of; of a span the first and the last may be cut */
	char name[TT_PERIOD_NAME_MAX]; /* as it is written */
};

/*
 * Parses the name of a period. Of FROM..TO both are months, or each is a day; TO is the last that belongs to it, or a time
 * such as 2009-07-01T12:00, at which TO ends it. Days and times are of the offset. Returns 0, or -EINVAL with err
 * saying what is wrong.
 */
int tt_period_parse(struct tt_period *period, const char *text, int utc_offset_min,
		struct tt_error *err) TT_MUST_CHECK;

/* The one before of the same kind: month before month, as many months before months; before a span as much time as it has. Returns 0, or
 * -ERANGE where that begins before 1970. */
int tt_period_before(
		const struct tt_period *period, struct tt_period *before) TT_MUST_CHECK;

/* The calendar month that holds a time. */
void tt_period_month(struct tt_period *month, int64_t us, int utc_offset_min);

/* Which day of the period a time in it is of, from 0; and where that day begins and ends. The first and the
 * last day of a span are cut where it begins and ends. */
unsigned tt_period_day(const struct tt_period *period, int64_t us);
int64_t tt_period_day_from(const struct tt_period *period, unsigned day);
int64_t tt_period_day_to(const struct tt_period *period, unsigned day);

/* Does [from_us, to_us) lie wholly in the period? */
static inline bool
tt_period_has(const struct tt_period *period, int64_t from_us, int64_t to_us)
{
	return from_us >= period->from_us && to_us <= period->to_us;
}

/* Does some of [from_us, to_us)? */
static inline bool
tt_period_meets(const struct tt_period *period, int64_t from_us, int64_t to_us)
{
	return from_us < period->to_us && to_us > period->from_us;
}

#endif
