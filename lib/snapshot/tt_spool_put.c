/* SPDX-License-Identifier: BSD-3-Clause */
/* Directories under temporary names, made durable, get their own: at once, or many at a flush. */
#include "tt_spool_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool
tt_spool_is_durable(const struct tt_spool *spool)
{
	return spool->unsynced_day[0] == '\0';
}

/* Makes the latest name durable where that failed when it was given. */
static int
sync_names(struct tt_spool *spool, struct tt_error *err)
{
	const char *day = spool->unsynced_day;
	int fd, ret = 0;

	if (day[0] == '\0')
		return 0;
	fd = openat(spool->fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		ret = tt_spool_error(spool, day, NULL, err);
	else
		spool->unsynced_day[0] = '\0';
	if (fd >= 0)
		close(fd);
	return ret;
}

int
tt_spool_make_durable(struct tt_spool *spool, struct tt_error *err)
{
	int ret = tt_spool_follow(spool, err);

	return ret != 0 ? ret : sync_names(spool, err);
}

/* Creates the directory of a day if need be and opens it. */
static int
open_day(struct tt_spool *spool, const char *day, int *fd, struct tt_error *err)
{
	int ret = sync_names(spool, err);

	if (ret != 0)
		return ret;
	if (mkdirat(spool->fd, day, 0755) != 0 && errno != EEXIST)
		return tt_spool_error(spool, day, NULL, err);
	if (spool->sync == TT_SYNC_EACH && strcmp(spool->synced_day, day) != 0) {
		if (fsync(spool->fd) != 0)
			return tt_spool_error(spool, day, NULL, err);
		snprintf(spool->synced_day, sizeof(spool->synced_day), "%s", day);
	}
	*fd = openat(spool->fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return tt_spool_error(spool, day, NULL, err);
	return 0;
}

/* A name that cannot be given, because it is taken or for the reason in errno, or that may have been
 * given. Returns -errno. */
static int
name_error(const struct tt_spool *spool, const struct tt_spool_name *n,
		struct tt_error *err)
{
	int ret = tt_spool_error(spool, n->day, n->name, err);

	if (err != NULL && ret == -EEXIST)
		snprintf(err->why, sizeof(err->why),
				"there is a snapshot of this interval already");
	if (err != NULL && ret == -EINPROGRESS)
		snprintf(err->why, sizeof(err->why),
				"the disk does not say whether it has this snapshot");
	return ret;
}

/* Is there a snapshot of this name already, or one that waits for a flush? Of an interval whose time
 * none has, is there one that has its time? */
static bool
is_taken(const struct tt_spool *spool, int day_fd, const struct tt_spool_name *n,
		int64_t start_us, bool again)
{
	for (unsigned i = 0; i < spool->n_pending; i++) {
		if (strcmp(spool->pending[i].name, n->name) == 0)
			return true;
	}
	return faccessat(day_fd, n->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0
			|| (!again && tt_spool_covered(spool, start_us));
}

static void
note_unsynced(struct tt_spool *spool, const struct tt_spool_name *n)
{
	snprintf(spool->unsynced_day, sizeof(spool->unsynced_day), "%s", n->day);
}

/* Gives the written directory its final name, at once or at the next flush. */
static int
commit(struct tt_spool *spool, int day_fd, const struct tt_spool_name *n, const char *tmp,
		struct tt_error *err)
{
	if (spool->sync == TT_SYNC_BATCHED) {
		spool->pending[spool->n_pending++] = *n;
		return 0;
	}
	if (tt_rename_dir_at(day_fd, tmp, day_fd, n->name, &spool->unsure_inode) != 0) {
		if (errno == EINPROGRESS)
			spool->unsure = *n;
		return name_error(spool, n, err);
	}
	/* Once renamed it counts as written: a caller that tried again would find it there. What
	 * failed here is tried again by tt_spool_make_durable, and before the next one. */
	if (spool->sync == TT_SYNC_EACH && fsync(day_fd) != 0)
		note_unsynced(spool, n);
	return 0;
}

/* Fills the temporary directory; what it holds after a failure is the caller's to remove. */
static int
fill_dir(const struct tt_spool *spool, const struct tt_spool_name *name, const char *tmp,
		int day_fd, int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	int fd, ret;

	if (mkdirat(day_fd, tmp, 0755) != 0)
		return tt_spool_error(spool, name->day, tmp, err);
	fd = openat(day_fd, tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return tt_spool_error(spool, name->day, tmp, err);
	ret = fill(context, fd, err);
	if (ret != 0)
		tt_error_at(err, "%s/%s/%s", spool->path, name->day, name->name);
	else if (spool->sync == TT_SYNC_EACH && fsync(fd) != 0)
		ret = tt_spool_error(spool, name->day, tmp, err);
	close(fd);
	return ret;
}

static void
note_latest(struct tt_spool *spool, const struct tt_spool_name *n)
{
	free(spool->latest);
	if (asprintf(&spool->latest, "%s/%s/%s", spool->path, n->day, n->name) < 0)
		spool->latest = NULL;
}

/* Makes room for the temporary directory. */
static int
clear(const struct tt_spool *spool, int day_fd, const char *day, const char *tmp,
		struct tt_error *err)
{
	int ret = tt_remove_dir_at(day_fd, tmp);

	if (ret == 0)
		return 0;
	errno = -ret;
	return tt_spool_error(spool, day, tmp, err);
}

/* Something exists that did not when the name was found to be free. -EEXIST is not for that: a
 * caller would give the interval another name. */
static int
late_error(const struct tt_spool *spool, const struct tt_spool_name *n,
		struct tt_error *err)
{
	errno = EBUSY;
	return tt_spool_error(spool, n->day, n->name, err);
}

/* Is it not known whether the snapshot has this name? */
static bool
is_unsure(const struct tt_spool *spool, const struct tt_spool_name *name)
{
	return strcmp(spool->unsure.name, name->name) == 0;
}

/* Was the name given after all, when that could not be known? Returns 1, 0, or a negative errno where
 * it still cannot. */
static int
was_given(struct tt_spool *spool, int day_fd, const struct tt_spool_name *name,
		struct tt_error *err)
{
	int ret;

	if (!is_unsure(spool, name))
		return 0;
	ret = tt_inode_is_at(day_fd, name->name, &spool->unsure_inode);
	if (ret < 0) {
		errno = EINPROGRESS;
		return name_error(spool, name, err);
	}
	spool->unsure.name[0] = '\0';
	if (ret == 1 && spool->sync == TT_SYNC_EACH)
		note_unsynced(spool, name);
	return ret;
}

/* Writes it under a temporary name, and gives it its own. */
static int
put(struct tt_spool *spool, int day_fd, const struct tt_spool_name *name,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	char tmp[TT_SPOOL_NAME_MAX];
	int ret;

	tt_spool_tmp_name(tmp, name->name);
	ret = clear(spool, day_fd, name->day, tmp, err);
	if (ret == 0)
		ret = fill_dir(spool, name, tmp, day_fd, fill, context, err);
	if (ret == 0)
		ret = commit(spool, day_fd, name, tmp, err);
	/* What may be the snapshot is not to be removed for having had this name. */
	if (ret != 0 && ret != -EINPROGRESS)
		tt_remove_dir_at(day_fd, tmp);
	return ret == -EEXIST ? late_error(spool, name, err) : ret;
}

int
tt_spool_put_named(struct tt_spool *spool, const struct tt_spool_name *name,
		int64_t start_us, bool again,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	int day_fd = -1, ret = tt_spool_follow(spool, err);

	if (ret == 0)
		ret = open_day(spool, name->day, &day_fd, err);
	/* It may be there: it has to stay the same one until the disk says so. */
	if (ret != 0)
		return is_unsure(spool, name) ? -EINPROGRESS : ret;
	ret = was_given(spool, day_fd, name, err);
	if (ret == 0 && is_taken(spool, day_fd, name, start_us, again)) {
		errno = EEXIST;
		ret = name_error(spool, name, err);
	} else if (ret == 0) {
		ret = put(spool, day_fd, name, fill, context, err);
	}
	close(day_fd);
	if (ret < 0)
		return ret;
	note_latest(spool, name);
	return 0;
}

int
tt_spool_put(struct tt_spool *spool, int64_t start_us,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	struct tt_spool_name name;

	TT_ASSERT(spool->sync != TT_SYNC_BATCHED);
	tt_time_format_date(start_us, name.day);
	tt_time_format_compact(start_us, name.name);
	return tt_spool_put_named(spool, &name, start_us, true, fill, context, err);
}

static int
rename_pending(struct tt_spool *spool, const struct tt_spool_name *n,
		struct tt_error *err)
{
	char tmp[TT_SPOOL_NAME_MAX];
	int fd, ret = 0;

	fd = openat(spool->fd, n->day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return tt_spool_error(spool, n->day, NULL, err);
	tt_spool_tmp_name(tmp, n->name);
	if (tt_rename_dir_at(fd, tmp, fd, n->name, NULL) != 0)
		ret = name_error(spool, n, err);
	close(fd);
	return ret;
}

int
tt_spool_flush(struct tt_spool *spool, struct tt_error *err)
{
	unsigned done = 0;
	int ret = 0;

	if (spool->n_pending == 0)
		return 0;
	/* One pass over the file system instead of nine fsyncs for each snapshot. */
	if (syncfs(spool->fd) != 0)
		return tt_spool_error(spool, NULL, NULL, err);
	while (ret == 0 && done < spool->n_pending) {
		ret = rename_pending(spool, &spool->pending[done], err);
		if (ret == 0)
			done++;
	}
	spool->n_pending -= done;
	memmove(spool->pending, spool->pending + done,
			spool->n_pending * sizeof(spool->pending[0]));
	if (done > 0 && syncfs(spool->fd) != 0 && ret == 0)
		ret = tt_spool_error(spool, NULL, NULL, err);
	return ret;
}
