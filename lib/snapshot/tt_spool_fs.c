/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_spool_private.h"
#include "tt_sync.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
tt_spool_error(const struct tt_spool *spool, const char *day, const char *name,
		struct tt_error *err)
{
	int code = errno == 0 ? EIO : errno;
	char where[512];

	snprintf(where, sizeof(where), "%s%s%s%s%s", spool->path, day == NULL ? "" : "/",
			day == NULL ? "" : day, name == NULL ? "" : "/",
			name == NULL ? "" : name);
	return tt_error_set(err, -code, where, "%s", strerror(code));
}

void
tt_spool_tmp_name(char tmp[TT_SPOOL_NAME_MAX], const char *name)
{
	snprintf(tmp, TT_SPOOL_NAME_MAX, "%s%s", TT_SPOOL_TMP_PREFIX, name);
}

int
tt_mkdir_parents(const char *path)
{
	char *copy = strdup(path);
	int ret = 0;

	if (copy == NULL)
		return -ENOMEM;
	for (char *p = copy + 1; ret == 0 && *copy != '\0'; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0755) == 0)
			ret = tt_sync_parent(copy);
		else if (errno != EEXIST)
			ret = -errno;
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return ret;
}

static int
rename_at(int from_fd, const char *from, int to_fd, const char *to)
{
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	/* Some network file systems lack the flag; a snapshot is never empty, so it is safe. */
	if (errno != EINVAL)
		return -1;
	if (faccessat(to_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	if (renameat(from_fd, from, to_fd, to) == 0)
		return 0;
	if (errno == ENOTEMPTY) /* POSIX leaves the choice */
		errno = EEXIST;
	return -1;
}

static int
exchange_at(int from_fd, const char *from, int to_fd, const char *to)
{
	return renameat2(from_fd, from, to_fd, to, RENAME_EXCHANGE);
}

/* Renames by a function that may fail although it took effect: then the inode tells. */
static int
rename_by(int (*rename)(int from_fd, const char *from, int to_fd, const char *to),
		int from_fd, const char *from, int to_fd, const char *to,
		struct tt_inode *moved)
{
	int ret = tt_inode_at(from_fd, from, moved);

	if (ret != 0) {
		errno = -ret;
		return -1;
	}
	if (rename(from_fd, from, to_fd, to) == 0)
		return 0;
	ret = -errno;
	switch (tt_inode_is_at(to_fd, to, moved)) {
	case 1:
		return 0;
	case 0:
		errno = -ret;
		return -1;
	default:
		errno = EINPROGRESS;
		return -1;
	}
}

int
tt_rename_dir_at(int from_fd, const char *from, int to_fd, const char *to,
		struct tt_inode *moved)
{
	struct tt_inode unused;

	return rename_by(rename_at, from_fd, from, to_fd, to,
			moved == NULL ? &unused : moved);
}

int
tt_exchange_dir_at(int from_fd, const char *from, int to_fd, const char *to)
{
	struct tt_inode moved;

	return rename_by(exchange_at, from_fd, from, to_fd, to, &moved);
}

int
tt_inode_at(int dir_fd, const char *name, struct tt_inode *inode)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	*inode = (struct tt_inode){st.st_dev, st.st_ino};
	return 0;
}

int
tt_inode_is_at(int dir_fd, const char *name, const struct tt_inode *inode)
{
	struct tt_inode found;
	int ret = tt_inode_at(dir_fd, name, &found);

	if (ret == -ENOENT)
		return 0;
	if (ret != 0)
		return ret;
	return found.device == inode->device && found.number == inode->number;
}

int
tt_remove_dir_at(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int ret = 0;

	if (dir == NULL) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		return code == ENOENT ? 0 : -code;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0
				&& unlinkat(dirfd(dir), entry->d_name, 0) != 0
				&& ret == 0)
			ret = -errno;
	}
	closedir(dir);
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0)
		return 0;
	return ret != 0 ? ret : -errno;
}
