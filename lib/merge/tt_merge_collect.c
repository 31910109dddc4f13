/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What all tallies hold, at the rate of the one that keeps least: the rests are added up, pairs
 * and contacts of the sample become references, the others join the rest.
 */
#include "tt_merge_rows.h"

#include <string.h>

static void
add_not_kept(struct tt_not_kept *to, struct tt_not_kept from)
{
	to->packets += from.packets;
	to->keys += from.keys;
}

static void
add_frames(struct tt_totals *totals, const struct tt_tally *t)
{
	if (t->frames > 0 && (totals->frames == 0 || t->first_us < totals->first_us))
		totals->first_us = t->first_us;
	if (t->frames > 0 && (totals->frames == 0 || t->last_us > totals->last_us))
		totals->last_us = t->last_us;
	totals->frames += t->frames;
	totals->frame_bytes += t->frame_bytes;
	totals->late += t->late;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		totals->fates[i] += t->fates[i];
	totals->pairs.packets += t->pairs_lost.packets;
	totals->contacts.packets += t->contacts_lost.packets;
	add_not_kept(&totals->ports, t->ports_lost);
}

static void
clear(struct tt_merge *m)
{
	tt_rest_reset(&m->rest);
	tt_rest_widen(&m->rest);
	memset(m->country_rows, 0, TT_N_COUNTRIES * sizeof(*m->country_rows));
	memset(m->row_packets, 0, TT_N_ROWS * sizeof(*m->row_packets));
	memset(m->target_packets, 0, TT_N_TARGETS * sizeof(*m->target_packets));
	memset(m->sketched, 0, TT_N_TARGETS * sizeof(*m->sketched));
	memset(m->rules, 0, sizeof(m->rules));
	memset(m->returning, 0, sizeof(m->returning));
	m->pairs.n = m->others.n = m->contacts4.n = m->contacts6.n = m->sourceless.n =
			m->talkers.n = m->scratch.n = 0;
	m->shift = m->contact_shift = 0;
	m->any_v6 = false;
	m->kept_pairs = m->kept_contacts = 0;
	memset(m->pair_bits, 0, sizeof(m->pair_bits));
}

static uint64_t
max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static int
make_room(struct tt_merge *m)
{
	uint64_t pairs = 0, contacts = 0, ports = 0, others;
	int ret;

	for (unsigned i = 0; i < m->n_tallies; i++) {
		pairs += m->tallies[i]->n_pairs;
		contacts += m->tallies[i]->n_contacts;
		ports += m->tallies[i]->n_ports;
	}
	others = pairs + max_u64(contacts, ports);
	ret = tt_merge_room(m, &m->pairs, pairs);
	if (ret == 0)
		ret = tt_merge_room(m, &m->others, others);
	if (ret == 0)
		ret = tt_merge_room(m, &m->scratch, max_u64(pairs, others));
	return ret;
}

/* A source on its way into a sketch. */
struct sketched {
	uint32_t first; /* register of the sketch */
	uint64_t hash; /* of the source */
};

/* What the sample lacks; it is counted in the rest some at a time, which can fetch their places. So are
 * the sources of contacts in the sample. */
#define WAITING 64

struct waiting {
	struct tt_rest_pair pairs[WAITING];
	struct tt_rest_contact contacts[WAITING];
	struct sketched sketched[WAITING];
	unsigned n_pairs, n_contacts, n_sketched;
};

static void
count_refused_pairs(struct tt_merge *m, struct waiting *x)
{
	tt_rest_add_pairs(&m->rest, x->pairs, x->n_pairs);
	x->n_pairs = 0;
}

static void
count_refused_contacts(struct tt_merge *m, struct waiting *x)
{
	tt_rest_add_contacts(&m->rest, x->contacts, x->n_contacts);
	x->n_contacts = 0;
}

static void
refuse_pair(struct tt_merge *m, struct waiting *x, const struct tt_slot *s)
{
	x->pairs[x->n_pairs] = (struct tt_rest_pair){.src = tt_slot_src(s),
			.key = s->key,
			.detail = s->detail,
			.count = s->count};
	m->totals->pairs.packets += s->count.packets;
	if (++x->n_pairs == WAITING)
		count_refused_pairs(m, x);
}

/* How many slices the pair may need: one of its country, and what else it is counted in. */
static unsigned
slices_of(const struct tt_slot *s)
{
	return 1u + tt_detail_backscatter(s->detail)
			+ (unsigned)__builtin_popcount(tt_detail_matched(s->detail));
}

/* Beside what a tally lends there are these pairs alone to be kept apart by the rest's own tables. */
static void
narrow(struct tt_merge *m)
{
	uint64_t slices = 0;

	for (uint64_t i = 0; i < m->scratch.n; i++)
		slices += slices_of(tt_merge_slot(&m->scratch, i));
	tt_rest_narrow(&m->rest, slices, m->scratch.n);
}

/* The pairs of a tally that the sample lacks: add_pair put them aside. */
static void
refuse_pairs(struct tt_merge *m, struct waiting *x)
{
	if (m->lender != NULL)
		narrow(m);
	for (uint64_t i = 0; i < m->scratch.n; i++)
		refuse_pair(m, x, tt_merge_slot(&m->scratch, i));
	count_refused_pairs(m, x);
	m->scratch.n = 0;
}

static void
refuse_contact(struct tt_merge *m, struct waiting *x, struct tt_addr src,
		struct tt_addr dst, enum tt_class class, uint64_t packets)
{
	x->contacts[x->n_contacts] = (struct tt_rest_contact){
			.src = src, .dst = dst, .class = class, .packets = packets};
	m->totals->contacts.packets += packets;
	if (++x->n_contacts == WAITING)
		count_refused_contacts(m, x);
}

static void
sketch_waiting(struct tt_merge *m, struct waiting *x)
{
	for (unsigned i = 0; i < x->n_sketched; i++)
		tt_rest_sketch(&m->rest, x->sketched[i].first, TT_SKETCH_P_PREFIX,
				x->sketched[i].hash);
	x->n_sketched = 0;
}

/* Enters a source into the sketch of a destination prefix. */
static void
sketch(struct tt_merge *m, struct waiting *x, uint32_t prefix, uint64_t hash)
{
	const uint32_t first = TT_REGISTERS_PREFIX + (prefix << TT_SKETCH_P_PREFIX);

	__builtin_prefetch(
			&m->rest.registers[first
					+ tt_sketch_register(hash, TT_SKETCH_P_PREFIX)],
			1);
	x->sketched[x->n_sketched++] = (struct sketched){first, hash};
	if (x->n_sketched == WAITING)
		sketch_waiting(m, x);
}

static void
add_pair(struct tt_merge *m, const struct tt_slot *s)
{
	const struct tt_addr src = tt_slot_src(s);

	if (TT_UNLIKELY(m->shift != 0)) {
		uint64_t hash = tt_sketch_hash(src);

		if (!tt_sampled(tt_sample_hash(m->secret, hash), m->shift)) {
			m->scratch.items[m->scratch.n++] = (struct tt_sort_item){
					.ref = s};
			return;
		}
	}
	m->any_v6 |= !tt_addr_is_v4(src);
	m->pairs.items[m->pairs.n++] = (struct tt_sort_item){
			.prefix = tt_merge_number(s->key) << TT_MERGE_PAIR_NUMBER
					| tt_merge_addr39(src),
			.ref = s};
}

/*
 * Contacts of the sample enter the sketches of destination prefixes as the others do. at: where it
 * stays until the end of the merge, if its source is IPv6. Inlined where its parts are known, and not
 * handed over as an entry: for what is written in words and read in larger pieces at once the core waits.
 */
static inline __attribute__((always_inline)) void
add_contact(struct tt_merge *m, struct waiting *x, struct tt_addr src, uint64_t key,
		uint64_t packets, const struct tt_entry *at)
{
	struct tt_addr dst = tt_contact_destination(m->config.destinations, key);

	if (m->contact_shift != 0
			&& !tt_sampled(tt_contact_hash(&m->sample, m->config.destinations,
						       src, key),
					m->contact_shift)) {
		refuse_contact(m, x, src, dst, tt_contact_class(key), packets);
		return;
	}
	sketch(m, x, tt_units_index(m->config.prefixes, dst), tt_sketch_hash(src));
	if (TT_LIKELY(tt_addr_is_v4(src) && (key & TT_CONTACT_V6) == 0))
		m->others.items[m->contacts4.n++] = tt_merge_contact_item(
				(uint32_t)src.lo, key, packets);
	else
		m->others.items[m->others.room - ++m->contacts6.n] =
				(struct tt_sort_item){.ref = at};
}

/* One that a pair holds: of IPv4. */
static void
add_held_contact(struct tt_merge *m, struct waiting *x, const struct tt_slot *s)
{
	add_contact(m, x, tt_addr_v4(s->v4.src), tt_slot_contact_key(s),
			s->v4.dst_packets, NULL);
}

static void
add_table_contact(struct tt_merge *m, struct waiting *x, const struct tt_tally *t,
		uint32_t place)
{
	const struct tt_entry *at = tt_tally_contact_entry(t, place);

	if (at == NULL) {
		const struct tt_entry e = tt_contact_of_slot(
				t->contact_lines, tt_tally_contact_slot(t, place));

		if (e.packets != 0)
			add_contact(m, x, e.src, e.key, e.packets, NULL);
	} else if (at->packets != 0) {
		add_contact(m, x, at->src, at->key, at->packets, at);
	}
}

static void
add_tally(struct tt_merge *m, struct waiting *x, const struct tt_tally *t)
{
	const uint32_t end = tt_tally_contacts_end(t);

	for (uint32_t i = 0; i < t->n_pairs; i++) {
		const struct tt_slot *s = tt_tally_pair(t, i);

		if (i + TT_MERGE_AHEAD < t->n_pairs)
			__builtin_prefetch(tt_tally_pair(t, i + TT_MERGE_AHEAD));
		add_pair(m, s);
		if (tt_slot_contact_packets(s) != 0)
			add_held_contact(m, x, s);
	}
	refuse_pairs(m, x);
	for (uint32_t i = 0; i < end; i++) {
		if (i + TT_MERGE_AHEAD < end)
			tt_tally_prefetch_contact(t, i + TT_MERGE_AHEAD);
		add_table_contact(m, x, t, i);
	}
	count_refused_contacts(m, x);
	sketch_waiting(m, x);
}

static int
by_source_and_key(const void *a, const void *b)
{
	const struct tt_entry *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

static void
add_talkers(struct tt_merge *m, const struct tt_rest *r)
{
	for (uint32_t i = 0; i < r->n_talkers; i++) {
		const struct tt_entry *e = tt_rest_talker(r, i);

		if (i + TT_MERGE_AHEAD < r->n_talkers)
			__builtin_prefetch(tt_rest_talker(r, i + TT_MERGE_AHEAD));
		m->talkers.items[m->talkers.n++] = (struct tt_sort_item){
				.prefix = tt_merge_number(e->key) << TT_MERGE_PAIR_NUMBER
						| tt_merge_addr39(e->src),
				.ref = e};
	}
}

static int
collect_talkers(struct tt_merge *m)
{
	const uint64_t lent = m->lender != NULL ? m->lender->n_talkers : 0;
	int ret = tt_merge_room(m, &m->talkers, m->rest.n_talkers + lent);

	if (ret != 0)
		return ret;
	if (m->lender != NULL)
		add_talkers(m, m->lender);
	add_talkers(m, &m->rest);
	tt_merge_sort(m, &m->talkers, by_source_and_key);
	return 0;
}

static void
count_packets(struct tt_merge *m)
{
	const struct tt_count *cells = &m->rest.cells[TT_CELL_IP_PROTOCOL];

	for (unsigned i = 0; i < TT_N_CLASSES * 256; i++)
		tt_merge_add(&m->totals->count, cells[i]);
	m->totals->slices = m->rest.slices_lost;
	m->totals->talkers = m->rest.talkers_lost;
	m->totals->sources_one_in = UINT64_C(1) << m->shift;
	m->totals->contacts_one_in = UINT64_C(1) << m->contact_shift;
}

/* Of a tally that lends, the sums are the merge's already, and its slices and talkers are read where they are. */
static void
add_lent(struct tt_merge *m)
{
	add_not_kept(&m->rest.slices_lost, m->lender->slices_lost);
	add_not_kept(&m->rest.talkers_lost, m->lender->talkers_lost);
}

int
tt_merge_collect(struct tt_merge *m)
{
	struct waiting x = {.n_pairs = 0};
	int ret;

	clear(m);
	for (unsigned i = 0; i < m->n_tallies; i++)
		tt_tally_settle(m->tallies[i]);
	tt_merge_borrow(m);
	if (m->lender != NULL)
		tt_tally_discard_waiting(m->tallies[0]);
	ret = make_room(m);
	if (ret != 0)
		return ret;
	for (unsigned i = 0; i < m->n_tallies; i++) {
		const struct tt_tally *t = m->tallies[i];

		TT_ASSERT(i == 0 || t->secret == m->secret);
		m->secret = t->secret;
		m->sample = t->sample;
		m->shift = t->pair_shift > m->shift ? t->pair_shift : m->shift;
		if (t->contact_shift > m->contact_shift)
			m->contact_shift = t->contact_shift;
		add_frames(m->totals, t);
		if (m->lender != NULL)
			add_lent(m);
		else
			tt_rest_add(&m->rest, &t->rest);
	}
	tt_rest_complete(&m->rest);
	for (unsigned i = 0; i < m->n_tallies; i++)
		add_tally(m, &x, m->tallies[i]);
	if (m->lender != NULL)
		tt_tally_discard_contacts(m->tallies[0]);
	m->contacts4.items = m->others.items;
	m->contacts6.items = m->others.items + m->others.room - m->contacts6.n;
	tt_merge_collect_sourceless(m);
	ret = collect_talkers(m);
	count_packets(m);
	return ret;
}
