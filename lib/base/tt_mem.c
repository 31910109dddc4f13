/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_mem.h"

#include <string.h>
#include <sys/mman.h>

/* Transparent huge pages of x86-64, and of arm64 with pages of 4 KiB. */
#define HUGE_PAGE (UINT64_C(2) << 20)

/* No page is smaller that the system gives back; larger ones of arm64 are whole multiples. */
#define SMALL_PAGE (UINT64_C(64) << 10)

/* What calloc gave is noted in front of the aligned start. */
static void *
large_alloc(size_t bytes, size_t alignment)
{
	char *block = calloc(1, bytes + sizeof(void *) + alignment);
	uintptr_t start;

	if (block == NULL)
		return NULL;
	start = (uintptr_t)block + sizeof(void *) + alignment - 1;
	start -= start % alignment;
	((void **)start)[-1] = block;
	return (void *)start;
}

/* Pages that the block has to itself; what is left of it at its end stays as it is. */
static void *
huge_alloc(size_t bytes)
{
	void *start = large_alloc(bytes, HUGE_PAGE);

	/* Where it is refused there are no such pages, and the block is as good as any. */
	if (start != NULL)
		(void)madvise(start, bytes - bytes % HUGE_PAGE, MADV_HUGEPAGE);
	return start;
}

static void *
heap_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	void *ptr = NULL;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	if (bytes >= TT_MEM_LARGE)
		return large_alloc(bytes, TT_CACHE_LINE);
	if (posix_memalign(&ptr, TT_CACHE_LINE, bytes > 0 ? bytes : 1) != 0)
		return NULL;
	memset(ptr, 0, bytes);
	return ptr;
}

static void *
heap_alloc_huge(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	if (bytes < HUGE_PAGE || bytes > SIZE_MAX / 2)
		return heap_alloc(mem, bytes, purpose);
	return huge_alloc(bytes);
}

static void
heap_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free(bytes >= TT_MEM_LARGE ? ((void **)ptr)[-1] : ptr);
}

/* Of whole pages, which lie between what is cleared as it is. */
static void
heap_discard(struct tt_mem *mem, void *ptr, size_t bytes)
{
	const size_t before = (SMALL_PAGE - (uintptr_t)ptr % SMALL_PAGE) % SMALL_PAGE;
	char *start = (char *)ptr + before;
	size_t whole;

	if (bytes < TT_MEM_LARGE) {
		memset(ptr, 0, bytes);
		return;
	}
	whole = (bytes - before) / SMALL_PAGE * SMALL_PAGE;
	memset(ptr, 0, before);
	memset(start + whole, 0, bytes - before - whole);
	if (madvise(start, whole, MADV_DONTNEED) != 0)
		memset(start, 0, whole);
}

struct tt_mem *
tt_mem_heap(void)
{
	static struct tt_mem heap = {.alloc = heap_alloc,
			.free = heap_free,
			.alloc_dense = heap_alloc_huge,
			.discard = heap_discard};

	return &heap;
}

struct tt_mem *
tt_mem_heap_huge(void)
{
	static struct tt_mem heap = {.alloc = heap_alloc_huge,
			.free = heap_free,
			.discard = heap_discard};

	return &heap;
}
