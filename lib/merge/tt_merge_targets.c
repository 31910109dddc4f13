/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `targets`. Slots are sorted by (protocol, number), then source, then code and
 * class, so that a target's sources come one after the other, each with all its slots; the
 * target's rows are summed in a small matrix of (class or code) x country on the way.
 *
 * What was counted without its source (overflow) takes part as slots marked sourceless: they add
 * to the row of country "??", and to no unique count.
 */
#include "tt_merge_rows.h"

#include <string.h>

static int
by_target(const void *a, const void *b)
{
	const struct tt_slot *x = *(const struct tt_slot *const *)a;
	const struct tt_slot *y = *(const struct tt_slot *const *)b;
	uint64_t p = TT_TARGET_KEY_NUMBER(x->key), q = TT_TARGET_KEY_NUMBER(y->key);
	int order;

	if (p != q)
		return p < q ? -1 : 1;
	if (x->sourceless != y->sourceless)
		return x->sourceless ? -1 : 1;
	order = tt_addr_cmp(x->src, y->src);
	if (order != 0)
		return order;
	return x->key < y->key ? -1 : x->key > y->key;
}

/* Rows of a target differ in their class, or, for ICMP, in their code. */
static unsigned
sub_of(tt_target_key key)
{
	uint8_t protocol = tt_target_key_target(key).protocol;

	if (protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6)
		return tt_target_key_target(key).code;
	return tt_target_key_class(key);
}

static void
add(struct tt_count *to, struct tt_count from)
{
	to->packets += from.packets;
	to->bytes += from.bytes;
}

struct target_sums {
	tt_target_key keys[TT_MERGE_SUBS]; /* the key of each sub that is in use */
	bool used[TT_MERGE_SUBS];
};

static struct tt_merge_group *
group_of(struct tt_merge *m, struct target_sums *sums, tt_target_key key,
		tt_country country)
{
	unsigned sub = sub_of(key);

	sums->keys[sub] = key;
	sums->used[sub] = true;
	return &m->groups[(size_t)sub * TT_N_COUNTRIES + country];
}

/* Adds the slots refs[n] of one target. */
static void
sum_slots(struct tt_merge *m, struct target_sums *sums, const struct tt_slot *const *refs,
		uint64_t n, const struct tt_geo *geo)
{
	tt_country country = TT_COUNTRY_UNKNOWN;

	for (uint64_t i = 0; i < n; i++) {
		const struct tt_slot *s = refs[i];
		bool new_source = i == 0 || refs[i - 1]->sourceless
				|| tt_addr_cmp(s->src, refs[i - 1]->src) != 0;
		struct tt_merge_group *g;

		if (s->sourceless) {
			add(&group_of(m, sums, s->key, TT_COUNTRY_UNKNOWN)->count,
					s->count);
			continue;
		}
		if (new_source)
			country = tt_geo_country(geo, s->src);
		g = group_of(m, sums, s->key, country);
		add(&g->count, s->count);
		g->uniq_target += new_source;
		g->uniq += new_source || s->key != refs[i - 1]->key;
	}
}

/* Gives out the rows of one target and leaves the matrix zero. */
static int
emit_target(struct tt_merge *m, struct target_sums *sums,
		const struct tt_merge_sink *sink, struct tt_error *err)
{
	int ret = 0;

	for (unsigned sub = 0; sub < TT_MERGE_SUBS; sub++) {
		struct tt_merge_group *row = &m->groups[(size_t)sub * TT_N_COUNTRIES];

		if (!sums->used[sub])
			continue;
		for (unsigned c = 0; c < TT_N_COUNTRIES; c++) {
			struct tt_target_row out = {
					.target = tt_target_key_target(sums->keys[sub]),
					.class = tt_target_key_class(sums->keys[sub]),
					.country = (tt_country)c,
					.count = row[c].count,
					.uniq_src_ip = row[c].uniq,
					.uniq_src_ip_target = row[c].uniq_target,
			};

			if (row[c].count.packets != 0 && ret == 0 && sink->target != NULL)
				ret = sink->target(sink->context, &out, err);
		}
		memset(row, 0, TT_N_COUNTRIES * sizeof(*row));
		sums->used[sub] = false;
	}
	return ret;
}

int
tt_merge_targets(struct tt_merge *m, const struct tt_geo *geo,
		const struct tt_merge_sink *sink, struct tt_totals *totals,
		struct tt_error *err)
{
	struct target_sums sums = {0};
	uint64_t i = 0;
	int ret = 0;

	qsort(m->refs, m->n, sizeof(*m->refs), by_target);
	while (ret == 0 && i < m->n) {
		uint64_t target = TT_TARGET_KEY_NUMBER(m->refs[i]->key);
		uint64_t n = 1;

		while (i + n < m->n
				&& TT_TARGET_KEY_NUMBER(m->refs[i + n]->key) == target)
			n++;
		sum_slots(m, &sums, &m->refs[i], n, geo);
		i += n;
		totals->targets++;
		ret = emit_target(m, &sums, sink, err);
	}
	return ret;
}
