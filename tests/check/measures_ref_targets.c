/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables whose rows are not of one source: targets, countries, destinations. */
#include "measures_ref_tables.h"

/*
 * Where one row of a sorted list begins and ends, and where the rows begin whose first
 * `group_words` words are the same. Start with all 0.
 */
struct row {
	size_t group, at, end;
};

static bool
next_row(const struct facts *f, unsigned words, unsigned group_words, struct row *r)
{
	r->at = r->end;
	if (r->at == f->n)
		return false;
	if (facts_run(f, r->group, group_words) <= r->at)
		r->group = r->at;
	r->end = facts_run(f, r->at, words);
	return true;
}

/* Sources of the row that no earlier row of its group has. */
static uint64_t
new_sources(const struct facts *f, const struct row *r)
{
	return facts_sources(&f->list[r->group], r->end - r->group)
			- facts_sources(&f->list[r->group], r->at - r->group);
}

static void
list_target(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	facts_add(facts, m,
			FACT(m->target.protocol, fact_number(m->target), m->target.code,
					m->class, tt_detail_backscatter(m->detail),
					m->country));
}

/* Of the packets of a row, those of IPv6. */
static struct tt_count
count_ipv6(const struct facts *f, const struct row *r)
{
	struct tt_count sum = {0};

	for (size_t i = r->at; i < r->end; i++) {
		const struct measured *m = f->list[i].packet;

		if (m->packet.ip_version != 6)
			continue;
		sum.packets += m->weight;
		sum.bytes += m->weight * m->packet.ip_bytes;
	}
	return sum;
}

void
ref_targets(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_target);

	for (struct row r = {0}; next_row(&f, 6, 2, &r);) {
		const struct measured *m = f.list[r.at].packet;
		struct tt_target_row row = {.target = m->target,
				.class = m->class,
				.backscatter = tt_detail_backscatter(m->detail),
				.country = m->country,
				.count = facts_count(&f.list[r.at], r.end - r.at),
				.ipv6 = count_ipv6(&f, &r),
				.uniq_src_ip = facts_sources(&f.list[r.at], r.end - r.at),
				.uniq_src_ip_target = new_sources(&f, &r),
				.first = !ref_target_seen(ref, m->target, start_us)};

		totals->targets_first += row.first && r.at == r.group;
		sink->target(sink->context, &row, NULL);
	}
	facts_fini(&f);
}

static void
list_country(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	facts_add(facts, m, FACT(m->country, m->class, tt_detail_backscatter(m->detail)));
}

void
ref_countries(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_country);

	for (struct row r = {0}; next_row(&f, 3, 1, &r);) {
		const struct measured *m = f.list[r.at].packet;
		struct tt_country_row row = {.country = m->country,
				.class = m->class,
				.backscatter = tt_detail_backscatter(m->detail),
				.count = facts_count(&f.list[r.at], r.end - r.at),
				.uniq_src_ip = facts_sources(&f.list[r.at], r.end - r.at),
				.uniq_src_ip_country = new_sources(&f, &r)};

		sink->country(sink->context, &row, NULL);
	}
	facts_fini(&f);
}

static void
list_destination(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	facts_add(facts, m,
			FACT(tt_units_index(ref->config.destinations, m->packet.dst),
					m->class));
}

void
ref_destinations(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_destination);

	for (struct row r = {0}; next_row(&f, 2, 1, &r);) {
		struct tt_destination_row row = {.unit = (uint32_t)f.list[r.at].key[0],
				.class = f.list[r.at].packet->class,
				.packets = facts_count(&f.list[r.at], r.end - r.at)
							   .packets,
				.uniq_src_ip = facts_sources(&f.list[r.at], r.end - r.at),
				.uniq_src_ip_destination = new_sources(&f, &r)};

		totals->uniq_dst_ip += r.at == r.group;
		sink->destination(sink->context, &row, NULL);
	}
	facts_fini(&f);
}
