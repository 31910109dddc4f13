/* SPDX-License-Identifier: BSD-3-Clause */
/* Contacts: how many destinations a source has, and the rows of `destinations`. */
#include "tt_merge_rows.h"

#include <string.h>

static int
by_source_and_key(const void *a, const void *b)
{
	const struct tt_entry *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

/* Contact i of IPv6; see tt_merge_slot. */
static const struct tt_entry *
contact6(const struct tt_merge *m, uint64_t i)
{
	if (TT_LIKELY(i + TT_MERGE_AHEAD < m->contacts6.n))
		__builtin_prefetch(m->contacts6.items[i + TT_MERGE_AHEAD].ref);
	return m->contacts6.items[i].ref;
}

/* The classes, as bits, of IPv4 contact *at and of those that have its source and destination. Moves
 * *at past them. */
static uint32_t
classes_of(const struct tt_merge_list *contacts, uint64_t *at)
{
	uint64_t prefix = contacts->items[*at].prefix;
	uint32_t classes = 0;

	for (; *at < contacts->n && contacts->items[*at].prefix == prefix; ++*at)
		classes |= 1u << tt_merge_item_class(contacts->items[*at]);
	return classes;
}

static void
count_kept(struct tt_merge *m)
{
	for (uint64_t i = 0; i < m->contacts4.n;)
		m->kept_contacts += tt_merge_n_classes(classes_of(&m->contacts4, &i));
	for (uint64_t i = 0; i < m->contacts6.n; i++)
		m->kept_contacts += i == 0
				|| by_source_and_key(contact6(m, i - 1), contact6(m, i))
						!= 0;
	m->totals->contacts.keys = m->kept_contacts * (m->totals->contacts_one_in - 1);
}

void
tt_merge_sort_contacts(struct tt_merge *m)
{
	for (uint64_t i = 0; i < m->contacts6.n; i++)
		m->contacts6.items[i].prefix = contact6(m, i)->src.hi;
	tt_merge_sort(m, &m->contacts4, NULL);
	tt_merge_sort(m, &m->contacts6, by_source_and_key);
	count_kept(m);
}

/* Destinations of one source, and the sum of the squares of their numbers by unit, or by units of one
 * hash, which are sampled together. */
struct reached {
	uint64_t n, squares, in_unit, unit;
};

static void
reach(struct reached *r, uint64_t unit)
{
	r->in_unit = r->n > 0 && unit == r->unit ? r->in_unit + 1 : 1;
	r->squares += 2 * r->in_unit - 1;
	r->unit = unit;
	r->n++;
}

static struct reached
reached4(struct tt_merge *m, uint32_t src, uint64_t *at)
{
	const struct tt_merge_list *list = &m->contacts4;
	struct reached r = {0};

	while (*at < list->n && list->items[*at].prefix >> 32 < src)
		++*at;
	while (*at < list->n && list->items[*at].prefix >> 32 == src) {
		uint32_t dst = (uint32_t)list->items[*at].prefix;

		reach(&r,
				m->contact_shift == 0
						? 0
						: tt_units_hash_v4(m->config.destinations,
								dst));
		classes_of(list, at);
	}
	return r;
}

static struct reached
reached6(struct tt_merge *m, struct tt_addr src, uint64_t *at)
{
	struct reached r = {0};
	uint64_t last = 0;

	for (; *at < m->contacts6.n; ++*at) {
		const struct tt_entry *e = contact6(m, *at);
		int order = tt_addr_cmp(e->src, src);

		if (order > 0)
			break;
		if (order < 0 || (r.n > 0 && last == e->key >> 4))
			continue;
		last = e->key >> 4;
		reach(&r, tt_contact_unit_hash(m->config.destinations, e->key));
	}
	return r;
}

void
tt_merge_destinations_of(struct tt_merge *m, struct tt_source_row *row,
		struct tt_merge_contacts_at *at)
{
	struct reached r = tt_addr_is_v4(row->src)
			? reached4(m, (uint32_t)row->src.lo, &at->v4)
			: reached6(m, row->src, &at->v6);

	row->destinations = r.n << m->contact_shift;
	row->destinations_error = tt_scaled_group_error(
			r.squares, m->totals->contacts_one_in);
}

/* The number of a unit and class, in m->reached and the cells of destinations. */
static uint32_t
index_of(const struct tt_merge *m, uint32_t unit, unsigned class)
{
	return (uint32_t) class * m->config.destinations->n + unit;
}

static void
add_packets(struct tt_merge *m, uint32_t unit, unsigned class, uint64_t packets)
{
	tt_rest_count_packets(&m->rest,
			TT_CELL_DESTINATION_REST + index_of(m, unit, class), packets);
}

/* Counts a source that reached the unit in these classes. */
static void
count_source(struct tt_merge *m, uint32_t unit, uint32_t classes)
{
	if (classes == 0)
		return;
	m->reached[index_of(m, unit, (unsigned)__builtin_ctz(classes))].first++;
	for (; classes != 0; classes &= classes - 1)
		m->reached[index_of(m, unit, (unsigned)__builtin_ctz(classes))].sources++;
}

/* Fetches the cell of a later contact. */
static void
fetch_cell4(const struct tt_merge *m, uint64_t i)
{
	const struct tt_merge_list *list = &m->contacts4;
	uint32_t index;

	if (TT_UNLIKELY(i >= list->n))
		return;
	index = index_of(m,
			tt_units_index(m->config.destinations,
					tt_addr_v4((uint32_t)list->items[i].prefix)),
			tt_merge_item_class(list->items[i]));
	__builtin_prefetch(&m->reached[index], 1);
	__builtin_prefetch(
			tt_rest_packets(&m->rest, TT_CELL_DESTINATION_REST + index), 1);
}

/* Contacts are in order of source and destination, so that those of one source with one unit come
 * one after the other. */
static void
add_contacts4(struct tt_merge *m)
{
	const struct tt_units *units = m->config.destinations;
	uint32_t last_src = 0, last_unit = 0, classes = 0;

	for (uint64_t i = 0; i < m->contacts4.n; i++) {
		const struct tt_sort_item c = m->contacts4.items[i];
		uint32_t src = (uint32_t)(c.prefix >> 32);
		uint32_t unit = tt_units_index(units, tt_addr_v4((uint32_t)c.prefix));

		fetch_cell4(m, i + TT_MERGE_AHEAD);
		if (src != last_src || unit != last_unit) {
			count_source(m, last_unit, classes);
			classes = 0;
		}
		classes |= 1u << tt_merge_item_class(c);
		add_packets(m, unit, tt_merge_item_class(c), c.value >> 4);
		last_src = src;
		last_unit = unit;
	}
	count_source(m, last_unit, classes);
}

static void
add_contacts6(struct tt_merge *m)
{
	struct tt_addr last_src = {0};
	uint32_t last_unit = 0, classes = 0;

	for (uint64_t i = 0; i < m->contacts6.n; i++) {
		const struct tt_entry *e = contact6(m, i);
		uint32_t unit = tt_contact_unit(m->config.destinations, e->key);

		if (unit != last_unit || tt_addr_cmp(last_src, e->src) != 0) {
			count_source(m, last_unit, classes);
			classes = 0;
		}
		classes |= 1u << tt_contact_class(e->key);
		add_packets(m, unit, tt_contact_class(e->key), e->packets);
		last_src = e->src;
		last_unit = unit;
	}
	count_source(m, last_unit, classes);
}

static int
emit_cell(struct tt_merge *m, uint32_t unit, unsigned class, uint64_t packets)
{
	const struct tt_merge_reached reached = m->reached[index_of(m, unit, class)];
	struct tt_destination_row row = {
			.unit = unit,
			.class = (enum tt_class) class,
			.packets = packets,
			.uniq_src_ip = (uint64_t)reached.sources << m->contact_shift,
			.uniq_src_ip_destination = (uint64_t)reached.first
					<< m->contact_shift,
	};

	return TT_MERGE_EMIT(m, destination, &row);
}

/* Cells that nothing touched are not read: classes that most intervals lack have megabytes of them. */
static int
emit_unit(struct tt_merge *m, uint32_t unit)
{
	bool any = false;
	int ret = 0;

	for (unsigned class = 0; ret == 0 && class < TT_N_CLASSES; class ++) {
		const uint32_t cell = TT_CELL_DESTINATION_REST + index_of(m, unit, class);

		if (!tt_rest_cell_used(&m->rest, cell)
				|| *tt_rest_packets(&m->rest, cell) == 0)
			continue;
		any = true;
		ret = emit_cell(m, unit, class, *tt_rest_packets(&m->rest, cell));
	}
	m->totals->uniq_dst_ip += any;
	return ret;
}

/* Where packets were counted, in the same blocks. */
static void
clear_reached(struct tt_merge *m)
{
	const uint32_t n = TT_N_CLASSES * m->config.destinations->n;

	for (uint32_t first = 0; first < n; first += TT_CELL_BLOCK)
		if (tt_rest_cell_used(&m->rest, TT_CELL_DESTINATION_REST + first))
			memset(&m->reached[first], 0,
					(n - first < TT_CELL_BLOCK ? n - first
								   : TT_CELL_BLOCK)
							* sizeof(*m->reached));
}

int
tt_merge_destinations(struct tt_merge *m)
{
	int ret = 0;

	add_contacts4(m);
	add_contacts6(m);
	for (uint32_t unit = 0; ret == 0 && unit < m->config.destinations->n; unit++)
		ret = emit_unit(m, unit);
	clear_reached(m);
	return ret;
}
