/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_watch_line.h"
#include "tt_class.h"
#include "tt_time.h"

#include <jansson.h>
#include <math.h>

#define DIGITS 6 /* of real numbers */

/* Rates, to a ten thousandth. */
static json_t *
rate(double value)
{
	return json_real(round(value * 1e4) / 1e4);
}

static json_t *
time_text(int64_t us)
{
	char text[TT_TIME_TEXT_MAX];

	return json_string(tt_time_format(us, text));
}

static void
put_begin(json_t *o, const struct tt_watch_line *line)
{
	const struct tt_usual *u = &line->usual;

	json_object_set_new(o, "window_hours", json_integer(line->window_hours));
	json_object_set_new(o, "packets", json_integer((json_int_t)line->packets));
	json_object_set_new(o, "rate", rate(line->rate));
	json_object_set_new(o, "usual",
			json_pack("{s:o, s:o, s:s, s:i}", "rate", rate(u->rate), "spread",
					rate(u->spread), "by", tt_usual_name(u->by),
					"samples", (int)u->samples));
}

static void
put_end(json_t *o, const struct tt_watch_line *line)
{
	const struct tt_watch_event *e = line->event;

	json_object_set_new(o, "began", time_text(e->began_us));
	json_object_set_new(
			o, "reason", json_string(line->lasting ? "lasting" : "usual"));
	json_object_set_new(o, "packets", json_integer((json_int_t)e->packets));
	json_object_set_new(o, "peak_rate", rate(e->peak_rate));
}

char *
tt_watch_line_format(const struct tt_watch_line *line, struct json_t *cause)
{
	char id[TT_WATCH_ID_MAX], target[32];
	json_t *o = json_object();
	char *text;

	tt_target_format((struct tt_target){line->name.protocol, line->name.target, 0},
			target);
	tt_watch_id(line->sensor, &line->name, line->event->began_us, id);
	json_object_set_new(o, "event",
			json_string(line->ends                                ? "end"
							: line->event->is_new ? "new"
									      : "surge"));
	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "time", time_text(line->time_us));
	json_object_set_new(o, "sensor", json_string(line->sensor));
	json_object_set_new(o, "target", json_string(target));
	if (line->ends)
		put_end(o, line);
	else
		put_begin(o, line);
	if (line->event->is_coarse)
		json_object_set_new(o, "coarse", json_true());
	if (cause != NULL)
		json_object_set_new(o, "cause", cause);
	text = o == NULL ? NULL
			 : json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
	json_decref(o);
	return text;
}
