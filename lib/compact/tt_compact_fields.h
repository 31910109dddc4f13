/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the rows of a table are packed into words, worked out from the roles and orders that
 * tt_roles.h declares. Internal to the room; constants once built, any thread.
 *
 * The key columns of a table are numbers that compare as the column's order says, packed from the
 * highest bit on in the order of the sort. So two keys compare, word by word, as their rows do; and
 * a row is found, added up and put in order without a text being looked at.
 */
#ifndef TT_COMPACT_FIELDS_H
#define TT_COMPACT_FIELDS_H

#include "tt_compact_store.h"
#include "tt_roles.h"

#define TT_FIELDS_MAX  12
#define TT_COLUMNS_MAX 32

/* A key column, or the bit of one that says "not told apart" (TT_ORDER_REST_LAST). */
struct tt_field {
	unsigned column;
	enum tt_column_type type;
	enum tt_order order;
	uint8_t word, shift,
			bits; /* an address takes two whole words, of which this is the first */
	bool empty; /* "" is written for the number 0 */
};

struct tt_value {
	unsigned column;
	enum tt_store_op op;
};

struct tt_layout {
	enum tt_table table;
	struct tt_field fields[TT_FIELDS_MAX]; /* [n_fields], in order of the sort */
	unsigned n_fields;
	struct tt_value values[TT_STORE_VALUES]; /* [n_values] read from files */
	unsigned n_values;
	unsigned n_keys; /* words */
	bool by_address; /* the key begins with an address */
	bool read[TT_COLUMNS_MAX]; /* [n_columns of the table]: is the column looked at? */
	bool chosen[TT_COLUMNS_MAX]; /* only in rows that are chosen by another column */
};

/* Of the tables whose rows a store takes: all but interval, fingerprint_rules, sketches, coverage
 * and ledger. */
void tt_layout_make(struct tt_layout *layout, enum tt_table table);

/* The field of a column, which is there; not the bit of a rest. */
const struct tt_field *tt_layout_field(const struct tt_layout *layout, unsigned column);

/* The number that a packed key has in the field. */
static inline uint64_t
tt_field_get(const struct tt_field *f, const uint64_t *key)
{
	return key[f->word] >> f->shift & (~UINT64_C(0) >> (64 - f->bits));
}

static inline void
tt_field_put(const struct tt_field *f, uint64_t *key, uint64_t number)
{
	key[f->word] |= number << f->shift;
}

/* Integers are kept one higher, since -1 stands for none. */
#define TT_FIELD_BIAS 1

#endif
