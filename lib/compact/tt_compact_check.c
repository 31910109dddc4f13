/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold of parts before a result of them can take their place: their files are those of
 * their manifests, and their rows add up to what these say. */
#include "tt_compact_private.h"

#include <errno.h>
#include <inttypes.h>

/* Which tables a plan reads of a part. */
static bool
is_small(enum tt_table table)
{
	return table == TT_TABLE_INTERVAL || table == TT_TABLE_FINGERPRINT_RULES
			|| table == TT_TABLE_SIGNATURE_RULES || table == TT_TABLE_COVERAGE
			|| table == TT_TABLE_LEDGER;
}

static int
check_files(struct tt_compact *c, const struct tt_snapshot *part, bool small)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TT_N_TABLES; i++)
		/* The rules' counts of a source follow from pairs, and are not read. */
		if (i != TT_TABLE_SOURCE_FINGERPRINTS
				&& is_small((enum tt_table)i) == small
				&& tt_manifest_has(&part->manifest, (enum tt_table)i))
			ret = tt_snapshot_check_file(part, (enum tt_table)i, c->err);
	return ret;
}

int
tt_compact_check_small(struct tt_compact *c, const struct tt_snapshot *part)
{
	return check_files(c, part, true);
}

/* Just before they are read, so that the disk is asked once. */
int
tt_compact_check_large(struct tt_compact *c, const struct tt_snapshot *part)
{
	return check_files(c, part, false);
}

struct sums {
	uint64_t packets, bytes, backscatter;
};

/* backscatter: the column that says so; 0: none, and none of bytes. */
static struct sums
sums_of(const struct tt_compact *c, enum tt_table table, unsigned backscatter)
{
	const struct tt_layout *l = &c->layouts[table];
	const struct tt_store *s = &c->stores[table];
	const struct tt_field *f = backscatter == 0 ? NULL
						    : tt_layout_field(l, backscatter);
	struct sums sums = {0};

	for (uint32_t i = 0; i < s->n; i++) {
		const uint64_t *row = tt_store_row(s, i), *values = row + l->n_keys;

		sums.packets += values[0];
		if (f == NULL)
			continue;
		sums.bytes += values[1];
		if (tt_field_get(f, row) == 1 + TT_FIELD_BIAS)
			sums.backscatter += values[0];
	}
	return sums;
}

static int
differ(struct tt_compact *c, enum tt_table table, const char *what, uint64_t has,
		int64_t said)
{
	return tt_error_set(c->err, -EBADMSG, tt_schema_of(table)->file,
			"%" PRIu64 " %s in the rows of all parts together, %" PRId64
			" in their manifests; nothing was changed",
			has, what, said);
}

static int
check(struct tt_compact *c, enum tt_table table, unsigned backscatter)
{
	const struct tt_manifest *m = &c->manifest;
	const struct sums s = sums_of(c, table, backscatter);

	if (s.packets != (uint64_t)m->packets)
		return differ(c, table, "packets", s.packets, m->packets);
	if (backscatter == 0)
		return 0;
	if (s.bytes != (uint64_t)m->bytes)
		return differ(c, table, "bytes", s.bytes, m->bytes);
	if (s.backscatter != (uint64_t)m->backscatter_packets)
		return differ(c, table, "packets of backscatter", s.backscatter,
				m->backscatter_packets);
	return 0;
}

static int
check_ipv6(struct tt_compact *c)
{
	const struct sums s = sums_of(c, TT_TABLE_IPV6_TARGETS, 0);

	return s.packets == (uint64_t)c->manifest.ipv6_packets
			? 0
			: differ(c, TT_TABLE_IPV6_TARGETS, "packets", s.packets,
					c->manifest.ipv6_packets);
}

int
tt_compact_check_totals(struct tt_compact *c)
{
	int ret = check(c, TT_TABLE_TARGETS, TT_TARGETS_BACKSCATTER);

	if (ret == 0)
		ret = check(c, TT_TABLE_COUNTRIES, TT_COUNTRIES_BACKSCATTER);
	if (ret == 0)
		ret = check(c, TT_TABLE_DESTINATIONS, 0);
	if (ret == 0)
		ret = check_ipv6(c);
	return ret;
}
