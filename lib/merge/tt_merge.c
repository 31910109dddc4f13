/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_merge_rows.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Any other than that of the tallies will do: what comes in their order is then spread again. */
#define MERGE_SEED UINT64_C(0x6d65726765)

/* Room for the arrays of so many tallies at once; for more of them it grows. */
#define BUSY_ROOM (64 * TT_BUSY_MAX)

/* Lists of less keep their pages for the next run. */
#define DISCARDED_MIN (UINT64_C(4) << 20)

/*
 * Rooms of the lists, in items. A tally of n pairs has up to 16/3 n slots for ports, of which a full
 * one takes all (tt_tally.c). Pairs may hold a port and a contact each besides.
 */
struct sizes {
	uint64_t pairs, others, sourceless, talkers, scratch, heavy;
	struct tt_rest_config rest;
};

static uint64_t
max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct sizes
sizes_of(const struct tt_merge_config *c)
{
	struct sizes s = {.pairs = c->max_pairs + 1,
			.rest = {.slices = 2048,
					.geo = c->geo,
					.destinations = c->destinations,
					.prefixes = c->prefixes,
					.seed = MERGE_SEED}};

	while (s.rest.slices < 2 * c->max_pairs && s.rest.slices < TT_SLICES_MAX)
		s.rest.slices *= 2;
	s.rest.talkers = s.talkers = s.rest.slices / 4;
	s.sourceless = s.rest.slices + TT_N_ROWS + TT_N_CLASSES + TT_FINGERPRINTS_MAX;
	s.others = max_u64(s.pairs + c->max_pairs * 16 / 3 + 1, TT_N_TARGETS);
	s.scratch = max_u64(s.others, s.sourceless);
	s.heavy = (uint64_t)TT_N_CLASSES * c->talkers + c->source_ports + 1;
	return s;
}

static uint64_t
unit_cells(const struct tt_merge_config *c)
{
	return (uint64_t)TT_N_CLASSES * c->destinations->n;
}

uint64_t
tt_merge_bytes(const struct tt_merge_config *c)
{
	const struct sizes s = sizes_of(c);

	return (s.pairs + s.others + s.sourceless + s.talkers + s.scratch)
			* sizeof(struct tt_sort_item)
			+ s.heavy * sizeof(struct tt_merge_heavy) + tt_rest_bytes(&s.rest)
			+ sizeof(struct tt_merge_matrix) + sizeof(struct tt_merge)
			+ TT_N_COUNTRIES * TT_MERGE_SIDES * sizeof(struct tt_merge_group)
			+ BUSY_ROOM * sizeof(struct tt_sort_item)
			+ TT_BUSY_PORTS * sizeof(uint64_t) + TT_N_ROWS * sizeof(uint64_t)
			+ TT_N_TARGETS * sizeof(uint64_t) + TT_N_TARGETS
			+ unit_cells(c) * sizeof(struct tt_merge_reached)
			+ (c->max_signature_hits == 0 ? 0
						      : tt_detections_merge_bytes(
								      c->max_signature_hits));
}

uint64_t
tt_merge_keys(const struct tt_merge_config *c)
{
	return sizes_of(c).others;
}

static void *
take(struct tt_merge *m, uint64_t n, size_t size)
{
	return tt_mem_alloc(m->mem, n * size, "merge");
}

int
tt_merge_room(struct tt_merge *m, struct tt_merge_list *list, uint64_t n)
{
	struct tt_sort_item *more;

	if (n <= list->room && list->items != NULL)
		return 0;
	n = max_u64(n, 1);
	more = take(m, n, sizeof(*more));
	if (more == NULL)
		return tt_error_set(m->err, -ENOMEM, NULL,
				"out of memory for merging %llu keys",
				(unsigned long long)n);
	tt_mem_free(m->mem, list->items, list->room * sizeof(*more));
	*list = (struct tt_merge_list){.items = more, .room = n};
	return 0;
}

void
tt_merge_discard(struct tt_merge *m, const struct tt_merge_list *list, uint64_t n)
{
	if (m->mem->discard != NULL && n * sizeof(*list->items) >= DISCARDED_MIN)
		tt_mem_discard(m->mem, list->items, n * sizeof(*list->items));
}

static void
place_heavy(struct tt_merge *m)
{
	struct tt_merge_heavy *at = m->heavy;

	for (unsigned i = 0; i < TT_N_CLASSES; i++, at += m->config.talkers)
		m->heavy_talkers[i] = (struct tt_merge_heaviest){
				.entries = at, .max = m->config.talkers};
	m->heavy_ports = (struct tt_merge_heaviest){
			.entries = at, .max = m->config.source_ports};
}

static int
take_memory(struct tt_merge *m, const struct sizes *s)
{
	m->heavy = take(m, s->heavy, sizeof(*m->heavy));
	m->matrix = take(m, 1, sizeof(*m->matrix));
	m->country_rows = take(m, TT_N_COUNTRIES, sizeof(*m->country_rows));
	m->row_packets = take(m, TT_N_ROWS, sizeof(*m->row_packets));
	m->target_packets = take(m, TT_N_TARGETS, sizeof(*m->target_packets));
	m->sketched = take(m, TT_N_TARGETS, sizeof(*m->sketched));
	m->reached = take(m, unit_cells(&m->config), sizeof(*m->reached));
	m->port_packets = take(m, TT_BUSY_PORTS, sizeof(*m->port_packets));
	if (m->heavy == NULL || m->matrix == NULL || m->country_rows == NULL
			|| m->row_packets == NULL || m->target_packets == NULL
			|| m->sketched == NULL || m->reached == NULL
			|| m->port_packets == NULL
			|| tt_merge_room(m, &m->busy, BUSY_ROOM) != 0
			|| tt_merge_room(m, &m->pairs, s->pairs) != 0
			|| tt_merge_room(m, &m->others, s->others) != 0
			|| tt_merge_room(m, &m->sourceless, s->sourceless) != 0
			|| tt_merge_room(m, &m->talkers, s->talkers) != 0
			|| tt_merge_room(m, &m->scratch, s->scratch) != 0
			|| tt_rest_init(&m->rest, &s->rest, m->mem) != 0)
		return -ENOMEM;
	place_heavy(m);
	if (m->config.max_signature_hits == 0)
		return 0;
	return tt_detections_merge_create(&m->detections, m->config.max_signature_hits,
			m->config.geo, m->mem, NULL);
}

int
tt_merge_create(struct tt_merge **merge, const struct tt_merge_config *config,
		struct tt_mem *mem, struct tt_error *err)
{
	const struct sizes s = sizes_of(config);
	struct tt_merge *m = tt_mem_alloc(mem, sizeof(*m), "merge");

	if (m != NULL) {
		*m = (struct tt_merge){.config = *config, .mem = mem};
		if (take_memory(m, &s) == 0) {
			*merge = m;
			return 0;
		}
		tt_merge_destroy(m);
	}
	return tt_error_set(err, -ENOMEM, NULL,
			"out of memory: merging %llu pairs needs %llu MiB",
			(unsigned long long)config->max_pairs,
			(unsigned long long)(tt_merge_bytes(config) >> 20));
}

static void
free_list(struct tt_merge *m, struct tt_merge_list *list)
{
	tt_mem_free(m->mem, list->items, list->room * sizeof(*list->items));
}

void
tt_merge_destroy(struct tt_merge *m)
{
	if (m == NULL)
		return;
	free_list(m, &m->pairs);
	free_list(m, &m->others);
	free_list(m, &m->sourceless);
	free_list(m, &m->talkers);
	free_list(m, &m->busy);
	free_list(m, &m->scratch);
	tt_mem_free(m->mem, m->heavy, sizes_of(&m->config).heavy * sizeof(*m->heavy));
	tt_mem_free(m->mem, m->matrix, sizeof(*m->matrix));
	tt_mem_free(m->mem, m->country_rows, TT_N_COUNTRIES * sizeof(*m->country_rows));
	tt_mem_free(m->mem, m->row_packets, TT_N_ROWS * sizeof(*m->row_packets));
	tt_mem_free(m->mem, m->target_packets, TT_N_TARGETS * sizeof(*m->target_packets));
	tt_mem_free(m->mem, m->sketched, TT_N_TARGETS * sizeof(*m->sketched));
	tt_mem_free(m->mem, m->reached, unit_cells(&m->config) * sizeof(*m->reached));
	tt_mem_free(m->mem, m->port_packets, TT_BUSY_PORTS * sizeof(*m->port_packets));
	tt_rest_widen(&m->rest);
	tt_rest_fini(&m->rest);
	tt_detections_merge_destroy(m->detections);
	free(m->detections_of);
	tt_mem_free(m->mem, m, sizeof(*m));
}

const struct tt_merge_step tt_merge_steps[TT_MERGE_N_STEPS] = {
		[TT_STEP_COLLECT] = {"collect", tt_merge_collect},
		[TT_STEP_TARGETS] = {"targets", tt_merge_targets},
		[TT_STEP_FINGERPRINTS] = {"fingerprints", tt_merge_fingerprints},
		[TT_STEP_SOURCES] = {"sources", tt_merge_sources},
		[TT_STEP_RULES] = {"rules", tt_merge_rules},
		[TT_STEP_COUNTRIES] = {"countries", tt_merge_countries},
		[TT_STEP_BACKSCATTER] = {"backscatter", tt_merge_backscatter},
		[TT_STEP_DESTINATIONS] = {"destinations", tt_merge_destinations},
		[TT_STEP_CONTACT_ROWS] = {"contact rows", tt_merge_contact_rows},
		[TT_STEP_SOURCE_PORTS] = {"source ports", tt_merge_ports},
		[TT_STEP_DISTRIBUTIONS] = {"distributions", tt_merge_distributions},
		[TT_STEP_SKETCHES] = {"sketches", tt_merge_sketches},
		[TT_STEP_SIGNATURES] = {"signatures", tt_merge_signatures},
};

void
tt_merge_begin(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n,
		int64_t start_us, const struct tt_merge_sink *sink,
		struct tt_totals *totals, struct tt_error *err)
{
	*totals = (struct tt_totals){0};
	m->tallies = tallies;
	m->n_tallies = n;
	m->start_us = start_us;
	m->sink = sink;
	m->totals = totals;
	m->err = err;
}

static void
swap_sums(struct tt_rest *a, struct tt_rest *b)
{
	const struct tt_rest was = *a;

	TT_ASSERT(a->n_cells == b->n_cells && a->n_registers == b->n_registers);
	a->cells = b->cells;
	a->packet_cells = b->packet_cells;
	a->cells_used = b->cells_used;
	a->registers = b->registers;
	a->registers_used = b->registers_used;
	a->floors = b->floors;
	b->cells = was.cells;
	b->packet_cells = was.packet_cells;
	b->cells_used = was.cells_used;
	b->registers = was.registers;
	b->registers_used = was.registers_used;
	b->floors = was.floors;
}

void
tt_merge_borrow(struct tt_merge *m)
{
	if (!m->config.uses_up || m->n_tallies != 1 || tt_tally_is_compact(m->tallies[0]))
		return;
	m->lender = &m->tallies[0]->rest;
	swap_sums(&m->rest, m->lender);
}

void
tt_merge_give_back(struct tt_merge *m)
{
	if (m->lender != NULL)
		swap_sums(&m->rest, m->lender);
	m->lender = NULL;
}

int
tt_merge_run(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n,
		int64_t start_us, const struct tt_merge_sink *sink,
		struct tt_totals *totals, struct tt_error *err)
{
	int ret = 0;

	tt_merge_begin(m, tallies, n, start_us, sink, totals, err);
	for (unsigned i = 0; ret == 0 && i < TT_MERGE_N_STEPS; i++) {
		ret = tt_merge_steps[i].run(m);
		if (ret == 0 && sink->step_done != NULL)
			ret = sink->step_done(
					sink->context, (enum tt_merge_step_id)i, err);
	}
	tt_merge_give_back(m);
	m->err = NULL;
	return ret;
}

void
tt_merge_set_rules(struct tt_merge *m, const struct tt_rules *rules)
{
	m->config.rules = rules;
}

/* The square root, rounded up. */
static uint64_t
root_of(unsigned __int128 square)
{
	uint64_t root = 0;

	/* Numbers of so many bits are exact in a double, and so is the whole part of their root. */
	if (TT_LIKELY(square >> 50 == 0)) {
		root = (uint64_t)sqrt((double)(uint64_t)square);
		return root + (root * root < square);
	}
	/* Bit by bit, from the highest: the greatest root whose square is not above. */
	for (int bit = 63; bit >= 0; bit--) {
		uint64_t more = root | UINT64_C(1) << bit;

		if ((unsigned __int128)more * more <= square)
			root = more;
	}
	return root + ((unsigned __int128)root * root < square);
}

/* As an estimate without bias of the variance (D. G. Horvitz, D. J. Thompson, 1952). */
uint64_t
tt_scaled_group_error(uint64_t squares, uint64_t one_in)
{
	double s = (double)one_in;

	if (TT_LIKELY(one_in == 1))
		return 0;
	return (uint64_t)ceil(sqrt(s * (s - 1) * (double)(squares > 0 ? squares : 1)));
}

uint64_t
tt_scaled_error(uint64_t count, uint64_t one_in)
{
	/* Where none was kept, fewer than one_in are likely: the error of one that was. */
	uint64_t n = count > one_in ? count : one_in;

	return TT_LIKELY(one_in == 1) ? 0 : root_of((unsigned __int128)n * (one_in - 1));
}
