/* SPDX-License-Identifier: BSD-3-Clause */
/* Contacts: how many destinations a source has, and the rows of `destinations`. */
#include "tt_merge_rows.h"

#include <math.h>

/* Source, as far as it goes, then the destination's first bits. */
static uint64_t
contact_prefix(struct tt_entry e)
{
	uint64_t to = e.key >> 63 << 30 | (e.key >> 4 & 0xffffffff) >> 2;

	if (TT_LIKELY(tt_addr_is_v4(e.src)))
		return (e.src.lo & 0xffffffff) << 31 | to;
	if (e.src.hi == 0 && e.src.lo < TT_ADDR_V4_PREFIX)
		return 0;
	return UINT64_C(1) << 63 | e.src.hi >> 1;
}

static int
by_source_and_key(const void *a, const void *b)
{
	const struct tt_entry x = tt_merge_contact(a), y = tt_merge_contact(b);
	int order = tt_addr_cmp(x.src, y.src);

	return order != 0 ? order : x.key < y.key ? -1 : x.key > y.key;
}

/* Item i; see tt_merge_slot. */
static struct tt_entry
contact(const struct tt_merge *m, uint64_t i)
{
	if (TT_LIKELY(i + 8 < m->others.n))
		__builtin_prefetch(m->others.items[i + 8].ref);
	return tt_merge_contact(m->others.items[i].ref);
}

static void
count_kept(struct tt_merge *m)
{
	for (uint64_t i = 0; i < m->others.n; i++)
		m->kept_contacts += i == 0
				|| by_source_and_key(m->others.items[i - 1].ref,
						   m->others.items[i].ref)
						!= 0;
	m->totals->contacts.keys = m->kept_contacts * (m->totals->contacts_one_in - 1);
}

void
tt_merge_sort_contacts(struct tt_merge *m)
{
	for (uint64_t i = 0; i < m->others.n; i++)
		m->others.items[i].prefix = contact_prefix(contact(m, i));
	tt_merge_sort(m, &m->others, by_source_and_key);
	count_kept(m);
}

/*
 * Units are kept or not, each with the n addresses of it that the source reached. Kept with
 * probability 1 / s, the sum of s x n over those kept has the variance s (s - 1) x sum of n^2 over
 * those kept, as an estimate without bias (D. G. Horvitz, D. J. Thompson, 1952); where none is
 * kept, that of one.
 */
static uint64_t
error_of(const struct tt_merge *m, uint64_t squares)
{
	double s = (double)m->totals->contacts_one_in;

	return (uint64_t)ceil(sqrt(s * (s - 1) * (double)(squares > 0 ? squares : 1)));
}

void
tt_merge_destinations_of(struct tt_merge *m, struct tt_source_row *row, uint64_t *at)
{
	struct tt_entry last = {0};
	uint64_t n = 0, squares = 0, in_unit = 0;
	uint32_t unit = 0;

	for (; *at < m->others.n; ++*at) {
		const struct tt_entry e = contact(m, *at);
		int order = tt_addr_cmp(e.src, row->src);
		uint32_t next;

		if (order > 0)
			break;
		if (order < 0 || (n > 0 && last.key >> 4 == e.key >> 4))
			continue;
		next = tt_contact_unit(m->config.destinations, e.key);
		in_unit = n > 0 && next == unit ? in_unit + 1 : 1;
		squares += 2 * in_unit - 1;
		unit = next;
		last = e;
		n++;
	}
	row->destinations = n << m->contact_shift;
	row->destinations_error = error_of(m, squares);
}

struct class_sum {
	uint64_t packets, uniq, uniq_first;
};

/* Counts the source that the walk leaves. classes: bit for each in which it reached the unit. */
static void
count_source(struct class_sum *sums, uint32_t classes)
{
	if (classes == 0)
		return;
	sums[__builtin_ctz(classes)].uniq_first++;
	for (; classes != 0; classes &= classes - 1)
		sums[__builtin_ctz(classes)].uniq++;
}

static void
add_contacts(struct tt_merge *m, struct class_sum *sums, uint32_t unit, uint64_t *at)
{
	struct tt_addr last = {0};
	uint32_t classes = 0;

	for (; *at < m->others.n && m->others.items[*at].prefix == unit; ++*at) {
		const struct tt_entry e = contact(m, *at);
		enum tt_class class = tt_contact_class(e.key);

		if (tt_addr_cmp(last, e.src) != 0) {
			count_source(sums, classes);
			classes = 0;
		}
		classes |= 1u << class;
		sums[class].packets += e.packets;
		last = e.src;
	}
	count_source(sums, classes);
}

static int
emit_unit(struct tt_merge *m, const struct class_sum *sums, uint32_t unit)
{
	bool any = false;
	int ret = 0;

	for (unsigned class = 0; ret == 0 && class < TT_N_CLASSES; class ++) {
		uint64_t cell = TT_CELL_DESTINATION_REST
				+ (uint64_t) class * m->config.destinations->n + unit;
		struct tt_destination_row row = {
				.unit = unit,
				.class = (enum tt_class) class,
				.packets = sums[class].packets
						+ m->rest.cells[cell].packets,
				.uniq_src_ip = sums[class].uniq << m->contact_shift,
				.uniq_src_ip_destination = sums[class].uniq_first
						<< m->contact_shift,
		};

		if (row.packets == 0)
			continue;
		any = true;
		ret = TT_MERGE_EMIT(m, destination, &row);
	}
	m->totals->uniq_dst_ip += any;
	return ret;
}

/* Contacts are in order of source, which the stable sort by unit keeps. */
int
tt_merge_destinations(struct tt_merge *m)
{
	const struct tt_units *units = m->config.destinations;
	uint64_t at = 0;
	int ret = 0;

	for (uint64_t i = 0; i < m->others.n; i++)
		m->others.items[i].prefix = tt_contact_unit(units, contact(m, i).key);
	tt_merge_sort(m, &m->others, NULL);
	for (uint32_t unit = 0; ret == 0 && unit < units->n; unit++) {
		struct class_sum sums[TT_N_CLASSES] = {0};

		add_contacts(m, sums, unit, &at);
		ret = emit_unit(m, sums, unit);
	}
	return ret;
}
