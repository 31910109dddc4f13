/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_ref.h"

#include "measures_ref_tables.h"

void
measures_ref_init(struct measures_ref *ref, const struct tt_merge_config *config,
		int64_t horizon_us)
{
	*ref = (struct measures_ref){.config = *config, .horizon_us = horizon_us};
}

static void
forget_packets(struct measures_ref *ref)
{
	for (size_t i = 0; i < ref->n_packets; i++)
		free(ref->packets[i]);
	ref->n_packets = 0;
	ref->frames = (struct tt_totals){0};
}

void
measures_ref_fini(struct measures_ref *ref)
{
	forget_packets(ref);
	free(ref->packets);
	facts_fini(&ref->past_sources);
	facts_fini(&ref->past_targets);
}

void
measures_ref_packet(struct measures_ref *ref, const struct tt_packet *packet,
		tt_detail detail, int64_t time_us, uint64_t weight)
{
	struct measured *m = check_alloc(1, sizeof(*m));

	*m = (struct measured){*packet, detail, time_us, weight,
			tt_target_key_target(tt_target_key_of(packet)),
			tt_classify(packet),
			tt_geo_country(ref->config.geo, packet->src)};
	ref->packets = check_grow(
			ref->packets, &ref->room, ref->n_packets, sizeof(*ref->packets));
	ref->packets[ref->n_packets++] = m;
}

static enum tt_fate
fate_of(const struct tt_prefix_set *monitored, const uint8_t *frame, uint32_t captured,
		uint16_t link, struct tt_packet *p)
{
	enum tt_fate fate = tt_packet_decode(frame, captured, link, p);

	if (fate != TT_FATE_COUNTED || tt_prefix_set_has(monitored, p->dst))
		return fate;
	return tt_prefix_set_has(monitored, p->src) ? TT_FATE_OUTGOING
						    : TT_FATE_NOT_MONITORED;
}

void
measures_ref_note(struct measures_ref *ref, enum tt_fate fate, uint32_t captured,
		int64_t time_us)
{
	struct tt_totals *t = &ref->frames;

	if (t->frames == 0 || time_us < t->first_us)
		t->first_us = time_us;
	if (t->frames == 0 || time_us > t->last_us)
		t->last_us = time_us;
	t->frames++;
	t->frame_bytes += captured;
	t->fates[fate]++;
}

void
measures_ref_frame(struct measures_ref *ref, const struct tt_prefix_set *monitored,
		const uint8_t *frame, uint32_t captured, uint16_t link, int64_t time_us)
{
	struct tt_packet p;
	enum tt_fate fate = fate_of(monitored, frame, captured, link, &p);

	measures_ref_note(ref, fate, captured, time_us);
	if (fate == TT_FATE_COUNTED)
		measures_ref_packet(ref, &p,
				tt_backscatter_detail(&p, frame, captured)
						| tt_fingerprints_one_ref(
								ref->config.fingerprints,
								&p, frame, captured,
								time_us),
				time_us, 1);
}

struct facts
ref_list(const struct measures_ref *ref, measures_list *add)
{
	struct facts facts = {0};

	for (size_t i = 0; i < ref->n_packets; i++)
		add(ref, ref->packets[i], &facts);
	facts_sort(&facts);
	return facts;
}

static void
list_all(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	facts_add(facts, m, FACT(m->packet.src.hi, m->packet.src.lo));
}

static void
count_totals(const struct measures_ref *ref, int64_t start_us, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_all);

	*totals = ref->frames;
	totals->count = facts_count(f.list, f.n);
	for (size_t i = 0; i < f.n; i++)
		if (tt_detail_backscatter(f.list[i].packet->detail))
			totals->backscatter_packets += f.list[i].packet->weight;
	totals->uniq_src_ip = facts_sources(f.list, f.n);
	totals->targets = ref_targets_of(f.list, f.n);
	totals->sources_one_in = totals->contacts_one_in = totals->returning_one_in = 1;
	totals->recall_since_us = ref->remembers ? ref->since_us : start_us;
	facts_fini(&f);
}

void
measures_ref_run(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	static measures_table *const tables[] = {ref_targets, ref_countries, ref_sources,
			ref_source_fingerprints, ref_fingerprints, ref_rules,
			ref_source_ports, ref_talkers, ref_destinations, ref_backscatter,
			ref_victims, ref_distributions, ref_sketches, ref_pairs,
			ref_contacts};

	count_totals(ref, start_us, totals);
	for (size_t i = 0; i < TT_ARRAY_SIZE(tables); i++)
		tables[i](ref, start_us, sink, totals);
}

void
measures_ref_next(struct measures_ref *ref, int64_t start_us)
{
	for (size_t i = 0; i < ref->n_packets; i++) {
		const struct measured *m = ref->packets[i];

		facts_add(&ref->past_sources, NULL,
				FACT(m->packet.src.hi, m->packet.src.lo,
						(uint64_t)start_us));
		facts_add(&ref->past_targets, NULL,
				FACT(m->target.protocol, fact_number(m->target),
						(uint64_t)start_us));
	}
	facts_sort(&ref->past_sources);
	facts_sort(&ref->past_targets);
	if (!ref->remembers)
		ref->since_us = start_us;
	ref->remembers = true;
	forget_packets(ref);
}

/* Is there a past (a, b, start) with from <= start < to? */
static bool
is_past(const struct facts *past, uint64_t a, uint64_t b, int64_t from, int64_t to)
{
	size_t low = 0, high = past->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const uint64_t *k = past->list[mid].key;

		if (k[0] < a || (k[0] == a && k[1] < b)
				|| (k[0] == a && k[1] == b && (int64_t)k[2] < from))
			low = mid + 1;
		else
			high = mid;
	}
	return low < past->n && past->list[low].key[0] == a && past->list[low].key[1] == b
			&& (int64_t)past->list[low].key[2] < to;
}

bool
ref_target_seen(const struct measures_ref *ref, struct tt_target target, int64_t start_us)
{
	return is_past(&ref->past_targets, target.protocol, fact_number(target), 0,
			start_us);
}

bool
ref_source_seen(const struct measures_ref *ref, struct tt_addr src, int64_t start_us)
{
	return is_past(&ref->past_sources, src.hi, src.lo, start_us - ref->horizon_us,
			start_us);
}
