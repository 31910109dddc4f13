/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_merge.h"

#include "tt_merge_rows.h"

#include <errno.h>
#include <string.h>

int
tt_merge_create(struct tt_merge **merge, uint64_t max_pairs, struct tt_mem *mem,
		struct tt_error *err)
{
	struct tt_merge *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	m->mem = mem;
	m->room = max_pairs + TT_N_OVERFLOW;
	m->refs = tt_mem_alloc(mem, m->room * sizeof(*m->refs), "merge index");
	m->cells = tt_mem_alloc(mem, TT_N_CELLS * sizeof(*m->cells), "merge counters");
	m->overflow = tt_mem_alloc(
			mem, TT_N_OVERFLOW * sizeof(*m->overflow), "merge counters");
	m->sourceless = tt_mem_alloc(
			mem, TT_N_OVERFLOW * sizeof(*m->sourceless), "merge counters");
	m->groups = tt_mem_alloc(
			mem, TT_MERGE_GROUPS * sizeof(*m->groups), "merge counters");
	if (m->refs == NULL || m->cells == NULL || m->overflow == NULL
			|| m->sourceless == NULL || m->groups == NULL) {
		tt_merge_destroy(m);
		return tt_error_set(err, -ENOMEM, NULL,
				"out of memory for merging %llu pairs",
				(unsigned long long)max_pairs);
	}
	*merge = m;
	return 0;
}

void
tt_merge_destroy(struct tt_merge *m)
{
	if (m == NULL)
		return;
	tt_mem_free(m->mem, m->refs, m->room * sizeof(*m->refs));
	tt_mem_free(m->mem, m->cells, TT_N_CELLS * sizeof(*m->cells));
	tt_mem_free(m->mem, m->overflow, TT_N_OVERFLOW * sizeof(*m->overflow));
	tt_mem_free(m->mem, m->sourceless, TT_N_OVERFLOW * sizeof(*m->sourceless));
	tt_mem_free(m->mem, m->groups, TT_MERGE_GROUPS * sizeof(*m->groups));
	free(m);
}

/* Replays may hold more parts of an interval than there are tallies. */
static int
make_room(struct tt_merge *m, uint64_t n, struct tt_error *err)
{
	const struct tt_slot **more;

	if (n <= m->room)
		return 0;
	more = tt_mem_alloc(m->mem, n * sizeof(*more), "merge index");
	if (more == NULL)
		return tt_error_set(err, -ENOMEM, NULL,
				"out of memory for merging %llu pairs",
				(unsigned long long)n);
	tt_mem_free(m->mem, m->refs, m->room * sizeof(*m->refs));
	m->refs = more;
	m->room = n;
	return 0;
}

static int
collect(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n,
		struct tt_error *err)
{
	uint64_t total = TT_N_OVERFLOW;
	int ret;

	for (unsigned i = 0; i < n; i++)
		total += tallies[i]->n_used;
	ret = make_room(m, total, err);
	if (ret != 0)
		return ret;
	m->n = 0;
	for (unsigned i = 0; i < n; i++)
		for (uint32_t k = 0; k < tallies[i]->n_used; k++)
			m->refs[m->n++] = &tallies[i]->slots[tallies[i]->used[k]];
	return 0;
}

static void
add_frames(struct tt_totals *totals, const struct tt_tally *t)
{
	if (t->frames > 0 && (totals->frames == 0 || t->first_us < totals->first_us))
		totals->first_us = t->first_us;
	if (t->frames > 0 && (totals->frames == 0 || t->last_us > totals->last_us))
		totals->last_us = t->last_us;
	totals->frames += t->frames;
	totals->frame_bytes += t->frame_bytes;
	totals->late += t->late;
	totals->overflow_packets += t->overflow_packets;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		totals->fates[i] += t->fates[i];
}

static void
add_arrays(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n,
		struct tt_totals *totals)
{
	memset(m->cells, 0, TT_N_CELLS * sizeof(*m->cells));
	for (unsigned i = 0; i < n; i++)
		tt_tally_add_cells(tallies[i], m->cells);
	for (unsigned i = 0; i < 256; i++) {
		totals->count.packets += m->cells[TT_CELL_IP_PROTOCOL + i].packets;
		totals->count.bytes += m->cells[TT_CELL_IP_PROTOCOL + i].bytes;
	}
}

/* What was counted without its source joins the references as slots of its own. */
static void
add_overflow(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n)
{
	memset(m->overflow, 0, TT_N_OVERFLOW * sizeof(*m->overflow));
	for (unsigned i = 0; i < n; i++)
		tt_tally_add_overflow(tallies[i], m->overflow);
	for (uint32_t i = 0; i < TT_N_OVERFLOW; i++) {
		if (m->overflow[i].packets == 0)
			continue;
		m->sourceless[i] = (struct tt_slot){.key = tt_overflow_key(i),
				.count = m->overflow[i],
				.sourceless = 1};
		m->refs[m->n++] = &m->sourceless[i];
	}
}

/* The cells of a distribution, of which the six control bits of TCP are the sum of others. */
static struct tt_count
distribution_cell(const struct tt_count *cells, enum tt_distribution d, uint32_t value)
{
	struct tt_count sum = cells[value];

	for (uint32_t i = value + 64; d == TT_DIST_TCP_FLAGS && i < 4096; i += 64) {
		sum.packets += cells[i].packets;
		sum.bytes += cells[i].bytes;
	}
	return sum;
}

static int
emit_distribution(struct tt_merge *m, enum tt_distribution d,
		const struct tt_merge_sink *sink, struct tt_error *err)
{
	uint32_t first, n;
	int ret = 0;

	tt_distribution_range(d, &first, &n);
	if (d == TT_DIST_TCP_FLAGS)
		n = 64;
	for (uint32_t i = 0; i < n && ret == 0; i++) {
		struct tt_distribution_row row = {
				d, i, distribution_cell(m->cells + first, d, i)};

		if (row.count.packets != 0)
			ret = sink->distribution(sink->context, &row, err);
	}
	return ret;
}

int
tt_merge_run(struct tt_merge *m, struct tt_tally *const *tallies, unsigned n,
		const struct tt_geo *geo, const struct tt_merge_sink *sink,
		struct tt_totals *totals, struct tt_error *err)
{
	int ret = collect(m, tallies, n, err);

	*totals = (struct tt_totals){0};
	if (ret != 0)
		return ret;
	for (unsigned i = 0; i < n; i++)
		add_frames(totals, tallies[i]);
	add_arrays(m, tallies, n, totals);
	if (totals->overflow_packets != 0)
		add_overflow(m, tallies, n);
	ret = tt_merge_targets(m, geo, sink, totals, err);
	if (ret == 0)
		ret = tt_merge_sources(m, geo, sink, totals, err);
	for (unsigned d = 0;
			ret == 0 && sink->distribution != NULL && d < TT_N_DISTRIBUTIONS;
			d++)
		ret = emit_distribution(m, (enum tt_distribution)d, sink, err);
	return ret;
}
