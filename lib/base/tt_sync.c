/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int
tt_sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash == NULL ? strdup(".")
				     : strndup(path, (size_t)(slash - path) + 1);
	int fd, ret = 0;

	if (parent == NULL)
		return -ENOMEM;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	free(parent);
	return ret;
}

int
tt_sync_put(FILE *file, int ret, const char *tmp, const char *path)
{
	if (fclose(file) != 0 && ret == 0)
		ret = -errno;
	if (ret == 0 && rename(tmp, path) != 0)
		ret = -errno;
	if (ret != 0) {
		unlink(tmp);
		return ret;
	}
	return tt_sync_parent(path);
}
