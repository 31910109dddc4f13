/* SPDX-License-Identifier: BSD-3-Clause */
#include "stop.h"
#include "tt_hash.h"
#include "tt_time.h"
#include "watch.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define DAY_US     (24 * TT_HOUR_US)
#define PAST_US    ((TT_PAST_DAYS + 1) * DAY_US) /* how far the past goes back */
#define LATE_US    (2 * DAY_US) /* what comes later than that is found at the next start */
#define SAVE_EVERY 1000 /* snapshots, in a long replay */

/* What begins so much later than now was written by a clock that was wrong. To take its time for the latest would
 * make all that comes until then come late, and nothing would be told of it. */
#define AHEAD_US TT_HOUR_US

struct saying {
	struct watching *w;
	bool gone; /* the reader */
};

static int
say(void *context, const struct tt_watch_line *line, struct tt_error *err)
{
	struct saying *s = context;
	struct watching *w = s->w;
	struct json_t *cause = line->ends ? NULL
					  : tt_watch_cause(w->selection.path, line);
	char *text = tt_watch_line_format(line, cause);
	int ret;

	if (text == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	ret = watch_out_write(&w->out, text, err);
	s->gone = ret == -EPIPE;
	free(text);
	w->lines++;
	return ret;
}

/* Saves the state, if there is one and it changed. Returns false where that failed. */
static bool
save(struct watching *w)
{
	struct tt_error err = {0};

	if (w->state_path == NULL || !w->changed)
		return true;
	if (tt_watches_save(&w->watches, w->state_path, &err) != 0) {
		tt_error_print(w->tool.name, &err);
		w->status = EXIT_DATA;
		return false;
	}
	w->changed = false;
	w->lines = 0;
	return true;
}

static uint64_t
path_hash(const char *path)
{
	uint64_t hash = 0;

	for (const char *c = path; *c != '\0'; c++)
		hash = tt_hash_mix(hash ^ (uint8_t)*c);
	return hash;
}

/* What is wrong with one snapshot ends nothing, but no more memory and no more output. */
static bool
is_fatal(int ret)
{
	return ret != -EBADMSG && ret != -EEXIST && ret != -EIO && ret != -EACCES;
}

static int
add(struct saying *s, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	struct watching *w = s->w;
	struct tt_watch *watch = tt_watches_of(&w->watches, snapshot->manifest.sensor);
	int ret;

	if (watch == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	watch->say = say;
	watch->context = s;
	watch->quiet_until_us = w->selection.from_us;
	ret = tt_watch_add(watch, snapshot, err);
	w->changed = true;
	/* What was said is known before anything else is said. */
	if (w->lines > 0 && !save(w) && ret == 0)
		ret = tt_error_set(err, -ENOSPC, w->state_path, "the state is not saved");
	return ret;
}

/* Opens what is not of the future. */
static int
open_one(struct tt_snapshot **snapshot, const struct tt_snapshot_ref *ref,
		struct tt_error *err)
{
	if (ref->start_us > tt_time_now() + AHEAD_US)
		return tt_error_set(err, -EBADMSG, ref->path,
				"it begins later than now: left out");
	return tt_snapshot_open_intact(snapshot, ref->path, err);
}

/* Looks at a snapshot once. Returns 0, or a negative errno that ends the command. */
static int
look_at(struct saying *s, const struct tt_snapshot_ref *ref)
{
	struct watching *w = s->w;
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	int ret;

	if (tt_known_has(&w->seen, path_hash(ref->path)))
		return 0;
	ret = open_one(&snapshot, ref, &err);
	/* It was merged since it was listed, and its packets are in another one. */
	if (ret == -ENOENT)
		return 0;
	if (ret == 0) {
		ret = add(s, snapshot, &err);
		tt_snapshot_close(snapshot);
	}
	if (ret != 0 && !s->gone) {
		tt_error_print(w->tool.name, &err);
		w->status = EXIT_DATA;
	}
	if (ret != 0 && is_fatal(ret))
		return ret;
	return tt_known_add_one(&w->seen, path_hash(ref->path), ref->start_us);
}

/* Saved from time to time, so that a long replay is not begun anew. */
static int
look_at_all(struct saying *s, const struct tt_snapshot_list *list)
{
	struct tt_error err = {0};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < list->n; i++) {
		ret = look_at(s, &list->refs[i]);
		if (ret == 0 && (i + 1) % SAVE_EVERY == 0 && !save(s->w))
			ret = -ENOSPC;
		if (ret == 0)
			ret = stop_wanted(&err);
	}
	return ret;
}

/* The earliest start that is looked for: all that the past of a sensor may need; later on, what may still come late. */
static int64_t
earliest(const struct watching *w, bool first)
{
	int64_t latest = INT64_MAX;

	for (size_t i = 0; i < w->watches.n; i++)
		if (w->watches.all[i]->latest_us < latest)
			latest = w->watches.all[i]->latest_us;
	if (w->watches.n == 0 || latest < PAST_US)
		return TT_TIME_MIN;
	return latest - (first ? PAST_US : LATE_US);
}

/* One look at the spool. Returns 0 or a negative errno. */
static int
pass(struct saying *s, bool first)
{
	struct watching *w = s->w;
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	int ret = tt_snapshot_list_scan(&list, w->selection.path, earliest(w, first),
			w->selection.to_us, &err);

	if (ret != 0) {
		tt_error_print(w->tool.name, &err);
		w->status = EXIT_DATA;
		return ret;
	}
	if (first) {
		tool_print_unread(&w->tool, &list);
		w->status = list.n_unread > 0 ? EXIT_DATA : w->status;
	}
	if (first && w->once && list.n == 0)
		w->status = tool_no_snapshots(&w->tool, w->selection.path, NULL);
	ret = look_at_all(s, &list);
	tt_snapshot_list_fini(&list);
	return ret;
}

/* Waits for the next look. Ended early by a signal. */
static void
wait_for(size_t seconds)
{
	const struct timespec time = {.tv_sec = (time_t)seconds};

	nanosleep(&time, NULL);
}

int
watch_run(struct watching *w)
{
	struct saying s = {.w = w};
	struct tt_error err = {0};
	int ret = pass(&s, true);

	while (ret == 0 && !w->once) {
		if (!save(w))
			break;
		wait_for(w->poll_s);
		ret = stop_wanted(&err);
		if (ret == 0)
			ret = pass(&s, false);
	}
	save(w);
	if (ret == -EINTR)
		return stop_status();
	return ret != 0 && !s.gone ? EXIT_DATA : w->status;
}
