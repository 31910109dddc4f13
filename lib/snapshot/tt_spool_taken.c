/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which time has a snapshot already, by spans and not by starts alone: what is read from capture
 * files may have another interval length than what is there. Asked before anything is written; a
 * live writer does not ask.
 */
#include "tt_snapshot.h"
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A snapshot of a single interval. Its end is in its manifest, which is read once it matters. */
struct single {
	int64_t start_us;
	int64_t end_us; /* 0: not looked at */
	int64_t nominal_us; /* 0: not known, for the manifest cannot be read */
};

struct tt_spool_singles {
	struct single *all; /* [n], of [room], by start */
	size_t n, room;
};

void
tt_spool_singles_free(struct tt_spool_singles *singles)
{
	if (singles == NULL)
		return;
	free(singles->all);
	free(singles);
}

static int
add(struct tt_spool_singles *s, int64_t start_us)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 64 : s->room * 2;
		struct single *more = reallocarray(s->all, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		s->all = more;
		s->room = room;
	}
	s->all[s->n++] = (struct single){.start_us = start_us};
	return 0;
}

static int
by_start(const void *a, const void *b)
{
	const struct single *x = a, *y = b;

	return x->start_us < y->start_us ? -1 : x->start_us > y->start_us;
}

/* Notes the names of a directory: of the sensor's the days, of a day's the snapshots. */
static int
scan(struct tt_spool_singles *s, int at, const char *name, bool day)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int64_t start_us;

	if (dir == NULL) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret == -ENOTDIR || ret == -ENOENT ? 0 : ret;
	}
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		if (!day && tt_time_is_date(entry->d_name))
			ret = scan(s, fd, entry->d_name, true);
		else if (day && tt_time_parse_compact(entry->d_name, &start_us) == 0)
			ret = add(s, start_us);
	}
	closedir(dir);
	return ret;
}

/* The sensor's singles, as they were when this was asked first. NULL with err filled. */
static struct tt_spool_singles *
singles_of(struct tt_spool *spool, struct tt_error *err)
{
	struct tt_spool_singles *s = spool->singles;
	int ret;

	if (s != NULL)
		return s;
	s = calloc(1, sizeof(*s));
	ret = s == NULL ? -ENOMEM : scan(s, spool->fd, ".", false);
	if (ret != 0) {
		tt_error_set(err, ret, spool->path, "%s", strerror(-ret));
		tt_spool_singles_free(s);
		return NULL;
	}
	if (s->n > 1)
		qsort(s->all, s->n, sizeof(*s->all), by_start);
	spool->singles = s;
	return s;
}

/* Looks at the manifest. One that cannot be read has no more than its start. */
static void
look_at(const struct tt_spool *spool, struct single *s)
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX], *path;
	struct tt_snapshot *snapshot;

	if (s->end_us != 0)
		return;
	s->end_us = s->start_us + 1;
	if (asprintf(&path, "%s/%s/%s", spool->path,
			    tt_time_format_date(s->start_us, day),
			    tt_time_format_compact(s->start_us, name))
			< 0)
		return;
	if (tt_snapshot_open(&snapshot, path, NULL) == 0) {
		s->end_us = snapshot->manifest.end_us;
		s->nominal_us = snapshot->manifest.nominal_s * TT_US_PER_S;
		tt_snapshot_close(snapshot);
	}
	free(path);
}

/* The first single that does not start before at_us. */
static size_t
first_from(const struct tt_spool_singles *s, int64_t at_us)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->all[middle].start_us < at_us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
judge_single(const struct tt_spool *spool, struct single *s, const struct tt_span *span,
		struct tt_spool_taken *taken)
{
	int64_t length_us = span->end_us - span->start_us;

	look_at(spool, s);
	if (s->end_us <= span->start_us || s->start_us >= span->end_us)
		return;
	taken->by = (struct tt_span){s->start_us, s->end_us};
	if (s->start_us == span->start_us
			&& (s->nominal_us == length_us || s->nominal_us == 0))
		taken->how = TT_TAKEN_SAME;
	else if (s->start_us <= span->start_us && span->end_us <= s->end_us)
		taken->how = TT_TAKEN_WITHIN;
	else
		taken->how = TT_TAKEN_IN_PART;
}

/* Of merged ones, the time that was observed counts. */
static void
judge_merged(const struct tt_spool *spool, const struct tt_span *span,
		struct tt_spool_taken *taken)
{
	if (!tt_spool_merged_in(spool, span, &taken->by))
		return;
	taken->merged = true;
	taken->how = taken->by.start_us <= span->start_us
					&& span->end_us <= taken->by.end_us
			? TT_TAKEN_SAME
			: TT_TAKEN_IN_PART;
}

char *
tt_spool_taken_name(const struct tt_spool_taken *taken, char text[TT_TAKEN_NAME_MAX])
{
	char day[TT_TIME_TEXT_MAX], name[TT_SNAPSHOT_NAME_MAX];

	snprintf(text, TT_TAKEN_NAME_MAX, "%s/%s",
			tt_time_format_date(taken->by.start_us, day),
			tt_snapshot_name_format(taken->by.start_us,
					taken->merged ? taken->by.end_us : 0, name));
	return text;
}

int
tt_spool_find_taken(struct tt_spool *spool, const struct tt_span *span,
		struct tt_spool_taken *taken, struct tt_error *err)
{
	struct tt_spool_singles *s = singles_of(spool, err);
	size_t i;

	*taken = (struct tt_spool_taken){.how = TT_TAKEN_NOT};
	if (s == NULL)
		return err == NULL ? -EIO : err->code;
	judge_merged(spool, span, taken);
	if (taken->how != TT_TAKEN_NOT)
		return 0;
	i = first_from(s, span->start_us);
	if (i < s->n)
		judge_single(spool, &s->all[i], span, taken);
	/* Snapshots of intervals do not share time, so that it is the one before, if any. */
	if (taken->how == TT_TAKEN_NOT && i > 0)
		judge_single(spool, &s->all[i - 1], span, taken);
	return 0;
}
