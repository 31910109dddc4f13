/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of a filter: which values of each field each rule may match. */
#include "tt_signature_filter.h"
#include "tt_signature_private.h"

#include <errno.h>

#define VALUES 256

/* Of one rule: the values that it may match. */
struct accepted {
	bool value[TT_SIGNATURE_N_FIELDS][VALUES];
};

/* Of more numbers than that a rule takes all bytes. */
static void
narrow_number(bool *accepted, enum tt_signature_field field,
		const struct tt_rule_number *number, bool negated)
{
	bool some[VALUES] = {false};

	if (negated || number->ignore != 0 || number->max < number->min
			|| number->max - number->min >= VALUES)
		return;
	for (uint64_t v = number->min; v <= number->max; v++)
		some[tt_signature_byte(field, (uint32_t)v)] = true;
	for (unsigned i = 0; i < VALUES; i++)
		accepted[i] &= some[i];
}

/* last: what the last value stands for as well. */
static void
narrow_byte(bool *accepted, const struct tt_rule_number *number, bool negated,
		uint32_t last)
{
	for (unsigned i = 0; i < VALUES; i++)
		accepted[i] &= tt_signature_in(number, negated, i)
				|| (i == VALUES - 1 && last > i
						&& (negated || number->ignore != 0
								|| number->max > i));
}

static void
narrow_shape(bool *accepted, const struct tt_rule_option *o)
{
	for (unsigned i = 0; i < VALUES; i++) {
		const bool v4 = (i & TT_SIGNATURE_SHAPE_V4) != 0;

		if (o->kind == TT_RULE_SAMEIP)
			accepted[i] &= ((i & TT_SIGNATURE_SHAPE_SAME) != 0) != o->negated;
		else if (o->kind == TT_RULE_IPOPTS)
			accepted[i] &= v4
					&& (o->negated
							|| (i & TT_SIGNATURE_SHAPE_OPTIONS)
									!= 0);
		else if (o->kind == TT_RULE_FRAGBITS)
			accepted[i] &= v4
					&& tt_signature_bits(&o->u.bits,
							   i / TT_SIGNATURE_SHAPE_BITS)
							!= o->negated;
		else if (o->kind == TT_RULE_FRAGOFFSET && o->u.number.min > 0
				&& !o->negated)
			accepted[i] &= (i & TT_SIGNATURE_SHAPE_LATER) != 0;
	}
}

static void
narrow_flags(bool *accepted, const struct tt_rule_option *o)
{
	for (unsigned i = 0; i < VALUES; i++)
		accepted[i] &= tt_signature_bits(&o->u.bits, i) != o->negated;
}

/* By fields of the option's kind; -1: none, or the shape. */
static int
byte_field(enum tt_rule_kind kind)
{
	switch (kind) {
	case TT_RULE_TTL:
		return TT_SIGNATURE_FIELD_TTL;
	case TT_RULE_TOS:
		return TT_SIGNATURE_FIELD_TOS;
	case TT_RULE_IP_PROTO:
		return TT_SIGNATURE_FIELD_PROTOCOL;
	case TT_RULE_ITYPE:
		return TT_SIGNATURE_FIELD_TYPE;
	case TT_RULE_ICODE:
		return TT_SIGNATURE_FIELD_CODE;
	case TT_RULE_DSIZE:
		return TT_SIGNATURE_FIELD_DSIZE;
	default:
		return -1;
	}
}

static int
number_field(enum tt_rule_kind kind)
{
	switch (kind) {
	case TT_RULE_IP_ID:
		return TT_SIGNATURE_FIELD_IP_ID;
	case TT_RULE_SEQ:
		return TT_SIGNATURE_FIELD_SEQ;
	case TT_RULE_ACK:
		return TT_SIGNATURE_FIELD_ACK;
	case TT_RULE_WINDOW:
		return TT_SIGNATURE_FIELD_WINDOW;
	case TT_RULE_ICMP_ID:
		return TT_SIGNATURE_FIELD_ICMP_ID;
	case TT_RULE_ICMP_SEQ:
		return TT_SIGNATURE_FIELD_ICMP_SEQ;
	default:
		return -1;
	}
}

static void
narrow_option(struct accepted *a, const struct tt_rule_option *o)
{
	const int byte = byte_field(o->kind), number = number_field(o->kind);

	if (o->kind == TT_RULE_FLAGS)
		narrow_flags(a->value[TT_SIGNATURE_FIELD_FLAGS], o);
	else if (byte >= 0)
		narrow_byte(a->value[byte], &o->u.number, o->negated,
				o->kind == TT_RULE_DSIZE ? UINT32_MAX : VALUES - 1);
	else if (number >= 0)
		narrow_number(a->value[number], (enum tt_signature_field)number,
				&o->u.number, o->negated);
	else
		narrow_shape(a->value[TT_SIGNATURE_FIELD_SHAPE], o);
}

/* A range of addresses that differ above the byte has all of its values. */
static void
add_addresses(bool *some, const struct tt_rule_addresses *list)
{
	for (unsigned r = 0; r < list->n; r++) {
		const struct tt_addr first = list->ranges[r].first,
				     last = list->ranges[r].last;
		const bool near = first.hi == last.hi && first.lo >> 32 == last.lo >> 32;
		const unsigned from = near ? (uint8_t)(first.lo >> 24) : 0;
		const unsigned to = near ? (uint8_t)(last.lo >> 24) : VALUES - 1;

		memset(some + from, true, to - from + 1);
	}
}

static void
add_ports(bool *some, const struct tt_rule_ports *list)
{
	for (unsigned r = 0; r < list->n; r++)
		for (unsigned i = list->ranges[r].first >> 8;
				i <= list->ranges[r].last >> 8; i++)
			some[i] = true;
}

static void
narrow_addresses(bool *accepted, const struct tt_rule_addresses *list)
{
	bool some[VALUES] = {false};

	if (list->n == 0)
		return;
	add_addresses(some, list);
	for (unsigned i = 0; i < VALUES; i++)
		accepted[i] &= some[i];
}

static void
narrow_ports(bool *accepted, const struct tt_rule_ports *list)
{
	bool some[VALUES] = {false};

	if (list->n == 0)
		return;
	add_ports(some, list);
	for (unsigned i = 0; i < VALUES; i++)
		accepted[i] &= some[i];
}

/* back: source and destination change places. */
static void
accept(struct accepted *a, const struct tt_signature_rule *r, bool back)
{
	const struct tt_rule *rule = r->rule;
	bool *shape = a->value[TT_SIGNATURE_FIELD_SHAPE];

	memset(a, true, sizeof(*a));
	for (unsigned i = 0; i < rule->n_header; i++)
		narrow_option(a, &rule->header[i]);
	for (unsigned i = 0; i < VALUES; i++) {
		const unsigned version = (i & TT_SIGNATURE_SHAPE_V4) != 0 ? 4 : 6;

		shape[i] &= rule->ip_version == 0 || rule->ip_version == version;
		shape[i] &= !r->needs_payload || (i & TT_SIGNATURE_SHAPE_PAYLOAD) != 0;
	}
	narrow_addresses(
			a->value[TT_SIGNATURE_FIELD_DST], back ? &rule->src : &rule->dst);
	narrow_addresses(
			a->value[TT_SIGNATURE_FIELD_SRC], back ? &rule->dst : &rule->src);
	if (rule->protocol == TT_RULE_SCTP) /* whose ports are not among the fields */
		return;
	narrow_ports(a->value[TT_SIGNATURE_FIELD_DST_PORT],
			back ? &rule->src_ports : &rule->dst_ports);
	narrow_ports(a->value[TT_SIGNATURE_FIELD_SRC_PORT],
			back ? &rule->dst_ports : &rule->src_ports);
}

/* Returns the field's table, made where there is none; NULL where memory is short. */
static struct tt_signature_table *
table_of(struct tt_signature_filter *f, enum tt_signature_field field,
		struct tt_signature_arena *arena)
{
	struct tt_signature_table *t = f->tables;

	while (t < f->tables + f->n_tables && t->field != field)
		t++;
	if (t < f->tables + f->n_tables)
		return t;
	t->field = field;
	t->alive = tt_signature_take(arena, (size_t)VALUES * f->words, sizeof(*t->alive));
	if (t->alive == NULL)
		return NULL;
	for (unsigned v = 0; v < VALUES; v++)
		for (uint32_t i = 0; i < f->n; i++)
			t->alive[v * f->words + i / 64] |= UINT64_C(1) << i % 64;
	f->n_tables++;
	return t;
}

static int
add_rule(struct tt_signature_filter *f, uint32_t i, const struct accepted *a,
		struct tt_signature_arena *arena)
{
	for (unsigned field = 0; field < TT_SIGNATURE_N_FIELDS; field++) {
		struct tt_signature_table *t;

		if (memchr(a->value[field], false, VALUES) == NULL)
			continue;
		t = table_of(f, field, arena);
		if (t == NULL)
			return -ENOMEM;
		for (unsigned v = 0; v < VALUES; v++)
			if (!a->value[field][v])
				t->alive[v * f->words + i / 64] &= ~(
						UINT64_C(1) << i % 64);
	}
	return 0;
}

/* How often a rule is left over by a table: of flags, in what a darknet sees. */
static double
left_over(const struct tt_signature_filter *f, const struct tt_signature_table *t,
		uint32_t i)
{
	static const uint8_t usual[] = {TT_TCP_SYN, TT_TCP_SYN | TT_TCP_ACK, TT_TCP_RST,
			TT_TCP_RST | TT_TCP_ACK, TT_TCP_ACK};
	const bool flags = t->field == TT_SIGNATURE_FIELD_FLAGS;
	const unsigned n = flags ? TT_ARRAY_SIZE(usual) : VALUES;
	unsigned left = 0;

	for (unsigned k = 0; k < n; k++)
		left += t->alive[(flags ? usual[k] : k) * f->words + i / 64] >> i % 64
				& 1;
	return (double)left / n;
}

/* Puts first which table leaves the fewest rules, then which does of those that are left, … */
static void
order_tables(struct tt_signature_filter *f, double *left)
{
	for (uint32_t i = 0; i < f->n; i++)
		left[i] = 1;
	for (uint32_t at = 0; at < f->n_tables; at++) {
		double least = (double)f->n + 1;
		uint32_t best = at;
		struct tt_signature_table table;

		for (uint32_t t = at; t < f->n_tables; t++) {
			double sum = 0;

			for (uint32_t i = 0; i < f->n; i++)
				sum += left[i] * left_over(f, &f->tables[t], i);
			if (sum < least) {
				least = sum;
				best = t;
			}
		}
		table = f->tables[best];
		f->tables[best] = f->tables[at];
		f->tables[at] = table;
		for (uint32_t i = 0; i < f->n; i++)
			left[i] *= left_over(f, &table, i);
	}
}

/* A rule for both directions stands twice. */
static int
take_rows(struct tt_signature_filter *f, const uint32_t *ranks, uint32_t n,
		const struct tt_signature_rule *rules, struct tt_signature_arena *arena)
{
	f->ranks = tt_signature_take(arena, 2 * (size_t)n, sizeof(*f->ranks));
	if (f->ranks == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		f->ranks[f->n++] = ranks[i];
		if (rules[ranks[i]].rule->both_directions)
			f->ranks[f->n++] = ranks[i];
	}
	f->words = (f->n + 63) / 64;
	return 0;
}

int
tt_signature_filter_init(struct tt_signature_filter *f, const uint32_t *ranks, uint32_t n,
		const struct tt_signature_rule *rules, struct tt_signature_arena *arena)
{
	struct accepted a;
	double *left;

	memset(f, 0, sizeof(*f));
	if (take_rows(f, ranks, n, rules, arena) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < f->n; i++) {
		accept(&a, &rules[f->ranks[i]], i > 0 && f->ranks[i] == f->ranks[i - 1]);
		if (add_rule(f, i, &a, arena) < 0)
			return -ENOMEM;
	}
	left = malloc((f->n + 1) * sizeof(*left));
	if (left == NULL)
		return -ENOMEM;
	order_tables(f, left);
	free(left);
	return 0;
}

bool
tt_signature_filter_takes(const struct tt_signature_filter *f,
		enum tt_signature_field field, uint8_t value, uint32_t i)
{
	for (uint32_t t = 0; t < f->n_tables; t++)
		if (f->tables[t].field == field)
			return tt_signature_bit(
					f->tables[t].alive + (size_t)value * f->words, i);
	return true;
}
