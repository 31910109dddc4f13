/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source address → country. A database is read once at start and compiled into a flat table
 * (IPv4: 2^24 entries of 16 bits by /24, finer prefixes in blocks of 256) and a sorted list of
 * ranges (IPv6), then shared read-only by all threads: a look-up is one or two loads for IPv4,
 * a binary search for IPv6, and never a call into a library. About 32 MiB + 512 bytes for each
 * /24 that holds more than one country + 24 bytes per IPv6 range.
 *
 * Sources: the text files geoip and geoip6 of Debian's tor-geoipdb, or any MMDB (libmaxminddb)
 * with country/iso_code, registered_country/iso_code or country_code. The answer differs between
 * databases for several per cent of addresses; hence the identity, which goes into snapshots.
 */
#ifndef TT_GEO_H
#define TT_GEO_H

#include "tt_addr.h"
#include "tt_error.h"
#include "tt_mem.h"

/*
 * A country is the two letters of ISO 3166-1 as one number that sorts as the text does.
 * 0 is "??": not in the database, or no database.
 */
typedef uint16_t tt_country;
#define TT_COUNTRY_UNKNOWN 0
#define TT_N_COUNTRIES     (26 * 26 + 1)

tt_country tt_country_parse(
		const char *two_letters); /* TT_COUNTRY_UNKNOWN if it is none */
char *tt_country_format(tt_country country, char text[3]);

struct tt_geo {
	uint16_t *v4; /* [1 << 24]: a country, or TT_GEO_BLOCK | block number */
	uint16_t *v4_blocks; /* [n_blocks][256] */
	struct tt_geo_range6 *v6; /* [n_v6], ascending, disjoint */
	uint32_t n_blocks, n_v6;
	struct tt_mem *mem;
	size_t v4_blocks_bytes, v6_bytes;
	char identity[256]; /* e.g. "geoip 2026-06-03 sha256:1a2b…, geoip6 …", or "none" */
};

#define TT_GEO_BLOCK 0x8000

struct tt_geo_range6 {
	uint64_t first, last; /* the upper 64 bits, inclusive: finer ranges do not exist in v6 */
	uint16_t country;
};

/*
 * Reads the databases in `paths`, a comma-separated list: "/usr/share/tor/geoip,
 * /usr/share/tor/geoip6" or "country.mmdb"; the kind is told from the content. "" or NULL
 * gives a geo without a database, in which every country is unknown. Later files do not
 * overrule earlier ones of the same IP version; that is an error (-EINVAL). Returns 0, or a
 * negative errno with err naming file and line. *geo is to be given to tt_geo_close.
 */
int tt_geo_open(struct tt_geo **geo, const char *paths, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;
void tt_geo_close(struct tt_geo *geo);

tt_country tt_geo_search6(const struct tt_geo *geo, uint64_t upper);

static inline tt_country
tt_geo_country4(const struct tt_geo *geo, uint32_t addr)
{
	uint16_t entry = geo->v4[addr >> 8];

	if (TT_UNLIKELY(entry & TT_GEO_BLOCK))
		return geo->v4_blocks[(size_t)(entry & ~TT_GEO_BLOCK) << 8
				| (addr & 0xff)];
	return entry;
}

static inline tt_country
tt_geo_country(const struct tt_geo *geo, struct tt_addr a)
{
	if (TT_LIKELY(tt_addr_is_v4(a)))
		return tt_geo_country4(geo, (uint32_t)a.lo);
	return tt_geo_search6(geo, a.hi);
}

#endif
