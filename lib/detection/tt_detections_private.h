/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the room share; not for others. */
#ifndef TT_DETECTIONS_PRIVATE_H
#define TT_DETECTIONS_PRIVATE_H

#include "tt_detections.h"

static inline int
tt_compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By rule, source, second, destination, value: what hits are told apart by. */
static inline int
tt_hit_compare(const struct tt_hit *x, const struct tt_hit *y)
{
	int order = tt_compare_u64(x->rule, y->rule);

	if (order == 0)
		order = tt_addr_cmp(x->src, y->src);
	if (order == 0)
		order = tt_compare_u64(x->second, y->second);
	if (order == 0)
		order = tt_addr_cmp(x->dst, y->dst);
	return order != 0 ? order : tt_compare_u64(x->value, y->value);
}

/* Adds what another hit of the same key counted. */
static inline void
tt_hit_add(struct tt_hit *to, const struct tt_hit *from)
{
	to->packets += from->packets;
	if (from->first_us < to->first_us)
		to->first_us = from->first_us;
	if (from->last_us > to->last_us)
		to->last_us = from->last_us;
}

/* Notes a match of a rule, which has that place in the set: what its hit is told apart by. Returns the kind of that. */
static inline enum tt_hit_kind
tt_detection_note(struct tt_detection_match *m, const struct tt_rule *rule,
		uint32_t place, const struct tt_packet *p, int64_t time_us)
{
	const struct tt_rule_count *c = &rule->count;

	m->src = p->src;
	m->dst = (struct tt_addr){0};
	m->time_us = time_us;
	m->second = 0;
	m->rule = (uint16_t)place;
	m->value = 0;
	if (c->type == TT_RULE_COUNT_NONE)
		return TT_HITS_PLAIN;
	m->second = (uint32_t)(time_us / TT_US_PER_S);
	if (c->track == TT_RULE_TRACK_DESTINATION || c->track == TT_RULE_TRACK_BOTH
			|| c->unique == TT_RULE_UNIQUE_DST_ADDRESS)
		m->dst = p->dst;
	if (c->unique == TT_RULE_UNIQUE_DST_PORT)
		m->value = p->dst_port;
	if (c->unique == TT_RULE_UNIQUE_SRC_PORT)
		m->value = p->src_port;
	return TT_HITS_COUNTING;
}

/*
 * Counts that a rule (its place in the set) matched a packet, sooner or later: the matches of many bursts
 * together, in the order in which they came, so that none waits for the memory of another. matches and any are true
 * at once, all else after tt_detections_settle. Cost, while there is room: a cache line; where another hit has the slot that
 * would be its own, or its hit is new, one of tags besides, of which a line has four buckets, or two, and another slot's;
 * of a source that is not kept, the line of its cell and those of its country.
 */
static inline void
tt_detections_put_off(struct tt_detections *d, uint32_t rule,
		const struct tt_packet *packet, int64_t time_us)
{
	const unsigned i = d->n_put_off++;
	const enum tt_hit_kind kind = tt_detection_note(&d->put_off[i],
			&d->config.rules->rules[rule], rule, packet, time_us);

	d->counting |= (uint64_t)(kind == TT_HITS_COUNTING) << i;
	d->matches++;
	d->any = true;
	if (TT_UNLIKELY(i == TT_DETECTIONS_PUT_OFF - 1))
		tt_detections_settle(d);
}

#endif
