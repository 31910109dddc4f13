/* SPDX-License-Identifier: BSD-3-Clause */
/* The heaviest source ports and sources of each target and class, and what the others sum up to. */
#include "measures_ref_tables.h"

/* A (target, class, what) of which a target and class has many. */
struct heavy {
	const struct measured *packet;
	uint64_t packets;
};

struct heavies {
	struct heavy *list; /* [n], of [room] */
	size_t n, room;
};

static void
list_port(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	if (m->packet.has_ports)
		facts_add(facts, m,
				FACT(m->target.protocol, fact_number(m->target), m->class,
						m->packet.src_port));
}

static void
list_talker(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	facts_add(facts, m,
			FACT(m->target.protocol, fact_number(m->target), m->class,
					m->packet.src.hi, m->packet.src.lo));
}

/* Most packets first, then by address. */
static int
by_weight_and_source(const void *a, const void *b)
{
	const struct heavy *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return tt_addr_cmp(x->packet->packet.src, y->packet->packet.src);
}

static int
by_weight_and_port(const void *a, const void *b)
{
	const struct heavy *x = a, *y = b;
	uint16_t p = x->packet->packet.src_port, q = y->packet->packet.src_port;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return (p > q) - (p < q);
}

/* The rows that facts from..to, of one target and class, make: one for each key. */
static void
weigh(const struct facts *f, size_t from, size_t to, struct heavies *heavies)
{
	heavies->n = 0;
	for (size_t at = from, end; at < to; at = end) {
		struct heavy *h;

		end = facts_run(f, at, FACT_WORDS);
		heavies->list = check_grow(heavies->list, &heavies->room, heavies->n,
				sizeof(*heavies->list));
		h = &heavies->list[heavies->n++];
		h->packet = f->list[at].packet;
		h->packets = facts_count(&f->list[at], end - at).packets;
	}
}

static void
give_port(const struct tt_merge_sink *sink, const struct heavy *h, bool rest)
{
	struct tt_source_port_row row = {.target = h->packet->target,
			.class = h->packet->class,
			.source_port = rest ? -1 : h->packet->packet.src_port,
			.packets = h->packets};

	row.target.code = 0;
	sink->source_port(sink->context, &row, NULL);
}

static void
give_talker(const struct tt_merge_sink *sink, const struct heavy *h, bool rest)
{
	struct tt_talker_row row = {.target = h->packet->target,
			.class = h->packet->class,
			.rest = rest,
			.src = rest ? (struct tt_addr){0} : h->packet->packet.src,
			.packets = h->packets};

	row.target.code = 0;
	sink->talker(sink->context, &row, NULL);
}

static void
give_heaviest(const struct heavies *h, size_t listed, const struct tt_merge_sink *sink,
		void (*give)(const struct tt_merge_sink *, const struct heavy *, bool))
{
	struct heavy rest = {.packets = 0};

	for (size_t i = 0; i < h->n; i++) {
		if (i < listed)
			give(sink, &h->list[i], false);
		else
			rest = (struct heavy){h->list[i].packet,
					rest.packets + h->list[i].packets};
	}
	if (rest.packets > 0)
		give(sink, &rest, true);
}

static void
give_all(struct facts f, size_t listed, const struct tt_merge_sink *sink,
		int (*order)(const void *, const void *),
		void (*give)(const struct tt_merge_sink *, const struct heavy *, bool))
{
	struct heavies heavies = {0};

	for (size_t at = 0, end; at < f.n; at = end) {
		end = facts_run(&f, at, 3);
		weigh(&f, at, end, &heavies);
		qsort(heavies.list, heavies.n, sizeof(*heavies.list), order);
		give_heaviest(&heavies, listed, sink, give);
	}
	free(heavies.list);
	facts_fini(&f);
}

void
ref_source_ports(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	give_all(ref_list(ref, list_port), ref->config.source_ports, sink,
			by_weight_and_port, give_port);
}

void
ref_talkers(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	give_all(ref_list(ref, list_talker), ref->config.talkers, sink,
			by_weight_and_source, give_talker);
}
