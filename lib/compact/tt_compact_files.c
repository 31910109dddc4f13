/* SPDX-License-Identifier: BSD-3-Clause */
/* What a snapshot's directory has: whether it may be deleted, and how much room that makes. */
#include "tt_compact_spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define BLOCK 512 /* bytes, of st_blocks (stat(3type)) */

static bool
is_own_file(int dir_fd, const char *name)
{
	struct stat st;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (strcmp(name, TT_MANIFEST_FILE) == 0 || strcmp(name, TT_PACKETS_FILE) == 0)
		return true;
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		if (strcmp(name, tt_schema_of((enum tt_table)i)->file) == 0)
			return true;
	return false;
}

int
tt_compactor_check(const char *path, struct tt_error *err)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	int ret = 0;

	if (dir == NULL)
		return errno == ENOENT
				? 0
				: tt_error_set(err, -errno, path, "%s", strerror(errno));
	while (ret == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0
				&& !is_own_file(dirfd(dir), entry->d_name))
			ret = tt_error_set(err, -ENOTEMPTY, path,
					"it has %.255s, which is no file of a snapshot; the "
					"snapshot is left as it is",
					entry->d_name);
	closedir(dir);
	return ret;
}

uint64_t
tt_compact_room(uint64_t length, uint64_t blocks)
{
	return blocks == 0 ? length : blocks * BLOCK;
}

uint64_t
tt_snapshot_room(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	uint64_t bytes = 0;
	struct stat st;

	if (dir == NULL)
		return 0;
	if (fstat(dirfd(dir), &st) == 0)
		bytes += (uint64_t)st.st_blocks * BLOCK;
	while ((entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0
				&& S_ISREG(st.st_mode))
			bytes += tt_compact_room(
					(uint64_t)st.st_size, (uint64_t)st.st_blocks);
	closedir(dir);
	return bytes;
}
