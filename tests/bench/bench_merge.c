/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an interval costs the management core: the merge of many tallies, step by step; the same
 * with its snapshot written; cleaning a tally; and, of a worker, taking a clean one. One JSON
 * object a line: seconds of every round, after one that is not counted. Fails where the packets of
 * the rows are not those that were counted.
 *
 *     bench_merge [--workers N] [--sources N] [--pairs N] [--rounds N] [--geo FILES] [--asn FILES]
 *                 [--dir DIRECTORY]
 *
 * Without a directory nothing is written. Each snapshot in it is removed by its next round.
 */
#include "bench_merge.h"

#include "tt_merge_rows.h"
#include "tt_setup.h"
#include "tt_snapshot.h"
#include "tt_spool.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#define ROUNDS_MAX 100
#define START_US   INT64_C(1767571200000000)

struct bench {
	struct bench_options options;
	struct tt_setup setup;
	struct tt_merge *merge;
	struct tt_tally **tallies;
	uint64_t packets;
};

/* In huge pages where the system has them for the asking, and zeroed here, as the daemon's. */
static void *
alloc_pages(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	void *ptr = mmap(NULL, bytes == 0 ? 1 : bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ptr == MAP_FAILED)
		return NULL;
	madvise(ptr, bytes, MADV_HUGEPAGE);
	return ptr;
}

static void
free_pages(struct tt_mem *mem, void *ptr, size_t bytes)
{
	munmap(ptr, bytes == 0 ? 1 : bytes);
}

static void
die(const struct tt_error *err)
{
	tt_error_print("bench_merge", err);
	exit(EXIT_FAILURE);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The first of samples[rounds + 1] is not counted. */
static void
print(const char *name, double *samples, unsigned rounds)
{
	qsort(samples + 1, rounds, sizeof(*samples), compare);
	printf("{\"phase\": \"%s\", \"median_s\": %.6f, \"least_s\": %.6f, "
	       "\"most_s\": %.6f, \"first_s\": %.6f}\n",
			name, samples[1 + rounds / 2], samples[1], samples[rounds],
			samples[0]);
	fflush(stdout);
}

static void
bench_steps(struct bench *b)
{
	static double seconds[TT_MERGE_N_STEPS + 1][ROUNDS_MAX + 1];
	struct tt_error err = {0};
	struct bench_sums sums;
	struct tt_totals totals;

	for (unsigned round = 0; round <= b->options.rounds; round++) {
		const struct tt_merge_sink sink = bench_merge_sink(&sums);
		double start = bench_now_s(), at = start, now;

		tt_merge_begin(b->merge, b->tallies, b->options.workers, START_US, &sink,
				&totals, &err);
		for (unsigned i = 0; i < TT_MERGE_N_STEPS; i++, at = now) {
			if (tt_merge_steps[i].run(b->merge) != 0)
				die(&err);
			now = bench_now_s();
			seconds[i][round] = now - at;
		}
		seconds[TT_MERGE_N_STEPS][round] = at - start;
		if (!bench_merge_check(&sums, &totals, b->packets))
			exit(EXIT_FAILURE);
	}
	printf("{\"workers\": %u, \"sources\": %" PRIu64 ", \"target_rows\": %" PRIu64
	       ", \"packets\": %" PRIu64 ", \"contacts\": %" PRIu64 "}\n",
			b->options.workers, sums.n_sources, sums.n_targets, b->packets,
			b->merge->kept_contacts);
	for (unsigned i = 0; i < TT_MERGE_N_STEPS; i++)
		print(tt_merge_steps[i].name, seconds[i], b->options.rounds);
	print("merge", seconds[TT_MERGE_N_STEPS], b->options.rounds);
}

static void
remove_snapshot(const char *path)
{
	char command[4200];

	snprintf(command, sizeof(command), "rm -rf -- '%s'", path);
	if (path[0] == '\0' || system(command) != 0)
		exit(EXIT_FAILURE);
}

static void
say_damage(void *context, const struct tt_error *err)
{
	tt_error_print("bench_merge", err);
}

/* The tables of a snapshot add up to its manifest's packets, and these are what was counted. */
static void
check_written(struct bench *b, const struct tt_totals *totals, const char *path)
{
	if (totals->count.packets == b->packets
			&& tt_snapshot_verify(path, say_damage, NULL) == 0)
		return;
	fprintf(stderr, "bench_merge: %s is not what was counted\n", path);
	exit(EXIT_FAILURE);
}

/* All that came was counted. */
static unsigned
make_ledger(const struct bench *b, struct tt_ledger_row rows[2])
{
	rows[0] = (struct tt_ledger_row){.port = "bench",
			.queue = -1,
			.account = TT_ACCOUNT_NIC,
			.reason = TT_REASON_DELIVERED,
			.packets = b->packets};
	rows[1] = rows[0];
	rows[1].account = TT_ACCOUNT_FRAMES;
	rows[1].reason = tt_fate_name(TT_FATE_COUNTED);
	return 2;
}

static void
bench_write(struct bench *b, enum tt_sync sync, const char *name)
{
	double seconds[ROUNDS_MAX + 1];
	const struct tt_run_info run = {.monitored = b->setup.monitored_text,
			.monitored_addresses = 65536,
			.program = "bench_merge",
			.version = TT_VERSION,
			.host = "",
			.workers = b->options.workers};
	const struct tt_interval interval = {.span = b->tallies[0]->span,
			.nominal_us = 60 * TT_US_PER_S,
			.observed_us = 60 * TT_US_PER_S,
			.complete = true,
			.tallies = b->tallies,
			.n_tallies = b->options.workers};
	struct tt_ledger_row ledger[2];
	unsigned n_ledger = make_ledger(b, ledger);
	struct tt_error err = {0};
	struct tt_totals totals;
	struct tt_spool *spool;

	if (tt_spool_open(&spool, b->options.dir, "bench", sync, &err) != 0)
		die(&err);
	for (unsigned round = 0; round <= b->options.rounds; round++) {
		double start = bench_now_s();

		if (tt_spool_write(spool, &interval, b->merge, &b->setup.merge, &run,
				    ledger, n_ledger, &totals, &err)
				!= 0)
			die(&err);
		seconds[round] = bench_now_s() - start;
		if (round == 0)
			check_written(b, &totals, tt_spool_latest(spool));
		remove_snapshot(tt_spool_latest(spool));
	}
	tt_spool_close(spool);
	print(name, seconds, b->options.rounds);
}

/* Of one worker: its tables are filled again before each round. */
static void
bench_reset(struct bench *b)
{
	double settle[ROUNDS_MAX + 1], reset[ROUNDS_MAX + 1];

	for (unsigned round = 0; round <= b->options.rounds; round++) {
		struct bench_options one = b->options;
		struct tt_tally *t = b->tallies[0];
		double at;

		one.workers = 1;
		one.sources /= b->options.full ? 1 : b->options.workers;
		tt_tally_reset(t);
		t->span = (struct tt_span){START_US, START_US + 60 * TT_US_PER_S};
		bench_merge_fill(&t, &one);
		at = bench_now_s();
		tt_tally_settle(t);
		settle[round] = bench_now_s() - at;
		tt_tally_reset(t);
		reset[round] = bench_now_s() - at - settle[round];
	}
	print("settle", settle, b->options.rounds);
	print("reset", reset, b->options.rounds);
}

static void
set_up(struct bench *b)
{
	const struct bench_options *o = &b->options;
	static struct tt_mem mem = {.alloc = alloc_pages, .free = free_pages};
	struct tt_config config;
	struct tt_error err = {0};
	int rc = tt_config_init(&config, &err);

	if (rc == 0)
		rc = tt_config_set(&config, "geo", o->geo, &err);
	if (rc == 0)
		rc = tt_config_set(&config, "asn", o->asn, &err);
	if (rc == 0)
		rc = tt_config_set(&config, "monitored", "10.0.0.0/16", &err);
	if (rc == 0)
		rc = tt_config_set(&config, "spool", o->dir == NULL ? "." : o->dir, &err);
	if (rc == 0)
		rc = tt_config_set(&config, "sensor", "bench", &err);
	config.pairs = o->pairs;
	if (rc == 0)
		rc = tt_config_check(&config, &err);
	if (rc == 0)
		rc = tt_setup_init(&b->setup, &config, o->workers, &err);
	if (rc == 0)
		rc = tt_setup_open(&b->setup, &config, 1, &mem, &err);
	if (rc == 0)
		rc = tt_merge_create(&b->merge, &b->setup.merge, &mem, &err);
	b->tallies = calloc(o->workers, sizeof(struct tt_tally *));
	for (unsigned i = 0; rc == 0 && i < o->workers; i++) {
		rc = tt_tally_create(&b->tallies[i], &b->setup.tally, &mem, &err);
		if (rc == 0)
			b->tallies[i]->span = (struct tt_span){
					START_US, START_US + 60 * TT_US_PER_S};
	}
	if (rc != 0)
		die(&err);
	printf("{\"set_bytes\": %" PRIu64 ", \"merge_bytes\": %" PRIu64 "}\n",
			tt_setup_set_bytes(&b->setup), tt_setup_merge_bytes(&b->setup));
	tt_config_fini(&config);
}

static void
parse(struct bench_options *o, int argc, char **argv)
{
	static const struct option options[] = {{"workers", required_argument, NULL, 'w'},
			{"sources", required_argument, NULL, 's'},
			{"pairs", required_argument, NULL, 'p'},
			{"rounds", required_argument, NULL, 'r'},
			{"geo", required_argument, NULL, 'g'},
			{"asn", required_argument, NULL, 'a'},
			{"dir", required_argument, NULL, 'd'},
			{"full", no_argument, NULL, 'f'}, {0}};

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (c) {
		case 'w':
			o->workers = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 's':
			o->sources = strtoull(optarg, NULL, 10);
			break;
		case 'p':
			o->pairs = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			o->rounds = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'g':
			o->geo = optarg;
			break;
		case 'a':
			o->asn = optarg;
			break;
		case 'd':
			o->dir = optarg;
			break;
		case 'f':
			o->full = true;
			break;
		default:
			exit(2);
		}
	if (o->workers == 0 || o->rounds == 0 || o->rounds > ROUNDS_MAX)
		exit(2);
}

int
main(int argc, char **argv)
{
	static struct bench b = {.options = {.geo = "none",
						 .asn = "none",
						 .workers = 16,
						 .sources = 1000000,
						 .pairs = 196608,
						 .rounds = 5}};

	parse(&b.options, argc, argv);
	set_up(&b);
	b.packets = bench_merge_fill(b.tallies, &b.options);
	bench_steps(&b);
	if (b.options.dir != NULL) {
		bench_write(&b, TT_SYNC_NONE, "merge and write");
		bench_write(&b, TT_SYNC_EACH, "merge, write and sync");
	}
	bench_reset(&b);
	return EXIT_SUCCESS;
}
