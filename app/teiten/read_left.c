/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * --leave-last: the interval of the newest frame is left for a later run, which is given these files again beside the
 * one that goes on from them. SPOOL/SENSOR/.left, a line of text, has which interval that was, and how many of its
 * frames there were: a later run that reaches as far and has fewer of them was not given all files, and is refused,
 * before it makes a snapshot that lacks them. One interval is noted, the newest that was left.
 */
#include "reading.h"

#include "tt_snapshot.h"
#include "tt_sync.h"
#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define NOTE      "left"
#define NOTE_FILE "." NOTE

/* Of the note, or of what is renamed to it. NULL with err filled. */
static char *
path_of(const struct reading *r, const char *suffix, struct tt_error *err)
{
	char *path;

	if (asprintf(&path, "%s/%s/" NOTE_FILE "%s", r->config.spool, r->config.sensor,
			    suffix)
			>= 0)
		return path;
	tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return NULL;
}

/* Nothing was left where there is no such file, or what it says is nothing that a run wrote. */
static struct left
load(const char *path)
{
	struct left left = {0};
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return left;
	if (fscanf(file, NOTE " %" SCNd64 " %" SCNd64 " %" SCNu64, &left.start_us,
			    &left.interval_us, &left.frames)
					!= 3
			|| left.interval_us <= 0)
		left = (struct left){0};
	fclose(file);
	return left;
}

static int
write_note(const struct left *left, const char *tmp, const char *path)
{
	FILE *file = fopen(tmp, "we");
	int ret = 0;

	if (file == NULL)
		return -errno;
	if (fprintf(file, NOTE " %" PRId64 " %" PRId64 " %" PRIu64 "\n", left->start_us,
			    left->interval_us, left->frames)
					< 0
			|| fflush(file) != 0 || fsync(fileno(file)) != 0)
		ret = -errno;
	return tt_sync_put(file, ret, tmp, path);
}

/* INT64_MIN where there is none. */
static int64_t
newest_us(const struct reading *r)
{
	return r->n_announced == 0 ? INT64_MIN
				   : r->announced[r->n_announced - 1].start_us;
}

bool
reading_leaves(const struct reading *r, int64_t start_us)
{
	return r->leave_last && start_us == newest_us(r);
}

/* Frames that the scan found of that time, by intervals that share any of it. */
static uint64_t
found_of(const struct reading *r, const struct left *left)
{
	uint64_t frames = 0;

	for (size_t i = 0; i < r->n_announced; i++) {
		int64_t start = r->announced[i].start_us;

		if (start < left->start_us + left->interval_us
				&& start + r->config.interval_us > left->start_us)
			frames += r->announced[i].frames;
	}
	return frames;
}

/* Has a snapshot that time meanwhile? */
static bool
is_written(const struct reading *r, const struct left *left)
{
	const struct tt_span span = {left->start_us, left->start_us + left->interval_us};
	struct tt_spool_taken taken;

	return tt_spool_find_taken(r->spool, &span, &taken, NULL) == 0
			&& taken.how != TT_TAKEN_NOT;
}

/* Do the inputs reach the time that was left? */
static bool
reaches(const struct reading *r, const struct left *left)
{
	return newest_us(r) != INT64_MIN
			&& newest_us(r) + r->config.interval_us > left->start_us;
}

int
reading_check_left(struct reading *r, struct tt_error *err)
{
	const struct left *left = &r->before;
	char start[TT_TIME_TEXT_MAX], *path = path_of(r, "", err);
	uint64_t found;

	if (path == NULL)
		return -ENOMEM;
	r->before = load(path);
	found = found_of(r, left);
	if (left->frames > found && reaches(r, left) && !is_written(r, left))
		tt_error_set(err, -ENODATA, path,
				"an earlier run left %" PRIu64
				" frame%s of the interval from %s "
				"on, and %" PRIu64
				" of that interval %s in these files: give its "
				"last files again with these, or remove this note to go on without",
				left->frames, left->frames == 1 ? "" : "s",
				tt_time_format(left->start_us, start), found,
				found == 1 ? "is" : "are");
	free(path);
	return err->code == -ENODATA ? -ENODATA : 0;
}

int
reading_note_left(struct reading *r, struct tt_error *err)
{
	char *path, *tmp;
	int ret = 0;

	/* Older files were read: what was left is still to come. */
	if (r->before.frames > 0 && !reaches(r, &r->before))
		return 0;
	if (r->now.frames == 0 && r->before.frames == 0)
		return 0;
	path = path_of(r, "", err);
	tmp = path == NULL ? NULL : path_of(r, ".tmp", err);
	if (tmp == NULL)
		ret = -ENOMEM;
	else if (r->now.frames > 0)
		ret = write_note(&r->now, tmp, path);
	else if (unlink(path) != 0 && errno != ENOENT)
		ret = -errno;
	if (ret != 0 && ret != -ENOMEM)
		tt_error_set(err, ret, path, "%s", strerror(-ret));
	free(tmp);
	free(path);
	return ret;
}
