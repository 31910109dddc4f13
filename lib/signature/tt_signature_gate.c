/* SPDX-License-Identifier: BSD-3-Clause */
/* Which pairs of fields a gate looks at, and which of their values open it. */
#include "tt_signature_gate.h"
#include "tt_signature_private.h"

#include <errno.h>
#include <stddef.h>

#define VALUES 256
#define WORDS  (VALUES / 64)
#define GAIN_LEAST \
	0.1 /* of a pair more, in packets that are let through: what they cost beyond it */
#define USEFUL_MOST 0.25 /* packets that a gate may let through */

/* What is worked out for one gate. Columns are the filter's tables, and one more, for no field. */
struct work {
	const struct tt_signature_filter *f;
	uint8_t flags;
	unsigned n; /* columns */
	bool *alive; /* [f->n] may match such packets at all */
	double (*accepts)[TT_SIGNATURE_N_FIELDS
			+ 1]; /* [f->n] share of values, by column */
	double *least; /* [f->n] what the pairs chosen so far let through of a rule */
	uint8_t *pair_of; /* [f->n] */
};

#define PLACE(member, bits, by)                              \
	(struct tt_signature_place)                          \
	{                                                    \
		offsetof(struct tt_packet, member), bits, by \
	}
#define HASH UINT32_C(0x9e3779b1) /* as in tt_signature_hash */

/* False for fields that are not of tt_packet itself, and those that plain packets have in common. */
static bool
place_of(enum tt_signature_field field, struct tt_signature_place *place)
{
	switch (field) {
	case TT_SIGNATURE_FIELD_WINDOW:
		*place = PLACE(tcp_window, UINT16_MAX, HASH);
		return true;
	case TT_SIGNATURE_FIELD_DST:
		*place = PLACE(dst.lo, UINT32_MAX, 1);
		return true;
	case TT_SIGNATURE_FIELD_SRC:
		*place = PLACE(src.lo, UINT32_MAX, 1);
		return true;
	case TT_SIGNATURE_FIELD_TTL:
		*place = PLACE(ttl, UINT8_MAX, 1 << 24);
		return true;
	case TT_SIGNATURE_FIELD_IP_ID:
		*place = PLACE(ip_id, UINT16_MAX, HASH);
		return true;
	case TT_SIGNATURE_FIELD_SEQ:
		*place = PLACE(tcp_seq, UINT32_MAX, HASH);
		return true;
	case TT_SIGNATURE_FIELD_ACK:
		*place = PLACE(tcp_ack, UINT32_MAX, HASH);
		return true;
	case TT_SIGNATURE_FIELD_DST_PORT:
		*place = PLACE(dst_port, UINT16_MAX, 1 << 16);
		return true;
	case TT_SIGNATURE_FIELD_SRC_PORT:
		*place = PLACE(src_port, UINT16_MAX, 1 << 16);
		return true;
	default:
		*place = (struct tt_signature_place){0, 0, 0};
		return false;
	}
}

static bool
accepts(const struct work *w, const struct tt_signature_table *t, unsigned value,
		uint32_t i)
{
	return tt_signature_bit(t->alive + (size_t)value * w->f->words, i);
}

static bool
is_alive(const struct work *w, uint32_t i)
{
	const unsigned df = 2 * TT_SIGNATURE_SHAPE_BITS;

	for (uint32_t k = 0; k < w->f->n_tables; k++) {
		const struct tt_signature_table *t = &w->f->tables[k];

		if (t->field == TT_SIGNATURE_FIELD_FLAGS && !accepts(w, t, w->flags, i))
			return false;
		if (t->field == TT_SIGNATURE_FIELD_SHAPE
				&& !accepts(w, t, TT_SIGNATURE_SHAPE_V4, i)
				&& !accepts(w, t, TT_SIGNATURE_SHAPE_V4 | df, i))
			return false;
		if (t->field == TT_SIGNATURE_FIELD_DSIZE && !accepts(w, t, 0, i))
			return false;
	}
	return true;
}

/* The share of packets that a rule takes by one field. Without ACK, the number is nearly always 0. */
static double
share(const struct work *w, const struct tt_signature_table *t, uint32_t i)
{
	struct tt_signature_place place;
	unsigned n = 0;

	if (!place_of(t->field, &place))
		return 1;
	if (t->field == TT_SIGNATURE_FIELD_ACK && (w->flags & TT_TCP_ACK) == 0)
		return accepts(w, t, tt_signature_hash(0), i);
	for (unsigned v = 0; v < VALUES; v++)
		n += accepts(w, t, v, i);
	return (double)n / VALUES;
}

static void
fill(struct work *w)
{
	for (uint32_t i = 0; i < w->f->n; i++) {
		w->alive[i] = is_alive(w, i);
		w->least[i] = 1;
		for (uint32_t k = 0; w->alive[i] && k < w->f->n_tables; k++)
			w->accepts[i][k] = share(w, &w->f->tables[k], i);
		w->accepts[i][w->n - 1] = 1;
	}
}

/* What is let through with a pair of columns more, at most. */
static double
through(const struct work *w, unsigned a, unsigned b)
{
	double sum = 0;

	for (uint32_t i = 0; i < w->f->n; i++) {
		const double here = w->accepts[i][a] * w->accepts[i][b];

		if (w->alive[i])
			sum += here < w->least[i] ? here : w->least[i];
	}
	return sum;
}

/* The pair of columns that leaves the least; returns how much. */
static double
best_pair(const struct work *w, unsigned best[2])
{
	double least = (double)w->f->n + 1;

	for (unsigned a = 0; a < w->n; a++)
		for (unsigned b = a + 1; b < w->n; b++) {
			const double here = through(w, a, b);

			if (here >= least)
				continue;
			least = here;
			best[0] = a;
			best[1] = b;
		}
	return least;
}

/* Rules that the pair tells better than those before. */
static void
assign(struct work *w, const unsigned pair[2], uint8_t number)
{
	for (uint32_t i = 0; i < w->f->n; i++) {
		const double here = w->accepts[i][pair[0]] * w->accepts[i][pair[1]];

		if (number > 0 && here >= w->least[i])
			continue;
		w->least[i] = here;
		w->pair_of[i] = number;
	}
}

static struct tt_signature_place
column_place(const struct work *w, unsigned column)
{
	struct tt_signature_place place = {0, 0, 0};

	if (column < w->n - 1)
		(void)place_of(w->f->tables[column].field, &place);
	return place;
}

/* The values that a rule takes of a column. */
static void
values_of(const struct work *w, unsigned column, uint32_t i, uint64_t values[WORDS])
{
	memset(values, 0, WORDS * sizeof(*values));
	if (column_place(w, column).mask == 0)
		values[0] = 1;
	else
		for (unsigned v = 0; v < VALUES; v++)
			values[v / 64] |= (uint64_t)accepts(
							  w, &w->f->tables[column], v, i)
					<< v % 64;
}

static void
set_bits(const struct work *w, struct tt_signature_gate_pair *p, const unsigned pair[2],
		uint8_t number)
{
	uint64_t a[WORDS], b[WORDS];

	for (uint32_t i = 0; i < w->f->n; i++) {
		if (!w->alive[i] || w->pair_of[i] != number)
			continue;
		values_of(w, pair[0], i, a);
		values_of(w, pair[1], i, b);
		for (unsigned v = 0; v < VALUES; v++)
			for (unsigned k = 0; tt_signature_bit(a, v) && k < WORDS; k++)
				p->bits[v * WORDS + k] |= b[k];
	}
}

static int
choose(struct work *w, struct tt_signature_gate *g, struct tt_signature_arena *arena,
		double *left)
{
	unsigned pairs[TT_SIGNATURE_GATE_PAIRS][2];
	double before = (double)w->f->n + 1;

	*left = through(w, w->n - 1, w->n - 1);
	if (*left == 0)
		return 0; /* no rule at all */
	while (g->n < TT_SIGNATURE_GATE_PAIRS) {
		struct tt_signature_gate_pair *p = &g->pairs[g->n];

		*left = best_pair(w, pairs[g->n]);
		if (before - *left < GAIN_LEAST)
			break;
		before = *left;
		p->a = column_place(w, pairs[g->n][0]);
		p->b = column_place(w, pairs[g->n][1]);
		p->bits = tt_signature_take(arena, VALUES * WORDS, sizeof(*p->bits));
		if (p->bits == NULL)
			return -ENOMEM;
		assign(w, pairs[g->n], (uint8_t)g->n);
		g->n++;
	}
	for (unsigned k = 0; k < g->n; k++)
		set_bits(w, &g->pairs[k], pairs[k], (uint8_t)k);
	return 0;
}

int
tt_signature_gate_init(struct tt_signature_gate *g, const struct tt_signature_filter *f,
		uint8_t flags, struct tt_signature_arena *arena, bool *useful)
{
	struct tt_signature_arena mine = {0};
	struct work w = {.f = f,
			.flags = flags,
			.n = f->n_tables + 1,
			.alive = tt_signature_take(&mine, f->n + 1, sizeof(*w.alive)),
			.accepts = tt_signature_take(&mine, f->n + 1, sizeof(*w.accepts)),
			.least = tt_signature_take(&mine, f->n + 1, sizeof(*w.least)),
			.pair_of = tt_signature_take(
					&mine, f->n + 1, sizeof(*w.pair_of))};
	double left = 1;
	int ret = -ENOMEM;

	*g = (struct tt_signature_gate){0};
	if (w.alive != NULL && w.accepts != NULL && w.least != NULL
			&& w.pair_of != NULL) {
		fill(&w);
		ret = choose(&w, g, arena, &left);
	}
	/* Places are those of a little-endian machine. */
	*useful = left <= USEFUL_MOST && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	tt_signature_arena_fini(&mine);
	return ret;
}
