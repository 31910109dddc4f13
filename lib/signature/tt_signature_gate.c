/* SPDX-License-Identifier: BSD-3-Clause */
/* Which rules share a bit of a gate, and which values each bit takes. */
#include "tt_signature_gate.h"
#include "tt_signature_private.h"

#include <errno.h>

#define VALUES      256
#define BITS        TT_SIGNATURE_GATE_BITS
#define KINDS       (1u << TT_SIGNATURE_GATE_FIELDS)
#define NONE        0 /* a rule of no kind: one that the gate is not about */
#define USEFUL_MOST 0.25 /* packets that a gate may let through */
#define RULE_MOST   0.0625 /* … that one rule of it may take */
#define SCREEN_MOST 0.015625 /* … that a screen may let through for want of two fields */
#define RARE        (1u << TT_SIGNATURE_GATE_IP_ID | 1u << TT_SIGNATURE_GATE_ACK)

static const enum tt_signature_field fields[TT_SIGNATURE_GATE_FIELDS] = {
		[TT_SIGNATURE_GATE_SEQ] = TT_SIGNATURE_FIELD_SEQ,
		[TT_SIGNATURE_GATE_WINDOW] = TT_SIGNATURE_FIELD_WINDOW,
		[TT_SIGNATURE_GATE_IP_ID] = TT_SIGNATURE_FIELD_IP_ID,
		[TT_SIGNATURE_GATE_ACK] = TT_SIGNATURE_FIELD_ACK,
		[TT_SIGNATURE_GATE_DST] = TT_SIGNATURE_FIELD_DST,
		[TT_SIGNATURE_GATE_SRC] = TT_SIGNATURE_FIELD_SRC,
		[TT_SIGNATURE_GATE_TTL] = TT_SIGNATURE_FIELD_TTL};

/* Rules that look at the same fields; they share bits. */
struct kind {
	uint32_t rules, bits, first, next;
};

bool
tt_signature_gate_may(const struct tt_signature_filter *f, uint8_t flags, uint32_t i)
{
	const uint8_t v4 = TT_SIGNATURE_SHAPE_V4, df = 2 * TT_SIGNATURE_SHAPE_BITS;

	return tt_signature_filter_takes(f, TT_SIGNATURE_FIELD_FLAGS, flags, i)
			&& tt_signature_filter_takes(f, TT_SIGNATURE_FIELD_DSIZE, 0, i)
			&& (tt_signature_filter_takes(f, TT_SIGNATURE_FIELD_SHAPE, v4, i)
					|| tt_signature_filter_takes(f,
							TT_SIGNATURE_FIELD_SHAPE, v4 | df,
							i));
}

/* The share of packets with these flags that a rule may match. Without ACK, the number is nearly always 0. */
static double
share_of(const struct tt_signature_filter *f, uint8_t flags, uint32_t i)
{
	double share = 1;

	for (unsigned k = 0; k < TT_SIGNATURE_GATE_FIELDS; k++) {
		const bool zero = k == TT_SIGNATURE_GATE_ACK && (flags & TT_TCP_ACK) == 0;
		unsigned n = 0;

		for (unsigned v = 0; v < VALUES; v++)
			n += tt_signature_filter_takes(
					f, fields[k], (uint8_t)(zero ? 0 : v), i);
		share *= (double)n / VALUES;
	}
	return share;
}

/* The fields of the gate of which a rule does not take all values. */
static unsigned
kind_of(const struct tt_signature_filter *f, uint32_t i)
{
	unsigned kind = 0;

	for (unsigned k = 0; k < TT_SIGNATURE_GATE_FIELDS; k++)
		for (unsigned v = 0; v < VALUES; v++)
			if (!tt_signature_filter_takes(f, fields[k], (uint8_t)v, i))
				kind |= 1u << k;
	return kind;
}

/* The kind with the most rules for each of its bits. */
static struct kind *
fullest(struct kind kinds[KINDS])
{
	struct kind *best = NULL;

	for (struct kind *k = kinds; k < kinds + KINDS; k++)
		if (k->bits != 0
				&& (best == NULL
						|| k->rules * best->bits
								> best->rules * k->bits))
			best = k;
	return best;
}

/* Gives each kind a bit, and what is left to those with the most rules. */
static void
share_bits(struct kind kinds[KINDS])
{
	uint32_t used = 0, first = 0;

	for (unsigned k = 0; k < KINDS; k++) {
		kinds[k].bits = kinds[k].rules != 0;
		used += kinds[k].bits;
	}
	for (; used != 0 && used < BITS; used++)
		fullest(kinds)->bits++;
	for (unsigned k = 0; k < KINDS; k++) {
		kinds[k].first = first;
		first += kinds[k].bits;
	}
}

bool
tt_signature_one_number(const struct tt_rule *rule, unsigned field, uint32_t *number)
{
	static const enum tt_rule_kind kinds[TT_SIGNATURE_GATE_NUMBERS] = {
			[TT_SIGNATURE_GATE_SEQ] = TT_RULE_SEQ,
			[TT_SIGNATURE_GATE_WINDOW] = TT_RULE_WINDOW,
			[TT_SIGNATURE_GATE_IP_ID] = TT_RULE_IP_ID,
			[TT_SIGNATURE_GATE_ACK] = TT_RULE_ACK};

	for (unsigned i = 0; i < rule->n_header; i++) {
		const struct tt_rule_option *o = &rule->header[i];

		if (o->kind != kinds[field] || o->negated || o->u.number.ignore != 0
				|| o->u.number.min != o->u.number.max)
			continue;
		*number = o->u.number.min;
		return true;
	}
	return false;
}

/* Adds the bit to the second bytes of a number that a rule takes: one, where it asks for one number. */
static void
add_second(struct tt_signature_gate *g, const struct tt_rule *rule, unsigned field,
		unsigned bit)
{
	unsigned first = 0, last = VALUES - 1;
	uint32_t number;

	if (tt_signature_one_number(rule, field, &number))
		first = last = tt_signature_second_byte(
				(enum tt_signature_gate_field)field, number);
	for (unsigned v = first; v <= last; v++)
		g->second[field][v] |= (uint16_t)(1u << bit);
}

/* The same of addresses, of which those of IPv4 count. */
static void
add_second_of_addresses(struct tt_signature_gate *g, const struct tt_rule *rule,
		unsigned field, unsigned bit)
{
	static const struct tt_rule_address_range all = {
			.last = {UINT64_MAX, UINT64_MAX}};
	const struct tt_rule_addresses *list = field == TT_SIGNATURE_GATE_DST
			? &rule->dst
			: &rule->src;
	const bool any = list->n == 0 || rule->both_directions;

	for (unsigned i = 0; i < (any ? 1 : list->n); i++) {
		const struct tt_rule_address_range *r = any ? &all : &list->ranges[i];
		const uint64_t v4 = TT_ADDR_V4_PREFIX, last_v4 = v4 | UINT32_MAX;
		uint64_t from = r->first.lo < v4 ? v4 : r->first.lo;
		uint64_t to = r->last.hi != 0 || r->last.lo > last_v4 ? last_v4
								      : r->last.lo;

		if (r->first.hi != 0 || from > to)
			continue;
		from >>= 16;
		to >>= 16;
		for (uint64_t v = from; v <= to && v < from + VALUES; v++)
			g->second[field][v % VALUES] |= (uint16_t)(1u << bit);
	}
}

/* Adds the bit to the windows of the screen that a rule takes. */
static void
add_windows(struct tt_signature_gate *g, const struct tt_signature_filter *f, uint32_t i,
		const struct tt_rule *rule, unsigned bit)
{
	const unsigned words = TT_SIGNATURE_SCREEN_WINDOWS
			/ VALUES; /* of an upper byte */
	uint32_t number;

	if (tt_signature_one_number(rule, TT_SIGNATURE_GATE_WINDOW, &number)) {
		if (number <= UINT16_MAX)
			g->screen.window[number / TT_SIGNATURE_SCREEN_TOGETHER] |=
					(uint16_t)(1u << bit);
		return;
	}
	for (unsigned v = 0; v < VALUES; v++) {
		const bool takes = tt_signature_filter_takes(
				f, TT_SIGNATURE_FIELD_WINDOW, (uint8_t)v, i);

		for (unsigned k = 0; k < words; k++)
			g->screen.window[v * words + k] |= (uint16_t)(takes << bit);
	}
}

static void
add_rule(struct tt_signature_gate *g, const struct tt_signature_filter *f, uint32_t i,
		const struct tt_rule *rule, unsigned bit)
{
	for (unsigned k = 0; k < TT_SIGNATURE_GATE_NUMBERS; k++)
		add_second(g, rule, k, bit);
	for (unsigned k = TT_SIGNATURE_GATE_NUMBERS; k < TT_SIGNATURE_GATE_SECONDS; k++)
		add_second_of_addresses(g, rule, k, bit);
	add_windows(g, f, i, rule, bit);
	for (unsigned k = 0; k < TT_SIGNATURE_GATE_FIELDS; k++)
		for (unsigned v = 0; v < VALUES; v++)
			g->bits[k][v] |= (uint16_t)(tt_signature_filter_takes(f,
								    fields[k], (uint8_t)v,
								    i)
					<< bit);
}

/* The share of packets that some fields of a bit let through. Without ACK, the number is nearly always 0. */
static double
through(const struct tt_signature_gate *g, uint8_t flags, unsigned bit, unsigned asked)
{
	double share = 1;

	for (unsigned k = 0; k < TT_SIGNATURE_GATE_FIELDS; k++) {
		unsigned n = 0;

		for (unsigned v = 0; v < VALUES; v++)
			n += g->bits[k][v] >> bit & 1;
		if (k == TT_SIGNATURE_GATE_ACK && (flags & TT_TCP_ACK) == 0)
			n = VALUES * (g->bits[k][0] >> bit & 1);
		if ((asked >> k & 1) != 0)
			share *= (double)n / VALUES;
	}
	return share;
}

/* The same of all bits. */
static double
through_all(const struct tt_signature_gate *g, uint8_t flags, unsigned asked)
{
	double sum = 0;

	for (unsigned bit = 0; bit < BITS; bit++)
		sum += through(g, flags, bit, asked);
	return sum;
}

/* Lists the rules of each bit. bit_of: [f->n], BITS: none */
static void
list_rules(struct tt_signature_gate *g, const struct tt_signature_filter *f,
		const uint8_t *bit_of)
{
	uint32_t n = 0;

	for (unsigned bit = 0; bit < BITS; bit++) {
		g->rules_of[bit].first = n;
		for (uint32_t i = 0; i < f->n; i++)
			if (bit_of[i] == bit)
				g->ranks[n++] = f->ranks[i];
		g->rules_of[bit].n = n - g->rules_of[bit].first;
	}
}

int
tt_signature_gate_init(struct tt_signature_gate *g, const struct tt_signature_filter *f,
		const struct tt_signature_rule *rules, uint8_t flags, bool *in_plain,
		bool *useful, struct tt_signature_arena *arena)
{
	struct kind kinds[KINDS] = {0};
	uint8_t *kind = malloc(f->n + 1);

	if (kind == NULL)
		return -ENOMEM;
	memset(g, 0, sizeof(*g));
	g->ranks = tt_signature_take(arena, f->n + 1, sizeof(*g->ranks));
	if (g->ranks == NULL) {
		free(kind);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < f->n; i++) {
		const bool may = tt_signature_gate_may(f, flags, i);

		in_plain[i] = may && share_of(f, flags, i) > RULE_MOST;
		kind[i] = (uint8_t)(may && !in_plain[i] ? kind_of(f, i) : NONE);
		kinds[kind[i]].rules += kind[i] != NONE;
	}
	share_bits(kinds);
	for (uint32_t i = 0; i < f->n; i++) {
		struct kind *of = &kinds[kind[i]];
		const unsigned k = kind[i];

		kind[i] = BITS;
		if (k == NONE)
			continue;
		kind[i] = (uint8_t)((of->first + of->next++ % of->bits) % BITS);
		add_rule(g, f, i, rules[f->ranks[i]].rule, kind[i]);
	}
	list_rules(g, f, kind);
	free(kind);
	*useful = through_all(g, flags, ~0u) <= USEFUL_MOST;
	return 0;
}

unsigned
tt_signature_gate_second(const struct tt_signature_gate *g, const struct tt_packet *p,
		unsigned bits)
{
	const uint32_t values[TT_SIGNATURE_GATE_SECONDS] = {
			[TT_SIGNATURE_GATE_SEQ] = p->tcp_seq,
			[TT_SIGNATURE_GATE_WINDOW] = p->tcp_window,
			[TT_SIGNATURE_GATE_IP_ID] = p->ip_id,
			[TT_SIGNATURE_GATE_ACK] = p->tcp_ack,
			[TT_SIGNATURE_GATE_DST] = (uint32_t)p->dst.lo,
			[TT_SIGNATURE_GATE_SRC] = (uint32_t)p->src.lo};

	for (unsigned k = 0; k < TT_SIGNATURE_GATE_SECONDS; k++)
		bits &= g->second[k][tt_signature_second_byte(
				(enum tt_signature_gate_field)k, values[k])];
	return bits;
}

void
tt_signature_screen_by_src(struct tt_signature_gate *g,
		const struct tt_signature_filter *f, uint32_t i)
{
	const uint16_t by_src = TT_SIGNATURE_SCREEN_BY_SRC;
	struct tt_signature_screen *s = &g->screen;
	uint16_t *const words[TT_SIGNATURE_GATE_FIELDS] = {
			[TT_SIGNATURE_GATE_SEQ] = s->seq,
			[TT_SIGNATURE_GATE_DST] = s->dst,
			[TT_SIGNATURE_GATE_SRC] = s->src,
			[TT_SIGNATURE_GATE_TTL] = s->ttl};

	for (unsigned k = 0; k < TT_SIGNATURE_GATE_FIELDS; k++)
		for (unsigned v = 0; v < VALUES && words[k] != NULL; v++)
			if (tt_signature_filter_takes(f, fields[k], (uint8_t)v, i))
				words[k][v] |= by_src;
	for (unsigned k = 0; k < TT_SIGNATURE_SCREEN_WINDOWS; k++)
		s->window[k] |= by_src;
}

bool
tt_signature_screen_init(struct tt_signature_gate *g, uint8_t flags)
{
	struct tt_signature_screen *s = &g->screen;

	for (unsigned v = 0; v < VALUES; v++) {
		s->seq[v] |= g->bits[TT_SIGNATURE_GATE_SEQ][v];
		s->dst[v] |= g->bits[TT_SIGNATURE_GATE_DST][v];
		s->src[v] |= g->bits[TT_SIGNATURE_GATE_SRC][v];
		s->ttl[v] |= g->bits[TT_SIGNATURE_GATE_TTL][v];
		s->src_ports[v] = TT_SIGNATURE_SCREEN_PORT - 1;
	}
	for (uint32_t port = 0; port < TT_SIGNATURE_KEYS; port++) {
		if (tt_signature_gate_bit(
				    g->src_ports, port / TT_SIGNATURE_GATE_TOGETHER))
			s->src_ports[port >> 8] |= TT_SIGNATURE_SCREEN_BY_SRC;
		if (tt_signature_gate_bit(g->dst_ports, port))
			s->dst_ports[port % TT_SIGNATURE_SCREEN_PORTS] =
					TT_SIGNATURE_SCREEN_PORT;
	}
	return through_all(g, flags, ~RARE) - through_all(g, flags, ~0u) <= SCREEN_MOST;
}
