/* SPDX-License-Identifier: BSD-3-Clause */
/* Which rules share a group of a sieve. */
#include "tt_signature_sieve.h"
#include "tt_signature_private.h"

#include <errno.h>

#define FIELDS      TT_SIGNATURE_SIEVE_FIELDS
#define GROUPS      TT_SIGNATURE_SIEVE_GROUPS
#define BY_PORT     TT_SIGNATURE_SIEVE_BY_PORT
#define VALUES      256
#define ALL         0xffffu
#define BOXES       512 /* different ones; each is compared with each */
#define USEFUL_MOST 0.125 /* packets that a sieve may let through */

/* What is taken of a field: any of these lower halves of a byte with any of these upper ones. */
struct box {
	uint16_t low[FIELDS], high[FIELDS];
};

struct boxes {
	struct box all[BOXES];
	double weights[BOXES];
	double costs[BOXES]; /* what joining it with its nearest adds to their weights */
	unsigned nearest[BOXES]; /* of those behind it; itself: there is none */
	unsigned n;
	bool full;
	uint64_t steps; /* that trying their rules takes, all of them */
};

static const struct box anything = {.low = {[0 ... FIELDS - 1] = ALL},
		.high = {[0 ... FIELDS - 1] = ALL}};

/* How many values of a field are taken. */
static unsigned
values_of(const struct box *b, unsigned field)
{
	return (unsigned)(__builtin_popcount(b->low[field])
			* __builtin_popcount(b->high[field]));
}

/* The share of packets that a box takes, were all values as frequent. */
static double
share_of(const struct box *b)
{
	double share = 1;

	for (unsigned k = 0; k < FIELDS; k++)
		share *= (double)values_of(b, k) / VALUES;
	return share;
}

/* How likely a packet's value is one of so many, where few are usual and rules may well name them: our addresses,
 * ports of services, windows. By the logarithm, so that the first values count for more than those that join them. */
static double
usual_share(unsigned values)
{
	const unsigned log = 31 - (unsigned)__builtin_clz(values);

	return (log + (double)values / (1u << log)) / 9;
}

/* As share_of, but that few values of some fields are usual. */
static double
weight_of(const struct box *b)
{
	static const bool usual[FIELDS] = {[TT_SIGNATURE_SIEVE_TTL] = true,
			[TT_SIGNATURE_SIEVE_DST] = true,
			[TT_SIGNATURE_SIEVE_DST_PORT] = true,
			[TT_SIGNATURE_SIEVE_WINDOW] = true,
			[TT_SIGNATURE_SIEVE_WINDOW_LOW] = true};
	double weight = 1;

	for (unsigned k = 0; k < FIELDS; k++)
		weight *= usual[k] ? usual_share(values_of(b, k))
				   : (double)values_of(b, k) / VALUES;
	return weight;
}

static struct box
join(const struct box *a, const struct box *b)
{
	struct box both;

	for (unsigned k = 0; k < FIELDS; k++) {
		both.low[k] = a->low[k] | b->low[k];
		both.high[k] = a->high[k] | b->high[k];
	}
	return both;
}

static void
add_box(struct boxes *boxes, const struct box *b)
{
	for (unsigned k = 0; k < FIELDS; k++)
		if (values_of(b, k) == 0)
			return;
	for (unsigned i = 0; i < boxes->n; i++)
		if (memcmp(&boxes->all[i], b, sizeof(*b)) == 0)
			return;
	if (boxes->n == BOXES) {
		boxes->full = true;
		return;
	}
	boxes->weights[boxes->n] = weight_of(b);
	boxes->all[boxes->n++] = *b;
}

static void
take_none(struct box *b, unsigned field)
{
	b->low[field] = b->high[field] = 0;
}

/* Values first to last. */
static void
take_values(struct box *b, unsigned field, unsigned first, unsigned last)
{
	for (unsigned v = first; v <= last; v++) {
		b->low[field] |= (uint16_t)(1u << v % 16);
		b->high[field] |= (uint16_t)(1u << v / 16);
	}
}

/* The lowest byte of a number, and no other. */
static void
take_byte(struct box *b, unsigned field, uint32_t number)
{
	take_none(b, field);
	take_values(b, field, number % VALUES, number % VALUES);
}

/* The lower bytes of the destination ports that a rule asks for. */
static void
take_ports(struct box *b, const struct tt_rule_ports *list)
{
	const unsigned field = TT_SIGNATURE_SIEVE_DST_PORT_LOW;

	if (list->n == 0)
		return;
	take_none(b, field);
	for (unsigned i = 0; i < list->n; i++) {
		const unsigned first = list->ranges[i].first, last = list->ranges[i].last;

		if (first / VALUES == last / VALUES)
			take_values(b, field, first % VALUES, last % VALUES);
		else
			take_values(b, field, 0, VALUES - 1);
	}
}

/* How many steps a rule takes of a packet without payload, at most: its header, and flowbits. */
static uint64_t
steps_of(const struct tt_rule *rule)
{
	return 1 + (uint64_t)rule->n_payload;
}

/* The same of all rules that a destination port alone tells, of that with the most. */
static uint64_t
steps_of_ports(const struct tt_signature_plain *plain,
		const struct tt_signature_rule *rules)
{
	uint64_t most = 0;

	for (unsigned port = 0; port < TT_SIGNATURE_KEYS; port++) {
		const uint16_t class = plain->class_of[port];
		const struct tt_signature_plain_class *c = &plain->classes[class];
		uint64_t steps = 0;

		if (port > 0 && class == plain->class_of[port - 1])
			continue;
		for (uint32_t i = c->first; i < c->first + c->n; i++)
			steps += steps_of(rules[plain->entries[i].rank].rule);
		most = steps > most ? steps : most;
	}
	return most;
}

/* What the i-th rule of a filter takes of a field, of which the filter knows the same byte. */
static void
take_filtered(struct box *b, unsigned field, const struct tt_signature_filter *f,
		enum tt_signature_field of_filter, uint32_t i)
{
	take_none(b, field);
	for (unsigned v = 0; v < VALUES; v++)
		if (tt_signature_filter_takes(f, of_filter, (uint8_t)v, i))
			take_values(b, field, v, v);
}

static void
add_rule(struct boxes *boxes, const struct tt_signature_filter *f,
		const struct tt_signature_rule *rules, uint32_t i)
{
	const struct tt_rule *rule = rules[f->ranks[i]].rule;
	const bool back = i > 0 && f->ranks[i] == f->ranks[i - 1];
	struct box b = anything;
	uint32_t number;

	boxes->steps += steps_of(rule);
	take_filtered(&b, TT_SIGNATURE_SIEVE_TTL, f, TT_SIGNATURE_FIELD_TTL, i);
	take_filtered(&b, TT_SIGNATURE_SIEVE_SRC, f, TT_SIGNATURE_FIELD_SRC, i);
	take_filtered(&b, TT_SIGNATURE_SIEVE_DST, f, TT_SIGNATURE_FIELD_DST, i);
	take_filtered(&b, TT_SIGNATURE_SIEVE_SRC_PORT, f, TT_SIGNATURE_FIELD_SRC_PORT, i);
	take_filtered(&b, TT_SIGNATURE_SIEVE_DST_PORT, f, TT_SIGNATURE_FIELD_DST_PORT, i);
	take_filtered(&b, TT_SIGNATURE_SIEVE_SEQ, f, TT_SIGNATURE_FIELD_SEQ, i);
	take_filtered(&b, TT_SIGNATURE_SIEVE_WINDOW, f, TT_SIGNATURE_FIELD_WINDOW, i);
	take_ports(&b, back ? &rule->src_ports : &rule->dst_ports);
	if (tt_signature_one_number(rule, TT_SIGNATURE_GATE_WINDOW, &number))
		take_byte(&b, TT_SIGNATURE_SIEVE_WINDOW_LOW, number);
	if (tt_signature_one_number(rule, TT_SIGNATURE_GATE_SEQ, &number)) {
		take_byte(&b, TT_SIGNATURE_SIEVE_SEQ_SECOND, number >> 8);
		take_byte(&b, TT_SIGNATURE_SIEVE_SEQ_HIGH, number >> 24);
	}
	add_box(boxes, &b);
}

/* The rules that are listed by source port, each once: a rule stands in as many lists as there are runs of ports. heard: two
 * for each rank, of both directions. */
static void
add_listed(struct boxes *boxes, const struct tt_signature_side *side,
		const struct tt_signature_rule *rules, uint8_t flags, bool *heard)
{
	for (uint32_t list = 1; list < side->n; list++) {
		const struct tt_signature_filter *f = &side->lists[list].header;

		for (uint32_t i = 0; i < f->n; i++) {
			const bool back = i > 0 && f->ranks[i] == f->ranks[i - 1];
			bool *known = &heard[2 * (size_t)f->ranks[i] + back];

			if (!*known && tt_signature_gate_may(f, flags, i))
				add_rule(boxes, f, rules, i);
			*known = true;
		}
	}
}

/* Destination ports that have a class, by their upper byte. */
static void
add_ports(struct boxes *boxes, const struct tt_signature_plain *plain)
{
	for (unsigned high = 0; high < VALUES; high++) {
		struct box b = anything;

		take_byte(&b, TT_SIGNATURE_SIEVE_DST_PORT, high);
		take_none(&b, TT_SIGNATURE_SIEVE_DST_PORT_LOW);
		for (unsigned v = 0; v < VALUES; v++)
			if (plain->class_of[high * VALUES + v] != 0)
				take_values(&b, TT_SIGNATURE_SIEVE_DST_PORT_LOW, v, v);
		add_box(boxes, &b);
	}
}

/* Is the k-th box, which is behind it, nearer to the i-th than others? */
static void
consider(struct boxes *boxes, unsigned i, unsigned k)
{
	const struct box both = join(&boxes->all[i], &boxes->all[k]);
	const double cost = weight_of(&both) - boxes->weights[i] - boxes->weights[k];

	if (boxes->nearest[i] != i && cost >= boxes->costs[i])
		return;
	boxes->costs[i] = cost;
	boxes->nearest[i] = k;
}

static void
find_nearest(struct boxes *boxes, unsigned i)
{
	boxes->nearest[i] = i;
	for (unsigned k = i + 1; k < boxes->n; k++)
		consider(boxes, i, k);
}

/* Where of two boxes the first is another one now, the second gone, and the last in its place. */
static void
find_again(struct boxes *boxes, unsigned first, unsigned second, unsigned last)
{
	for (unsigned i = 0; i < boxes->n; i++) {
		const unsigned nearest = boxes->nearest[i];

		if (i == first || i == second || nearest == first || nearest == second
				|| nearest == last) {
			find_nearest(boxes, i);
			continue;
		}
		if (i < first)
			consider(boxes, i, first);
		if (i < second && second < boxes->n)
			consider(boxes, i, second);
	}
}

/* Joins the two boxes whose joining costs least. There are two. */
static void
join_two(struct boxes *boxes)
{
	const unsigned last = boxes->n - 1;
	unsigned best = 0, gone;

	for (unsigned i = 1; i < last; i++)
		if (boxes->costs[i] < boxes->costs[best])
			best = i;
	gone = boxes->nearest[best];
	boxes->all[best] = join(&boxes->all[best], &boxes->all[gone]);
	boxes->weights[best] = weight_of(&boxes->all[best]);
	boxes->all[gone] = boxes->all[last];
	boxes->weights[gone] = boxes->weights[last];
	boxes->n--;
	find_again(boxes, best, gone, last);
}

/* Joins them to so many groups, the first of which is given, and empties the list. Returns the share of packets that these
 * let through. */
static double
make_groups(struct tt_signature_sieve *sieve, struct boxes *boxes, unsigned first,
		unsigned groups)
{
	double share = 0;

	for (unsigned i = 0; i < boxes->n && boxes->n > groups; i++)
		find_nearest(boxes, i);
	while (boxes->n > groups)
		join_two(boxes);
	for (unsigned i = 0; i < boxes->n; i++) {
		const struct box *b = &boxes->all[i];
		const unsigned half = (first + i) / 8, bit = (first + i) % 8;

		share += share_of(b);
		for (unsigned k = 0; k < FIELDS; k++)
			for (unsigned v = 0; v < 16; v++) {
				sieve->low[k][half][v] |= (uint8_t)((b->low[k] >> v & 1)
						<< bit);
				sieve->high[k][half][v] |= (uint8_t)((b->high[k] >> v & 1)
						<< bit);
			}
	}
	boxes->n = 0;
	return share;
}

static enum tt_signature_unsieved
decide(const struct boxes *boxes, double share, uint64_t steps, uint64_t steps_most)
{
	if (boxes->full)
		return TT_SIGNATURE_UNSIEVED_BOXES;
	if (share > USEFUL_MOST)
		return TT_SIGNATURE_UNSIEVED_SHARE;
	return steps > steps_most ? TT_SIGNATURE_UNSIEVED_STEPS : TT_SIGNATURE_SIEVED;
}

int
tt_signature_sieve_init(struct tt_signature_sieve *sieve, const struct tt_signatures *s,
		const struct tt_signature_group *group,
		const struct tt_signature_gate *gate, uint8_t flags, const bool *in_plain,
		enum tt_signature_unsieved *why)
{
	const struct tt_signature_filter *f = &group->any.header;
	struct boxes *boxes = calloc(1, sizeof(*boxes));
	bool *heard = calloc((size_t)s->n + 1, 2 * sizeof(*heard));
	double share;

	if (boxes == NULL || heard == NULL) {
		free(boxes);
		free(heard);
		return -ENOMEM;
	}
	memset(sieve, 0, sizeof(*sieve));
	for (uint32_t i = 0; i < f->n; i++)
		if (in_plain[i])
			boxes->steps += steps_of(s->rules[f->ranks[i]].rule);
		else if (tt_signature_gate_may(f, flags, i))
			add_rule(boxes, f, s->rules, i);
	add_listed(boxes, &group->sides[TT_SIGNATURE_BY_SRC], s->rules, flags, heard);
	free(heard);
	share = make_groups(sieve, boxes, 0, GROUPS - BY_PORT);
	add_ports(boxes, &gate->plain);
	share += make_groups(sieve, boxes, GROUPS - BY_PORT, BY_PORT);
	*why = decide(boxes, share, boxes->steps + steps_of_ports(&gate->plain, s->rules),
			s->limits.steps);
	free(boxes);
	return 0;
}
