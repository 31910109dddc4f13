/* SPDX-License-Identifier: BSD-3-Clause */
/* What reading and writing sets of prefixes share. */
#ifndef TT_PREFIX_PRIVATE_H
#define TT_PREFIX_PRIVATE_H

#include "tt_prefix.h"

/* IPv4 as it lies among the IPv6 addresses: ::ffff:0:0/96. An IPv6 prefix never means these. */
static const struct tt_range tt_prefix_mapped = {
		{0, TT_ADDR_V4_PREFIX}, {0, TT_ADDR_V4_PREFIX | UINT32_MAX}};

static inline struct tt_addr
tt_prefix_addr_next(struct tt_addr a)
{
	a.lo++;
	if (a.lo == 0)
		a.hi++;
	return a;
}

/* The mask of the host bits of a prefix of `bits` (0 to 128) bits. */
static inline struct tt_addr
tt_prefix_host_mask(unsigned bits)
{
	if (bits == 0)
		return (struct tt_addr){UINT64_MAX, UINT64_MAX};
	if (bits <= 64)
		return (struct tt_addr){bits == 64 ? 0 : UINT64_MAX >> bits, UINT64_MAX};
	return (struct tt_addr){0, bits == 128 ? 0 : UINT64_MAX >> (bits - 64)};
}

/* What of the range is no mapped IPv4, as up to two ranges. Returns how many. */
unsigned tt_prefix_without_mapped(struct tt_range range, struct tt_range out[2]);

#endif
