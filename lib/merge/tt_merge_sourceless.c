/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is counted without a source, as references to counts that are sorted like the rows they
 * belong to. Three kinds, told apart by the top bits of the prefix, which are taken off in the end:
 *
 *   countries      (protocol, number) 25 bits, row 20, country 10, IPv6 1; TT_COUNTRY_REST: the row's rest
 *   attacked       tt_merge_backscatter.c's prefix; protocol 0: the class's rest
 *   fingerprints   rule, (protocol, number) 25 bits, class 4; TT_MERGE_NUMBER_NONE: the rule's rest
 */
#include "tt_merge_rows.h"

#include "tt_merge_backscatter.h"

#define KIND_SHIFT 62

static void
add(struct tt_merge *m, enum tt_slice_kind kind, uint64_t prefix,
		const struct tt_count *count)
{
	struct tt_merge_list *of_kind[] = {[TT_SLICE_COUNTRY] = &m->countries,
			[TT_SLICE_ATTACKED] = &m->attacked,
			[TT_SLICE_FINGERPRINT] = &m->fingerprints};

	TT_ASSERT(m->sourceless.n < m->sourceless.room);
	of_kind[kind]->n++;
	m->sourceless.items[m->sourceless.n++] = (struct tt_sort_item){
			.prefix = (uint64_t)kind << KIND_SHIFT | prefix, .ref = count};
}

static void
add_country(struct tt_merge *m, uint32_t row, uint32_t country, bool ipv6,
		const struct tt_count *count)
{
	tt_target_key key;
	tt_detail detail;

	tt_row_key(row, &key, &detail);
	add(m, TT_SLICE_COUNTRY,
			tt_merge_number(key) << TT_MERGE_COUNTRY_NUMBER
					| (uint64_t)row << 11 | (uint64_t)country << 1
					| ipv6,
			count);
}

static void
add_fingerprint(struct tt_merge *m, unsigned rule, uint64_t number, unsigned class,
		const struct tt_count *count)
{
	add(m, TT_SLICE_FINGERPRINT,
			((uint64_t)rule << TT_MERGE_NUMBER_BITS | number)
							<< TT_MERGE_FINGERPRINT_NUMBER
					| class,
			count);
}

static void
add_slice(struct tt_merge *m, const struct tt_slice *s)
{
	tt_target_key key;
	tt_detail detail;

	switch ((enum tt_slice_kind)(s->key >> KIND_SHIFT)) {
	case TT_SLICE_COUNTRY:
		add_country(m, s->key >> 10 & 0xfffff, s->key & 0x3ff,
				(s->key & TT_SLICE_IPV6) != 0, &s->count);
		break;
	case TT_SLICE_ATTACKED:
		add(m, TT_SLICE_ATTACKED, tt_merge_attacked_of_slice(s->key), &s->count);
		break;
	case TT_SLICE_FINGERPRINT:
		tt_row_key(s->key & 0xfffff, &key, &detail);
		add_fingerprint(m, s->key >> 20 & 0xf, tt_merge_number(key),
				tt_target_key_class(key), &s->count);
		break;
	}
}

static void
add_row_rests(struct tt_merge *m)
{
	for (uint32_t row = 0; row < TT_N_ROWS; row++) {
		uint32_t cell = TT_CELL_ROW_REST + row;

		if (m->rest.cells_used[cell / TT_CELL_BLOCK]
				&& m->rest.cells[cell].packets != 0)
			add_country(m, row, TT_COUNTRY_REST, false, &m->rest.cells[cell]);
	}
}

static void
add_other_rests(struct tt_merge *m)
{
	const struct tt_count *attacked = &m->rest.cells[TT_CELL_ATTACKED_REST];
	const struct tt_count *matched = &m->rest.cells[TT_CELL_FINGERPRINT_REST];

	for (unsigned class = 0; class < TT_N_CLASSES; class ++)
		if (attacked[class].packets != 0)
			add(m, TT_SLICE_ATTACKED, tt_merge_attacked_rest(class),
					&attacked[class]);
	for (unsigned rule = 0; rule < TT_FINGERPRINTS_MAX; rule++)
		if (matched[rule].packets != 0)
			add_fingerprint(m, rule, TT_MERGE_NUMBER_NONE, 0, &matched[rule]);
}

static struct tt_sort_item *
place(struct tt_merge_list *list, struct tt_sort_item *items)
{
	list->items = items;
	list->room = list->n;
	return items + list->n;
}

void
tt_merge_collect_sourceless(struct tt_merge *m)
{
	m->countries.n = m->attacked.n = m->fingerprints.n = 0;
	for (uint32_t i = 0; m->lender != NULL && i < m->lender->n_slices; i++)
		add_slice(m, tt_rest_slice(m->lender, i));
	for (uint32_t i = 0; i < m->rest.n_slices; i++)
		add_slice(m, tt_rest_slice(&m->rest, i));
	add_row_rests(m);
	add_other_rests(m);
	tt_merge_sort(m, &m->sourceless, NULL);
	for (uint64_t i = 0; i < m->sourceless.n; i++)
		m->sourceless.items[i].prefix &= (UINT64_C(1) << KIND_SHIFT) - 1;
	place(&m->fingerprints,
			place(&m->attacked, place(&m->countries, m->sourceless.items)));
}
