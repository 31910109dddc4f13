/* SPDX-License-Identifier: BSD-3-Clause */
/* What is usual for a target. */
#include "tt_change.h"
#include "tt_past.h"

#include <math.h>

#define WEEK_HOURS (7 * TT_PAST_DAY_HOURS)
#define BESIDE     1 /* hours before and after */

struct samples {
	const struct tt_past *past;
	uint32_t of;
	double rates[TT_PAST_HOURS];
	unsigned n;
};

/* Takes an hour as a sample. */
static void
take(struct samples *s, int64_t hour)
{
	double exposure = tt_past_exposure(s->past, hour, hour + 1);

	if (hour >= s->past->first_hour && exposure > 0)
		s->rates[s->n++] = (double)tt_past_packets(s->past, s->of, hour, hour + 1)
				/ exposure;
}

/* Takes 24 hours that ended some days before the ones that end with `hour`: of them those that were observed in these. */
static void
take_day(struct samples *s, int64_t hour, int days)
{
	unsigned wanted = 0, observed = 0;
	double exposure = 0;
	uint64_t packets = 0;

	for (int64_t h = hour - TT_PAST_DAY_HOURS + 1; h <= hour; h++) {
		int64_t then = h - (int64_t)days * TT_PAST_DAY_HOURS;
		double part = tt_past_exposure(s->past, then, then + 1);

		if (tt_past_exposure(s->past, h, h + 1) <= 0)
			continue;
		wanted++;
		observed += part > 0;
		exposure += part;
		packets += tt_past_packets(s->past, s->of, then, then + 1);
	}
	if (exposure > 0 && 2 * observed >= wanted)
		s->rates[s->n++] = (double)packets / exposure;
}

/* Takes the hours beside those that are one, two … steps before. */
static void
take_every(struct samples *s, int64_t hour, int step)
{
	s->n = 0;
	for (int64_t h = hour - step; h > hour - TT_PAST_HOURS + BESIDE; h -= step)
		for (int64_t beside = h - BESIDE; beside <= h + BESIDE; beside++)
			take(s, beside);
}

/* What a tenth of the samples had at least. They are sorted. */
static double
most(const struct samples *s)
{
	return s->n == 0 ? 0 : s->rates[s->n - 1 - s->n / 10];
}

static struct tt_usual
usual(struct samples *s, enum tt_usual_by by)
{
	struct tt_usual u = {.by = by, .samples = s->n};

	u.rate = tt_median(s->rates, s->n);
	u.most = most(s) - u.rate;
	u.spread = tt_spread(s->rates, s->n, u.rate);
	return u;
}

struct tt_usual
tt_usual_of_hour(const struct tt_past *past, uint32_t of, int64_t hour)
{
	struct tt_usual by_week = {0}, by_day = {0};
	struct samples s = {.past = past, .of = of};

	take_every(&s, hour, WEEK_HOURS);
	if (s.n >= TT_USUAL_WEEK)
		by_week = usual(&s, TT_USUAL_BY_WEEK);
	take_every(&s, hour, TT_PAST_DAY_HOURS);
	if (s.n >= TT_USUAL_DAY)
		by_day = usual(&s, TT_USUAL_BY_DAY);
	/* Few samples that lie together may be alike by chance. */
	by_week.spread = fmax(by_week.spread, by_day.spread);
	if (by_week.by != TT_USUAL_UNKNOWN)
		return by_week;
	if (by_day.by != TT_USUAL_UNKNOWN)
		return by_day;
	s.n = 0;
	for (int64_t h = hour - 1; h > hour - TT_PAST_HOURS; h--)
		take(&s, h);
	if (s.n >= TT_USUAL_ANY)
		return usual(&s, TT_USUAL_BY_ANY);
	return (struct tt_usual){0};
}

struct tt_usual
tt_usual_of_day(const struct tt_past *past, uint32_t of, int64_t hour)
{
	struct samples s = {.past = past, .of = of};

	for (int day = 1; day < TT_PAST_DAYS; day++)
		if (hour - day * TT_PAST_DAY_HOURS >= past->first_hour)
			take_day(&s, hour, day);
	if (s.n >= TT_USUAL_DAYS)
		return usual(&s, TT_USUAL_BY_24_HOURS);
	return (struct tt_usual){0};
}

/* The rate that an hour of [first, end) has at least, but for one in `part`; negative where too few of them are known. */
static double
floor_of(const struct tt_past *past, int64_t first, int64_t end,
		const struct tt_usual_floor *how)
{
	double rates[TT_PAST_HOURS];
	unsigned n = 0;

	for (int64_t h = first; h < end && n < TT_PAST_HOURS; h++) {
		double exposure = tt_past_exposure(past, h, h + 1);

		if (exposure > 0 && !(h >= how->without_first && h < how->without_end))
			rates[n++] = (double)tt_past_total(past, h, h + 1) / exposure;
	}
	if (n < how->least_hours || n == 0)
		return -1;
	tt_median(rates, n); /* which sorts them */
	return rates[n / how->part];
}

double
tt_usual_floor(const struct tt_past *past, int64_t hour, const struct tt_usual_floor *how)
{
	struct tt_usual_floor how_day = *how;
	double all = floor_of(past, hour - TT_PAST_HOURS, hour, how), day;

	how_day.least_hours = TT_PAST_DAY_HOURS / 2;
	day = floor_of(past, hour - TT_PAST_DAY_HOURS, hour, &how_day);
	return all < 0 || day < 0 || all < day ? all : day;
}

/* What is usual for the hours of a day, [hours before its last one], by the days before. */
static void
find_usual_hours(const struct tt_past *past, uint32_t of, int64_t last,
		double rates[TT_PAST_DAY_HOURS])
{
	struct samples s = {.past = past, .of = of};

	for (int before = 0; before < TT_PAST_DAY_HOURS; before++) {
		take_every(&s, last - before, TT_PAST_DAY_HOURS);
		rates[before] = tt_median(s.rates, s.n);
	}
}

/* The highest hour of 24 that end with one, above what is usual for it: usual[hours before another day's end]. Takes it as a
 * sample. Hours with less than the least exposure are passed over: of a few minutes, one packet is a high rate. */
static void
take_highest(struct samples *s, int64_t last, double least,
		const double usual[TT_PAST_DAY_HOURS])
{
	double highest = 0;
	unsigned n = 0;

	for (int i = 0; i < TT_PAST_DAY_HOURS; i++) {
		double exposure = tt_past_exposure(s->past, last - i, last - i + 1);
		uint64_t packets = tt_past_packets(
				s->past, s->of, last - i, last - i + 1);

		if (last - i < s->past->first_hour || exposure <= least)
			continue;
		n++;
		highest = fmax(highest, (double)packets / exposure - usual[i]);
	}
	if (n > 0)
		s->rates[s->n++] = highest;
}

double
tt_usual_most_of_hour(const struct tt_past *past, uint32_t of, int64_t hour)
{
	double least = tt_past_exposure(past, hour, hour + 1) / 2;
	double by_hour[TT_PAST_DAY_HOURS];
	struct samples s = {.past = past, .of = of};

	find_usual_hours(past, of, hour - 1, by_hour);
	s.n = 0;
	for (int day = 0; day < TT_PAST_DAYS; day++)
		take_highest(&s, hour - 1 - day * TT_PAST_DAY_HOURS, least, by_hour);
	tt_median(s.rates, s.n);
	return most(&s);
}

const char *
tt_usual_name(enum tt_usual_by by)
{
	static const char *const names[] = {[TT_USUAL_UNKNOWN] = "unknown",
			[TT_USUAL_BY_WEEK] = "hour-of-week",
			[TT_USUAL_BY_DAY] = "hour-of-day",
			[TT_USUAL_BY_ANY] = "all-hours",
			[TT_USUAL_BY_24_HOURS] = "24-hours"};

	return names[by];
}
