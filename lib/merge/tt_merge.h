/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many tallies of one interval → the rows of its tables, in canonical order. The tallies are
 * only read. One thread. The rows go to a sink one by one, so that no table is held twice; the
 * memory of a merge is 8 bytes for each pair that the tallies can hold and 50 MiB for what
 * overflows, taken at creation (it grows only for replays that hold more parts than that).
 *
 * The same packets give the same rows however they are spread over tallies: rows are sorted by
 * their keys, sums do not depend on order, and unique counts are counts of distinct keys.
 */
#ifndef TT_MERGE_H
#define TT_MERGE_H

#include "tt_geo.h"
#include "tt_tally.h"

/* A row of `targets`, in order of target, class, country. */
struct tt_target_row {
	struct tt_target target;
	enum tt_class class;
	tt_country country;
	struct tt_count count;
	uint64_t uniq_src_ip; /* distinct sources of this row */
	/*
	 * Of these, the ones that no earlier row of the same protocol and target (any code, any
	 * class) has. A source has one country, so the sum over rows is the number of distinct
	 * sources of the target, in all or in any countries.
	 */
	uint64_t uniq_src_ip_target;
};

/* A row of `sources`, in order of address (IPv4 as ::ffff:0:0/96 among IPv6). */
struct tt_source_row {
	struct tt_addr src;
	tt_country country;
	struct tt_count count;
	uint64_t targets; /* distinct (protocol, target) */
	uint32_t classes; /* bit per enum tt_class */
	int64_t first_us, last_us;
};

/* A row of `distributions`, in order of distribution, value. */
struct tt_distribution_row {
	enum tt_distribution distribution;
	uint32_t value;
	struct tt_count count;
};

/* Sums over the interval; also what `interval` and `ledger` need. */
struct tt_totals {
	struct tt_count count; /* packets counted and their IP bytes */
	uint64_t uniq_src_ip, targets; /* distinct sources; distinct (protocol, target) */
	uint64_t frames, frame_bytes, late, overflow_packets;
	uint64_t fates[TT_N_FATES];
	int64_t first_us, last_us; /* of any frame; 0 without frames */
};

/* Where rows go. Each returns 0, or a negative errno that ends the merge. NULL: not wanted. */
struct tt_merge_sink {
	void *context;
	int (*target)(void *context, const struct tt_target_row *row,
			struct tt_error *err);
	int (*source)(void *context, const struct tt_source_row *row,
			struct tt_error *err);
	int (*distribution)(void *context, const struct tt_distribution_row *row,
			struct tt_error *err);
};

struct tt_merge;

/* max_pairs: the sum of `pairs` over the tallies that may be merged at once. */
int tt_merge_create(struct tt_merge **merge, uint64_t max_pairs, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;
void tt_merge_destroy(struct tt_merge *merge);

/* Merges tallies[n] (n may be 0). Returns 0, -ENOMEM, or what the sink returned. */
int tt_merge_run(struct tt_merge *merge, struct tt_tally *const *tallies, unsigned n,
		const struct tt_geo *geo, const struct tt_merge_sink *sink,
		struct tt_totals *totals, struct tt_error *err) TT_MUST_CHECK;

#endif
