/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_mem.h"

#include <string.h>

/*
 * From this size on, memory is taken with calloc, which gets fresh zero pages from the system
 * and does not touch them: a tool that counts a small capture need not write to every page of
 * its tables first. What calloc gave is noted in front of the aligned start.
 */
#define LARGE (UINT64_C(1) << 20)

static void *
large_alloc(size_t bytes)
{
	char *block = calloc(1, bytes + sizeof(void *) + TT_CACHE_LINE);
	uintptr_t start;

	if (block == NULL)
		return NULL;
	start = (uintptr_t)block + sizeof(void *) + TT_CACHE_LINE - 1;
	start -= start % TT_CACHE_LINE;
	((void **)start)[-1] = block;
	return (void *)start;
}

static void *
heap_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	void *ptr = NULL;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	if (bytes >= LARGE)
		return large_alloc(bytes);
	if (posix_memalign(&ptr, TT_CACHE_LINE, bytes > 0 ? bytes : 1) != 0)
		return NULL;
	memset(ptr, 0, bytes);
	return ptr;
}

static void
heap_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free(bytes >= LARGE ? ((void **)ptr)[-1] : ptr);
}

struct tt_mem *
tt_mem_heap(void)
{
	static struct tt_mem heap = {.alloc = heap_alloc, .free = heap_free};

	return &heap;
}
