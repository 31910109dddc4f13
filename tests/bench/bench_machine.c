/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the machine can do with a table, whatever the program: random updates of cache lines that
 * were prefetched a burst before, and loads of which each needs the one before. One line of JSON for
 * each size of table and run.
 */
#include "bench_args.h"
#include "bench_pages.h"
#include "bench_stats.h"

#include "tt_hash.h"

#include <inttypes.h>

#define PROGRAM "bench_machine"
#define SKIPPED 77
#define BURST   64
#define UPDATES (1 << 21)
#define LOADS   (1 << 18)

struct options {
	const char *page;
	uint64_t least_kib, most_kib, runs;
};

/* One cache line of a table. */
struct line {
	uint64_t n, next, spare[6];
};
_Static_assert(sizeof(struct line) == TT_CACHE_LINE, "one cache line");

/* Returns ns of an update. */
static double
time_updates(struct line *lines, uint64_t mask, uint64_t seed)
{
	const uint64_t start = bench_now_ns();

	for (uint64_t i = 0; i < UPDATES; i += BURST) {
		uint64_t at[BURST];

		for (unsigned k = 0; k < BURST; k++) {
			at[k] = tt_hash_mix(seed + i + k) & mask;
			__builtin_prefetch(&lines[at[k]], 1);
		}
		for (unsigned k = 0; k < BURST; k++)
			lines[at[k]].n++;
	}
	return (double)(bench_now_ns() - start) / UPDATES;
}

/* Each line says which is next: one cycle through all of them (Sattolo). */
static void
chain(struct line *lines, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		lines[i].next = i;
	for (uint64_t i = n - 1; i > 0; i--) {
		uint64_t other = tt_hash_mix(i) % i, next = lines[i].next;

		lines[i].next = lines[other].next;
		lines[other].next = next;
	}
}

static double
time_loads(const struct line *lines, uint64_t *from)
{
	const uint64_t start = bench_now_ns();
	uint64_t at = *from;

	for (unsigned i = 0; i < LOADS; i++)
		at = lines[at].next;
	*from = at;
	return (double)(bench_now_ns() - start) / LOADS;
}

static void
measure(const struct options *o, struct line *lines, uint64_t kib)
{
	const uint64_t n = kib * 1024 / sizeof(*lines);
	uint64_t from = 0;

	chain(lines, n);
	time_updates(lines, n - 1, UPDATES); /* warms */
	for (uint64_t run = 0; run < o->runs; run++) {
		double update = time_updates(lines, n - 1, run * UPDATES);
		double load = time_loads(lines, &from);

		printf("{\"program\": \"" PROGRAM
		       "\", \"page\": \"%s\", \"kib\": %" PRIu64
		       ", \"update_ns\": %.2f, \"load_ns\": %.2f, \"end\": %" PRIu64
		       "}\n",
				o->page, kib, update, load, from);
		fflush(stdout);
	}
}

static bool
is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

int
main(int argc, char **argv)
{
	struct options o = {"4k", 256, 256 << 10, 3};
	const struct bench_arg args[] = {{"page", &o.page, NULL},
			{"least-kib", NULL, &o.least_kib},
			{"most-kib", NULL, &o.most_kib}, {"runs", NULL, &o.runs}};
	struct tt_error err = {0};
	enum bench_page page;
	struct line *lines;

	if (bench_args_parse(args, TT_ARRAY_SIZE(args), argc, argv, &err) != 0) {
		tt_error_print(PROGRAM, &err);
		return EXIT_FAILURE;
	}
	if (bench_page_parse(o.page, &page) != 0 || !is_power_of_two(o.least_kib)) {
		fprintf(stderr, PROGRAM ": page is 4k or 2m, least-kib a power of two\n");
		return EXIT_FAILURE;
	}
	lines = tt_mem_alloc(bench_pages(page), o.most_kib * 1024, "table");
	if (lines == NULL)
		return SKIPPED;
	for (uint64_t kib = o.least_kib; kib <= o.most_kib; kib *= 4)
		measure(&o, lines, kib);
	return EXIT_SUCCESS;
}
