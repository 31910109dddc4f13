/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `contacts`: one walk over the contacts in order of source and destination. Where there
 * would be too many rows, only those of sources and units in a smaller sample are given out; no other step
 * needs the contacts after that.
 */
#include "tt_merge_rows.h"

/* One source and destination address (IPv6: unit), and its packets by class. */
struct contact {
	struct tt_addr src;
	uint64_t to; /* tt_contact_key without class */
	uint32_t classes; /* bit per class */
	uint64_t packets[TT_N_CLASSES];
};

static const struct tt_entry *
contact6(const struct tt_merge *m, uint64_t i)
{
	if (TT_LIKELY(i + TT_MERGE_AHEAD < m->contacts6.n))
		__builtin_prefetch(m->contacts6.items[i + TT_MERGE_AHEAD].ref);
	return m->contacts6.items[i].ref;
}

static void
add(struct contact *c, unsigned class, uint64_t packets)
{
	if ((c->classes >> class & 1) == 0)
		c->packets[class] = 0;
	c->classes |= 1u << class;
	c->packets[class] += packets;
}

static void
take4(const struct tt_merge *m, struct contact *c, uint64_t *at)
{
	const struct tt_merge_list *list = &m->contacts4;
	uint64_t prefix = list->items[*at].prefix;

	c->src = tt_addr_v4((uint32_t)(prefix >> 32));
	c->to = (prefix & UINT32_MAX) << 4;
	for (; *at < list->n && list->items[*at].prefix == prefix; ++*at)
		add(c, tt_merge_item_class(list->items[*at]),
				list->items[*at].value >> 4);
}

static void
take6(const struct tt_merge *m, struct contact *c, uint64_t *at)
{
	const struct tt_entry *e = contact6(m, *at);

	c->src = e->src;
	c->to = e->key & ~UINT64_C(15);
	do {
		add(c, tt_contact_class(e->key), e->packets);
		if (++*at == m->contacts6.n)
			return;
		e = contact6(m, *at);
	} while ((e->key & ~UINT64_C(15)) == c->to && tt_addr_cmp(e->src, c->src) == 0);
}

/* The next one in order of source and destination, of which IPv4 comes first. */
static bool
take(const struct tt_merge *m, struct contact *c, struct tt_merge_contacts_at *at)
{
	bool any4 = at->v4 < m->contacts4.n, any6 = at->v6 < m->contacts6.n;

	c->classes = 0;
	if (!any4 && !any6)
		return false;
	if (any4 && any6) {
		uint64_t prefix = m->contacts4.items[at->v4].prefix;

		any4 = tt_addr_cmp(tt_addr_v4((uint32_t)(prefix >> 32)),
				       contact6(m, at->v6)->src)
				<= 0;
	}
	if (any4)
		take4(m, c, &at->v4);
	else
		take6(m, c, &at->v6);
	return true;
}

static unsigned
bits_of(const struct tt_merge *m, const struct contact *c)
{
	return tt_sample_bits(tt_contact_hash(
			&m->sample, m->config.destinations, c->src, c->to));
}

/* Moves the items up to `at` behind those that are kept. */
static void
keep(struct tt_merge *m, struct tt_merge_contacts_at *kept,
		struct tt_merge_contacts_at from, struct tt_merge_contacts_at at)
{
	for (; from.v4 < at.v4; from.v4++)
		m->contacts4.items[kept->v4++] = m->contacts4.items[from.v4];
	for (; from.v6 < at.v6; from.v6++)
		m->contacts6.items[kept->v6++] = m->contacts6.items[from.v6];
}

/* Brings the contacts down to a sample of `limit` rows at most. What is kept too much, since the rate
 * was lower then, is left out later. */
static void
thin_out(struct tt_merge *m, uint64_t limit)
{
	uint64_t bits[TT_SAMPLE_SHIFT_MAX + 1] = {0}, n = 0;
	struct tt_merge_contacts_at at = {0}, from = {0}, kept = {0};
	unsigned shift = m->contact_shift;
	struct contact c;

	for (; take(m, &c, &at); from = at) {
		unsigned b = bits_of(m, &c), rows = tt_merge_n_classes(c.classes);

		bits[b] += rows;
		if (b < shift)
			continue;
		keep(m, &kept, from, at);
		for (n += rows; n > limit && shift < TT_SAMPLE_SHIFT_MAX; shift++)
			n -= bits[shift];
	}
	m->contacts4.n = kept.v4;
	m->contacts6.n = kept.v6;
	m->contact_row_shift = shift;
}

static void
choose_sample(struct tt_merge *m)
{
	uint64_t limit = m->config.contact_rows;

	m->contact_row_shift = m->contact_shift;
	if (limit != 0 && m->kept_contacts > limit)
		thin_out(m, limit);
	m->totals->contact_rows_one_in = UINT64_C(1) << m->contact_row_shift;
}

/* How far an IPv4 address is from the one that its unit is written with. */
static uint32_t
host_of(const struct tt_units *units, uint32_t unit, uint64_t to)
{
	uint32_t mask = units->bits_v4 < 32 ? (UINT32_C(1) << units->bits_v4) - 1
					    : UINT32_MAX;
	struct tt_range range;

	if ((to & TT_CONTACT_V6) != 0 || mask == 0)
		return 0;
	/* A unit of one address is written as that. */
	range = tt_units_range(units, unit);
	if (tt_addr_cmp(range.first, range.last) == 0)
		return 0;
	return (uint32_t)(to >> 4) & mask;
}

static int
emit(struct tt_merge *m, const struct contact *c)
{
	const struct tt_units *units = m->config.destinations;
	uint32_t unit = tt_contact_unit(units, c->to);
	struct tt_contact_row row = {
			.src = c->src, .unit = unit, .sample_bits = bits_of(m, c)};
	int ret = 0;

	if (row.sample_bits < m->contact_row_shift)
		return 0;
	row.host = host_of(units, unit, c->to);
	for (uint32_t left = c->classes; ret == 0 && left != 0; left &= left - 1) {
		row.class = (enum tt_class)__builtin_ctz(left);
		row.packets = c->packets[row.class];
		ret = TT_MERGE_EMIT(m, contact, &row);
	}
	return ret;
}

int
tt_merge_contact_rows(struct tt_merge *m)
{
	struct tt_merge_contacts_at at = {0};
	struct contact c;
	int ret = 0;

	choose_sample(m);
	if (m->sink->contact == NULL)
		return 0;
	while (ret == 0 && take(m, &c, &at))
		ret = emit(m, &c);
	return ret;
}
