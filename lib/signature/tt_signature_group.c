/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules → lists by class and by port. Ports with the same rules share a list, so that there are at most
 * twice as many lists as ranges in all rules.
 */
#include "tt_signature_listing.h"

#include <errno.h>

/* What is worked out for one class. */
struct work {
	struct tt_signatures *s;
	struct tt_signature_group *group;
	struct tt_signature_arena arena; /* gone afterwards */
	struct tt_signature_listing listing;
};

/* Splits ranks[n] into those that are searched for and those that are tried. */
static int
fill_list(struct tt_signatures *s, struct tt_signature_list *list, const uint32_t *ranks,
		uint32_t n)
{
	uint32_t *tried = tt_signature_take(&s->arena, n, sizeof(*tried));
	uint32_t n_tried = 0;

	list->searched = tt_signature_take(&s->arena, n, sizeof(*list->searched));
	if (tried == NULL || list->searched == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (s->literals[ranks[i]].n != 0)
			list->searched[list->n_searched++] = ranks[i];
		else
			tried[n_tried++] = ranks[i];
	return tt_signature_filter_init(
			&list->header, tried, n_tried, s->rules, &s->arena);
}

/* The rules that are listed at a key, ascending. */
struct active {
	uint32_t *ranks;
	uint32_t n;
	uint32_t *counts; /* [rules] ranges of the rule that hold the key */
};

static void
change(struct active *a, const struct tt_signature_event *event)
{
	uint32_t at = 0;

	a->counts[event->rank] += (uint32_t)event->change;
	if (a->counts[event->rank] != (event->change > 0 ? 1u : 0u))
		return;
	while (at < a->n && a->ranks[at] < event->rank)
		at++;
	if (event->change > 0) {
		memmove(a->ranks + at + 1, a->ranks + at,
				(a->n - at) * sizeof(*a->ranks));
		a->ranks[at] = event->rank;
		a->n++;
	} else {
		memmove(a->ranks + at, a->ranks + at + 1,
				(a->n - at - 1) * sizeof(*a->ranks));
		a->n--;
	}
}

/* Lists by what is in them. */
struct interned {
	struct slot {
		const uint32_t *ranks;
		uint32_t n;
		uint32_t list; /* 0: free */
	} * slots;
	uint32_t mask;
};

static struct slot *
slot_of(const struct interned *in, const struct active *a)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	uint32_t i;

	for (uint32_t k = 0; k < a->n; k++)
		hash = (hash ^ a->ranks[k]) * UINT64_C(0x100000001b3);
	i = (uint32_t)(hash >> 20) & in->mask;
	while (in->slots[i].list != 0
			&& (in->slots[i].n != a->n
					|| memcmp(in->slots[i].ranks, a->ranks,
							   a->n * sizeof(*a->ranks))
							!= 0))
		i = (i + 1) & in->mask;
	return &in->slots[i];
}

/* The list with the active rules, made where there is none. Returns 0 or -ENOMEM. */
static int
list_of_active(struct work *w, struct tt_signature_side *side, struct interned *in,
		const struct active *a, uint32_t *list)
{
	struct slot *slot;
	uint32_t *ranks;

	*list = 0;
	if (a->n == 0)
		return 0;
	slot = slot_of(in, a);
	if (slot->list == 0) {
		ranks = tt_signature_take(&w->arena, a->n, sizeof(*ranks));
		if (ranks == NULL)
			return -ENOMEM;
		memcpy(ranks, a->ranks, a->n * sizeof(*ranks));
		*slot = (struct slot){ranks, a->n, side->n++};
		if (fill_list(w->s, &side->lists[slot->list], ranks, a->n) < 0)
			return -ENOMEM;
	}
	*list = slot->list;
	return 0;
}

/* May a rule match a packet without payload? */
static bool
any_quiet(const struct tt_signatures *s, const struct tt_signature_list *list)
{
	const struct tt_signature_filter *f = &list->header;

	for (uint32_t i = 0; i < f->n; i++)
		if (!s->rules[f->ranks[i]].needs_payload
				&& tt_signature_filter_takes(
						f, TT_SIGNATURE_FIELD_DSIZE, 0, i))
			return true;
	return false;
}

static void
set_keys(const struct tt_signatures *s, struct tt_signature_side *side, uint32_t from,
		uint32_t to, uint32_t list)
{
	const bool quiet = any_quiet(s, &side->lists[list]);

	for (uint32_t key = from; list != 0 && key < to; key++) {
		side->list_of[key] = list;
		side->used[key / 64] |= UINT64_C(1) << key % 64;
		side->quiet[key / 64] |= (uint64_t)quiet << key % 64;
	}
}

static int
take_side(struct work *w, struct tt_signature_side *side, uint32_t n_events,
		struct interned *in, struct active *a)
{
	uint32_t slots = 64;

	while (slots < 4 * n_events)
		slots *= 2;
	in->mask = slots - 1;
	in->slots = tt_signature_take(&w->arena, slots, sizeof(*in->slots));
	a->ranks = tt_signature_take(&w->arena, w->s->n + 1, sizeof(*a->ranks));
	a->counts = tt_signature_take(&w->arena, w->s->n + 1, sizeof(*a->counts));
	side->lists = tt_signature_take(&w->s->arena, n_events + 1, sizeof(*side->lists));
	side->list_of = tt_signature_take(
			&w->s->arena, TT_SIGNATURE_KEYS, sizeof(*side->list_of));
	side->used = tt_signature_take(
			&w->s->arena, TT_SIGNATURE_KEYS / 64, sizeof(*side->used));
	side->n = 1;
	return in->slots == NULL || a->ranks == NULL || a->counts == NULL
					|| side->lists == NULL || side->list_of == NULL
					|| side->used == NULL
			? -ENOMEM
			: 0;
}

static int
make_side(struct work *w, struct tt_signature_side *side,
		struct tt_signature_events *events)
{
	struct interned in;
	struct active active = {0};
	uint32_t list;

	side->quiet = tt_signature_take(
			&w->s->arena, TT_SIGNATURE_KEYS / 64, sizeof(*side->quiet));
	if (side->quiet == NULL)
		return -ENOMEM;
	if (events->n == 0)
		return 0; /* list_of stays NULL: nothing to look up */
	if (take_side(w, side, events->n, &in, &active) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < events->n;) {
		const uint32_t key = events->all[i].key;

		while (i < events->n && events->all[i].key == key)
			change(&active, &events->all[i++]);
		if (list_of_active(w, side, &in, &active, &list) < 0)
			return -ENOMEM;
		if (i < events->n)
			set_keys(w->s, side, key, events->all[i].key, list);
	}
	return 0;
}

static int
make_any(struct work *w)
{
	uint32_t *ranks = tt_signature_take(&w->arena, w->s->n + 1, sizeof(*ranks));
	uint32_t n = 0;

	if (ranks == NULL)
		return -ENOMEM;
	for (uint32_t rank = 0; rank < w->s->n; rank++)
		if (w->listing.in_any[rank])
			ranks[n++] = rank;
	return fill_list(w->s, &w->group->any, ranks, n);
}

/* May any rule of a list of source ports match a plain packet with these flags? The screen hears of each of them once:
 * a rule stands in as many lists as there are runs of its ports. heard: two for each rank, of both directions. */
static bool
any_plain(struct tt_signature_gate *gate, const struct tt_signature_list *list,
		uint8_t flags, bool *heard)
{
	const struct tt_signature_filter *f = &list->header;
	bool any = false;

	for (uint32_t i = 0; i < f->n; i++) {
		const bool back = i > 0 && f->ranks[i] == f->ranks[i - 1];
		bool *known = &heard[2 * (size_t)f->ranks[i] + back];

		if (!*known && tt_signature_gate_may(f, flags, i)) {
			tt_signature_screen_by_src(gate, f, i);
			*known = true;
		}
		any |= *known;
	}
	return any;
}

/* Marks the source ports whose list has such a rule. */
static int
set_sources(struct work *w, struct tt_signature_gate *gate, uint8_t flags)
{
	const struct tt_signature_side *side = &w->group->sides[TT_SIGNATURE_BY_SRC];
	bool *plain = tt_signature_take(&w->arena, side->n + 1, sizeof(*plain));
	bool *heard = tt_signature_take(
			&w->arena, (size_t)w->s->n + 1, 2 * sizeof(*heard));

	if (plain == NULL || heard == NULL)
		return -ENOMEM;
	for (uint32_t i = 1; i < side->n; i++)
		plain[i] = any_plain(gate, &side->lists[i], flags, heard);
	for (uint32_t port = 0; side->list_of != NULL && port < TT_SIGNATURE_KEYS;
			port++) {
		const bool bit = plain[side->list_of[port]];

		gate->src_ports[port / TT_SIGNATURE_GATE_TOGETHER / 64] |= (uint64_t)bit
				<< port / TT_SIGNATURE_GATE_TOGETHER % 64;
		gate->by_src |= bit;
	}
	return 0;
}

/* Makes the sieve of the i-th gate, of which all is there. Sieving is of use where SYNs have one, as nearly all TCP of a
 * darknet is SYNs. Returns true or -ENOMEM. */
static int
make_sieve(struct work *w, unsigned i, uint8_t flags, const bool *in_plain)
{
	struct tt_signature_group *group = w->group;
	enum tt_signature_unsieved why;
	const int ret = tt_signature_sieve_init(&group->sieves[i], w->s, group,
			&group->gates[i], flags, in_plain, &why);

	if (ret < 0)
		return ret;
	if (flags == TT_TCP_SYN)
		w->s->unsieved = why;
	if (why == TT_SIGNATURE_SIEVED) {
		group->sieve_of[flags] = &group->sieves[i];
		if (flags == TT_TCP_SYN && !w->s->limits.plain)
			w->s->sieve = tt_signature_sieve_pick(w->s->limits.simd_bits);
	}
	return true;
}

/* Returns whether the i-th gate is of use, or -ENOMEM. */
static int
make_gate(struct work *w, unsigned i, uint8_t flags)
{
	struct tt_signature_gate *gate = &w->group->gates[i];
	const struct tt_signature_filter *f = &w->group->any.header;
	bool *in_plain = tt_signature_take(&w->arena, f->n + 1, sizeof(*in_plain));
	bool useful;
	int ret;

	if (in_plain == NULL
			|| tt_signature_gate_init(gate, f, w->s->rules, flags, in_plain,
					   &useful, &w->s->arena)
					< 0
			|| set_sources(w, gate, flags) < 0)
		return -ENOMEM;
	if (!useful)
		return false;
	ret = tt_signature_plain_init(&gate->plain, w->s, w->group, flags, in_plain,
			&w->s->arena, &w->arena);
	for (uint32_t port = 0; ret > 0 && port < TT_SIGNATURE_KEYS; port++)
		gate->dst_ports[port / 64] |= (uint64_t)(gate->plain.class_of[port] != 0)
				<< port % 64;
	return ret > 0 ? make_sieve(w, i, flags, in_plain) : ret;
}

/* What most packets of a darknet are, and what answers to others are. */
static int
make_gates(struct work *w)
{
	static const uint8_t usual[TT_SIGNATURE_GATES] = {TT_TCP_SYN,
			TT_TCP_SYN | TT_TCP_ACK, TT_TCP_RST, TT_TCP_RST | TT_TCP_ACK,
			TT_TCP_ACK};
	struct tt_signature_group *group = w->group;

	memset(&group->open, 0xff, sizeof(group->open));
	group->soles = tt_signature_take(
			&w->s->arena, TT_SIGNATURE_SOLES, sizeof(*group->soles));
	if (group->soles == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(group->screen_of); i++)
		group->screen_of[i] = &group->open;
	for (unsigned i = 0; i < TT_SIGNATURE_GATES; i++) {
		struct tt_signature_gate *gate = &group->gates[i];
		const int useful = make_gate(w, i, usual[i]);

		if (useful < 0)
			return useful;
		if (!useful)
			continue;
		group->gate_of[usual[i]] = gate;
		tt_signature_soles_add(group->soles, &gate->plain, usual[i]);
		if (tt_signature_screen_init(gate, usual[i]))
			group->screen_of[usual[i]] = &gate->screen;
	}
	return 0;
}

static int
make_group(struct work *w, enum tt_signature_class class)
{
	int ret = tt_signature_listing_make(&w->listing, w->s, class, &w->arena);

	for (unsigned side = 0; ret == 0 && side < TT_SIGNATURE_N_SIDES; side++)
		ret = make_side(w, &w->group->sides[side], &w->listing.events[side]);
	if (ret == 0)
		ret = make_any(w);
	return ret < 0 || class != TT_SIGNATURE_TCP ? ret : make_gates(w);
}

int
tt_signature_group_rules(struct tt_signatures *s)
{
	for (unsigned class = 0; class < TT_SIGNATURE_N_CLASSES; class ++) {
		struct work w = {.s = s, .group = &s->groups[class]};
		const int ret = make_group(&w, class);

		tt_signature_arena_fini(&w.arena);
		if (ret < 0)
			return ret;
	}
	return 0;
}
