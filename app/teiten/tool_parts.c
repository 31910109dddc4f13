/* SPDX-License-Identifier: BSD-3-Clause */
/* What lies in a place that has no snapshot: parts of a long interval that is not finished (tt_spool_parts.c). */
#include "tool.h"
#include "tt_spool.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

/* From a spool down to the directories of its days. */
#define LEVELS 3

static bool
is_part(const char *name)
{
	return strncmp(name, TT_SPOOL_PART_PREFIX, strlen(TT_SPOOL_PART_PREFIX)) == 0;
}

static size_t
count(const char *path, unsigned levels)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *child;

		if (is_part(entry->d_name))
			n++;
		if (entry->d_name[0] == '.' || levels == 1
				|| asprintf(&child, "%s/%s", path, entry->d_name) < 0)
			continue;
		n += count(child, levels - 1);
		free(child);
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

size_t
tool_parts(const char *path)
{
	return count(path, LEVELS);
}
