/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of long intervals: found, published, removed. */
#include "tt_snapshot_name.h"
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define US_PER_DAY (86400 * TT_US_PER_S)

int
tt_spool_span_parse(const char *name, int64_t *start_us, int64_t *end_us)
{
	size_t prefix = strlen(TT_SPOOL_PART_PREFIX);
	char start[TT_TIME_TEXT_MAX];
	const char *dashes;

	if (strncmp(name, TT_SPOOL_PART_PREFIX, prefix) == 0)
		name += prefix;
	dashes = strstr(name, "--");
	if (dashes == NULL || (size_t)(dashes - name) >= sizeof(start))
		return -EINVAL;
	snprintf(start, sizeof(start), "%.*s", (int)(dashes - name), name);
	if (tt_time_parse_compact(start, start_us) != 0
			|| tt_time_parse_compact(dashes + 2, end_us) != 0
			|| *end_us <= *start_us)
		return -EINVAL;
	return 0;
}

static bool
is_part(const char *name, int64_t *start_us, int64_t *end_us)
{
	return strncmp(name, TT_SPOOL_PART_PREFIX, strlen(TT_SPOOL_PART_PREFIX)) == 0
			&& tt_spool_span_parse(name, start_us, end_us) == 0;
}

/* What is looked for, and where it goes. */
struct search {
	const struct tt_spool *spool;
	int64_t from_us, to_us;
	struct tt_spool_parts *parts;
};

static int
add_part(const struct search *s, const char *day, const char *name)
{
	struct tt_spool_parts *parts = s->parts;
	struct tt_spool_part part, *more;

	if (!is_part(name, &part.start_us, &part.end_us) || part.start_us < s->from_us
			|| part.start_us >= s->to_us)
		return 0;
	/* Rooms are the powers of two. */
	if ((parts->n & (parts->n - 1)) == 0) {
		more = reallocarray(parts->all, parts->n == 0 ? 1 : 2 * parts->n,
				sizeof(part));
		if (more == NULL)
			return -ENOMEM;
		parts->all = more;
	}
	if (asprintf(&part.path, "%s/%s/%s", s->spool->path, day, name) < 0)
		return -ENOMEM;
	parts->all[parts->n++] = part;
	return 0;
}

static int
search_day(const struct search *s, const char *day)
{
	int fd = openat(s->spool->fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int ret = 0;

	if (dir == NULL) {
		ret = errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	while (ret == 0 && (entry = readdir(dir)) != NULL)
		ret = add_part(s, day, entry->d_name);
	closedir(dir);
	return ret;
}

/* The days that may have parts: those of the span where it is a short one, else all there are. */
static int
search_days(const struct search *s)
{
	int fd = openat(s->spool->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char first[TT_TIME_TEXT_MAX], last[TT_TIME_TEXT_MAX];
	const struct dirent *entry;
	int ret = 0;

	if (dir == NULL) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	tt_time_format_date(s->from_us, first);
	tt_time_format_date(s->to_us - 1, last);
	while (ret == 0 && (entry = readdir(dir)) != NULL)
		if (tt_time_is_date(entry->d_name) && strcmp(entry->d_name, first) >= 0
				&& strcmp(entry->d_name, last) <= 0)
			ret = search_day(s, entry->d_name);
	closedir(dir);
	return ret;
}

static int
by_start(const void *a, const void *b)
{
	const struct tt_spool_part *x = a, *y = b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return x->end_us < y->end_us ? -1 : x->end_us > y->end_us;
}

int
tt_spool_list_parts(const struct tt_spool *spool, int64_t from_us, int64_t to_us,
		struct tt_spool_parts *parts, struct tt_error *err)
{
	const struct search s = {spool, from_us, to_us, parts};
	int ret;

	*parts = (struct tt_spool_parts){0};
	ret = search_days(&s);
	if (ret != 0) {
		tt_spool_parts_fini(parts);
		return tt_error_set(err, ret, spool->path, "%s", strerror(-ret));
	}
	if (parts->n > 1)
		qsort(parts->all, parts->n, sizeof(parts->all[0]), by_start);
	return 0;
}

void
tt_spool_parts_fini(struct tt_spool_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		free(parts->all[i].path);
	free(parts->all);
	*parts = (struct tt_spool_parts){0};
}

/* Opens the directory of the part's day. Returns its descriptor, or -errno. */
static int
open_day_of(const struct tt_spool *spool, const struct tt_spool_part *part,
		struct tt_error *err)
{
	char day[TT_TIME_TEXT_MAX];
	int fd;

	tt_time_format_date(part->start_us, day);
	fd = openat(spool->fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : tt_spool_error(spool, day, NULL, err);
}

int
tt_spool_publish_part(struct tt_spool *spool, const struct tt_spool_part *part,
		struct tt_error *err)
{
	const char *hidden = strrchr(part->path, '/') + 1;
	char name[TT_SNAPSHOT_NAME_MAX];
	int fd = open_day_of(spool, part, err), ret;

	if (fd < 0)
		return fd;
	tt_snapshot_name_format(part->start_us, 0, name);
	ret = tt_rename_dir_at(fd, hidden, fd, name, NULL);
	if (ret != 0 && errno == EEXIST) {
		tt_snapshot_name_format(part->start_us, part->end_us, name);
		ret = tt_rename_dir_at(fd, hidden, fd, name, NULL);
	}
	if (ret != 0 || fsync(fd) != 0)
		ret = tt_error_set(err, -errno, part->path, "%s", strerror(errno));
	close(fd);
	return ret;
}

/* Takes its name away first: a part that is half removed would be taken for one that is whole. What
 * is left is cleaned at the next open. */
static int
remove_part(const char *path, struct tt_error *err)
{
	const char *name = strrchr(path, '/');
	char *tmp;
	int code;

	name = name == NULL ? path : name + 1;
	if (asprintf(&tmp, "%.*s" TT_SPOOL_TMP_PREFIX "%s", (int)(name - path), path,
			    name)
			< 0)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	tt_remove_dir_at(AT_FDCWD, tmp);
	code = rename(path, tmp) == 0 ? tt_remove_dir_at(AT_FDCWD, tmp) : -errno;
	free(tmp);
	if (code == 0 || code == -ENOENT)
		return 0;
	return tt_error_set(err, code, path, "%s", strerror(-code));
}

int
tt_spool_remove_parts(struct tt_spool *spool, const struct tt_spool_part *parts, size_t n,
		struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < n; i++) {
		int fd = open_day_of(spool, &parts[i], err);

		if (fd < 0)
			return fd;
		if (fsync(fd) != 0)
			ret = tt_error_set(err, -errno, parts[i].path, "%s",
					strerror(errno));
		close(fd);
		/* All of a day at once, before any of them is removed. */
		while (ret == 0 && i + 1 < n
				&& tt_time_floor(parts[i + 1].start_us, US_PER_DAY)
						== tt_time_floor(parts[i].start_us,
								US_PER_DAY))
			i++;
	}
	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = remove_part(parts[i].path, err);
	return ret;
}
