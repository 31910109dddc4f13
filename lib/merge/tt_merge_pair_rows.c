/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `pairs`, given out while tt_merge_sources walks over the pairs in order of source, key
 * and detail. Where there would be too many, only those of sources in a smaller sample are.
 */
#include "tt_merge_rows.h"

unsigned
tt_merge_rows_shift(const uint64_t bits[TT_SAMPLE_SHIFT_MAX + 1], unsigned shift,
		uint64_t limit)
{
	unsigned s = TT_SAMPLE_SHIFT_MAX;
	uint64_t rows = bits[s];

	while (s > shift && rows + bits[s - 1] <= limit)
		rows += bits[--s];
	return s;
}

void
tt_merge_choose_pair_rows(struct tt_merge *m)
{
	uint64_t limit = m->config.pair_rows;

	m->pair_row_shift = m->shift;
	if (limit != 0 && m->kept_pairs > limit)
		m->pair_row_shift = tt_merge_rows_shift(m->pair_bits, m->shift, limit);
	m->totals->pair_rows_one_in = UINT64_C(1) << m->pair_row_shift;
}

void
tt_merge_pair_begin(const struct tt_merge *m, struct tt_merge_pair_rows *rows,
		struct tt_addr src, tt_country country, uint64_t sample_hash)
{
	rows->row = (struct tt_pair_row){.src = src,
			.country = country,
			.sample_bits = tt_sample_bits(sample_hash)};
	rows->kept = m->sink->pair != NULL && rows->row.sample_bits >= m->pair_row_shift;
}

int
tt_merge_pair_add(struct tt_merge *m, struct tt_merge_pair_rows *rows,
		const struct tt_slot *s)
{
	struct tt_pair_row *row = &rows->row;
	int ret;

	if (row->count.packets != 0 && row->key == s->key && row->detail == s->detail) {
		tt_merge_add(&row->count, s->count);
		return 0;
	}
	ret = tt_merge_pair_end(m, rows);
	row->key = s->key;
	row->detail = s->detail;
	row->count = s->count;
	return ret;
}

int
tt_merge_pair_end(struct tt_merge *m, struct tt_merge_pair_rows *rows)
{
	return rows->row.count.packets == 0 ? 0 : TT_MERGE_EMIT(m, pair, &rows->row);
}
