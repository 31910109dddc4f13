/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside a tally: contacts and source ports on their way into the tables, in stages: where they will be
 * is fetched for all of them (…_place), then they are counted. What finds no place is counted as not
 * kept, in stages of its own.
 */
#ifndef TT_TALLY_STAGES_H
#define TT_TALLY_STAGES_H

#include "tt_refused.h"
#include "tt_tally_tables.h"

/* Contacts and source ports are put off once one slot in so many is taken; while there are fewer, their lines are in
 * the caches. */
#define TT_CROWDED 16

static inline struct tt_contact_place
tt_contact_fetch(const struct tt_tally *t, struct tt_addr src, uint64_t to,
		uint64_t packets, uint64_t home)
{
	if (TT_LIKELY(home != TT_NO_PLACE))
		tt_tally_prefetch_contact_home(t, to, home);
	return (struct tt_contact_place){{src, to, packets}, home};
}

static inline struct tt_contact_place
tt_contact_place(const struct tt_tally *t, struct tt_addr src, uint64_t to,
		uint64_t packets)
{
	return tt_contact_fetch(t, src, to, packets, tt_tally_contact_place(t, src, to));
}

/* Source ports are put off as contacts are. */
static inline bool
tt_tally_puts_ports_off(const struct tt_tally *t)
{
	return t->n_ports > t->port_mask / TT_CROWDED;
}

/* Source ports on their way: those of busy targets, and the others. */
struct tt_port_places {
	struct tt_busy_place busy[TT_TALLY_BURST];
	struct tt_port_place others[TT_TALLY_BURST];
};

/*
 * Puts port i among them, 65,535 packets at most; n_busy: how many of those before it are of busy targets.
 * Returns whether it is of one, which the caller counts, in a register.
 */
static inline bool
tt_port_place(struct tt_tally *t, struct tt_port_places *places, unsigned i,
		unsigned n_busy, uint64_t key, uint32_t packets)
{
	struct tt_busy *b = t->busy;
	const uint64_t at = tt_busy_at(b, &t->place, key);
	const bool busy = at < TT_BUSY_NONE;

	if (TT_UNLIKELY((b->turn + i) % TT_BUSY_TURN == 0))
		tt_busy_vote(b, &t->place, key);
	if (busy) {
		__builtin_prefetch(&b->low[at], 1);
		places->busy[n_busy] = (struct tt_busy_place){(uint32_t)at, packets};
	} else {
		const uint64_t home = tt_port_home(t, key);

		if (TT_LIKELY(!tt_tally_puts_ports_off(t)))
			__builtin_prefetch(&t->ports[home], 1);
		places->others[i - n_busy] = (struct tt_port_place){key, home, packets};
	}
	return busy;
}

/* Counts contacts[n] as not kept; n: TT_TALLY_BURST at most. */
void tt_tally_contacts_out(
		struct tt_tally *t, const struct tt_entry *contacts, unsigned n);

/* The same of pairs, with the contact and the port that they hold. */
void tt_tally_pairs_out(struct tt_tally *t, const struct tt_slot *pairs, unsigned n);

/* Counts source ports when their table is full; n: TT_TALLY_BURST at most. */
void tt_tally_add_ports_full(
		struct tt_tally *t, const struct tt_port_place *places, unsigned n);

static inline bool
tt_tally_puts_contacts_off(const struct tt_tally *t)
{
	return t->n_contacts - t->n_contacts6 > t->contact4_mask / TT_CROWDED
			|| t->n_contacts6 > t->contact6_mask / TT_CROWDED;
}

/* Does those that wait for a part of their table; for any part. */
void tt_tally_catch_up_contacts(struct tt_tally *t, uint64_t part);
void tt_tally_catch_up_contacts6(struct tt_tally *t, uint64_t part);
void tt_tally_catch_up_ports(struct tt_tally *t, uint64_t part);
void tt_tally_catch_up_refused(struct tt_tally *t, uint64_t part);
void tt_tally_catch_up(struct tt_tally *t);

/* Does some of those that wait for a part of refused packets that is due; while another one is being done, only
 * few of them. */
void tt_tally_refused_due(struct tt_tally *t, uint64_t part);

/* Puts a packet off that can wait (tt_refused_can_wait). */
static inline void
tt_tally_put_refused_off(struct tt_tally *t, struct tt_later_update update)
{
	if (TT_UNLIKELY(tt_later_put(&t->waiting->refused, update)))
		tt_tally_refused_due(t, update.at >> TT_REFUSED_SHIFT);
}

/* Puts packets of a contact of IPv4 off that has a home, less than 2^28. */
static inline void
tt_tally_put_contact_off(struct tt_tally *t, struct tt_addr src, uint64_t to,
		uint64_t home, uint32_t packets)
{
	const struct tt_later_update update = {.key = tt_contact_ends(src, to),
			.at = (uint32_t)home,
			.more = packets << 4 | tt_contact_class(to)};

	if (TT_UNLIKELY(tt_later_put(&t->waiting->contacts, update)))
		tt_tally_catch_up_contacts(t, home >> t->waiting->contacts.shift);
}

/* The same of a packet of IPv6. */
static inline void
tt_tally_put_contact6_off(
		struct tt_tally *t, struct tt_addr src, uint64_t to, uint64_t home)
{
	const struct tt_later_update update[2] = {
			{.key = src.hi,
					.at = (uint32_t)home,
					.more = tt_contact_class(to)},
			{.key = src.lo, .at = (uint32_t)(to >> 4)}};

	if (TT_UNLIKELY(tt_later_put_wide(&t->waiting->contacts6, update)))
		tt_tally_catch_up_contacts6(t, home >> t->waiting->contacts6.shift);
}

static inline void
tt_tally_add_contacts(
		struct tt_tally *t, const struct tt_contact_place *places, unsigned n)
{
	struct tt_entry out[TT_TALLY_BURST];
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++)
		n_out += tt_tally_add_contact(t, &places[i], &out[n_out]);
	if (TT_UNLIKELY(n_out > 0))
		tt_tally_contacts_out(t, out, n_out);
}

/* Counts those of busy targets; what an array has no room for joins the others. Returns how many these are. */
static inline unsigned
tt_tally_add_busy(struct tt_tally *t, struct tt_port_places *places, unsigned n_busy,
		unsigned n_others)
{
	struct tt_busy *b = t->busy;
	uint8_t *low = b->low;

	for (unsigned i = 0; i < n_busy; i++) {
		const struct tt_busy_place p = places->busy[i];
		uint64_t key;

		if (TT_LIKELY(tt_busy_add(b, low, p.at, p.packets)))
			continue;
		key = tt_busy_key(b, p.at);
		places->others[n_others++] = (struct tt_port_place){
				key, tt_port_home(t, key), p.packets};
	}
	return n_others;
}

/* Counts source ports that have no array. */
static inline void
tt_tally_add_other_ports(
		struct tt_tally *t, const struct tt_port_place *others, unsigned n)
{
	unsigned i;

	for (i = 0; i < n && !tt_tally_ports_full(t); i++)
		tt_tally_add_port(t, others[i].home, others[i].key, others[i].packets);
	if (TT_UNLIKELY(i < n))
		tt_tally_add_ports_full(t, others + i, n - i);
}

static inline void
tt_tally_put_ports_off(struct tt_tally *t, const struct tt_port_place *others, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct tt_later_update update = {.key = others[i].key,
				.at = (uint32_t)others[i].home,
				.more = (uint32_t)others[i].packets};

		if (TT_UNLIKELY(tt_later_put(&t->waiting->ports, update)))
			tt_tally_catch_up_ports(
					t, others[i].home >> t->waiting->ports.shift);
	}
}

/* Counts n ports that were placed, n_busy of them of busy targets. */
static inline void
tt_tally_add_ports(struct tt_tally *t, struct tt_port_places *places, unsigned n,
		unsigned n_busy)
{
	const unsigned n_others = tt_tally_add_busy(t, places, n_busy, n - n_busy);

	t->busy->turn += n;
	if (TT_UNLIKELY(tt_tally_puts_ports_off(t)))
		tt_tally_put_ports_off(t, places->others, n_others);
	else
		tt_tally_add_other_ports(t, places->others, n_others);
}

#endif
