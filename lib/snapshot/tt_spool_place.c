/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a path is one for a spool: a sensor's own directory, which other commands take as well, is none. */
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

bool
tt_spool_is_sensor(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool found = false;

	while (dir != NULL && !found && (entry = readdir(dir)) != NULL)
		found = strcmp(entry->d_name, TT_SPOOL_LOCK_FILE) == 0
				|| tt_time_is_date(entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return found;
}

int
tt_spool_check_place(const char *path, const char *sensor, struct tt_error *err)
{
	if (!tt_spool_is_sensor(path))
		return 0;
	return tt_error_set(err, -ENOTSUP, path,
			"is the directory of a sensor, and not a spool: what is written for "
			"sensor %s would be hidden in it; give the directory above it",
			sensor);
}

/* Of proc or sysfs? Nobody makes files there. */
static bool
is_of_the_kernel(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0
			&& (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC);
}

/* Cuts the path down to the directory that there is, in which the rest is to be made. */
static void
find_there(char *path)
{
	struct stat st;
	char *slash;

	while (lstat(path, &st) != 0 && errno == ENOENT && strcmp(path, ".") != 0) {
		slash = strrchr(path, '/');
		if (slash == NULL)
			strcpy(path, ".");
		else
			slash[slash == path] = '\0';
	}
}

int
tt_spool_refuse_making(const char *path, int code, struct tt_error *err)
{
	char *there = strdup(path);

	if (there == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	find_there(there);
	if (is_of_the_kernel(there))
		tt_error_set(err, code, there,
				"a file system of the kernel (proc or sysfs), in which nothing "
				"can be made: %s",
				path);
	else if (strcmp(there, path) == 0)
		tt_error_set(err, code, path, "%s", strerror(-code));
	else
		tt_error_set(err, code, there, "%s: %s cannot be made there",
				strerror(-code), path);
	free(there);
	return code;
}
