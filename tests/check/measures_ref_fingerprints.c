/* SPDX-License-Identifier: BSD-3-Clause */
/* Scanner fingerprints: by target, by rule, by source. */
#include "measures_ref_tables.h"

void
ref_rule_packets(const struct fact *facts, size_t n, unsigned rule, uint64_t *tested,
		uint64_t *matched)
{
	*tested = *matched = 0;
	for (size_t i = 0; i < n; i++) {
		const struct measured *m = facts[i].packet;

		if ((tt_detail_tested(m->detail) >> rule & 1) != 0)
			*tested += m->weight;
		if ((tt_detail_matched(m->detail) >> rule & 1) != 0)
			*matched += m->weight;
	}
}

static void
list_matches(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	for (unsigned i = 0; i < tt_fingerprints_count(ref->config.fingerprints); i++)
		if ((tt_detail_matched(m->detail) >> i & 1) != 0)
			facts_add(facts, m,
					FACT(i, m->target.protocol,
							fact_number(m->target),
							m->class));
}

void
ref_fingerprints(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_matches);

	for (size_t at = 0, end; at < f.n; at = end) {
		struct tt_fingerprint_row row = {.rule = (unsigned)f.list[at].key[0],
				.target = f.list[at].packet->target,
				.class = f.list[at].packet->class};

		end = facts_run(&f, at, 4);
		row.target.code = 0;
		row.count = facts_count(&f.list[at], end - at);
		row.uniq_src_ip = facts_sources(&f.list[at], end - at);
		sink->fingerprint(sink->context, &row, NULL);
	}
	facts_fini(&f);
}

static void
list_sources(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	facts_add(facts, m, FACT(m->packet.src.hi, m->packet.src.lo));
}

/* What facts[n], all packets of one source, say of a rule. */
static struct tt_source_fingerprint_row
judge(const struct measures_ref *ref, const struct fact *facts, size_t n, unsigned rule)
{
	struct tt_source_fingerprint_row row = {
			.src = facts[0].packet->packet.src, .rule = rule};

	ref_rule_packets(facts, n, rule, &row.tested, &row.packets);
	row.carried = tt_fingerprint_judge(
			tt_fingerprints_rule(ref->config.fingerprints, rule), row.packets,
			row.tested);
	return row;
}

void
ref_source_fingerprints(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_sources);
	unsigned rules = tt_fingerprints_count(ref->config.fingerprints);

	for (size_t at = 0, end; at < f.n; at = end) {
		end = facts_run(&f, at, 2);
		for (unsigned i = 0; i < rules; i++) {
			struct tt_source_fingerprint_row row = judge(
					ref, &f.list[at], end - at, i);

			if (row.packets > 0)
				sink->source_fingerprint(sink->context, &row, NULL);
		}
	}
	facts_fini(&f);
}

void
ref_rules(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_sources);

	for (unsigned i = 0; i < tt_fingerprints_count(ref->config.fingerprints); i++) {
		struct tt_rule_row row = {.rule = i};

		ref_rule_packets(f.list, f.n, i, &row.tested, &row.matched);
		for (size_t at = 0, end; at < f.n; at = end) {
			struct tt_source_fingerprint_row s;

			end = facts_run(&f, at, 2);
			s = judge(ref, &f.list[at], end - at, i);
			row.sources += s.packets > 0;
			row.carriers += s.carried;
			row.carrier_packets += s.carried ? s.packets : 0;
		}
		sink->rule(sink->context, &row, NULL);
	}
	facts_fini(&f);
}
