/* SPDX-License-Identifier: BSD-3-Clause */
#include "detections_ref.h"

#include <stdlib.h>
#include <string.h>

static int64_t
second_of(const struct event *e)
{
	return e->time_us / TT_US_PER_S;
}

static const struct tt_rule_count *ref_count; /* of the rule whose events are compared */

static struct tt_addr
dst_of(const struct event *e)
{
	const struct tt_rule_count *c = ref_count;

	return c->type != TT_RULE_COUNT_NONE
					&& (c->track == TT_RULE_TRACK_DESTINATION
							|| c->track == TT_RULE_TRACK_BOTH
							|| c->unique == TT_RULE_UNIQUE_DST_ADDRESS)
			? e->dst
			: (struct tt_addr){0};
}

static int
value_of(const struct event *e)
{
	return ref_count->unique == TT_RULE_UNIQUE_DST_PORT            ? e->dst_port
			: ref_count->unique == TT_RULE_UNIQUE_SRC_PORT ? e->src_port
								       : 0;
}

static int
sign(int64_t n)
{
	return (n > 0) - (n < 0);
}

/* In the order in which a rule comes by them: interval, second, then what tells groups apart. */
static int
by_group(const void *a, const void *b)
{
	const struct event *x = *(struct event *const *)a, *y = *(struct event *const *)b;
	int order = sign((int64_t)x->interval - y->interval);

	if (order == 0 && ref_count->type != TT_RULE_COUNT_NONE)
		order = sign(second_of(x) - second_of(y));
	if (order == 0)
		order = tt_addr_cmp(x->src, y->src);
	if (order == 0)
		order = tt_addr_cmp(dst_of(x), dst_of(y));
	return order != 0 ? order : value_of(x) - value_of(y);
}

static bool
same_tracked(const struct event *x, const struct event *y)
{
	switch (ref_count->track) {
	case TT_RULE_TRACK_SOURCE:
		return tt_addr_cmp(x->src, y->src) == 0;
	case TT_RULE_TRACK_DESTINATION:
		return tt_addr_cmp(x->dst, y->dst) == 0;
	case TT_RULE_TRACK_BOTH:
		return tt_addr_cmp(x->src, y->src) == 0
				&& tt_addr_cmp(x->dst, y->dst) == 0;
	default:
		return true;
	}
}

struct group {
	struct event *first;
	int64_t time_us; /* of its earliest */
	uint64_t packets;
};

/* What a window of the reference counts: packets, or distinct values. */
static uint64_t
size_of(const struct group *groups, const unsigned *in, unsigned n)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct event *e = groups[in[i]].first;
		bool known = false;

		for (unsigned k = 0; k < i && !known; k++)
			known = value_of(groups[in[k]].first) == value_of(e)
					&& tt_addr_cmp(dst_of(groups[in[k]].first),
							   dst_of(e))
							== 0;
		if (ref_count->unique == TT_RULE_UNIQUE_NONE)
			size += groups[in[i]].packets;
		else
			size += !known;
	}
	return size;
}

/* One packet after the other, as the manuals say. */
static uint64_t
detections_among(uint64_t before, uint64_t packets)
{
	uint64_t detections = 0;

	for (uint64_t n = before + 1; n <= before + packets; n++) {
		detections += ref_count->type == TT_RULE_COUNT_LIMIT
				&& n <= ref_count->count;
		detections += ref_count->type == TT_RULE_COUNT_THRESHOLD
				&& n % ref_count->count == 0;
		detections += ref_count->type == TT_RULE_COUNT_BOTH
				&& n == ref_count->count;
		detections += ref_count->type == TT_RULE_COUNT_FILTER
				&& n > ref_count->count;
	}
	return detections;
}

/* Goes through the groups of one tracked address. */
static void
ref_tracked(struct group *groups, const unsigned *of, unsigned n)
{
	unsigned from = 0;

	for (unsigned i = 0; i < n; i++) {
		struct group *g = &groups[of[i]];
		uint64_t before, after;

		if (g->time_us > groups[of[from]].time_us
						+ (int64_t)ref_count->seconds
								* TT_US_PER_S)
			from = i;
		before = size_of(groups, &of[from], i - from);
		after = size_of(groups, &of[from], i - from + 1);
		if (ref_count->unique == TT_RULE_UNIQUE_NONE)
			g->first->detections = detections_among(before, g->packets);
		else
			g->first->detections = after > ref_count->count ? g->packets : 0;
	}
}

/* The groups of sorted events; returns how many there are. */
static unsigned
group(struct event *const *events, unsigned n, struct group *groups)
{
	unsigned n_groups = 0;

	for (unsigned i = 0; i < n; i++) {
		if (i == 0 || by_group(&events[i - 1], &events[i]) != 0)
			groups[n_groups++] = (struct group){
					events[i], events[i]->time_us, 0};
		groups[n_groups - 1].packets++;
		if (events[i]->time_us < groups[n_groups - 1].time_us)
			groups[n_groups - 1].time_us = events[i]->time_us;
	}
	return n_groups;
}

/* What is tracked, one address after the other. */
static void
ref_groups(struct group *groups, unsigned n)
{
	static unsigned of[EVENTS_MAX];
	static bool done[EVENTS_MAX];

	memset(done, 0, sizeof(done));
	for (unsigned i = 0; i < n; i++) {
		unsigned n_of = 0;

		if (done[i])
			continue;
		for (unsigned k = i; k < n; k++)
			if (same_tracked(groups[i].first, groups[k].first)) {
				of[n_of++] = k;
				done[k] = true;
			}
		ref_tracked(groups, of, n_of);
	}
}

void
detections_ref(struct event *all, unsigned n, uint16_t rule,
		const struct tt_rule_count *count)
{
	static struct event *events[EVENTS_MAX];
	static struct group groups[EVENTS_MAX];
	unsigned n_events = 0, n_groups;

	ref_count = count;
	for (unsigned i = 0; i < n; i++)
		if (all[i].rule == rule)
			events[n_events++] = &all[i];
	qsort(events, n_events, sizeof(events[0]), by_group);
	n_groups = group(events, n_events, groups);
	if (count->type != TT_RULE_COUNT_NONE) {
		ref_groups(groups, n_groups);
		return;
	}
	for (unsigned i = 0; i < n_groups; i++)
		groups[i].first->detections = groups[i].packets;
}
