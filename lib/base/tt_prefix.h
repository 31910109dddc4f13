/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set of CIDR prefixes: the monitored addresses. Built once at start from text, then
 * read-only and shared by all workers. Overlapping and adjacent prefixes are merged into
 * sorted ranges, so that a look-up is one comparison for the widest range of IPv4, which nearly all
 * that a sensor gets goes to, and a binary search otherwise. Holds at most TT_PREFIX_RANGES_MAX ranges after merging; heap memory
 * of 32 bytes each. An IPv6 prefix never means IPv4 addresses: ::/0 is all of IPv6 and nothing else.
 */
#ifndef TT_PREFIX_H
#define TT_PREFIX_H

#include "tt_addr.h"
#include "tt_error.h"

#define TT_PREFIX_RANGES_MAX 4096

struct tt_range {
	struct tt_addr first, last; /* inclusive */
};

struct tt_prefix_set {
	struct tt_range *ranges; /* [n_ranges], ascending, disjoint */
	unsigned n_ranges;
	/* The widest range of IPv4 once more: its first address, and how many it has; 0 where
	 * there is none. */
	uint32_t wide_first;
	uint64_t wide_size;
};

/*
 * Parses "192.0.2.0/24,2001:db8::/32" (a bare address is a /32 or a /128) into an empty or
 * zeroed set, replacing what was there. Blanks may stand around elements, not in them. Host bits
 * that are set are an error, as is an empty list. Returns 0, or -EINVAL, -ENOMEM or -E2BIG with
 * err naming the element.
 */
int tt_prefix_set_parse(struct tt_prefix_set *set, const char *cidr_list,
		struct tt_error *err) TT_MUST_CHECK;

void tt_prefix_set_fini(struct tt_prefix_set *set);

/* Number of addresses in the set; INT64_MAX where there are as many or more (from IPv6 /65 on). */
int64_t tt_prefix_set_size(const struct tt_prefix_set *set);

/* How many of these are of IPv4: 2^32 at most; and whether any is of IPv6. */
int64_t tt_prefix_set_size_ipv4(const struct tt_prefix_set *set);
bool tt_prefix_set_has_ipv6(const struct tt_prefix_set *set);

/* Calls for each of the least prefixes that make the set: those of IPv4 first, of each version ascending. length: 0 to 32, or
 * to 128 of IPv6. */
void tt_prefix_set_each(const struct tt_prefix_set *set,
		void (*call)(void *to, struct tt_addr first, bool ipv4, unsigned length),
		void *to);

/* The set as canonical text, e.g. for a manifest: a list of the least prefixes that make it,
 * comma-separated. The caller frees it. NULL if memory is short. */
char *tt_prefix_set_format(const struct tt_prefix_set *set);

bool tt_prefix_set_search(const struct tt_prefix_set *set, struct tt_addr a);

static inline bool
tt_range_has(const struct tt_range *r, struct tt_addr a)
{
	const unsigned __int128 n = tt_addr_number(a);

	return tt_addr_number(r->first) <= n && n <= tt_addr_number(r->last);
}

/* Is the IPv4 address in the widest range? */
static inline bool
tt_prefix_set_widest_has(const struct tt_prefix_set *set, uint32_t v4)
{
	return v4 - set->wide_first < set->wide_size;
}

/* Is the address in the set? */
static inline bool
tt_prefix_set_has(const struct tt_prefix_set *set, struct tt_addr a)
{
	if (TT_LIKELY(tt_addr_is_v4(a) && tt_prefix_set_widest_has(set, (uint32_t)a.lo)))
		return true;
	return tt_prefix_set_search(set, a);
}

#endif
