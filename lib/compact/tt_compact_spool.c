/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_spool_private.h"
#include "tt_spool_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
tt_compact_failed(const char *path, const char *name, struct tt_error *err)
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

int
tt_compact_verify(const char *path, const char *name, const char *what,
		struct tt_error *err)
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
		return tt_compact_failed(place->sensor_path, place->hidden, err);
	dir = openat(fd, place->hidden, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return tt_compact_failed(place->sensor_path, place->hidden, err);
	ret = tt_compact_merge(job, dir, result, err);
	if (ret == 0 && job->sync && fsync(dir) != 0)
		ret = tt_compact_failed(place->sensor_path, place->hidden, err);
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
		return tt_compact_failed(place->sensor_path, day, err);
	to = openat(fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0 || (job->sync && fsync(fd) != 0))
		ret = tt_compact_failed(place->sensor_path, day, err);
	else
		ret = give_name(place, fd, job, to, name, err);
	/* It has its name, but for a loss of power. */
	if (ret == 0 && job->sync && (fsync(to) != 0 || fsync(fd) != 0)) {
		tt_compact_failed(place->sensor_path, day, err);
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
		ret = tt_compact_verify(hidden, *path,
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
