/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_fields.h"

#include "tt_fingerprint.h"

#include <string.h>

/* Bits of an integer column, whose values are -1 and up. */
static uint8_t
integer_bits(const char *name)
{
	static const struct {
		const char *name;
		uint8_t bits;
	} known[] = {
			{"code", 9}, /* 0 to 255 */
			{"backscatter", 2}, /* 0 or 1 */
			{"host", 20}, /* units of IPv4 are /15 and longer */
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(known); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].bits;
	return 17; /* a port, a type, or 65536 */
}

static uint8_t
bits_of(const char *name, enum tt_order order)
{
	switch (order) {
	case TT_ORDER_ADDRESS:
		return 64;
	case TT_ORDER_UNIT:
		return 32;
	case TT_ORDER_COUNTRY:
		return 10;
	case TT_ORDER_PROTOCOL:
		return 8;
	case TT_ORDER_RULES:
		return TT_FINGERPRINTS_MAX;
	case TT_ORDER_CLASS:
	case TT_ORDER_RULE:
	case TT_ORDER_DISTRIBUTION:
		return 4;
	case TT_ORDER_REST_LAST:
		return 1;
	default:
		return integer_bits(name);
	}
}

/* Fields do not reach over the end of a word. */
static void
add_field(struct tt_layout *l, const struct tt_sort_by *by, unsigned *left)
{
	const struct tt_column *column = &tt_schema_of(l->table)->columns[by->column];
	struct tt_field *f = &l->fields[l->n_fields++];
	bool address = by->order == TT_ORDER_ADDRESS;

	*f = (struct tt_field){.column = by->column,
			.type = column->type,
			.order = by->order,
			.bits = bits_of(column->name, by->order)};
	if (f->bits > *left || l->n_keys == 0) {
		l->n_keys++;
		*left = 64;
	}
	l->read[by->column] = true;
	f->word = (uint8_t)(l->n_keys - 1);
	*left -= f->bits;
	f->shift = (uint8_t)*left;
	l->n_keys += address; /* and nothing is left of its second word */
	l->by_address |= address && f->word == 0;
	f->empty = strcmp(column->name, "attacked_protocol") == 0
			|| (l->table == TT_TABLE_BACKSCATTER
					&& by->column == TT_BACKSCATTER_PROTOCOL);
}

static void
add_value(struct tt_layout *l, unsigned column, enum tt_role role)
{
	static const enum tt_store_op ops[] = {
			[TT_ROLE_SUM] = TT_STORE_SUM,
			[TT_ROLE_MIN] = TT_STORE_MIN,
			[TT_ROLE_MAX] = TT_STORE_MAX,
	};

	l->values[l->n_values++] = (struct tt_value){column, ops[role]};
	l->read[column] = true;
}

/* First times are those of a target, not of a row, and are kept apart. */
static bool
is_value(const struct tt_layout *l, unsigned column, enum tt_role role)
{
	if (l->table == TT_TABLE_TARGETS && column == TT_TARGETS_FIRST_TIME)
		return false;
	return role == TT_ROLE_SUM || role == TT_ROLE_MIN || role == TT_ROLE_MAX;
}

/* Columns that are neither packed nor summed, and are looked at all the same. */
static void
read_others(struct tt_layout *l)
{
	static const struct {
		enum tt_table table;
		unsigned column;
	} others[] = {
			{TT_TABLE_PAIRS, TT_PAIRS_SAMPLE_BITS},
			{TT_TABLE_CONTACTS, TT_CONTACTS_SAMPLE_BITS},
			{TT_TABLE_SOURCES, TT_SOURCES_COUNTRY},
			{TT_TABLE_SOURCES, TT_SOURCES_ASN},
			{TT_TABLE_SOURCES, TT_SOURCES_SEEN_BEFORE},
			{TT_TABLE_TARGETS, TT_TARGETS_FIRST_TIME},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(others); i++)
		if (others[i].table == l->table)
			l->read[others[i].column] = true;
}

/* In tables whose rows are chosen, all columns but the one by which they are. */
static void
read_chosen(struct tt_layout *l)
{
	static const struct {
		enum tt_table table;
		unsigned column;
	} by[] = {
			{TT_TABLE_PAIRS, TT_PAIRS_SAMPLE_BITS},
			{TT_TABLE_CONTACTS, TT_CONTACTS_SAMPLE_BITS},
			{TT_TABLE_SOURCES, TT_SOURCES_SRC_IP},
			{TT_TABLE_VICTIMS, TT_VICTIMS_SRC_IP},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(by); i++) {
		if (by[i].table != l->table)
			continue;
		memcpy(l->chosen, l->read, sizeof(l->chosen));
		l->chosen[by[i].column] = false;
	}
}

void
tt_layout_make(struct tt_layout *l, enum tt_table table)
{
	const struct tt_roles *roles = tt_roles_of(table);
	unsigned left = 0;

	TT_ASSERT(tt_schema_of(table)->n_columns <= TT_COLUMNS_MAX);
	*l = (struct tt_layout){.table = table};
	for (unsigned i = 0; i < roles->n_sort; i++)
		if (roles->columns[roles->sort[i].column] == TT_ROLE_KEY)
			add_field(l, &roles->sort[i], &left);
	for (unsigned c = 0; c < tt_schema_of(table)->n_columns; c++)
		if (is_value(l, c, roles->columns[c]))
			add_value(l, c, roles->columns[c]);
	TT_ASSERT(l->n_keys <= TT_STORE_KEYS && l->n_fields <= TT_FIELDS_MAX);
	read_others(l);
	read_chosen(l);
}

const struct tt_field *
tt_layout_field(const struct tt_layout *l, unsigned column)
{
	unsigned i = 0;

	while (l->fields[i].column != column || l->fields[i].order == TT_ORDER_REST_LAST)
		TT_ASSERT(++i < l->n_fields);
	return &l->fields[i];
}
