/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the merge: references to slots, sorted one way for targets, another for sources. */
#ifndef TT_MERGE_ROWS_H
#define TT_MERGE_ROWS_H

#include "tt_merge.h"

/*
 * The rows that one (protocol, target) can have: a class or a code (never both: a class of ICMP
 * follows from its type) by country.
 */
#define TT_MERGE_SUBS   256
#define TT_MERGE_GROUPS (TT_MERGE_SUBS * TT_N_COUNTRIES)

struct tt_merge_group {
	struct tt_count count;
	uint64_t uniq, uniq_target;
};

struct tt_merge {
	struct tt_mem *mem;
	const struct tt_slot **refs; /* [n], of [room] */
	uint64_t n, room;
	struct tt_count *cells; /* [TT_N_CELLS] */
	struct tt_count *overflow; /* [TT_N_OVERFLOW] */
	struct tt_slot *sourceless; /* [TT_N_OVERFLOW]: overflow as slots without a source */
	struct tt_merge_group *
			groups; /* [TT_MERGE_SUBS][TT_N_COUNTRIES], zero between targets */
};

int tt_merge_targets(struct tt_merge *m, const struct tt_geo *geo,
		const struct tt_merge_sink *sink, struct tt_totals *totals,
		struct tt_error *err) TT_MUST_CHECK;
int tt_merge_sources(struct tt_merge *m, const struct tt_geo *geo,
		const struct tt_merge_sink *sink, struct tt_totals *totals,
		struct tt_error *err) TT_MUST_CHECK;

#endif
