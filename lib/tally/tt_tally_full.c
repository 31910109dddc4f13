/* SPDX-License-Identifier: BSD-3-Clause */
/* How pairs and contacts find room in a full table. */
#include "tt_tally_tables.h"

/* The table of pairs, or of contacts, as what making room needs to know of it. */
struct table {
	struct tt_tally *tally;
	bool (*taken)(const struct tt_tally *t, uint64_t at);
	bool (*wanted)(const struct tt_tally *t, uint64_t at); /* is it still sampled? */
	void (*spill)(struct tt_tally *t,
			uint64_t at); /* counts it in the rest, frees it */
	uint64_t (*home)(const struct tt_tally *t, uint64_t at);
	void (*move)(struct tt_tally *t, uint64_t to, uint64_t from);
	uint64_t mask;
	uint32_t *n;
	unsigned *shift;
};

static bool
pair_taken(const struct tt_tally *t, uint64_t at)
{
	return t->slots[at].count.packets != 0;
}

static bool
pair_wanted(const struct tt_tally *t, uint64_t at)
{
	uint64_t hash = tt_tally_sample_hash(t, tt_slot_src(&t->slots[at]));

	return tt_sampled(hash, t->pair_shift);
}

static void
add_contact(struct tt_tally *t, struct tt_addr src, uint64_t to, uint64_t packets)
{
	if (tt_tally_add_contact(t, tt_tally_contact_place(t, src, to), src, to, packets))
		return;
	tt_rest_add_contact(&t->rest, tt_sketch_hash(src),
			tt_contact_destination(t->rest.config.destinations, to),
			tt_contact_class(to), packets);
	t->contacts_lost.packets += packets;
}

static void
add_port(struct tt_tally *t, uint64_t key, uint64_t packets)
{
	uint64_t home = tt_port_home(t, key);
	struct tt_port_entry out;

	if (!tt_tally_ports_full(t)) {
		tt_tally_add_port(t, home, key, packets);
		return;
	}
	out = tt_tally_add_port_full(t, home, key, packets);
	if (out.packets != 0)
		tt_tally_rest_port(t, out);
}

void
tt_tally_unpack(struct tt_tally *t, struct tt_slot *s)
{
	if (tt_slot_contact_packets(s) != 0)
		add_contact(t, tt_slot_src(s), tt_slot_contact_key(s), s->v4.dst_packets);
	if (tt_slot_port_packets(s) != 0)
		add_port(t, tt_slot_port_key(s), s->v4.port_packets);
	if ((s->detail & TT_DETAIL_V6) == 0)
		s->v4.dst_packets = s->v4.port_packets = 0;
}

static void
spill_pair(struct tt_tally *t, uint64_t at)
{
	struct tt_slot *s = &t->slots[at];
	struct tt_addr src = tt_slot_src(s);

	tt_tally_unpack(t, s);
	tt_rest_add_pair(&t->rest, src, tt_sketch_hash(src), s->key, s->detail, s->count);
	t->pairs_lost.packets += s->count.packets;
	s->count = (struct tt_count){0};
}

static uint64_t
pair_home(const struct tt_tally *t, uint64_t at)
{
	const struct tt_slot *s = &t->slots[at];

	return tt_pair_home(t, tt_slot_src(s), s->key, s->detail);
}

static void
move_pair(struct tt_tally *t, uint64_t to, uint64_t from)
{
	t->slots[to] = t->slots[from];
	t->slots[from].count = (struct tt_count){0};
}

static bool
contact_taken(const struct tt_tally *t, uint64_t at)
{
	return t->contacts[at].packets != 0;
}

static bool
contact_wanted(const struct tt_tally *t, uint64_t at)
{
	const struct tt_entry *e = &t->contacts[at];

	return tt_sampled(tt_tally_contact_hash(t, e->src, e->key), t->contact_shift);
}

static void
spill_contact(struct tt_tally *t, uint64_t at)
{
	struct tt_entry *e = &t->contacts[at];

	tt_rest_add_contact(&t->rest, tt_sketch_hash(e->src),
			tt_contact_destination(t->rest.config.destinations, e->key),
			tt_contact_class(e->key), e->packets);
	t->contacts_lost.packets += e->packets;
	e->packets = 0;
}

static uint64_t
contact_home(const struct tt_tally *t, uint64_t at)
{
	return tt_contact_home(t, t->contacts[at].src, t->contacts[at].key);
}

static void
move_contact(struct tt_tally *t, uint64_t to, uint64_t from)
{
	t->contacts[to] = t->contacts[from];
	t->contacts[from].packets = 0;
}

/* Closes the hole in a run: what comes after it and may stand there moves up. */
static void
close_hole(struct table *b, uint64_t hole)
{
	for (uint64_t at = (hole + 1) & b->mask; b->taken(b->tally, at);
			at = (at + 1) & b->mask) {
		uint64_t from_home = (at - b->home(b->tally, at)) & b->mask;

		if (from_home >= ((at - hole) & b->mask)) {
			b->move(b->tally, hole, at);
			hole = at;
		}
	}
}

/*
 * Frees one slot that is no longer wanted, of those from `at` on; false where there is none among
 * them. Where one slot in 20 is no longer wanted, 20 are looked at on average, and all of
 * LOOK_AHEAD fail once in 500,000 times: so the rate falls when about so few are left.
 */
#define LOOK_AHEAD 256

static bool
free_another(struct table *b, uint64_t at)
{
	for (unsigned i = 0; i < LOOK_AHEAD; i++, at++) {
		uint64_t here = at & b->mask;

		if (!b->taken(b->tally, here) || b->wanted(b->tally, here))
			continue;
		b->spill(b->tally, here);
		close_hole(b, here);
		--*b->n;
		return true;
	}
	return false;
}

/*
 * The first slot of the run that is no longer wanted; where there is none, the free slot that
 * ends the run, for which another is freed. Where none can be freed the rate is halved, and the
 * next keys find plenty. Runs end: an eighth of the slots is never taken.
 */
static uint64_t
make_room(struct table *b, uint64_t home, uint64_t hash)
{
	uint64_t at = home;

	while (b->taken(b->tally, at)) {
		if (!b->wanted(b->tally, at)) {
			b->spill(b->tally, at);
			return at;
		}
		at = (at + 1) & b->mask;
	}
	while (!free_another(b, at + 1)) {
		if (*b->shift == TT_SAMPLE_SHIFT_MAX)
			return TT_NO_PLACE;
		++*b->shift;
		if (!tt_sampled(hash, *b->shift))
			return TT_NO_PLACE;
		if (*b->n < (b->mask + 1) / 8 * 7)
			break;
	}
	++*b->n;
	return at;
}

uint64_t
tt_tally_make_pair_room(struct tt_tally *t, uint64_t home, uint64_t sample_hash)
{
	struct table b = {t, pair_taken, pair_wanted, spill_pair, pair_home, move_pair,
			t->pair_mask, &t->n_pairs, &t->pair_shift};

	t->pairs_unlisted = true;
	return make_room(&b, home, sample_hash);
}

uint64_t
tt_tally_make_contact_room(struct tt_tally *t, uint64_t home, uint64_t contact_hash)
{
	struct table b = {t, contact_taken, contact_wanted, spill_contact, contact_home,
			move_contact, t->contact_mask, &t->n_contacts, &t->contact_shift};

	t->contacts_unlisted = true;
	return make_room(&b, home, contact_hash);
}

void
tt_tally_settle(struct tt_tally *t)
{
	uint32_t n = 0;

	for (uint64_t at = 0; t->pairs_unlisted && at <= t->pair_mask; at++)
		if (pair_taken(t, at))
			t->pairs_at[n++] = (uint32_t)at;
	TT_ASSERT(!t->pairs_unlisted || n == t->n_pairs);
	n = 0;
	for (uint64_t at = 0; t->contacts_unlisted && at <= t->contact_mask; at++)
		if (contact_taken(t, at))
			t->contacts_at[n++] = (uint32_t)at;
	TT_ASSERT(!t->contacts_unlisted || n == t->n_contacts);
	t->pairs_unlisted = t->contacts_unlisted = false;
}
