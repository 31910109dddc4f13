/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_tally_place.h"

#include <errno.h>
#include <string.h>

/* All sizes follow from the number of pairs: `slots` is the power of two of which they are three quarters at
 * most. */
struct sizes {
	uint64_t slots, contacts4, contacts6, ports; /* slots */
	uint64_t max_pairs, max_contacts4, max_contacts6,
			max_ports; /* before the table is full */
	uint64_t list; /* of contacts, and of ports */
	struct tt_waiting_sizes waiting;
	struct tt_rest_config rest;
};

/* Of a table that nothing is to be counted in. */
#define NO_SLOTS 8

/* The list of contacts, and that of ports, has room for one in so many slots of IPv4, of ports: as long as no more are
 * taken, contacts are counted at once (tt_tally_stages.h), and it pays to look at these alone. */
#define LIST 16

static struct sizes
sizes_of(const struct tt_tally_config *c)
{
	struct sizes s = {.slots = 1024, .max_pairs = c->pairs};

	while (s.slots / 4 * 3 < c->pairs)
		s.slots *= 2;
	s.contacts4 = s.ports = 2 * s.slots;
	s.contacts6 = tt_units_has_v6(c->destinations) ? s.slots / 2 : NO_SLOTS;
	s.max_contacts4 = 2 * c->pairs;
	s.max_contacts6 = s.contacts6 > NO_SLOTS ? c->pairs / 2 : NO_SLOTS / 4 * 3;
	s.max_ports = c->pairs;
	s.list = s.contacts4 / LIST;
	s.waiting = (struct tt_waiting_sizes){s.contacts4, s.contacts6, s.ports};
	s.rest = (struct tt_rest_config){
			.slices = s.slots,
			.talkers = s.slots / 4,
			.geo = c->geo,
			.destinations = c->destinations,
			.prefixes = c->prefixes,
			.seed = c->seed,
	};
	return s;
}

static struct tt_detections_config
detections_of(const struct tt_tally_config *c)
{
	return (struct tt_detections_config){.rules = c->rules,
			.geo = c->geo,
			.hits = c->signature_hits,
			.seed = c->seed,
			.secret = c->secret};
}

uint64_t
tt_tally_bytes(const struct tt_tally_config *c)
{
	const struct sizes s = sizes_of(c);
	const struct tt_detections_config detections = detections_of(c);

	return s.max_pairs * sizeof(struct tt_slot)
			+ tt_pair_lines_for(s.max_pairs) * sizeof(struct tt_pair_line)
			+ s.contacts4 / TT_CONTACT_WAYS * sizeof(struct tt_contact_line)
			+ s.contacts6 * sizeof(struct tt_entry)
			+ s.ports * sizeof(struct tt_port_entry)
			+ 2 * s.list * sizeof(uint32_t) + tt_rest_bytes(&s.rest)
			+ TT_ALIKE_SLOTS * sizeof(struct tt_alike)
			+ tt_waiting_bytes(&s.waiting)
			+ tt_busy_bytes(tt_busy_arrays(s.ports)) + sizeof(struct tt_tally)
			+ (c->signature_hits == 0 ? 0
						  : tt_detections_bytes(&detections)
									+ tt_kept_bytes(c->keep_packets));
}

uint64_t
tt_tally_pairs_for(const struct tt_tally_config *config, uint64_t bytes)
{
	struct tt_tally_config c = *config;
	uint64_t best = 0;

	/* Three quarters of a power of two: the fullest use of the slots. */
	for (uint64_t slots = 2048; slots / 4 * 3 <= TT_PAIRS_MAX; slots *= 2) {
		c.pairs = slots / 4 * 3;
		if (tt_tally_bytes(&c) > bytes)
			break;
		best = c.pairs;
	}
	return best;
}

static int
take_detections(struct tt_tally *t, const struct tt_tally_config *config,
		struct tt_error *err)
{
	const struct tt_detections_config detections = detections_of(config);

	int ret;

	if (config->signature_hits == 0)
		return 0;
	ret = tt_detections_init(&t->detections, &detections, t->mem, err);
	return ret != 0 ? ret : tt_kept_init(&t->kept, config->keep_packets, t->mem, err);
}

static bool
take_memory(struct tt_tally *t, const struct sizes *s)
{
	struct tt_mem *mem = t->mem;

	t->slots = tt_mem_alloc(mem, s->max_pairs * sizeof(*t->slots), "pairs");
	t->pair_lines.lines = tt_mem_alloc(mem,
			tt_pair_lines_for(s->max_pairs) * sizeof(struct tt_pair_line),
			"pairs");
	t->contact_lines = tt_mem_alloc(mem,
			s->contacts4 / TT_CONTACT_WAYS * sizeof(*t->contact_lines),
			"contacts");
	t->contacts = tt_mem_alloc(mem, s->contacts6 * sizeof(*t->contacts), "contacts");
	t->ports = tt_mem_alloc(mem, s->ports * sizeof(*t->ports), "source ports");
	t->contacts_at = tt_mem_alloc(mem, s->list * sizeof(uint32_t), "contacts");
	t->ports_at = tt_mem_alloc(mem, s->list * sizeof(uint32_t), "source ports");
	t->alike = tt_mem_alloc(
			mem, TT_ALIKE_SLOTS * sizeof(*t->alike), "plain counters");
	t->busy = tt_busy_create(tt_busy_arrays(s->ports), mem);
	t->waiting = tt_waiting_create(&s->waiting, mem);
	return tt_rest_init(&t->rest, &s->rest, mem) == 0 && t->waiting != NULL
			&& t->slots != NULL && t->alike != NULL && t->busy != NULL
			&& t->contact_lines != NULL && t->contacts != NULL
			&& t->ports != NULL && t->pair_lines.lines != NULL
			&& t->contacts_at != NULL && t->ports_at != NULL;
}

/* Are there more contacts than are listed before a table of them is full, as making room in it takes for granted? Of few
 * slots for many, or of fewer than some 256 pairs, not. */
static bool
lists_end_first(const struct sizes *s)
{
	return s->list < s->max_contacts4
			&& (s->contacts6 == NO_SLOTS || s->list < s->max_contacts6);
}

int
tt_tally_create(struct tt_tally **tally, const struct tt_tally_config *config,
		struct tt_mem *mem, struct tt_error *err)
{
	struct sizes s;
	struct tt_tally *t;

	if (config->pairs < TT_PAIRS_MIN || config->pairs > TT_PAIRS_MAX)
		return tt_error_set(err, -EINVAL, "pairs", "must be %d to %d",
				TT_PAIRS_MIN, TT_PAIRS_MAX);
	s = sizes_of(config);
	TT_ASSERT(lists_end_first(&s));
	t = tt_mem_alloc(mem, sizeof(*t), "tally headers");
	if (t != NULL) {
		*t = (struct tt_tally){
				.mem = mem,
				.place = tt_hash_seed_of(config->seed),
				.sample = tt_hash_seed_of(config->secret),
				.secret = config->secret,
				.pair_lines.mask = tt_pair_lines_for(s.max_pairs) - 1,
				.contact4_mask = s.contacts4 - 1,
				.contact6_mask = s.contacts6 - 1,
				.port_mask = s.ports - 1,
				.list_mask = (uint32_t)s.list - 1,
				.max_pairs = (uint32_t)s.max_pairs,
				.max_contacts4 = (uint32_t)s.max_contacts4,
				.max_contacts6 = (uint32_t)s.max_contacts6,
				.max_ports = (uint32_t)s.max_ports,
		};
		if (take_memory(t, &s)) {
			int ret = take_detections(t, config, err);

			if (ret != 0)
				tt_tally_destroy(t);
			else
				*tally = t;
			return ret;
		}
		tt_tally_destroy(t);
	}
	return tt_error_set(err, -ENOMEM, "pairs",
			"out of memory: %llu pairs need %llu MiB a table set",
			(unsigned long long)config->pairs,
			(unsigned long long)(tt_tally_bytes(config) >> 20));
}

static uint64_t
contact_lines(const struct tt_tally *t)
{
	return (t->contact4_mask + 1) / TT_CONTACT_WAYS;
}

static size_t
list_bytes(const struct tt_tally *t)
{
	return ((size_t)t->list_mask + 1) * sizeof(uint32_t);
}

void
tt_tally_destroy(struct tt_tally *t)
{
	if (t == NULL)
		return;
	if (tt_tally_is_compact(t)) {
		free(t->slots);
		free(t->contacts);
		free(t->ports);
	} else {
		tt_mem_free(t->mem, t->slots, t->max_pairs * sizeof(*t->slots));
		tt_mem_free(t->mem, t->pair_lines.lines,
				(t->pair_lines.mask + 1) * sizeof(struct tt_pair_line));
		tt_mem_free(t->mem, t->contact_lines,
				contact_lines(t) * sizeof(*t->contact_lines));
		tt_mem_free(t->mem, t->contacts,
				(t->contact6_mask + 1) * sizeof(*t->contacts));
		tt_mem_free(t->mem, t->ports, (t->port_mask + 1) * sizeof(*t->ports));
	}
	tt_mem_free(t->mem, t->alike, TT_ALIKE_SLOTS * sizeof(*t->alike));
	tt_busy_destroy(t->busy, t->mem);
	tt_mem_free(t->mem, t->contacts_at, list_bytes(t));
	tt_mem_free(t->mem, t->ports_at, list_bytes(t));
	tt_waiting_destroy(t->waiting, t->mem);
	tt_rest_fini(&t->rest);
	tt_detections_fini(&t->detections);
	tt_kept_fini(&t->kept);
	tt_mem_free(t->mem, t, sizeof(*t));
}

static void
clear_pairs(struct tt_tally *t)
{
	if (t->n_pairs > t->pair_lines.mask)
		memset(t->pair_lines.lines, 0,
				(t->pair_lines.mask + 1) * sizeof(struct tt_pair_line));
	for (uint32_t i = 0; i < t->n_pairs && t->n_pairs <= t->pair_lines.mask; i++) {
		const struct tt_slot *s = &t->slots[i];

		tt_pair_clear(&t->pair_lines,
				tt_pair_hash(t, tt_slot_src(s), s->key, s->detail));
	}
	memset(t->slots, 0, t->n_pairs * sizeof(*t->slots));
}

/* Of more than are listed one long clearing is cheaper than many short ones. */
static void
clear_contacts(struct tt_tally *t)
{
	const struct tt_entry none = {0};

	if (!tt_tally_contacts_listed(t)) {
		memset(t->contact_lines, 0, contact_lines(t) * sizeof(*t->contact_lines));
		if (t->n_contacts6 != 0)
			memset(t->contacts, 0,
					(t->contact6_mask + 1) * sizeof(*t->contacts));
		return;
	}
	for (uint32_t i = 0; i < t->n_contacts; i++) {
		const uint32_t at = t->contacts_at[i];

		if (at <= t->contact4_mask)
			tt_contact_fill_slot(t->contact_lines, at, &none);
		else
			t->contacts[at - t->contact4_mask - 1] = none;
	}
}

static void
clear_ports(struct tt_tally *t)
{
	if (!tt_tally_ports_listed(t)) {
		memset(t->ports, 0, (t->port_mask + 1) * sizeof(*t->ports));
		return;
	}
	for (uint32_t i = 0; i < t->n_ports; i++)
		t->ports[t->ports_at[i]] = (struct tt_port_entry){0};
}

void
tt_tally_reset(struct tt_tally *t)
{
	struct tt_tally clean = {
			.slots = t->slots,
			.contact_lines = t->contact_lines,
			.contacts = t->contacts,
			.ports = t->ports,
			.alike = t->alike,
			.waiting = t->waiting,
			.pair_lines = t->pair_lines,
			.busy = t->busy,
			.contacts_at = t->contacts_at,
			.ports_at = t->ports_at,
			.contact4_mask = t->contact4_mask,
			.contact6_mask = t->contact6_mask,
			.port_mask = t->port_mask,
			.list_mask = t->list_mask,
			.max_pairs = t->max_pairs,
			.max_contacts4 = t->max_contacts4,
			.max_contacts6 = t->max_contacts6,
			.max_ports = t->max_ports,
			.owner = t->owner,
			.place = t->place,
			.sample = t->sample,
			.secret = t->secret,
			.mem = t->mem,
	};

	tt_waiting_reset(t->waiting);
	tt_tally_settle(t);
	clear_pairs(t);
	clear_contacts(t);
	clear_ports(t);
	tt_busy_reset(t->busy);
	tt_rest_reset(&t->rest);
	clean.rest = t->rest;
	if (tt_tally_has_detections(t))
		tt_detections_reset(&t->detections);
	clean.detections = t->detections;
	tt_kept_reset(&t->kept);
	clean.kept = t->kept;
	*t = clean;
}
