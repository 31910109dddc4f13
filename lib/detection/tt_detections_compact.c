/* SPDX-License-Identifier: BSD-3-Clause */
/* Detections in as little memory as their contents need, in the order of their keys. */
#include "tt_detections_private.h"

#include <errno.h>
#include <string.h>

static int
by_hit(const void *a, const void *b)
{
	return tt_hit_compare(a, b);
}

static int
by_cell(const void *a, const void *b)
{
	const struct tt_detection_cell *x = a, *y = b;

	return tt_compare_u64(x->key, y->key);
}

/* What of some detections a copy has. */
struct sizes {
	uint64_t hits, cells;
};

/* A hit that is not in the sample leaves its packets to a cell. shift: [TT_N_HIT_KINDS] */
static struct sizes
sizes_of(const struct tt_detections *d, const unsigned *shift)
{
	struct sizes s = {0};

	for (uint64_t i = 0; i < d->n_hits && d->any; i++)
		if (d->hits[i].packets != 0) {
			const bool wanted = tt_detections_wanted(d, &d->hits[i], shift);

			s.hits += wanted;
			s.cells += !wanted;
		}
	for (uint64_t i = 0; i < d->n_cells && d->any; i++)
		s.cells += d->cells[i].key != 0;
	return s;
}

uint64_t
tt_detections_compact_bytes(const struct tt_detections *d)
{
	const struct sizes s = sizes_of(d, d->shift);

	return s.hits * sizeof(struct tt_hit) + s.cells * sizeof(struct tt_detection_cell)
			+ (uint64_t)d->config.rules->n * sizeof(uint64_t);
}

/* Room for so much, with the head of `from` and nothing in it. */
static int
take(struct tt_detections *to, const struct tt_detections *from, struct sizes s)
{
	TT_ASSERT(from->n_put_off == 0);
	*to = *from;
	to->compact = true;
	to->mem = NULL;
	to->put_off = NULL;
	to->n_hits = to->n_cells = to->cells_taken = 0;
	to->tags = NULL;
	to->hits = aligned_alloc(TT_CACHE_LINE, (s.hits + 1) * sizeof(*to->hits));
	to->cells = calloc(s.cells + 1, sizeof(*to->cells));
	to->rest = calloc((size_t)from->config.rules->n + 1, sizeof(*to->rest));
	if (to->hits != NULL && to->cells != NULL && to->rest != NULL)
		return 0;
	tt_detections_fini(to);
	return -ENOMEM;
}

/* The cell of a hit that is not in the sample of the copy. */
static struct tt_detection_cell
cell_of(const struct tt_detections *from, const struct tt_hit *h)
{
	const tt_country country = tt_geo_country(from->config.geo, h->src);

	return (struct tt_detection_cell){.key = tt_detection_key(h->rule, country) + 1,
			.packets = h->packets};
}

static void
append_hits(struct tt_detections *to, const struct tt_detections *from)
{
	for (uint64_t i = 0; i < from->n_hits && from->any; i++) {
		const struct tt_hit *h = &from->hits[i];

		if (h->packets == 0)
			continue;
		if (tt_detections_wanted(from, h, to->shift)) {
			to->hits[to->n_hits++] = *h;
			continue;
		}
		to->not_kept += h->packets;
		to->cells[to->n_cells++] = cell_of(from, h);
	}
}

static void
append(struct tt_detections *to, const struct tt_detections *from)
{
	append_hits(to, from);
	for (uint64_t i = 0; i < from->n_cells && from->any; i++)
		if (from->cells[i].key != 0)
			to->cells[to->n_cells++] = from->cells[i];
	for (uint32_t i = 0; i < from->config.rules->n; i++)
		to->rest[i] += from->rest[i];
}

static void
fold_hits(struct tt_detections *d)
{
	uint64_t n = 0;

	qsort(d->hits, d->n_hits, sizeof(*d->hits), by_hit);
	for (uint64_t i = 0; i < d->n_hits; i++) {
		if (n > 0 && by_hit(&d->hits[n - 1], &d->hits[i]) == 0)
			tt_hit_add(&d->hits[n - 1], &d->hits[i]);
		else
			d->hits[n++] = d->hits[i];
	}
	d->n_hits = n;
}

static void
fold_cells(struct tt_detections *d)
{
	uint64_t n = 0;

	qsort(d->cells, d->n_cells, sizeof(*d->cells), by_cell);
	for (uint64_t i = 0; i < d->n_cells; i++) {
		if (n > 0 && d->cells[n - 1].key == d->cells[i].key)
			d->cells[n - 1].packets += d->cells[i].packets;
		else
			d->cells[n++] = d->cells[i];
	}
	d->n_cells = n;
}

int
tt_detections_compact(struct tt_detections *to, const struct tt_detections *from)
{
	int ret = take(to, from, sizes_of(from, from->shift));

	if (ret != 0)
		return ret;
	append(to, from);
	fold_hits(to);
	fold_cells(to);
	return 0;
}

int
tt_detections_join(struct tt_detections *to, const struct tt_detections *a,
		const struct tt_detections *b)
{
	unsigned shift[TT_N_HIT_KINDS] = {0};
	struct sizes of_a, of_b;
	int ret;

	TT_ASSERT(a->compact && b->compact && a->config.rules == b->config.rules);
	tt_detections_shift(shift, a);
	tt_detections_shift(shift, b);
	of_a = sizes_of(a, shift);
	of_b = sizes_of(b, shift);
	ret = take(to, a, (struct sizes){of_a.hits + of_b.hits, of_a.cells + of_b.cells});
	if (ret != 0)
		return ret;
	memcpy(to->shift, shift, sizeof(shift));
	to->any = a->any || b->any;
	to->packets += b->packets;
	to->matches += b->matches;
	to->not_kept += b->not_kept;
	to->cut_short += b->cut_short;
	append(to, a);
	append(to, b);
	fold_hits(to);
	fold_cells(to);
	return 0;
}
