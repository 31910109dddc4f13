/* SPDX-License-Identifier: BSD-3-Clause */
#include "stop.h"
#include "tt_time.h"
#include "watch.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SAVE_EVERY 1000 /* snapshots, in a long replay */

/* What begins so much later than now was written by a clock that was wrong, or the clock here is. To take its time for the
 * latest would make all that comes until then come late, and nothing would be told of it. */
#define AHEAD_US TT_HOUR_US

/* What becomes of an error of one snapshot. */
enum fate {
	FATE_END, /* of the command */
	FATE_DONE, /* it is told, and not looked at any more */
	FATE_AGAIN, /* it is told once, and looked at again */
	FATE_DOUBTED, /* it may be whole by then: looked at again, and told if it is as it was */
	FATE_GONE, /* it was merged, or deleted, since it was listed: its packets are in another one */
};

/* Of what was found damaged: a hash of its path, and of what becomes another one where it, or the file that `where` names, is
 * replaced or written to. */
static uint64_t
identity_of(const struct tt_snapshot_ref *ref, const char *where)
{
	const char *const paths[] = {ref->path, where};
	uint64_t all[1 + 2 * 5] = {watch_hash(ref->path, strlen(ref->path))};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(paths); i++) {
		uint64_t *words = &all[1 + i * 5];
		struct stat st;

		if (lstat(paths[i], &st) != 0)
			continue;
		words[0] = st.st_dev;
		words[1] = st.st_ino;
		words[2] = (uint64_t)st.st_size;
		words[3] = (uint64_t)st.st_mtim.tv_sec;
		words[4] = (uint64_t)st.st_mtim.tv_nsec;
	}
	return watch_hash((const char *)all, sizeof(all));
}

static enum fate
fate_of(int ret, const struct tt_snapshot_ref *ref, bool is_doubted)
{
	switch (ret) {
	case -ENOMEM:
		return FATE_END;
	case -EBADMSG:
		if (access(ref->path, F_OK) != 0)
			return FATE_GONE;
		return is_doubted ? FATE_DONE : FATE_DOUBTED;
	case -EEXIST:
		return access(ref->path, F_OK) == 0 ? FATE_DONE : FATE_GONE;
	case -ENOENT:
		return access(ref->path, F_OK) == 0 ? FATE_AGAIN : FATE_GONE;
	default:
		return FATE_AGAIN;
	}
}

static int
add(struct watching *w, struct watch_sensor *sensor, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const char *name = snapshot->manifest.sensor;
	struct tt_watch *watch;
	int ret;

	if (!sensors_want(&w->tool.sensors, name, strlen(name)))
		return 0;
	watch = tt_watches_of(&w->watches, name);
	if (watch == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	watch_attach(w, watch);
	ret = tt_watch_add(watch, snapshot, err);
	if (ret == 0) {
		w->changed = true;
		w->counted++;
	}
	if (watch->latest_us > sensor->latest_us)
		sensor->latest_us = watch->latest_us;
	return ret;
}

static bool
is_of_future(const struct tt_snapshot_ref *ref)
{
	return ref->start_us > tt_time_now() + AHEAD_US;
}

/* The first one is told, not all that follow it. */
static int
wait_for_time(struct watching *w, const struct watch_sensor *sensor,
		const struct tt_snapshot_ref *ref)
{
	struct tt_error err = {0};

	watch_spool_again(&w->spool, ref->path);
	tt_error_set(&err, -EAGAIN, ref->path,
			"it begins later than now: left out until then, as is what follows");
	return watch_tell_as(w, sensor->name, &err);
}

static int
read_one(struct watching *w, struct watch_sensor *sensor,
		const struct tt_snapshot_ref *ref, struct tt_error *err)
{
	struct tt_snapshot *snapshot;
	int ret = tt_snapshot_open_intact(&snapshot, ref->path, err);

	if (ret == 0) {
		ret = add(w, sensor, snapshot, err);
		tt_snapshot_close(snapshot);
	}
	return ret;
}

static int
look_at_new(struct watching *w, struct watch_sensor *sensor,
		const struct tt_snapshot_ref *ref)
{
	struct tt_error err = {0};
	uint64_t identity;
	int ret = read_one(w, sensor, ref, &err);

	/* One that another took the place of meanwhile is read as half of each. */
	if (ret == -EBADMSG)
		ret = read_one(w, sensor, ref, &err);
	if (ret == 0)
		return watch_sensor_see(sensor, ref);
	identity = identity_of(ref, err.where);
	switch (fate_of(ret, ref, w->last || tt_known_has(&w->doubted, identity))) {
	case FATE_DOUBTED:
		watch_spool_again(&w->spool, ref->path);
		return tt_known_add_one(&w->doubted_now, identity, 0);
	case FATE_GONE:
		/* Or all of the spool was away for a moment. */
		watch_spool_again(&w->spool, ref->path);
		return 0;
	case FATE_AGAIN:
		watch_spool_again(&w->spool, ref->path);
		return watch_tell(w, &err);
	case FATE_DONE:
		tt_error_print(w->tool.name, &err);
		w->status = EXIT_DATA;
		return watch_sensor_see(sensor, ref);
	default:
		tt_error_print(w->tool.name, &err);
		return ret;
	}
}

/* Looks at a snapshot once. Returns 0, or a negative errno that ends the command. */
static int
look_at(struct watching *w, const struct tt_snapshot_ref *ref)
{
	struct watch_sensor *sensor;

	if (!sensors_want_ref(&w->tool.sensors, ref))
		return 0;
	sensor = watch_spool_sensor(&w->spool, ref);
	if (sensor == NULL)
		return -ENOMEM;
	if (watch_sensor_has_seen(sensor, ref))
		return 0;
	return is_of_future(ref) ? wait_for_time(w, sensor, ref)
				 : look_at_new(w, sensor, ref);
}

/* What was said is known before anything else is said. Saved from time to time, so that a long replay is not begun anew. */
static int
look_at_all(struct watching *w, const struct tt_snapshot_list *list)
{
	struct tt_error err = {0};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < list->n; i++) {
		ret = look_at(w, &list->refs[i]);
		if (ret == 0 && (w->out.n > 0 || (i + 1) % SAVE_EVERY == 0))
			ret = watch_deliver(w);
		if (ret == 0)
			ret = stop_wanted(&err);
	}
	return ret;
}

/* A past that is of the future makes all that comes late. */
static int
tell_of_clocks(struct watching *w)
{
	for (size_t i = 0; i < w->watches.n; i++) {
		const struct tt_watch *watch = w->watches.all[i];
		struct tt_error err = {0};
		char time[TT_TIME_TEXT_MAX];

		if (watch->latest_us <= tt_time_now() + 2 * AHEAD_US)
			continue;
		tt_error_set(&err, -EAGAIN, watch->sensor,
				"its past ends later than now, at %s: until then nothing is "
				"told of what comes. Where that time is wrong, delete the "
				"snapshots that have it, and the state",
				tt_time_format(watch->latest_us, time));
		if (watch_tell(w, &err) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int
look_at_list(struct watching *w, const struct tt_snapshot_list *list)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < list->n_unread; i++)
		ret = watch_tell(w, &list->unread[i]);
	if (ret == 0)
		ret = tell_of_clocks(w);
	if (ret == 0)
		ret = look_at_all(w, list);
	return ret == 0 ? watch_miss(w) : ret;
}

/* What is wrong now is what the next look does not tell again, and what is doubted now is what it tells. */
static void
end_look(struct watching *w)
{
	tt_known_fini(&w->wrong);
	w->wrong = w->wrong_now;
	w->wrong_now = (struct tt_known){0};
	tt_known_fini(&w->doubted);
	w->doubted = w->doubted_now;
	w->doubted_now = (struct tt_known){0};
}

/* One look at the spool. Returns 0 or a negative errno that ends the command: that the spool cannot be listed does so with the first one alone. */
static int
pass(struct watching *w)
{
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	const bool first = w->first;
	int ret = watch_spool_list(
			&w->spool, w->selection.path, w->selection.to_us, &list, &err);

	if (ret != 0 && (w->first || ret == -ENOMEM)) {
		tt_error_print(w->tool.name, &err);
		return ret;
	}
	/* Nothing was looked at, and what was wrong may still be. */
	if (ret != 0) {
		ret = watch_tell(w, &err);
		return ret == 0 ? tt_known_add_one(&w->wrong,
				       watch_hash(err.where, strlen(err.where)), 0)
				: ret;
	}
	if (w->first && w->once && list.n == 0)
		w->status = tool_no_snapshots(&w->tool, w->selection.path, NULL);
	w->first = false;
	ret = look_at_list(w, &list);
	if (ret == 0 && first && list.n > 0
			&& sensors_say_missing(&w->tool, w->selection.path) && w->once)
		w->status = EXIT_DATA;
	tt_snapshot_list_fini(&list);
	if (ret == 0)
		ret = watch_deliver(w);
	end_look(w);
	return ret;
}

/* Waits for the next look. A signal ends it. */
static int
wait_for(int64_t us)
{
	struct tt_error err = {0};
	int ret = stop_wanted(&err);

	/* One that comes just before a sleep is seen after it. */
	for (; ret == 0 && us > 0; us -= TT_US_PER_S) {
		nanosleep(us < TT_US_PER_S ? &(struct timespec){.tv_nsec = us * 1000}
					   : &(struct timespec){.tv_sec = 1},
				NULL);
		ret = stop_wanted(&err);
	}
	return ret;
}

static int64_t
latest_of(void *context, const char *name)
{
	const struct watching *w = context;

	for (size_t i = 0; i < w->watches.n; i++)
		if (strcmp(w->watches.all[i]->sensor, name) == 0)
			return w->watches.all[i]->latest_us;
	return INT64_MIN;
}

/* What is left to be written. Where the reader is gone, its lines are not in the state, and the next run says them. */
static int
finish(struct watching *w)
{
	int ret = watch_deliver(w);

	if (w->out.n > 0)
		w->status = EXIT_DATA;
	return ret;
}

/* Who tries it over a spool sees that it was looked at. A later run, of cron, is silent where there is nothing. */
static void
tell_of_nothing(const struct watching *w)
{
	int64_t latest_us = INT64_MIN;
	char time[TT_TIME_TEXT_MAX];

	if (!w->once || !w->is_new || w->told || w->counted == 0 || w->status != EXIT_OK)
		return;
	for (size_t i = 0; i < w->watches.n; i++)
		if (w->watches.all[i]->latest_us > latest_us)
			latest_us = w->watches.all[i]->latest_us;
	fprintf(stderr,
			"%s: %zu snapshot%s up to %s, and nothing to tell; a target is judged once "
			"24 hours of its past are known (docs/watch.md)\n",
			w->tool.name, w->counted, w->counted == 1 ? "" : "s",
			tt_time_format(latest_us, time));
}

int
watch_run(struct watching *w)
{
	int ret;

	if (!w->once)
		fprintf(stderr, "%s: following %s, a look every %.10g s\n", w->tool.name,
				w->selection.path, (double)w->poll_us / TT_US_PER_S);
	w->first = true;
	w->spool.latest_of = latest_of;
	w->spool.context = w;
	/* From now on what comes is news, also after a kill. */
	w->changed = w->state_path != NULL;
	ret = watch_deliver(w);
	if (ret == 0)
		ret = pass(w);
	if (ret == 0 && w->once && w->doubted.n > 0) {
		w->last = true;
		ret = pass(w);
	}
	while (ret == 0 && !w->once) {
		ret = wait_for(w->poll_us);
		if (ret == 0)
			ret = pass(w);
	}
	if (ret == 0 || ret == -EINTR) {
		int last = finish(w);

		ret = ret == 0 ? last : ret;
	}
	if (ret == 0)
		tell_of_nothing(w);
	if (ret == -EINTR)
		return stop_status();
	return ret == 0 || ret == -EPIPE ? w->status : EXIT_DATA;
}
