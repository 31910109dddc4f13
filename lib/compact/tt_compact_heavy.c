/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Talkers and source ports: the union of all parts' rows, as long as it is no more than the limit.
 *
 * When it is more, the lightest half joins the row of all others of its target and class. From then
 * on a row that is not there yet is taken with a probability of its packets in so many (C. Estan,
 * G. Varghese, "New directions in traffic measurement and accounting", 2002: sample and hold): one
 * that comes again and again is soon held, and the many that come once cost no room. The choice is
 * made by a hash, so that the same parts give the same rows. Packets are in one row or the other,
 * always.
 */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>

/* Rows of so many packets and more are never cut. */
#define HEAVY_FOR_SURE 65536

void
tt_heavy_init(struct tt_heavy *h, const struct tt_layout *l, uint64_t seed)
{
	static const enum tt_store_op sum[] = {TT_STORE_SUM};
	unsigned i = 0;

	while (l->fields[i].order != TT_ORDER_REST_LAST)
		i++;
	TT_ASSERT(l->fields[i].word == 0);
	*h = (struct tt_heavy){.least = 1, .rest = UINT64_C(1) << l->fields[i].shift};
	h->group = ~(2 * h->rest - 1);
	tt_store_init(&h->others, 1, sum, 1, seed);
}

struct tt_heavy *
tt_compact_heavy(struct tt_compact *c, enum tt_table table)
{
	if (table != TT_TABLE_TALKERS && table != TT_TABLE_SOURCE_PORTS)
		return NULL;
	return &c->heavy[table == TT_TABLE_TALKERS];
}

static bool
is_taken(const struct tt_compact *c, const struct tt_heavy *h, unsigned n_keys,
		unsigned i)
{
	const struct tt_store_batch *b = c->batch;
	uint64_t packets = (uint64_t)b->values[0][i], hash = (uint64_t)c->part_us;

	if (packets >= h->least)
		return true;
	for (unsigned k = 0; k < n_keys; k++)
		hash = tt_hash_mix(hash ^ b->keys[k][i]);
	return (unsigned __int128)hash * h->least >> 64 < packets;
}

static void
join_others(struct tt_heavy *h, struct tt_store_batch *others, uint64_t key,
		uint64_t packets)
{
	uint64_t row = (key & h->group) | h->rest;

	if (others->n == 0 || others->keys[0][others->n - 1] != row) {
		others->keys[0][others->n] = row;
		others->values[0][others->n++] = 0;
	}
	others->values[0][others->n - 1] += (int64_t)packets;
	if ((key & h->rest) != 0)
		return;
	h->cut.keys++;
	h->cut.packets += packets;
}

static int
add_others(struct tt_compact *c, struct tt_heavy *h, struct tt_store_batch *others)
{
	if (tt_store_locate(&h->others, others) != 0)
		return tt_compact_no_memory(c);
	tt_store_apply(&h->others, others);
	others->n = 0;
	return 0;
}

int
tt_compact_locate_heavy(struct tt_compact *c, enum tt_table table)
{
	struct tt_heavy *h = tt_compact_heavy(c, table);
	struct tt_store *s = &c->stores[table];
	struct tt_store_batch *b = c->batch, *others = c->addresses;
	unsigned n = 0;

	if (h->least > 1)
		tt_store_look_up(s, b);
	others->n = 0;
	for (unsigned i = 0; i < b->n; i++) {
		bool known = h->least > 1 && b->at[i] != TT_STORE_NOWHERE;

		if ((b->keys[0][i] & h->rest) != 0
				|| (!known && !is_taken(c, h, s->n_keys, i))) {
			join_others(h, others, b->keys[0][i], (uint64_t)b->values[0][i]);
			continue;
		}
		for (unsigned k = 0; k < s->n_keys; k++)
			b->keys[k][n] = b->keys[k][i];
		b->at[n] = known ? b->at[i] : TT_STORE_NOWHERE;
		b->values[0][n++] = b->values[0][i];
	}
	b->n = n;
	if (add_others(c, h, others) != 0)
		return -ENOMEM;
	if ((h->least > 1 ? tt_store_add_missing(s, b) : tt_store_locate(s, b)) != 0)
		return tt_compact_no_memory(c);
	return 0;
}

/* How heavy a row must be for no more than `stay` of them to be left. */
static uint64_t
find_least(const struct tt_store *s, uint32_t *rows, uint64_t stay)
{
	uint64_t least = HEAVY_FOR_SURE, left;

	for (uint32_t i = 0; i < s->n; i++) {
		uint64_t packets = tt_store_row(s, i)[s->n_keys];

		rows[packets < HEAVY_FOR_SURE ? packets : HEAVY_FOR_SURE]++;
	}
	left = rows[HEAVY_FOR_SURE];
	while (least > 0 && left + rows[least - 1] <= stay)
		left += rows[--least];
	return least;
}

struct bound {
	unsigned word;
	uint64_t least;
};

static bool
is_heavy(const void *context, const uint64_t *row)
{
	const struct bound *b = context;

	return row[b->word] >= b->least;
}

static int
move_light(struct tt_compact *c, const struct tt_store *s, struct tt_heavy *h,
		uint64_t least)
{
	struct tt_store_batch *others = c->addresses;
	int ret = 0;

	others->n = 0;
	for (uint32_t i = 0; ret == 0 && i < s->n; i++) {
		const uint64_t *row = tt_store_row(s, i);

		if (row[s->n_keys] < least)
			join_others(h, others, row[0], row[s->n_keys]);
		if (others->n == TT_STORE_BATCH)
			ret = add_others(c, h, others);
	}
	return ret != 0 ? ret : add_others(c, h, others);
}

int
tt_compact_cut_heavy(struct tt_compact *c, enum tt_table table)
{
	struct tt_heavy *h = tt_compact_heavy(c, table);
	struct tt_store *s = &c->stores[table];
	struct bound b = {.word = s->n_keys};
	uint32_t *rows;
	int ret;

	if (s->n <= c->job->heavy_rows)
		return 0;
	rows = calloc(HEAVY_FOR_SURE + 1, sizeof(*rows));
	if (rows == NULL)
		return tt_compact_no_memory(c);
	b.least = find_least(s, rows, c->job->heavy_rows / 2);
	free(rows);
	ret = move_light(c, s, h, b.least);
	if (ret != 0)
		return ret;
	tt_store_filter(s, is_heavy, &b);
	h->least = 2 * h->least > b.least ? 2 * h->least : b.least;
	return 0;
}

int
tt_compact_join_heavy(struct tt_compact *c, enum tt_table table)
{
	struct tt_heavy *h = tt_compact_heavy(c, table);
	struct tt_store *s = &c->stores[table];

	for (uint32_t i = 0; i < h->others.n; i++) {
		const uint64_t *others = tt_store_row(&h->others, i);
		uint64_t key[TT_STORE_KEYS] = {others[0]}, *row = tt_store_make(s, key);

		if (row == NULL)
			return tt_compact_no_memory(c);
		row[s->n_keys] = others[1];
	}
	tt_store_fini(&h->others);
	return 0;
}
