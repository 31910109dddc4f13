/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_pages.h"

#include <string.h>
#include <sys/mman.h>

#define SIZE_2M ((size_t)2 << 20)

static void *
map(size_t bytes, int flags)
{
	void *ptr = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return ptr == MAP_FAILED ? NULL : ptr;
}

static void *
alloc_4k(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	void *ptr = map(bytes + 1, 0);

	if (ptr == NULL)
		return NULL;
	madvise(ptr, bytes + 1, MADV_NOHUGEPAGE);
	return memset(ptr, 0, bytes);
}

/*
 * Small tables share a page, as they do in DPDK's memory; large ones have a mapping of their own.
 * What is left of a page at its end is not used.
 */
struct pages_2m {
	struct tt_mem mem;
	uint8_t *at, *end;
};

static void *
alloc_2m(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	struct pages_2m *pages = (struct pages_2m *)mem;
	size_t lines = bytes / TT_CACHE_LINE * TT_CACHE_LINE + TT_CACHE_LINE;
	size_t whole = (lines + SIZE_2M - 1) / SIZE_2M * SIZE_2M;
	void *ptr;

	if ((size_t)(pages->end - pages->at) < lines) {
		pages->at = map(whole, MAP_HUGETLB | MAP_POPULATE);
		pages->end = pages->at;
		if (pages->at == NULL)
			return NULL;
		pages->end += whole;
	}
	ptr = pages->at;
	pages->at += lines;
	return memset(ptr, 0, bytes);
}

static void
free_nothing(struct tt_mem *mem, void *ptr, size_t bytes)
{
}

struct tt_mem *
bench_pages(enum bench_page page)
{
	static struct tt_mem mem_4k = {.alloc = alloc_4k, .free = free_nothing};
	static struct pages_2m mem_2m = {
			.mem = {.alloc = alloc_2m, .free = free_nothing}};

	return page == BENCH_PAGE_2M ? &mem_2m.mem : &mem_4k;
}

int
bench_page_parse(const char *text, enum bench_page *page)
{
	*page = strcmp(text, "2m") == 0 ? BENCH_PAGE_2M : BENCH_PAGE_4K;
	return *page == BENCH_PAGE_2M || strcmp(text, "4k") == 0 ? 0 : -1;
}
