/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets into a tally: one by one, which defines the result, and staged in bursts. */
#include "tt_tally_tables.h"

/* What is computed of a packet once and needed by several passes. */
struct staged {
	tt_target_key key;
	uint64_t to;
	uint64_t port_key; /* 0: it has no ports */
	uint64_t pair, contact, port; /* home slots */
	uint32_t reg; /* of the destinations of its target */
	uint8_t rho; /* for that register */
};

static inline struct staged
stage(const struct tt_tally *t, const struct tt_packet *p, tt_detail detail)
{
	const uint64_t dst = tt_sketch_hash(p->dst);
	struct staged s = {.key = tt_target_key_of(p),
			.rho = tt_sketch_rho(dst, TT_SKETCH_P_TARGET)};

	s.reg = TT_REGISTERS_DESTINATIONS + (tt_target_index(s.key) << TT_SKETCH_P_TARGET)
			+ tt_sketch_register(dst, TT_SKETCH_P_TARGET);
	s.to = tt_contact_key(
			t->rest.config.destinations, p->dst, tt_target_key_class(s.key));
	s.pair = tt_pair_home(t, p->src, s.key, detail);
	s.contact = tt_contact_home(t, p->src, s.to);
	s.port_key = p->has_ports ? tt_port_key(s.key, p->src_port) : 0;
	s.port = tt_port_home(t, s.port_key);
	return s;
}

static inline uint32_t
at_most(uint32_t value, uint32_t max)
{
	return value < max ? value : max;
}

/* What is not as usual; see tt_rest_complete. */
static inline void
count_unusual(struct tt_rest *r, const struct tt_packet *p, uint32_t class)
{
	const uint32_t bytes = p->ip_bytes;

	if (TT_UNLIKELY(p->protocol != tt_usual_protocol[class]))
		tt_rest_count(r, TT_CELL_IP_PROTOCOL + class * 256 + p->protocol, 1,
				bytes);
	if (TT_LIKELY((p->encap | p->encap_depth) == 0))
		return;
	if (p->encap % TT_N_ENCAPS != 0)
		tt_rest_count(r,
				TT_CELL_ENCAPSULATION + class * TT_N_ENCAPS
						+ p->encap % TT_N_ENCAPS,
				1, bytes);
	if (p->encap_depth != 0)
		tt_rest_count(r,
				TT_CELL_DEPTH + class * (TT_DIST_DEPTH_MAX + 1)
						+ at_most(p->encap_depth,
								TT_DIST_DEPTH_MAX),
				1, bytes);
}

static inline void
count_distributions(struct tt_rest *r, const struct tt_packet *p, uint32_t class)
{
	const struct tt_count one = {1, p->ip_bytes};
	const uint32_t length = TT_CELL_IP_LENGTH + class * (TT_DIST_IP_LENGTH_MAX + 1)
			+ at_most(p->ip_bytes, TT_DIST_IP_LENGTH_MAX);

	tt_count_add(&r->cells[TT_CELL_TTL + class * 256 + p->ttl], one);
	tt_count_add(&r->cells[length], one);
	r->cells_used[length / TT_CELL_BLOCK] = 1;
	count_unusual(r, p, class);
	if (class > TT_CLASS_TCP_OTHER)
		return;
	tt_count_add(&r->cells[TT_CELL_TCP_FLAGS + p->tcp_flags % 4096], one);
	if (class == TT_CLASS_TCP_SYN && p->has_tcp)
		tt_rest_count(r, TT_CELL_TCP_WINDOW + p->tcp_window, 1, p->ip_bytes);
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

static inline void
count_destination(struct tt_rest *r, const struct staged *s)
{
	if (TT_LIKELY(s->rho <= r->registers[s->reg]))
		return;
	r->registers[s->reg] = s->rho;
	r->registers_used[s->reg / TT_REGISTER_BLOCK] = 1;
}

static inline void
count_pair_rest(struct tt_tally *t, const struct tt_packet *p, const struct staged *s,
		tt_detail detail)
{
	tt_rest_add_pair(&t->rest, p->src, tt_sketch_hash(p->src), s->key, detail,
			(struct tt_count){1, p->ip_bytes});
	t->pairs_lost.packets++;
}

static inline void
count_contact_rest(struct tt_tally *t, const struct tt_packet *p, const struct staged *s)
{
	tt_rest_add_contact(&t->rest, tt_sketch_hash(p->src), p->dst,
			tt_target_key_class(s->key), 1);
	t->contacts_lost.packets++;
}

void
tt_tally_one_ref(struct tt_tally *t, const struct tt_packet *p, tt_detail detail,
		int64_t time_us)
{
	const struct staged s = stage(t, p, detail);

	count_distributions(&t->rest, p, tt_target_key_class(s.key));
	count_fingerprints(t, &detail, 1);
	count_destination(&t->rest, &s);
	if (!tt_tally_add_pair(t, s.pair, p, s.key, detail, time_us))
		count_pair_rest(t, p, &s, detail);
	if (!tt_tally_add_contact(t, s.contact, p->src, s.to))
		count_contact_rest(t, p, &s);
	if (s.port_key != 0 && tt_tally_ports_full(t)) {
		struct tt_port_entry out = tt_tally_add_port_full(t, s.port, s.port_key);

		if (out.packets != 0)
			tt_tally_rest_port(t, out);
	} else if (s.port_key != 0) {
		tt_tally_add_port(t, s.port, s.port_key);
	}
}

/* Those of pairs and contacts that are not sampled are not needed, but to know it costs more. */
static inline void
prefetch(const struct tt_tally *t, const struct staged *s)
{
	__builtin_prefetch(&t->slots[s->pair], 1);
	__builtin_prefetch(&t->contacts[s->contact], 1);
	__builtin_prefetch(&t->ports[s->port], 1);
	__builtin_prefetch(&t->rest.registers[s->reg], 1);
}

/* The pairs that were refused, in two passes more: a flood is nearly all of these. */
static __attribute__((noinline)) void
count_refused_pairs(struct tt_tally *t, const struct tt_packet *packets,
		const struct staged *s, const tt_detail *details, const uint8_t *refused,
		unsigned n)
{
	struct tt_rest_pair places[TT_TALLY_BURST];

	for (unsigned k = 0; k < n; k++) {
		unsigned i = refused[k];

		tt_rest_find_pair(&t->rest, packets[i].src,
				tt_sketch_hash(packets[i].src), s[i].key, details[i],
				&places[k]);
	}
	for (unsigned k = 0; k < n; k++)
		tt_rest_count_pair(&t->rest, &places[k],
				(struct tt_count){1, packets[refused[k]].ip_bytes});
	t->pairs_lost.packets += n;
}

static __attribute__((noinline)) void
count_refused_contacts(struct tt_tally *t, const struct tt_packet *packets,
		const struct staged *s, const uint8_t *refused, unsigned n)
{
	struct tt_rest_contact places[TT_TALLY_BURST];

	for (unsigned k = 0; k < n; k++) {
		unsigned i = refused[k];

		tt_rest_find_contact(&t->rest, tt_sketch_hash(packets[i].src),
				packets[i].dst, tt_target_key_class(s[i].key),
				&places[k]);
	}
	for (unsigned k = 0; k < n; k++)
		tt_rest_count_contact(&t->rest, &places[k], 1);
	t->contacts_lost.packets += n;
}

static void
count_pairs(struct tt_tally *t, const struct tt_packet *packets, const struct staged *s,
		const tt_detail *details, const int64_t *times_us, unsigned n)
{
	uint8_t refused[TT_TALLY_BURST];
	unsigned n_refused = 0;

	for (unsigned i = 0; i < n; i++) {
		if (TT_LIKELY(tt_tally_add_pair(t, s[i].pair, &packets[i], s[i].key,
				    details[i], times_us[i])))
			continue;
		__builtin_prefetch(
				&t->rest.config.geo
						 ->v4[(uint32_t)packets[i].src.lo >> 8]);
		refused[n_refused++] = (uint8_t)i;
	}
	if (TT_UNLIKELY(n_refused > 0))
		count_refused_pairs(t, packets, s, details, refused, n_refused);
}

static void
count_contacts(struct tt_tally *t, const struct tt_packet *packets,
		const struct staged *s, unsigned n)
{
	uint8_t refused[TT_TALLY_BURST];
	unsigned n_refused = 0;

	for (unsigned i = 0; i < n; i++)
		if (TT_UNLIKELY(!tt_tally_add_contact(
				    t, s[i].contact, packets[i].src, s[i].to)))
			refused[n_refused++] = (uint8_t)i;
	if (TT_UNLIKELY(n_refused > 0))
		count_refused_contacts(t, packets, s, refused, n_refused);
}

static __attribute__((noinline)) void
count_ports_full(struct tt_tally *t, const struct staged *s, unsigned n)
{
	struct tt_port_entry out[TT_TALLY_BURST];
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		if (s[i].port_key == 0)
			continue;
		out[n_out] = tt_tally_add_port_full(t, s[i].port, s[i].port_key);
		if (out[n_out].packets != 0)
			tt_tally_prefetch_rest_port(t, out[n_out++].key);
	}
	for (unsigned i = 0; i < n_out; i++)
		tt_tally_rest_port(t, out[i]);
}

static void
count_ports(struct tt_tally *t, const struct staged *s, unsigned n)
{
	unsigned i;

	for (i = 0; i < n && !tt_tally_ports_full(t); i++)
		if (TT_LIKELY(s[i].port_key != 0))
			tt_tally_add_port(t, s[i].port, s[i].port_key);
	if (TT_UNLIKELY(i < n))
		count_ports_full(t, s + i, n - i);
}

void
tt_tally_burst(struct tt_tally *t, const struct tt_packet *packets,
		const tt_detail *details, const int64_t *times_us, unsigned n)
{
	struct staged s[TT_TALLY_BURST];

	for (unsigned i = 0; i < n; i++) {
		s[i] = stage(t, &packets[i], details[i]);
		prefetch(t, &s[i]);
	}
	for (unsigned i = 0; i < n; i++)
		count_distributions(&t->rest, &packets[i], tt_target_key_class(s[i].key));
	count_fingerprints(t, details, n);
	count_pairs(t, packets, s, details, times_us, n);
	count_contacts(t, packets, s, n);
	count_ports(t, s, n);
	for (unsigned i = 0; i < n; i++)
		count_destination(&t->rest, &s[i]);
}
