/* SPDX-License-Identifier: BSD-3-Clause */
/* What was found → rows: by rule and country, by rule and source. */
#include "tt_detections_merge_private.h"

#include <string.h>

/* The counts of one rule by country; the last for those that are not told apart. */
struct by_country {
	uint64_t matches[TT_N_COUNTRIES + 1], scaled[TT_N_COUNTRIES + 1],
			sources[TT_N_COUNTRIES + 1];
	double squares[TT_N_COUNTRIES
			+ 1]; /* of the detections of each source that is kept */
};

static int
by_source(const void *a, const void *b)
{
	const struct tt_found *x = a, *y = b;

	return tt_addr_cmp(x->src, y->src);
}

static const struct tt_found *
found_at(const struct tt_detections_merge *m, uint64_t i)
{
	return m->items[i].ref;
}

/* Is a source in the sample that rules of both kinds have? */
static bool
is_common(const struct tt_detections_merge *m, struct tt_addr src)
{
	return m->shift[TT_HITS_PLAIN] == m->shift[TT_HITS_COUNTING]
			|| tt_sampled(tt_sample_hash(m->secret, tt_sketch_hash(src)),
					tt_detections_coarsest(m));
}

/* By source first, for the count of all sources; then by rule, which leaves sources in order. */
static void
sort_found(struct tt_detections_merge *m)
{
	const struct tt_found *last = NULL;

	for (uint64_t i = 0; i < m->n_found; i++)
		m->items[i] = (struct tt_sort_item){
				.prefix = tt_detections_prefix(m->found[i].src),
				.ref = &m->found[i]};
	tt_sort(m->items, m->scratch, m->n_found, by_source);
	for (uint64_t i = 0; i < m->n_found; i++) {
		const struct tt_found *f = found_at(m, i);

		m->totals->uniq_src_ip += (last == NULL
							  || tt_addr_cmp(last->src,
									     f->src)
									  != 0)
				&& is_common(m, f->src);
		last = f;
		m->items[i].prefix = f->rule;
	}
	m->totals->uniq_src_ip <<= tt_detections_coarsest(m);
	tt_sort(m->items, m->scratch, m->n_found, NULL);
}

/* What one source did of a rule, from items[*at] on. */
static struct tt_signature_source_row
source_row(struct tt_detections_merge *m, uint64_t *at, uint64_t *scaled)
{
	const struct tt_found *first = found_at(m, *at);
	struct tt_signature_source_row row = {
			.rule = &m->rules->rules[first->rule],
			.src = first->src,
			.country = tt_geo_country(m->geo, first->src),
			.first_us = first->first_us,
			.last_us = first->last_us,
			.sample_bits = tt_sample_bits(tt_sample_hash(
					m->secret, tt_sketch_hash(first->src))),
	};

	*scaled = 0;
	for (; *at < m->n_found; ++*at) {
		const struct tt_found *f = found_at(m, *at);

		if (f->rule != first->rule || tt_addr_cmp(f->src, first->src) != 0)
			break;
		row.detections += f->detections;
		*scaled += f->scaled;
		if (f->first_us < row.first_us)
			row.first_us = f->first_us;
		if (f->last_us > row.last_us)
			row.last_us = f->last_us;
	}
	return row;
}

static int
emit_sources(struct tt_detections_merge *m, uint16_t rule, uint64_t *at,
		struct by_country *c, const struct tt_signature_sink *sink,
		struct tt_error *err)
{
	int ret = 0;

	while (ret == 0 && *at < m->n_found && found_at(m, *at)->rule == rule) {
		uint64_t scaled;
		struct tt_signature_source_row row = source_row(m, at, &scaled);

		c->scaled[row.country] += scaled;
		c->sources[row.country]++;
		c->squares[row.country] += (double)row.detections
				* (double)row.detections;
		if (sink->source != NULL)
			ret = sink->source(sink->context, &row, err);
	}
	return ret;
}

/* As an estimate without bias (D. G. Horvitz, D. J. Thompson, 1952), of sources kept whole or not at
 * all; where none was kept, as if one detection had been. Where windows of the interval before are not
 * known, any of the detections may be none. */
static double
variance_of(const struct tt_detections_merge *m, const struct tt_rule *rule,
		double squares, uint64_t scaled)
{
	const double one_in = (double)(UINT64_C(1) << tt_detections_shift_of(m, rule));
	double unknown = m->lacks_windows ? (double)scaled * (double)scaled : 0;

	if (rule->count.type == TT_RULE_COUNT_NONE)
		return 0;
	return one_in * (one_in - 1) * (squares > 0 ? squares : 1) + unknown;
}

static int
emit_rule(struct tt_detections_merge *m, uint16_t rule, const struct by_country *c,
		const struct tt_signature_sink *sink, struct tt_error *err)
{
	const struct tt_rule *r = &m->rules->rules[rule];
	const unsigned shift = tt_detections_shift_of(m, r);
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i <= TT_N_COUNTRIES; i++) {
		struct tt_signature_row row = {
				.rule = r,
				.country = (uint16_t)i,
				.matches = c->matches[i],
				.detections = r->count.type == TT_RULE_COUNT_NONE
						? c->matches[i]
						: c->scaled[i],
				.detections_variance = variance_of(
						m, r, c->squares[i], c->scaled[i]),
				.uniq_src_ip = c->sources[i] << shift,
				.one_in = UINT64_C(1) << shift,
		};

		if (row.matches == 0 && row.detections == 0 && row.uniq_src_ip == 0)
			continue;
		m->totals->matches += row.matches;
		m->totals->detections += row.detections;
		if (sink->signature != NULL)
			ret = sink->signature(sink->context, &row, err);
	}
	return ret;
}

static int
emit_loaded(const struct tt_detections_merge *m, const struct tt_signature_sink *sink,
		struct tt_error *err)
{
	int ret = 0;

	for (uint32_t i = 0; ret == 0 && sink->rule != NULL && i < m->rules->n; i++) {
		const struct tt_rule *rule = &m->rules->rules[i];
		const struct tt_signature_rule_row row = {
				rule, UINT64_C(1) << tt_detections_shift_of(m, rule)};

		ret = sink->rule(sink->context, &row, err);
	}
	return ret;
}

int
tt_detections_emit(struct tt_detections_merge *m, const struct tt_signature_sink *sink,
		struct tt_error *err)
{
	uint64_t found = 0, cell = 0;
	struct by_country c;
	int ret = emit_loaded(m, sink, err);

	sort_found(m);
	tt_sort(m->cells, m->scratch, m->n_cells, NULL);
	while (ret == 0 && cell < m->n_cells) {
		const uint16_t rule = (uint16_t)(m->cells[cell].prefix >> 10);

		memset(&c, 0, sizeof(c));
		for (; cell < m->n_cells && m->cells[cell].prefix >> 10 == rule; cell++)
			c.matches[m->cells[cell].prefix & 1023] += m->cells[cell].value;
		ret = emit_sources(m, rule, &found, &c, sink, err);
		if (ret == 0)
			ret = emit_rule(m, rule, &c, sink, err);
	}
	return ret;
}
