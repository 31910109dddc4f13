/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_geo.h"

#include "tt_geo_source.h"

#include <errno.h>
#include <string.h>

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
read_file(struct tt_geo_file *file, struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6,
		struct tt_error *err)
{
	if (tt_geo_mmdb_is(file))
		return tt_geo_mmdb_read(file, TT_GEO_COUNTRY, v4, v6, err);
	if (tt_geo_loc_is(file))
		return tt_geo_loc_read(file, TT_GEO_COUNTRY, v4, v6, err);
	return tt_geo_text_read(file, v4, v6, err);
}

static int
compile(struct tt_geo *geo, const char *paths, bool ipv6, struct tt_error *err)
{
	struct tt_geo_starts4 v4 = {0};
	struct tt_geo_ranges v6 = {.unread = !ipv6};
	int ret = tt_geo_list_read("geo", paths, read_file, &v4, &v6, geo->identity,
			sizeof(geo->identity), err);

	if (ret == 0) {
		ret = tt_geo_compile4(geo, &v4);
		if (ret == 0)
			ret = compile6(geo, &v6);
		if (ret != 0)
			tt_error_set(err, ret, "geo", "out of memory");
	}
	tt_geo_starts4_fini(&v4);
	tt_geo_ranges_fini(&v6);
	return ret;
}

int
tt_geo_open(struct tt_geo **out, const char *paths, struct tt_mem *mem,
		struct tt_error *err)
{
	return tt_geo_open_for(out, paths, true, mem, err);
}

int
tt_geo_open_for(struct tt_geo **out, const char *paths, bool ipv6, struct tt_mem *mem,
		struct tt_error *err)
{
	struct tt_geo *geo = tt_mem_alloc(mem, sizeof(*geo), "geo");
	int ret;

	*out = NULL;
	if (geo == NULL)
		return tt_error_set(err, -ENOMEM, "geo", "out of memory");
	geo->mem = mem;
	ret = compile(geo, paths, ipv6, err);
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
	tt_mem_free(geo->mem, geo->v4, TT_GEO_GROUPS * sizeof(*geo->v4));
	tt_mem_free(geo->mem, geo->v4_blocks, geo->n_blocks * sizeof(*geo->v4_blocks));
	tt_mem_free(geo->mem, geo->v6, geo->n_v6 * sizeof(*geo->v6));
	tt_mem_free(geo->mem, geo, sizeof(*geo));
}
