/* SPDX-License-Identifier: BSD-3-Clause */
/* What is counted anew once all parts are merged, step by step. */
#include "tt_compact_private.h"

/* Sources that return are counted at the coarsest rate of all parts; no more than there are sources. */
static void
count_returning(struct tt_compact *c)
{
	const struct tt_store *s = &c->stores[TT_TABLE_SOURCES];
	int64_t one_in = INT64_C(1) << c->shift, all = (int64_t)s->n << c->shift;
	unsigned least;

	if (c->returning_one_in < one_in)
		c->returning_one_in = one_in;
	least = (unsigned)__builtin_ctzll((uint64_t)c->returning_one_in);
	for (uint32_t i = 0; i < s->n; i++) {
		const uint64_t *values = tt_store_row(s, i) + s->n_keys;

		c->uniq_src_ip_returning += values[TT_SOURCE_BITS] >= least
				&& tt_carried_seen_before(values[TT_SOURCE_CARRIED]) == 1;
	}
	c->uniq_src_ip_returning <<= least;
	if (c->uniq_src_ip_returning > all)
		c->uniq_src_ip_returning = all;
}

/* Distinct targets, and those of them that are there for the first time. */
static void
count_targets(struct tt_compact *c)
{
	const struct tt_sort_item *items = c->sorted[TT_TABLE_TARGETS];
	uint64_t last = UINT64_MAX;

	for (uint32_t i = 0; i < c->stores[TT_TABLE_TARGETS].n; i++) {
		uint64_t number = items[i].prefix >> TT_COMPACT_NUMBER_SHIFT;

		if (number == last)
			continue;
		c->targets++;
		c->targets_first_time += tt_target_bit(c->first_time, number);
		last = number;
	}
}

int
tt_compact_uniques(struct tt_compact *c)
{
	int ret = tt_compact_uniques_pairs(c);

	if (ret == 0)
		ret = tt_compact_judge(c);
	if (ret == 0)
		ret = tt_compact_uniques_contacts(c);
	if (ret == 0)
		ret = tt_compact_sort(c, TT_TABLE_TARGETS);
	if (ret != 0)
		return ret;
	count_returning(c);
	count_targets(c);
	return 0;
}
