/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of bench_merge share. One thread. */
#ifndef BENCH_MERGE_H
#define BENCH_MERGE_H

#include "tt_merge.h"

#include <time.h>

struct bench_options {
	const char *dir; /* where snapshots are written; NULL: nowhere */
	const char *geo, *asn; /* lists of databases; "" for none */
	uint64_t pairs, sources;
	unsigned workers, rounds;
	bool full; /* send to far more pairs than there is room for */
};

static inline double
bench_now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/*
 * Fills tallies[workers] with packets of so many sources, each flow in the tally that a card's hash
 * would put it into: one to three targets a source, mostly popular ones, the rest anywhere, and one
 * source in 32 sends backscatter. The same options give the same packets. Returns how many.
 */
uint64_t bench_merge_fill(struct tt_tally **tallies, const struct bench_options *options);

/* Packets in the rows of each table that has all of them, or a part that is known. */
struct bench_sums {
	uint64_t targets, countries, talkers, destinations, ttl, sources, victims;
	uint64_t n_targets, n_sources, n_rows;
};

struct tt_merge_sink bench_merge_sink(struct bench_sums *sums);

/* Says on stderr which sum is not what it should be; true where all are. exact: the tables were
 * not full. */
bool bench_merge_check(const struct bench_sums *sums, const struct tt_totals *totals,
		uint64_t packets);

#endif
