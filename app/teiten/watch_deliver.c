/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines and the state: what is written when, and what happens where it cannot be. */
#include "tt_time.h"
#include "tt_watch_sources.h"
#include "watch.h"

#include <errno.h>
#include <string.h>

int
watch_tell_as(struct watching *w, uint64_t key, const struct tt_error *err)
{
	if (!tt_known_has(&w->wrong, key) && !tt_known_has(&w->wrong_now, key))
		tt_error_print(w->tool.name, err);
	w->status = EXIT_DATA;
	return tt_known_add_one(&w->wrong_now, key, 0);
}

int
watch_tell(struct watching *w, const struct tt_error *err)
{
	return watch_tell_as(w, watch_hash(err->where, strlen(err->where)), err);
}

/* Takes over a line; NULL: memory is short. */
static int
add_line(struct watching *w, char *text, struct tt_error *err)
{
	w->told = true;
	if (text == NULL || watch_out_add(&w->out, text) != 0)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return 0;
}

static int
say(void *context, const struct tt_watch_line *line, struct tt_error *err)
{
	struct watching *w = context;
	struct json_t *cause = line->ends ? NULL
					  : tt_watch_cause(w->selection.path, line);

	return add_line(w, tt_watch_line_format(line, cause), err);
}

static int
say_silence(void *context, const struct tt_watch_silence_line *line, struct tt_error *err)
{
	return add_line(context, tt_watch_silence_format(line), err);
}

static void
sources(void *context, const struct tt_watch_questions *questions)
{
	const struct watching *w = context;

	tt_watch_sources(w->selection.path, questions);
}

void
watch_attach(struct watching *w, struct tt_watch *watch)
{
	watch->say = say;
	watch->say_silence = say_silence;
	watch->sources = sources;
	watch->context = w;
	watch->quiet_until_us = w->watches.quiet_until_us;
}

int
watch_miss(struct watching *w)
{
	int64_t now_us = tt_time_now();
	int ret = 0;

	/* Of a time that is over, nothing is waited for. */
	for (size_t i = 0; ret == 0 && now_us < w->selection.to_us && i < w->watches.n;
			i++) {
		struct tt_watch *watch = w->watches.all[i];
		struct tt_error err = {0};
		bool changed;

		if (!sensors_want(&w->tool.sensors, watch->sensor, strlen(watch->sensor)))
			continue;
		watch_attach(w, watch);
		ret = tt_watch_look_at_clock(watch, now_us, &changed, &err);
		w->changed = w->changed || changed;
		if (ret != 0)
			tt_error_print(w->tool.name, &err);
	}
	return ret;
}

/* Writes the state beside its place. Returns 1, 0 where that failed and was told, or -ENOMEM. */
static int
prepare(struct watching *w)
{
	struct tt_error err = {0};

	if (tt_watches_prepare(&w->watches, w->state_file, &err) == 0)
		return 1;
	/* By the name that was given. */
	snprintf(err.where, sizeof(err.where), "%s", w->state_path);
	return watch_tell(w, &err);
}

static int
commit(struct watching *w)
{
	struct tt_error err = {0};

	if (tt_watches_commit(w->state_file, &err) == 0) {
		w->changed = false;
		return 0;
	}
	snprintf(err.where, sizeof(err.where), "%s", w->state_path);
	return watch_tell(w, &err);
}

static int
flush(struct watching *w)
{
	struct tt_error err = {0};
	int ret = watch_out_flush(&w->out, &err);

	return ret == 0 || ret == -EPIPE || ret == -EINTR ? ret : watch_tell(w, &err);
}

int
watch_deliver(struct watching *w)
{
	bool has_state = w->state_path != NULL;
	int ret, prepared = 0;

	if (w->out.n == 0 && (!has_state || !w->changed))
		return 0;
	if (has_state && (prepared = prepare(w)) < 0)
		return prepared;
	if (has_state && prepared == 0 && !w->out.is_file)
		return 0;
	ret = flush(w);
	/* A state that has lines that nobody has would lose them. */
	if (ret != 0 || w->out.n > 0 || prepared == 0)
		return ret;
	return commit(w);
}
