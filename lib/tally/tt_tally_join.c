/* SPDX-License-Identifier: BSD-3-Clause */
/* Two compact tallies as one. Both are sorted in place, once, and then only merged. */
#include "tt_runs.h"
#include "tt_tally_private.h"

#include <stdlib.h>

static int
compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_pair(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));

	if (order == 0)
		order = compare_u64(x->key, y->key);
	return order != 0 ? order : compare_u64(x->detail, y->detail);
}

static int
by_contact(const void *a, const void *b)
{
	const struct tt_entry *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	return order != 0 ? order : compare_u64(x->key, y->key);
}

static int
by_port(const void *a, const void *b)
{
	const struct tt_port_entry *x = a, *y = b;

	return compare_u64(x->key, y->key);
}

/* Does the sum of the contact that two slots of a pair hold fit into one of them? */
static bool
contact_fits(const struct tt_slot *x, const struct tt_slot *y)
{
	uint64_t a = tt_slot_contact_packets(x), b = tt_slot_contact_packets(y);

	return a == 0 || b == 0 || (x->v4.dst == y->v4.dst && a + b <= UINT32_MAX);
}

static bool
port_fits(const struct tt_slot *x, const struct tt_slot *y)
{
	uint64_t a = tt_slot_port_packets(x), b = tt_slot_port_packets(y);

	return a == 0 || b == 0 || (x->v4.port == y->v4.port && a + b <= UINT16_MAX);
}

/* What does not fit goes to the tables; see take_apart. */
static void
add_pair(void *to, const void *from)
{
	struct tt_slot *x = to;
	const struct tt_slot *y = from;

	if (tt_slot_contact_packets(y) != 0 && contact_fits(x, y)) {
		x->v4.dst = y->v4.dst;
		x->v4.dst_packets += y->v4.dst_packets;
	}
	if (tt_slot_port_packets(y) != 0 && port_fits(x, y)) {
		x->v4.port = y->v4.port;
		x->v4.port_packets = (uint16_t)(x->v4.port_packets + y->v4.port_packets);
	}
	x->count.packets += y->count.packets;
	x->count.bytes += y->count.bytes;
	if (y->first_us < x->first_us)
		x->first_us = y->first_us;
	if (y->last_us > x->last_us)
		x->last_us = y->last_us;
}

static void
add_contact(void *to, const void *from)
{
	((struct tt_entry *)to)->packets += ((const struct tt_entry *)from)->packets;
}

static void
add_port(void *to, const void *from)
{
	((struct tt_port_entry *)to)->packets += ((const struct tt_port_entry *)from)
								 ->packets;
}

static const struct tt_run_kind pairs = {sizeof(struct tt_slot), by_pair, add_pair};
static const struct tt_run_kind contacts = {
		sizeof(struct tt_entry), by_contact, add_contact};
static const struct tt_run_kind ports = {sizeof(struct tt_port_entry), by_port, add_port};

static void
sort(struct tt_tally *t)
{
	TT_ASSERT(tt_tally_is_compact(t));
	if (t->sorted)
		return;
	qsort(t->slots, t->n_pairs, sizeof(*t->slots), by_pair);
	qsort(t->contacts, t->n_contacts, sizeof(*t->contacts), by_contact);
	qsort(t->ports, t->n_ports, sizeof(*t->ports), by_port);
	tt_rest_sort(&t->rest);
	t->sorted = true;
}

/* What pairs that both have hold twice, and one slot has no place for. */
struct apart {
	struct tt_entry *contacts; /* [n_contacts] */
	struct tt_port_entry *ports; /* [n_ports] */
	uint32_t n_contacts, n_ports;
};

/* Writes that to *out where it has room; else only counts it. */
static void
take_apart(struct apart *out, const struct tt_tally *a, const struct tt_tally *b)
{
	uint32_t i = 0, k = 0;

	out->n_contacts = out->n_ports = 0;
	while (i < a->n_pairs && k < b->n_pairs) {
		const struct tt_slot *x = &a->slots[i], *y = &b->slots[k];
		int order = by_pair(x, y);

		i += order <= 0;
		k += order >= 0;
		if (order != 0)
			continue;
		if (!contact_fits(x, y)) {
			if (out->contacts != NULL)
				out->contacts[out->n_contacts] = (struct tt_entry){
						tt_slot_src(y), tt_slot_contact_key(y),
						y->v4.dst_packets};
			out->n_contacts++;
		}
		if (!port_fits(x, y)) {
			if (out->ports != NULL)
				out->ports[out->n_ports] = (struct tt_port_entry){
						tt_slot_port_key(y), y->v4.port_packets};
			out->n_ports++;
		}
	}
}

static void
free_apart(struct apart *apart)
{
	free(apart->contacts);
	free(apart->ports);
}

/* The same, in order. Returns whether there was memory; if not, nothing is to be freed. */
static bool
make_apart(struct apart *apart, const struct tt_tally *a, const struct tt_tally *b)
{
	*apart = (struct apart){0};
	take_apart(apart, a, b);
	apart->contacts = calloc((size_t)apart->n_contacts + 1, sizeof(*apart->contacts));
	apart->ports = calloc((size_t)apart->n_ports + 1, sizeof(*apart->ports));
	if (apart->contacts == NULL || apart->ports == NULL) {
		free_apart(apart);
		return false;
	}
	take_apart(apart, a, b);
	qsort(apart->contacts, apart->n_contacts, sizeof(*apart->contacts), by_contact);
	qsort(apart->ports, apart->n_ports, sizeof(*apart->ports), by_port);
	return true;
}

/* Writes the tables of both to those of `to`, or only counts them where it has none. */
static void
merge_tables(struct tt_tally *to, const struct tt_tally *a, const struct tt_tally *b,
		const struct apart *apart)
{
	to->n_pairs = tt_runs_merge(to->slots,
			(struct tt_run[]){{a->slots, a->n_pairs}, {b->slots, b->n_pairs}},
			2, &pairs);
	to->n_contacts = tt_runs_merge(to->contacts,
			(struct tt_run[]){{a->contacts, a->n_contacts},
					{b->contacts, b->n_contacts},
					{apart->contacts, apart->n_contacts}},
			3, &contacts);
	to->n_ports = tt_runs_merge(to->ports,
			(struct tt_run[]){{a->ports, a->n_ports}, {b->ports, b->n_ports},
					{apart->ports, apart->n_ports}},
			3, &ports);
}

static bool
join_detections(struct tt_tally *to, const struct tt_tally *a, const struct tt_tally *b)
{
	return !tt_tally_has_detections(a)
			|| (tt_detections_join(&to->detections, &a->detections,
					    &b->detections)
							== 0
					&& tt_kept_join(&to->kept, &a->kept, &b->kept)
							== 0);
}

static uint64_t
detections_bytes(const struct tt_tally *t)
{
	return tt_tally_has_detections(t) ? tt_detections_compact_bytes(&t->detections)
					+ tt_kept_compact_bytes(&t->kept)
					  : 0;
}

struct tt_join_sizes
tt_tally_join_sizes(struct tt_tally *a, struct tt_tally *b)
{
	struct tt_tally sizes = {0};
	struct apart apart = {0}, none = {0};

	sort(a);
	sort(b);
	take_apart(&apart, a, b);
	merge_tables(&sizes, a, b, &none);
	sizes.n_contacts += apart.n_contacts;
	sizes.n_ports += apart.n_ports;
	return (struct tt_join_sizes){.bytes = tt_tally_compact_bytes(&sizes)
					+ tt_rest_join_bytes(&a->rest, &b->rest)
					+ detections_bytes(a) + detections_bytes(b),
			.pairs = sizes.n_pairs,
			.contacts = sizes.n_contacts,
			.ports = sizes.n_ports};
}

/* Fills the empty tally `to`. Returns whether there was memory. */
static bool
join_tables(struct tt_tally *to, const struct tt_tally *a, const struct tt_tally *b)
{
	struct tt_tally sizes = {0};
	struct apart apart;
	bool ok;

	if (!make_apart(&apart, a, b))
		return false;
	merge_tables(&sizes, a, b, &apart);
	ok = tt_tally_take_tables(to, sizes.n_pairs, sizes.n_contacts, sizes.n_ports);
	if (ok)
		merge_tables(to, a, b, &apart);
	free_apart(&apart);
	return ok;
}

static void
add_not_kept(struct tt_not_kept *to, struct tt_not_kept from)
{
	to->packets += from.packets;
	to->keys += from.keys;
}

static unsigned
greater(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* The least and the greatest time of what has frames. */
static void
add_times(struct tt_tally *to, const struct tt_tally *from)
{
	if (from->frames > 0 && (to->frames == 0 || from->first_us < to->first_us))
		to->first_us = from->first_us;
	if (from->frames > 0 && (to->frames == 0 || from->last_us > to->last_us))
		to->last_us = from->last_us;
}

static void
add_head(struct tt_tally *to, const struct tt_tally *from)
{
	add_times(to, from);
	if (from->span.start_us < to->span.start_us)
		to->span.start_us = from->span.start_us;
	if (from->span.end_us > to->span.end_us)
		to->span.end_us = from->span.end_us;
	to->pair_shift = greater(to->pair_shift, from->pair_shift);
	to->contact_shift = greater(to->contact_shift, from->contact_shift);
	add_not_kept(&to->pairs_lost, from->pairs_lost);
	add_not_kept(&to->contacts_lost, from->contacts_lost);
	add_not_kept(&to->ports_lost, from->ports_lost);
	to->frames += from->frames;
	to->frame_bytes += from->frame_bytes;
	to->late += from->late;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		to->fates[i] += from->fates[i];
	for (unsigned i = 0; i < TT_FINGERPRINTS_MAX; i++) {
		to->tested[i] += from->tested[i];
		to->matched[i] += from->matched[i];
	}
}

struct tt_tally *
tt_tally_join(struct tt_tally *a, struct tt_tally *b)
{
	struct tt_tally *t = tt_tally_copy_head(a);

	if (t == NULL)
		return NULL;
	sort(a);
	sort(b);
	add_head(t, b);
	if (!join_tables(t, a, b) || tt_rest_join(&t->rest, &a->rest, &b->rest) != 0
			|| !join_detections(t, a, b)) {
		tt_tally_destroy(t);
		return NULL;
	}
	t->sorted = true;
	return t;
}
