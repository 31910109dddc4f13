/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables that others are marginals of: pairs and contacts, or a sample of them. */
#include "measures_ref_tables.h"

#include <string.h>

static unsigned
leading_zeros(uint64_t hash)
{
	unsigned n = 0;

	while (n < TT_SAMPLE_SHIFT_MAX && (hash >> (63 - n) & 1) == 0)
		n++;
	return n;
}

/* The least shift at which no more than `limit` rows are left; bits: [n] of the rows. */
static unsigned
shift_for(const unsigned *bits, size_t n, uint64_t limit)
{
	unsigned shift = 0;

	for (; limit != 0 && shift < TT_SAMPLE_SHIFT_MAX; shift++) {
		size_t left = 0;

		for (size_t i = 0; i < n; i++)
			left += bits[i] >= shift;
		if (left <= limit)
			break;
	}
	return shift;
}

static void
list_pair(const struct measures_ref *ref, const struct measured *m, struct facts *facts)
{
	facts_add(facts, m,
			FACT(m->packet.src.hi, m->packet.src.lo,
					tt_target_key_make(m->target, m->class),
					m->detail));
}

static struct tt_pair_row
pair_row(const struct measures_ref *ref, const struct fact *facts, size_t n)
{
	const struct measured *m = facts->packet;

	return (struct tt_pair_row){.src = m->packet.src,
			.country = m->country,
			.key = tt_target_key_make(m->target, m->class),
			.detail = m->detail,
			.count = facts_count(facts, n),
			.sample_bits = leading_zeros(tt_sample_hash(
					ref->secret, tt_sketch_hash(m->packet.src)))};
}

void
ref_pairs(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_pair);
	struct tt_pair_row *rows = check_alloc(f.n + 1, sizeof(*rows));
	unsigned *bits = check_alloc(f.n + 1, sizeof(*bits)), shift;
	size_t n = 0;

	for (size_t at = 0, end; at < f.n; at = end, n++) {
		end = facts_run(&f, at, 4);
		rows[n] = pair_row(ref, &f.list[at], end - at);
		bits[n] = rows[n].sample_bits;
	}
	shift = shift_for(bits, n, ref->config.pair_rows);
	totals->pair_rows_one_in = UINT64_C(1) << shift;
	for (size_t i = 0; i < n; i++)
		if (bits[i] >= shift)
			sink->pair(sink->context, &rows[i], NULL);
	free(rows);
	free(bits);
	facts_fini(&f);
}

/* The address that the unit of a destination is written with. */
static struct tt_addr
base_of(const struct measures_ref *ref, struct tt_addr dst)
{
	const struct tt_units *units = ref->config.destinations;
	char text[TT_UNIT_TEXT_MAX];
	struct tt_addr base;

	tt_units_format(units, tt_units_index(units, dst), text);
	text[strcspn(text, "/")] = '\0';
	TT_ASSERT(tt_addr_parse(text, &base) == 0);
	return base;
}

/* How far an IPv4 address is from it. */
static uint32_t
host_of(const struct measures_ref *ref, struct tt_addr dst)
{
	return tt_addr_is_v4(dst) ? (uint32_t)(dst.lo - base_of(ref, dst).lo) : 0;
}

static void
list_contact(const struct measures_ref *ref, const struct measured *m,
		struct facts *facts)
{
	facts_add(facts, m,
			FACT(m->packet.src.hi, m->packet.src.lo,
					tt_units_index(ref->config.destinations,
							m->packet.dst),
					host_of(ref, m->packet.dst), m->class));
}

static struct tt_contact_row
contact_row(const struct measures_ref *ref, const struct fact *facts, size_t n)
{
	const struct measured *m = facts->packet;
	const struct tt_units *units = ref->config.destinations;

	return (struct tt_contact_row){.src = m->packet.src,
			.unit = tt_units_index(units, m->packet.dst),
			.host = host_of(ref, m->packet.dst),
			.class = m->class,
			.packets = facts_count(facts, n).packets,
			.sample_bits = leading_zeros(tt_contact_hash_of(&ref->sample,
					m->packet.src,
					tt_hash_addr(base_of(ref, m->packet.dst))))};
}

void
ref_contacts(const struct measures_ref *ref, int64_t start_us,
		const struct tt_merge_sink *sink, struct tt_totals *totals)
{
	struct facts f = ref_list(ref, list_contact);
	struct tt_contact_row *rows = check_alloc(f.n + 1, sizeof(*rows));
	unsigned *bits = check_alloc(f.n + 1, sizeof(*bits)), shift;
	size_t n = 0;

	for (size_t at = 0, end; at < f.n; at = end, n++) {
		end = facts_run(&f, at, 5);
		rows[n] = contact_row(ref, &f.list[at], end - at);
		bits[n] = rows[n].sample_bits;
	}
	shift = shift_for(bits, n, ref->config.contact_rows);
	totals->contact_rows_one_in = UINT64_C(1) << shift;
	for (size_t i = 0; i < n; i++)
		if (bits[i] >= shift)
			sink->contact(sink->context, &rows[i], NULL);
	free(rows);
	free(bits);
	facts_fini(&f);
}
