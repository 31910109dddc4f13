/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_asn.h"

#include "tt_geo_source.h"

#include <errno.h>
#include <string.h>

#define V4_GROUPS (1 << 16)

struct tt_asn {
	struct tt_geo_start4 *v4; /* [n_v4], ascending, the first one at 0.0.0.0 */
	uint32_t *v4_index; /* [V4_GROUPS]: the start that holds at the first address of a /16 */
	struct tt_geo_start6 *v6; /* [n_v6], ascending, the first one at :: */
	uint32_t n_v4, n_v6;
	struct tt_mem *mem;
	char identity[256];
};

static void
make_index(struct tt_asn *asn)
{
	uint32_t at = 0;

	for (uint32_t group = 0; group < V4_GROUPS; group++) {
		while (at + 1 < asn->n_v4 && asn->v4[at + 1].first <= group << 16)
			at++;
		asn->v4_index[group] = at;
	}
}

/* Without a database there is one start, of the value that fresh memory has. */
static int
compile4(struct tt_asn *asn, const struct tt_geo_starts4 *starts)
{
	asn->n_v4 = starts->n > 0 ? (uint32_t)starts->n : 1;
	asn->v4 = tt_mem_alloc_dense(
			asn->mem, asn->n_v4 * sizeof(*asn->v4), "AS number of IPv4");
	asn->v4_index = tt_mem_alloc(asn->mem, V4_GROUPS * sizeof(*asn->v4_index),
			"AS number of IPv4 /16");
	if (asn->v4 == NULL || asn->v4_index == NULL)
		return -ENOMEM;
	if (starts->n > 0)
		memcpy(asn->v4, starts->items, starts->n * sizeof(*asn->v4));
	make_index(asn);
	return 0;
}

static int
compile6(struct tt_asn *asn, const struct tt_geo_ranges *ranges)
{
	asn->n_v6 = tt_geo_ranges_starts(ranges, NULL);
	asn->v6 = tt_mem_alloc_dense(
			asn->mem, asn->n_v6 * sizeof(*asn->v6), "AS number of IPv6");
	if (asn->v6 == NULL)
		return -ENOMEM;
	tt_geo_ranges_starts(ranges, asn->v6);
	return 0;
}

static int
read_file(struct tt_geo_file *file, struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6,
		struct tt_error *err)
{
	if (tt_geo_mmdb_is(file))
		return tt_geo_mmdb_read(file, TT_GEO_ASN, v4, v6, err);
	if (tt_geo_loc_is(file))
		return tt_geo_loc_read(file, TT_GEO_ASN, v4, v6, err);
	return tt_error_set(err, -EINVAL, file->path,
			"neither an MMDB nor a database of IPFire Location");
}

static int
compile(struct tt_asn *asn, const char *paths, bool ipv6, struct tt_error *err)
{
	struct tt_geo_starts4 v4 = {0};
	struct tt_geo_ranges v6 = {.unread = !ipv6};
	int ret = tt_geo_list_read("asn", paths, read_file, &v4, &v6, asn->identity,
			sizeof(asn->identity), err);

	if (ret == 0) {
		ret = compile4(asn, &v4);
		if (ret == 0)
			ret = compile6(asn, &v6);
		if (ret != 0)
			tt_error_set(err, ret, "asn", "out of memory");
	}
	tt_geo_starts4_fini(&v4);
	tt_geo_ranges_fini(&v6);
	return ret;
}

int
tt_asn_open(struct tt_asn **out, const char *paths, struct tt_mem *mem,
		struct tt_error *err)
{
	return tt_asn_open_for(out, paths, true, mem, err);
}

int
tt_asn_open_for(struct tt_asn **out, const char *paths, bool ipv6, struct tt_mem *mem,
		struct tt_error *err)
{
	struct tt_asn *asn = tt_mem_alloc(mem, sizeof(*asn), "asn");
	int ret;

	*out = NULL;
	if (asn == NULL)
		return tt_error_set(err, -ENOMEM, "asn", "out of memory");
	asn->mem = mem;
	ret = compile(asn, paths, ipv6, err);
	if (ret != 0) {
		tt_asn_close(asn);
		return ret;
	}
	*out = asn;
	return 0;
}

void
tt_asn_close(struct tt_asn *asn)
{
	if (asn == NULL)
		return;
	tt_mem_free(asn->mem, asn->v4, asn->n_v4 * sizeof(*asn->v4));
	tt_mem_free(asn->mem, asn->v4_index, V4_GROUPS * sizeof(*asn->v4_index));
	tt_mem_free(asn->mem, asn->v6, asn->n_v6 * sizeof(*asn->v6));
	tt_mem_free(asn->mem, asn, sizeof(*asn));
}

static uint32_t
find4(const struct tt_asn *asn, uint32_t addr)
{
	uint32_t group = addr >> 16, from = asn->v4_index[group];
	uint32_t end = group + 1 < V4_GROUPS ? asn->v4_index[group + 1] + 1 : asn->n_v4;
	uint32_t n = end - from;
	const struct tt_geo_start4 *at = asn->v4 + from;

	while (n > 1) {
		uint32_t half = n / 2;

		if (at[half].first <= addr)
			at += half;
		n -= half;
	}
	return at->value;
}

uint32_t
tt_asn_number(const struct tt_asn *asn, struct tt_addr a)
{
	if (asn == NULL)
		return 0;
	if (tt_addr_is_v4(a))
		return find4(asn, (uint32_t)a.lo);
	return tt_geo_starts_find(asn->v6, asn->n_v6, a);
}

const char *
tt_asn_identity(const struct tt_asn *asn)
{
	return asn == NULL ? "none" : asn->identity;
}
