/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets whose source is not kept, and that were put off, into the rest. */
#include "tt_tally_stages.h"

/* The sketches of a part are read in a row where it has so many packets to their protocol: one for eight lines. */
#define PORTS  (65536 / TT_REFUSED_PARTS)
#define LINES  (PORTS * 2 * (1u << TT_SKETCH_P_TARGET) / TT_CACHE_LINE)
#define ENOUGH (LINES / 8)

/* So many are counted at once, so that the worker is not held up: the others of a part with the next bursts. */
#define DEPTH 512

/* So many of a part that is full while another one is being done: room for the next. Who sends by port can
 * have all parts full at the same time. */
#define FEW 4

static void
read_sketches(const struct tt_rest *r, uint64_t part, uint32_t first)
{
	tt_later_read_lines(
			&r->registers[tt_registers_of_target(TT_REGISTERS_DESTINATIONS,
					first + (uint32_t)part * PORTS)],
			LINES);
}

/* Begins with a part of which `waiting` packets wait: updates[n] say to which protocols. */
static void
read_part(const struct tt_rest *r, uint64_t part, const struct tt_later_update *updates,
		uint32_t n, uint32_t waiting)
{
	uint32_t n_tcp = 0, n_udp = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t block = tt_refused_block(&updates[i]);

		n_tcp += block < TT_ROWS_UDP;
		n_udp += block == TT_ROWS_UDP || block == TT_ROWS_UDP_BACKSCATTER;
	}
	if (n_tcp * waiting >= ENOUGH * n)
		read_sketches(r, part, TT_TARGET_TCP);
	if (n_udp * waiting >= ENOUGH * n)
		read_sketches(r, part, TT_TARGET_UDP);
}

/* Counts the last `depth` that wait for a part. */
static void
count_last(struct tt_tally *t, uint64_t part, uint16_t depth, bool begin)
{
	struct tt_waiting *w = t->waiting;
	struct tt_later_queue *q = &w->refused.queues[part];
	const uint32_t waiting = q->n;
	const struct tt_later_update *updates;
	uint32_t n;

	w->refused.depth = w->refused.most < depth ? w->refused.most : depth;
	updates = tt_later_take(&w->refused, part, NULL, &n);
	q->due = w->refused.most;
	if (begin)
		read_part(&t->rest, part, updates, n, waiting);
	tt_refused_count(&t->rest, updates, n);
}

void
tt_tally_catch_up_refused(struct tt_tally *t, uint64_t part)
{
	struct tt_waiting *w = t->waiting;

	count_last(t, part, DEPTH, part != w->refused_open);
	w->refused_open = w->refused.queues[part].n != 0 ? (uint32_t)part : TT_NO_PART;
}

void
tt_tally_refused_due(struct tt_tally *t, uint64_t part)
{
	struct tt_waiting *w = t->waiting;

	if (w->refused_open != TT_NO_PART && w->refused_open != part) {
		count_last(t, part, FEW, false);
		return;
	}
	tt_tally_catch_up_refused(t, part);
	/* Until the next burst, even where none is left. */
	w->refused_open = (uint32_t)part;
}
