/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets into a tally: one by one, which defines the result, and staged in bursts. */
#include "tt_tally_stages.h"

/* What is computed of each packet. */
struct staged {
	tt_target_key key;
	tt_detail detail; /* as of tt_slot_is */
	uint64_t pair; /* tt_tally_pair_place */
};

static inline struct staged
stage(const struct tt_packet *p, tt_detail detail)
{
	struct staged s = {.key = tt_target_key_of(p), .detail = detail};

	if (TT_UNLIKELY(!tt_addr_is_v4(p->src)))
		s.detail |= TT_DETAIL_V6;
	return s;
}

static inline uint64_t
place_pair(const struct tt_tally *t, const struct tt_packet *p, const struct staged *s)
{
	return tt_tally_pair_place(t, p->src, s->key, s->detail);
}

/* Adds up bit by bit, for as many bits as any packet of details[n] has. */
static inline void
count_fingerprints(struct tt_tally *t, const tt_detail *details, unsigned n)
{
	uint32_t low[TT_TALLY_BURST], any = 0;

	for (unsigned i = 0; i < n; i++)
		any |= low[i] = (uint32_t)details[i];
	for (; any != 0; any &= any - 1) {
		const unsigned bit = (unsigned)__builtin_ctz(any);
		uint32_t sum = 0;

		for (unsigned i = 0; i < n; i++)
			sum += low[i] >> bit & 1;
		if (bit < TT_DETAIL_TESTED_SHIFT)
			t->matched[bit] += sum;
		else
			t->tested[bit - TT_DETAIL_TESTED_SHIFT] += sum;
	}
}

/* Where a register is that the destination of a packet may raise. */
struct raise {
	uint32_t at;
	uint8_t rho;
};

static inline struct raise
find_register(tt_target_key key, struct tt_addr dst)
{
	const uint64_t hash = tt_sketch_hash(dst);

	return (struct raise){tt_registers_of_target(TT_REGISTERS_DESTINATIONS,
					      tt_target_index(key))
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET),
			tt_sketch_rho(hash, TT_SKETCH_P_TARGET)};
}

static inline void
raise_register(struct tt_rest *r, struct raise raise)
{
	if (TT_LIKELY(raise.rho <= r->registers[raise.at]))
		return;
	r->registers[raise.at] = raise.rho;
	r->registers_used[raise.at / TT_REGISTER_BLOCK] = 1;
}

static inline uint64_t
contact_key(const struct tt_tally *t, const struct tt_packet *p, tt_target_key key)
{
	return tt_contact_key(
			t->rest.config.destinations, p->dst, tt_target_key_class(key));
}

/* A pair that is refused. */
static inline struct tt_rest_pair
refuse(struct tt_tally *t, const struct tt_packet *p, tt_target_key key, tt_detail detail)
{
	t->pairs_lost.packets++;
	return (struct tt_rest_pair){.src = p->src,
			.key = key,
			.detail = detail,
			.count = {1, p->ip_bytes}};
}

static inline struct tt_contact_place
place_contact(const struct tt_tally *t, const struct tt_packet *p, tt_target_key key)
{
	return tt_contact_place(t, p->src, contact_key(t, p, key), 1);
}

static inline struct tt_port_place
place_port(const struct tt_tally *t, const struct tt_packet *p, tt_target_key key)
{
	return tt_port_place(t, tt_port_key(key, p->src_port), 1);
}

void
tt_tally_one_ref(struct tt_tally *t, const struct tt_packet *p, tt_detail detail,
		int64_t time_us)
{
	const struct staged s = stage(p, detail);
	struct tt_slot out;
	unsigned left;

	tt_distributions_count(&t->rest, p, tt_target_key_class(s.key));
	count_fingerprints(t, &detail, 1);
	left = tt_tally_add_pair(
			t, place_pair(t, p, &s), p, s.key, s.detail, time_us, &out);
	if (left & TT_LEFT_OUT)
		tt_tally_pairs_out(t, &out, 1);
	if (left & TT_LEFT_PAIR) {
		struct tt_rest_pair refused = refuse(t, p, s.key, s.detail);

		tt_rest_add_pairs(&t->rest, &refused, 1);
	}
	if (left & TT_LEFT_CONTACT) {
		const struct tt_contact_place contact = place_contact(t, p, s.key);

		tt_tally_add_contacts(t, &contact, 1);
	}
	if (left & TT_LEFT_PORT) {
		const struct tt_port_place port = place_port(t, p, s.key);

		tt_tally_add_ports(t, &port, 1);
	}
	if (left & TT_LEFT_SKETCH)
		raise_register(&t->rest, find_register(s.key, p->dst));
}

/* A burst on its way through the passes. */
struct burst {
	struct tt_tally *tally;
	const struct tt_packet *packets;
	const int64_t *times_us;
	struct staged staged[TT_TALLY_BURST];
};

/* Packets of a burst that a pass is to look at; to begin with, n = 0. */
struct some {
	unsigned n;
	uint8_t at[TT_TALLY_BURST];
};

static inline void
note(struct some *some, unsigned i, bool wanted)
{
	some->at[some->n] = (uint8_t)i;
	some->n += wanted;
}

static __attribute__((noinline)) void
count_refused(const struct burst *b, const struct some *refused)
{
	struct tt_rest_pair rest[TT_TALLY_BURST];

	for (unsigned k = 0; k < refused->n; k++) {
		const unsigned i = refused->at[k];

		rest[k] = refuse(b->tally, &b->packets[i], b->staged[i].key,
				b->staged[i].detail);
	}
	tt_rest_add_pairs(&b->tally->rest, rest, refused->n);
}

static void
count_contacts(const struct burst *b, const struct some *some)
{
	struct tt_contact_place places[TT_TALLY_BURST];

	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];

		places[k] = place_contact(b->tally, &b->packets[i], b->staged[i].key);
	}
	tt_tally_add_contacts(b->tally, places, some->n);
}

static void
count_ports(const struct burst *b, const struct some *some)
{
	struct tt_port_place places[TT_TALLY_BURST];

	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];

		places[k] = place_port(b->tally, &b->packets[i], b->staged[i].key);
	}
	tt_tally_add_ports(b->tally, places, some->n);
}

static void
count_destinations(const struct burst *b, const struct some *some)
{
	struct tt_rest *r = &b->tally->rest;
	struct raise raises[TT_TALLY_BURST];

	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];

		raises[k] = find_register(b->staged[i].key, b->packets[i].dst);
		__builtin_prefetch(&r->registers[raises[k].at], 1);
	}
	for (unsigned k = 0; k < some->n; k++)
		raise_register(r, raises[k]);
}

/* Pairs, then of each packet what its pair leaves to be counted. */
static inline void
count_pairs(const struct burst *b, unsigned n, unsigned passes)
{
	struct some contacts, ports, sketches, refused;
	struct tt_slot out[TT_TALLY_BURST];
	unsigned n_out = 0;

	contacts.n = ports.n = sketches.n = refused.n = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct staged *s = &b->staged[i];
		const unsigned left = tt_tally_add_pair(b->tally, s->pair, &b->packets[i],
				s->key, s->detail, b->times_us[i], &out[n_out]);

		n_out += (left & TT_LEFT_OUT) != 0;
		note(&contacts, i, left & TT_LEFT_CONTACT);
		note(&ports, i, left & TT_LEFT_PORT);
		note(&sketches, i, left & TT_LEFT_SKETCH);
		if (TT_UNLIKELY((left & TT_LEFT_PAIR) != 0))
			note(&refused, i, true);
	}
	if (TT_UNLIKELY(refused.n > 0))
		count_refused(b, &refused);
	if (TT_UNLIKELY(n_out > 0))
		tt_tally_pairs_out(b->tally, out, n_out);
	if (passes & TT_PASS_CONTACTS)
		count_contacts(b, &contacts);
	if (passes & TT_PASS_PORTS)
		count_ports(b, &ports);
	if (passes & TT_PASS_SKETCHES)
		count_destinations(b, &sketches);
}

static inline void
count_burst(struct tt_tally *t, const struct tt_packet *packets, const tt_detail *details,
		const int64_t *times_us, unsigned n, unsigned passes)
{
	struct burst b;

	b.tally = t;
	b.packets = packets;
	b.times_us = times_us;
	for (unsigned i = 0; i < n; i++) {
		b.staged[i] = stage(&packets[i], details[i]);
		if ((passes & TT_PASS_PAIRS) == 0)
			continue;
		b.staged[i].pair = place_pair(t, &packets[i], &b.staged[i]);
		if (TT_LIKELY(b.staged[i].pair != TT_NO_PLACE))
			__builtin_prefetch(&t->slots[b.staged[i].pair], 1);
	}
	if (passes & TT_PASS_DISTRIBUTIONS)
		for (unsigned i = 0; i < n; i++)
			tt_alike_count(t->alike, &t->rest, &packets[i],
					tt_target_key_class(b.staged[i].key));
	if (passes & TT_PASS_FINGERPRINTS)
		count_fingerprints(t, details, n);
	if (passes & TT_PASS_PAIRS)
		count_pairs(&b, n, passes);
}

void
tt_tally_burst(struct tt_tally *t, const struct tt_packet *packets,
		const tt_detail *details, const int64_t *times_us, unsigned n)
{
	count_burst(t, packets, details, times_us, n, TT_PASS_ALL);
}

void
tt_tally_burst_passes(struct tt_tally *t, const struct tt_packet *packets,
		const tt_detail *details, const int64_t *times_us, unsigned n,
		unsigned passes)
{
	count_burst(t, packets, details, times_us, n, passes);
}
