/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_signature_count.h"
#include "tt_hash.h"
#include "tt_window.h"

#include <errno.h>
#include <string.h>

#define PROBES          32 /* slots that are looked at */
#define VALUES_PER_SLOT 4

/* What is tracked, and its window. */
struct entry {
	uint32_t rule; /* from 1 on; 0: free */
	struct tt_addr a, b; /* what the rule tracks; zeroes for the rest */
	struct tt_window window;
};

/* A distinct value of a window, by a hash that has no zero. */
struct value {
	uint64_t hash;
	int64_t end_us; /* of the window */
};

struct tt_signature_counts {
	const struct tt_rules *rules;
	struct entry *entries; /* [mask + 1] */
	uint32_t mask;
	struct value *values; /* [value_mask + 1] */
	uint32_t value_mask;
	uint64_t untracked;
};

int
tt_signature_counts_create(struct tt_signature_counts **counts,
		const struct tt_rules *rules, uint32_t entries)
{
	struct tt_signature_counts *c = calloc(1, sizeof(*c));
	uint32_t n = 64;

	*counts = NULL;
	if (c == NULL)
		return -ENOMEM;
	while (n < entries && n < UINT32_C(1) << 30)
		n *= 2;
	c->rules = rules;
	c->mask = n - 1;
	c->value_mask = n * VALUES_PER_SLOT - 1;
	c->entries = calloc(n, sizeof(*c->entries));
	c->values = calloc((size_t)n * VALUES_PER_SLOT, sizeof(*c->values));
	if (c->entries == NULL || c->values == NULL) {
		tt_signature_counts_destroy(c);
		return -ENOMEM;
	}
	*counts = c;
	return 0;
}

void
tt_signature_counts_destroy(struct tt_signature_counts *counts)
{
	if (counts == NULL)
		return;
	free(counts->entries);
	free(counts->values);
	free(counts);
}

uint64_t
tt_signature_untracked(const struct tt_signature_counts *counts)
{
	return counts->untracked;
}

/* Pairs of addresses are the same in both directions, as in Suricata. */
static struct entry
key_of(const struct tt_rule *rule, uint32_t index, const struct tt_packet *p)
{
	const bool swap = tt_addr_cmp(p->src, p->dst) > 0;
	struct entry key = {.rule = index + 1};

	switch (rule->count.track) {
	case TT_RULE_TRACK_SOURCE:
		key.a = p->src;
		break;
	case TT_RULE_TRACK_DESTINATION:
		key.a = p->dst;
		break;
	case TT_RULE_TRACK_BOTH:
		key.a = swap ? p->dst : p->src;
		key.b = swap ? p->src : p->dst;
		break;
	default:
		break;
	}
	return key;
}

static uint64_t
hash_of(const struct entry *key)
{
	uint64_t hash = tt_hash_mix(
			key->rule ^ tt_hash_mix(key->a.lo ^ tt_hash_mix(key->a.hi)));

	return tt_hash_mix(hash ^ key->b.lo ^ tt_hash_mix(key->b.hi));
}

static bool
is_same(const struct entry *e, const struct entry *key)
{
	return e->rule == key->rule && tt_addr_cmp(e->a, key->a) == 0
			&& tt_addr_cmp(e->b, key->b) == 0;
}

static int64_t
end_of(const struct tt_signature_counts *c, const struct entry *e)
{
	return tt_window_end_us(&e->window, &c->rules->rules[e->rule - 1].count);
}

/* The entry of the key; or one that is free or over, with *found false; or NULL. */
static struct entry *
look_up(struct tt_signature_counts *c, const struct entry *key, int64_t time_us,
		bool *found)
{
	const uint64_t hash = hash_of(key);
	struct entry *room = NULL;

	*found = true;
	for (unsigned i = 0; i < PROBES; i++) {
		struct entry *e = &c->entries[(hash + i) & c->mask];

		if (is_same(e, key))
			return e;
		if (room == NULL && (e->rule == 0 || end_of(c, e) < time_us))
			room = e;
		if (e->rule == 0)
			break;
	}
	*found = false;
	return room;
}

/* What unique_on counts distinct ones of. */
static uint64_t
value_of(const struct tt_rule *rule, const struct tt_packet *p)
{
	switch (rule->count.unique) {
	case TT_RULE_UNIQUE_DST_PORT:
		return p->dst_port;
	case TT_RULE_UNIQUE_SRC_PORT:
		return p->src_port;
	default:
		return tt_hash_mix(p->dst.lo ^ tt_hash_mix(p->dst.hi));
	}
}

/* Is the value new in the entry's window? */
static bool
is_new(struct tt_signature_counts *c, const struct entry *e, uint64_t value,
		int64_t time_us)
{
	const uint64_t place = tt_hash_mix(
			(uint64_t)(e - c->entries) ^ (uint64_t)e->window.start_us << 20);
	const uint64_t hash = tt_hash_mix(place ^ value) | 1;
	const int64_t end_us = end_of(c, e);
	struct value *room = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		struct value *v = &c->values[((hash >> 1) + i) & c->value_mask];

		if (v->hash == hash && v->end_us == end_us)
			return false;
		if (room == NULL && (v->hash == 0 || v->end_us < time_us))
			room = v;
		if (v->hash == 0)
			break;
	}
	if (room == NULL) {
		c->untracked++;
		return false;
	}
	*room = (struct value){hash, end_us};
	return true;
}

bool
tt_signature_count(struct tt_signature_counts *counts, uint32_t rule,
		const struct tt_packet *packet, int64_t time_us)
{
	const struct tt_rule *r = &counts->rules->rules[rule];
	const struct entry key = key_of(r, rule, packet);
	struct entry untracked = key;
	struct entry *e;
	bool found, is_tracked, counted;

	if (r->no_alert)
		return false;
	if (r->count.type == TT_RULE_COUNT_NONE)
		return true;
	e = look_up(counts, &key, time_us, &found);
	is_tracked = e != NULL;
	if (!is_tracked) {
		counts->untracked++;
		e = &untracked;
	} else if (!found) {
		*e = key;
	}
	(void)tt_window_turn(&e->window, &r->count, time_us);
	if (r->count.unique == TT_RULE_UNIQUE_NONE)
		return tt_window_add(&e->window, &r->count, 1) != 0;
	counted = !is_tracked || is_new(counts, e, value_of(r, packet), time_us);
	return tt_window_add_value(&e->window, &r->count, 1, counted) != 0;
}
