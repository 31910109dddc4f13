/* SPDX-License-Identifier: BSD-3-Clause */
/* A tally in as little memory as its contents need. */
#include "tt_tally_private.h"

struct tt_tally *
tt_tally_copy_head(const struct tt_tally *from)
{
	struct tt_tally *c = tt_mem_alloc(tt_mem_heap(), sizeof(*c), "compact tally");

	if (c == NULL)
		return NULL;
	*c = *from;
	c->mem = tt_mem_heap();
	c->compact = true;
	c->sorted = false;
	c->slots = NULL;
	c->contact_lines = NULL;
	c->contacts = NULL;
	c->ports = NULL;
	c->alike = NULL;
	c->busy = NULL;
	c->waiting = NULL;
	c->pair_lines = (struct tt_pair_lines){0};
	c->contacts_at = c->ports_at = NULL;
	c->n_pairs = c->n_contacts = c->n_contacts6 = c->n_ports = 0;
	c->rest = (struct tt_rest){0};
	c->detections = (struct tt_detections){0};
	c->kept = (struct tt_kept_table){0};
	return c;
}

bool
tt_tally_take_tables(struct tt_tally *c, size_t pairs, size_t contacts, size_t ports)
{
	c->slots = aligned_alloc(TT_CACHE_LINE, (pairs + 1) * sizeof(*c->slots));
	c->contacts = calloc(contacts + 1, sizeof(*c->contacts));
	c->ports = calloc(ports + 1, sizeof(*c->ports));
	return c->slots != NULL && c->contacts != NULL && c->ports != NULL;
}

/* Entries of source ports, those of arrays too. */
static uint64_t
n_ports(const struct tt_tally *t)
{
	return (uint64_t)t->n_ports + tt_busy_used(t->busy);
}

static void
append_contact(struct tt_tally *c, struct tt_entry e)
{
	if (e.packets != 0)
		c->contacts[c->n_contacts++] = e;
}

static void
append_port(struct tt_tally *c, struct tt_port_entry e)
{
	if (e.packets != 0)
		c->ports[c->n_ports++] = e;
}

static void
append_busy(struct tt_tally *c, const struct tt_busy *b)
{
	for (uint32_t at = 0; at < tt_busy_end(b); at++)
		append_port(c,
				(struct tt_port_entry){tt_busy_key(b, at),
						tt_busy_packets(b, at)});
}

static void
append(struct tt_tally *c, const struct tt_tally *from)
{
	for (uint32_t i = 0; i < from->n_pairs; i++)
		c->slots[c->n_pairs++] = *tt_tally_pair(from, i);
	for (uint32_t i = 0; i < tt_tally_contacts_end(from); i++)
		append_contact(c, tt_tally_contact(from, i));
	for (uint32_t i = 0; i < tt_tally_ports_end(from); i++)
		append_port(c, *tt_tally_port(from, i));
	append_busy(c, from->busy);
}

struct tt_tally *
tt_tally_compact(struct tt_tally *tally)
{
	struct tt_tally *c;

	tt_tally_settle(tally);
	c = tt_tally_copy_head(tally);
	if (c == NULL)
		return NULL;
	if (!tt_tally_take_tables(c, tally->n_pairs, tally->n_contacts, n_ports(tally))
			|| tt_rest_compact(&c->rest, &tally->rest) != 0
			|| (tt_tally_has_detections(tally)
					&& tt_detections_compact(&c->detections,
							   &tally->detections)
							!= 0)
			|| tt_kept_compact(&c->kept, &tally->kept) != 0) {
		tt_tally_destroy(c);
		return NULL;
	}
	append(c, tally);
	return c;
}

uint64_t
tt_tally_compact_bytes(const struct tt_tally *t)
{
	return sizeof(*t) + t->n_pairs * sizeof(*t->slots)
			+ t->n_contacts * sizeof(*t->contacts)
			+ n_ports(t) * sizeof(*t->ports) + tt_rest_compact_bytes(&t->rest)
			+ (tt_tally_has_detections(t) ? tt_detections_compact_bytes(
					   &t->detections)
						      : 0)
			+ tt_kept_compact_bytes(&t->kept);
}
