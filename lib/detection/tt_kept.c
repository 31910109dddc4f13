/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_kept.h"

#include "tt_detections_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
slots_of(unsigned per_rule)
{
	return (uint64_t)TT_KEPT_RULES * per_rule;
}

uint64_t
tt_kept_bytes(unsigned per_rule)
{
	return per_rule == 0 ? 0
			     : slots_of(per_rule) * sizeof(struct tt_kept_packet)
					+ TT_KEPT_RULES * sizeof(struct tt_kept_row)
					+ TT_DETECTION_RULES_MAX * sizeof(uint16_t);
}

int
tt_kept_init(struct tt_kept_table *k, unsigned per_rule, struct tt_mem *mem,
		struct tt_error *err)
{
	*k = (struct tt_kept_table){.per_rule = per_rule, .mem = mem};
	if (per_rule == 0)
		return 0;
	k->row_of = tt_mem_alloc(
			mem, TT_DETECTION_RULES_MAX * sizeof(*k->row_of), "kept packets");
	k->rows = tt_mem_alloc(mem, TT_KEPT_RULES * sizeof(*k->rows), "kept packets");
	k->packets = tt_mem_alloc(
			mem, slots_of(per_rule) * sizeof(*k->packets), "kept packets");
	if (k->row_of != NULL && k->rows != NULL && k->packets != NULL)
		return 0;
	tt_kept_fini(k);
	return tt_error_set(err, -ENOMEM, "keep-packets",
			"out of memory: %u packets of a rule need %llu MiB a table set",
			per_rule, (unsigned long long)(tt_kept_bytes(per_rule) >> 20));
}

void
tt_kept_fini(struct tt_kept_table *k)
{
	if (k->compact) {
		free(k->packets);
	} else if (k->mem != NULL) {
		tt_mem_free(k->mem, k->row_of,
				TT_DETECTION_RULES_MAX * sizeof(*k->row_of));
		tt_mem_free(k->mem, k->rows, TT_KEPT_RULES * sizeof(*k->rows));
		tt_mem_free(k->mem, k->packets,
				slots_of(k->per_rule) * sizeof(*k->packets));
	}
	*k = (struct tt_kept_table){0};
}

void
tt_kept_reset(struct tt_kept_table *k)
{
	for (unsigned i = 0; i < k->n_rows; i++)
		k->row_of[k->rows[i].rule] = 0;
	k->n_rows = 0;
	k->n_packets = 0;
}

int
tt_kept_compare(const struct tt_kept_frame *a, const struct tt_kept_frame *b)
{
	int order;

	if (a->time_us != b->time_us)
		return a->time_us < b->time_us ? -1 : 1;
	order = tt_compare_u64(a->length, b->length);
	if (order == 0)
		order = tt_compare_u64(a->captured, b->captured);
	if (order == 0)
		order = memcmp(a->bytes, b->bytes, a->captured);
	return order != 0 ? order : tt_compare_u64(a->link, b->link);
}

static struct tt_kept_packet *
packets_of(const struct tt_kept_table *k, const struct tt_kept_row *row)
{
	return &k->packets[(uint64_t)(row - k->rows) * k->per_rule];
}

static void
find_highest(struct tt_kept_table *k)
{
	k->highest = 0;
	for (unsigned i = 1; i < k->n_rows; i++)
		if (k->rows[i].rule > k->rows[k->highest].rule)
			k->highest = i;
}

/* An empty row for the rule, where all are taken that of the last rule; NULL if it comes after all of these. */
static struct tt_kept_row *
new_row(struct tt_kept_table *k, uint32_t rule)
{
	struct tt_kept_row *row;

	if (k->n_rows < TT_KEPT_RULES) {
		row = &k->rows[k->n_rows++];
	} else {
		row = &k->rows[k->highest];
		if (rule > row->rule)
			return NULL;
		k->row_of[row->rule] = 0;
		k->n_packets -= row->n;
	}
	*row = (struct tt_kept_row){.rule = (uint16_t)rule};
	k->row_of[rule] = (uint16_t)(row - k->rows + 1);
	if (k->n_rows == TT_KEPT_RULES)
		find_highest(k);
	return row;
}

/* The row of the rule, a new one if need be; NULL if there is none for it. */
static struct tt_kept_row *
find_row(struct tt_kept_table *k, uint32_t rule)
{
	return k->row_of[rule] == 0 ? new_row(k, rule) : &k->rows[k->row_of[rule] - 1];
}

static void
put(struct tt_kept_packet *to, uint16_t rule, const struct tt_kept_frame *f)
{
	to->time_us = f->time_us;
	to->length = f->length;
	to->captured = (uint16_t)f->captured;
	to->link = f->link;
	to->rule = rule;
	memcpy(to->bytes, f->bytes, f->captured);
}

static void
find_last(const struct tt_kept_table *k, struct tt_kept_row *row)
{
	const struct tt_kept_packet *packets = packets_of(k, row);
	struct tt_kept_frame last = tt_kept_frame(&packets[0]);

	row->last = 0;
	for (uint16_t i = 1; i < row->n; i++) {
		const struct tt_kept_frame f = tt_kept_frame(&packets[i]);

		if (tt_kept_compare(&f, &last) > 0) {
			row->last = i;
			last = f;
		}
	}
	row->last_us = last.time_us;
}

void
tt_kept_add(struct tt_kept_table *k, uint32_t rule, const struct tt_kept_frame *frame)
{
	struct tt_kept_row *row = find_row(k, rule);
	struct tt_kept_frame f = *frame, last;
	struct tt_kept_packet *to;

	if (row == NULL || (row->n == k->per_rule && f.time_us > row->last_us))
		return;
	if (f.captured > TT_KEPT_BYTES)
		f.captured = TT_KEPT_BYTES;
	to = packets_of(k, row);
	if (row->n < k->per_rule) {
		to += row->n++;
		k->n_packets++;
	} else {
		to += row->last;
		last = tt_kept_frame(to);
		if (tt_kept_compare(&f, &last) >= 0)
			return;
	}
	put(to, (uint16_t)rule, &f);
	find_last(k, row);
}

const struct tt_kept_packet *
tt_kept_packet(const struct tt_kept_table *k, uint64_t i)
{
	const struct tt_kept_row *row = k->rows;

	TT_ASSERT(i < k->n_packets);
	if (k->compact)
		return &k->packets[i];
	for (; i >= row->n; row++)
		i -= row->n;
	return &packets_of(k, row)[i];
}

uint64_t
tt_kept_compact_bytes(const struct tt_kept_table *k)
{
	return k->n_packets * sizeof(*k->packets);
}

static int
take_copy(struct tt_kept_table *to, const struct tt_kept_table *like, uint64_t n)
{
	*to = (struct tt_kept_table){.per_rule = like->per_rule, .compact = true};
	to->packets = calloc(n + 1, sizeof(*to->packets));
	return to->packets == NULL ? -ENOMEM : 0;
}

static void
append(struct tt_kept_table *to, const struct tt_kept_table *from)
{
	for (uint64_t i = 0; i < from->n_packets; i++)
		to->packets[to->n_packets++] = *tt_kept_packet(from, i);
}

int
tt_kept_compact(struct tt_kept_table *to, const struct tt_kept_table *from)
{
	int ret = take_copy(to, from, from->n_packets);

	if (ret == 0)
		append(to, from);
	return ret;
}

static int
by_rule(const void *a, const void *b)
{
	const struct tt_kept_packet *x = a, *y = b;
	const struct tt_kept_frame f = tt_kept_frame(x), g = tt_kept_frame(y);
	int order = tt_compare_u64(x->rule, y->rule);

	return order != 0 ? order : tt_kept_compare(&f, &g);
}

/* Room of packets that were left out. */
static void
give_back_rest(struct tt_kept_table *k)
{
	struct tt_kept_packet *less = reallocarray(
			k->packets, k->n_packets + 1, sizeof(*k->packets));

	if (less != NULL)
		k->packets = less;
}

int
tt_kept_join(struct tt_kept_table *to, const struct tt_kept_table *a,
		const struct tt_kept_table *b)
{
	int ret = take_copy(to, a, a->n_packets + b->n_packets);
	uint64_t n = 0;
	unsigned of_rule = 0;

	if (ret != 0)
		return ret;
	append(to, a);
	append(to, b);
	qsort(to->packets, to->n_packets, sizeof(*to->packets), by_rule);
	for (uint64_t i = 0; i < to->n_packets; i++) {
		if (n == 0 || to->packets[n - 1].rule != to->packets[i].rule)
			of_rule = 0;
		if (of_rule++ < to->per_rule)
			to->packets[n++] = to->packets[i];
	}
	to->n_packets = n;
	give_back_rest(to);
	return 0;
}
