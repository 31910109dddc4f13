/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of IPv6 in parts of schema versions that do not tell them apart by target: their number follows from their destinations,
 * exactly. They go to the row of what is not told apart, so that the result says of all packets how many are IPv6.
 */
#include "tt_compact_private.h"
#include "tt_merge.h"

#include <string.h>

void
tt_compact_note_ipv6(struct tt_compact *c, const struct tt_parquet_batch *batch)
{
	const struct tt_parquet_values
			*names = &batch->columns[TT_DESTINATIONS_DESTINATION];
	const int64_t *packets = batch->columns[TT_DESTINATIONS_PACKETS].ints;

	if (c->part_tells_ipv6)
		return;
	for (unsigned i = 0; i < batch->n; i++)
		if (strchr(names->texts[names->codes[i]], ':') != NULL)
			c->ipv6_untold += packets[i];
}

static uint64_t
number_of(const struct tt_field *f)
{
	if (f->order == TT_ORDER_REST_LAST)
		return 1;
	switch (f->column) {
	case TT_IPV6_TARGETS_CLASS:
		return 15; /* as tt_compact_pack.c has it */
	case TT_IPV6_TARGETS_COUNTRY:
		return TT_COUNTRY_REST;
	case TT_IPV6_TARGETS_CODE:
	case TT_IPV6_TARGETS_BACKSCATTER:
		return TT_FIELD_BIAS;
	default:
		return 0; /* no protocol, and a target of -1 */
	}
}

int
tt_compact_enter_ipv6(struct tt_compact *c)
{
	const struct tt_layout *l = &c->layouts[TT_TABLE_IPV6_TARGETS];
	uint64_t key[TT_STORE_KEYS] = {0}, *row;

	if (c->ipv6_untold == 0)
		return 0;
	for (unsigned i = 0; i < l->n_fields; i++)
		tt_field_put(&l->fields[i], key, number_of(&l->fields[i]));
	row = tt_store_make(&c->stores[TT_TABLE_IPV6_TARGETS], key);
	if (row == NULL)
		return tt_compact_no_memory(c);
	row[l->n_keys] +=
			(uint64_t)c->ipv6_untold; /* of packets; their bytes are not known */
	c->manifest.ipv6_packets += c->ipv6_untold;
	return 0;
}
