/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_mem.h"

#include <string.h>
#include <sys/mman.h>

/* Transparent huge pages of x86-64, and of arm64 with pages of 4 KiB. */
#define HUGE_PAGE (UINT64_C(2) << 20)

/* What is given back are whole multiples of the largest ordinary page, that of some arm64. */
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

/*
 * Gives whole pages back. Of memory in pages of hugetlbfs (glibc.malloc.hugetlb) the kernel says that it has
 * cleared all, but leaves out what is less than a page at the end: the last byte tells.
 */
static void
give_back(char *start, size_t bytes)
{
	char *last = start + bytes - 1;

	*last = 1;
	if (madvise(start, bytes, MADV_DONTNEED) != 0 || *last != 0)
		memset(start, 0, bytes);
}

/* Whole pages go, and what lies before and behind them is cleared as it is. */
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
	give_back(start, whole);
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
