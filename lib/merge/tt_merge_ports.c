/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `source_ports`. Every target and class that has ports gets the heaviest of those
 * that the tallies kept; the rest row is what remains of its packets, which are known exactly. On
 * the way the ports join the cells that already hold what was not kept of their distributions.
 */
#include "tt_merge_rows.h"

/*
 * A tt_port_key in 37 bits that sort as it does: UDP 1, number 16, class 4, port 16. Only TCP and UDP
 * have ports. A sort takes its time by the bits from the first to the last that differ.
 */
static uint64_t
narrow(uint64_t port_key)
{
	const uint64_t udp = port_key >> 48 == TT_PROTO_UDP;
	const uint64_t number = (port_key >> 24 & 0xffffff) - 1;

	return udp << 36 | number << 20 | (port_key & 0xfffff);
}

_Static_assert(TT_N_CLASSES <= 16, "a class is of four bits");

/*
 * A port is one word, its key above its packets, so that millions of them take half of the memory that
 * items would. Packets that have no place there are in a word of their own, of which the last words of
 * the memory are the first; the port has the mark and the number of that word.
 */
#define PACKET_BITS 27
#define LARGE       (UINT64_C(1) << (PACKET_BITS - 1))

/* The ports in the memory of m->others: [m->others.n]. */
static uint64_t *
words_of(const struct tt_merge_list *list)
{
	return (uint64_t *)(void *)list->items;
}

/* The packets of the i-th port that has many. */
static uint64_t *
large_of(const struct tt_merge_list *list, uint64_t i)
{
	return words_of(list) + 2 * list->room - 1 - i;
}

static uint64_t
packets_of_word(const struct tt_merge_list *list, uint64_t word)
{
	return (word & LARGE) == 0 ? word & (LARGE - 1)
				   : *large_of(list, word & (LARGE - 1));
}

/* Ports whose cells are being fetched. */
#define WAITING 32

struct waiting {
	uint64_t keys[WAITING], packets[WAITING]; /* narrow keys */
	uint32_t cells[WAITING];
	unsigned n;
	uint64_t n_large; /* ports, of all so far */
};

static void
add_waiting(struct tt_merge *m, struct waiting *w)
{
	uint64_t *words = words_of(&m->others);

	for (unsigned i = 0; i < w->n; i++) {
		uint64_t value = w->packets[i];

		tt_rest_count_packets(&m->rest, w->cells[i], value);
		if (TT_UNLIKELY(value >= LARGE)) {
			TT_ASSERT(w->n_large < LARGE);
			*large_of(&m->others, w->n_large) = value;
			value = LARGE | w->n_large++;
		}
		words[m->others.n++] = w->keys[i] << PACKET_BITS | value;
	}
	w->n = 0;
}

static void
add_port(struct tt_merge *m, struct waiting *w, uint64_t key, uint64_t packets)
{
	enum tt_class class = tt_target_key_class(tt_port_key_target(key));
	int64_t cell = tt_distribution_cell(class == TT_CLASS_UDP
					? TT_DIST_UDP_SOURCE_PORT
					: TT_DIST_TCP_SOURCE_PORT,
			class, (uint32_t)key & 0xffff);

	TT_ASSERT(cell >= 0);
	__builtin_prefetch(tt_rest_packets(&m->rest, (uint32_t)cell), 1);
	w->cells[w->n] = (uint32_t)cell;
	w->keys[w->n] = narrow(key);
	w->packets[w->n++] = packets;
	if (w->n == WAITING)
		add_waiting(m, w);
}

static void
collect_tally(struct tt_merge *m, struct waiting *w, const struct tt_tally *t)
{
	const uint32_t end = tt_tally_ports_end(t);

	for (uint32_t i = 0; i < end; i++) {
		const struct tt_port_entry *e = tt_tally_port(t, i);

		if (i + TT_MERGE_AHEAD < end)
			__builtin_prefetch(tt_tally_port(t, i + TT_MERGE_AHEAD));
		if (e->packets != 0)
			add_port(m, w, e->key, e->packets);
	}
	for (uint32_t i = 0; i < t->n_pairs; i++) {
		const struct tt_slot *s = tt_tally_pair(t, i);

		if (i + TT_MERGE_AHEAD < t->n_pairs)
			__builtin_prefetch(tt_tally_pair(t, i + TT_MERGE_AHEAD));
		if (tt_slot_port_packets(s) != 0)
			add_port(m, w, tt_slot_port_key(s), s->v4.port_packets);
	}
}

/* There is room for two words of each port (tt_merge_collect.c). */
static void
collect(struct tt_merge *m)
{
	struct waiting w = {.n = 0};

	m->others.n = 0;
	for (unsigned i = 0; i < m->n_tallies; i++)
		collect_tally(m, &w, m->tallies[i]);
	add_waiting(m, &w);
	tt_sort_words(words_of(&m->others), words_of(&m->scratch), m->others.n,
			PACKET_BITS);
}

/* All packets of a target and class, backscatter or not. */
static uint64_t
packets_of(const struct tt_merge *m, tt_target_key key)
{
	uint32_t a = tt_row_index(key, 0), b = tt_row_index(key, TT_DETAIL_BACKSCATTER);

	return m->row_packets[a] + (a != b ? m->row_packets[b] : 0);
}

/* Where a walk over the ports is. */
struct place {
	uint64_t other, busy; /* of the words in m->others, of m->busy */
};

/* Offers the ports of a target and class, and moves *at past them. port_key: of any of them. */
static void
offer_ports(struct tt_merge *m, uint64_t port_key, struct place *at)
{
	const uint64_t *words = words_of(&m->others);
	const uint64_t n = m->others.n, target = narrow(port_key) >> 16;
	const bool busy = tt_merge_sum_busy(m, port_key >> 16, &at->busy);

	m->heavy_ports.n = 0;
	while (at->other < n && words[at->other] >> (PACKET_BITS + 16) == target) {
		uint64_t key = words[at->other] >> PACKET_BITS, packets = 0;

		for (; at->other < n && words[at->other] >> PACKET_BITS == key;
				at->other++)
			packets += packets_of_word(&m->others, words[at->other]);
		if (busy)
			m->port_packets[key & 0xffff] += packets;
		else
			tt_merge_offer(&m->heavy_ports,
					(struct tt_addr){.lo = key & 0xffff}, packets);
	}
	if (busy)
		tt_merge_offer_busy(m);
	tt_merge_rank(&m->heavy_ports);
}

static int
emit_ports(struct tt_merge *m, tt_target_key key, uint64_t packets, struct place *at)
{
	const struct tt_merge_heaviest *h = &m->heavy_ports;
	struct tt_source_port_row row = {.target = tt_target_key_target(key),
			.class = tt_target_key_class(key)};
	int ret = 0;

	offer_ports(m, tt_port_key(key, 0), at);
	for (unsigned i = 0; ret == 0 && i < h->n; i++) {
		row.source_port = (int32_t)h->entries[i].src.lo;
		row.packets = h->entries[i].packets;
		packets -= row.packets;
		ret = TT_MERGE_EMIT(m, source_port, &row);
	}
	row.source_port = -1;
	row.packets = packets;
	return ret != 0 || packets == 0 ? ret : TT_MERGE_EMIT(m, source_port, &row);
}

static int
emit_protocol(struct tt_merge *m, uint8_t protocol, enum tt_class first,
		enum tt_class last, struct place *at)
{
	int ret = 0;

	for (int32_t number = 0; number < 65536; number++)
		for (unsigned class = first; ret == 0 && class <= last; class ++) {
			tt_target_key key = tt_target_key_make(
					(struct tt_target){protocol, number, 0},
					(enum tt_class) class);
			uint64_t packets = packets_of(m, key);

			if (packets != 0)
				ret = emit_ports(m, key, packets, at);
		}
	return ret;
}

int
tt_merge_ports(struct tt_merge *m)
{
	struct place at = {0, 0};
	int ret = tt_merge_collect_busy(m);

	if (ret != 0)
		return ret;
	collect(m);
	if (m->sink->source_port == NULL)
		return 0;
	ret = emit_protocol(m, TT_PROTO_TCP, TT_CLASS_TCP_SYN, TT_CLASS_TCP_OTHER, &at);
	if (ret == 0)
		ret = emit_protocol(m, TT_PROTO_UDP, TT_CLASS_UDP, TT_CLASS_UDP, &at);
	return ret;
}
