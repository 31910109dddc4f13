/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The injected allocator. Big tables are taken through it once, at start: the tools and the
 * tests give plain heap memory (so that the address sanitizer sees every table), the daemon
 * gives NUMA-local memory in huge pages. Not for the hot path. Each use is entered under a
 * purpose, so that a program can print what it took and what for. One thread at a time uses an
 * allocator; the heap one holds no state, so any thread may.
 */
#ifndef TT_MEM_H
#define TT_MEM_H

#include "tt_base.h"

#include <string.h>

struct tt_mem {
	/* Returns zeroed memory, aligned to a cache line at least, or NULL. */
	void *(*alloc)(struct tt_mem *mem, size_t bytes, const char *purpose);
	void (*free)(struct tt_mem *mem, void *ptr, size_t bytes);
	/* The same as alloc, for memory that is about to be written from end to end; NULL where
	 * that makes no difference. */
	void *(*alloc_dense)(struct tt_mem *mem, size_t bytes, const char *purpose);
	/* Makes memory zero as it was, and gives its pages back to the system, to come again when they
	 * are touched. NULL: pages stay. */
	void (*discard)(struct tt_mem *mem, void *ptr, size_t bytes);
};

/*
 * From this size on, the heap's memory is taken with calloc, which gets fresh zero pages from the
 * system and does not touch them: a tool that counts a small capture need not write to every page of
 * its tables first.
 */
#define TT_MEM_LARGE (UINT64_C(1) << 20)

/* The heap (calloc), for tools and tests. Dense memory is in huge pages, as below. */
struct tt_mem *tt_mem_heap(void);

/*
 * The same, but the system is asked to back blocks of 2 MiB and more with transparent huge pages,
 * where it has them. For tables that will be filled: they are hit at random, and in pages of 4 KiB
 * nearly every packet misses the TLB. Where few of their pages are touched, clearing 2 MiB for
 * each costs more than that.
 */
struct tt_mem *tt_mem_heap_huge(void);

static inline void *
tt_mem_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	return mem->alloc(mem, bytes, purpose);
}

/* For a table that its owner fills at once, such as one read from a file. */
static inline void *
tt_mem_alloc_dense(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	return mem->alloc_dense != NULL ? mem->alloc_dense(mem, bytes, purpose)
					: mem->alloc(mem, bytes, purpose);
}

/* Makes what either gave zero again. For tables that are not needed for long: what is taken next can be in
 * their pages. */
static inline void
tt_mem_discard(struct tt_mem *mem, void *ptr, size_t bytes)
{
	if (mem->discard != NULL)
		mem->discard(mem, ptr, bytes);
	else
		memset(ptr, 0, bytes);
}

/* Frees what either gave, with the same number of bytes. NULL is allowed. */
static inline void
tt_mem_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	if (ptr != NULL)
		mem->free(mem, ptr, bytes);
}

#endif
