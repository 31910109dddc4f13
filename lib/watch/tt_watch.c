/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_watch.h"
#include "tt_class.h"
#include "tt_time.h"

#include <errno.h>
#include <math.h>

#define DAY_US    (TT_PAST_DAY_HOURS * TT_HOUR_US)
#define KNOWN_US  (35 * DAY_US) /* how long snapshots are known again */
#define DAY_HOURS TT_PAST_DAY_HOURS

void
tt_watch_init(struct tt_watch *watch, const char *sensor,
		const struct tt_watch_options *options)
{
	*watch = (struct tt_watch){.options = *options, .latest_us = INT64_MIN};
	snprintf(watch->sensor, sizeof(watch->sensor), "%s", sensor);
	watch->quiet_until_us = INT64_MIN;
	tt_past_init(&watch->past, options->max_rows);
}

void
tt_watch_fini(struct tt_watch *watch)
{
	tt_past_fini(&watch->past);
	tt_known_fini(&watch->known);
	free(watch->events);
	*watch = (struct tt_watch){0};
}

char *
tt_watch_id(const char *sensor, const struct tt_target_name *name, int64_t began_us,
		char text[TT_WATCH_ID_MAX])
{
	char target[32], time[TT_TIME_TEXT_MAX];

	tt_target_format((struct tt_target){name->protocol, name->target, 0}, target);
	snprintf(text, TT_WATCH_ID_MAX, "%s/%s/%s", sensor, target,
			tt_time_format(began_us, time));
	return text;
}

/* A snapshot that is being added. */
struct adding {
	struct tt_watch *watch;
	const struct tt_snapshot *snapshot;
	struct tt_past_span span;
	double addresses;
	uint64_t keep;
	int64_t hour; /* in which it ends */
	uint32_t *touched; /* [n_touched], of [room]: targets that it has, each once */
	size_t n_touched, room;
	uint64_t packets; /* of the target that is being read */
	struct tt_target_name name;
	bool any;
};

static int
no_memory(const struct adding *a, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, a->snapshot->path, "out of memory");
}

static int
note_touched(struct adding *a, uint32_t of)
{
	if (a->n_touched == a->room) {
		size_t room = a->room == 0 ? 1024 : 2 * a->room;
		uint32_t *more = reallocarray(a->touched, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		a->touched = more;
		a->room = room;
	}
	a->touched[a->n_touched++] = of;
	return 0;
}

/* Enters the target whose rows were read; they come together. */
static int
end_target(struct adding *a, struct tt_error *err)
{
	int64_t of;

	if (!a->any || a->packets == 0)
		return 0;
	of = tt_past_add(&a->watch->past, &a->name, &a->span, a->packets, a->keep);
	if (of >= 0 && of != TT_TARGET_NONE && a->watch->past.all[of].event != 0)
		a->watch->events[a->watch->past.all[of].event - 1].packets += a->packets;
	a->packets = 0;
	if (of < 0 || (of != TT_TARGET_NONE && note_touched(a, (uint32_t)of) != 0))
		return no_memory(a, err);
	return 0;
}

static int
take_row(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct adding *a = context;
	int64_t packets = tt_picked_int(row, TT_TARGETS_PACKETS);
	int ret = 0;

	if (packets < 0)
		return tt_error_set(err, -EBADMSG, a->snapshot->path,
				"targets: a negative count");
	if (a->any
			&& (row->name.protocol != a->name.protocol
					|| row->name.target != a->name.target))
		ret = end_target(a, err);
	a->any = true;
	a->name = row->name;
	a->packets += (uint64_t)packets;
	return ret;
}

static int
read_targets(struct adding *a, struct tt_error *err)
{
	static const unsigned columns[] = {TT_TARGETS_PACKETS};
	const struct tt_pick pick = {TT_TABLE_TARGETS, TT_TARGETS_PROTOCOL,
			TT_TARGETS_TARGET, columns, TT_ARRAY_SIZE(columns), NULL,
			take_row, a};
	int ret = tt_pick_rows(a->snapshot, &pick, err);

	return ret == 0 ? end_target(a, err) : ret;
}

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
least(const struct adding *a, const struct window *w)
{
	double rate = a->watch->options.min_rate;

	return (w->hours == 1 ? fmax(rate, TT_WATCH_SWEEPS) : rate) * a->addresses;
}

/* Fills in what follows from the packets. Nothing is over where nothing is usual yet, or nothing was observed. */
static void
weigh(const struct adding *a, struct window *w)
{
	const struct tt_watch_options *o = &a->watch->options;
	double usual = w->usual.rate * w->exposure,
	       spread = w->usual.spread * w->exposure;
	double chance = o->sigmas * sqrt((usual > 1 ? usual : 1) + spread * spread);

	w->threshold = INFINITY;
	w->excess = (double)w->packets - usual;
	if (w->usual.by == TT_USUAL_UNKNOWN || w->exposure <= 0)
		return;
	w->threshold = fmax(least(a, w), (o->ratio - 1) * usual);
	w->threshold = fmax(w->threshold, chance);
}

static struct window
hour_window(const struct adding *a, uint32_t of)
{
	const struct tt_past *past = &a->watch->past;
	struct window w = {.hours = 1};

	w.packets = tt_past_packets(past, of, a->hour, a->hour + 1);
	w.exposure = tt_past_exposure(past, a->hour, a->hour + 1);
	/* It is not over whatever is usual, which need not be found out. */
	if ((double)w.packets >= least(a, &w) / 2
			&& a->span.end_us - a->span.start_us <= TT_HOUR_US)
		w.usual = tt_usual_of_hour(past, of, a->hour);
	weigh(a, &w);
	return w;
}

/* event: whose usual rate is kept; NULL: none. */
static struct window
day_window(const struct adding *a, uint32_t of, const struct tt_watch_event *event)
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

static double
rate_of(const struct window *w)
{
	return w->exposure > 0 ? (double)w->packets / w->exposure : 0;
}

/* Says a line, unless the time is only learnt from. */
static int
say(const struct adding *a, struct tt_watch_line *line, struct tt_error *err)
{
	const struct tt_watch *w = a->watch;

	if (w->say == NULL || a->span.start_us < w->quiet_until_us
			|| line->event->began_us < w->quiet_until_us)
		return 0;
	line->sensor = w->sensor;
	line->name = w->past.names.all[line->event->of];
	line->time_us = a->span.end_us;
	return w->say(w->context, line, err);
}

static bool
is_new(const struct adding *a, uint32_t of)
{
	const struct tt_past *past = &a->watch->past;

	return past->all[of].seen_hour > a->hour - TT_WATCH_NEW_HOURS
			&& a->hour - past->first_hour >= TT_WATCH_NEW_PAST;
}

static int
begin(struct adding *a, uint32_t of, const struct window *over, const struct window *day,
		struct tt_error *err)
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

/* Judges a target without an event. */
static int
judge(struct adding *a, uint32_t of, struct tt_error *err)
{
	struct window hour = hour_window(a, of), day;

	if (a->watch->past.all[of].event != 0)
		return 0;
	day = day_window(a, of, NULL);
	if (day.excess >= day.threshold)
		return begin(a, of, &day, &day, err);
	if (hour.excess < hour.threshold)
		return 0;
	day.usual = tt_usual_of_day(&a->watch->past, of, a->hour);
	return begin(a, of, &hour, &day, err);
}

static bool
is_over(const struct adding *a, const struct tt_watch_event *e)
{
	struct window day = day_window(a, e->of, e), hour = hour_window(a, e->of);

	return day.excess >= day.threshold / 2 || hour.excess >= hour.threshold / 2;
}

/* Has it ended? */
static bool
has_ended(const struct adding *a, const struct tt_watch_event *e, bool *lasting)
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
follow(struct adding *a, struct tt_watch_event *e, bool *gone, struct tt_error *err)
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
follow_all(struct adding *a, struct tt_error *err)
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

static int
judge_all(struct adding *a, struct tt_error *err)
{
	int ret = follow_all(a, err);

	for (size_t i = 0; ret == 0 && i < a->n_touched; i++)
		ret = judge(a, a->touched[i], err);
	return ret;
}

static void
start(struct adding *a, struct tt_watch *w, const struct tt_snapshot *snapshot)
{
	const struct tt_manifest *m = &snapshot->manifest;

	*a = (struct adding){.watch = w,
			.snapshot = snapshot,
			.span = {m->start_us, m->end_us,
					(double)m->observed_us / (double)DAY_US
							* (double)m->monitored_addresses},
			.addresses = (double)m->monitored_addresses,
			.hour = (m->end_us > m->start_us ? m->end_us - 1 : m->start_us)
					/ TT_HOUR_US};
	a->keep = (uint64_t)(TT_WATCH_KEEP * w->options.min_rate * a->addresses) + 1;
}

static int
count(struct adding *a, struct tt_error *err)
{
	struct tt_watch *w = a->watch;
	bool late = a->span.end_us < w->latest_us;
	int ret;

	if (tt_known_add(&w->known, &a->snapshot->manifest) != 0)
		return no_memory(a, err);
	tt_past_observe(&w->past, &a->span);
	ret = read_targets(a, err);
	w->counted++;
	w->late += late;
	if (ret != 0 || late)
		return ret;
	w->latest_us = a->span.end_us;
	tt_known_forget(&w->known, w->latest_us - KNOWN_US);
	return judge_all(a, err);
}

int
tt_watch_add(struct tt_watch *watch, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct adding a;
	int ret;

	switch (tt_known_look(&watch->known, &snapshot->manifest)) {
	case TT_KNOWN_WHOLE:
		watch->again++;
		return 0;
	case TT_KNOWN_SOME:
		watch->again++;
		return tt_error_set(err, -EEXIST, snapshot->path,
				"some of the snapshots that it is made of were counted, and "
				"others were not: left out");
	case TT_KNOWN_NOT:
		break;
	}
	ret = tt_snapshot_check_file(snapshot, TT_TABLE_TARGETS, err);
	if (ret != 0)
		return ret;
	start(&a, watch, snapshot);
	ret = count(&a, err);
	free(a.touched);
	return ret;
}
