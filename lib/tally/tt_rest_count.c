/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole rests: what is derived in the end, and one added to the other. */
#include "tt_rest_tables.h"

/* Slices and talkers of another rest are fetched so many before they are added. */
#define AHEAD 16

/* The packets of a class: each is in one cell of the TTLs. */
static struct tt_count
class_total(const struct tt_rest *r, unsigned class)
{
	struct tt_count sum = {0};

	for (unsigned ttl = 0; ttl < 256; ttl++)
		tt_count_add(&sum, r->cells[TT_CELL_TTL + class * 256 + ttl]);
	return sum;
}

/* The cell of the usual value is what the other cells[n] leave of the total. */
static void
complete(struct tt_rest *r, uint32_t first, uint32_t n, uint32_t usual,
		struct tt_count left)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct tt_count *c = &r->cells[first + i];

		if (i != usual)
			tt_count_add(&left, (struct tt_count){-c->packets, -c->bytes});
	}
	if (left.packets == 0)
		return;
	r->cells[first + usual] = left;
	r->cells_used[(first + usual) / TT_CELL_BLOCK] = 1;
}

void
tt_rest_complete(struct tt_rest *r)
{
	for (unsigned class = 0; class < TT_N_CLASSES; class ++) {
		const struct tt_count total = class_total(r, class);

		if (tt_usual_protocol[class] != TT_USUAL_NONE)
			complete(r, TT_CELL_IP_PROTOCOL + class * 256, 256,
					tt_usual_protocol[class], total);
		complete(r, TT_CELL_ENCAPSULATION + class * TT_N_ENCAPS, TT_N_ENCAPS, 0,
				total);
		complete(r, TT_CELL_DEPTH + class * (TT_DIST_DEPTH_MAX + 1),
				TT_DIST_DEPTH_MAX + 1, 0, total);
	}
}

static void
add_cell(struct tt_rest *into, uint32_t cell, struct tt_count count)
{
	if (cell < TT_CELL_PACKETS)
		tt_rest_count(into, cell, count.packets, count.bytes);
	else
		tt_rest_count_packets(into, cell, count.packets);
}

static void
add_cells(struct tt_rest *into, const struct tt_rest *from)
{
	for (uint32_t b = 0; from->cells != NULL && b < tt_rest_cell_blocks(from); b++) {
		uint32_t first = b * TT_CELL_BLOCK, end = first + TT_CELL_BLOCK;

		if (!from->cells_used[b])
			continue;
		for (uint32_t i = first; i < end && i < from->n_cells; i++)
			if (tt_rest_cell(from, i).packets != 0)
				add_cell(into, i, tt_rest_cell(from, i));
	}
	for (uint32_t i = 0; i < from->n_sparse; i++)
		add_cell(into, from->sparse[i].index, from->sparse[i].count);
}

static void
raise_register(struct tt_rest *into, uint32_t at, uint8_t rho)
{
	if (rho > into->registers[at]) {
		into->registers[at] = rho;
		into->registers_used[at / TT_REGISTER_BLOCK] = 1;
	}
}

static void
add_registers(struct tt_rest *into, const struct tt_rest *from)
{
	for (uint32_t b = 0; from->registers != NULL && b < tt_rest_register_blocks(from);
			b++) {
		uint32_t first = b * TT_REGISTER_BLOCK;
		uint32_t n = from->n_registers - first;

		if (!from->registers_used[b])
			continue;
		tt_sketch_merge(&into->registers[first], &from->registers[first],
				n < TT_REGISTER_BLOCK ? n : TT_REGISTER_BLOCK);
		into->registers_used[b] = 1;
	}
	for (uint32_t i = 0; i < from->n_sparse_registers; i++)
		raise_register(into, from->sparse_registers[i].index,
				from->sparse_registers[i].rho);
}

/* A slice that finds no room goes where its packets would have gone. */
static void
add_slice_or_rest(struct tt_rest *r, const struct tt_slice *s)
{
	tt_target_key key;
	tt_detail detail;

	if (tt_rest_add_slice(r, s->key, s->count))
		return;
	switch ((enum tt_slice_kind)(s->key >> 62)) {
	case TT_SLICE_COUNTRY:
		tt_row_key((uint32_t)(s->key >> 10) & 0xfffff, &key, &detail);
		tt_rest_add_without_slice(r, (uint32_t)(s->key >> 10) & 0xfffff,
				tt_rest_source_cell(key, detail, s->key & 0x3ff),
				s->key & TT_SLICE_IPV6, s->count);
		break;
	case TT_SLICE_ATTACKED:
		tt_rest_count(r, TT_CELL_ATTACKED_REST + (uint32_t)(s->key >> 49 & 0xf),
				s->count.packets, s->count.bytes);
		break;
	case TT_SLICE_FINGERPRINT:
		tt_rest_count(r,
				TT_CELL_FINGERPRINT_REST + (uint32_t)(s->key >> 20 & 0xf),
				s->count.packets, s->count.bytes);
		break;
	}
}

static void
add_not_kept(struct tt_not_kept *to, struct tt_not_kept from)
{
	to->packets += from.packets;
	to->keys += from.keys;
}

static void
add_slices(struct tt_rest *into, const struct tt_rest *from)
{
	for (uint32_t i = 0; i < from->n_slices; i++) {
		if (i + AHEAD < from->n_slices)
			tt_rest_prefetch_slice_line(into,
					tt_rest_slice_hash(into,
							from->slices[i + AHEAD].key));
		add_slice_or_rest(into, tt_rest_slice(from, i));
	}
}

static uint64_t
home_of(const struct tt_rest *into, const struct tt_entry *e)
{
	return tt_rest_talker_home(into, e->src, e->key);
}

static void
add_talkers(struct tt_rest *into, const struct tt_rest *from)
{
	const uint32_t n = from->n_talkers;

	for (uint32_t i = 0; i < n; i++) {
		const struct tt_entry *e = tt_rest_talker(from, i);

		if (i + 2 * AHEAD < n)
			__builtin_prefetch(tt_rest_talker(from, i + 2 * AHEAD));
		if (i + AHEAD < n)
			__builtin_prefetch(
					&into->talkers[home_of(into,
							tt_rest_talker(from, i + AHEAD))],
					1);
		tt_rest_add_talker(into, home_of(into, e), e, false);
	}
}

void
tt_rest_add(struct tt_rest *into, const struct tt_rest *from)
{
	add_cells(into, from);
	add_registers(into, from);
	add_slices(into, from);
	add_talkers(into, from);
	add_not_kept(&into->slices_lost, from->slices_lost);
	add_not_kept(&into->talkers_lost, from->talkers_lost);
}
