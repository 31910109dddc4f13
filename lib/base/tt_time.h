/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Times as microseconds since the epoch, UTC, and their text. Pure functions on the caller's
 * memory, any thread.
 */
#ifndef TT_TIME_H
#define TT_TIME_H

#include "tt_base.h"

#define TT_TIME_TEXT_MAX 40

#define TT_US_PER_YEAR (366 * INT64_C(86400) * TT_US_PER_S) /* a leap year */

/*
 * The smallest and the largest time that a packet can have: years 1970 to 9997. The end of an
 * interval, up to 366 days later, then still has a year of four digits, as all text here needs.
 */
#define TT_TIME_MIN INT64_C(0)
#define TT_TIME_MAX INT64_C(253339228799999999)

/* "2026-11-22T22:55:00Z", with ".123456" before the Z where there are microseconds. */
char *tt_time_format(int64_t us, char text[TT_TIME_TEXT_MAX]);

/* The same without separators, for file names: "20261122T225500Z" or "20261122T225500.123456Z". */
char *tt_time_format_compact(int64_t us, char text[TT_TIME_TEXT_MAX]);

/* "2026-11-22". */
char *tt_time_format_date(int64_t us, char text[TT_TIME_TEXT_MAX]);

/* A length of time: "165600 s", from two days on with "(8.5 days)" behind it, from two years on with "(15.9 years)"; of more
 * than 1000 years, which only a wrong clock or a damaged file makes, "over 1000 years (wrong time stamps)". */
char *tt_time_format_length(int64_t us, char text[TT_TIME_TEXT_MAX]);

/*
 * Parses "2026-11-22", "2026-11-22T22:55", "2026-11-22T22:55:00", each with an optional
 * fraction of up to six digits and an optional "Z"; a blank may stand for the T. Returns 0
 * or -EINVAL.
 */
int tt_time_parse(const char *text, int64_t *us) TT_MUST_CHECK;

/* Parses an offset from UTC, "+09:00", "+0900", "-03:30" or "Z", of at most 14 hours, into minutes. Returns 0 or
 * -EINVAL. */
int tt_time_parse_offset(const char *text, int *minutes) TT_MUST_CHECK;

/* As tt_time_parse; behind a time of day, an offset from UTC may stand in place of the "Z". What does not have to be
 * UTC is what somebody types: files are. */
int tt_time_parse_with_offset(const char *text, int64_t *us) TT_MUST_CHECK;

/*
 * Parses a duration, "500ms", "90s", "30m", "6h" or "400d", of at most TT_TIME_MAX. Returns 0 or -EINVAL, then
 * without a change.
 */
int tt_time_parse_duration(const char *text, int64_t *us) TT_MUST_CHECK;

/* Parses what tt_time_format_compact writes, and nothing else. Returns 0 or -EINVAL. */
int tt_time_parse_compact(const char *text, int64_t *us) TT_MUST_CHECK;

/* Has text the form of a date, four digits, two and two ("2026-11-22", but "2026-99-99" too)? */
bool tt_time_is_date(const char *text);

/* Start of the interval that holds us: the greatest multiple of length_us that is <= us. */
static inline int64_t
tt_time_floor(int64_t us, int64_t length_us)
{
	int64_t rest = us % length_us;

	return us - (rest < 0 ? rest + length_us : rest);
}

/* Wall clock, microseconds. */
int64_t tt_time_now(void);

/* Of a clock that nobody sets: for spans of time. */
int64_t tt_time_monotonic(void);

#endif
