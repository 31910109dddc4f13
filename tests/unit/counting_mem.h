/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of which it is counted what is taken, for tests of what a module says that it takes. */
#ifndef COUNTING_MEM_H
#define COUNTING_MEM_H

#include "tt_mem.h"

/* Bytes that were given and did not come back. */
static size_t mem_taken;

static inline void *
counting_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	mem_taken += bytes;
	return tt_mem_alloc(tt_mem_heap(), bytes, purpose);
}

static inline void
counting_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	mem_taken -= bytes;
	tt_mem_free(tt_mem_heap(), ptr, bytes);
}

#endif
