/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_snapshot.h"
#include "tt_snapshot_private.h"
#include "tt_time.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A walk down the levels spool, sensor, day. */
struct walk {
	struct tt_snapshot_list *list;
	int64_t from_us, to_us;
	struct tt_error *err;
};

int
tt_snapshot_name_parse(const char *name, int64_t *start_us)
{
	return tt_time_parse_compact(name, start_us);
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Takes over path. */
static int
add(const struct walk *w, char *path, size_t sensor_length, int64_t start_us)
{
	struct tt_snapshot_list *list = w->list;

	if (list->n == list->room) {
		size_t room = list->room == 0 ? 64 : list->room * 2;
		struct tt_snapshot_ref *more = reallocarray(
				list->refs, room, sizeof(*more));

		if (more == NULL) {
			free(path);
			return tt_error_set(w->err, -ENOMEM, NULL, "out of memory");
		}
		list->refs = more;
		list->room = room;
	}
	list->refs[list->n++] = (struct tt_snapshot_ref){path, sensor_length, start_us};
	return 0;
}

static int walk_dir(const struct walk *w, const char *path, size_t sensor_length,
		unsigned level);

/* level 0: path may be a spool; 1: a sensor's directory; 2: a day. Takes over child. */
static int
walk_entry(const struct walk *w, const char *path, size_t sensor_length, unsigned level,
		const char *name, char *child)
{
	int64_t start_us;
	int ret = 0;

	if (tt_snapshot_name_parse(name, &start_us) == 0) {
		if (start_us >= w->from_us && start_us < w->to_us && is_dir(child))
			return add(w, child, sensor_length, start_us);
	} else if (level < 2 && tt_time_is_date(name) && is_dir(child)) {
		ret = walk_dir(w, child, level == 0 ? strlen(path) : sensor_length, 2);
	} else if (level == 0 && tt_sensor_name_valid(name) && is_dir(child)) {
		ret = walk_dir(w, child, strlen(child), 1);
	}
	free(child);
	return ret;
}

static int
walk_dir(const struct walk *w, const char *path, size_t sensor_length, unsigned level)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int ret = 0;

	if (dir == NULL)
		return tt_error_set(w->err, -errno, path, "%s", strerror(errno));
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		char *child;

		if (entry->d_name[0] == '.')
			continue;
		child = tt_path_join(path, entry->d_name);
		ret = child == NULL ? tt_error_set(w->err, -ENOMEM, path, "out of memory")
				    : walk_entry(w, path, sensor_length, level,
						    entry->d_name, child);
	}
	closedir(dir);
	return ret;
}

static int
ref_cmp(const void *a, const void *b)
{
	const struct tt_snapshot_ref *x = a, *y = b;
	size_t least = x->sensor_length < y->sensor_length ? x->sensor_length
							   : y->sensor_length;
	int order = memcmp(x->path, y->path, least);

	if (order != 0)
		return order;
	if (x->sensor_length != y->sensor_length)
		return x->sensor_length < y->sensor_length ? -1 : 1;
	return x->start_us < y->start_us ? -1 : x->start_us > y->start_us;
}

/* Is path itself a snapshot? By its manifest, or by its name where the manifest is lost. */
static bool
is_snapshot(const char *path, int64_t *start_us)
{
	char *manifest = tt_path_join(path, TT_MANIFEST_FILE);
	char *real = realpath(path, NULL);
	const char *name = real == NULL ? NULL : strrchr(real, '/');
	struct stat st;
	bool found = manifest != NULL && stat(manifest, &st) == 0;

	*start_us = 0;
	if (name != NULL && tt_snapshot_name_parse(name + 1, start_us) == 0)
		found = true;
	free(manifest);
	free(real);
	return found;
}

static int
scan(const struct walk *w, const char *path)
{
	int64_t start_us;
	char *copy;

	if (!is_snapshot(path, &start_us))
		return walk_dir(w, path, strlen(path), 0);
	copy = strdup(path);
	if (copy == NULL)
		return tt_error_set(w->err, -ENOMEM, path, "out of memory");
	return add(w, copy, strlen(path), start_us);
}

int
tt_snapshot_list_scan(struct tt_snapshot_list *list, const char *path, int64_t from_us,
		int64_t to_us, struct tt_error *err)
{
	const struct walk w = {list, from_us, to_us, err};
	int ret;

	*list = (struct tt_snapshot_list){0};
	errno = 0;
	if (!is_dir(path)) {
		int code = errno == 0 ? ENOTDIR : errno;

		return tt_error_set(err, -code, path, "%s", strerror(code));
	}
	ret = scan(&w, path);
	if (ret != 0) {
		tt_snapshot_list_fini(list);
		return ret;
	}
	if (list->n > 1)
		qsort(list->refs, list->n, sizeof(list->refs[0]), ref_cmp);
	return 0;
}

void
tt_snapshot_list_fini(struct tt_snapshot_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->refs[i].path);
	free(list->refs);
	*list = (struct tt_snapshot_list){0};
}
