/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_waiting.h"

#include "tt_refused.h"
#include "tt_tally.h"

/* How many updates wait for a part of their table at most: two contacts of IPv4 for each of its lines, one of IPv6, and a
 * port, of which most traffic has few, for every other. */
#define CONTACTS  4096
#define CONTACTS6 4096
#define PORTS     1024

/* Refused packets: as many as read the sketches of their ports for two lines each; fewer beside small tables, which
 * are small as a whole. */
#define REFUSED          2048
#define PORTS_TO_REFUSED 1024

#define CONTACT_BYTES  (sizeof(struct tt_contact_line) / TT_CONTACT_WAYS)
#define CONTACT6_BYTES sizeof(struct tt_entry)
#define PORT_BYTES     sizeof(struct tt_port_entry)

static uint16_t
refused(uint64_t ports)
{
	const uint64_t n = ports / PORTS_TO_REFUSED;

	return n < REFUSED ? (uint16_t)n : REFUSED;
}

uint64_t
tt_waiting_bytes(const struct tt_waiting_sizes *s)
{
	return sizeof(struct tt_waiting)
			+ tt_later_bytes(s->contacts, CONTACT_BYTES, CONTACTS)
			+ tt_later_bytes(s->contacts6, CONTACT6_BYTES, CONTACTS6)
			+ tt_later_bytes(s->ports, PORT_BYTES, PORTS)
			+ tt_later_parts_bytes(TT_REFUSED_PARTS, refused(s->ports));
}

struct tt_waiting *
tt_waiting_create(const struct tt_waiting_sizes *s, struct tt_mem *mem)
{
	struct tt_waiting *w = tt_mem_alloc(mem, sizeof(*w), "put off");

	if (w == NULL)
		return NULL;
	w->refused_open = TT_NO_PART;
	if (tt_later_init(&w->contacts, s->contacts, CONTACT_BYTES, CONTACTS, mem)
			&& tt_later_init(&w->contacts6, s->contacts6, CONTACT6_BYTES,
					CONTACTS6, mem)
			&& tt_later_init(&w->ports, s->ports, PORT_BYTES, PORTS, mem)
			&& tt_later_init_parts(&w->refused, TT_REFUSED_PARTS,
					TT_REFUSED_SHIFT, refused(s->ports), mem))
		return w;
	tt_waiting_destroy(w, mem);
	return NULL;
}

void
tt_waiting_destroy(struct tt_waiting *w, struct tt_mem *mem)
{
	if (w == NULL)
		return;
	tt_later_fini(&w->contacts, mem);
	tt_later_fini(&w->contacts6, mem);
	tt_later_fini(&w->ports, mem);
	tt_later_fini(&w->refused, mem);
	tt_mem_free(mem, w, sizeof(*w));
}

void
tt_waiting_reset(struct tt_waiting *w)
{
	tt_later_reset(&w->contacts);
	tt_later_reset(&w->contacts6);
	tt_later_reset(&w->ports);
	tt_later_reset(&w->refused);
	w->refused_open = TT_NO_PART;
}

void
tt_waiting_discard(struct tt_waiting *w, struct tt_mem *mem)
{
	tt_later_discard(&w->contacts, mem);
	tt_later_discard(&w->contacts6, mem);
	tt_later_discard(&w->ports, mem);
	tt_later_discard(&w->refused, mem);
}
