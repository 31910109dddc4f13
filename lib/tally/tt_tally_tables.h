/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside a tally: one packet into each of the three tables. Open addressing with linear probing,
 * so that the slots of a run lie side by side and prefetch themselves. Inline, since the burst
 * calls each in a pass of its own.
 *
 * Pairs and contacts that are no longer sampled stay in their slots until a new key needs one: the
 * first on its way, or one nearby, whose hole is closed. They are then counted in the rest. So
 * lowering the rate costs one increment.
 */
#ifndef TT_TALLY_TABLES_H
#define TT_TALLY_TABLES_H

#include "tt_tally_place.h"

/* When ports are full, a key is looked for in the cache line of its home alone. */
#define TT_PORT_WINDOW 4

/* In IPv4, the first slot of a line. */
static inline uint64_t
tt_contact_home(const struct tt_tally *t, struct tt_addr src, uint64_t to)
{
	const uint64_t place = tt_hash_place_addr(src, to, &t->place);

	if (TT_LIKELY((to & TT_CONTACT_V6) == 0))
		return place & t->contact4_mask & ~(uint64_t)(TT_CONTACT_WAYS - 1);
	return place & t->contact6_mask;
}

static inline uint64_t
tt_port_home(const struct tt_tally *t, uint64_t key)
{
	return tt_hash_place(key, 0, &t->place) & t->port_mask;
}

static inline uint64_t
tt_tally_contact_hash(const struct tt_tally *t, struct tt_addr src, uint64_t to)
{
	return tt_contact_hash(&t->sample, t->rest.config.destinations, src, to);
}

/*
 * A free slot for a new contact in a full table, on the way from its home. Lowers the
 * sampling rate where nothing can be freed; TT_NO_PLACE where the new one is then not sampled
 * itself. *out is what made room, which the caller counts as not kept, or has no packets.
 */
uint64_t tt_tally_make_contact4_room(struct tt_tally *t, uint64_t home,
		uint64_t contact_hash, struct tt_entry *out);
uint64_t tt_tally_make_contact6_room(struct tt_tally *t, uint64_t home,
		uint64_t contact_hash, struct tt_entry *out);

/* What of a packet is still to be counted after its pair. */
enum tt_left {
	TT_LEFT_CONTACT = 1, /* and the destination, which may be new to the target */
	TT_LEFT_PORT = 2,
	TT_LEFT_SKETCH = 4, /* the destination alone */
	TT_LEFT_PAIR = 8, /* the pair was refused: it is not sampled */
	TT_LEFT_OUT = 16 /* another pair made room for it */
};

/* Of a packet whose pair is refused. */
static inline unsigned
tt_left_of_refused(const struct tt_packet *p)
{
	return TT_LEFT_CONTACT | p->has_ports * TT_LEFT_PORT | TT_LEFT_PAIR;
}

/* v6: is src not IPv4? detail: with TT_DETAIL_V6 where it is not. */
static inline bool
tt_slot_is(const struct tt_slot *s, struct tt_addr src, tt_target_key key,
		tt_detail detail, bool v6)
{
	const uint64_t other = (s->key ^ key) | (s->detail ^ detail);

	if (v6)
		return (other | (s->v6.lo ^ src.lo) | (s->v6.hi ^ src.hi)) == 0;
	return (other | (s->v4.src ^ (uint32_t)src.lo)) == 0;
}

/* A new slot of this packet. */
static inline unsigned
tt_slot_fill(struct tt_slot *s, const struct tt_packet *p, tt_target_key key,
		tt_detail detail, int64_t time_us, bool v6)
{
	s->key = key;
	s->detail = detail;
	s->count = (struct tt_count){1, p->ip_bytes};
	s->first_us = s->last_us = time_us;
	if (v6) {
		s->v6 = p->src;
		return TT_LEFT_CONTACT | p->has_ports * TT_LEFT_PORT;
	}
	s->v4.src = (uint32_t)p->src.lo;
	s->v4.port = p->src_port;
	s->v4.port_packets = p->has_ports;
	s->v4.dst = (uint32_t)p->dst.lo;
	s->v4.dst_packets = 1;
	return TT_LEFT_SKETCH;
}

/* One packet more in its slot. Without branches: whether a packet is like the first cannot be
 * predicted. */
static inline unsigned
tt_slot_add(struct tt_slot *s, const struct tt_packet *p, int64_t time_us, bool v6)
{
	unsigned contact, port;

	tt_count_add(&s->count, (struct tt_count){1, p->ip_bytes});
	if (TT_UNLIKELY(time_us < s->first_us))
		s->first_us = time_us;
	s->last_us = time_us > s->last_us ? time_us : s->last_us;
	if (v6)
		return TT_LEFT_CONTACT | p->has_ports * TT_LEFT_PORT;
	contact = s->v4.dst == (uint32_t)p->dst.lo;
	port = (s->v4.port == p->src_port) & p->has_ports;
	if (TT_UNLIKELY(s->v4.dst_packets == UINT32_MAX))
		contact = 0;
	if (TT_UNLIKELY(s->v4.port_packets == UINT16_MAX))
		port = 0;
	s->v4.dst_packets += contact;
	s->v4.port_packets = (uint16_t)(s->v4.port_packets + port);
	return (contact ^ 1) * TT_LEFT_CONTACT | (port ^ p->has_ports) * TT_LEFT_PORT;
}

/* A pair whose number is not known, or that is new; its source is sampled. */
unsigned tt_tally_find_pair(struct tt_tally *t, uint64_t hash, const struct tt_packet *p,
		tt_target_key key, tt_detail detail, int64_t time_us,
		struct tt_slot *out);

/*
 * Returns what is left to be counted, a set of enum tt_left. place: of tt_tally_pair_place, at whatever shift
 * was then; number: a guess (tt_pair_guess); detail, v6: as of tt_slot_is; *out: what made room, where
 * TT_LEFT_OUT.
 */
static inline __attribute__((always_inline)) unsigned
tt_tally_add_pair(struct tt_tally *t, uint64_t place, uint32_t number,
		const struct tt_packet *p, tt_target_key key, tt_detail detail,
		int64_t time_us, struct tt_slot *out, bool v6)
{
	struct tt_slot *s = &t->slots[number];

	if (TT_UNLIKELY(t->pair_shift != 0)
			&& (place == TT_NO_PLACE
					|| !tt_sampled(tt_tally_sample_hash(t, p->src),
							t->pair_shift)))
		return tt_left_of_refused(p);
	if (TT_LIKELY(number < t->n_pairs)
			&& TT_LIKELY(tt_slot_is(s, p->src, key, detail, v6)))
		return tt_slot_add(s, p, time_us, v6);
	return tt_tally_find_pair(t, place, p, key, detail, time_us, out);
}

static inline uint64_t
tt_tally_contact_place(const struct tt_tally *t, struct tt_addr src, uint64_t to)
{
	if (TT_UNLIKELY(t->contact_shift != 0)
			&& !tt_sampled(tt_tally_contact_hash(t, src, to),
					t->contact_shift))
		return TT_NO_PLACE;
	return tt_contact_home(t, src, to);
}

static inline void
tt_tally_prefetch_contact_home(const struct tt_tally *t, uint64_t to, uint64_t home)
{
	if (TT_LIKELY((to & TT_CONTACT_V6) == 0))
		__builtin_prefetch(&t->contact_lines[home / TT_CONTACT_WAYS], 1);
	else
		__builtin_prefetch(&t->contacts[home], 1);
}

/* A contact with its packets, on its way into the table. */
struct tt_contact_place {
	struct tt_entry entry;
	uint64_t home; /* tt_tally_contact_place */
};

/* The slot of a contact that is not in its table, or TT_NO_PLACE. at: the free one that was found. */
static inline uint64_t
tt_tally_contact4_slot(struct tt_tally *t, const struct tt_contact_place *place,
		uint64_t at, struct tt_entry *out)
{
	if (TT_LIKELY(t->n_contacts - t->n_contacts6 < t->max_contacts4)) {
		t->contacts_at[t->n_contacts++ & t->list_mask] = (uint32_t)at;
		return at;
	}
	return tt_tally_make_contact4_room(t, place->home,
			tt_tally_contact_hash(t, place->entry.src, place->entry.key),
			out);
}

/* Counts a contact of IPv4 that is sampled. Returns whether it could. *out: what made room, or as it was. */
static inline bool
tt_tally_add_contact4(struct tt_tally *t, const struct tt_contact_place *place,
		struct tt_entry *out)
{
	const struct tt_entry *add = &place->entry;
	const uint64_t ends = tt_contact_ends(add->src, add->key);
	uint64_t at = place->home;

	for (;; at = (at + TT_CONTACT_WAYS) & t->contact4_mask) {
		struct tt_contact_line *line = &t->contact_lines[at / TT_CONTACT_WAYS];
		unsigned taken;

		if (tt_contact_line_add(
				    line, ends, tt_contact_class(add->key), add->packets))
			return true;
		taken = tt_contact_line_taken(line);
		if (TT_LIKELY(taken < TT_CONTACT_WAYS)) {
			at += taken;
			break;
		}
	}
	at = tt_tally_contact4_slot(t, place, at, out);
	if (at == TT_NO_PLACE)
		return false;
	tt_contact_fill_slot(t->contact_lines, at, add);
	return true;
}

/* The same of IPv6. */
static inline bool
tt_tally_add_contact6(struct tt_tally *t, const struct tt_contact_place *place,
		struct tt_entry *out)
{
	const struct tt_entry *add = &place->entry;
	uint64_t at = place->home;

	for (; t->contacts[at].packets != 0; at = (at + 1) & t->contact6_mask) {
		struct tt_entry *e = &t->contacts[at];

		if (((e->src.lo ^ add->src.lo) | (e->key ^ add->key)
				    | (e->src.hi ^ add->src.hi))
				== 0) {
			e->packets += add->packets;
			return true;
		}
	}
	if (t->n_contacts6 < t->max_contacts6) {
		t->contacts_at[t->n_contacts++ & t->list_mask] =
				(uint32_t)(t->contact4_mask + 1 + at);
		t->n_contacts6++;
	} else {
		at = tt_tally_make_contact6_room(t, place->home,
				tt_tally_contact_hash(t, add->src, add->key), out);
	}
	if (at == TT_NO_PLACE)
		return false;
	t->contacts[at] = *add;
	return true;
}

/* Counts packets of a contact. Returns whether *out is to be counted as not kept: the contact itself,
 * where it is not sampled, or one that made room for it. */
static inline bool
tt_tally_add_contact(struct tt_tally *t, const struct tt_contact_place *place,
		struct tt_entry *out)
{
	const struct tt_entry *add = &place->entry;
	bool kept;

	if (TT_UNLIKELY(t->contact_shift != 0)
			&& (place->home == TT_NO_PLACE
					|| !tt_sampled(tt_tally_contact_hash(t, add->src,
								       add->key),
							t->contact_shift))) {
		*out = *add;
		return true;
	}
	out->packets = 0;
	if (TT_LIKELY((add->key & TT_CONTACT_V6) == 0))
		kept = tt_tally_add_contact4(t, place, out);
	else
		kept = tt_tally_add_contact6(t, place, out);
	if (TT_UNLIKELY(!kept))
		*out = *add;
	return out->packets != 0;
}

/*
 * The same when ports are full. Free slots are still taken, within the window; the lightest key
 * of a full window makes room. A key that lies further from its home than the window may so be
 * entered twice, which the merge adds up. Returns what made room; packets 0 where nothing did.
 */
static inline struct tt_port_entry
tt_tally_add_port_full(struct tt_tally *t, uint64_t home, uint64_t key, uint64_t packets)
{
	uint64_t first = home & ~(uint64_t)(TT_PORT_WINDOW - 1);
	struct tt_port_entry *e = &t->ports[first], *lightest = e, out;

	for (unsigned i = 0; i < TT_PORT_WINDOW; i++, e++) {
		if (e->packets != 0 && e->key == key) {
			e->packets += packets;
			return (struct tt_port_entry){0};
		}
		if (e->packets < lightest->packets)
			lightest = e;
	}
	if (lightest->packets == 0)
		t->ports_at[t->n_ports++ & t->list_mask] = (uint32_t)(lightest
				- t->ports);
	out = *lightest;
	*lightest = (struct tt_port_entry){key, packets};
	return out;
}

/* A source port of a target, with packets, on its way into the table. */
struct tt_port_place {
	uint64_t key, home, packets; /* tt_port_key, tt_port_home */
};

/* The same of a busy target, on its way into the target's array. */
struct tt_busy_place {
	uint32_t at; /* tt_busy_at */
	uint32_t packets;
};

/* Counts what made room without its target. */
static inline void
tt_tally_rest_port(struct tt_tally *t, struct tt_port_entry out)
{
	uint32_t class = out.key >> 16 & 0xff, port = out.key & 0xffff;

	tt_rest_count_packets(&t->rest, TT_CELL_SOURCE_PORT_REST + class * 65536 + port,
			out.packets);
	t->ports_lost.packets += out.packets;
	t->ports_lost.keys++;
}

static inline void
tt_tally_prefetch_rest_port(const struct tt_tally *t, uint64_t key)
{
	__builtin_prefetch(tt_rest_packets(&t->rest,
					   TT_CELL_SOURCE_PORT_REST
							   + (uint32_t)(key >> 16 & 0xff)
									   * 65536
							   + (uint32_t)(key & 0xffff)),
			1);
}

/* Packets into the ports as long as they are not full. */
static inline void
tt_tally_add_port(struct tt_tally *t, uint64_t at, uint64_t key, uint64_t packets)
{
	struct tt_port_entry *e;

	for (;; at = (at + 1) & t->port_mask) {
		e = &t->ports[at];
		if (e->packets == 0)
			break;
		if (TT_LIKELY(e->key == key)) {
			e->packets += packets;
			return;
		}
	}
	t->ports_at[t->n_ports++ & t->list_mask] = (uint32_t)at;
	*e = (struct tt_port_entry){key, packets};
}

static inline bool
tt_tally_ports_full(const struct tt_tally *t)
{
	return t->n_ports >= t->max_ports;
}

#endif
