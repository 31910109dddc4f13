/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges of IPv4 → the tables that look-ups read: /16 by /16, each filled aside and kept where it is
 * not all of one country. */
#include "tt_geo_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A /16 that is being filled: its own block, then those of its /24. */
struct group {
	tt_geo_block blocks[1 + 256];
	uint32_t n_blocks;
	uint32_t number; /* the first 16 bits of its addresses */
	bool whole; /* one range has all of it: no more than its first entry is filled */
};

/* The blocks that are kept. */
struct list {
	tt_geo_block *blocks; /* [n] of [room] */
	size_t n, room;
};

static void
begin(struct group *g, uint32_t number)
{
	memset(g->blocks[0], 0, sizeof(g->blocks[0]));
	g->n_blocks = 1;
	g->number = number;
	g->whole = false;
}

/* Nearly all groups are of one country: nothing is filled aside for them. */
static void
begin_whole(struct group *g, uint32_t number, tt_country country)
{
	g->blocks[0][0] = country;
	g->n_blocks = 1;
	g->number = number;
	g->whole = true;
}

/* The block of a /24 of the group; makes it where there is none. */
static uint16_t *
block_of(struct group *g, uint32_t net)
{
	uint16_t *entry = &g->blocks[0][net];

	if ((*entry & TT_GEO_BLOCK) == 0) {
		for (unsigned i = 0; i < 256; i++)
			g->blocks[g->n_blocks][i] = *entry;
		*entry = (uint16_t)(TT_GEO_BLOCK | g->n_blocks++);
	}
	return g->blocks[*entry & ~TT_GEO_BLOCK];
}

/* Fills the whole /24 from first on, up to last; returns the address behind them. */
static uint32_t
fill_nets(struct group *g, uint32_t first, uint32_t last, tt_country country)
{
	const uint32_t end = (last + 1) >> 8;

	for (uint32_t net = first >> 8; net < end; net++)
		g->blocks[0][net] = country;
	return end << 8;
}

/* Fills addresses of the group, by their last 16 bits. */
static void
fill(struct group *g, uint32_t first, uint32_t last, tt_country country)
{
	while (first <= last) {
		const uint32_t end = (first | 255) < last ? first | 255 : last;

		if ((first & 255) == 0 && (end & 255) == 255) {
			first = fill_nets(g, first, last, country);
		} else {
			uint16_t *block = block_of(g, first >> 8);

			for (uint32_t i = first & 255; i <= (end & 255); i++)
				block[i] = country;
			first = end + 1;
		}
	}
}

static bool
uniform(const struct group *g)
{
	for (unsigned i = 1; i < 256 && !g->whole; i++)
		if (g->blocks[0][i] != g->blocks[0][0])
			return false;
	return g->n_blocks == 1;
}

/* Returns 0, or -ENOMEM. */
static int
keep(struct tt_geo *geo, struct list *list, const struct group *g)
{
	if (uniform(g)) {
		geo->v4[g->number] = g->blocks[0][0];
		return 0;
	}
	if (list->n + g->n_blocks > list->room) {
		const size_t room = 2 * list->room + 1024;
		void *more = realloc(list->blocks, room * sizeof(*list->blocks));

		if (more == NULL)
			return -ENOMEM;
		list->blocks = more;
		list->room = room;
	}
	geo->v4[g->number] = TT_GEO_MIXED | (uint32_t)list->n;
	memcpy(list->blocks[list->n], g->blocks, g->n_blocks * sizeof(g->blocks[0]));
	list->n += g->n_blocks;
	return 0;
}

/* Fills addresses of group n, by their last 16 bits; g is that one or the one before it. */
static int
fill_part(struct tt_geo *geo, struct list *list, struct group *g, uint32_t n,
		uint32_t first, uint32_t last, tt_country country)
{
	const bool whole = first == 0 && last == 0xffff;
	int ret = 0;

	if (n != g->number) {
		ret = keep(geo, list, g);
		if (!whole)
			begin(g, n);
	}
	if (whole)
		begin_whole(g, n, country);
	else
		fill(g, first, last, country);
	return ret;
}

static int
fill_groups(struct tt_geo *geo, struct list *list, struct group *g,
		const struct tt_geo_ranges *ranges)
{
	int ret = 0;

	begin(g, 0);
	for (size_t i = 0; i < ranges->n && ret == 0; i++) {
		const uint32_t first = (uint32_t)ranges->items[i].first.lo;
		const uint32_t last = (uint32_t)ranges->items[i].last.lo;

		for (uint32_t n = first >> 16; n <= last >> 16 && ret == 0; n++)
			ret = fill_part(geo, list, g, n,
					n == first >> 16 ? first & 0xffff : 0,
					n == last >> 16 ? last & 0xffff : 0xffff,
					(tt_country)ranges->items[i].value);
	}
	return ret == 0 ? keep(geo, list, g) : ret;
}

/* The blocks where look-ups want them. */
static int
settle(struct tt_geo *geo, const struct list *list)
{
	const size_t bytes = list->n * sizeof(*list->blocks);

	if (list->n == 0)
		return 0;
	geo->v4_blocks = tt_mem_alloc_dense(geo->mem, bytes, "country of IPv4 /24");
	if (geo->v4_blocks == NULL)
		return -ENOMEM;
	memcpy(geo->v4_blocks, list->blocks, bytes);
	geo->n_blocks = (uint32_t)list->n;
	return 0;
}

int
tt_geo_compile4(struct tt_geo *geo, const struct tt_geo_ranges *ranges)
{
	struct group *group = malloc(sizeof(*group));
	struct list list = {0};
	int ret = -ENOMEM;

	geo->v4 = tt_mem_alloc_dense(geo->mem, TT_GEO_GROUPS * sizeof(*geo->v4),
			"country of IPv4 /16");
	if (geo->v4 != NULL && group != NULL)
		ret = fill_groups(geo, &list, group, ranges);
	if (ret == 0)
		ret = settle(geo, &list);
	free(list.blocks);
	free(group);
	return ret;
}
