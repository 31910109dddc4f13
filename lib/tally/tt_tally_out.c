/* SPDX-License-Identifier: BSD-3-Clause */
/* What full tables do not keep: new keys that are not sampled, and those that made room for others. */
#include "tt_tally_stages.h"

void
tt_tally_contacts_out(struct tt_tally *t, const struct tt_entry *contacts, unsigned n)
{
	struct tt_rest_contact rest[TT_TALLY_BURST];

	for (unsigned i = 0; i < n; i++) {
		const struct tt_entry *e = &contacts[i];

		rest[i] = (struct tt_rest_contact){.src = e->src,
				.dst = tt_contact_destination(
						t->rest.config.destinations, e->key),
				.class = tt_contact_class(e->key),
				.packets = e->packets};
		t->contacts_lost.packets += e->packets;
	}
	tt_rest_add_contacts(&t->rest, rest, n);
}

void
tt_tally_add_ports_full(
		struct tt_tally *t, const struct tt_port_place *places, unsigned n)
{
	struct tt_port_entry out[TT_TALLY_BURST];
	unsigned n_out = 0;

	for (unsigned i = 0; i < n; i++) {
		out[n_out] = tt_tally_add_port_full(
				t, places[i].home, places[i].key, places[i].packets);
		if (out[n_out].packets != 0)
			tt_tally_prefetch_rest_port(t, out[n_out++].key);
	}
	for (unsigned i = 0; i < n_out; i++)
		tt_tally_rest_port(t, out[i]);
}

/* The contact that a pair holds: put off, where it can be. Returns whether it is in *place instead. */
static bool
unpack_contact(struct tt_tally *t, const struct tt_slot *s,
		struct tt_contact_place *place)
{
	const struct tt_addr src = tt_slot_src(s);
	const uint64_t to = tt_slot_contact_key(s);
	const uint64_t home = tt_tally_contact_place(t, src, to);
	const uint32_t packets = tt_slot_contact_packets(s);

	if (tt_tally_puts_contacts_off(t) && home != TT_NO_PLACE && packets < 1u << 28) {
		tt_tally_put_contact_off(t, src, to, home, packets);
		return false;
	}
	*place = tt_contact_fetch(t, src, to, packets, home);
	return true;
}

/* The contacts and the ports that pairs[n] hold, into their tables. */
static void
unpack(struct tt_tally *t, const struct tt_slot *pairs, unsigned n)
{
	struct tt_contact_place contacts[TT_TALLY_BURST];
	struct tt_port_places ports;
	unsigned n_contacts = 0, n_ports = 0, n_busy = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_slot *s = &pairs[i];

		if (tt_slot_contact_packets(s) != 0)
			n_contacts += unpack_contact(t, s, &contacts[n_contacts]);
		if (tt_slot_port_packets(s) != 0)
			n_busy += tt_port_place(t, &ports, n_ports++, n_busy,
					tt_slot_port_key(s), s->v4.port_packets);
	}
	tt_tally_add_contacts(t, contacts, n_contacts);
	tt_tally_add_ports(t, &ports, n_ports, n_busy);
}

void
tt_tally_unpack(struct tt_tally *t, struct tt_slot *s)
{
	unpack(t, s, 1);
	tt_tally_catch_up(t);
	if ((s->detail & TT_DETAIL_V6) == 0)
		s->v4.dst_packets = s->v4.port_packets = 0;
}

/* A pair of one packet, where it can wait; its destination was counted when it came. Returns whether it does. */
static bool
put_off(struct tt_tally *t, const struct tt_slot *s)
{
	const struct tt_addr src = tt_slot_src(s);
	const uint32_t row = tt_row_index(s->key, s->detail);

	if (s->count.packets != 1 || !tt_refused_can_wait(src, row, s->count.bytes))
		return false;
	tt_tally_put_refused_off(t,
			tt_refused_update(src, tt_target_key_class(s->key), row,
					s->detail, s->count.bytes,
					(struct tt_refused_destination){0}));
	return true;
}

void
tt_tally_pairs_out(struct tt_tally *t, const struct tt_slot *pairs, unsigned n)
{
	struct tt_rest_pair rest[TT_TALLY_BURST];
	unsigned n_rest = 0;

	unpack(t, pairs, n);
	for (unsigned i = 0; i < n; i++) {
		t->pairs_lost.packets += pairs[i].count.packets;
		if (!put_off(t, &pairs[i]))
			rest[n_rest++] = (struct tt_rest_pair){
					.src = tt_slot_src(&pairs[i]),
					.key = pairs[i].key,
					.detail = pairs[i].detail,
					.count = pairs[i].count};
	}
	tt_rest_add_pairs(&t->rest, rest, n_rest);
}
