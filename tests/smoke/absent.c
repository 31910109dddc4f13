/* SPDX-License-Identifier: BSD-3-Clause */
/* Preloaded into a program: files whose path has $TT_ABSENT in it are not there, as far as it asks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int
access(const char *path, int mode)
{
	const char *absent = getenv("TT_ABSENT");

	if (absent != NULL && strstr(path, absent) != NULL) {
		errno = ENOENT;
		return -1;
	}
	return (int)syscall(SYS_access, path, mode);
}
