/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory in pages of a size that is known: what a benchmark of tables has to say of itself. It is
 * touched when it is given out, so that no page fault is timed, and freed with the process. One
 * thread.
 */
#ifndef BENCH_PAGES_H
#define BENCH_PAGES_H

#include "tt_mem.h"

enum bench_page {
	BENCH_PAGE_4K, /* never joined into larger ones by the system */
	BENCH_PAGE_2M /* reserved huge pages */
};

/* The allocator of such pages. Its alloc gives NULL where the system has no pages left. */
struct tt_mem *bench_pages(enum bench_page page);

/* "4k", "2m". Returns 0 or -1. */
int bench_page_parse(const char *text, enum bench_page *page) TT_MUST_CHECK;

#endif
