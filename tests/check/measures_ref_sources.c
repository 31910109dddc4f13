/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of sources: all of them, and those that answer what they were never asked. */
#include "measures_ref_tables.h"

uint64_t
ref_targets_of(const struct fact *facts, size_t n)
{
	struct facts targets = {0};
	uint64_t distinct;

	for (size_t i = 0; i < n; i++) {
		struct tt_target t = facts[i].packet->target;

		facts_add(&targets, facts[i].packet, FACT(t.protocol, fact_number(t)));
	}
	distinct = facts_distinct(&targets);
	facts_fini(&targets);
	return distinct;
}

uint64_t
ref_destinations_of(const struct measures_ref *ref, const struct fact *facts, size_t n)
{
	struct facts destinations = {0};
	uint64_t distinct;

	for (size_t i = 0; i < n; i++) {
		struct tt_addr dst = facts[i].packet->packet.dst;
		bool v4 = tt_addr_is_v4(dst);

		facts_add(&destinations, facts[i].packet,
				FACT(v4,
						v4 ? dst.lo
						   : tt_units_index(
								   ref->config.destinations,
								   dst)));
	}
	distinct = facts_distinct(&destinations);
	facts_fini(&destinations);
	return distinct;
}

void
ref_times(const struct fact *facts, size_t n, int64_t *first_us, int64_t *last_us)
{
	*first_us = *last_us = facts[0].packet->time_us;
	for (size_t i = 1; i < n; i++) {
		int64_t t = facts[i].packet->time_us;

		*first_us = t < *first_us ? t : *first_us;
		*last_us = t > *last_us ? t : *last_us;
	}
}

static void
list_source(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	facts_add(facts, m, FACT(m->packet.src.hi, m->packet.src.lo));
}

/* What is a sum, or a set, over the packets of the source. */
static void
sum_packets(const struct fact *facts, size_t n, struct tt_source_row *row)
{
	for (size_t i = 0; i < n; i++) {
		const struct measured *m = facts[i].packet;

		row->classes |= 1u << m->class;
		if (tt_detail_backscatter(m->detail))
			row->backscatter_packets += m->weight;
	}
}

static uint32_t
carried_by(const struct measures_ref *ref, const struct fact *facts, size_t n)
{
	const struct tt_fingerprints *set = ref->config.fingerprints;
	uint32_t carried = 0;

	for (unsigned i = 0; i < tt_fingerprints_count(set); i++) {
		uint64_t tested, matched;

		ref_rule_packets(facts, n, i, &tested, &matched);
		if (tt_fingerprint_judge(tt_fingerprints_rule(set, i), matched, tested))
			carried |= 1u << i;
	}
	return carried;
}

void
ref_sources(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_source);

	for (size_t at = 0, end; at < f.n; at = end) {
		const struct fact *own = &f.list[at];
		struct tt_addr src = own->packet->packet.src;
		bool seen = ref_source_seen(ref, src, start_us);
		struct tt_source_row row = {.src = src,
				.country = own->packet->country,
				.asn = tt_asn_number(ref->config.asn, src),
				.returning = seen ? TT_RETURNING_YES : TT_RETURNING_NO};

		end = facts_run(&f, at, 2);
		row.count = facts_count(own, end - at);
		row.targets = ref_targets_of(own, end - at);
		row.destinations = ref_destinations_of(ref, own, end - at);
		row.fingerprints = carried_by(ref, own, end - at);
		ref_times(own, end - at, &row.first_us, &row.last_us);
		sum_packets(own, end - at, &row);
		totals->uniq_src_ip_returning += seen;
		sink->source(sink->context, &row, NULL);
	}
	facts_fini(&f);
}

static bool
is_icmp(const struct measured *m)
{
	return m->target.protocol == TT_PROTO_ICMP
			|| m->target.protocol == TT_PROTO_ICMPV6;
}

/* The packet's protocol, and what kind of ICMP message; ports are the business of `attacked`. */
static struct tt_target
message_of(const struct measured *m)
{
	return is_icmp(m) ? m->target
			  : (struct tt_target){
					  .protocol = m->target.protocol, .number = -1};
}

static void
list_backscatter(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	struct tt_target message = message_of(m),
			 attacked = tt_detail_attacked(m->detail);

	if (tt_detail_backscatter(m->detail))
		facts_add(facts, m,
				FACT(message.protocol, fact_number(message), message.code,
						m->class, attacked.protocol,
						fact_number(attacked)));
}

void
ref_backscatter(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_backscatter);

	for (size_t at = 0, end; at < f.n; at = end) {
		const struct measured *m = f.list[at].packet;
		struct tt_backscatter_row row = {.target = message_of(m),
				.class = m->class,
				.attacked = tt_detail_attacked(m->detail)};

		end = facts_run(&f, at, 6);
		row.count = facts_count(&f.list[at], end - at);
		row.uniq_src_ip = facts_sources(&f.list[at], end - at);
		sink->backscatter(sink->context, &row, NULL);
	}
	facts_fini(&f);
}

static void
list_victim(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	struct tt_target attacked = tt_detail_attacked(m->detail);

	if (tt_detail_backscatter(m->detail))
		facts_add(facts, m,
				FACT(m->packet.src.hi, m->packet.src.lo,
						attacked.protocol, fact_number(attacked),
						m->class));
}

void
ref_victims(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_victim);

	for (size_t at = 0, end; at < f.n; at = end) {
		const struct measured *m = f.list[at].packet;
		struct tt_victim_row row = {.src = m->packet.src,
				.country = m->country,
				.attacked = tt_detail_attacked(m->detail),
				.class = m->class};

		end = facts_run(&f, at, 5);
		row.count = facts_count(&f.list[at], end - at);
		ref_times(&f.list[at], end - at, &row.first_us, &row.last_us);
		sink->victim(sink->context, &row, NULL);
	}
	facts_fini(&f);
}
