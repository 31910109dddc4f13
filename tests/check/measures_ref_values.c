/* SPDX-License-Identifier: BSD-3-Clause */
/* Distributions, where a packet has a value in several; and sketches, likewise. */
#include "measures_ref_tables.h"

static void
list_value(const struct measured *m, struct facts *facts, enum tt_distribution d,
		uint32_t value)
{
	facts_add(facts, m, FACT(d, m->class, value));
}

static void
list_ip_values(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	const struct tt_packet *p = &m->packet;

	list_value(m, facts, TT_DIST_IP_PROTOCOL, p->protocol);
	list_value(m, facts, TT_DIST_TTL, p->ttl);
	list_value(m, facts, TT_DIST_ENCAPSULATION, p->encap);
	list_value(m, facts, TT_DIST_ENCAPSULATION_DEPTH,
			p->encap_depth < 31 ? p->encap_depth : 31);
	list_value(m, facts, TT_DIST_IP_LENGTH,
			p->ip_bytes < 65536 ? p->ip_bytes : 65536);
}

static void
list_values(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	const struct tt_packet *p = &m->packet;

	list_ip_values(ref, m, facts);
	if (p->has_ports && p->protocol == TT_PROTO_TCP) {
		list_value(m, facts, TT_DIST_TCP_FLAGS, p->tcp_flags & 0x03f);
		list_value(m, facts, TT_DIST_TCP_FLAGS_ALL, p->tcp_flags & 0xfff);
		list_value(m, facts, TT_DIST_TCP_SOURCE_PORT, p->src_port);
		if (m->class == TT_CLASS_TCP_SYN && p->has_tcp)
			list_value(m, facts, TT_DIST_TCP_WINDOW, p->tcp_window);
	} else if (p->has_ports) {
		list_value(m, facts, TT_DIST_UDP_SOURCE_PORT, p->src_port);
	}
}

void
ref_distributions(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_values);

	for (size_t at = 0, end; at < f.n; at = end) {
		const uint64_t *key = f.list[at].key;
		struct tt_distribution_row row = {
				.distribution = (enum tt_distribution)key[0],
				.class = (enum tt_class)key[1],
				.value = (uint32_t)key[2]};

		end = facts_run(&f, at, 3);
		row.count = facts_count(&f.list[at], end - at);
		if (row.distribution == TT_DIST_TCP_SOURCE_PORT
				|| row.distribution == TT_DIST_UDP_SOURCE_PORT)
			row.count.bytes = 0;
		sink->distribution(sink->context, &row, NULL);
	}
	facts_fini(&f);
}

/* rho is the last word of a fact, so that the last of a register's run is its greatest. */
static void
list_register(const struct measured *m, struct facts *facts, enum tt_sketch_kind kind,
		uint32_t key, unsigned p, struct tt_addr entered)
{
	uint64_t hash = tt_sketch_hash(entered);

	facts_add(facts, m,
			FACT(kind, key, tt_sketch_register(hash, p), p,
					tt_sketch_rho(hash, p)));
}

static void
list_registers(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	uint32_t target = tt_target_index(tt_target_key_make(m->target, m->class));
	uint32_t prefix = tt_units_index(ref->config.prefixes, m->packet.dst);

	list_register(m, facts, TT_SKETCH_SOURCES, 0, 14, m->packet.src);
	list_register(m, facts, TT_SKETCH_SOURCES_COUNTRY, m->country, 12, m->packet.src);
	list_register(m, facts, TT_SKETCH_SOURCES_PREFIX, prefix, 11, m->packet.src);
	list_register(m, facts, TT_SKETCH_SOURCES_TARGET, target, 9, m->packet.src);
	list_register(m, facts, TT_SKETCH_DESTINATIONS_TARGET, target, 9, m->packet.dst);
}

/* A target, which has two sketches: of its sources and of its destinations. */
struct sketched {
	uint32_t target; /* tt_target_index */
	uint64_t packets, registers;
};

static int
busiest_first(const void *a, const void *b)
{
	const struct sketched *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return (x->target > y->target) - (x->target < y->target);
}

static bool
is_of_target(const uint64_t *key)
{
	return key[0] == TT_SKETCH_SOURCES_TARGET
			|| key[0] == TT_SKETCH_DESTINATIONS_TARGET;
}

/* What each target has: [TT_N_TARGETS]. */
static struct sketched *
count_registers(const struct facts *f)
{
	struct sketched *s = check_alloc(TT_N_TARGETS, sizeof(*s));

	for (size_t at = 0, end; at < f->n; at = end) {
		const uint64_t *key = f->list[at].key;

		end = facts_run(f, at, 3);
		if (!is_of_target(key))
			continue;
		if (key[0] == TT_SKETCH_SOURCES_TARGET)
			s[key[1]].packets += facts_count(&f->list[at], end - at).packets;
		s[key[1]].registers++;
	}
	for (uint32_t i = 0; i < TT_N_TARGETS; i++)
		s[i].target = i;
	return s;
}

/* The busiest targets whose registers together are no more than `room`: [TT_N_TARGETS]. */
static bool *
choose_targets(const struct facts *f, uint64_t room, struct tt_totals *totals)
{
	struct sketched *s = count_registers(f);
	bool *chosen = check_alloc(TT_N_TARGETS, sizeof(*chosen));
	bool full = false;

	qsort(s, TT_N_TARGETS, sizeof(*s), busiest_first);
	for (uint32_t i = 0; i < TT_N_TARGETS; i++) {
		full = full || s[i].registers > room;
		chosen[s[i].target] = !full;
		if (full)
			totals->sketches.keys += s[i].registers > 0 ? 2 : 0;
		else
			room -= s[i].registers;
	}
	free(s);
	return chosen;
}

static void
give_register(const struct tt_merge_sink *sink, const uint64_t *key)
{
	struct tt_sketch_row row = {.kind = (enum tt_sketch_kind)key[0],
			.key = (uint32_t)key[1],
			.reg = (uint32_t)key[2],
			.p = (unsigned)key[3],
			.rho = (uint8_t)key[4]};

	sink->sketch(sink->context, &row, NULL);
}

void
ref_sketches(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_registers);
	bool *chosen = choose_targets(&f, ref->config.sketch_rows, totals);

	for (size_t at = 0, end; at < f.n; at = end) {
		const uint64_t *last;

		end = facts_run(&f, at, 3);
		last = f.list[end - 1].key;
		if (!is_of_target(last) || chosen[last[1]])
			give_register(sink, last);
	}
	free(chosen);
	facts_fini(&f);
}
