/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a sensor saw of each target in the last four weeks, by hour, and what is usual for it. One thread, the
 * caller's struct. Heap memory: 224 bytes and up to 32 for slots for each target that ever had a packet
 * (TT_PAST_TARGETS_MAX at most, others are not looked at), and 5.6 KB for each of at most max_rows that had enough to be remembered: where there are more, the
 * lighter half is forgotten.
 *
 * An hour of a target that is not remembered counts as none: it had few packets then. Snapshots of more than an hour are
 * spread evenly over their hours.
 *
 * The usual rate of an hour is the median of samples, packets divided by observed days x addresses of single hours, and its
 * spread is their median distance from it times 1.4826 (tt_change.h). The samples are
 * - the same hour of the week and the ones before and after it, of the four weeks before (12), where there are at least
 *   TT_USUAL_WEEK of these;
 * - else the same hour of the day and the two beside it, of all days before that are held, at least TT_USUAL_DAY;
 * - else all hours before, at least TT_USUAL_ANY; else nothing is known yet.
 * Of a day, the 24 hours that end with an hour: the 24 hours that ended one, two … days before, at least
 * TT_USUAL_DAYS of them, and of each the same hours as were observed now. Hours that were not observed are no samples, nor are
 * days that lack more than half of those.
 */
#ifndef TT_PAST_H
#define TT_PAST_H

#include "tt_pick.h"

#define TT_PAST_DAYS        28
#define TT_PAST_DAY_HOURS   24
#define TT_PAST_HOURS       (TT_PAST_DAYS * TT_PAST_DAY_HOURS + TT_PAST_DAY_HOURS)
#define TT_PAST_TARGETS_MAX 262144

#define TT_USUAL_WEEK 6
#define TT_USUAL_DAY  9
#define TT_USUAL_ANY  24
#define TT_USUAL_DAYS 5

#define TT_HOUR_US (INT64_C(3600) * TT_US_PER_S)

struct tt_past_target {
	uint64_t recent[TT_PAST_DAY_HOURS]; /* the latest 24 hours, by hour modulo 24 */
	uint64_t *row; /* [TT_PAST_HOURS] by hour modulo that; NULL: not remembered */
	int64_t seen_hour; /* its first packet */
	int32_t event; /* the owner's: number + 1; 0: none. Such a target is not forgotten */
	/* The owner's. */
	uint32_t asked_hour; /* in which its sources were counted; 0: none */
	uint32_t many_hour; /* in which the latest snapshot began that has many sources; 0: none */
	uint32_t sources_most; /* it has in its latest 24 hours; UINT32_MAX: not known */
};

struct tt_past {
	int64_t first_hour, latest_hour; /* since the epoch; latest < first: none yet */
	double exposures[TT_PAST_HOURS]; /* observed days x addresses */
	uint64_t totals[TT_PAST_HOURS]; /* packets of all targets that are looked at */
	struct tt_target_set names;
	struct tt_past_target *all; /* [names.n], of [room] */
	size_t room;
	size_t n_rows, max_rows;
	uint64_t forgotten; /* rows */
};

/* max_rows: at least 64. */
void tt_past_init(struct tt_past *past, size_t max_rows);
void tt_past_fini(struct tt_past *past);

/* A snapshot: its time, and its observed days x addresses. */
struct tt_past_span {
	int64_t start_us, end_us;
	double exposure;
};

/* Notes that a span was observed, before its packets are added. */
void tt_past_observe(struct tt_past *past, const struct tt_past_span *span);
/* Adds packets of a target in a span that is noted. keep: so many in 24 hours, and it is remembered. Returns its number,
 * TT_TARGET_NONE for one too many, or -1 as an int64 where memory is short. */
int64_t tt_past_add(struct tt_past *past, const struct tt_target_name *name,
		const struct tt_past_span *span, uint64_t packets, uint64_t keep);

/* Of hours [first, end), which are not all held. */
uint64_t tt_past_packets(
		const struct tt_past *past, uint32_t of, int64_t first, int64_t end);
double tt_past_exposure(const struct tt_past *past, int64_t first, int64_t end);
/* Of all targets that are looked at. */
uint64_t tt_past_total(const struct tt_past *past, int64_t first, int64_t end);
unsigned tt_past_observed(const struct tt_past *past, int64_t first, int64_t end);

enum tt_usual_by {
	TT_USUAL_UNKNOWN,
	TT_USUAL_BY_WEEK,
	TT_USUAL_BY_DAY,
	TT_USUAL_BY_ANY,
	TT_USUAL_BY_24_HOURS,
};

struct tt_usual {
	enum tt_usual_by by;
	double rate, spread; /* per day and address */
	double most; /* by how much more a tenth of the days had */
	unsigned samples;
};

const char *tt_usual_name(enum tt_usual_by by);
struct tt_usual tt_usual_of_hour(const struct tt_past *past, uint32_t of, int64_t hour);
struct tt_usual tt_usual_of_day(const struct tt_past *past, uint32_t of, int64_t hour);
struct tt_usual_floor {
	unsigned part, least_hours;
	int64_t without_first, without_end; /* hours that are no samples */
};

/* The rate of packets of all targets that an hour before `hour` has at least, but for one in `part`: of all hours that are held or of the
 * last 24, where half of these are samples, whichever is less. Negative where there are fewer than least_hours samples. */
double tt_usual_floor(const struct tt_past *past, int64_t hour,
		const struct tt_usual_floor *how);
/* By how much the highest hours of a tenth of the days before were above what is usual for their hour of the day: a rate. It takes
 * longer than the others, and is for hours that seem to be a surge. */
double tt_usual_most_of_hour(const struct tt_past *past, uint32_t of, int64_t hour);

/* The row of a target, made if it is not there, for who restores it. NULL: memory is short. */
uint64_t *tt_past_row(struct tt_past *past, uint32_t of);

#endif
