/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 → the tables that look-ups read: /16 by /16, each filled aside and kept where it is
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

/* Moves what was filled aside to where look-ups want it. */
static void
keep(struct tt_geo *geo, uint32_t *n_blocks, const struct group *g)
{
	if (uniform(g)) {
		geo->v4[g->number] = g->blocks[0][0];
		return;
	}
	TT_ASSERT(*n_blocks + g->n_blocks <= geo->n_blocks);
	geo->v4[g->number] = TT_GEO_MIXED | *n_blocks;
	memcpy(geo->v4_blocks[*n_blocks], g->blocks, g->n_blocks * sizeof(g->blocks[0]));
	*n_blocks += g->n_blocks;
}

/* Fills addresses of group n, by their last 16 bits; g is that one or the one before it. */
static void
fill_part(struct tt_geo *geo, uint32_t *n_blocks, struct group *g, uint32_t n,
		uint32_t first, uint32_t last, tt_country country)
{
	const bool whole = first == 0 && last == 0xffff;

	if (n != g->number) {
		keep(geo, n_blocks, g);
		if (!whole)
			begin(g, n);
	}
	if (whole)
		begin_whole(g, n, country);
	else
		fill(g, first, last, country);
}

/* The last address up to which the value of a start holds. */
static uint32_t
last_of(const struct tt_geo_starts4 *starts, size_t i)
{
	return i + 1 < starts->n ? starts->items[i + 1].first - 1 : UINT32_MAX;
}

static void
fill_groups(struct tt_geo *geo, struct group *g, const struct tt_geo_starts4 *starts)
{
	uint32_t n_blocks = 0;

	begin(g, 0);
	for (size_t i = 0; i < starts->n; i++) {
		const uint32_t first = starts->items[i].first;
		const uint32_t last = last_of(starts, i);

		if (starts->items[i].value == 0)
			continue;
		for (uint32_t n = first >> 16; n <= last >> 16; n++)
			fill_part(geo, &n_blocks, g, n,
					n == first >> 16 ? first & 0xffff : 0,
					n == last >> 16 ? last & 0xffff : 0xffff,
					(tt_country)starts->items[i].value);
	}
	keep(geo, &n_blocks, g);
}

/* How many /16 and /24 there are within which the country changes: those that are not of one. */
static uint32_t
count_blocks(const struct tt_geo_starts4 *starts)
{
	uint64_t group = UINT64_MAX, net = UINT64_MAX; /* the last that were counted */
	uint32_t n = 0;

	for (size_t i = 1; i < starts->n; i++) {
		const uint32_t border = starts->items[i].first;

		if ((border & 0xffff) != 0 && border >> 16 != group) {
			group = border >> 16;
			n++;
		}
		if ((border & 0xff) != 0 && border >> 8 != net) {
			net = border >> 8;
			n++;
		}
	}
	return n;
}

/* Memory for all blocks at once: they are tens of megabytes, which are costly to move and to touch twice. */
static bool
take_blocks(struct tt_geo *geo, uint32_t n)
{
	if (n == 0)
		return true;
	geo->v4_blocks = tt_mem_alloc_dense(
			geo->mem, n * sizeof(*geo->v4_blocks), "country of IPv4 /24");
	if (geo->v4_blocks == NULL)
		return false;
	geo->n_blocks = n;
	return true;
}

int
tt_geo_compile4(struct tt_geo *geo, const struct tt_geo_starts4 *starts)
{
	struct group *group = malloc(sizeof(*group));
	int ret = -ENOMEM;

	geo->v4 = tt_mem_alloc_dense(geo->mem, TT_GEO_GROUPS * sizeof(*geo->v4),
			"country of IPv4 /16");
	if (geo->v4 != NULL && group != NULL && take_blocks(geo, count_blocks(starts))) {
		fill_groups(geo, group, starts);
		ret = 0;
	}
	free(group);
	return ret;
}
