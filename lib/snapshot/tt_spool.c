/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_snapshot.h"
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROBE_FILE ".probe"

static int
check_sensor(const char *sensor, struct tt_error *err)
{
	if (tt_sensor_name_valid(sensor))
		return 0;
	return tt_error_set(err, -EINVAL, sensor, "a sensor's name is " TT_SENSOR_RULE);
}

static int
take_lock(struct tt_spool *spool, struct tt_error *err)
{
	spool->lock_fd = openat(spool->fd, TT_SPOOL_LOCK_FILE,
			O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (spool->lock_fd < 0)
		return tt_spool_error(spool, NULL, TT_SPOOL_LOCK_FILE, err);
	if (flock(spool->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return tt_spool_error(spool, NULL, TT_SPOOL_LOCK_FILE, err);
	return tt_error_set(err, -EBUSY, spool->path,
			"another running program writes this sensor's snapshots");
}

static int
probe(const struct tt_spool *spool, struct tt_error *err)
{
	static const char block[4096];
	int fd = openat(spool->fd, PROBE_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			0644);
	ssize_t written;
	int ret = 0;

	if (fd < 0)
		return tt_spool_error(spool, NULL, NULL, err);
	errno = 0;
	written = write(fd, block, sizeof(block));
	if (written != (ssize_t)sizeof(block)) {
		errno = errno == 0 ? ENOSPC : errno;
		ret = tt_spool_error(spool, NULL, NULL, err);
	}
	close(fd);
	unlinkat(spool->fd, PROBE_FILE, 0);
	return ret;
}

/* The latest of what a spool holds. */
struct latest {
	int64_t start_us; /* of snapshots */
	int64_t end_us; /* of parts and of what was compacted, whose names say it */
};

static void
note_name(struct latest *latest, const char *name)
{
	int64_t start_us, end_us;

	if (tt_time_parse_compact(name, &start_us) == 0 && start_us > latest->start_us)
		latest->start_us = start_us;
	if (tt_spool_span_parse(name, &start_us, &end_us) == 0 && end_us > latest->end_us)
		latest->end_us = end_us;
}

/* Removes temporary directories from a day's. */
static void
clean_day(int sensor_fd, const char *day, struct latest *latest)
{
	int fd = openat(sensor_fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, TT_SPOOL_TMP_PREFIX,
				    strlen(TT_SPOOL_TMP_PREFIX))
				== 0)
			tt_remove_dir_at(fd, entry->d_name);
		else
			note_name(latest, entry->d_name);
	}
	closedir(dir);
}

/* Where the latest snapshot ends; where its manifest cannot be read, where it starts. */
static int64_t
end_of(const struct tt_spool *spool, int64_t start_us)
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX], *path;
	struct tt_snapshot *snapshot;
	int64_t end_us = start_us;

	if (start_us == INT64_MIN
			|| asprintf(&path, "%s/%s/%s", spool->path,
					   tt_time_format_date(start_us, day),
					   tt_time_format_compact(start_us, name))
					< 0)
		return start_us;
	if (tt_snapshot_open(&snapshot, path, NULL) == 0) {
		end_us = snapshot->manifest.end_us;
		tt_snapshot_close(snapshot);
	}
	free(path);
	return end_us;
}

/* Removes the temporary directories of a writer that was killed; the lock says that it is. On the
 * way it finds the latest snapshot. */
static int
clean(struct tt_spool *spool, struct tt_error *err)
{
	int fd = openat(spool->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct latest latest = {INT64_MIN, INT64_MIN};

	if (dir == NULL) {
		int ret = tt_spool_error(spool, NULL, NULL, err);

		if (fd >= 0)
			close(fd);
		return ret;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			clean_day(fd, entry->d_name, &latest);
	}
	closedir(dir);
	spool->end_us = end_of(spool, latest.start_us);
	if (latest.end_us > spool->end_us)
		spool->end_us = latest.end_us;
	return 0;
}

static int
open_dir(struct tt_spool *spool, struct tt_error *err)
{
	int ret = tt_mkdir_parents(spool->path);

	if (ret != 0)
		return tt_spool_refuse_making(spool->path, ret, err);
	spool->fd = open(spool->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool->fd < 0)
		return tt_spool_error(spool, NULL, NULL, err);
	return 0;
}

/* Of path, or of the nearest directory above it that there is. Returns 0 or -errno. */
static int
device_of(const char *path, dev_t *device)
{
	char *copy = strdup(path), *end;
	struct stat st;
	int ret = copy == NULL ? -ENOMEM : 0;

	while (ret == 0 && stat(*copy == '\0' ? "/" : copy, &st) != 0) {
		if (errno != ENOENT)
			ret = -errno;
		end = strrchr(copy, '/');
		if (end != NULL)
			*end = '\0';
		else if (strcmp(copy, ".") == 0)
			ret = -ENOENT;
		else
			strcpy(copy, ".");
	}
	if (ret == 0)
		*device = st.st_dev;
	free(copy);
	return ret;
}

/* Notes on which file system the one of the spool is mounted, if it is on one. */
static void
note_below(struct tt_spool *spool)
{
	char *path = realpath(spool->path, NULL), *end;
	struct stat own, st;

	if (path != NULL && stat(path, &own) == 0) {
		while ((end = strrchr(path, '/')) != NULL) {
			*end = '\0';
			if (stat(end == path ? "/" : path, &st) != 0
					|| st.st_dev == own.st_dev)
				continue;
			spool->below = st.st_dev;
			spool->mounted = true;
			break;
		}
	}
	free(path);
}

/* Is the directory that is open still the one of that path? */
static bool
is_there(const struct tt_spool *spool)
{
	struct stat named, own;

	return stat(spool->path, &named) == 0 && fstat(spool->fd, &own) == 0
			&& named.st_dev == own.st_dev && named.st_ino == own.st_ino;
}

static void
close_dir(struct tt_spool *spool)
{
	if (spool->lock_fd >= 0)
		close(spool->lock_fd);
	if (spool->fd >= 0)
		close(spool->fd);
	spool->lock_fd = spool->fd = -1;
}

int
tt_spool_follow(struct tt_spool *spool, struct tt_error *err)
{
	struct tt_spool next = *spool;
	dev_t device;
	int ret;

	/* What waits for a flush is in the directory that is open. */
	if (spool->n_pending > 0 || is_there(spool))
		return 0;
	ret = device_of(spool->path, &device);
	if (ret != 0)
		return tt_error_set(err, ret, spool->path, "%s", strerror(-ret));
	/* What is written where its disk is to be would be hidden once the disk is there. */
	if (spool->mounted && device == spool->below)
		return tt_error_set(err, -ENODEV, spool->path,
				"the file system that it was on is not mounted");
	next.fd = next.lock_fd = -1;
	ret = open_dir(&next, err);
	if (ret == 0)
		ret = take_lock(&next, err);
	if (ret != 0) {
		close_dir(&next);
		return ret;
	}
	close_dir(spool);
	spool->fd = next.fd;
	spool->lock_fd = next.lock_fd;
	spool->synced_day[0] = spool->unsynced_day[0] = '\0';
	/* Mounted again, the same file system may be another device. */
	spool->unsure_inode.device = device;
	if (spool->merged != NULL)
		spool->merged->known = false;
	return 0;
}

int
tt_spool_open(struct tt_spool **spool, const char *path, const char *sensor,
		enum tt_sync sync, struct tt_error *err)
{
	struct tt_spool *s;
	int ret = check_sensor(sensor, err);

	if (ret != 0)
		return ret;
	if (*path == '\0')
		return tt_error_set(err, -EINVAL, NULL, "the spool's path is empty");
	ret = tt_spool_check_place(path, sensor, err);
	if (ret != 0)
		return ret;
	s = calloc(1, sizeof(*s));
	if (s == NULL || (s->merged = calloc(1, sizeof(*s->merged))) == NULL
			|| asprintf(&s->path, "%s/%s", path, sensor) < 0) {
		if (s != NULL)
			free(s->merged);
		free(s);
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	}
	snprintf(s->sensor, sizeof(s->sensor), "%s", sensor);
	s->sync = sync;
	s->fd = s->lock_fd = -1;
	ret = open_dir(s, err);
	if (ret == 0)
		ret = take_lock(s, err);
	if (ret == 0)
		ret = clean(s, err);
	if (ret == 0)
		ret = probe(s, err);
	if (ret != 0) {
		tt_spool_close(s);
		return ret;
	}
	note_below(s);
	*spool = s;
	return 0;
}

static void
drop_pending(struct tt_spool *spool)
{
	char tmp[TT_SPOOL_NAME_MAX];

	for (unsigned i = 0; i < spool->n_pending; i++) {
		int fd = openat(spool->fd, spool->pending[i].day,
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		tt_spool_tmp_name(tmp, spool->pending[i].name);
		if (fd >= 0) {
			tt_remove_dir_at(fd, tmp);
			close(fd);
		}
	}
	spool->n_pending = 0;
}

void
tt_spool_close(struct tt_spool *spool)
{
	if (spool == NULL)
		return;
	drop_pending(spool);
	close_dir(spool);
	tt_spool_merged_free(spool->merged);
	tt_spool_singles_free(spool->singles);
	free(spool->latest);
	free(spool->path);
	free(spool);
}

int64_t
tt_spool_end_us(const struct tt_spool *spool)
{
	return spool->end_us;
}

const char *
tt_spool_sensor(const struct tt_spool *spool)
{
	return spool->sensor;
}

const char *
tt_spool_latest(const struct tt_spool *spool)
{
	return spool->latest == NULL ? "" : spool->latest;
}

bool
tt_spool_has(const struct tt_spool *spool, int64_t start_us)
{
	return tt_spool_covered(spool, start_us) || tt_spool_has_name(spool, start_us);
}

bool
tt_spool_has_name(const struct tt_spool *spool, int64_t start_us)
{
	char day[TT_TIME_TEXT_MAX], name[TT_TIME_TEXT_MAX], path[2 * TT_TIME_TEXT_MAX];

	snprintf(path, sizeof(path), "%s/%s", tt_time_format_date(start_us, day),
			tt_time_format_compact(start_us, name));
	return faccessat(spool->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}
