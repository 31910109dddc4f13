/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Preloaded: memory that the program touches ahead comes slowly, as on a machine that gives it for the first time.
 * SLOW_MEMORY_US: what each request takes, in microseconds; SLOW_MEMORY_NONE: as long as there is a file of this
 * name there is no memory. SLOW_MEMORY_OLD: the kernel is older than such requests.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int
madvise(void *at, size_t bytes, int advice)
{
	const char *us = getenv("SLOW_MEMORY_US"), *none = getenv("SLOW_MEMORY_NONE");

	if (advice == MADV_POPULATE_WRITE && getenv("SLOW_MEMORY_OLD") != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (advice == MADV_POPULATE_WRITE) {
		usleep(us == NULL ? 0 : (useconds_t)atol(us));
		if (none != NULL && access(none, F_OK) == 0) {
			errno = ENOMEM;
			return -1;
		}
	}
	return (int)syscall(SYS_madvise, at, bytes, advice);
}
