/* SPDX-License-Identifier: BSD-3-Clause */
#include "parts.h"

#include "tt_compact.h"
#include "tt_snapshot.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* Parts of which a snapshot is made. */
struct making {
	const struct tt_run_info *run;
	const char *sensor;
	const struct tt_spool_part *parts; /* [n] */
	size_t n;
	struct tt_frame_span *frame;
};

/* Snapshots that parts may be in. */
struct whole {
	const struct tt_spool_made *made;
	enum {
		UNKNOWN,
		WHOLE,
		DAMAGED
	} * state; /* of each */
};

static int
merge(void *making, int dir_fd, struct tt_error *err)
{
	const struct making *m = making;
	const char **paths = calloc(m->n, sizeof(*paths));
	struct tt_compact_result result;
	struct tt_compact_job job = {.parts = paths,
			.n_parts = m->n,
			.sensor = m->sensor,
			.nominal_s = m->frame->nominal_us / TT_US_PER_S,
			.program = m->run->program,
			.version = m->run->version,
			.host = m->run->host,
			.workers = m->run->workers,
			.sync = true};
	int ret;

	if (paths == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	for (size_t i = 0; i < m->n; i++)
		paths[i] = m->parts[i].path;
	ret = tt_compact_merge(&job, dir_fd, &result, err);
	free(paths);
	if (ret == 0)
		m->frame->packets = (uint64_t)result.packets;
	return ret;
}

static void
ignore(void *context, const struct tt_error *err)
{
	(void)context;
	(void)err;
}

/* Is every byte of a snapshot as it was written? Each is asked once. */
static bool
is_whole(struct whole *w, size_t i)
{
	if (w->state[i] == UNKNOWN)
		w->state[i] = tt_snapshot_verify(w->made->all[i].path, ignore, NULL) == 0
				? WHOLE
				: DAMAGED;
	return w->state[i] == WHOLE;
}

/* Is a snapshot made of a part, and whole? Of a part that cannot be read it is not known. */
static bool
is_in(struct whole *w, const struct tt_spool_part *part)
{
	struct tt_snapshot *snapshot;
	bool in = false;

	if (tt_snapshot_open(&snapshot, part->path, NULL) != 0)
		return false;
	for (size_t i = 0; !in && i < w->made->n; i++)
		in = tt_part_ids_have(&w->made->all[i].ids, &snapshot->manifest)
				&& is_whole(w, i);
	tt_snapshot_close(snapshot);
	return in;
}

/* Puts first the parts that snapshots of the interval are made of. Returns how many these are. */
static size_t
made_first(const struct tt_spool_made *made, struct tt_spool_parts *parts)
{
	struct whole w = {made, calloc(made->n + 1, sizeof(*w.state))};
	size_t n = 0;

	for (size_t i = 0; w.state != NULL && i < parts->n; i++) {
		struct tt_spool_part part = parts->all[i];

		if (!is_in(&w, &part))
			continue;
		memmove(&parts->all[n + 1], &parts->all[n], (i - n) * sizeof(part));
		parts->all[n++] = part;
	}
	free(w.state);
	return n;
}

/* Has a snapshot time of one of the parts [n]? */
static bool
share_time(const struct tt_spool_made *made, const struct tt_spool_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < made->n; k++)
			if (parts[i].start_us < made->all[k].span.end_us
					&& made->all[k].span.start_us < parts[i].end_us)
				return true;
	return false;
}

/*
 * Removes parts that a whole snapshot is made of: a kill came between its making and their removal. The
 * snapshot's time alone does not say so: where the clock was set back, other packets have the same.
 * Returns how many of the first parts they are, or a negative errno.
 */
static int
drop_made(struct tt_spool *spool, struct tt_frame_span *frame,
		struct tt_spool_parts *parts, struct tt_error *err)
{
	struct tt_spool_made made;
	size_t n;
	int ret = tt_spool_made_of(spool, frame->from_us, frame->to_us, &made, err);

	if (ret != 0)
		return ret;
	n = made.n == 0 ? 0 : made_first(&made, parts);
	frame->again = share_time(&made, parts->all + n, parts->n - n);
	tt_spool_made_fini(&made);
	ret = n == 0 ? 0 : tt_spool_remove_parts(spool, parts->all, n, err);
	return ret != 0 ? ret : (int)n;
}

/* What cannot be merged, ever: a damaged part, a time counted twice, another sampling. */
static bool
is_hopeless(int code)
{
	return code == -EBADMSG || code == -EEXIST || code == -EPROTO;
}

/* Parts that cannot become one snapshot become one each: nothing is lost by it. */
static int
publish(struct tt_spool *spool, struct making *m, const struct tt_error *why,
		struct tt_error *err)
{
	struct tt_frame_span *frame = m->frame;

	snprintf(frame->why, sizeof(frame->why), "%.250s%s%.250s", why->where,
			why->where[0] == '\0' ? "" : ": ", why->why);
	for (size_t i = 0; i < m->n; i++) {
		int ret = tt_spool_publish_part(spool, &m->parts[i], err);

		/* One whose start is taken stays hidden, to be looked at. */
		if (ret != 0 && ret != -EEXIST)
			return ret;
		frame->published += ret == 0;
	}
	return 0;
}

static int
make(struct tt_spool *spool, struct making *m, struct tt_error *err)
{
	struct tt_error why = {0};
	int ret = tt_spool_put(spool, m->frame->start_us, merge, m, &why);

	if (ret == 0) {
		m->frame->parts = (unsigned)m->n;
		return tt_spool_remove_parts(spool, m->parts, m->n, err);
	}
	if (is_hopeless(ret))
		return publish(spool, m, &why, err);
	if (err != NULL)
		*err = why;
	return ret;
}

int
tt_parts_finish(struct tt_spool *spool, const struct tt_run_info *run,
		struct tt_frame_span *frame, struct tt_error *err)
{
	struct tt_spool_parts parts;
	int made, ret;

	ret = tt_spool_list_parts(spool, frame->from_us, frame->to_us, &parts, err);
	if (ret != 0)
		return ret;
	made = drop_made(spool, frame, &parts, err);
	if (made >= 0 && (size_t)made < parts.n) {
		struct making m = {run, tt_spool_sensor(spool), parts.all + made,
				parts.n - (size_t)made, frame};

		frame->start_us = m.parts[0].start_us;
		ret = make(spool, &m, err);
	}
	tt_spool_parts_fini(&parts);
	return made < 0 ? made : ret;
}

/* The length of the interval that a part belongs to; 0 where it does not say. */
static int64_t
nominal_of(const struct tt_spool_part *part)
{
	struct tt_snapshot *snapshot;
	int64_t nominal_us;

	if (tt_snapshot_open(&snapshot, part->path, NULL) != 0)
		return 0;
	nominal_us = snapshot->manifest.nominal_s * TT_US_PER_S;
	tt_snapshot_close(snapshot);
	return nominal_us;
}

int
tt_parts_find(const struct tt_spool *spool, int64_t interval_us, int64_t after_us,
		int64_t now_us, struct tt_frame_span *frame, struct tt_error *err)
{
	struct tt_spool_parts parts;
	int ret = tt_spool_list_parts(spool, after_us, TT_TIME_MAX, &parts, err);
	bool found = false;

	for (size_t i = 0; ret == 0 && !found && i < parts.n; i++) {
		int64_t nominal_us = nominal_of(&parts.all[i]);
		int64_t start_us = parts.all[i].start_us;

		*frame = (struct tt_frame_span){.nominal_us = nominal_us};
		/* A damaged one: as if it were alone. */
		frame->from_us = nominal_us == 0 ? start_us
						 : tt_time_floor(start_us, nominal_us);
		frame->to_us = nominal_us == 0 ? start_us + 1
					       : frame->from_us + nominal_us;
		found = frame->to_us <= now_us || nominal_us != interval_us;
	}
	tt_spool_parts_fini(&parts);
	return ret != 0 ? ret : found;
}
