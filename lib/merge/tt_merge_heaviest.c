/* SPDX-License-Identifier: BSD-3-Clause */
/* The heaviest so many of a row of addresses: a heap with the least heavy on top. */
#include "tt_merge_rows.h"

static bool
is_heavier(const struct tt_merge_heavy *a, const struct tt_merge_heavy *b)
{
	if (a->packets != b->packets)
		return a->packets > b->packets;
	return tt_addr_cmp(a->src, b->src) < 0;
}

static void
swap(struct tt_merge_heavy *a, struct tt_merge_heavy *b)
{
	struct tt_merge_heavy c = *a;

	*a = *b;
	*b = c;
}

static void
sift_up(struct tt_merge_heavy *e, unsigned at)
{
	for (; at > 0 && is_heavier(&e[(at - 1) / 2], &e[at]); at = (at - 1) / 2)
		swap(&e[at], &e[(at - 1) / 2]);
}

static void
sift_down(struct tt_merge_heavy *e, unsigned n)
{
	for (unsigned at = 0, below; (below = 2 * at + 1) < n; at = below) {
		if (below + 1 < n && is_heavier(&e[below], &e[below + 1]))
			below++;
		if (!is_heavier(&e[at], &e[below]))
			return;
		swap(&e[at], &e[below]);
	}
}

void
tt_merge_offer(struct tt_merge_heaviest *h, struct tt_addr src, uint64_t packets)
{
	struct tt_merge_heavy entry = {src, packets};

	if (h->n < h->max) {
		h->entries[h->n] = entry;
		sift_up(h->entries, h->n++);
	} else if (h->max > 0 && is_heavier(&entry, &h->entries[0])) {
		h->entries[0] = entry;
		sift_down(h->entries, h->n);
	}
}

void
tt_merge_rank(struct tt_merge_heaviest *h)
{
	for (unsigned n = h->n; n > 1;) {
		swap(&h->entries[0], &h->entries[--n]);
		sift_down(h->entries, n);
	}
}
