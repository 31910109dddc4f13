/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_mem.h"

#include <string.h>

static void *
heap_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	void *ptr = NULL;

	if (bytes > SIZE_MAX - TT_CACHE_LINE)
		return NULL;
	bytes = (bytes + TT_CACHE_LINE - 1) / TT_CACHE_LINE * TT_CACHE_LINE;
	if (posix_memalign(&ptr, TT_CACHE_LINE, bytes) != 0)
		return NULL;
	memset(ptr, 0, bytes);
	return ptr;
}

static void
heap_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free(ptr);
}

struct tt_mem *
tt_mem_heap(void)
{
	static struct tt_mem heap = {.alloc = heap_alloc, .free = heap_free};

	return &heap;
}
