/* SPDX-License-Identifier: BSD-3-Clause */
/* When events begin and end. */
#include "tt_watch_private.h"

#include <errno.h>
#include <math.h>

#define DAY_HOURS    TT_PAST_DAY_HOURS
#define HOURS_OF_DAY 4 /* at least so many make a day's rise */
#define HOUR_RATIO   2.0 /* of what the highest hours of a tenth of the days had */
#define FEW          4.0 /* samples with which the spread is taken twice */

/* A window of a target: its packets, and how many it takes to be over. */
struct window {
	unsigned hours;
	uint64_t packets;
	double exposure;
	struct tt_usual usual;
	double excess, threshold;
};

/* The least rise of a window, whatever is usual: packets. */
static double
least(const struct tt_watch_adding *a, const struct window *w)
{
	double rate = a->watch->options.min_rate;

	return (w->hours == 1 ? fmax(rate, TT_WATCH_SWEEPS) : rate) * a->addresses;
}

/* Fills in what follows from the packets. Nothing is over where nothing is usual yet, or nothing was observed. */
static void
weigh(const struct tt_watch_adding *a, struct window *w)
{
	const struct tt_watch_options *o = &a->watch->options;
	double usual = w->usual.rate * w->exposure,
	       spread = w->usual.spread * w->exposure;
	double chance;

	/* Of few samples, the spread may be small by chance. */
	if (w->usual.samples > 0)
		spread *= 1 + FEW / w->usual.samples;
	chance = o->sigmas * sqrt((usual > 1 ? usual : 1) + spread * spread);

	w->threshold = INFINITY;
	w->excess = (double)w->packets - usual;
	if (w->usual.by == TT_USUAL_UNKNOWN || w->exposure <= 0)
		return;
	w->threshold = fmax(least(a, w), (o->ratio - 1) * usual);
	w->threshold = fmax(w->threshold, chance);
}

static struct window
hour_window(const struct tt_watch_adding *a, uint32_t of)
{
	const struct tt_past *past = &a->watch->past;
	struct window w = {.hours = 1};

	w.packets = tt_past_packets(past, of, a->hour, a->hour + 1);
	w.exposure = tt_past_exposure(past, a->hour, a->hour + 1);
	/* It is not over whatever is usual, which need not be found out. */
	if ((double)w.packets >= least(a, &w) / 2 && !tt_watch_is_coarse(a))
		w.usual = tt_usual_of_hour(past, of, a->hour);
	weigh(a, &w);
	return w;
}

/* event: whose usual rate is kept; NULL: none. */
static struct window
day_window(const struct tt_watch_adding *a, uint32_t of,
		const struct tt_watch_event *event)
{
	const struct tt_past *past = &a->watch->past;
	int64_t first = a->hour + 1 - DAY_HOURS;
	struct window w = {.hours = DAY_HOURS};

	w.packets = tt_past_packets(past, of, first, a->hour + 1);
	w.exposure = tt_past_exposure(past, first, a->hour + 1);
	if (event != NULL)
		w.usual = (struct tt_usual){.by = TT_USUAL_BY_24_HOURS,
				.rate = event->usual_rate,
				.spread = event->usual_spread};
	else if ((double)w.packets >= least(a, &w))
		w.usual = tt_usual_of_day(past, of, a->hour);
	weigh(a, &w);
	return w;
}

/* The excess, of which no hour counts more than a part of what it takes: what is over in an hour or two alone is
 * the hour window's. */
static double
spread_excess(const struct tt_watch_adding *a, uint32_t of, const struct window *w)
{
	const struct tt_past *past = &a->watch->past;
	double sum = 0;

	for (int64_t h = a->hour + 1 - DAY_HOURS; h <= a->hour; h++) {
		double usual = w->usual.rate * tt_past_exposure(past, h, h + 1);
		double excess = (double)tt_past_packets(past, of, h, h + 1) - usual;

		sum += fmin(excess, w->threshold / HOURS_OF_DAY);
	}
	return sum;
}

/* Did the sources of a rise of a day send no more than a few can? */
static enum tt_watch_sources_are
sources_are(const struct tt_watch_adding *a, uint32_t of, const struct window *w)
{
	return w->excess >= TT_WATCH_SWEEPS * a->addresses ? TT_WATCH_ARE_MANY
							   : tt_watch_screen(a, of);
}

/* Does a day have a rise, and not of the kind that a tenth of the days have? Its sources are another matter. */
static bool
is_day_over(const struct tt_watch_adding *a, uint32_t of, const struct window *day)
{
	return day->excess >= day->threshold
			&& day->excess
			>= a->watch->options.ratio * day->usual.most * day->exposure
			&& spread_excess(a, of, day) >= day->threshold;
}

/* The same of an hour. */
static bool
is_hour_over(const struct tt_watch_adding *a, uint32_t of, const struct window *hour)
{
	return hour->excess >= hour->threshold
			&& hour->excess >= HOUR_RATIO
					* tt_usual_most_of_hour(
							&a->watch->past, of, a->hour)
					* hour->exposure;
}

static double
rate_of(const struct window *w)
{
	return w->exposure > 0 ? (double)w->packets / w->exposure : 0;
}

/* Is the time only learnt from? */
static bool
is_quiet(const struct tt_watch_adding *a)
{
	return a->span.end_us <= a->watch->quiet_until_us;
}

/* Says a line, unless the time is only learnt from, or that it began was not said. */
static int
say(const struct tt_watch_adding *a, struct tt_watch_line *line, struct tt_error *err)
{
	const struct tt_watch *w = a->watch;

	if (w->say == NULL || !line->event->is_told || is_quiet(a))
		return 0;
	line->sensor = w->sensor;
	line->name = w->past.names.all[line->event->of];
	line->time_us = a->span.end_us;
	return w->say(w->context, line, err);
}

static bool
is_new(const struct tt_watch_adding *a, uint32_t of)
{
	const struct tt_past *past = &a->watch->past;

	return past->all[of].seen_hour > a->hour - TT_WATCH_NEW_HOURS
			&& a->hour - past->first_hour >= TT_WATCH_NEW_PAST;
}

static int
no_memory(const struct tt_watch_adding *a, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, a->where, "out of memory");
}

static int
begin(struct tt_watch_adding *a, uint32_t of, const struct window *over,
		const struct window *day, struct tt_error *err)
{
	struct tt_watch *w = a->watch;
	/* Without enough days, what is usual for the hour has to do. */
	const struct tt_usual *usual = day->usual.by == TT_USUAL_UNKNOWN ? &over->usual
									 : &day->usual;
	struct tt_watch_line line = {.window_hours = over->hours,
			.packets = over->packets,
			.rate = rate_of(over),
			.usual = over->usual};

	if (w->n_events == w->room) {
		size_t room = w->room == 0 ? 16 : 2 * w->room;
		struct tt_watch_event *more = reallocarray(
				w->events, room, sizeof(*more));

		if (more == NULL)
			return no_memory(a, err);
		w->events = more;
		w->room = room;
	}
	w->events[w->n_events++] = (struct tt_watch_event){.of = of,
			.is_new = is_new(a, of),
			.is_told = !is_quiet(a),
			.is_coarse = w->coarse_us
					> (a->hour + 1 - over->hours) * TT_HOUR_US,
			.began_us = a->span.start_us,
			.began_hour = a->hour,
			.over_hour = a->hour,
			.packets = over->packets,
			.usual_rate = usual->rate,
			.usual_spread = usual->spread,
			.peak_rate = rate_of(day)};
	w->past.all[of].event = (int32_t)w->n_events;
	line.event = &w->events[w->n_events - 1];
	return say(a, &line, err);
}

/* Judges a target without an event; or has its sources asked for, to be judged again then. */
static int
judge(struct tt_watch_adding *a, uint32_t of, struct tt_error *err)
{
	struct window hour = hour_window(a, of), day;

	if (a->watch->past.all[of].event != 0)
		return 0;
	day = day_window(a, of, NULL);
	if (is_day_over(a, of, &day)) {
		enum tt_watch_sources_are are = sources_are(a, of, &day);

		if (are == TT_WATCH_ARE_MANY)
			return begin(a, of, &day, &day, err);
		if (are == TT_WATCH_ARE_ASKED_FOR)
			return tt_watch_ask_for(a, of, day.packets) == 0
					? 0
					: no_memory(a, err);
	}
	if (!is_hour_over(a, of, &hour))
		return 0;
	day.usual = tt_usual_of_day(&a->watch->past, of, a->hour);
	return begin(a, of, &hour, &day, err);
}

static bool
is_over(const struct tt_watch_adding *a, const struct tt_watch_event *e)
{
	struct window day = day_window(a, e->of, e), hour = hour_window(a, e->of);

	return day.excess >= day.threshold / 2 || hour.excess >= hour.threshold / 2;
}

/* Has it ended? */
static bool
has_ended(const struct tt_watch_adding *a, const struct tt_watch_event *e, bool *lasting)
{
	*lasting = a->hour - e->began_hour
			>= (int64_t)a->watch->options.lasting_days * DAY_HOURS;
	return *lasting
			|| (a->hour - e->over_hour >= DAY_HOURS
					&& tt_past_observed(&a->watch->past,
							   a->hour + 1 - DAY_HOURS,
							   a->hour + 1)
							>= DAY_HOURS / 2);
}

/* Follows an event. *gone: it has ended. */
static int
follow(struct tt_watch_adding *a, struct tt_watch_event *e, bool *gone,
		struct tt_error *err)
{
	struct window day = day_window(a, e->of, e);
	struct tt_watch_line line = {.event = e, .ends = true};

	if (is_over(a, e))
		e->over_hour = a->hour;
	e->peak_rate = fmax(e->peak_rate, rate_of(&day));
	*gone = has_ended(a, e, &line.lasting);
	return *gone ? say(a, &line, err) : 0;
}

static int
follow_all(struct tt_watch_adding *a, struct tt_error *err)
{
	struct tt_watch *w = a->watch;
	size_t n = 0;
	int ret = 0;

	for (size_t i = 0; i < w->n_events; i++) {
		struct tt_watch_event e = w->events[i];
		bool gone = false;

		if (ret == 0)
			ret = follow(a, &e, &gone, err);
		w->past.all[e.of].event = gone ? 0 : (int32_t)n + 1;
		if (!gone)
			w->events[n++] = e;
	}
	w->n_events = n;
	return ret;
}

int
tt_watch_judge(struct tt_watch_adding *adding, struct tt_error *err)
{
	int ret = follow_all(adding, err);

	for (size_t i = 0; ret == 0 && i < adding->n_touched; i++)
		ret = judge(adding, adding->touched[i], err);
	if (ret == 0)
		tt_watch_ask(adding);
	for (size_t i = 0; ret == 0 && i < adding->n_asked; i++)
		ret = judge(adding, adding->asked[i].of, err);
	return ret;
}
