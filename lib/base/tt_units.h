/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A set of prefixes cut into at most so many equal units, each with an index: the destinations
 * of an interval's tables. Built once at start, then read-only and shared by all threads. An
 * address space that has no more addresses than units is cut into single addresses; a larger
 * one into the longest prefixes that are few enough, for each IP version on its own. Units do
 * not reach over the end of a range: the first and the last one of a range may be cut short.
 * Units are numbered in the order of their addresses, IPv4 where it lies among the IPv6 ones. A
 * set of nothing has one unit, "::", so that a table always has a row. Heap memory of 40 bytes
 * for each range of the set, and of 8 for each unit where some are no single IPv4 addresses.
 */
#ifndef TT_UNITS_H
#define TT_UNITS_H

#include "tt_hash.h"
#include "tt_prefix.h"

struct tt_unit_range {
	struct tt_range range;
	uint32_t first; /* index of the range's first unit */
	uint8_t bits; /* as bits_v4 or bits_v6, so that a look-up need not ask for the version */
};

struct tt_units {
	struct tt_unit_range
			*ranges; /* [n_ranges], the set's, cut where IPv4 and IPv6 meet */
	unsigned n_ranges;
	uint32_t n; /* units in all, at least 1 */
	uint8_t bits_v4,
			bits_v6; /* low address bits that a unit spans; 0: single addresses */
	/* The widest range of IPv4 once more, from its first address on: all that most sensors
	 * have, but for units at its ends that are cut to a single address. Of an address in it,
	 * unit = (address >> bits_v4) + wide_base. */
	uint32_t wide_first, wide_span, wide_base;
	bool has_wide;
	uint64_t *hashes; /* [n] tt_units_hash of each; NULL where all are IPv4 addresses */
};

/*
 * Cuts the set. max: the most units per IP version, 1 to INT32_MAX; as many as
 * TT_PREFIX_RANGES_MAX + 1 are enough for any set. min_bits_v4 and min_bits_v6: units span at
 * least so many low bits (0 for single addresses, 8 for /24). What units holds before is not
 * looked at; after an error it holds nothing. Returns 0; -ENOMEM; -EINVAL where max is out of
 * range or less than the set's separate ranges of a version, or min_bits more than an address
 * has; with err filled.
 */
int tt_units_init(struct tt_units *units, const struct tt_prefix_set *set, uint32_t max,
		unsigned min_bits_v4, unsigned min_bits_v6,
		struct tt_error *err) TT_MUST_CHECK;
void tt_units_fini(struct tt_units *units);

/* The unit of an address of the set; any address of another place gives some unit below n. */
uint32_t tt_units_search(const struct tt_units *units, struct tt_addr a);

static inline uint32_t
tt_units_index(const struct tt_units *units, struct tt_addr a)
{
	const uint32_t v4 = (uint32_t)a.lo;

	if (TT_LIKELY(tt_addr_is_v4(a) && v4 - units->wide_first <= units->wide_span
			    && units->has_wide))
		return (v4 >> units->bits_v4) + units->wide_base;
	return tt_units_search(units, a);
}

/* Are there addresses of IPv6 among them? */
bool tt_units_has_v6(const struct tt_units *units);

/* The addresses of a unit, both inclusive; they are of the set. */
struct tt_range tt_units_range(const struct tt_units *units, uint32_t index);

/*
 * The unit's address: its own if it is one address, or else the first of the whole prefix that its
 * addresses lie in, which need not be of the set. The text tells it, whoever monitors what.
 */
struct tt_addr tt_units_base(const struct tt_units *units, uint32_t index);

/* The same hashed, tt_hash_addr, of the unit of an IPv4 address. */
static inline uint64_t
tt_units_hash_v4(const struct tt_units *units, uint32_t v4)
{
	if (units->bits_v4 == 0)
		return tt_hash_addr(tt_addr_v4(v4));
	if (TT_LIKELY(v4 - units->wide_first <= units->wide_span && units->has_wide))
		return tt_hash_addr(tt_addr_v4(v4 >> units->bits_v4 << units->bits_v4));
	return units->hashes[tt_units_search(units, tt_addr_v4(v4))];
}

/* Likewise, of a unit where some are no single IPv4 addresses. */
static inline uint64_t
tt_units_hash(const struct tt_units *units, uint32_t index)
{
	return units->hashes[index];
}

/*
 * Unit as text: "192.0.2.1" if it is one address, or else the whole prefix that its addresses lie
 * in, "192.0.2.0/24". Not a key: units of two ranges that share such a prefix have the same text.
 */
#define TT_UNIT_TEXT_MAX (TT_ADDR_TEXT_MAX + 4)
char *tt_units_format(const struct tt_units *units, uint32_t index,
		char text[TT_UNIT_TEXT_MAX]);

#endif
