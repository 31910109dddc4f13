/* SPDX-License-Identifier: BSD-3-Clause */
/* Contacts and source ports that were put off, into their tables. */
#include "tt_tally_stages.h"

static inline struct tt_contact_place
place_of4(const struct tt_later_update *u)
{
	return (struct tt_contact_place){
			.entry = {.src = tt_addr_v4((uint32_t)(u->key >> 32)),
					.key = (u->key & 0xffffffff) << 4
							| (u->more & 15),
					.packets = u->more >> 4},
			.home = u->at};
}

/* One packet, in two updates. */
static inline struct tt_contact_place
place_of6(const struct tt_later_update *u)
{
	return (struct tt_contact_place){
			.entry = {.src = {.hi = u[0].key, .lo = u[1].key},
					.key = TT_CONTACT_V6 | (uint64_t)u[1].at << 4
							| u[0].more,
					.packets = 1},
			.home = u->at};
}

/* Where contacts have to make room for each other each takes several times as long: fewer are then done at
 * once, so that the worker is not held up. */
#define FULL_WAITING 512

/* What waits for a part of either table; each: updates of a contact. */
static inline __attribute__((always_inline)) void
catch_up(struct tt_tally *t, struct tt_later *later, uint64_t part, const void *table,
		unsigned each)
{
	struct tt_entry out[TT_TALLY_BURST];
	unsigned n_out = 0;
	const struct tt_later_update *updates;
	uint32_t n;

	later->depth = t->contact_shift == 0 ? later->most
					     : (uint16_t)(FULL_WAITING * each);
	updates = tt_later_take(later, part, table, &n);
	for (uint32_t i = 0; i < n; i += each) {
		const struct tt_contact_place place = each == 1 ? place_of4(&updates[i])
								: place_of6(&updates[i]);

		n_out += tt_tally_add_contact(t, &place, &out[n_out]);
		if (TT_UNLIKELY(n_out == TT_TALLY_BURST)) {
			tt_tally_contacts_out(t, out, n_out);
			n_out = 0;
		}
	}
	if (n_out > 0)
		tt_tally_contacts_out(t, out, n_out);
}

void
tt_tally_catch_up_contacts(struct tt_tally *t, uint64_t part)
{
	catch_up(t, &t->waiting->contacts, part, t->contact_lines, 1);
}

void
tt_tally_catch_up_contacts6(struct tt_tally *t, uint64_t part)
{
	catch_up(t, &t->waiting->contacts6, part, t->contacts, 2);
}

/* So many ports are counted together. */
#define SOME 64

void
tt_tally_catch_up_ports(struct tt_tally *t, uint64_t part)
{
	uint32_t n;
	const struct tt_later_update *updates = tt_later_take(
			&t->waiting->ports, part, t->ports, &n);

	for (uint32_t i = 0; i < n;) {
		struct tt_port_place places[SOME];
		unsigned k = 0;

		for (; k < SOME && i < n; k++, i++)
			places[k] = (struct tt_port_place){
					updates[i].key, updates[i].at, updates[i].more};
		tt_tally_add_other_ports(t, places, k);
	}
}

void
tt_tally_catch_up(struct tt_tally *t)
{
	for (uint32_t part = 0; part < t->waiting->ports.parts; part++)
		while (t->waiting->ports.queues[part].n > 0)
			tt_tally_catch_up_ports(t, part);
	for (uint32_t part = 0; part < t->waiting->contacts.parts; part++)
		while (t->waiting->contacts.queues[part].n > 0)
			tt_tally_catch_up_contacts(t, part);
	for (uint32_t part = 0; part < t->waiting->contacts6.parts; part++)
		while (t->waiting->contacts6.queues[part].n > 0)
			tt_tally_catch_up_contacts6(t, part);
	for (uint32_t part = 0; part < t->waiting->refused.parts; part++)
		while (t->waiting->refused.queues[part].n > 0)
			tt_tally_catch_up_refused(t, part);
}
