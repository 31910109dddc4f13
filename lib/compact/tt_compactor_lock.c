/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compactor_lock.h"
#include "tt_spool_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN_MS 20

static void
wait_a_little(void)
{
	const struct timespec wait = {0, AGAIN_MS * 1000000};

	nanosleep(&wait, NULL);
}

/* Is what has the lock a reader, or several? */
static bool
is_read(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB) != 0)
		return false;
	flock(fd, LOCK_UN);
	return true;
}

/* Takes the file and the directory: readers have the directory where there was no file yet. Returns 0; -EAGAIN where another one has
 * either; or what flock gives. */
static int
try_lock(int fd, int dir)
{
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	/* Where directories have no locks, nobody has one. */
	if (flock(dir, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	flock(fd, LOCK_UN);
	return -EAGAIN;
}

static int
refuse(int code, const char *sensor_path, struct tt_error *err)
{
	if (code == -EBUSY)
		return tt_error_set(err, code, sensor_path,
				"another running program merges this sensor's snapshots");
	if (code == -EAGAIN)
		return tt_error_set(err, code, sensor_path,
				"a report that is being made reads this sensor's "
				"snapshots");
	tt_error_set(err, code, NULL, "%s", strerror(-code));
	tt_error_at(err, "%s/" TT_SPOOL_MERGED_FILE, sensor_path);
	return code;
}

int
tt_compactor_lock(int *fd, int dir, const char *sensor_path, int64_t wait_us,
		struct tt_error *err)
{
	const int64_t until_us = tt_time_monotonic() + wait_us;
	int code;

	*fd = openat(dir, TT_SPOOL_MERGED_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd < 0)
		return refuse(-errno, sensor_path, err);
	while ((code = try_lock(*fd, dir)) == -EAGAIN) {
		if (!is_read(*fd))
			code = -EBUSY;
		if (code == -EBUSY || tt_time_monotonic() >= until_us)
			break;
		wait_a_little();
	}
	if (code == 0)
		return 0;
	tt_compactor_release(*fd);
	*fd = -1;
	return refuse(code, sensor_path, err);
}

/* When the last merged snapshot came, by the clock of the file system. */
static struct timespec
last_merged(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_mtim : (struct timespec){0};
}

/* Returns 0, -EBUSY, or what flock gives. */
static int
share(int fd, int64_t wait_us, int64_t whole_us)
{
	const int64_t start_us = tt_time_monotonic();
	struct timespec merged = last_merged(fd);
	int64_t since_us = start_us;

	while (flock(fd, LOCK_SH | LOCK_NB) != 0) {
		struct timespec now;
		int64_t now_us = tt_time_monotonic();

		if (errno != EWOULDBLOCK)
			return -errno;
		now = last_merged(fd);
		if (now.tv_sec != merged.tv_sec || now.tv_nsec != merged.tv_nsec)
			since_us = now_us;
		merged = now;
		if (now_us - since_us >= wait_us || now_us - start_us >= whole_us)
			return -EBUSY;
		wait_a_little();
	}
	return 0;
}

/* What is to be locked: the file, or the directory where it is not there. Returns 0 with *fd, or a negative errno. */
static int
open_shared(int *fd, const char *sensor_path)
{
	char *path = NULL;

	if (asprintf(&path, "%s/" TT_SPOOL_MERGED_FILE, sensor_path) < 0)
		return -ENOMEM;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	free(path);
	if (*fd < 0 && errno == ENOENT)
		*fd = open(sensor_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

int
tt_compactor_hold(int *fd, const char *sensor_path, int64_t wait_us, int64_t whole_us)
{
	int ret = open_shared(fd, sensor_path);

	if (ret == 0)
		ret = share(*fd, wait_us, whole_us);
	if (ret != 0) {
		tt_compactor_release(*fd);
		*fd = -1;
	}
	return ret == -ENOENT ? 0 : ret;
}

void
tt_compactor_release(int fd)
{
	if (fd >= 0)
		close(fd);
}
