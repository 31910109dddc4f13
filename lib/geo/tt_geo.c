/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo.h"

#include "tt_geo_source.h"

#include <errno.h>
#include <string.h>

#define V4_NETS   (1 << 24)
#define V4_GROUPS (1 << 16)

tt_country
tt_country_parse(const char *two_letters)
{
	const char *t = two_letters;

	if (t[0] < 'A' || t[0] > 'Z' || t[1] < 'A' || t[1] > 'Z' || t[2] != '\0')
		return TT_COUNTRY_UNKNOWN;
	return (tt_country)((t[0] - 'A') * 26 + (t[1] - 'A') + 1);
}

char *
tt_country_format(tt_country country, char text[3])
{
	bool known = country != TT_COUNTRY_UNKNOWN && country < TT_N_COUNTRIES;

	text[0] = known ? (char)('A' + (country - 1) / 26) : '?';
	text[1] = known ? (char)('A' + (country - 1) % 26) : '?';
	text[2] = '\0';
	return text;
}

tt_country
tt_geo_search6(const struct tt_geo *geo, struct tt_addr a)
{
	return (tt_country)tt_geo_starts_find(geo->v6, geo->n_v6, a);
}

/* Counts the /24 that have more than one country, or one in part. */
static uint32_t
count_blocks(const struct tt_geo_ranges *ranges)
{
	uint32_t n = 0;
	int64_t counted = -1;

	for (size_t i = 0; i < ranges->n; i++) {
		uint32_t first = (uint32_t)ranges->items[i].first.lo;
		uint32_t last = (uint32_t)ranges->items[i].last.lo;

		if ((first & 0xff) != 0 && first >> 8 != counted) {
			counted = first >> 8;
			n++;
		}
		if ((last & 0xff) != 0xff && last >> 8 != counted) {
			counted = last >> 8;
			n++;
		}
	}
	return n;
}

/* Fills the addresses first..last, all of one /24, in its block; makes the block if new. */
static void
fill_block(struct tt_geo *geo, uint32_t first, uint32_t last, tt_country country)
{
	uint16_t *entry = &geo->v4[first >> 8];
	uint32_t *base = &geo->v4_base[first >> 16];
	uint16_t *block;

	if (*entry == 0) {
		/* Blocks come in ascending order, so those of one /16 follow each other. */
		if (*base == UINT32_MAX)
			*base = geo->n_blocks;
		TT_ASSERT(geo->n_blocks - *base < 256);
		*entry = (uint16_t)(TT_GEO_BLOCK | (geo->n_blocks++ - *base));
	}
	block = geo->v4_blocks + ((size_t)*base + (*entry & ~TT_GEO_BLOCK)) * 256;
	for (uint32_t i = first & 0xff; i <= (last & 0xff); i++)
		block[i] = country;
}

static void
fill_range4(struct tt_geo *geo, uint32_t first, uint32_t last, tt_country country)
{
	uint32_t net = first >> 8, last_net = last >> 8;

	if ((first & 0xff) != 0) {
		uint32_t end = net == last_net ? last : first | 0xff;

		fill_block(geo, first, end, country);
		if (end == last)
			return;
		net++;
	}
	if ((last & 0xff) != 0xff) {
		fill_block(geo, last_net << 8, last, country);
		if (last_net == net)
			return;
		last_net--;
	}
	for (; net <= last_net; net++)
		geo->v4[net] = country;
}

static int
compile4(struct tt_geo *geo, const struct tt_geo_ranges *ranges)
{
	uint32_t n_blocks = count_blocks(ranges);
	struct tt_mem *mem = geo->mem;

	geo->v4 = tt_mem_alloc_dense(
			mem, V4_NETS * sizeof(*geo->v4), "country of IPv4 /24");
	geo->v4_base = tt_mem_alloc(
			mem, V4_GROUPS * sizeof(*geo->v4_base), "country of IPv4 /24");
	if (geo->v4 == NULL || geo->v4_base == NULL)
		return -ENOMEM;
	if (n_blocks > 0) {
		geo->v4_blocks = tt_mem_alloc_dense(mem,
				(size_t)n_blocks * 256 * sizeof(*geo->v4_blocks),
				"country of IPv4 finer than /24");
		if (geo->v4_blocks == NULL)
			return -ENOMEM;
	}
	memset(geo->v4_base, 0xff, V4_GROUPS * sizeof(*geo->v4_base));
	for (size_t i = 0; i < ranges->n; i++)
		fill_range4(geo, (uint32_t)ranges->items[i].first.lo,
				(uint32_t)ranges->items[i].last.lo,
				(tt_country)ranges->items[i].value);
	TT_ASSERT(geo->n_blocks == n_blocks);
	return 0;
}

static int
compile6(struct tt_geo *geo, const struct tt_geo_ranges *ranges)
{
	geo->n_v6 = tt_geo_ranges_starts(ranges, NULL);
	geo->v6 = tt_mem_alloc_dense(
			geo->mem, geo->n_v6 * sizeof(*geo->v6), "country of IPv6");
	if (geo->v6 == NULL)
		return -ENOMEM;
	tt_geo_ranges_starts(ranges, geo->v6);
	return 0;
}

static int
read_file(struct tt_geo_file *file, struct tt_geo_ranges *v4, struct tt_geo_ranges *v6,
		struct tt_error *err)
{
	if (tt_geo_mmdb_is(file))
		return tt_geo_mmdb_read(file, TT_GEO_COUNTRY, v4, v6, err);
	if (tt_geo_loc_is(file))
		return tt_geo_loc_read(file, TT_GEO_COUNTRY, v4, v6, err);
	return tt_geo_text_read(file, v4, v6, err);
}

static int
compile(struct tt_geo *geo, const char *paths, struct tt_error *err)
{
	struct tt_geo_ranges v4 = {0}, v6 = {0};
	int ret = tt_geo_list_read("geo", paths, read_file, &v4, &v6, geo->identity,
			sizeof(geo->identity), err);

	if (ret == 0) {
		ret = compile4(geo, &v4);
		if (ret == 0)
			ret = compile6(geo, &v6);
		if (ret != 0)
			tt_error_set(err, ret, "geo", "out of memory");
	}
	tt_geo_ranges_fini(&v4);
	tt_geo_ranges_fini(&v6);
	return ret;
}

int
tt_geo_open(struct tt_geo **out, const char *paths, struct tt_mem *mem,
		struct tt_error *err)
{
	struct tt_geo *geo = tt_mem_alloc(mem, sizeof(*geo), "geo");
	int ret;

	*out = NULL;
	if (geo == NULL)
		return tt_error_set(err, -ENOMEM, "geo", "out of memory");
	geo->mem = mem;
	ret = compile(geo, paths, err);
	if (ret != 0) {
		tt_geo_close(geo);
		return ret;
	}
	*out = geo;
	return 0;
}

void
tt_geo_close(struct tt_geo *geo)
{
	if (geo == NULL)
		return;
	tt_mem_free(geo->mem, geo->v4, V4_NETS * sizeof(*geo->v4));
	tt_mem_free(geo->mem, geo->v4_base, V4_GROUPS * sizeof(*geo->v4_base));
	tt_mem_free(geo->mem, geo->v4_blocks,
			(size_t)geo->n_blocks * 256 * sizeof(*geo->v4_blocks));
	tt_mem_free(geo->mem, geo->v6, geo->n_v6 * sizeof(*geo->v6));
	tt_mem_free(geo->mem, geo, sizeof(*geo));
}
