/* SPDX-License-Identifier: BSD-3-Clause */
/* The words of rows that count their sources, of tables that have one word in their keys. */
#include "tt_compact_private.h"

uint64_t *
tt_compact_counter(const struct tt_compact *c, enum tt_table table, uint64_t key)
{
	const struct tt_store *s = &c->stores[table];
	uint64_t *row = tt_store_find(s, &key);

	return row == NULL ? NULL : &row[s->width - 1];
}

/* Does the row of a counter have packets of more sources than were counted? */
static bool
has_room(const struct tt_compact *c, enum tt_table table, const uint64_t *counter)
{
	const struct tt_store *s = &c->stores[table];

	return TT_UNIQ(*counter) < (counter + 1 - s->width)[s->n_keys];
}

uint64_t *
tt_compact_counter_in(const struct tt_compact *c, enum tt_table table, unsigned column,
		uint64_t key, uint64_t country)
{
	const struct tt_field *f = tt_layout_field(&c->layouts[table], column);
	uint64_t *counter = tt_compact_counter(c, table, key | country << f->shift);

	if (TT_LIKELY(counter != NULL && has_room(c, table, counter)))
		return counter;
	counter = NULL;
	for (uint64_t i = 0; counter == NULL && i < TT_COUNTRY_REST; i++) {
		counter = tt_compact_counter(c, table, key | i << f->shift);
		if (counter != NULL && !has_room(c, table, counter))
			counter = NULL;
	}
	return counter;
}
