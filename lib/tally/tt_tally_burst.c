/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets into a tally: one by one, which defines the result, and staged in bursts. */
#include "tt_tally_tables.h"

/* What is computed of a packet once and needed by several passes. */
struct staged {
	tt_target_key key;
	uint64_t source_hash, sample_hash, to;
	uint64_t contact_hash; /* 0 as long as all contacts are kept */
	uint64_t pair, contact, port; /* home slots */
	uint64_t port_key; /* 0: it has no ports */
};

static inline struct staged
stage(const struct tt_tally *t, const struct tt_packet *p, tt_detail detail)
{
	struct staged s = {.key = tt_target_key_of(p),
			.source_hash = tt_sketch_hash(p->src)};

	s.sample_hash = tt_sample_hash(t->secret, s.source_hash);
	s.to = tt_contact_key(
			t->rest.config.destinations, p->dst, tt_target_key_class(s.key));
	s.pair = tt_pair_home(t, p->src, s.key, detail);
	if (TT_UNLIKELY(t->contact_shift != 0))
		s.contact_hash = tt_tally_contact_hash(t, p->src, s.to);
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

static inline void
count_distributions(struct tt_rest *r, const struct tt_packet *p, enum tt_class class)
{
	const uint32_t c = class, bytes = p->ip_bytes;

	tt_rest_count(r, TT_CELL_IP_PROTOCOL + c * 256 + p->protocol, 1, bytes);
	tt_rest_count(r, TT_CELL_TTL + c * 256 + p->ttl, 1, bytes);
	tt_rest_count(r, TT_CELL_ENCAPSULATION + c * TT_N_ENCAPS + p->encap % TT_N_ENCAPS,
			1, bytes);
	tt_rest_count(r,
			TT_CELL_DEPTH + c * (TT_DIST_DEPTH_MAX + 1)
					+ at_most(p->encap_depth, TT_DIST_DEPTH_MAX),
			1, bytes);
	tt_rest_count(r,
			TT_CELL_IP_LENGTH + c * (TT_DIST_IP_LENGTH_MAX + 1)
					+ at_most(bytes, TT_DIST_IP_LENGTH_MAX),
			1, bytes);
	if (p->has_ports && p->protocol == TT_PROTO_TCP)
		tt_rest_count(r, TT_CELL_TCP_FLAGS + p->tcp_flags % 4096, 1, bytes);
	if (p->has_tcp && class == TT_CLASS_TCP_SYN)
		tt_rest_count(r, TT_CELL_TCP_WINDOW + p->tcp_window, 1, bytes);
}

static inline void
count_fingerprints(struct tt_tally *t, tt_detail detail)
{
	for (uint32_t m = tt_detail_tested(detail); m != 0; m &= m - 1)
		t->tested[__builtin_ctz(m)]++;
	for (uint32_t m = tt_detail_matched(detail); m != 0; m &= m - 1)
		t->matched[__builtin_ctz(m)]++;
}

static inline uint32_t
destination_registers(tt_target_key key)
{
	return TT_REGISTERS_DESTINATIONS + (tt_target_index(key) << TT_SKETCH_P_TARGET);
}

static inline void
count_destination(struct tt_tally *t, tt_target_key key, struct tt_addr dst)
{
	tt_rest_sketch(&t->rest, destination_registers(key), TT_SKETCH_P_TARGET,
			tt_sketch_hash(dst));
}

static inline void
count_pair_rest(struct tt_tally *t, const struct tt_packet *p, const struct staged *s,
		tt_detail detail)
{
	tt_rest_add_pair(&t->rest, p->src, s->source_hash, s->key, detail,
			(struct tt_count){1, p->ip_bytes});
	t->pairs_lost.packets++;
}

static inline void
count_contact_rest(struct tt_tally *t, const struct tt_packet *p, const struct staged *s)
{
	tt_rest_add_contact(
			&t->rest, s->source_hash, p->dst, tt_target_key_class(s->key), 1);
	t->contacts_lost.packets++;
}

void
tt_tally_one_ref(struct tt_tally *t, const struct tt_packet *p, tt_detail detail,
		int64_t time_us)
{
	const struct staged s = stage(t, p, detail);

	count_distributions(&t->rest, p, tt_target_key_class(s.key));
	count_fingerprints(t, detail);
	count_destination(t, s.key, p->dst);
	if (!tt_tally_add_pair(t, s.pair, p, s.sample_hash, s.key, detail, time_us))
		count_pair_rest(t, p, &s, detail);
	if (!tt_tally_add_contact(t, s.contact, p->src, s.to, s.contact_hash))
		count_contact_rest(t, p, &s);
	if (s.port_key != 0 && tt_tally_ports_full(t)) {
		struct tt_port_entry out = tt_tally_add_port_full(t, s.port, s.port_key);

		if (out.packets != 0)
			tt_tally_rest_port(t, out);
	} else if (s.port_key != 0) {
		tt_tally_add_port(t, s.port, s.port_key);
	}
}

static inline void
prefetch_kept(const struct tt_tally *t, const struct staged *s, struct tt_addr dst)
{
	if (TT_LIKELY(tt_sampled(s->sample_hash, t->pair_shift)))
		__builtin_prefetch(&t->slots[s->pair], 1);
	if (TT_LIKELY(tt_sampled(s->contact_hash, t->contact_shift)))
		__builtin_prefetch(&t->contacts[s->contact], 1);
	if (s->port_key != 0)
		__builtin_prefetch(&t->ports[s->port], 1);
	__builtin_prefetch(&t->rest.registers[destination_registers(s->key)
					   + tt_sketch_register(tt_sketch_hash(dst),
							   TT_SKETCH_P_TARGET)],
			1);
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

		tt_rest_find_pair(&t->rest, packets[i].src, s[i].source_hash, s[i].key,
				details[i], &places[k]);
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

		tt_rest_find_contact(&t->rest, s[i].source_hash, packets[i].dst,
				tt_target_key_class(s[i].key), &places[k]);
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
		if (TT_LIKELY(tt_tally_add_pair(t, s[i].pair, &packets[i],
				    s[i].sample_hash, s[i].key, details[i], times_us[i])))
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
		if (TT_UNLIKELY(!tt_tally_add_contact(t, s[i].contact, packets[i].src,
				    s[i].to, s[i].contact_hash)))
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
		prefetch_kept(t, &s[i], packets[i].dst);
	}
	for (unsigned i = 0; i < n; i++) {
		count_distributions(&t->rest, &packets[i], tt_target_key_class(s[i].key));
		count_fingerprints(t, details[i]);
	}
	count_pairs(t, packets, s, details, times_us, n);
	count_contacts(t, packets, s, n);
	count_ports(t, s, n);
	for (unsigned i = 0; i < n; i++)
		count_destination(t, s[i].key, packets[i].dst);
}
