/* SPDX-License-Identifier: BSD-3-Clause */
/* What is usual for a target. */
#include "tt_change.h"
#include "tt_past.h"

#define WEEK_HOURS (7 * TT_PAST_DAY_HOURS)
#define BESIDE     1 /* hours before and after */

struct samples {
	const struct tt_past *past;
	uint32_t of;
	double rates[TT_PAST_HOURS];
	unsigned n;
};

/* Takes hours [first, end) as one sample, if so many of them were observed. */
static void
take(struct samples *s, int64_t first, int64_t end, unsigned observed)
{
	double exposure = tt_past_exposure(s->past, first, end);

	if (first < s->past->first_hour || exposure <= 0
			|| tt_past_observed(s->past, first, end) < observed)
		return;
	s->rates[s->n++] = (double)tt_past_packets(s->past, s->of, first, end) / exposure;
}

/* Takes the hours beside those that are one, two … steps before. */
static void
take_every(struct samples *s, int64_t hour, int step)
{
	s->n = 0;
	for (int64_t h = hour - step; h > hour - TT_PAST_HOURS + BESIDE; h -= step)
		for (int64_t beside = h - BESIDE; beside <= h + BESIDE; beside++)
			take(s, beside, beside + 1, 1);
}

static struct tt_usual
usual(struct samples *s, enum tt_usual_by by)
{
	struct tt_usual u = {.by = by, .samples = s->n};

	u.rate = tt_median(s->rates, s->n);
	u.spread = tt_spread(s->rates, s->n, u.rate);
	return u;
}

struct tt_usual
tt_usual_of_hour(const struct tt_past *past, uint32_t of, int64_t hour)
{
	struct samples s = {.past = past, .of = of};

	take_every(&s, hour, WEEK_HOURS);
	if (s.n >= TT_USUAL_WEEK)
		return usual(&s, TT_USUAL_BY_WEEK);
	take_every(&s, hour, TT_PAST_DAY_HOURS);
	if (s.n >= TT_USUAL_DAY)
		return usual(&s, TT_USUAL_BY_DAY);
	s.n = 0;
	for (int64_t h = hour - 1; h > hour - TT_PAST_HOURS; h--)
		take(&s, h, h + 1, 1);
	if (s.n >= TT_USUAL_ANY)
		return usual(&s, TT_USUAL_BY_ANY);
	return (struct tt_usual){0};
}

struct tt_usual
tt_usual_of_day(const struct tt_past *past, uint32_t of, int64_t hour)
{
	struct samples s = {.past = past, .of = of};

	for (int day = 1; day < TT_PAST_DAYS; day++) {
		int64_t end = hour + 1 - (int64_t)day * TT_PAST_DAY_HOURS;

		take(&s, end - TT_PAST_DAY_HOURS, end, TT_PAST_DAY_HOURS / 2);
	}
	if (s.n >= TT_USUAL_DAYS)
		return usual(&s, TT_USUAL_BY_24_HOURS);
	return (struct tt_usual){0};
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
