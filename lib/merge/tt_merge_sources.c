/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `sources` and `source_fingerprints`, and whatever else is counted by source: unique
 * sources of countries, sources and carriers of rules, the sketches of all and of countries, who
 * returns. Pairs are sorted by source, key and detail, contacts by source and destination.
 */
#include "tt_merge_rows.h"

struct sums {
	struct tt_source_row row;
	uint64_t hash; /* tt_sketch_hash of the source */
	uint64_t last_number; /* (protocol, number) that was counted last */
	uint32_t sides; /* bit per class and backscatter */
	uint32_t tested_rules, matched_rules; /* bit per rule */
	uint64_t tested[TT_FINGERPRINTS_MAX], matched[TT_FINGERPRINTS_MAX];
};

static int
by_source(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;

	return tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));
}

/* The order that they have keeps (key, detail) ascending for each source. IPv4 sources are whole
 * in the prefix. */
static void
sort_by_source(struct tt_merge *m)
{
	/* Without IPv6 the prefixes say all. */
	for (uint64_t i = 0; i < m->pairs.n; i++)
		m->pairs.items[i].prefix = m->any_v6
				? tt_merge_addr64(
						tt_slot_src(tt_merge_slot(&m->pairs, i)))
				: m->pairs.items[i].prefix & TT_MERGE_ADDR39;
	tt_merge_sort(m, &m->pairs, m->any_v6 ? by_source : NULL);
}

/* The source of item i, if it is IPv4 and not that of the item before. */
static bool
new_source4(const struct tt_merge *m, uint64_t i, uint32_t *src)
{
	uint64_t prefix;

	if (i >= m->pairs.n)
		return false;
	prefix = m->pairs.items[i].prefix;
	*src = (uint32_t)(prefix - 1);
	return prefix - 1 <= UINT32_MAX
			&& (i == 0 || prefix != m->pairs.items[i - 1].prefix);
}

/* Fetches what the walk, now at item i, will need of later sources: of what is recalled first where
 * it is, then the source itself. */
static void
fetch(const struct tt_merge *m, uint64_t i)
{
	const struct tt_recall *known = m->config.recall;
	uint32_t src;

	if (new_source4(m, i + TT_MERGE_AHEAD, &src)) {
		tt_geo_prefetch4(m->config.geo, src);
		if (known != NULL)
			tt_recall_prefetch(known, tt_addr_v4(src));
	}
	if (known != NULL && new_source4(m, i + TT_MERGE_AHEAD / 2, &src))
		tt_recall_prefetch_source(known, tt_addr_v4(src));
}

static void
begin_source(struct tt_merge *m, struct sums *x, const struct tt_slot *s)
{
	x->row = (struct tt_source_row){
			.src = tt_slot_src(s),
			.country = tt_geo_country(m->config.geo, tt_slot_src(s)),
			.asn = tt_asn_number(m->config.asn, tt_slot_src(s)),
			.first_us = s->first_us,
			.last_us = s->last_us,
	};
	x->hash = tt_sketch_hash(x->row.src);
	x->last_number = TT_MERGE_NUMBER_NONE;
	x->sides = 0;
}

static void
add_fingerprints(struct sums *x, const struct tt_slot *s)
{
	uint32_t tested = tt_detail_tested(s->detail);
	uint32_t matched = tt_detail_matched(s->detail);

	x->tested_rules |= tested;
	x->matched_rules |= matched;
	for (; tested != 0; tested &= tested - 1)
		x->tested[__builtin_ctz(tested)] += s->count.packets;
	for (; matched != 0; matched &= matched - 1)
		x->matched[__builtin_ctz(matched)] += s->count.packets;
}

static void
add_pair(struct tt_merge *m, struct sums *x, const struct tt_slot *s)
{
	enum tt_class class = tt_target_key_class(s->key);
	bool backscatter = tt_detail_backscatter(s->detail);
	unsigned side = class * 2 + backscatter;
	uint64_t number = tt_merge_number(s->key);

	tt_merge_add(&x->row.count, s->count);
	tt_merge_add(&m->country_rows[x->row.country][side].count, s->count);
	x->row.backscatter_packets += backscatter ? s->count.packets : 0;
	x->row.targets += number != x->last_number;
	x->row.classes |= 1u << class;
	x->sides |= 1u << side;
	x->last_number = number;
	if (s->first_us < x->row.first_us)
		x->row.first_us = s->first_us;
	if (s->last_us > x->row.last_us)
		x->row.last_us = s->last_us;
	if (tt_detail_tested(s->detail) != 0 || tt_detail_matched(s->detail) != 0)
		add_fingerprints(x, s);
}

static void
count_in_country(struct tt_merge *m, const struct sums *x)
{
	struct tt_merge_group *rows = m->country_rows[x->row.country];

	rows[__builtin_ctz(x->sides)].uniq_first++;
	for (uint32_t left = x->sides; left != 0; left &= left - 1)
		rows[__builtin_ctz(left)].uniq++;
}

static void
sketch(struct tt_merge *m, const struct sums *x, uint64_t hash)
{
	tt_rest_sketch(&m->rest, TT_REGISTERS_ALL, TT_SKETCH_P_ALL, hash);
	tt_rest_sketch(&m->rest,
			TT_REGISTERS_COUNTRY
					+ ((uint32_t)x->row.country
							<< TT_SKETCH_P_COUNTRY),
			TT_SKETCH_P_COUNTRY, hash);
}

static void
recall(struct tt_merge *m, struct sums *x, uint64_t hash)
{
	if (m->config.recall == NULL)
		return;
	x->row.returning = tt_recall_source(
			m->config.recall, x->row.src, hash, m->start_us);
	if (x->row.returning == TT_RETURNING_YES)
		m->returning[hash == 0 ? 64 : __builtin_clzll(hash)]++;
}

/* Rules of which the source has matching packets; the rows of them follow its own. */
static void
judge(struct tt_merge *m, struct sums *x)
{
	unsigned n = tt_fingerprints_count(m->config.fingerprints);

	for (uint32_t left = x->matched_rules; left != 0; left &= left - 1) {
		unsigned rule = (unsigned)__builtin_ctz(left);

		if (rule >= n)
			return;
		m->rules[rule].sources++;
		if (!tt_fingerprint_judge(
				    tt_fingerprints_rule(m->config.fingerprints, rule),
				    x->matched[rule], x->tested[rule]))
			continue;
		x->row.fingerprints |= 1u << rule;
		m->rules[rule].carriers++;
		m->rules[rule].carrier_packets += x->matched[rule];
	}
}

static int
emit_fingerprints(struct tt_merge *m, const struct sums *x)
{
	unsigned n = tt_fingerprints_count(m->config.fingerprints);
	int ret = 0;

	for (uint32_t left = x->matched_rules; ret == 0 && left != 0; left &= left - 1) {
		unsigned rule = (unsigned)__builtin_ctz(left);
		struct tt_source_fingerprint_row row = {
				.src = x->row.src,
				.rule = rule,
				.packets = x->matched[rule],
				.tested = x->tested[rule],
				.carried = (x->row.fingerprints >> rule & 1) != 0,
		};

		if (rule >= n)
			break;
		ret = TT_MERGE_EMIT(m, source_fingerprint, &row);
	}
	return ret;
}

static void
clear_fingerprints(struct sums *x)
{
	for (uint32_t left = x->tested_rules | x->matched_rules; left != 0;
			left &= left - 1)
		x->tested[__builtin_ctz(left)] = x->matched[__builtin_ctz(left)] = 0;
	x->tested_rules = x->matched_rules = 0;
}

static int
end_source(struct tt_merge *m, struct sums *x, struct tt_merge_contacts_at *contacts)
{
	int ret;

	tt_merge_destinations_of(m, &x->row, contacts);
	m->totals->uniq_src_ip++;
	count_in_country(m, x);
	sketch(m, x, x->hash);
	recall(m, x, tt_sample_hash(m->secret, x->hash));
	judge(m, x);
	ret = TT_MERGE_EMIT(m, source, &x->row);
	if (ret == 0)
		ret = emit_fingerprints(m, x);
	clear_fingerprints(x);
	return ret;
}

/*
 * Sources that return are counted at the lowest of the rates of these pairs, of those of earlier
 * intervals within the horizon, and of the memory at the end of this interval. All of these keep
 * the sources whose hash starts with so many zero bits, and of those all answers are known; of
 * others it is known of some that they return, which are not a sample.
 */
static void
count_returning(struct tt_merge *m)
{
	struct tt_totals *totals = m->totals;
	unsigned known, shift = 0;

	totals->recall_since_us = 0;
	if (m->config.recall != NULL) {
		known = tt_recall_shift_for(m->config.recall, m->start_us);
		shift = known > m->shift ? known : m->shift;
		totals->recall_since_us = tt_recall_since_us(m->config.recall);
	}
	/* An interval older than all that is recalled: nothing before it is known. */
	if (totals->recall_since_us == 0 || totals->recall_since_us > m->start_us)
		totals->recall_since_us = m->start_us;
	for (unsigned zeros = shift; zeros <= 64; zeros++)
		totals->uniq_src_ip_returning += m->returning[zeros];
	totals->uniq_src_ip_returning <<= shift;
	/* The sample of so coarse a rate may stand for more than there are. */
	if (totals->uniq_src_ip_returning > totals->uniq_src_ip)
		totals->uniq_src_ip_returning = totals->uniq_src_ip;
	totals->returning_one_in = UINT64_C(1) << shift;
}

int
tt_merge_sources(struct tt_merge *m)
{
	struct sums x = {0};
	struct tt_merge_contacts_at contacts = {0};
	struct tt_merge_pair_rows rows;
	int ret = 0;

	sort_by_source(m);
	tt_merge_choose_pair_rows(m);
	tt_merge_sort_contacts(m);
	m->scratch.n = 0;
	if (m->config.recall != NULL)
		tt_recall_begin(m->config.recall, m->start_us, m->shift);
	for (uint64_t i = 0, n; ret == 0 && i < m->pairs.n; i += n) {
		const struct tt_slot *s = m->pairs.items[i].ref;

		begin_source(m, &x, s);
		tt_merge_pair_begin(m, &rows, x.row.src, x.row.country,
				tt_sample_hash(m->secret, x.hash));
		for (n = 0; ret == 0 && i + n < m->pairs.n; n++) {
			s = tt_merge_slot(&m->pairs, i + n);
			if (tt_addr_cmp(tt_slot_src(s), x.row.src) != 0)
				break;
			fetch(m, i + n);
			add_pair(m, &x, s);
			if (rows.kept)
				ret = tt_merge_pair_add(m, &rows, s);
			if (tt_detail_backscatter(s->detail)) /* for the next step */
				m->scratch.items[m->scratch.n++] = m->pairs.items[i + n];
		}
		if (ret == 0)
			ret = tt_merge_pair_end(m, &rows);
		if (ret == 0)
			ret = end_source(m, &x, &contacts);
	}
	m->totals->uniq_src_ip <<= m->shift;
	count_returning(m);
	return ret;
}
