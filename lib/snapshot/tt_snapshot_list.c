/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_snapshot.h"
#include "tt_snapshot_private.h"
#include "tt_spool.h"
#include "tt_time.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* A walk down the levels spool, sensor, day. */
struct walk {
	struct tt_snapshot_list *list;
	int64_t from_us, to_us;
	void (*stray)(void *context, const struct tt_error *err); /* or NULL */
	bool (*wanted)(void *context, const struct tt_snapshot_day *day); /* or NULL */
	void *context;
	struct tt_error *err;
};

enum level {
	SPOOL,
	SENSOR,
	DAY
};

/* A directory on the way. The one that is listed may be of any level. */
struct folder {
	const char *path;
	size_t sensor_length; /* as in tt_snapshot_ref */
	unsigned depth; /* below the path that is listed */
	enum level level; /* the highest that it can be of */
	bool strict; /* what does not belong here is reported */
};

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Adds the snapshot in the directory path, which it takes over. */
static int
add(const struct walk *w, char *path, size_t sensor_length, unsigned depth,
		int64_t start_us, int64_t end_us)
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
	list->refs[list->n++] = (struct tt_snapshot_ref){
			path, sensor_length, start_us, end_us, depth, NULL};
	return 0;
}

static int walk_dir(const struct walk *w, const struct folder *at);

static void
report_stray(const struct walk *w, const struct folder *at, const char *child)
{
	struct tt_error err = {0};

	if (!at->strict)
		return;
	tt_error_set(&err, -EBADMSG, child, "neither a %ssnapshot nor a temporary file",
			at->level == DAY ? "" : "day nor a ");
	w->stray(w->context, &err);
}

/* A directory of days that no sensor can have: what is in it is never listed. */
static void
report_misnamed(const struct walk *w, const char *child)
{
	struct tt_error err = {0};

	if (w->stray == NULL || !is_dir(child) || !tt_spool_is_sensor(child))
		return;
	tt_error_set(&err, -EBADMSG, child,
			"it has days of snapshots, and its name is no sensor's");
	w->stray(w->context, &err);
}

/* Is a day to be listed? */
static bool
is_wanted_day(const struct walk *w, const char *path, const char *date,
		size_t sensor_length)
{
	struct tt_snapshot_day day = {.path = path, .sensor_length = sensor_length};
	struct stat st;

	/* A name with the form of a date that is none is listed as ever. */
	if (w->wanted == NULL || tt_time_parse(date, &day.start_us) != 0
			|| stat(path, &st) != 0)
		return true;
	day.changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	return w->wanted(w->context, &day);
}

static int
walk_entry(const struct walk *w, const struct folder *at, const char *name,
		const char *child)
{
	struct folder below = {.path = child, .depth = at->depth + 1};

	if (at->level != DAY && tt_time_is_date(name) && is_dir(child)) {
		below.level = DAY;
		below.sensor_length = at->level == SPOOL ? strlen(at->path)
							 : at->sensor_length;
		below.strict = w->stray != NULL;
		if (!is_wanted_day(w, child, name, below.sensor_length))
			return 0;
		return walk_dir(w, &below);
	}
	report_stray(w, at, child);
	if (at->level == SPOOL && !tt_sensor_name_valid(name))
		report_misnamed(w, child);
	if (at->level == SPOOL && tt_sensor_name_valid(name) && is_dir(child)) {
		below.level = SENSOR;
		below.sensor_length = strlen(child);
		below.strict = w->stray != NULL && tt_spool_is_sensor(child);
		return walk_dir(w, &below);
	}
	return 0;
}

/* An entry with the name of a snapshot; takes over child. Those that start earlier may cover what
 * is wanted, and are left out later. type: as readdir tells it, so that not each has to be asked. */
static int
take_snapshot(const struct walk *w, const struct folder *at, int64_t start_us,
		int64_t end_us, char *child, unsigned char type)
{
	bool is = type == DT_DIR || is_dir(child);

	if (is && start_us < w->to_us && (start_us >= w->from_us || end_us > w->from_us))
		return add(w, child, at->sensor_length, at->depth + 1, start_us, end_us);
	if (!is)
		report_stray(w, at, child);
	free(child);
	return 0;
}

/* Notes a directory that cannot be read, for the reason in errno. That of the listed path is an error. */
static int
note_unread(const struct walk *w, const struct folder *at)
{
	struct tt_snapshot_list *list = w->list;
	int code = errno;
	struct tt_error *more;

	if (at->depth == 0)
		return tt_error_set(w->err, -code, at->path, "%s", strerror(code));
	/* Days go when their last snapshot is deleted. */
	if (code == ENOENT)
		return 0;
	more = reallocarray(list->unread, list->n_unread + 1, sizeof(*more));
	if (more == NULL)
		return tt_error_set(w->err, -ENOMEM, at->path, "out of memory");
	list->unread = more;
	more[list->n_unread] = (struct tt_error){0};
	tt_error_set(&more[list->n_unread++], -code, at->path,
			"%s; what is in it is passed over", strerror(code));
	return 0;
}

static int
walk_dir(const struct walk *w, const struct folder *at)
{
	DIR *dir = opendir(at->path);
	const struct dirent *entry;
	struct stat st;
	int ret = 0;

	/* Names that can be read may be of entries that cannot. */
	if (dir == NULL || fstatat(dirfd(dir), ".", &st, 0) != 0) {
		ret = note_unread(w, at);
		if (dir != NULL)
			closedir(dir);
		return ret;
	}
	while (ret == 0 && (entry = readdir(dir)) != NULL) {
		int64_t start_us, end_us;
		char *child;

		if (entry->d_name[0] == '.')
			continue;
		child = tt_path_join(at->path, entry->d_name);
		if (child == NULL) {
			ret = tt_error_set(w->err, -ENOMEM, at->path, "out of memory");
		} else if (tt_snapshot_name_parse(entry->d_name, &start_us, &end_us)
				== 0) {
			ret = take_snapshot(
					w, at, start_us, end_us, child, entry->d_type);
		} else {
			ret = walk_entry(w, at, entry->d_name, child);
			free(child);
		}
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
	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return x->end_us > y->end_us ? -1
				     : x->end_us < y->end_us; /* the longer one first */
}

static void
free_ref(struct tt_snapshot_ref *ref)
{
	free(ref->path);
	free(ref->within);
}

/* Drops those that start before what was asked for, which were there for what they cover. */
static void
leave_out_earlier(const struct walk *w)
{
	struct tt_snapshot_list *list = w->list;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->refs[i].start_us >= w->from_us)
			list->refs[n++] = list->refs[i];
		else if (list->n_reaching++ == 0)
			list->reaching = list->refs[i];
		else
			free_ref(&list->refs[i]);
	}
	list->n = n;
}

/* Is path itself a snapshot? By its manifest, or by its name where the manifest is lost. */
static bool
is_snapshot(const char *path, const char *name, int64_t *start_us, int64_t *end_us)
{
	char *manifest = tt_path_join(path, TT_MANIFEST_FILE);
	struct stat st;
	bool found = manifest != NULL && stat(manifest, &st) == 0;

	*start_us = *end_us = 0;
	if (tt_snapshot_name_parse(name, start_us, end_us) == 0)
		found = true;
	free(manifest);
	return found;
}

static int
scan(const struct walk *w, const char *path)
{
	const char *name = w->list->name;
	bool strict = w->stray != NULL
			&& (tt_time_is_date(name) || tt_spool_is_sensor(path));
	const struct folder at = {path, strlen(path), 0, SPOOL, strict};
	int64_t start_us, end_us;
	char *copy;

	if (!is_snapshot(path, name, &start_us, &end_us))
		return walk_dir(w, &at);
	copy = strdup(path);
	if (copy == NULL)
		return tt_error_set(w->err, -ENOMEM, path, "out of memory");
	return add(w, copy, strlen(path), 0, start_us, end_us);
}

/* Fills w->list, which is empty. */
static int
list_all(const struct walk *w, const char *path)
{
	int ret;

	*w->list = (struct tt_snapshot_list){0};
	errno = 0;
	if (!is_dir(path)) {
		int code = errno == 0 ? ENOTDIR : errno;

		return tt_error_set(w->err, -code, path, "%s", strerror(code));
	}
	w->list->name = tt_path_name(path);
	if (w->list->name == NULL)
		return tt_error_set(w->err, -ENOMEM, path, "out of memory");
	ret = scan(w, path);
	if (ret == 0 && w->list->n > 0 && w->list->refs[0].depth > 0) {
		qsort(w->list->refs, w->list->n, sizeof(w->list->refs[0]), ref_cmp);
		ret = tt_snapshot_list_leave_out(w->list);
		if (ret == 0)
			leave_out_earlier(w);
		else
			tt_error_set(w->err, ret, path, "out of memory");
	}
	if (ret != 0)
		tt_snapshot_list_fini(w->list);
	return ret;
}

int
tt_snapshot_list_scan(struct tt_snapshot_list *list, const char *path, int64_t from_us,
		int64_t to_us, struct tt_error *err)
{
	const struct walk w = {
			.list = list, .from_us = from_us, .to_us = to_us, .err = err};

	return list_all(&w, path);
}

int
tt_snapshot_list_scan_days(struct tt_snapshot_list *list, const char *path, int64_t to_us,
		bool (*wanted)(void *context, const struct tt_snapshot_day *day),
		void *context, struct tt_error *err)
{
	const struct walk w = {.list = list,
			.from_us = TT_TIME_MIN,
			.to_us = to_us,
			.wanted = wanted,
			.context = context,
			.err = err};

	return list_all(&w, path);
}

int
tt_snapshot_list_scan_strict(struct tt_snapshot_list *list, const char *path,
		void (*stray)(void *context, const struct tt_error *err), void *context,
		struct tt_error *err)
{
	const struct walk w = {.list = list,
			.from_us = TT_TIME_MIN,
			.to_us = INT64_MAX,
			.stray = stray,
			.context = context,
			.err = err};

	return list_all(&w, path);
}

void
tt_snapshot_list_fini(struct tt_snapshot_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free_ref(&list->refs[i]);
	for (size_t i = 0; i < list->n_covered; i++)
		free_ref(&list->covered[i]);
	free_ref(&list->reaching);
	free(list->refs);
	free(list->covered);
	free(list->unread);
	free(list->name);
	*list = (struct tt_snapshot_list){0};
}
