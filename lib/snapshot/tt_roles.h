/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the rows of each table sort, and what becomes of each column where rows of two snapshots
 * become one: declared once, beside tt_schema.h, for whoever merges snapshots or checks them.
 * Constants only, any thread.
 */
#ifndef TT_ROLES_H
#define TT_ROLES_H

#include "tt_schema.h"

enum tt_role {
	TT_ROLE_COMMON, /* interval_start and sensor: the snapshot's own */
	TT_ROLE_KEY, /* tells the rows of a table apart */
	TT_ROLE_SUM,
	TT_ROLE_MIN,
	TT_ROLE_MAX,
	TT_ROLE_CARRIED, /* follows from the key, or is that of one of the rows */
	TT_ROLE_DERIVED, /* follows from other columns or tables of the same snapshot */
};

/* How the values of a column compare. */
enum tt_order {
	TT_ORDER_INTEGER, /* also of times */
	TT_ORDER_DESCENDING, /* integers, the greatest first */
	TT_ORDER_TEXT, /* byte by byte */
	TT_ORDER_ADDRESS, /* tt_addr_cmp */
	TT_ORDER_UNIT, /* first monitored address of a destination; of merged ones, first address, then the wider */
	TT_ORDER_COUNTRY, /* tt_row_country_parse: "??" first, "**" last */
	TT_ORDER_CLASS, /* enum tt_class */
	TT_ORDER_PROTOCOL, /* protocol number; "" is 0 */
	TT_ORDER_RULE, /* place in fingerprint_rules */
	TT_ORDER_RULES, /* set of rules as a number: the sum of 2^place */
	TT_ORDER_DISTRIBUTION, /* enum tt_distribution */
	TT_ORDER_SKETCH, /* enum tt_sketch_kind, then the country, address or target */
	TT_ORDER_GIVEN, /* no order of its own: ports and rules as they are configured */
	TT_ORDER_REST_LAST, /* what is told apart before what is not: "*", "", -1 */
};

/* Rows ascend by this column; where they are equal in it, by the next. */
struct tt_sort_by {
	unsigned column;
	enum tt_order order;
};

struct tt_roles {
	const enum tt_role *columns; /* [n_columns of tt_schema_of] */
	const struct tt_sort_by *sort; /* [n_sort], every key column in it */
	unsigned n_sort;
};

const struct tt_roles *tt_roles_of(enum tt_table table);

#endif
