/* SPDX-License-Identifier: BSD-3-Clause */
/* Which hits are detections: one rule after the other, one tracked address after the other. */
#include "tt_detections_merge_private.h"
#include "tt_window.h"

#include <string.h>

static int
by_source(const void *a, const void *b)
{
	return tt_hit_compare(a, b);
}

static int
by_both(const void *a, const void *b)
{
	const struct tt_hit *x = a, *y = b;
	int order = tt_addr_cmp(x->src, y->src);

	if (order == 0)
		order = tt_addr_cmp(x->dst, y->dst);
	return order != 0 ? order : tt_hit_compare(x, y);
}

static int
by_second(const void *a, const void *b)
{
	const struct tt_hit *x = a, *y = b;
	int order = tt_compare_u64(x->second, y->second);

	return order != 0 ? order : tt_hit_compare(x, y);
}

static int
by_destination(const void *a, const void *b)
{
	const struct tt_hit *x = a, *y = b;
	int order = tt_addr_cmp(x->dst, y->dst);

	return order != 0 ? order : by_second(x, y);
}

/* How hits of a rule sort, so that those of what it tracks stand together, by time. */
static int (*const order_of[])(const void *a, const void *b) = {
		[TT_RULE_TRACK_SOURCE] = by_source,
		[TT_RULE_TRACK_DESTINATION] = by_destination,
		[TT_RULE_TRACK_BOTH] = by_both,
		[TT_RULE_TRACK_RULE] = by_second,
};

/* What a rule looks at while it passes over its hits. */
struct walk {
	struct tt_detections_merge *m;
	const struct tt_rule_count *count;
	struct tt_window window;
	struct tt_hit tracked; /* the first hit of the address */
	const struct tt_hit *first; /* of those that are looked at as one */
	uint64_t from; /* where in m->next its hits begin */
	unsigned shift; /* of its kind */
	bool scaled; /* each packet stands for 2^shift already */
};

static bool
is_carried(const struct tt_detections_merge *m, const struct tt_hit *h)
{
	return h >= m->carried && h < m->carried + m->n_carried;
}

/* Is it the first hit of the window with its destination and value? It lives as long as the run. Hits are compared by all
 * of both, and where they stand follows from the secret: a sender chooses destinations, and could hide some whose hash is that of others. */
static bool
is_new_value(struct tt_detections_merge *m, const struct tt_hit *h)
{
	const struct tt_hash_seed place = tt_hash_seed_of(m->secret);
	uint64_t at = tt_hash_place_addr(h->dst, (uint64_t)h->value << 48 ^ m->window,
				      &place)
			& m->seen_mask;

	for (; m->seen[at].window == m->window; at = (at + 1) & m->seen_mask) {
		const struct tt_hit *seen = m->seen[at].hit;

		if (tt_addr_cmp(seen->dst, h->dst) == 0 && seen->value == h->value)
			return false;
	}
	m->seen[at] = (struct tt_seen){h, m->window};
	return true;
}

/* Keeps a hit of the open window for the next interval, where it sorts before any other. */
static void
carry(struct walk *w, const struct tt_hit *h)
{
	struct tt_detections_merge *m = w->m;
	struct tt_hit *to;

	if (m->n_next == m->max_hits) {
		m->totals->not_carried++;
		return;
	}
	to = &m->next[m->n_next++];
	*to = *h;
	to->first_us = to->last_us = w->window.start_us;
	to->second = 0;
}

/* Ends the window of the address tracked so far: is it open beyond the interval? */
static void
leave(struct walk *w)
{
	struct tt_detections_merge *m = w->m;
	const int64_t us = (int64_t)w->count->seconds * TT_US_PER_S;
	struct tt_hit h = w->tracked;

	if (!w->window.open || w->window.start_us + us < m->end_us) {
		m->n_next = w->from;
		return;
	}
	if (w->count->unique != TT_RULE_UNIQUE_NONE)
		return;
	h.packets = w->window.count;
	carry(w, &h);
}

/* Is it the address that the rule tracks at present? */
static bool
is_tracked(const struct walk *w, const struct tt_hit *h)
{
	switch (w->count->track) {
	case TT_RULE_TRACK_SOURCE:
		return tt_addr_cmp(w->tracked.src, h->src) == 0;
	case TT_RULE_TRACK_DESTINATION:
		return tt_addr_cmp(w->tracked.dst, h->dst) == 0;
	case TT_RULE_TRACK_BOTH:
		return tt_addr_cmp(w->tracked.src, h->src) == 0
				&& tt_addr_cmp(w->tracked.dst, h->dst) == 0;
	default:
		return true;
	}
}

/* How many packets of a hit are detections. */
static uint64_t
detections_of(struct walk *w, const struct tt_hit *h, uint64_t packets)
{
	struct tt_detections_merge *m = w->m;
	bool is_new;

	if (tt_window_turn(&w->window, w->count, h->first_us)) {
		m->window++;
		m->n_next = w->from;
	}
	if (w->count->unique == TT_RULE_UNIQUE_NONE)
		return tt_window_add(&w->window, w->count, packets);
	is_new = is_new_value(m, w->first);
	if (is_new)
		carry(w, h);
	return tt_window_add_value(&w->window, w->count, packets, is_new);
}

static void
note(struct walk *w, const struct tt_hit *h, uint64_t detections)
{
	struct tt_detections_merge *m = w->m;
	const unsigned shift = w->shift;

	TT_ASSERT(m->n_found < m->room);
	m->found[m->n_found++] = (struct tt_found){
			.src = h->src,
			.detections = w->scaled
					? (detections + (UINT64_C(1) << shift) - 1)
							>> shift
					: detections,
			.scaled = w->scaled ? detections : detections << shift,
			.first_us = h->first_us,
			.last_us = h->last_us,
			.rule = h->rule,
	};
}

/* The hit at items[at] with all others of its key; returns how many these are. */
static uint64_t
fold(const struct tt_detections_merge *m, uint64_t at, uint64_t end, struct tt_hit *h)
{
	uint64_t n = 1;

	*h = *(const struct tt_hit *)m->items[at].ref;
	if (is_carried(m, m->items[at].ref))
		return n;
	for (; at + n < end && tt_hit_compare(h, m->items[at + n].ref) == 0; n++)
		tt_hit_add(h, m->items[at + n].ref);
	return n;
}

static void
walk_hit(struct walk *w, const struct tt_hit *h, bool carried)
{
	struct tt_detections_merge *m = w->m;
	uint64_t packets = h->packets, detections;

	if (w->count->type == TT_RULE_COUNT_NONE) {
		note(w, h, packets);
		return;
	}
	if (!w->window.open || !is_tracked(w, h)) {
		leave(w);
		w->from = m->n_next;
		w->tracked = *h;
		w->window.open = false;
	}
	if (w->scaled && !carried)
		packets <<= w->shift;
	detections = detections_of(w, h, packets);
	if (detections > 0 && !carried)
		note(w, h, detections);
}

/* The hits of one rule: items from at to end. */
static void
find_rule(struct tt_detections_merge *m, uint64_t at, uint64_t end)
{
	const struct tt_hit *first = m->items[at].ref;
	const struct tt_rule_count *count = &m->rules->rules[first->rule].count;
	struct walk w = {.m = m,
			.count = count,
			.from = m->n_next,
			.shift = tt_detections_shift_of(m, &m->rules->rules[first->rule]),
			.scaled = count->type != TT_RULE_COUNT_NONE
					&& (count->track == TT_RULE_TRACK_DESTINATION
							|| count->track == TT_RULE_TRACK_RULE)};
	enum tt_rule_track track = count->type == TT_RULE_COUNT_NONE
			? TT_RULE_TRACK_SOURCE
			: count->track;
	uint64_t n;

	for (uint64_t i = at; i < end; i++) {
		const struct tt_hit *h = m->items[i].ref;

		m->items[i].prefix = track == TT_RULE_TRACK_RULE ? h->second
				: track == TT_RULE_TRACK_DESTINATION
				? tt_detections_prefix(h->dst)
				: tt_detections_prefix(h->src);
	}
	tt_sort(&m->items[at], m->scratch, end - at, order_of[track]);
	for (uint64_t i = at; i < end; i += n) {
		struct tt_hit h;

		w.first = m->items[i].ref;
		n = fold(m, i, end, &h);
		walk_hit(&w, &h, is_carried(m, w.first));
	}
	if (count->type != TT_RULE_COUNT_NONE)
		leave(&w);
}

void
tt_detections_find(struct tt_detections_merge *m)
{
	uint64_t end;

	tt_sort(m->items, m->scratch, m->n_items, NULL);
	for (uint64_t at = 0; at < m->n_items; at = end) {
		for (end = at + 1; end < m->n_items
				&& m->items[end].prefix == m->items[at].prefix;
				end++)
			continue;
		find_rule(m, at, end);
	}
	if (m->shift[TT_HITS_COUNTING] > 0 || m->totals->not_carried > 0)
		m->next_lacks_until_us = m->end_us + m->longest_us;
}
