/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_watch_silence.h"
#include "tt_time.h"
#include "tt_watch_private.h"

#include <jansson.h>
#include <math.h>

#define LEAST_ALLOWED_US \
	(60 * TT_US_PER_S) /* of short snapshots, which are written too */

const char *
tt_watch_lack_name(enum tt_watch_lack lack)
{
	return lack == TT_WATCH_NO_PACKETS ? "packets" : "snapshots";
}

static int
say(const struct tt_watch *w, struct tt_watch_silence_line *line, struct tt_error *err)
{
	line->sensor = w->sensor;
	return w->say_silence == NULL ? 0 : w->say_silence(w->context, line, err);
}

static int
begin(struct tt_watch *w, struct tt_watch_silence_line *line, struct tt_error *err)
{
	struct tt_watch_silence *s = &w->silences.of[line->lack];

	s->is_open = true;
	s->is_told = line->time_us > w->quiet_until_us;
	line->since_us = s->since_us;
	return s->is_told ? say(w, line, err) : 0;
}

static int
end(struct tt_watch *w, enum tt_watch_lack lack, int64_t time_us, struct tt_error *err)
{
	struct tt_watch_silence *s = &w->silences.of[lack];
	struct tt_watch_silence_line line = {.lack = lack,
			.ends = true,
			.since_us = s->since_us,
			.time_us = time_us};

	s->is_open = false;
	return s->is_told ? say(w, &line, err) : 0;
}

/* Packets that the quietest hours have in the time since the latest. */
static double
expected(const struct tt_watch *w)
{
	const struct tt_watch_silences *s = &w->silences;
	const struct tt_usual_floor how = {.part = TT_WATCH_FLOOR_PART,
			.least_hours = TT_WATCH_FLOOR_HOURS,
			.without_first = s->was_since_us / TT_HOUR_US,
			.without_end = (s->was_until_us + TT_HOUR_US - 1) / TT_HOUR_US};
	int64_t since_us = s->of[TT_WATCH_NO_PACKETS].since_us;

	return s->exposure * tt_usual_floor(&w->past, since_us / TT_HOUR_US, &how);
}

/* An interval without packets, after one that had some. */
static int
note_none(const struct tt_watch_adding *a, const struct tt_watch_interval *interval,
		struct tt_error *err)
{
	struct tt_watch *w = a->watch;
	struct tt_watch_silences *s = &w->silences;
	struct tt_watch_silence_line line = {
			.lack = TT_WATCH_NO_PACKETS, .time_us = interval->end_us};

	s->exposure += a->span.exposure;
	s->frames += interval->frames;
	s->link_down_us += interval->link_down_us;
	if (s->of[TT_WATCH_NO_PACKETS].is_open || w->options.silent_packets <= 0)
		return 0;
	line.expected = expected(w);
	line.frames = s->frames;
	line.link_down_us = s->link_down_us;
	return line.expected >= w->options.silent_packets ? begin(w, &line, err) : 0;
}

int
tt_watch_note_silence(const struct tt_watch_adding *a,
		const struct tt_watch_interval *interval, uint64_t packets,
		struct tt_error *err)
{
	struct tt_watch *w = a->watch;
	struct tt_watch_silences *s = &w->silences;
	struct tt_watch_silence *silence = &s->of[TT_WATCH_NO_PACKETS];
	int ret = 0;

	s->length_us = interval->length_us > 0 && interval->length_us <= TT_US_PER_YEAR
			? interval->length_us
			: interval->end_us - interval->start_us;
	/* Of which parts it has none is not known. */
	if (packets == 0 && (silence->since_us == 0 || interval->some))
		return 0;
	if (packets == 0)
		return note_none(a, interval, err);
	if (silence->is_open) {
		s->was_since_us = silence->since_us;
		s->was_until_us = interval->end_us;
		ret = end(w, TT_WATCH_NO_PACKETS, interval->end_us, err);
	}
	silence->since_us = interval->end_us;
	s->exposure = 0;
	s->frames = s->link_down_us = 0;
	return ret;
}

/* How long after the end of the latest snapshot the next one is waited for; 0: for ever. */
static int64_t
allowed(const struct tt_watch *w)
{
	int64_t us = w->options.overdue_us;

	if (us >= 0)
		return us;
	us = -us * w->silences.length_us;
	return us > LEAST_ALLOWED_US ? us : LEAST_ALLOWED_US;
}

int
tt_watch_look_at_clock(
		struct tt_watch *w, int64_t now_us, bool *changed, struct tt_error *err)
{
	struct tt_watch_silence *silence = &w->silences.of[TT_WATCH_NO_SNAPSHOTS];
	struct tt_watch_silence_line line = {.lack = TT_WATCH_NO_SNAPSHOTS,
			.time_us = now_us,
			.allowed_us = allowed(w)};
	bool was_in_time = w->silences.in_time;
	int ret = 0;

	*changed = false;
	if (w->silences.length_us == 0 || line.allowed_us == 0)
		return 0;
	if (silence->is_open && w->latest_us > silence->since_us) {
		*changed = true;
		ret = end(w, TT_WATCH_NO_SNAPSHOTS, now_us, err);
	}
	w->silences.in_time = now_us - w->latest_us <= line.allowed_us;
	*changed = *changed || w->silences.in_time != was_in_time;
	if (ret != 0 || w->silences.in_time || !was_in_time || silence->is_open)
		return ret;
	silence->since_us = w->latest_us;
	return begin(w, &line, err);
}

static json_t *
time_text(int64_t us)
{
	char text[TT_TIME_TEXT_MAX];

	return json_string(tt_time_format(us, text));
}

/* Seconds, as a whole number. */
static json_t *
seconds(uint64_t us)
{
	return json_integer((json_int_t)(us / TT_US_PER_S));
}

static void
put_begin(json_t *o, const struct tt_watch_silence_line *line)
{
	json_object_set_new(o, "since", time_text(line->since_us));
	if (line->lack == TT_WATCH_NO_SNAPSHOTS) {
		json_object_set_new(o, "allowed_s", seconds((uint64_t)line->allowed_us));
		return;
	}
	json_object_set_new(
			o, "expected", json_integer((json_int_t)floor(line->expected)));
	json_object_set_new(o, "frames", json_integer((json_int_t)line->frames));
	json_object_set_new(o, "link_down_s", seconds(line->link_down_us));
}

char *
tt_watch_silence_format(const struct tt_watch_silence_line *line)
{
	char time[TT_TIME_TEXT_MAX], id[TT_SENSOR_MAX + TT_TIME_TEXT_MAX + 16];
	const char *lack = tt_watch_lack_name(line->lack);
	json_t *o = json_object();
	char *text;

	snprintf(id, sizeof(id), "%s/%s/%s", line->sensor, lack,
			tt_time_format(line->since_us, time));
	json_object_set_new(o, "event", json_string(line->ends ? "end" : "silent"));
	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "time", time_text(line->time_us));
	json_object_set_new(o, "sensor", json_string(line->sensor));
	json_object_set_new(o, "without", json_string(lack));
	if (line->ends) {
		json_object_set_new(o, "began", time_text(line->since_us));
		json_object_set_new(o, "reason", json_string("back"));
	} else {
		put_begin(o, line);
	}
	text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return text;
}
