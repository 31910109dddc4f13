/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An IP address of either version as one 128-bit number. IPv4 is mapped into ::ffff:0:0/96
 * (RFC 4291 section 2.5.5.2), so that one table, one sort and one comparison serve both. Pure
 * functions on values and the caller's text, any thread, no memory.
 */
#ifndef TT_ADDR_H
#define TT_ADDR_H

#include "tt_base.h"

struct tt_addr {
	uint64_t hi, lo; /* host byte order; hi holds the first eight bytes on the wire */
};

#define TT_ADDR_TEXT_MAX 46 /* INET6_ADDRSTRLEN */

#define TT_ADDR_V4_PREFIX (UINT64_C(0xffff) << 32)

static inline struct tt_addr
tt_addr_v4(uint32_t host_order)
{
	return (struct tt_addr){.hi = 0, .lo = TT_ADDR_V4_PREFIX | host_order};
}

static inline bool
tt_addr_is_v4(struct tt_addr a)
{
	return (a.hi | ((a.lo >> 32) ^ 0xffff)) == 0;
}

static inline unsigned __int128
tt_addr_number(struct tt_addr a)
{
	return (unsigned __int128)a.hi << 64 | a.lo;
}

static inline int
tt_addr_cmp(struct tt_addr a, struct tt_addr b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	if (a.lo != b.lo)
		return a.lo < b.lo ? -1 : 1;
	return 0;
}

/* Writes the usual text ("192.0.2.1", "2001:db8::1") and returns text. */
char *tt_addr_format(struct tt_addr a, char text[TT_ADDR_TEXT_MAX]);

/* Parses what tt_addr_format writes. Returns 0, or -EINVAL. */
int tt_addr_parse(const char *text, struct tt_addr *a) TT_MUST_CHECK;

#endif
