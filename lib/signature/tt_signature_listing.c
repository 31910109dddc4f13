/* SPDX-License-Identifier: BSD-3-Clause */
/* Which rules are listed by which keys, and which are in the list of any. */
#include "tt_signature_listing.h"

#include <errno.h>

#define FEW_KEYS 8192 /* a rule with more is in the class's list of any */

/*
 * How long the lists of a side may be in all, a list counted as LIST_COST rules more than it has: about
 * 100 µs of Vectorscan's compiler for a rule with a pattern, a few microseconds and 10 KiB for 64
 * others.
 */
#define SEARCHED_MAX 12000
#define TRIED_MAX    200000
#define LIST_COST    4

static bool
constant_fits(const struct tt_rule *rule, enum tt_rule_kind kind, uint32_t value)
{
	for (unsigned i = 0; i < rule->n_header; i++) {
		const struct tt_rule_option *o = &rule->header[i];

		if (o->kind == kind && !tt_signature_in(&o->u.number, o->negated, value))
			return false;
	}
	return true;
}

/* May the rule match a packet of the class at all? */
static bool
fits(const struct tt_rule *rule, enum tt_signature_class class)
{
	switch (class) {
	case TT_SIGNATURE_TCP:
		return (rule->protocol == TT_RULE_TCP || rule->protocol == TT_RULE_IP)
				&& constant_fits(rule, TT_RULE_IP_PROTO, TT_PROTO_TCP);
	case TT_SIGNATURE_UDP:
		return (rule->protocol == TT_RULE_UDP || rule->protocol == TT_RULE_IP)
				&& constant_fits(rule, TT_RULE_IP_PROTO, TT_PROTO_UDP);
	case TT_SIGNATURE_ICMP:
		if (rule->src_ports.n != 0 || rule->dst_ports.n != 0)
			return false;
		return rule->protocol == TT_RULE_ICMP
				|| (rule->protocol == TT_RULE_IP
						&& (constant_fits(rule, TT_RULE_IP_PROTO,
								    TT_PROTO_ICMP)
								|| constant_fits(rule,
										TT_RULE_IP_PROTO,
										TT_PROTO_ICMPV6)));
	default:
		return rule->protocol == TT_RULE_SCTP
				|| (rule->protocol == TT_RULE_IP && rule->src_ports.n == 0
						&& rule->dst_ports.n == 0);
	}
}

static uint32_t
ports_in(const struct tt_rule_ports *list)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < list->n; i++)
		sum += list->ranges[i].last - list->ranges[i].first + 1u;
	return list->n == 0 ? TT_SIGNATURE_KEYS : sum;
}

static void
add_range(struct tt_signature_events *events, uint32_t rank, uint32_t keys,
		uint32_t first, uint32_t last)
{
	events->all[events->n++] = (struct tt_signature_event){first, rank, keys, 1};
	events->all[events->n++] = (struct tt_signature_event){last + 1, rank, keys, -1};
}

static void
add_ports(struct tt_signature_events *events, uint32_t rank,
		const struct tt_rule_ports *list)
{
	for (unsigned i = 0; i < list->n; i++)
		add_range(events, rank, ports_in(list), list->ranges[i].first,
				list->ranges[i].last);
}

static void
list_by_ports(struct tt_signature_listing *l, uint32_t rank,
		const struct tt_rule_ports *from, const struct tt_rule_ports *to)
{
	const uint32_t n_from = ports_in(from), n_to = ports_in(to);

	if (tt_signature_min(n_from, n_to) > FEW_KEYS)
		l->in_any[rank] = true;
	else if (n_to <= n_from)
		add_ports(&l->events[TT_SIGNATURE_BY_DST], rank, to);
	else
		add_ports(&l->events[TT_SIGNATURE_BY_SRC], rank, from);
}

/* ICMP by type, others by protocol. */
static void
list_by_number(struct tt_signature_listing *l, uint32_t rank, const struct tt_rule *rule)
{
	const enum tt_rule_kind kind = l->class == TT_SIGNATURE_ICMP ? TT_RULE_ITYPE
								     : TT_RULE_IP_PROTO;

	for (unsigned i = 0; i < rule->n_header; i++) {
		const struct tt_rule_option *o = &rule->header[i];

		if (o->kind != kind || o->negated || o->u.number.ignore != 0
				|| o->u.number.min > 255)
			continue;
		add_range(&l->events[TT_SIGNATURE_BY_DST], rank, 1, o->u.number.min,
				tt_signature_min(o->u.number.max, 255));
		return;
	}
	l->in_any[rank] = true;
}

static void
list_rule(struct tt_signature_listing *l, uint32_t rank)
{
	const struct tt_rule *rule = l->s->rules[rank].rule;

	if (!fits(rule, l->class))
		return;
	if (l->class > TT_SIGNATURE_UDP) {
		list_by_number(l, rank, rule);
		return;
	}
	list_by_ports(l, rank, &rule->src_ports, &rule->dst_ports);
	if (rule->both_directions)
		list_by_ports(l, rank, &rule->dst_ports, &rule->src_ports);
}

static int
by_key(const void *pa, const void *pb)
{
	const struct tt_signature_event *a = pa, *b = pb;

	return a->key < b->key ? -1 : a->key > b->key;
}

static bool
is_searched(const struct tt_signature_listing *l, const struct tt_signature_event *event)
{
	return l->s->literals[event->rank].n != 0;
}

/* How long the lists would be, of rules that are searched for or not, with no more keys than that. */
static uint64_t
length_of(const struct tt_signature_listing *l, const struct tt_signature_events *events,
		bool searched, uint32_t keys)
{
	uint64_t sum = 0, active = 0;

	for (uint32_t i = 0; i < events->n;) {
		const uint32_t key = events->all[i].key;
		bool changed = false;

		for (; i < events->n && events->all[i].key == key; i++) {
			const struct tt_signature_event *event = &events->all[i];

			if (event->keys > keys || is_searched(l, event) != searched)
				continue;
			active += (uint64_t)(int64_t)event->change;
			changed = true;
		}
		if (changed && active != 0)
			sum += active + LIST_COST;
	}
	return sum;
}

static uint32_t
few_keys(const struct tt_signature_listing *l, const struct tt_signature_events *events,
		bool searched)
{
	const uint64_t most = searched ? SEARCHED_MAX : TRIED_MAX;
	uint32_t few = FEW_KEYS;

	while (few > 0 && length_of(l, events, searched, few) > most)
		few /= 2;
	return few;
}

/* Sorts the events of a side, and puts what has too many keys into the list of any. */
static void
keep_to_budget(struct tt_signature_listing *l, struct tt_signature_events *events)
{
	uint32_t few[2], n = 0;

	qsort(events->all, events->n, sizeof(*events->all), by_key);
	few[false] = few_keys(l, events, false);
	few[true] = few_keys(l, events, true);
	for (uint32_t i = 0; i < events->n; i++) {
		const struct tt_signature_event *event = &events->all[i];

		if (event->keys > few[is_searched(l, event)])
			l->in_any[event->rank] = true;
		else
			events->all[n++] = *event;
	}
	events->n = n;
}

static int
take(struct tt_signature_listing *l, struct tt_signature_arena *arena)
{
	size_t ranges = 0;

	for (uint32_t i = 0; i < l->s->n; i++)
		ranges += l->s->rules[i].rule->src_ports.n
				+ l->s->rules[i].rule->dst_ports.n + 1;
	l->in_any = tt_signature_take(arena, l->s->n + 1, sizeof(*l->in_any));
	for (unsigned side = 0; side < TT_SIGNATURE_N_SIDES; side++) {
		l->events[side].all = tt_signature_take(
				arena, 2 * ranges + 2, sizeof(struct tt_signature_event));
		if (l->events[side].all == NULL)
			return -ENOMEM;
	}
	return l->in_any == NULL ? -ENOMEM : 0;
}

int
tt_signature_listing_make(struct tt_signature_listing *l, const struct tt_signatures *s,
		enum tt_signature_class class, struct tt_signature_arena *arena)
{
	*l = (struct tt_signature_listing){.s = s, .class = class};
	if (take(l, arena) < 0)
		return -ENOMEM;
	for (uint32_t rank = 0; rank < s->n; rank++)
		list_rule(l, rank);
	for (unsigned side = 0; side < TT_SIGNATURE_N_SIDES; side++)
		keep_to_budget(l, &l->events[side]);
	return 0;
}
