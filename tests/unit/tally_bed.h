/* SPDX-License-Identifier: BSD-3-Clause */
/* What a tally needs around it, for tests: no country database, a few monitored prefixes. */
#ifndef TALLY_BED_H
#define TALLY_BED_H

#include "tt_tally.h"

#include <string.h>

/* Made at the first call, and never freed: programs of tests end soon. */
static inline struct tt_tally_config
tally_bed(uint64_t pairs)
{
	static struct tt_geo *geo;
	static struct tt_units destinations, prefixes;
	struct tt_prefix_set set = {0};

	if (geo == NULL) {
		TT_ASSERT(tt_prefix_set_parse(&set,
					  "192.0.2.0/24,10.0.0.0/18,2001:db8::/64", NULL)
				== 0);
		TT_ASSERT(tt_units_init(&destinations, &set, 65536, 0, 0, NULL) == 0);
		TT_ASSERT(tt_units_init(&prefixes, &set, 1024, 8, 64, NULL) == 0);
		TT_ASSERT(tt_geo_open(&geo, "", tt_mem_heap(), NULL) == 0);
		tt_prefix_set_fini(&set);
	}
	return (struct tt_tally_config){.pairs = pairs,
			.geo = geo,
			.destinations = &destinations,
			.prefixes = &prefixes};
}

static inline struct tt_tally *
tally_make(uint64_t pairs)
{
	const struct tt_tally_config config = tally_bed(pairs);
	struct tt_tally *t = NULL;

	TT_ASSERT(tt_tally_create(&t, &config, tt_mem_heap(), NULL) == 0);
	return t;
}

/* Do two rests of equal size, which are not compact, hold the same in all cells? */
static inline bool
same_cells(const struct tt_rest *a, const struct tt_rest *b)
{
	return memcmp(a->cells, b->cells, TT_CELL_PACKETS * sizeof(*a->cells)) == 0
			&& memcmp(a->packet_cells, b->packet_cells,
					   (a->n_cells - TT_CELL_PACKETS)
							   * sizeof(*a->packet_cells))
			== 0;
}

#endif
