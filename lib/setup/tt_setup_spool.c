/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the spool is one that a run could write to, as far as that is seen without writing. */
#include "tt_setup.h"
#include "tt_spool.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Cuts the path down to what there is of it: the directory that the rest would be made in. */
static int
find_there(char *path, struct stat *st)
{
	char *slash;

	while (stat(path, st) != 0) {
		if (errno != ENOENT)
			return -errno;
		/* Nothing can be made in the place of a link that leads nowhere. */
		if (lstat(path, st) == 0)
			return -ENOENT;
		slash = strrchr(path, '/');
		if (slash == NULL)
			strcpy(path, ".");
		else
			slash[slash == path] = '\0';
	}
	return 0;
}

/* Who writes reads the directory as well, to flush it and to see what is there. */
static int
check_directory(char *path)
{
	struct stat st;
	int ret = find_there(path, &st);

	if (ret == 0 && !S_ISDIR(st.st_mode))
		ret = -ENOTDIR;
	if (ret == 0 && access(path, R_OK | W_OK | X_OK) != 0)
		ret = -errno;
	return ret;
}

/* Is it of proc or sysfs? Nobody makes files there, though access(2) lets root. */
static bool
is_of_the_kernel(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0
			&& (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC);
}

/* The lock that an earlier run, of another user, may have left. */
static int
check_lock(const char *path)
{
	return access(path, R_OK | W_OK) == 0 || errno == ENOENT || errno == ENOTDIR
			? 0
			: -errno;
}

int
tt_setup_check_spool(const struct tt_config *config, struct tt_error *err)
{
	char *path, *lock;
	int ret = tt_spool_check_place(config->spool, config->sensor, err);

	if (ret != 0)
		return ret;
	if (asprintf(&path, "%s/%s", config->spool, config->sensor) < 0)
		return tt_error_set(err, -ENOMEM, "spool", "out of memory");
	if (asprintf(&lock, "%s/" TT_SPOOL_LOCK_FILE, path) < 0) {
		free(path);
		return tt_error_set(err, -ENOMEM, "spool", "out of memory");
	}
	ret = check_directory(path);
	if (is_of_the_kernel(path)) {
		ret = tt_error_set(err, -EPERM, "spool",
				"%.200s: a file system of the kernel (proc or sysfs), in "
				"which nothing can be made",
				path);
	} else if (ret != 0) {
		tt_error_set(err, ret, "spool", "%.200s: %s", path, strerror(-ret));
	} else {
		ret = check_lock(lock);
		if (ret != 0)
			tt_error_set(err, ret, "spool", "%.200s: %s", lock,
					strerror(-ret));
	}
	free(lock);
	free(path);
	return ret;
}
