/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `talkers` of one target. A source is either in the sample, and then its pairs have
 * all its packets, or it is not, and then the rest's talkers have a lower bound of them.
 */
#include "tt_merge_rows.h"

static void
offer(struct tt_merge *m, struct tt_merge_talker *t)
{
	for (; t->classes != 0; t->classes &= t->classes - 1) {
		unsigned class = (unsigned)__builtin_ctz(t->classes);

		tt_merge_offer(&m->heavy_talkers[class], t->src, t->packets[class]);
		t->packets[class] = 0;
	}
}

void
tt_merge_talkers_begin(struct tt_merge *m, struct tt_merge_talker *t)
{
	*t = (struct tt_merge_talker){0};
	for (unsigned class = 0; class < TT_N_CLASSES; class ++)
		m->heavy_talkers[class].n = 0;
}

void
tt_merge_talkers_add(struct tt_merge *m, struct tt_merge_talker *t, struct tt_addr src,
		enum tt_class class, uint64_t packets)
{
	if (tt_addr_cmp(t->src, src) != 0)
		offer(m, t);
	t->src = src;
	t->packets[class] += packets;
	t->classes |= 1u << class;
}

static int
emit_class(struct tt_merge *m, const struct tt_merge_target *t, enum tt_class class)
{
	struct tt_merge_heaviest *h = &m->heavy_talkers[class];
	struct tt_talker_row row = {
			.target = tt_merge_number_target(t->number), .class = class};
	uint64_t left = t->class_packets[class];
	int ret = 0;

	tt_merge_rank(h);
	for (unsigned i = 0; ret == 0 && i < h->n; i++) {
		row.src = h->entries[i].src;
		row.packets = h->entries[i].packets;
		left -= row.packets;
		ret = TT_MERGE_EMIT(m, talker, &row);
	}
	h->n = 0;
	if (ret != 0 || left == 0)
		return ret;
	row.rest = true;
	row.src = (struct tt_addr){0};
	row.packets = left;
	return TT_MERGE_EMIT(m, talker, &row);
}

/* Fetches a later talker, of this target or the next ones. */
static void
fetch(const struct tt_merge *m, const struct tt_sort_item *item)
{
	if (TT_LIKELY(m->talkers.items + m->talkers.n - item > TT_MERGE_AHEAD))
		__builtin_prefetch(item[TT_MERGE_AHEAD].ref);
}

int
tt_merge_talkers(struct tt_merge *m, const struct tt_merge_target *t,
		struct tt_merge_talker *talker)
{
	int ret = 0;

	if (m->sink->talker == NULL)
		return 0;
	offer(m, talker);
	for (uint64_t i = 0; i < t->talkers.n; i++) {
		const struct tt_entry *e = t->talkers.items[i].ref;

		fetch(m, &t->talkers.items[i]);
		tt_merge_talkers_add(m, talker, e->src, tt_target_key_class(e->key),
				e->packets);
	}
	offer(m, talker);
	for (unsigned class = 0; ret == 0 && class < TT_N_CLASSES; class ++)
		ret = emit_class(m, t, (enum tt_class) class);
	return ret;
}
