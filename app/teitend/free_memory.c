/* SPDX-License-Identifier: BSD-3-Clause */
#include "free_memory.h"

#include "say.h"

#include <rte_eal.h>
#include <rte_malloc.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define MIB          (UINT64_C(1) << 20)
#define OTHERS_BYTES (64 * MIB) /* databases, rings, EAL itself */

#define HUGE_PAGES_DIR "/sys/kernel/mm/hugepages"

/* The number that a file begins with; fallback where there is none ("max"). */
static uint64_t
read_number(const char *path, uint64_t fallback)
{
	FILE *file = fopen(path, "re");
	uint64_t n;

	if (file == NULL)
		return fallback;
	if (fscanf(file, "%" SCNu64, &n) != 1)
		n = fallback;
	fclose(file);
	return n;
}

/* What the kernel would give without swapping; UINT64_MAX where it does not say. */
static uint64_t
available_bytes(void)
{
	FILE *file = fopen("/proc/meminfo", "re");
	uint64_t kib, bytes = UINT64_MAX;
	char line[128];

	if (file == NULL)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "MemAvailable: %" SCNu64, &kib) == 1)
			bytes = kib * 1024;
	fclose(file);
	return bytes;
}

/* The least limit of the control groups (version 2) around the process, or of a container's one
 * of version 1. What they hold already is not asked: part of it is cache that gives way. */
static uint64_t
group_limit(void)
{
	uint64_t limit = read_number(
			"/sys/fs/cgroup/memory/memory.limit_in_bytes", UINT64_MAX);
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[1024], path[1200];
	char *end;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "0::/", 4) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		do {
			uint64_t n;

			snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.max",
					line + 3);
			n = read_number(path, UINT64_MAX);
			limit = n < limit ? n : limit;
			end = strrchr(line + 3, '/');
			if (end != NULL)
				*end = '\0';
		} while (end != NULL);
	}
	if (file != NULL)
		fclose(file);
	return limit;
}

/* Huge pages that nobody has, and what EAL has and has not given away. */
static uint64_t
huge_bytes(void)
{
	struct rte_malloc_socket_stats stats;
	const struct dirent *entry;
	uint64_t kib, bytes = 0;
	char path[320];
	DIR *dir;

	if (!rte_eal_has_hugepages())
		return 0;
	for (int node = 0; node < RTE_MAX_NUMA_NODES; node++)
		if (rte_malloc_get_socket_stats(node, &stats) == 0)
			bytes += stats.heap_freesz_bytes;
	dir = opendir(HUGE_PAGES_DIR);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (sscanf(entry->d_name, "hugepages-%" SCNu64 "kB", &kib) != 1)
			continue;
		snprintf(path, sizeof(path), HUGE_PAGES_DIR "/%s/free_hugepages",
				entry->d_name);
		bytes += read_number(path, 0) * kib * 1024;
	}
	if (dir != NULL)
		closedir(dir);
	return bytes;
}

/* What is left for the heap once tables are taken, which are in huge pages where there are any. */
static uint64_t
spare_bytes(uint64_t tables, uint64_t others, uint64_t free_bytes)
{
	uint64_t taken = tables + others, huge = huge_bytes();

	taken = taken > huge ? taken - huge : 0;
	return free_bytes > taken ? free_bytes - taken : 0;
}

/* Intervals that wait take it later, if ever; so it is no error. */
static void
warn_of_pending(const struct tt_config *config, uint64_t spare)
{
	if (config->pending_memory > spare)
		tt_warn("pending-memory is %" PRIu64
			" MiB, but beside the tables only %" PRIu64
			" MiB of memory are free; take less, or the kernel may end the "
			"program while the disk is away",
				config->pending_memory / MIB, spare / MIB);
}

int
tt_free_memory_check(const struct tt_plan *plan, const struct tt_config *config,
		const struct tt_setup *setup, struct tt_error *err)
{
	uint64_t tables = tt_setup_tables_bytes(setup);
	uint64_t others = tt_setup_merge_bytes(setup)
			+ tt_recall_bytes(config->remember_sources) + OTHERS_BYTES;
	uint64_t free_bytes = available_bytes(), limit = group_limit();

	free_bytes = limit < free_bytes ? limit : free_bytes;
	if (free_bytes == UINT64_MAX)
		return 0;
	if (tables + others <= free_bytes + huge_bytes()) {
		if (plan->n_replays < plan->n_queues)
			warn_of_pending(config, spare_bytes(tables, others, free_bytes));
		return 0;
	}
	return tt_error_set(err, -ENOMEM,
			config->table_memory != 0 ? "table-memory" : "pairs",
			"%u worker%s with %u table sets of %" PRIu64
			" pairs need %" PRIu64 " MiB, and %" PRIu64
			" MiB for the merge and the rest, but only %" PRIu64
			" MiB of memory are free; take %s",
			plan->n_queues, plan->n_queues == 1 ? "" : "s",
			config->table_sets, setup->tally.pairs, tables / MIB,
			others / MIB, (free_bytes + huge_bytes()) / MIB,
			config->table_memory != 0 ? "less"
						  : "fewer pairs, table-sets or queues");
}
