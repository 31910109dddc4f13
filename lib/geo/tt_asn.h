/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Source address → number of the autonomous system that announces it. Read once at start, then
 * shared read-only. Asked once per distinct source at merge time, so a binary search over sorted
 * ranges is enough (IPv4 with an index by the top 16 bits).
 *
 * Sources: any MMDB with autonomous_system_number, also below traits (libmaxminddb), or the
 * database of IPFire Location (Debian's libloc-database). Memory: 8 bytes for each change of
 * number in IPv4, 24 in IPv6, and 256 KiB; while reading, the file and, for each range, 40 to 50
 * bytes (8 for IPv4 of IPFire Location) are on the heap as well, in address space up to four times as much.
 */
#ifndef TT_ASN_H
#define TT_ASN_H

#include "tt_addr.h"
#include "tt_error.h"
#include "tt_mem.h"

/* What Debian's libloc-database installs. */
#define TT_ASN_DEFAULT "/usr/share/libloc-location/location.db"

struct tt_asn;

/* Reads the databases in `paths`, a comma-separated list; "" or NULL gives one without a
 * database. The kind is told from the content. A second file for the same IP version is an
 * error. Errors as tt_geo_open's. */
int tt_asn_open(struct tt_asn **asn, const char *paths, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;

/* The same without IPv6, if not ipv6: as tt_geo_open_for. */
int tt_asn_open_for(struct tt_asn **asn, const char *paths, bool ipv6, struct tt_mem *mem,
		struct tt_error *err) TT_MUST_CHECK;

void tt_asn_close(struct tt_asn *asn); /* NULL is allowed */

/* The number, or 0 where the database has none. asn may be NULL. */
uint32_t tt_asn_number(const struct tt_asn *asn, struct tt_addr a);

/* Names, dates and hashes as in tt_geo's identity, or "none" (also for an asn of NULL). */
const char *tt_asn_identity(const struct tt_asn *asn);

#endif
