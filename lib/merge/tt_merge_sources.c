/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_merge_rows.h"

static int
by_source(const void *a, const void *b)
{
	const struct tt_slot *x = *(const struct tt_slot *const *)a;
	const struct tt_slot *y = *(const struct tt_slot *const *)b;
	int order = tt_addr_cmp(x->src, y->src);

	if (x->sourceless != y->sourceless)
		return x->sourceless ? -1 : 1;
	if (order != 0)
		return order;
	return x->key < y->key ? -1 : x->key > y->key;
}

/* Joins the slots of one source, refs[n], into a row. */
static struct tt_source_row
row_of(const struct tt_slot *const *refs, uint64_t n, const struct tt_geo *geo)
{
	struct tt_source_row row = {
			.src = refs[0]->src,
			.country = tt_geo_country(geo, refs[0]->src),
			.first_us = refs[0]->first_us,
			.last_us = refs[0]->last_us,
	};

	for (uint64_t i = 0; i < n; i++) {
		const struct tt_slot *s = refs[i];

		row.count.packets += s->count.packets;
		row.count.bytes += s->count.bytes;
		row.classes |= 1u << tt_target_key_class(s->key);
		if (i == 0
				|| TT_TARGET_KEY_NUMBER(s->key)
						!= TT_TARGET_KEY_NUMBER(refs[i - 1]->key))
			row.targets++;
		if (s->first_us < row.first_us)
			row.first_us = s->first_us;
		if (s->last_us > row.last_us)
			row.last_us = s->last_us;
	}
	return row;
}

int
tt_merge_sources(struct tt_merge *m, const struct tt_geo *geo,
		const struct tt_merge_sink *sink, struct tt_totals *totals,
		struct tt_error *err)
{
	uint64_t n, i = 0;

	qsort(m->refs, m->n, sizeof(*m->refs), by_source);
	while (i < m->n && m->refs[i]->sourceless)
		i++;
	for (; i < m->n; i += n) {
		int ret = 0;

		for (n = 1; i + n < m->n
				&& tt_addr_cmp(m->refs[i + n]->src, m->refs[i]->src)
						== 0;)
			n++;
		totals->uniq_src_ip++;
		if (sink->source != NULL) {
			struct tt_source_row row = row_of(&m->refs[i], n, geo);

			ret = sink->source(sink->context, &row, err);
		}
		if (ret != 0)
			return ret;
	}
	return 0;
}
