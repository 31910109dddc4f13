/* SPDX-License-Identifier: BSD-3-Clause */
/* A tally in as little memory as its contents need, and two of these as one. */
#include "tt_tally.h"

#include <string.h>

/* A copy of everything but the tables and the rest. */
static struct tt_tally *
copy_head(const struct tt_tally *from)
{
	struct tt_tally *c = tt_mem_alloc(tt_mem_heap(), sizeof(*c), "compact tally");

	if (c == NULL)
		return NULL;
	*c = *from;
	c->mem = tt_mem_heap();
	c->compact = true;
	c->slots = NULL;
	c->contacts = NULL;
	c->ports = NULL;
	c->pairs_at = c->contacts_at = c->ports_at = NULL;
	c->n_pairs = c->n_contacts = c->n_ports = 0;
	c->rest = (struct tt_rest){0};
	return c;
}

static bool
take_tables(struct tt_tally *c, size_t pairs, size_t contacts, size_t ports)
{
	c->slots = aligned_alloc(TT_CACHE_LINE, (pairs + 1) * sizeof(*c->slots));
	c->contacts = calloc(contacts + 1, sizeof(*c->contacts));
	c->ports = calloc(ports + 1, sizeof(*c->ports));
	return c->slots != NULL && c->contacts != NULL && c->ports != NULL;
}

static void
append(struct tt_tally *c, const struct tt_tally *from)
{
	for (uint32_t i = 0; i < from->n_pairs; i++)
		c->slots[c->n_pairs++] = *tt_tally_pair(from, i);
	for (uint32_t i = 0; i < from->n_contacts; i++)
		c->contacts[c->n_contacts++] = *tt_tally_contact(from, i);
	for (uint32_t i = 0; i < from->n_ports; i++)
		c->ports[c->n_ports++] = *tt_tally_port(from, i);
}

struct tt_tally *
tt_tally_compact(struct tt_tally *tally)
{
	struct tt_tally *c;

	tt_tally_settle(tally);
	c = copy_head(tally);
	if (c == NULL)
		return NULL;
	if (!take_tables(c, tally->n_pairs, tally->n_contacts, tally->n_ports)
			|| tt_rest_compact(&c->rest, &tally->rest) != 0) {
		tt_tally_destroy(c);
		return NULL;
	}
	append(c, tally);
	return c;
}

uint64_t
tt_tally_compact_bytes(const struct tt_tally *t)
{
	return sizeof(*t) + t->n_pairs * sizeof(*t->slots)
			+ t->n_contacts * sizeof(*t->contacts)
			+ t->n_ports * sizeof(*t->ports)
			+ tt_rest_compact_bytes(&t->rest);
}

static int
compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_pair(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));

	if (order == 0)
		order = compare_u64(x->key, y->key);
	return order != 0 ? order : compare_u64(x->detail, y->detail);
}

static int
by_contact(const void *a, const void *b)
{
	const struct tt_entry *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : compare_u64(x->key, y->key);
}

static int
by_port(const void *a, const void *b)
{
	const struct tt_port_entry *x = a, *y = b;

	return compare_u64(x->key, y->key);
}

/* At most one of the two holds a contact and a port; see take_apart. */
static void
add_pair(void *to, const void *from)
{
	struct tt_slot *x = to;
	const struct tt_slot *y = from;

	if ((tt_slot_contact_packets(x) | tt_slot_port_packets(x)) == 0)
		x->v4 = y->v4;

	x->count.packets += y->count.packets;
	x->count.bytes += y->count.bytes;
	if (y->first_us < x->first_us)
		x->first_us = y->first_us;
	if (y->last_us > x->last_us)
		x->last_us = y->last_us;
}

static void
add_contact(void *to, const void *from)
{
	((struct tt_entry *)to)->packets += ((const struct tt_entry *)from)->packets;
}

static void
add_port(void *to, const void *from)
{
	((struct tt_port_entry *)to)->packets += ((const struct tt_port_entry *)from)
								 ->packets;
}

/* Moves what the pairs from `first` on hold into the tables. */
static void
take_apart(struct tt_tally *t, uint32_t first)
{
	for (uint32_t i = first; i < t->n_pairs; i++) {
		struct tt_slot *s = &t->slots[i];

		if (tt_slot_contact_packets(s) != 0)
			t->contacts[t->n_contacts++] = (struct tt_entry){tt_slot_src(s),
					tt_slot_contact_key(s), s->v4.dst_packets};
		if (tt_slot_port_packets(s) != 0)
			t->ports[t->n_ports++] = (struct tt_port_entry){
					tt_slot_port_key(s), s->v4.port_packets};
		if ((s->detail & TT_DETAIL_V6) == 0)
			s->v4.dst_packets = s->v4.port_packets = 0;
	}
}

/* Sorts rows[n] and brings those of the same key together. Returns how many are left. */
static uint32_t
join_rows(void *rows, uint32_t n, size_t size, int (*compare)(const void *, const void *),
		void (*add)(void *, const void *))
{
	char *row = rows;
	uint32_t out = 0;

	if (n == 0)
		return 0;
	qsort(rows, n, size, compare);
	for (uint32_t i = 1; i < n; i++) {
		if (compare(row + out * size, row + i * size) == 0)
			add(row + out * size, row + i * size);
		else if (++out != i)
			memcpy(row + out * size, row + i * size, size);
	}
	return out + 1;
}

static void
add_not_kept(struct tt_not_kept *to, struct tt_not_kept from)
{
	to->packets += from.packets;
	to->keys += from.keys;
}

static unsigned
greater(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* The least and the greatest time of what has frames. */
static void
add_times(struct tt_tally *to, const struct tt_tally *from)
{
	if (from->frames > 0 && (to->frames == 0 || from->first_us < to->first_us))
		to->first_us = from->first_us;
	if (from->frames > 0 && (to->frames == 0 || from->last_us > to->last_us))
		to->last_us = from->last_us;
}

static void
add_head(struct tt_tally *to, const struct tt_tally *from)
{
	add_times(to, from);
	if (from->span.start_us < to->span.start_us)
		to->span.start_us = from->span.start_us;
	if (from->span.end_us > to->span.end_us)
		to->span.end_us = from->span.end_us;
	to->pair_shift = greater(to->pair_shift, from->pair_shift);
	to->contact_shift = greater(to->contact_shift, from->contact_shift);
	add_not_kept(&to->pairs_lost, from->pairs_lost);
	add_not_kept(&to->contacts_lost, from->contacts_lost);
	add_not_kept(&to->ports_lost, from->ports_lost);
	to->frames += from->frames;
	to->frame_bytes += from->frame_bytes;
	to->late += from->late;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		to->fates[i] += from->fates[i];
	for (unsigned i = 0; i < TT_FINGERPRINTS_MAX; i++) {
		to->tested[i] += from->tested[i];
		to->matched[i] += from->matched[i];
	}
}

struct tt_tally *
tt_tally_join(const struct tt_tally *a, const struct tt_tally *b)
{
	struct tt_tally *t = copy_head(a);

	TT_ASSERT(tt_tally_is_compact(a) && tt_tally_is_compact(b));
	if (t == NULL)
		return NULL;
	add_head(t, b);
	if (!take_tables(t, (size_t)a->n_pairs + b->n_pairs,
			    (size_t)a->n_contacts + b->n_contacts + b->n_pairs,
			    (size_t)a->n_ports + b->n_ports + b->n_pairs)
			|| tt_rest_join(&t->rest, &a->rest, &b->rest) != 0) {
		tt_tally_destroy(t);
		return NULL;
	}
	append(t, a);
	append(t, b);
	take_apart(t, a->n_pairs);
	t->n_pairs = join_rows(
			t->slots, t->n_pairs, sizeof(*t->slots), by_pair, add_pair);
	t->n_contacts = join_rows(t->contacts, t->n_contacts, sizeof(*t->contacts),
			by_contact, add_contact);
	t->n_ports = join_rows(
			t->ports, t->n_ports, sizeof(*t->ports), by_port, add_port);
	return t;
}
