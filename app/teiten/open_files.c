/* SPDX-License-Identifier: BSD-3-Clause */
#include "open_files.h"

#include <sys/resource.h>

uint64_t
open_files_most(void)
{
	struct rlimit limit, most;

	/* These do not fail but for a bad pointer. */
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	most = (struct rlimit){.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
	/* Where it is not allowed, what is there may do. */
	return setrlimit(RLIMIT_NOFILE, &most) == 0 ? most.rlim_cur : limit.rlim_cur;
}
