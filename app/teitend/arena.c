/* SPDX-License-Identifier: BSD-3-Clause */
#include "arena.h"

#include <rte_eal.h>

#include <errno.h>
#include <numa.h>
#include <sys/mman.h>

#ifndef MAP_HUGE_2MB
#define MAP_HUGE_2MB (21 << 26)
#endif

#define STEP  (UINT64_C(2) << 20) /* a huge page */
#define PAGE  UINT64_C(4096)
#define SLACK (UINT64_C(1) << 20) /* of all tables together, for their alignment */

static uint64_t
round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

static void *
map_pages(size_t bytes, int flags)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void
map(struct tt_arena *a)
{
	a->huge = rte_eal_has_hugepages();
	a->map_bytes = a->huge ? a->bytes : a->bytes + STEP;
	a->map = map_pages(a->map_bytes, a->huge ? MAP_HUGETLB | MAP_HUGE_2MB : 0);
	if (a->map == NULL)
		return;
	a->base = (uint8_t *)round_up((uintptr_t)a->map, STEP);
	if (!a->huge)
		madvise(a->base, a->bytes, MADV_HUGEPAGE);
	if (numa_available() >= 0)
		numa_tonode_memory(a->base, a->bytes, (int)a->behind->node);
}

static void *
arena_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	struct tt_arena *a = (struct tt_arena *)mem;
	size_t at = round_up(a->used, bytes < SLACK ? TT_CACHE_LINE : PAGE);

	if (a->map == NULL || at > a->bytes || bytes > a->bytes - at)
		return a->behind->mem.alloc(&a->behind->mem, bytes, purpose);
	a->used = at + bytes;
	tt_numamem_add(a->behind, purpose, bytes, a->huge);
	return a->base + at;
}

static void
arena_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	struct tt_arena *a = (struct tt_arena *)mem;
	const uintptr_t at = (uintptr_t)ptr, base = (uintptr_t)a->base;

	if (a->map == NULL || at < base || at >= base + a->bytes)
		a->behind->mem.free(&a->behind->mem, ptr, bytes);
}

void
tt_arena_open(struct tt_arena *a, struct tt_numamem *behind, uint64_t bytes)
{
	*a = (struct tt_arena){.mem = {.alloc = arena_alloc, .free = arena_free},
			.behind = behind,
			.bytes = round_up(bytes + SLACK, STEP)};
	map(a);
}

/* Before Linux 5.14: a byte of each page is written as it was, whoever else may write there. Exchanged: of an atomic OR
 * with 0 clang makes a load. */
static void
write_pages(uint8_t *first, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += PAGE) {
		uint8_t was = __atomic_load_n(&first[i], __ATOMIC_RELAXED);

		/* Where it fails another wrote, and the page is there. */
		(void)__atomic_compare_exchange_n(&first[i], &was, was, false,
				__ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

int
tt_arena_touch(struct tt_arena *a)
{
	uint8_t *first = a->base + a->touched;

	if (a->touched >= a->used)
		return 0;
	if (madvise(first, STEP, MADV_POPULATE_WRITE) != 0) {
		/* EFAULT: no huge page is left, as where a control group may have no more. */
		if (errno != EINVAL)
			return errno == EFAULT ? -ENOMEM : -errno;
		write_pages(first, STEP);
	}
	a->touched += STEP;
	return a->touched < a->used;
}

uint64_t
tt_arena_misplaced(const struct tt_arena *a)
{
	return a->touched == 0 ? 0
			       : tt_numamem_misplaced(a->base, a->used, a->behind->node);
}

void
tt_arena_close(struct tt_arena *a)
{
	if (a->map != NULL)
		munmap(a->map, a->map_bytes);
	*a = (struct tt_arena){0};
}
