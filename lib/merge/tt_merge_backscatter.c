/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `victims` and `backscatter`, from the pairs with backscatter that tt_merge_sources
 * picked. Sorts are stable, so that each one only has to bring in what the order lacks yet.
 */
#include "tt_merge_backscatter.h"

#include <string.h>

#define ATTACKED_MASK ((UINT64_C(1) << TT_MERGE_ATTACKED_BITS) - 1)

static int
by_source(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;

	return tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));
}

static void
keep_picked(struct tt_merge *m)
{
	m->pairs.n = m->scratch.n;
	memcpy(m->pairs.items, m->scratch.items, m->pairs.n * sizeof(*m->pairs.items));
}

static enum tt_class
class_of(uint64_t attacked)
{
	return (enum tt_class)(attacked >> TT_MERGE_ATTACKED_BITS & 0xf);
}

static struct tt_target
attacked_of(uint64_t attacked)
{
	return tt_merge_number_target(attacked & ATTACKED_MASK);
}

/* Attacked service, then class: what the rows of one victim differ in. */
static uint64_t
service_of(const struct tt_slot *s)
{
	uint64_t attacked = tt_merge_attacked_of_pair(s);

	return (attacked & ATTACKED_MASK) << 4 | class_of(attacked);
}

static void
sort_by_victim(struct tt_merge *m)
{
	for (uint64_t i = 0; i < m->pairs.n; i++)
		m->pairs.items[i].prefix = service_of(tt_merge_slot(&m->pairs, i));
	tt_merge_sort(m, &m->pairs, NULL);
	for (uint64_t i = 0; i < m->pairs.n; i++)
		m->pairs.items[i].prefix = tt_merge_addr64(
				tt_slot_src(tt_merge_slot(&m->pairs, i)));
	tt_merge_sort(m, &m->pairs, m->any_v6 ? by_source : NULL);
}

static struct tt_victim_row
victim_of(const struct tt_merge *m, const struct tt_slot *s)
{
	return (struct tt_victim_row){
			.src = tt_slot_src(s),
			.country = tt_geo_country(m->config.geo, tt_slot_src(s)),
			.attacked = tt_detail_attacked(s->detail),
			.class = tt_target_key_class(s->key),
			.first_us = s->first_us,
			.last_us = s->last_us,
	};
}

static void
add_to_victim(struct tt_victim_row *row, const struct tt_slot *s)
{
	tt_merge_add(&row->count, s->count);
	if (s->first_us < row->first_us)
		row->first_us = s->first_us;
	if (s->last_us > row->last_us)
		row->last_us = s->last_us;
}

static int
emit_victims(struct tt_merge *m)
{
	int ret = 0;

	for (uint64_t i = 0, n; ret == 0 && i < m->pairs.n; i += n) {
		const struct tt_slot *first = m->pairs.items[i].ref, *s;
		struct tt_victim_row row = victim_of(m, first);

		for (n = 0; i + n < m->pairs.n; n++) {
			s = tt_merge_slot(&m->pairs, i + n);
			if (tt_addr_cmp(tt_slot_src(s), tt_slot_src(first)) != 0
					|| service_of(s) != service_of(first))
				break;
			add_to_victim(&row, s);
		}
		ret = TT_MERGE_EMIT(m, victim, &row);
	}
	return ret;
}

static void
sort_by_attacked(struct tt_merge *m)
{
	for (uint64_t i = 0; i < m->pairs.n; i++)
		m->pairs.items[i].prefix = tt_merge_attacked_of_pair(
				tt_merge_slot(&m->pairs, i));
	tt_merge_sort(m, &m->pairs, NULL);
}

static struct tt_backscatter_row
row_of(uint64_t attacked)
{
	uint8_t protocol = (uint8_t)(attacked >> 45);
	bool icmp = protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6;

	return (struct tt_backscatter_row){
			.target = {.protocol = protocol,
					.number = icmp ? (int32_t)(attacked >> 37 & 0xff)
						       : -1,
					.code = icmp ? (uint8_t)(attacked >> 29) : 0},
			.class = class_of(attacked),
			.attacked = attacked_of(attacked),
	};
}

static void
add_pairs(struct tt_merge *m, struct tt_backscatter_row *row, uint64_t attacked,
		uint64_t *at)
{
	const struct tt_slot *last = NULL;

	for (; *at < m->pairs.n && m->pairs.items[*at].prefix == attacked; ++*at) {
		const struct tt_slot *s = tt_merge_slot(&m->pairs, *at);

		tt_merge_add(&row->count, s->count);
		row->uniq_src_ip += last == NULL
				|| tt_addr_cmp(tt_slot_src(last), tt_slot_src(s)) != 0;
		last = s;
	}
	row->uniq_src_ip <<= m->shift;
}

static void
add_sourceless(struct tt_merge *m, struct tt_backscatter_row *row, uint64_t attacked,
		uint64_t *at)
{
	for (; *at < m->attacked.n && m->attacked.items[*at].prefix == attacked; ++*at) {
		const struct tt_count *count = m->attacked.items[*at].ref;

		tt_merge_add(&row->count, *count);
	}
}

static uint64_t
next_of(const struct tt_merge_list *list, uint64_t at)
{
	return at < list->n ? list->items[at].prefix : UINT64_MAX;
}

static int
emit_backscatter(struct tt_merge *m)
{
	uint64_t pair = 0, sourceless = 0;
	int ret = 0;

	while (ret == 0) {
		uint64_t a = next_of(&m->pairs, pair);
		uint64_t b = next_of(&m->attacked, sourceless);
		uint64_t attacked = a < b ? a : b;
		struct tt_backscatter_row row;

		if (attacked == UINT64_MAX)
			break;
		row = row_of(attacked);
		add_pairs(m, &row, attacked, &pair);
		add_sourceless(m, &row, attacked, &sourceless);
		m->totals->backscatter_packets += row.count.packets;
		ret = TT_MERGE_EMIT(m, backscatter, &row);
	}
	return ret;
}

/* Nor are these asked for any more, nor the pairs. */
static void
discard_slices(struct tt_merge *m)
{
	if (m->lender != NULL)
		tt_rest_discard_slices(m->lender);
	tt_rest_discard_slices(&m->rest);
	tt_merge_discard(m, &m->sourceless, m->sourceless.n);
	tt_merge_discard(m, &m->pairs, m->kept_pairs);
}

int
tt_merge_backscatter(struct tt_merge *m)
{
	int ret = 0;

	keep_picked(m);
	if (m->sink->victim != NULL) {
		sort_by_victim(m);
		ret = emit_victims(m);
	}
	if (ret != 0)
		return ret;
	sort_by_attacked(m);
	ret = emit_backscatter(m);
	discard_slices(m);
	return ret;
}
