/* SPDX-License-Identifier: BSD-3-Clause */
/* The intervals that the scan announced, held against those that the spool has already. */
#include "reading.h"

#include "tt_snapshot.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* So much of a list of prefixes fits into a message, NUL included. */
#define SHOWN_MAX 120

static int
compare(const void *a, const void *b)
{
	int64_t x = ((const struct announced *)a)->start_us;
	int64_t y = ((const struct announced *)b)->start_us;

	return x < y ? -1 : x > y;
}

void
reading_sort_intervals(struct reading *r)
{
	struct announced *all = r->announced;
	size_t kept = 0;

	if (r->n_announced > 0)
		qsort(all, r->n_announced, sizeof(*all), compare);
	for (size_t i = 0; i < r->n_announced; i++) {
		if (kept > 0 && all[kept - 1].start_us == all[i].start_us)
			all[kept - 1].frames += all[i].frames;
		else
			all[kept++] = all[i];
	}
	r->n_announced = kept;
}

static int
make_room(struct reading *r)
{
	size_t room = r->room_announced == 0 ? 64 : 2 * r->room_announced;
	struct announced *more;

	if (r->n_announced < r->room_announced)
		return 0;
	/* Files out of order announce an interval many times. */
	reading_sort_intervals(r);
	if (2 * r->n_announced < r->room_announced)
		return 0;
	more = reallocarray(r->announced, room, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	r->announced = more;
	r->room_announced = room;
	return 0;
}

int
reading_note_interval(struct reading *r, int64_t start_us, uint64_t frames)
{
	if (make_room(r) != 0)
		return -ENOMEM;
	r->announced[r->n_announced++] = (struct announced){start_us, frames};
	return 0;
}

uint64_t
reading_announced(const struct reading *r, int64_t start_us)
{
	struct announced key = {.start_us = start_us}, *found;

	found = bsearch(&key, r->announced, r->n_announced, sizeof(key), compare);
	return found == NULL ? 0 : found->frames;
}

struct taken {
	uint64_t n, of;
	uint64_t differ; /* of n, those whose snapshot is of another length */
	bool in_part; /* there are some that are not to be had by skipping */
	struct tt_spool_taken first, first_differing;
};

static struct tt_span
span_of(const struct reading *r, int64_t start_us)
{
	return (struct tt_span){start_us, start_us + r->config.interval_us};
}

bool
reading_is_taken(const struct reading *r, int64_t start_us)
{
	const struct tt_span span = span_of(r, start_us);
	struct tt_spool_taken taken;

	return tt_spool_find_taken(r->spool, &span, &taken, NULL) == 0
			&& taken.how != TT_TAKEN_NOT;
}

/* Frames of the snapshot whose name that is; false where it cannot be read. */
static bool
count_frames(const struct reading *r, const char *name, uint64_t *frames)
{
	struct tt_snapshot *snapshot;
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s/%s", r->config.spool, r->config.sensor, name) < 0)
		return false;
	ret = tt_snapshot_open(&snapshot, path, NULL);
	free(path);
	if (ret != 0)
		return false;
	*frames = (uint64_t)snapshot->manifest.frames;
	tt_snapshot_close(snapshot);
	return true;
}

void
reading_compare_taken(struct reading *r, int64_t start_us, uint64_t frames)
{
	const struct tt_span span = span_of(r, start_us);
	char name[TT_TAKEN_NAME_MAX];
	struct tt_spool_taken taken;
	uint64_t has;

	if (tt_spool_find_taken(r->spool, &span, &taken, NULL) != 0
			|| taken.how != TT_TAKEN_SAME || taken.merged
			|| !count_frames(r, tt_spool_taken_name(&taken, name), &has)
			|| has == frames)
		return;
	if (r->differing.n++ > 0)
		return;
	memcpy(r->differing.name, name, sizeof(name));
	r->differing.has = has;
	r->differing.skipped = frames;
}

static int
ask(const struct reading *r, int64_t start_us, struct taken *t, struct tt_error *err)
{
	const struct tt_span span = span_of(r, start_us);
	struct tt_spool_taken taken;
	int ret = tt_spool_find_taken(r->spool, &span, &taken, err);

	t->of++;
	if (ret != 0 || taken.how == TT_TAKEN_NOT)
		return ret;
	if (t->n++ == 0)
		t->first = taken;
	if (taken.how == TT_TAKEN_SAME)
		return 0;
	if (t->differ++ == 0 || (taken.how == TT_TAKEN_IN_PART && !t->in_part))
		t->first_differing = taken;
	t->in_part |= taken.how == TT_TAKEN_IN_PART;
	return 0;
}

static void
name_snapshot(const struct reading *r, const struct tt_spool_taken *taken,
		struct tt_error *err)
{
	char name[TT_TAKEN_NAME_MAX];

	tt_error_at(err, "%s/%s/%s", r->config.spool, r->config.sensor,
			tt_spool_taken_name(taken, name));
}

/* To skip them would lose packets, or be what is wanted by chance. */
static int
refuse_length(const struct reading *r, const struct taken *t, struct tt_error *err)
{
	const struct tt_span *by = &t->first_differing.by;

	tt_error_set(err, -EEXIST, NULL,
			"the interval length differs: this snapshot of %.10g s has time of "
			"what would be intervals of %.10g s (%llu of %llu intervals); read "
			"with the --interval of the spool, or choose another spool",
			(double)(by->end_us - by->start_us) / TT_US_PER_S,
			(double)r->config.interval_us / TT_US_PER_S,
			(unsigned long long)t->differ, (unsigned long long)t->of);
	name_snapshot(r, &t->first_differing, err);
	return -EEXIST;
}

/* Has the snapshot frames, and not one that was counted, as of another network than was monitored? Then the network's text, as much of it as is
 * shown. A merged one is left aside. */
static bool
has_nothing_of_another(
		const struct reading *r, const char *path, char monitored[SHOWN_MAX])
{
	struct tt_snapshot *snapshot;
	bool nothing;

	if (tt_snapshot_open(&snapshot, path, NULL) != 0)
		return false;
	nothing = snapshot->manifest.packets == 0 && snapshot->manifest.frames > 0
			&& snapshot->manifest.parts.n == 0
			&& strcmp(snapshot->manifest.monitored, r->setup.monitored_text)
					!= 0;
	snprintf(monitored, SHOWN_MAX, "%s", snapshot->manifest.monitored);
	tt_snapshot_close(snapshot);
	return nothing;
}

static int
refuse(const struct reading *r, const struct taken *t, struct tt_error *err)
{
	char monitored[SHOWN_MAX];

	tt_error_set(err, -EEXIST, NULL,
			"there is a snapshot of this interval already (%llu of %llu "
			"intervals); read files that share an interval together, choose "
			"another spool, or give --skip-existing",
			(unsigned long long)t->n, (unsigned long long)t->of);
	name_snapshot(r, &t->first, err);
	/* What an earlier run with the wrong monitored wrote is in the way of one with the right one. */
	if (!has_nothing_of_another(r, err->where, monitored))
		return -EEXIST;
	tt_error_set(err, -EEXIST, NULL,
			"there is a snapshot of this interval already (%llu of %llu "
			"intervals), in which nothing was counted (monitored: %s%s): if that was "
			"a mistake, delete it, and others like it, and read again",
			(unsigned long long)t->n, (unsigned long long)t->of, monitored,
			strlen(monitored) == SHOWN_MAX - 1 ? "…" : "");
	name_snapshot(r, &t->first, err);
	return -EEXIST;
}

/* That is right where it was compacted. Where it was read with another --interval, what is asked for is not what is
 * there. */
static void
note_longer(struct reading *r, const struct tt_spool_taken *taken)
{
	char name[TT_TAKEN_NAME_MAX];

	snprintf(r->longer, sizeof(r->longer), "%s of %.10g s",
			tt_spool_taken_name(taken, name),
			(double)(taken->by.end_us - taken->by.start_us) / TT_US_PER_S);
}

int
reading_check_taken(struct reading *r, struct tt_error *err)
{
	struct taken taken = {0};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < r->n_announced; i++) {
		int64_t start = r->announced[i].start_us;
		int64_t end = i == 0
				? start
				: r->announced[i - 1].start_us + r->config.interval_us;

		/* Empty intervals between are written as well, unless they are a gap. */
		if (!tt_sequence_is_gap(r->sequence, end, start))
			for (; ret == 0 && end < start; end += r->config.interval_us)
				ret = ask(r, end, &taken, err);
		if (ret == 0)
			ret = ask(r, start, &taken, err);
	}
	if (ret != 0)
		return ret;
	if (taken.in_part || (taken.differ > 0 && !r->skip_existing))
		return refuse_length(r, &taken, err);
	if (taken.differ > 0)
		note_longer(r, &taken.first_differing);
	return taken.n == 0 || r->skip_existing ? 0 : refuse(r, &taken, err);
}
