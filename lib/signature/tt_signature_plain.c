/* SPDX-License-Identifier: BSD-3-Clause */
/* Classes of ports: runs of them between those at which a rule begins or ends to be possible. */
#include "tt_signature_plain.h"
#include "tt_signature_private.h"

#include <errno.h>
#include <string.h>

#define ENTRIES_MAX (1u << 18)
#define CLASSES_MAX UINT16_MAX
#define PLACES_MAX  64 /* looked through for each entry */

struct work {
	const struct tt_signatures *s;
	const struct tt_signature_side *side;
	uint8_t flags;
	uint32_t any[TT_SIGNATURE_PLAIN_ANY_MAX]; /* [n_any] ranks */
	uint32_t n_any;
	uint32_t *ranks; /* of the run at hand */
	bool *edges; /* [TT_SIGNATURE_KEYS + 1] a run begins */
};

/* What does a rule ask of a plain packet with these flags, beside its destination port? */
static enum tt_signature_plain_asks
asks(const struct tt_rule *rule, uint8_t flags)
{
	if (rule->n_payload != 0 || rule->src_ports.n != 0 || rule->both_directions)
		return TT_SIGNATURE_ASKS_ALL;
	for (unsigned i = 0; i < rule->n_header; i++) {
		const struct tt_rule_option *o = &rule->header[i];
		bool holds = false;

		if (o->kind == TT_RULE_FLAGS)
			holds = tt_signature_bits(&o->u.bits, flags) != o->negated;
		else if (o->kind == TT_RULE_DSIZE)
			holds = tt_signature_in(&o->u.number, o->negated, 0);
		else if (o->kind == TT_RULE_IP_PROTO)
			holds = tt_signature_in(&o->u.number, o->negated, TT_PROTO_TCP);
		if (!holds)
			return TT_SIGNATURE_ASKS_ALL;
	}
	return rule->src.n != 0 || rule->dst.n != 0 ? TT_SIGNATURE_ASKS_PLACE
						    : TT_SIGNATURE_ASKS_NOTHING;
}

/* What of a list an address of IPv4 can be in. Returns whether there is room. */
static bool
list_of(struct tt_signature_place_list *to, const struct tt_rule_addresses *from)
{
	memset(to, 0, sizeof(*to)); /* padding as well: compared as bytes */
	for (unsigned i = 0; i < from->n; i++) {
		const struct tt_rule_address_range *range = &from->ranges[i];
		const uint64_t last = range->last.hi == 0 ? range->last.lo : UINT64_MAX;

		if (range->first.hi != 0 || last < TT_ADDR_V4_PREFIX
				|| range->first.lo > (TT_ADDR_V4_PREFIX | UINT32_MAX))
			continue;
		if (to->n == TT_SIGNATURE_PLACE_RANGES)
			return false;
		to->ranges[to->n].first = range->first.lo;
		to->ranges[to->n++].more = last - range->first.lo;
	}
	/* Where it names others alone, :: alone, which no address of IPv4 is. */
	to->n += from->n != 0 && to->n == 0;
	return true;
}

/* The place of a rule, added where there is none like it. Returns whether it has one. */
static bool
find_place(struct tt_signature_plain *plain, const struct tt_rule *rule, uint32_t *at)
{
	struct tt_signature_place place;

	if (!list_of(&place.dst, &rule->dst) || !list_of(&place.src, &rule->src))
		return false;
	for (*at = 0; *at < plain->n_places; ++*at)
		if (memcmp(&plain->places[*at], &place, sizeof(place)) == 0)
			return true;
	if (plain->n_places == PLACES_MAX)
		return false;
	plain->places[plain->n_places++] = place;
	return true;
}

static struct tt_signature_plain_entry
entry_of(const struct work *w, struct tt_signature_plain *plain, uint32_t rank)
{
	const struct tt_rule *rule = w->s->rules[rank].rule;
	enum tt_signature_plain_asks left = asks(rule, w->flags);
	uint32_t place = 0;

	if (left == TT_SIGNATURE_ASKS_PLACE && !find_place(plain, rule, &place))
		left = TT_SIGNATURE_ASKS_ADDRESSES;
	return (struct tt_signature_plain_entry){.rank = rank & 0x3fffffff,
			.asks = left,
			.index = w->s->rules[rank].index,
			.place = place};
}

/* May it be of packets to the port? */
static bool
goes_to(const struct tt_rule *rule, uint32_t port)
{
	if (rule->dst_ports.n == 0 || rule->both_directions)
		return true;
	for (unsigned i = 0; i < rule->dst_ports.n; i++)
		if (rule->dst_ports.ranges[i].first <= port
				&& port <= rule->dst_ports.ranges[i].last)
			return true;
	return false;
}

static void
find_edges(struct work *w)
{
	w->edges[0] = true;
	for (uint32_t port = 1; w->side->list_of != NULL && port < TT_SIGNATURE_KEYS;
			port++)
		w->edges[port] = w->side->list_of[port] != w->side->list_of[port - 1];
	for (uint32_t k = 0; k < w->n_any; k++) {
		const struct tt_rule_ports *list = &w->s->rules[w->any[k]]
								    .rule->dst_ports;

		for (unsigned i = 0; i < list->n; i++) {
			w->edges[list->ranges[i].first] = true;
			w->edges[list->ranges[i].last + 1u] = true;
		}
	}
}

/* The ranks that are possible at a port, ascending, each once, in w->ranks. Returns how many. */
static uint32_t
gather(struct work *w, uint32_t port)
{
	static const struct tt_signature_filter none;
	const struct tt_signature_side *side = w->side;
	const struct tt_signature_filter *f = side->list_of == NULL
			? &none
			: &side->lists[side->list_of[port]].header;
	uint32_t n = 0, i = 0, k = 0;

	while (i < f->n || k < w->n_any) {
		const uint32_t a = i < f->n ? f->ranks[i] : UINT32_MAX;
		const uint32_t b = k < w->n_any ? w->any[k] : UINT32_MAX;
		const uint32_t rank = a < b ? a : b;
		const bool may = (a == rank && tt_signature_gate_may(f, w->flags, i))
				|| (b == rank && goes_to(w->s->rules[rank].rule, port));

		i += a == rank;
		k += b == rank;
		if (may && (n == 0 || w->ranks[n - 1] != rank))
			w->ranks[n++] = rank;
	}
	return n;
}

/* Calls for each run: how many ranks it has. */
static bool
count(struct work *w, uint32_t *n_classes, uint32_t *n_entries)
{
	*n_classes = 1;
	*n_entries = 0;
	for (uint32_t port = 0; port < TT_SIGNATURE_KEYS; port++) {
		uint32_t n;

		if (!w->edges[port])
			continue;
		n = gather(w, port);
		*n_classes += n != 0;
		*n_entries += n;
		if (*n_entries > ENTRIES_MAX || *n_classes > CLASSES_MAX)
			return false;
	}
	return true;
}

/* Ranks are in the order of the set, as hits are, but for rules with flowbits, which are tried. */
static struct tt_signature_plain_class
add_class(struct work *w, struct tt_signature_plain *plain, uint32_t first, uint32_t n)
{
	struct tt_signature_plain_class class = {
			.first = first, .n = n, .tried = n > TT_SIGNATURE_HITS_MAX};
	uint32_t n_tried = 0;

	for (uint32_t i = 0; i < n; i++) {
		plain->entries[first + i] = entry_of(w, plain, w->ranks[i]);
		n_tried += plain->entries[first + i].asks == TT_SIGNATURE_ASKS_ALL;
	}
	class.tried |= n_tried != 0;
	class.crowded = n_tried > TT_SIGNATURE_TRIED_MAX;
	return class;
}

static void
fill(struct work *w, struct tt_signature_plain *plain)
{
	uint32_t n_classes = 1, n_entries = 0;
	uint16_t class = 0;

	for (uint32_t port = 0; port < TT_SIGNATURE_KEYS; port++) {
		if (w->edges[port]) {
			const uint32_t n = gather(w, port);

			class = (uint16_t)(n != 0 ? n_classes++ : 0);
			if (n != 0)
				plain->classes[class] = add_class(w, plain, n_entries, n);
			n_entries += n;
		}
		plain->class_of[port] = class;
	}
}

static int
take(struct work *w, struct tt_signature_arena *mine)
{
	w->ranks = tt_signature_take(mine, w->s->n + 1, sizeof(*w->ranks));
	w->edges = tt_signature_take(mine, TT_SIGNATURE_KEYS + 1, sizeof(*w->edges));
	return w->ranks == NULL || w->edges == NULL ? -ENOMEM : 0;
}

int
tt_signature_plain_init(struct tt_signature_plain *plain, const struct tt_signatures *s,
		const struct tt_signature_group *group, uint8_t flags,
		const bool *in_plain, struct tt_signature_arena *arena,
		struct tt_signature_arena *mine)
{
	const struct tt_signature_filter *f = &group->any.header;
	struct work w = {.s = s,
			.side = &group->sides[TT_SIGNATURE_BY_DST],
			.flags = flags};
	uint32_t n_classes, n_entries;

	if (take(&w, mine) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < f->n; i++) {
		if (!in_plain[i] || (w.n_any != 0 && w.any[w.n_any - 1] == f->ranks[i]))
			continue;
		if (w.n_any == TT_SIGNATURE_PLAIN_ANY_MAX)
			return false;
		w.any[w.n_any++] = f->ranks[i];
	}
	find_edges(&w);
	if (!count(&w, &n_classes, &n_entries))
		return false;
	plain->classes = tt_signature_take(arena, n_classes, sizeof(*plain->classes));
	plain->entries = tt_signature_take(arena, n_entries + 1, sizeof(*plain->entries));
	plain->places = tt_signature_take(arena, PLACES_MAX, sizeof(*plain->places));
	if (plain->classes == NULL || plain->entries == NULL || plain->places == NULL)
		return -ENOMEM;
	fill(&w, plain);
	return true;
}
