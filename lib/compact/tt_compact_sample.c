/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which rows the result keeps of pairs, contacts, and of what is by source.
 *
 * Pairs and contacts are sampled at the least s for which the union of all parts fits the limit. A
 * union only grows, so s grows as parts are read and ends at the same value whatever their order.
 */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>

static int
choose_by_bits(struct tt_compact *c, const int64_t *bits, unsigned shift, unsigned n,
		struct tt_compact_choice *choice)
{
	unsigned chosen = 0;

	if (shift == 0 || c->resampled)
		return 0;
	for (unsigned i = 0; i < n; i++) {
		c->chosen[chosen] = (uint16_t)i;
		chosen += bits[i] >= (int64_t)shift;
	}
	if (chosen < n)
		*choice = (struct tt_compact_choice){c->chosen, chosen};
	return 0;
}

static int
not_in_order(const struct tt_compact *c)
{
	return tt_error_set(c->err, -EBADMSG, c->packer.path,
			"its rows are not in order of src_ip");
}

/* Both the rows and the kept sources come in order of address. */
static int
choose_by_source(struct tt_compact *c, const struct tt_parquet_batch *batch,
		struct tt_compact_choice *choice)
{
	const struct tt_compact_choice all = {NULL, batch->n};
	struct tt_store_batch *b = c->addresses;
	struct tt_addr before = {0};
	unsigned n = 0;
	int ret;

	memset(b->keys[0], 0, batch->n * sizeof(b->keys[0][0]));
	memset(b->keys[1], 0, batch->n * sizeof(b->keys[1][0]));
	ret = tt_compact_pack_field(&c->packer, 0, batch, &all, b, c->err);
	for (unsigned i = 0; ret == 0 && i < batch->n; i++) {
		const struct tt_addr src = {b->keys[0][i], b->keys[1][i]};
		int order = -1;

		if (tt_addr_cmp(src, before) < 0)
			return not_in_order(c);
		before = src;
		while (c->at_kept < c->n_kept
				&& (order = tt_addr_cmp(c->kept[c->at_kept].src, src))
						< 0)
			c->at_kept++;
		if (order != 0 || c->at_kept == c->n_kept
				|| c->kept[c->at_kept].bits < (int64_t)c->shift)
			continue;
		b->values[0][n] = c->kept[c->at_kept].bits;
		c->chosen[n++] = (uint16_t)i;
	}
	*choice = (struct tt_compact_choice){c->chosen, n};
	return ret;
}

int
tt_compact_choose(struct tt_compact *c, enum tt_table table,
		const struct tt_parquet_batch *batch, struct tt_compact_choice *choice)
{
	switch (table) {
	case TT_TABLE_PAIRS:
		return choose_by_bits(c, batch->columns[TT_PAIRS_SAMPLE_BITS].ints,
				c->shift, batch->n, choice);
	case TT_TABLE_CONTACTS:
		return choose_by_bits(c, batch->columns[TT_CONTACTS_SAMPLE_BITS].ints,
				c->contact_shift, batch->n, choice);
	case TT_TABLE_SOURCES:
	case TT_TABLE_VICTIMS:
		return choose_by_source(c, batch, choice);
	default:
		return 0;
	}
}

/* Where a row has its sample bits, and how many it needs. */
struct sampled {
	unsigned word;
	int64_t least;
};

static bool
is_sampled(const void *context, const uint64_t *row)
{
	const struct sampled *s = context;

	return (int64_t)row[s->word] >= s->least;
}

static void
thin(struct tt_store *store, unsigned value, unsigned shift)
{
	const struct sampled s = {store->n_keys + value, shift};

	tt_store_filter(store, is_sampled, &s);
}

/* The least shift, from `shift` on, at which no more than limit rows are left. */
static unsigned
shift_for(const struct tt_store *store, unsigned value, uint64_t limit, unsigned shift)
{
	uint64_t by_bits[TT_SAMPLE_SHIFT_MAX + 1] = {0}, left = 0;
	unsigned least = TT_SAMPLE_SHIFT_MAX;

	for (uint32_t i = 0; i < store->n; i++)
		by_bits[tt_store_row(store, i)[store->n_keys + value]]++;
	for (unsigned bits = TT_SAMPLE_SHIFT_MAX + 1; bits-- > shift;) {
		left += by_bits[bits];
		if (left > limit)
			break;
		least = bits;
	}
	return least;
}

void
tt_compact_thin_pairs(struct tt_compact *c)
{
	struct tt_store *pairs = &c->stores[TT_TABLE_PAIRS];

	if (pairs->n <= c->job->pair_rows)
		return;
	c->shift = shift_for(pairs, TT_PAIR_BITS, c->job->pair_rows, c->shift);
	thin(pairs, TT_PAIR_BITS, c->shift);
	thin(&c->stores[TT_TABLE_SOURCES], TT_SOURCE_BITS, c->shift);
	thin(&c->stores[TT_TABLE_VICTIMS], TT_VICTIM_BITS, c->shift);
}

void
tt_compact_thin_contacts(struct tt_compact *c)
{
	struct tt_store *contacts = &c->stores[TT_TABLE_CONTACTS];

	if (contacts->n <= c->job->contact_rows)
		return;
	c->contact_shift = shift_for(contacts, TT_CONTACT_BITS, c->job->contact_rows,
			c->contact_shift);
	thin(contacts, TT_CONTACT_BITS, c->contact_shift);
}
