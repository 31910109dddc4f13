/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of `countries`: what tt_merge_sources summed, and packets without a source. */
#include "tt_merge_rows.h"

/* In the order that they lie in: sums take any. */
static void
add_slices(struct tt_merge *m, const struct tt_rest *r)
{
	for (uint32_t i = 0; i < r->n_slices; i++) {
		const struct tt_slice *s = tt_rest_slice(r, i);
		tt_target_key key;
		tt_detail detail;

		if (s->key >> 62 != TT_SLICE_COUNTRY)
			continue;
		tt_row_key(s->key >> 10 & 0xfffff, &key, &detail);
		tt_merge_add(&m->country_rows[s->key & 0x3ff][tt_target_key_class(key) * 2
					       + tt_detail_backscatter(detail)]
						.count,
				s->count);
	}
}

static void
add_rests(struct tt_merge *m)
{
	const struct tt_count *cells = &m->rest.cells[TT_CELL_COUNTRY_REST];

	for (unsigned side = 0; side < TT_MERGE_SIDES; side++)
		for (unsigned c = 0; c < TT_N_COUNTRIES; c++)
			tt_merge_add(&m->country_rows[c][side].count,
					cells[side * TT_N_COUNTRIES + c]);
}

int
tt_merge_countries(struct tt_merge *m)
{
	int ret = 0;

	if (m->sink->country == NULL)
		return 0;
	if (m->lender != NULL)
		add_slices(m, m->lender);
	add_slices(m, &m->rest);
	add_rests(m);
	for (unsigned i = 0; ret == 0 && i < TT_N_COUNTRIES * TT_MERGE_SIDES; i++) {
		unsigned country = i / TT_MERGE_SIDES, side = i % TT_MERGE_SIDES;
		const struct tt_merge_group *g = &m->country_rows[country][side];
		struct tt_country_row row = {
				.country = (tt_country)country,
				.class = (enum tt_class)(side / 2),
				.backscatter = side % 2 != 0,
				.count = g->count,
				.uniq_src_ip = g->uniq << m->shift,
				.uniq_src_ip_country = g->uniq_first << m->shift,
		};

		if (g->count.packets != 0)
			ret = TT_MERGE_EMIT(m, country, &row);
	}
	return ret;
}
