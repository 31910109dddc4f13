/* SPDX-License-Identifier: BSD-3-Clause */
/* Which packets of a burst may match anything, by their headers: field after field, each of all packets of a class. */
#include "tt_signature_private.h"

/* Packets of one class, and what of the rules for any port is left of each. */
struct column {
	const struct tt_signature_view *views;
	const uint16_t *of; /* [n] packets */
	unsigned n;
	uint64_t *alive; /* [packet of the burst][stride] */
	uint32_t stride, words;
	uint16_t *left; /* packets that any rule is left of */
};

/* Returns how many packets are left; of others than these, alive is indefinite. */
#define COLUMN(field)                                                              \
	case field:                                                                \
		for (unsigned k = 0; k < n; k++) {                                 \
			const unsigned i = from[k];                                \
			const uint64_t *row = table->alive                         \
					+ tt_signature_field(&c->views[i], field)  \
							* words;                   \
			uint64_t *alive = c->alive + i * c->stride, any = 0;       \
                                                                                   \
			for (uint32_t w = 0; w < words; w++)                       \
				any |= alive[w] = row[w]                           \
						& (first ? UINT64_MAX : alive[w]); \
			c->left[n_left] = (uint16_t)i;                             \
			n_left += any != 0;                                        \
		}                                                                  \
		break

static inline __attribute__((always_inline)) unsigned
narrow_words(const struct column *c, const struct tt_signature_table *table,
		const uint16_t *from, unsigned n, bool first, uint32_t words)
{
	unsigned n_left = 0;

	switch (table->field) {
		COLUMN(TT_SIGNATURE_FIELD_FLAGS);
		COLUMN(TT_SIGNATURE_FIELD_SHAPE);
		COLUMN(TT_SIGNATURE_FIELD_WINDOW);
		COLUMN(TT_SIGNATURE_FIELD_DST);
		COLUMN(TT_SIGNATURE_FIELD_SRC);
		COLUMN(TT_SIGNATURE_FIELD_TTL);
		COLUMN(TT_SIGNATURE_FIELD_DSIZE);
		COLUMN(TT_SIGNATURE_FIELD_TYPE);
		COLUMN(TT_SIGNATURE_FIELD_CODE);
		COLUMN(TT_SIGNATURE_FIELD_ICMP_ID);
		COLUMN(TT_SIGNATURE_FIELD_ICMP_SEQ);
		COLUMN(TT_SIGNATURE_FIELD_PROTOCOL);
		COLUMN(TT_SIGNATURE_FIELD_IP_ID);
		COLUMN(TT_SIGNATURE_FIELD_TOS);
		COLUMN(TT_SIGNATURE_FIELD_SEQ);
		COLUMN(TT_SIGNATURE_FIELD_ACK);
		COLUMN(TT_SIGNATURE_FIELD_DST_PORT);
		COLUMN(TT_SIGNATURE_FIELD_SRC_PORT);
	default:
		break;
	}
	return n_left;
}

static unsigned
narrow(const struct column *c, const struct tt_signature_table *table,
		const uint16_t *from, unsigned n, bool first)
{
	if (c->words == 1)
		return first ? narrow_words(c, table, from, n, true, 1)
			     : narrow_words(c, table, from, n, false, 1);
	if (c->words == 2)
		return first ? narrow_words(c, table, from, n, true, 2)
			     : narrow_words(c, table, from, n, false, 2);
	return narrow_words(c, table, from, n, first, c->words);
}

/* Rules that look at no field at all. */
static unsigned
leave_all(const struct column *c, const struct tt_signature_filter *f)
{
	for (unsigned k = 0; k < c->n; k++) {
		c->left[k] = c->of[k];
		for (uint32_t w = 0; w < f->words; w++)
			c->alive[c->of[k] * c->stride + w] = tt_signature_filter_all(
					f, w);
	}
	return c->n;
}

static void
choose_any(const struct column *c, const struct tt_signature_group *group,
		uint8_t *wanted)
{
	const struct tt_signature_filter *f = &group->any.header;
	const uint16_t *from = c->of;
	unsigned n = c->n;

	if (f->n_tables == 0)
		n = leave_all(c, f);
	for (uint32_t t = 0; t < f->n_tables && n != 0; t++) {
		n = narrow(c, &f->tables[t], from, n, t == 0);
		from = c->left;
	}
	for (unsigned k = 0; k < n; k++)
		wanted[c->left[k]] |= TT_SIGNATURE_WANT_ANY;
}

static void
choose_keys(const struct column *c, const struct tt_signature_side *side, bool by_src,
		uint8_t *wanted)
{
	for (unsigned k = 0; k < c->n; k++) {
		const struct tt_signature_view *v = &c->views[c->of[k]];
		const uint32_t key = by_src ? v->packet->src_port : tt_signature_key(v);
		const uint64_t *bits = v->payload.n != 0 ? side->used : side->quiet;

		wanted[c->of[k]] |= (uint8_t)(tt_signature_bit(bits, key)
				* TT_SIGNATURE_WANT_LISTS);
	}
}

void
tt_signature_choose(const struct tt_signatures *s, struct tt_signature_scratch *scratch,
		unsigned class, unsigned n)
{
	const struct tt_signature_group *group = &s->groups[class];
	const struct column c = {.views = scratch->views,
			.of = scratch->of_class[class],
			.n = n,
			.alive = scratch->alive,
			.stride = scratch->stride,
			.words = group->any.header.words,
			.left = scratch->left};

	if (c.words != 0)
		choose_any(&c, group, scratch->wanted);
	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++)
		if (group->sides[k].list_of != NULL)
			choose_keys(&c, &group->sides[k], k == TT_SIGNATURE_BY_SRC,
					scratch->wanted);
}
