/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Contacts: what identifies one, what it is sampled by, and how those of IPv4 stand in memory: four in
 * a cache line, as one comparison of all four wants them. Source and destination are of one family:
 * no packet that is decoded has others (tt_ip.c). Header only, any thread.
 */
#ifndef TT_CONTACTS_H
#define TT_CONTACTS_H

#include "tt_rest.h"

/*
 * Destination and class of a contact: the address in IPv4, its unit in IPv6 (a single address
 * where the monitored space is small enough). Sorts by destination, IPv4 first.
 */
#define TT_CONTACT_V6 (UINT64_C(1) << 63)

static inline uint64_t
tt_contact_key(const struct tt_units *units, struct tt_addr dst, enum tt_class class)
{
	if (TT_LIKELY(tt_addr_is_v4(dst)))
		return (dst.lo & 0xffffffff) << 4 | (uint64_t) class;
	return TT_CONTACT_V6 | (uint64_t)tt_units_index(units, dst) << 4
			| (uint64_t) class;
}

static inline enum tt_class
tt_contact_class(uint64_t contact_key)
{
	return (enum tt_class)(contact_key & 15);
}

static inline uint32_t
tt_contact_unit(const struct tt_units *units, uint64_t contact_key)
{
	uint32_t n = (uint32_t)(contact_key >> 4);

	return (contact_key & TT_CONTACT_V6) != 0 ? n & 0x7fffffff
						  : tt_units_index(units, tt_addr_v4(n));
}

/* The destination's address; in IPv6, the first one of its unit. */
static inline struct tt_addr
tt_contact_destination(const struct tt_units *units, uint64_t contact_key)
{
	if (TT_LIKELY((contact_key & TT_CONTACT_V6) == 0))
		return tt_addr_v4((uint32_t)(contact_key >> 4));
	return tt_units_range(units, tt_contact_unit(units, contact_key)).first;
}

/*
 * The hash that contacts are sampled by; its top bits decide. It is of source and destination
 * unit, so that the sources of a unit are a sample without bias, and so are the units that a
 * source reached, each with all its addresses. unit: tt_hash_addr of tt_units_base, so that it is
 * the same wherever the unit has the same text.
 */
static inline uint64_t
tt_contact_hash_of(const struct tt_hash_seed *secret, struct tt_addr src, uint64_t unit)
{
	return tt_hash_mix(tt_hash_place(tt_hash_addr(src), unit, secret));
}

/* That of a contact. */
static inline uint64_t
tt_contact_unit_hash(const struct tt_units *units, uint64_t contact_key)
{
	if (TT_LIKELY((contact_key & TT_CONTACT_V6) == 0))
		return tt_units_hash_v4(units, (uint32_t)(contact_key >> 4));
	return tt_units_hash(units, tt_contact_unit(units, contact_key));
}

static inline uint64_t
tt_contact_hash(const struct tt_hash_seed *secret, const struct tt_units *units,
		struct tt_addr src, uint64_t contact_key)
{
	return tt_contact_hash_of(secret, src, tt_contact_unit_hash(units, contact_key));
}

/*
 * Contacts of IPv4. A key's home is the first slot of a line; it stands in the first slot from there that
 * was free, so that slots of a line are taken from the first on.
 */
#define TT_CONTACT_WAYS 4

struct tt_contact_line {
	uint64_t ends[TT_CONTACT_WAYS]; /* source 32 | destination 32 */
	uint64_t packets[TT_CONTACT_WAYS]; /* number 60 | class 4; 0: free */
} TT_CACHE_ALIGNED;
_Static_assert(sizeof(struct tt_contact_line) == TT_CACHE_LINE,
		"a line is one cache line");

static inline uint64_t
tt_contact_ends(struct tt_addr src, uint64_t contact_key)
{
	return src.lo << 32 | (contact_key >> 4 & 0xffffffff);
}

/* Which slots hold these ends, bit by bit; free ones may be among them. */
static inline unsigned
tt_contact_line_match(const struct tt_contact_line *line, uint64_t ends)
{
	unsigned match = 0;

	for (unsigned i = 0; i < TT_CONTACT_WAYS; i++)
		match |= (unsigned)(line->ends[i] == ends) << i;
	return match;
}

/* How many slots of a line are taken. */
static inline unsigned
tt_contact_line_taken(const struct tt_contact_line *line)
{
	unsigned taken = 0;

	for (unsigned i = 0; i < TT_CONTACT_WAYS; i++)
		taken += line->packets[i] != 0;
	return taken;
}

/* Adds to the contact where a line holds it; returns whether it does. */
static inline bool
tt_contact_line_add(struct tt_contact_line *line, uint64_t ends, enum tt_class class,
		uint64_t packets)
{
	for (unsigned match = tt_contact_line_match(line, ends); match != 0;
			match &= match - 1) {
		uint64_t *slot = &line->packets[__builtin_ctz(match)];

		if (TT_LIKELY((*slot & 15) == (uint64_t) class && *slot != 0)) {
			*slot += packets << 4;
			return true;
		}
	}
	return false;
}

/* Slot `at` of lines, counted through all of them, as an entry (free: packets 0), and back. */
static inline struct tt_entry
tt_contact_of_slot(const struct tt_contact_line *lines, uint64_t at)
{
	const struct tt_contact_line *line = &lines[at / TT_CONTACT_WAYS];
	const uint64_t ends = line->ends[at % TT_CONTACT_WAYS];
	const uint64_t packets = line->packets[at % TT_CONTACT_WAYS];

	return (struct tt_entry){.src = tt_addr_v4((uint32_t)(ends >> 32)),
			.key = (ends & 0xffffffff) << 4 | (packets & 15),
			.packets = packets >> 4};
}

static inline void
tt_contact_fill_slot(struct tt_contact_line *lines, uint64_t at, const struct tt_entry *e)
{
	struct tt_contact_line *line = &lines[at / TT_CONTACT_WAYS];

	line->ends[at % TT_CONTACT_WAYS] = tt_contact_ends(e->src, e->key);
	line->packets[at % TT_CONTACT_WAYS] = e->packets << 4 | (e->key & 15);
}

#endif
