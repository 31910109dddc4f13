/* SPDX-License-Identifier: BSD-3-Clause */
#include "daemon.h"

#include "say.h"

#include <jemalloc/jemalloc.h>

/* Bytes that jemalloc has given this thread so far; 0 where it cannot say. */
static uint64_t
given(void)
{
	uint64_t bytes = 0;
	size_t size = sizeof(bytes);

	return mallctl("thread.allocated", &bytes, &size, NULL, 0) == 0 ? bytes : 0;
}

void
tt_daemon_check_allocator(void)
{
	const char *version = "unknown";
	size_t size = sizeof(version);
	uint64_t before = given();
	/* volatile: the pair of calls must not be optimised away. */
	void *volatile probe = malloc(100);
	bool used = given() > before;

	free(probe);
	mallctl("version", &version, &size, NULL, 0);
	if (!used)
		tt_say("jemalloc %s is linked, but something else serves malloc (a "
		       "sanitizer, or LD_PRELOAD)",
				version);
}
