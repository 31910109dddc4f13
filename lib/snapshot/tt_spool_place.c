/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether a path is one for a spool: a sensor's own directory, which other commands take as well, is none. */
#include "tt_spool.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

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
