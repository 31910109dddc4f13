/* SPDX-License-Identifier: BSD-3-Clause */
#include "numamem.h"

#include "say.h"

#include <rte_eal.h>
#include <rte_malloc.h>

#include <numa.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE (UINT64_C(2) << 20)
#define MIB       (1024.0 * 1024.0)
#define NAMED     4 /* purposes, those that take most */

struct tt_numa_block {
	void *ptr;
	size_t bytes; /* as mapped */
	bool huge;
};

static bool
has_nodes(void)
{
	return numa_available() >= 0;
}

/* Is the page at ptr on another node than it should be? */
static bool
is_misplaced(void *ptr, unsigned node)
{
	int status = (int)node;

	if (!has_nodes() || numa_move_pages(0, 1, &ptr, NULL, &status, 0) != 0)
		return false;
	return status >= 0 && status != (int)node;
}

uint64_t
tt_numamem_misplaced(const uint8_t *ptr, size_t bytes, unsigned node)
{
	uint64_t page = 4096, found = 0;

	for (unsigned i = 0; i < 3; i++) {
		uintptr_t at = (uintptr_t)ptr + (bytes - 1) / 2 * i;

		found += is_misplaced((void *)(at & ~(page - 1)), node);
	}
	return bytes / 3 * found;
}

/* Every page is there before the first packet. The system gives them zeroed: to write zeros once more
 * would double the time that gigabytes take. */
static void
populate(void *ptr, size_t bytes)
{
	if (madvise(ptr, bytes, MADV_POPULATE_WRITE) != 0) /* before Linux 5.14 */
		memset(ptr, 0, bytes);
}

/* Returns zeroed memory, or NULL. */
static void *
map_ordinary(size_t bytes, unsigned node)
{
	void *ptr = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (ptr == MAP_FAILED)
		return NULL;
	if (bytes >= HUGE_PAGE)
		madvise(ptr, bytes, MADV_HUGEPAGE);
	if (has_nodes())
		numa_tonode_memory(ptr, bytes, (int)node);
	populate(ptr, bytes);
	return ptr;
}

static struct tt_numa_block *
add_block(struct tt_numamem *nm)
{
	if (nm->n_blocks == nm->room_blocks) {
		unsigned room = nm->room_blocks == 0 ? 64 : nm->room_blocks * 2;
		struct tt_numa_block *more = reallocarray(
				nm->blocks, room, sizeof(*more));

		if (more == NULL)
			return NULL;
		nm->blocks = more;
		nm->room_blocks = room;
	}
	return &nm->blocks[nm->n_blocks];
}

void
tt_numamem_note(struct tt_numamem *nm, const char *purpose, uint64_t bytes)
{
	unsigned i = 0;

	while (i < nm->n_purposes && strcmp(nm->purposes[i].name, purpose) != 0)
		i++;
	if (i == TT_NUMA_PURPOSES_MAX)
		i--;
	else if (i == nm->n_purposes)
		snprintf(nm->purposes[nm->n_purposes++].name,
				sizeof(nm->purposes[i].name), "%s", purpose);
	nm->purposes[i].bytes += bytes;
}

void
tt_numamem_add(struct tt_numamem *nm, const char *purpose, size_t bytes, bool huge)
{
	*(huge ? &nm->huge_bytes : &nm->ordinary_bytes) += bytes;
	tt_numamem_note(nm, purpose, bytes);
}

static void *
numa_mem_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	struct tt_numamem *nm = (struct tt_numamem *)mem;
	struct tt_numa_block *block = add_block(nm);

	if (block == NULL || bytes > SIZE_MAX - HUGE_PAGE)
		return NULL;
	*block = (struct tt_numa_block){.bytes = bytes == 0 ? 1 : bytes, .huge = true};
	/* Zeroed as well: EAL knows what of it the system gave it just now, and touches each page. */
	if (rte_eal_has_hugepages())
		block->ptr = rte_zmalloc_socket(
				"teitend", block->bytes, TT_CACHE_LINE, (int)nm->node);
	if (block->ptr == NULL) {
		block->huge = false;
		block->ptr = map_ordinary(block->bytes, nm->node);
	}
	if (block->ptr == NULL)
		return NULL;
	nm->n_blocks++;
	nm->misplaced_bytes += tt_numamem_misplaced(block->ptr, block->bytes, nm->node);
	tt_numamem_add(nm, purpose, block->bytes, block->huge);
	return block->ptr;
}

static void
numa_mem_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	struct tt_numamem *nm = (struct tt_numamem *)mem;
	unsigned i = 0;

	while (i < nm->n_blocks && nm->blocks[i].ptr != ptr)
		i++;
	TT_ASSERT(i < nm->n_blocks);
	if (nm->blocks[i].huge)
		rte_free(ptr);
	else
		munmap(ptr, nm->blocks[i].bytes);
	nm->blocks[i] = nm->blocks[--nm->n_blocks];
}

void
tt_numamem_init(struct tt_numamem *nm, unsigned node)
{
	*nm = (struct tt_numamem){
			.mem = {.alloc = numa_mem_alloc, .free = numa_mem_free},
			.node = node,
	};
}

void
tt_numamem_fini(struct tt_numamem *nm)
{
	free(nm->blocks);
	*nm = (struct tt_numamem){0};
}

static int
larger_first(const void *a, const void *b)
{
	const struct tt_numa_purpose *x = a, *y = b;

	return (x->bytes < y->bytes) - (x->bytes > y->bytes);
}

void
tt_numamem_print(const struct tt_numamem *nm)
{
	struct tt_numa_purpose purposes[TT_NUMA_PURPOSES_MAX];
	char text[NAMED * (sizeof(purposes[0].name) + 24)] = "";
	uint64_t sum = 0, named = 0;
	size_t used = 0;

	if (nm->n_purposes == 0)
		return;
	memcpy(purposes, nm->purposes, nm->n_purposes * sizeof(purposes[0]));
	qsort(purposes, nm->n_purposes, sizeof(purposes[0]), larger_first);
	for (unsigned i = 0; i < nm->n_purposes; i++) {
		sum += purposes[i].bytes;
		if (i >= NAMED)
			continue;
		named += purposes[i].bytes;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %.1f",
				i == 0 ? "" : ", ", purposes[i].name,
				(double)purposes[i].bytes / MIB);
	}
	tt_say("memory on NUMA node %u: %.1f MiB, of which %s, others %.1f; tables in huge pages %.1f, in "
	       "ordinary ones %.1f",
			nm->node, (double)sum / MIB, text, (double)(sum - named) / MIB,
			(double)nm->huge_bytes / MIB, (double)nm->ordinary_bytes / MIB);
	if (rte_eal_has_hugepages() && nm->ordinary_bytes > 0)
		tt_warn("the huge pages of NUMA node %u hold %.1f MiB less than the tables need",
				nm->node, (double)nm->ordinary_bytes / MIB);
	if (nm->misplaced_bytes > 0)
		tt_warn("about %.1f MiB of what should be on NUMA node %u lie on another",
				(double)nm->misplaced_bytes / MIB, nm->node);
}
