/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `targets`, and with each target its talkers. Pairs are sorted by (protocol, number),
 * source, key and detail, so that a target's sources come one after the other, each with all its
 * pairs, and the heaviest are picked; the target's rows are summed in a small matrix of (class or code, backscatter) x country
 * on the way. What has no source is sorted by (protocol, number) as well, and only adds packets.
 */
#include "tt_merge_rows.h"

#include <string.h>

static int
by_source_key_detail(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));

	if (order != 0)
		return order;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->detail < y->detail ? -1 : x->detail > y->detail;
}

/* With ascending keys and details of one target, subs ascend too. */
static unsigned
sub_of(tt_target_key key, tt_detail detail)
{
	struct tt_target t = tt_target_key_target(key);
	bool icmp = t.protocol == TT_PROTO_ICMP || t.protocol == TT_PROTO_ICMPV6;

	return (icmp ? t.code : (unsigned)tt_target_key_class(key)) << 1
			| tt_detail_backscatter(detail);
}

static struct tt_merge_group *
group_of(struct tt_merge_matrix *x, tt_target_key key, tt_detail detail, uint32_t country)
{
	unsigned sub = sub_of(key, detail);

	x->keys[sub] = key;
	x->used_subs[sub / 64] |= UINT64_C(1) << sub % 64;
	x->used[sub][country / 64] |= UINT64_C(1) << country % 64;
	return &x->groups[sub][country];
}

/* Enters a source; returns the sample_bits of its rows. */
static unsigned
sketch_source(struct tt_merge *m, uint32_t first_register, struct tt_addr src)
{
	const uint64_t hash = tt_sketch_hash(src);

	tt_rest_sketch(&m->rest, first_register, TT_SKETCH_P_TARGET, hash);
	return tt_sample_bits(tt_sample_hash(m->secret, hash));
}

/* Pairs with a matching fingerprint are picked for the step that comes next. */
static void
pick(struct tt_merge *m, const struct tt_sort_item *item, const struct tt_slot *s)
{
	if (tt_detail_matched(s->detail) != 0)
		m->scratch.items[m->scratch.n++] = *item;
}

/* Fetches the register that the source of a later pair will enter, where it is IPv4. Most targets have few
 * sources, and lie anywhere. */
static inline __attribute__((always_inline)) void
fetch_register(const struct tt_merge *m, uint64_t prefix)
{
	const tt_target_key key = tt_target_key_make(
			tt_merge_number_target(prefix >> TT_MERGE_PAIR_NUMBER),
			TT_CLASS_OTHER);
	const uint64_t hash = tt_sketch_hash(tt_addr_v4((uint32_t)(prefix - 1)));

	__builtin_prefetch(
			&m->rest.registers[tt_registers_of_target(TT_REGISTERS_TARGET,
							   tt_target_index(key))
					+ tt_sketch_register(hash, TT_SKETCH_P_TARGET)],
			1);
}

/* Fetches what later pairs than item i need, where their sources are IPv4: the register of the target; of the country, the
 * entry of the /16, and that of the /24 once the former is at hand. */
static inline __attribute__((always_inline)) void
fetch(const struct tt_merge *m, uint64_t i)
{
	const uint64_t far = i + TT_MERGE_AHEAD, near = i + TT_MERGE_AHEAD / 2;
	const struct tt_sort_item *items = m->pairs.items;

	if (TT_LIKELY(far < m->pairs.n)) {
		tt_geo_prefetch4(m->config.geo, (uint32_t)(items[far].prefix - 1));
		fetch_register(m, items[far].prefix);
	}
	if (TT_LIKELY(near < m->pairs.n))
		tt_geo_prefetch4_net(m->config.geo, (uint32_t)(items[near].prefix - 1));
}

/* Pairs of the target, which begin at item `first` of all. */
static void
add_pairs(struct tt_merge *m, struct tt_merge_target *t, struct tt_merge_talker *talker)
{
	const uint64_t first = (uint64_t)(t->pairs.items - m->pairs.items);
	const struct tt_slot *last = NULL;
	struct tt_merge_group *g, *last_group = NULL;
	tt_country country = TT_COUNTRY_UNKNOWN;
	uint32_t registers = 0;
	unsigned bits = 0;

	for (uint64_t i = 0; i < t->pairs.n; i++, last_group = g) {
		const struct tt_slot *s = tt_merge_slot(&m->pairs, first + i);
		bool new_source = last == NULL
				|| tt_addr_cmp(tt_slot_src(s), tt_slot_src(last)) != 0;

		fetch(m, first + i);
		if (last == NULL)
			registers = tt_registers_of_target(
					TT_REGISTERS_TARGET, tt_target_index(s->key));
		if (new_source) {
			country = tt_geo_country(m->config.geo, tt_slot_src(s));
			bits = sketch_source(m, registers, tt_slot_src(s));
		}
		g = group_of(m->matrix, s->key, s->detail, country);
		tt_merge_add(&g->count, s->count);
		if (TT_UNLIKELY((s->detail & TT_DETAIL_V6) != 0))
			tt_merge_add(&g->ipv6, s->count);
		t->class_packets[tt_target_key_class(s->key)] += s->count.packets;
		tt_merge_talkers_add(m, talker, tt_slot_src(s),
				tt_target_key_class(s->key), s->count.packets);
		g->uniq_first += new_source;
		g->uniq += new_source || g != last_group;
		m->pair_bits[bits] += new_source || s->key != last->key
				|| s->detail != last->detail;
		pick(m, &t->pairs.items[i], s);
		last = s;
	}
}

/* Fetches what a later one of all countries refers to, of this target or of the next ones. */
static void
fetch_sourceless(const struct tt_merge *m, const struct tt_sort_item *item)
{
	if (TT_LIKELY(m->countries.items + m->countries.n - item > TT_MERGE_AHEAD))
		__builtin_prefetch(item[TT_MERGE_AHEAD].ref);
}

static void
add_sourceless(struct tt_merge *m, struct tt_merge_target *t)
{
	for (uint64_t i = 0; i < t->sourceless.n; i++) {
		const struct tt_sort_item *item = &t->sourceless.items[i];
		const struct tt_count *count = item->ref;
		struct tt_merge_group *g;
		tt_target_key key;
		tt_detail detail;

		fetch_sourceless(m, item);
		tt_row_key(item->prefix >> 11 & 0xfffff, &key, &detail);
		g = group_of(m->matrix, key, detail, item->prefix >> 1 & 0x3ff);
		tt_merge_add(&g->count, *count);
		if ((item->prefix & 1) != 0)
			tt_merge_add(&g->ipv6, *count);
		t->class_packets[tt_target_key_class(key)] += count->packets;
	}
}

/* Gives out the row of a group, and leaves the group zero. */
static int
emit_group(struct tt_merge *m, unsigned sub, uint32_t country, bool first)
{
	struct tt_merge_group *g = &m->matrix->groups[sub][country];
	tt_target_key key = m->matrix->keys[sub];
	tt_detail detail = sub % 2 != 0 ? TT_DETAIL_BACKSCATTER : 0;
	struct tt_target_row row = {
			.target = tt_target_key_target(key),
			.class = tt_target_key_class(key),
			.backscatter = sub % 2 != 0,
			.country = (uint16_t)country,
			.count = g->count,
			.ipv6 = g->ipv6,
			.uniq_src_ip = g->uniq << m->shift,
			.uniq_src_ip_target = g->uniq_first << m->shift,
			.first = first,
	};

	m->row_packets[tt_row_index(key, detail)] += g->count.packets;
	m->target_packets[tt_target_index(key)] += g->count.packets;
	tt_merge_add(&m->totals->ipv6, g->ipv6);
	*g = (struct tt_merge_group){0};
	return TT_MERGE_EMIT(m, target, &row);
}

/* ret: of the rows before; after an error the other groups are still to be made zero. */
static int
emit_sub(struct tt_merge *m, unsigned sub, bool first, int ret)
{
	uint64_t *used = m->matrix->used[sub];

	for (unsigned w = 0; w < TT_MERGE_COUNTRY_WORDS; w++)
		for (; used[w] != 0; used[w] &= used[w] - 1) {
			uint32_t c = w * 64 + (uint32_t)__builtin_ctzll(used[w]);

			if (ret == 0)
				ret = emit_group(m, sub, c, first);
			else
				m->matrix->groups[sub][c] = (struct tt_merge_group){0};
		}
	return ret;
}

static int
emit_target(struct tt_merge *m, const struct tt_merge_target *t)
{
	struct tt_target target = tt_merge_number_target(t->number);
	uint64_t *used = m->matrix->used_subs;
	bool first = m->config.recall == NULL
			|| tt_recall_target(m->config.recall, target, m->start_us);
	int ret = 0;

	m->totals->targets++;
	m->totals->targets_first += first;
	for (unsigned w = 0; w < TT_MERGE_SUBS / 64; w++)
		for (; used[w] != 0; used[w] &= used[w] - 1)
			ret = emit_sub(m, w * 64 + (unsigned)__builtin_ctzll(used[w]),
					first, ret);
	return ret;
}

/* The part of a list, from *at on, that has the (protocol, number); *at moves past it. */
static struct tt_merge_list
part_of(const struct tt_merge_list *list, uint64_t *at, unsigned shift, uint64_t number)
{
	struct tt_merge_list part = {.items = &list->items[*at],
			.n = tt_merge_run_length(list, *at, shift, number)};

	*at += part.n;
	return part;
}

static uint64_t
next_number(const struct tt_merge_list *list, uint64_t at, unsigned shift)
{
	return at < list->n ? list->items[at].prefix >> shift : TT_MERGE_NUMBER_NONE;
}

static uint64_t
min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* None is asked for any more. */
static void
discard_talkers(struct tt_merge *m)
{
	if (m->lender != NULL)
		tt_rest_discard_talkers(m->lender);
	tt_rest_discard_talkers(&m->rest);
	tt_merge_discard(m, &m->talkers, m->talkers.n);
}

int
tt_merge_targets(struct tt_merge *m)
{
	uint64_t pair = 0, sourceless = 0, talker = 0;
	int ret = 0;

	tt_merge_sort(m, &m->pairs, by_source_key_detail);
	m->scratch.n = 0;
	while (ret == 0) {
		uint64_t number = min_u64(
				next_number(&m->pairs, pair, TT_MERGE_PAIR_NUMBER),
				next_number(&m->countries, sourceless,
						TT_MERGE_COUNTRY_NUMBER));
		struct tt_merge_target t = {.number = number};
		struct tt_merge_talker at;

		if (number == TT_MERGE_NUMBER_NONE)
			break;
		t.pairs = part_of(&m->pairs, &pair, TT_MERGE_PAIR_NUMBER, number);
		t.sourceless = part_of(&m->countries, &sourceless,
				TT_MERGE_COUNTRY_NUMBER, number);
		t.talkers = part_of(&m->talkers, &talker, TT_MERGE_PAIR_NUMBER, number);
		tt_merge_talkers_begin(m, &at);
		add_pairs(m, &t, &at);
		add_sourceless(m, &t);
		ret = emit_target(m, &t);
		if (ret == 0)
			ret = tt_merge_talkers(m, &t, &at);
	}
	discard_talkers(m);
	m->totals->ipv6_untold = m->rest.cells[TT_CELL_IPV6_REST];
	tt_merge_add(&m->totals->ipv6, m->totals->ipv6_untold);
	for (unsigned bits = 0; bits <= TT_SAMPLE_SHIFT_MAX; bits++)
		m->kept_pairs += m->pair_bits[bits];
	m->totals->pairs.keys = m->kept_pairs * (m->totals->sources_one_in - 1);
	return ret;
}
