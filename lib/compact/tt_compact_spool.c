/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_spool.h"
#include "tt_compactor_lock.h"
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
fail(const char *path, const char *name, struct tt_error *err)
{
	int code = errno == 0 ? EIO : errno;

	tt_error_set(err, -code, NULL, "%s", strerror(code));
	tt_error_at(err, "%s%s%s", path, *name == '\0' ? "" : "/", name);
	return -code;
}

/* The first thing that is wrong with a result. */
static void
note_damage(void *context, const struct tt_error *damage)
{
	struct tt_error *err = context;

	if (err->code == 0)
		*err = *damage;
}

/* what: said of a snapshot that is damaged, before the damage. name: the path that is said, for the
 * snapshot may have another one meanwhile. */
static int
verify(const char *path, const char *name, const char *what, struct tt_error *err)
{
	struct tt_error damage = {0};
	const char *file;
	int n = tt_snapshot_verify(path, note_damage, &damage);

	if (n == 0)
		return 0;
	if (n < 0)
		return tt_error_set(err, n, path, "%s", strerror(-n));
	file = strrchr(damage.where, '/');
	return tt_error_set(err, -EBADMSG, name, "%s: %.64s: %.300s", what,
			file == NULL ? damage.where : file + 1, damage.why);
}

/* Writes the result into the hidden directory. */
static int
write_hidden(const struct tt_compact_place *place, int fd,
		const struct tt_compact_job *job, struct tt_compact_result *result,
		struct tt_error *err)
{
	int dir, ret;

	tt_remove_dir_at(fd, place->hidden);
	if (mkdirat(fd, place->hidden, 0755) != 0)
		return fail(place->sensor_path, place->hidden, err);
	dir = openat(fd, place->hidden, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(place->sensor_path, place->hidden, err);
	ret = tt_compact_merge(job, dir, result, err);
	if (ret == 0 && job->sync && fsync(dir) != 0)
		ret = fail(place->sensor_path, place->hidden, err);
	close(dir);
	return ret;
}

static bool
is_one_of(const struct tt_inode *inode, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tt_inode_is_at(AT_FDCWD, paths[i], inode) == 1)
			return true;
	return false;
}

/* Is what has the name one of those whose place the result takes? */
static bool
is_replaced(const struct tt_compact_job *job, int day_fd, const char *name)
{
	struct tt_inode inode;

	return tt_inode_at(day_fd, name, &inode) == 0
			&& (is_one_of(&inode, job->parts, job->n_parts)
					|| is_one_of(&inode, job->replaced,
							job->n_replaced));
}

/* Gives it a name. One of those whose place it takes, if it has the name, gets the hidden one in the same moment. */
static int
give_name(const struct tt_compact_place *place, int fd, const struct tt_compact_job *job,
		int day_fd, const char *name, struct tt_error *err)
{
	bool replaces = is_replaced(job, day_fd, name);
	int ret = replaces ? tt_exchange_dir_at(fd, place->hidden, day_fd, name)
			   : tt_rename_dir_at(fd, place->hidden, day_fd, name, NULL);

	if (ret == 0)
		return 0;
	ret = -errno;
	if (replaces && ret == -EINVAL)
		tt_error_set(err, ret, NULL,
				"this file system cannot put one directory in the place "
				"of another; the snapshot stays as it was");
	else if (ret == -EEXIST)
		tt_error_set(err, ret, NULL, "there is a snapshot of this name already");
	else if (ret == -EINPROGRESS)
		tt_error_set(err, ret, NULL,
				"the disk does not say whether it has this snapshot; the "
				"next run puts it in order");
	else
		tt_error_set(err, ret, NULL, "%s", strerror(-ret));
	return ret;
}

/* Gives it its final name, in the day of its start. */
static int
rename_hidden(const struct tt_compact_place *place, int fd,
		const struct tt_compact_job *job, const char *day, const char *name,
		struct tt_error *err)
{
	int to, ret = 0;

	if (mkdirat(fd, day, 0755) != 0 && errno != EEXIST)
		return fail(place->sensor_path, day, err);
	to = openat(fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0 || (job->sync && fsync(fd) != 0))
		ret = fail(place->sensor_path, day, err);
	else
		ret = give_name(place, fd, job, to, name, err);
	/* It has its name, but for a loss of power. */
	if (ret == 0 && job->sync && (fsync(to) != 0 || fsync(fd) != 0)) {
		fail(place->sensor_path, day, err);
		ret = -EINPROGRESS;
	}
	if (to >= 0)
		close(to);
	return ret;
}

/* Puts the path of what was to be made before an error that names no path of its own. */
static void
say_where(struct tt_error *err, const char *path)
{
	if (err != NULL && strchr(err->where, '/') == NULL)
		tt_error_at(err, "%s", path);
}

static int
publish(const struct tt_compact_place *place, int fd, const struct tt_compact_job *job,
		struct tt_compact_result *result, char **path, struct tt_error *err)
{
	char day[TT_TIME_TEXT_MAX], name[TT_SNAPSHOT_NAME_MAX];
	char *hidden = NULL;
	int ret = write_hidden(place, fd, job, result, err);

	tt_time_format_date(result->start_us, day);
	tt_snapshot_name_format(
			result->start_us, place->interval ? 0 : result->end_us, name);
	if (asprintf(&hidden, "%s/%s", place->sensor_path, place->hidden) < 0
			|| asprintf(path, "%s/%s/%s", place->sensor_path, day, name)
					< 0) {
		free(hidden);
		return tt_error_set(err, -ENOMEM, place->sensor_path, "out of memory");
	}
	if (ret != 0)
		say_where(err, result->end_us == 0 ? place->sensor_path : *path);
	if (ret == 0)
		ret = verify(hidden, *path,
				"the merged snapshot is not intact, nothing was changed",
				err);
	if (ret == 0) {
		ret = rename_hidden(place, fd, job, day, name, err);
		if (ret != 0)
			say_where(err, *path);
	}
	if (ret != 0)
		free(*path);
	free(hidden);
	return ret;
}

/* May all whose place the result takes be deleted? Before the long work. */
static int
check_replaced(const struct tt_compact_job *job, struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < job->n_replaced; i++)
		ret = tt_compactor_check(job->replaced[i], err);
	return ret;
}

int
tt_compact_publish(const struct tt_compact_place *place, const struct tt_compact_job *job,
		struct tt_compact_result *result, char **path, struct tt_error *err)
{
	int ret = check_replaced(job, err), fd;

	*path = NULL;
	*result = (struct tt_compact_result){0};
	if (ret != 0)
		return ret;
	fd = open(place->sensor_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return tt_error_set(
				err, -errno, place->sensor_path, "%s", strerror(errno));
	ret = publish(place, fd, job, result, path, err);
	if (ret != 0)
		*path = NULL;
	/* What it is now is not known after -EINPROGRESS; else a part that gave its name to the result,
	 * or what came to nothing. */
	if (ret != -EINPROGRESS)
		tt_remove_dir_at(fd, place->hidden);
	close(fd);
	return ret;
}

static bool
is_left_over(const char *name)
{
	return strcmp(name, TT_COMPACT_HIDDEN) == 0
			|| strncmp(name, TT_COMPACT_DELETED, strlen(TT_COMPACT_DELETED))
			== 0;
}

/* Notes the first that stays. */
static void
note_left(struct tt_compactor *c, const struct tt_error *err)
{
	if (c->left.code == 0)
		c->left = *err;
}

/* Deletes a hidden directory. */
static void
clean_one(struct tt_compactor *c, int fd, const char *name)
{
	int ret = tt_remove_dir_at(fd, name);
	struct tt_error err;

	if (ret == 0) {
		c->cleaned++;
		return;
	}
	tt_error_set(&err, ret, NULL, "cannot delete what an earlier run left: %s",
			strerror(-ret));
	tt_error_at(&err, "%s/%s", c->path, name);
	note_left(c, &err);
}

/* Deletes the hidden directories of a killed run; the lock says that it is. */
static int
clean_hidden(struct tt_compactor *c, struct tt_error *err)
{
	int fd = openat(c->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return fail(c->path, "", err);
	}
	while ((entry = readdir(dir)) != NULL)
		if (is_left_over(entry->d_name))
			clean_one(c, fd, entry->d_name);
	closedir(dir);
	return 0;
}

/* Makes the name of a snapshot durable, where the run that gave it may have been killed before. */
static int
sync_name(const struct tt_compactor *c, const char *path, struct tt_error *err)
{
	char *day = strndup(path, (size_t)(strrchr(path, '/') - path));
	int fd = day == NULL ? -1 : open(day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0 || fsync(fd) != 0 || fsync(c->fd) != 0)
		ret = tt_error_set(err, errno == 0 ? -EIO : -errno, path,
				"its name is not durable: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	free(day);
	return ret;
}

/* May what a snapshot is made of be deleted? Not unless it is whole, and stays. */
static bool
is_safe(struct tt_compactor *c, const char *path)
{
	struct tt_error err = {0};

	if (verify(path, path, "what it is made of is kept", &err) == 0
			&& sync_name(c, path, &err) == 0)
		return true;
	note_left(c, &err);
	return false;
}

/* Deletes parts of snapshots that were published before, if these are whole still. */
static int
clean_covered(struct tt_compactor *c, struct tt_error *err)
{
	struct tt_snapshot_list list;
	const char *whole = "";
	bool safe = false;
	int ret = tt_snapshot_list_scan(&list, c->path, TT_TIME_MIN, INT64_MAX, err);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < list.n_covered; i++) {
		const struct tt_snapshot_ref *part = &list.covered[i];
		struct tt_error left = {0};

		if (strcmp(part->within, whole) != 0)
			safe = is_safe(c, part->within);
		whole = part->within;
		if (!safe)
			continue;
		if (tt_compactor_delete(c, part->path, &left) == 0)
			c->cleaned++;
		else
			note_left(c, &left);
	}
	tt_snapshot_list_fini(&list);
	return 0;
}

int
tt_compactor_open(struct tt_compactor *c, const char *sensor_path, int64_t wait_us,
		struct tt_error *err)
{
	int ret = 0;

	*c = (struct tt_compactor){.path = strdup(sensor_path), .fd = -1, .lock_fd = -1};
	if (c->path == NULL)
		return tt_error_set(err, -ENOMEM, sensor_path, "out of memory");
	c->fd = open(sensor_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->fd < 0)
		ret = tt_error_set(err, -errno, sensor_path, "%s", strerror(errno));
	if (ret == 0)
		ret = tt_compactor_lock(&c->lock_fd, c->fd, sensor_path, wait_us, err);
	if (ret == 0)
		ret = clean_hidden(c, err);
	if (ret == 0)
		ret = clean_covered(c, err);
	if (ret != 0)
		tt_compactor_close(c);
	return ret;
}

void
tt_compactor_close(struct tt_compactor *c)
{
	tt_compactor_release(c->lock_fd);
	if (c->fd >= 0)
		close(c->fd);
	free(c->path);
	*c = (struct tt_compactor){.fd = -1, .lock_fd = -1};
}

int
tt_compactor_publish(struct tt_compactor *c, bool interval,
		const struct tt_compact_job *job, struct tt_compact_result *result,
		char **path, struct tt_error *err)
{
	const struct tt_compact_place place = {c->path, TT_COMPACT_HIDDEN, interval};
	int ret = tt_compact_publish(&place, job, result, path, err);

	/* The writer looks at the time of this file (tt_spool_has). */
	if (ret == 0)
		futimens(c->lock_fd, NULL);
	return ret;
}

int
tt_compactor_delete(struct tt_compactor *c, const char *path, struct tt_error *err)
{
	const char *slash = strrchr(path, '/');
	char hidden[TT_SNAPSHOT_NAME_MAX + sizeof(TT_COMPACT_DELETED)];
	int ret = tt_compactor_check(path, err);

	if (ret != 0)
		return ret;
	snprintf(hidden, sizeof(hidden), TT_COMPACT_DELETED "%s",
			slash == NULL ? path : slash + 1);
	tt_remove_dir_at(c->fd, hidden);
	if (renameat(AT_FDCWD, path, c->fd, hidden) != 0)
		return errno == ENOENT
				? 0
				: tt_error_set(err, -errno, path, "cannot delete it: %s",
						strerror(errno));
	ret = tt_remove_dir_at(c->fd, hidden);
	if (ret != 0)
		return tt_error_set(
				err, ret, path, "cannot delete it: %s", strerror(-ret));
	return 0;
}

int
tt_compactor_delete_parts(struct tt_compactor *c, const char *path,
		const char *const *parts, size_t n, struct tt_error *err)
{
	struct tt_inode whole, part;
	int ret = tt_inode_at(AT_FDCWD, path, &whole), first = 0;

	if (ret != 0)
		return tt_error_set(err, ret, path, "%s", strerror(-ret));
	for (size_t i = 0; i < n; i++) {
		if (tt_inode_at(AT_FDCWD, parts[i], &part) == 0
				&& part.device == whole.device
				&& part.number == whole.number)
			continue;
		ret = tt_compactor_delete(c, parts[i], first == 0 ? err : NULL);
		first = first == 0 ? ret : first;
	}
	return first;
}
