/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranks of counts in a period and in the one before, and of their rises and falls: the rules of the report's
 * tables. Pure functions on the caller's rows; any thread; memory of 8 bytes for each row while they work.
 *
 * - What was looked for in a part of the time only (signatures) comes weighted, as if it had been looked for all the time at the same rate; its
 *   change is that of what was looked for in both periods.
 * - Rates are compared unrounded; a count that rounds to 0.00 has no rank, neither now nor before.
 * - Rises and falls are ranked by their absolute difference, if that does not round to 0.00; five of each.
 * - Of equal counts, the one with the lower `order` comes first: no two rows share a rank.
 * - A percentage is given unless there is none now, or the count before is less than TT_RANKED_LEAST of all
 *   that was counted before: it would say more about chance than about the target.
 */
#ifndef TT_RANKED_H
#define TT_RANKED_H

#include "tt_observation.h"

/* 3 in 10,000. */
#define TT_RANKED_LEAST 0.0003

struct tt_ranked {
	int32_t index; /* of the names */
	uint64_t order; /* of equal counts, the lower first */
	uint64_t now, before; /* counts */
	bool unranked; /* the rest of all others, or what is of unknown country: it has no rank of any kind */
	/* Where the scale is weighted: counts by which rates are made; and of what was looked for in both periods alone. */
	double weighted_now, weighted_before, both_now, both_before;
	bool lacks_now, lacks_before; /* nothing of it was looked for */
	bool lacks_both; /* nothing of it was in both periods, so that it has no change */

	/* Set by tt_rank_changes. */
	double rate, rate_before, difference;
	unsigned rank, rank_before, rise, fall; /* from 1; 0: none */
	bool has_percent;
	double percent; /* of the change, unrounded */
	bool shown; /* a leading row, or one with a rise or fall */

	/* Of a row that is unranked, and shown: what it would be were it ranked. Set by tt_report_open of unknown countries. */
	bool would_lead; /* one of the first rows */
	unsigned would_move; /* its rank among rises, or falls; 0: none */
};

/* Is it a part that figures tell from the others: ranked now, or one that would be among the first? */
static inline bool
tt_ranked_is_part(const struct tt_ranked *row)
{
	return row->rank > 0 || row->would_lead;
}

/* A change of less percent is shown as 0.0%; as TT_RATE_LEAST. */
#define TT_RANKED_PERCENT_LEAST (0.05 - 1e-10)

/* What counts are divided by. */
struct tt_ranked_scale {
	enum tt_rate_unit unit;
	struct tt_exposure now, before;
	bool compared; /* there is a period before; else rows have ranks alone */
	bool weighted; /* rows are; else their counts are */
	uint64_t total_before;
	unsigned ranked; /* rises, and falls, that get a rank */
	size_t leading; /* first rows that are shown anyhow */
};

/* Did a row change by what is shown as more than nothing, both as a count and, where it has one, as a percentage? Only then it
 * rose or fell. */
bool tt_ranked_is_change(const struct tt_ranked *row);

/* Fills rows[n] in, and sorts them: most now first, then most before. Returns 0 or -ENOMEM. */
int tt_rank_changes(struct tt_ranked *rows, size_t n,
		const struct tt_ranked_scale *scale) TT_MUST_CHECK;

#endif
