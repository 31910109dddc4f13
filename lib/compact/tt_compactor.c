/* SPDX-License-Identifier: BSD-3-Clause */
/* A sensor's directory whose snapshots are merged or deleted: its lock, what a killed run left, and deleting. */
#include "tt_compact_spool_private.h"
#include "tt_compactor_lock.h"
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
		return tt_compact_failed(c->path, "", err);
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

	if (tt_compact_verify(path, path, "what it is made of is kept", &err) == 0
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
		if (c->deleted != NULL)
			c->deleted(c->context, i + 1, n);
		if (tt_inode_at(AT_FDCWD, parts[i], &part) == 0
				&& part.device == whole.device
				&& part.number == whole.number)
			continue;
		ret = tt_compactor_delete(c, parts[i], first == 0 ? err : NULL);
		first = first == 0 ? ret : first;
	}
	return first;
}
