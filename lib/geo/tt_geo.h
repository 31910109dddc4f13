/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source address → country. A database is read once at start and compiled into flat tables,
 * then shared read-only by all threads: a look-up never calls a library. IPv4 is one load
 * from 2^16 entries, one per /16, which stay in the caches; a /16 that holds more than one country
 * refers to a block of 256 entries, one per /24, and such a /24 to another block. IPv6 is a
 * binary search over the addresses at which the country changes, at full length, since the
 * databases do hold ranges finer than /64.
 *
 * Memory: 256 KiB, 512 bytes for each /16 and each /24 with more than one country, and 24 bytes
 * for each change of country in IPv6. While reading, the files and 40 to 50 bytes per range are on
 * the heap as well, in address space up to four times as much.
 *
 * Sources: the text files geoip and geoip6 of Debian's tor-geoipdb, any MMDB (libmaxminddb)
 * with country/iso_code, registered_country/iso_code, country_code, or country as two letters,
 * tried in this order, or the database of IPFire Location. The answer differs between databases for several per cent of
 * addresses; hence the identity, which goes into snapshots.
 */
#ifndef TT_GEO_H
#define TT_GEO_H

#include "tt_addr.h"
#include "tt_error.h"
#include "tt_mem.h"

#include <string.h>

/*
 * A country is the two letters of ISO 3166-1 as one number that sorts as the text does.
 * 0 is "??": not in the database, or no database.
 */
typedef uint16_t tt_country;
#define TT_COUNTRY_UNKNOWN 0
#define TT_N_COUNTRIES     (26 * 26 + 1)

/* Reads two capital letters; TT_COUNTRY_UNKNOWN if the text is anything else. */
tt_country tt_country_parse(const char *two_letters);

/* Writes the two letters, or "??", and returns text. */
char *tt_country_format(tt_country country, char text[3]);

typedef uint16_t tt_geo_block[256];

struct tt_geo {
	uint32_t *v4; /* [1 << 16]: a country, or TT_GEO_MIXED | number of its block */
	/* [n_blocks]. Entries of the block of a /16: a country, or TT_GEO_BLOCK | n where the nth
	 * block after it is that of the /24. */
	tt_geo_block *v4_blocks;
	struct tt_geo_start6 *v6; /* [n_v6], ascending, the first one at :: */
	uint32_t n_blocks, n_v6;
	struct tt_mem *mem;
	char identity[256]; /* "geoip 2026-06-25 sha256:0123456789abcdef, geoip6 …", or "none" */
};

#define TT_GEO_MIXED UINT32_C(0x80000000)
#define TT_GEO_BLOCK 0x8000

struct tt_geo_start6 {
	struct tt_addr first; /* the value holds from here to before the next entry */
	uint32_t value; /* tt_country (in lib/geo, AS numbers are kept so as well) */
};

/*
 * Reads the databases in `paths`, a comma-separated list: "/usr/share/tor/geoip,
 * /usr/share/tor/geoip6" or "country.mmdb"; the kind is told from the content. "" or NULL
 * gives a geo without a database, in which every country is unknown. A second file for the
 * same IP version is an error, since which one holds would be a guess. The identity names
 * each file, its date (the build time of a database, the "Generated:" line of a text file, else
 * the time of its last change) and the first 16 digits of its SHA-256. Returns 0; -ENOENT and
 * the like for a file that cannot be read; -EINVAL for an unknown format, a bad or reversed
 * or overlapping range, or a file without countries, with err naming file and line; -ENOMEM.
 * *geo is to be given to tt_geo_close.
 */
int tt_geo_open(struct tt_geo **geo, const char *paths, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * The same for who looks no address of IPv6 up, if not ipv6: all of these are unknown then, what
 * a file holds of them is not looked at more than it takes to know what the file is for, and what is
 * wrong in that part goes unnoticed. The identity is the same.
 */
int tt_geo_open_for(struct tt_geo **geo, const char *paths, bool ipv6, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;

/* Frees what either gave. NULL is allowed. */
void tt_geo_close(struct tt_geo *geo);

/* Looks an IPv6 address up; about 20 steps for a real database. */
tt_country tt_geo_search6(const struct tt_geo *geo, struct tt_addr a);

/*
 * Fetches what tt_geo_country4 will read: the entry of the /16; with this at hand, that of the /24. Inlined
 * always, and so are to be functions that do no more than call them: gcc 12 takes one that only prefetches
 * for one without effect, and drops those calls of it that it does not inline early.
 */
static inline __attribute__((always_inline)) void
tt_geo_prefetch4(const struct tt_geo *geo, uint32_t addr)
{
	__builtin_prefetch(&geo->v4[addr >> 16]);
}

static inline __attribute__((always_inline)) void
tt_geo_prefetch4_net(const struct tt_geo *geo, uint32_t addr)
{
	const uint32_t entry = geo->v4[addr >> 16];

	if (TT_UNLIKELY((entry & TT_GEO_MIXED) != 0))
		__builtin_prefetch(
				&geo->v4_blocks[entry & ~TT_GEO_MIXED][addr >> 8 & 255]);
}

/* Looks an IPv4 address in host byte order up. */
static inline tt_country
tt_geo_country4(const struct tt_geo *geo, uint32_t addr)
{
	const uint32_t entry = geo->v4[addr >> 16];
	const tt_geo_block *block = &geo->v4_blocks[entry & ~TT_GEO_MIXED];
	uint16_t net;

	if (TT_LIKELY((entry & TT_GEO_MIXED) == 0))
		return (tt_country)entry;
	net = (*block)[addr >> 8 & 255];
	if (TT_LIKELY((net & TT_GEO_BLOCK) == 0))
		return net;
	return block[net & ~TT_GEO_BLOCK][addr & 255];
}

/*
 * The same in two steps, for addresses of which no two are alike, so that nobody could foresee whether a /16 has
 * one country. The first says where the two bytes of its /16 or /24 stand, without branches.
 */
static inline const void *
tt_geo_find4(const struct tt_geo *geo, uint32_t addr)
{
	const uint32_t *net16 = &geo->v4[addr >> 16];
	const uintptr_t mixed = *net16 >> 31;
	const uintptr_t of16 = (uintptr_t)net16
			+ 2 * (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	const uintptr_t of24 = (uintptr_t)geo->v4_blocks
			+ (*net16 & ~TT_GEO_MIXED) * sizeof(tt_geo_block)
			+ (addr >> 8 & 255) * sizeof(uint16_t);

	return (const void *)(of16 ^ ((of16 ^ of24) & -mixed));
}
_Static_assert(TT_GEO_MIXED == UINT32_C(1) << 31, "mixed by sign");

static inline tt_country
tt_geo_found4(const struct tt_geo *geo, const void *found, uint32_t addr)
{
	uint16_t net;

	memcpy(&net, found, sizeof(net));
	if (TT_LIKELY((net & TT_GEO_BLOCK) == 0))
		return net;
	return tt_geo_country4(geo, addr);
}

/* Is the address in a /24 of one country? */
static inline bool
tt_geo_whole24(const struct tt_geo *geo, uint32_t addr)
{
	const uint32_t entry = geo->v4[addr >> 16];

	return (entry & TT_GEO_MIXED) == 0
			|| (geo->v4_blocks[entry & ~TT_GEO_MIXED][addr >> 8 & 255]
					   & TT_GEO_BLOCK)
			== 0;
}

/* Looks an address of either version up. */
static inline tt_country
tt_geo_country(const struct tt_geo *geo, struct tt_addr a)
{
	if (TT_LIKELY(tt_addr_is_v4(a)))
		return tt_geo_country4(geo, (uint32_t)a.lo);
	return tt_geo_search6(geo, a);
}

#endif
