/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_detections_merge_private.h"

#include <errno.h>
#include <string.h>

/* Slots for values that windows have seen: twice as many as there can be hits. */
static uint64_t
seen_slots(uint64_t room)
{
	uint64_t n = 1024;

	while (n < 2 * room)
		n *= 2;
	return n;
}

uint64_t
tt_detections_merge_bytes(uint64_t max_hits)
{
	const uint64_t room = 2 * max_hits;

	return sizeof(struct tt_detections_merge)
			+ room
			* (3 * sizeof(struct tt_sort_item) + sizeof(struct tt_found))
			+ seen_slots(room) * sizeof(struct tt_seen)
			+ 2 * max_hits * sizeof(struct tt_hit)
			+ TT_DETECTION_RULES_MAX * sizeof(struct tt_known_rule);
}

static void
give_back(struct tt_detections_merge *m)
{
	tt_mem_free(m->mem, m->items, m->room * sizeof(*m->items));
	tt_mem_free(m->mem, m->scratch, m->room * sizeof(*m->scratch));
	tt_mem_free(m->mem, m->cells, m->room * sizeof(*m->cells));
	tt_mem_free(m->mem, m->found, m->room * sizeof(*m->found));
	tt_mem_free(m->mem, m->seen, (m->seen_mask + 1) * sizeof(*m->seen));
	m->items = m->scratch = m->cells = NULL;
	m->found = NULL;
	m->seen = NULL;
	m->room = m->seen_mask = 0;
}

static void *
take(struct tt_detections_merge *m, uint64_t n, size_t size)
{
	return tt_mem_alloc(m->mem, n * size, "signatures");
}

/* Makes room for so many hits and cells. */
static bool
make_room(struct tt_detections_merge *m, uint64_t room)
{
	if (room <= m->room)
		return true;
	give_back(m);
	m->room = room;
	m->seen_mask = seen_slots(room) - 1;
	m->items = take(m, room, sizeof(*m->items));
	m->scratch = take(m, room, sizeof(*m->scratch));
	m->cells = take(m, room, sizeof(*m->cells));
	m->found = take(m, room, sizeof(*m->found));
	m->seen = take(m, m->seen_mask + 1, sizeof(*m->seen));
	if (m->items != NULL && m->scratch != NULL && m->cells != NULL && m->found != NULL
			&& m->seen != NULL)
		return true;
	give_back(m);
	return false;
}

static int
no_memory(uint64_t hits, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, "signature-hits",
			"out of memory: merging %llu hits needs %llu MiB",
			(unsigned long long)hits,
			(unsigned long long)(tt_detections_merge_bytes(hits) >> 20));
}

int
tt_detections_merge_create(struct tt_detections_merge **merge, uint64_t max_hits,
		const struct tt_geo *geo, struct tt_mem *mem, struct tt_error *err)
{
	struct tt_detections_merge *m = tt_mem_alloc(mem, sizeof(*m), "signatures");

	if (m != NULL) {
		*m = (struct tt_detections_merge){.geo = geo,
				.mem = mem,
				.max_hits = max_hits,
				.latest_us = INT64_MIN,
				.lacks_until_us = INT64_MIN,
				.next_lacks_until_us = INT64_MIN};
		m->carried = take(m, max_hits, sizeof(*m->carried));
		m->next = take(m, max_hits, sizeof(*m->next));
		m->known = take(m, TT_DETECTION_RULES_MAX, sizeof(*m->known));
		if (make_room(m, 2 * max_hits) && m->carried != NULL && m->next != NULL
				&& m->known != NULL) {
			*merge = m;
			return 0;
		}
		tt_detections_merge_destroy(m);
	}
	return no_memory(max_hits, err);
}

void
tt_detections_merge_destroy(struct tt_detections_merge *m)
{
	if (m == NULL)
		return;
	give_back(m);
	tt_mem_free(m->mem, m->carried, m->max_hits * sizeof(*m->carried));
	tt_mem_free(m->mem, m->next, m->max_hits * sizeof(*m->next));
	tt_mem_free(m->mem, m->known, TT_DETECTION_RULES_MAX * sizeof(*m->known));
	tt_mem_free(m->mem, m, sizeof(*m));
}

static void
add_item(struct tt_detections_merge *m, const struct tt_hit *hit)
{
	TT_ASSERT(m->n_items < m->room);
	m->items[m->n_items++] = (struct tt_sort_item){.prefix = hit->rule, .ref = hit};
}

static void
add_cell(struct tt_detections_merge *m, uint32_t key, uint64_t packets)
{
	TT_ASSERT(m->n_cells < m->room);
	m->cells[m->n_cells++] = (struct tt_sort_item){.prefix = key, .value = packets};
}

/* The packets of a hit, under its rule and country: kept or not, no cell has them yet. */
static void
add_packets(struct tt_detections_merge *m, const struct tt_hit *h)
{
	add_cell(m, tt_detection_key(h->rule, tt_geo_country(m->geo, h->src)),
			h->packets);
}

static void
collect_part(struct tt_detections_merge *m, const struct tt_detections *d)
{
	for (uint64_t i = 0; i < d->n_hits; i++) {
		if (d->hits[i].packets == 0)
			continue;
		add_packets(m, &d->hits[i]);
		if (!tt_detections_wanted(d, &d->hits[i], m->shift)) {
			m->totals->not_kept += d->hits[i].packets;
			continue;
		}
		add_item(m, &d->hits[i]);
		m->totals->hits_not_kept +=
				(UINT64_C(1) << tt_detections_shift_of(m,
						 &d->config.rules->rules
								  [d->hits[i].rule]))
				- 1;
	}
	for (uint64_t i = 0; i < d->n_cells; i++)
		if (d->cells[i].key != 0)
			add_cell(m, d->cells[i].key - 1, d->cells[i].packets);
}

/* Packets whose country a full table did not tell apart, of all parts. */
static void
collect_rest(struct tt_detections_merge *m)
{
	for (uint32_t rule = 0; rule < m->rules->n; rule++) {
		uint64_t packets = 0;

		for (unsigned i = 0; i < m->n_parts; i++)
			if (m->parts[i]->any)
				packets += m->parts[i]->rest[rule];
		if (packets != 0)
			add_cell(m, tt_detection_key(rule, TT_N_COUNTRIES), packets);
	}
}

static void
collect(struct tt_detections_merge *m)
{
	m->n_items = m->n_cells = m->n_found = 0;
	for (unsigned i = 0; i < m->n_parts; i++)
		tt_detections_shift(m->shift, m->parts[i]);
	/* First, so that they stay before hits of the same second. */
	for (uint64_t i = 0; i < m->n_carried; i++)
		add_item(m, &m->carried[i]);
	for (unsigned i = 0; i < m->n_parts; i++) {
		const struct tt_detections *d = m->parts[i];

		TT_ASSERT(d->config.rules == m->rules);
		m->secret = d->config.secret;
		m->totals->packets += d->packets;
		m->totals->cut_short += d->cut_short;
		m->totals->not_kept += d->not_kept;
		if (d->any)
			collect_part(m, d);
	}
	collect_rest(m);
	m->totals->one_in = UINT64_C(1) << tt_detections_coarsest(m);
}

/* How much there is to sort: hits of all parts and what is carried, or cells of the parts and of their hits. */
static uint64_t
most(uint64_t carried, const struct tt_detections *const *parts, unsigned n)
{
	uint64_t hits = 0, cells = 0;

	for (unsigned i = 0; i < n; i++) {
		hits += parts[i]->n_hits;
		cells += parts[i]->n_cells;
	}
	return hits + (carried > cells ? carried : cells);
}

int
tt_detections_merge_run(struct tt_detections_merge *m, const struct tt_rules *rules,
		const struct tt_detections *const *parts, unsigned n, int64_t start_us,
		int64_t end_us, const struct tt_signature_sink *sink,
		struct tt_signature_totals *totals, struct tt_error *err)
{
	*totals = (struct tt_signature_totals){0};
	m->parts = parts;
	m->n_parts = n;
	memset(m->shift, 0, sizeof(m->shift));
	m->end_us = end_us;
	m->totals = totals;
	if (!make_room(m, most(m->max_hits, parts, n) + rules->n))
		return no_memory(most(m->max_hits, parts, n), err);
	tt_detections_begin(m, rules, start_us);
	collect(m);
	tt_detections_find(m);
	return tt_detections_emit(m, sink, err);
}
