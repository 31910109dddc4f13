/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_units.h"

#include <errno.h>
#include <string.h>

typedef unsigned __int128 u128;

#define V4_BITS 32
#define V6_BITS 128

/* The first and the last IPv4 address among the IPv6 ones. */
#define MAPPED_FIRST ((u128)TT_ADDR_V4_PREFIX)
#define MAPPED_LAST  ((u128)(TT_ADDR_V4_PREFIX | UINT32_MAX))

static u128
number(struct tt_addr a)
{
	return (u128)a.hi << 64 | a.lo;
}

static struct tt_addr
address(u128 a)
{
	return (struct tt_addr){.hi = (uint64_t)(a >> 64), .lo = (uint64_t)a};
}

/* A shift by all 128 bits is not defined in C. */
static u128
shift_right(u128 a, unsigned bits)
{
	return bits < V6_BITS ? a >> bits : 0;
}

static u128
low_mask(unsigned bits)
{
	return bits < V6_BITS ? ((u128)1 << bits) - 1 : ~(u128)0;
}

/* Which unit of its range an address is in, the range being the one that holds it. */
static u128
offset_in(const struct tt_unit_range *r, struct tt_addr a)
{
	return shift_right(number(a), r->bits)
			- shift_right(number(r->range.first), r->bits);
}

static bool
is_v4(const struct tt_unit_range *r)
{
	return tt_addr_is_v4(r->range.first);
}

static void
add_part(struct tt_units *units, struct tt_range range, u128 from, u128 to)
{
	u128 first = number(range.first), last = number(range.last);

	first = first > from ? first : from;
	last = last < to ? last : to;
	if (first <= last)
		units->ranges[units->n_ranges++].range = (struct tt_range){
				address(first), address(last)};
}

/* Takes over the ranges of the set, each cut where IPv4 begins and ends among the addresses. */
static int
take_ranges(struct tt_units *units, const struct tt_prefix_set *set)
{
	units->ranges = calloc(set->n_ranges + 2, sizeof(*units->ranges));
	if (units->ranges == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < set->n_ranges; i++) {
		add_part(units, set->ranges[i], 0, MAPPED_FIRST - 1);
		add_part(units, set->ranges[i], MAPPED_FIRST, MAPPED_LAST);
		add_part(units, set->ranges[i], MAPPED_LAST + 1, ~(u128)0);
	}
	if (units->n_ranges == 0)
		units->n_ranges = 1; /* a set of nothing has one unit, "::" */
	return 0;
}

/* Units of one IP version, all of whose ranges have got their bits. */
static u128
count_units(const struct tt_units *units, bool v4)
{
	u128 sum = 0;

	for (unsigned i = 0; i < units->n_ranges; i++) {
		const struct tt_unit_range *r = &units->ranges[i];

		if (is_v4(r) == v4)
			sum += offset_in(r, r->range.last) + 1;
	}
	return sum;
}

static void
set_bits(struct tt_units *units, bool v4, unsigned bits)
{
	for (unsigned i = 0; i < units->n_ranges; i++)
		if (is_v4(&units->ranges[i]) == v4)
			units->ranges[i].bits = (uint8_t)bits;
	*(v4 ? &units->bits_v4 : &units->bits_v6) = (uint8_t)bits;
}

/* Finds the least number of low bits, from min_bits on, that gives max units at most. */
static int
choose_bits(struct tt_units *units, bool v4, uint32_t max, unsigned min_bits,
		struct tt_error *err)
{
	const char *version = v4 ? "IPv4" : "IPv6";
	unsigned most = v4 ? V4_BITS : V6_BITS;

	if (min_bits > most)
		return tt_error_set(err, -EINVAL, NULL,
				"units of %u low bits, %s addresses have %u", min_bits,
				version, most);
	for (unsigned bits = min_bits; bits <= most; bits++) {
		set_bits(units, v4, bits);
		if (count_units(units, v4) <= max)
			return 0;
	}
	return tt_error_set(err, -EINVAL, NULL,
			"more separate %s prefixes than units, which are %u at most",
			version, max);
}

static void
number_units(struct tt_units *units)
{
	for (unsigned i = 0; i < units->n_ranges; i++) {
		struct tt_unit_range *r = &units->ranges[i];

		r->first = units->n;
		units->n += (uint32_t)offset_in(r, r->range.last) + 1;
	}
}

/* What of an IPv4 range is units of more than one address, or of one where all are. */
static bool
whole_part(const struct tt_unit_range *r, uint32_t *first, uint32_t *last)
{
	uint32_t mask = (uint32_t)low_mask(r->bits);

	*first = (uint32_t)r->range.first.lo;
	*last = (uint32_t)r->range.last.lo;
	if (mask == 0)
		return true;
	if (*first == *last)
		return false;
	*first += (*first & mask) == mask;
	*last -= (*last & mask) == 0;
	return *first < *last;
}

static void
find_wide(struct tt_units *units)
{
	/* A unit of all 32 bits needs no look-up that is quick, nor could be shifted by them. */
	for (unsigned i = 0; i < units->n_ranges && units->bits_v4 < V4_BITS; i++) {
		const struct tt_unit_range *r = &units->ranges[i];
		uint32_t first, last;

		if (!is_v4(r) || !whole_part(r, &first, &last)
				|| (units->has_wide && last - first <= units->wide_span))
			continue;
		units->has_wide = true;
		units->wide_first = first;
		units->wide_span = last - first;
		units->wide_base = r->first - ((uint32_t)r->range.first.lo >> r->bits);
	}
}

static unsigned
find_by_index(const struct tt_units *units, uint32_t index)
{
	unsigned low = 0, high = units->n_ranges;

	while (high - low > 1) {
		unsigned mid = (low + high) / 2;

		if (units->ranges[mid].first <= index)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* The multiple of the unit's width at which it would start, were it not cut. */
static u128
aligned_base(const struct tt_unit_range *r, uint32_t index)
{
	u128 mask = low_mask(r->bits), step = index - r->first;

	/* With all 128 bits the one unit starts at ::, and step is 0. */
	return (number(r->range.first) & ~mask) + step * (mask + 1);
}

/* What of a unit is of the set, and the address that it is written with. */
struct unit {
	const struct tt_unit_range *in;
	u128 base, first, last;
};

static struct unit
unit_of(const struct tt_units *units, uint32_t index)
{
	const struct tt_unit_range *r = &units->ranges[find_by_index(units, index)];
	struct unit u = {.in = r};

	TT_ASSERT(index < units->n);
	u.base = u.first = aligned_base(r, index);
	u.last = u.first | low_mask(r->bits);
	if (u.first < number(r->range.first))
		u.first = number(r->range.first);
	if (u.last > number(r->range.last))
		u.last = number(r->range.last);
	/* One address is written as that. */
	if (u.first == u.last)
		u.base = u.first;
	return u;
}

/* Hashes the base of each unit. Returns false if memory is short. */
static bool
hash_units(struct tt_units *units)
{
	if (units->bits_v4 == 0 && count_units(units, false) == 0)
		return true;
	units->hashes = malloc(units->n * sizeof(*units->hashes));
	for (uint32_t i = 0; units->hashes != NULL && i < units->n; i++)
		units->hashes[i] = tt_hash_addr(tt_units_base(units, i));
	return units->hashes != NULL;
}

int
tt_units_init(struct tt_units *units, const struct tt_prefix_set *set, uint32_t max,
		unsigned min_bits_v4, unsigned min_bits_v6, struct tt_error *err)
{
	int ret;

	*units = (struct tt_units){0};
	if (max < 1 || max > INT32_MAX)
		return tt_error_set(err, -EINVAL, NULL, "%u units at most, not 1 to %d",
				max, INT32_MAX);
	ret = take_ranges(units, set);
	if (ret != 0)
		return tt_error_set(err, ret, NULL, "out of memory");
	ret = choose_bits(units, true, max, min_bits_v4, err);
	if (ret == 0)
		ret = choose_bits(units, false, max, min_bits_v6, err);
	if (ret != 0) {
		tt_units_fini(units);
		return ret;
	}
	number_units(units);
	find_wide(units);
	if (hash_units(units))
		return 0;
	tt_units_fini(units);
	return tt_error_set(err, -ENOMEM, NULL, "out of memory");
}

void
tt_units_fini(struct tt_units *units)
{
	free(units->ranges);
	free(units->hashes);
	*units = (struct tt_units){0};
}

/* The last range that starts at the address or before it, or else the first one. */
static unsigned
find_by_address(const struct tt_units *units, struct tt_addr a)
{
	unsigned low = 0, high = units->n_ranges;

	while (high - low > 1) {
		unsigned mid = (low + high) / 2;

		if (number(units->ranges[mid].range.first) <= number(a))
			low = mid;
		else
			high = mid;
	}
	return low;
}

uint32_t
tt_units_search(const struct tt_units *units, struct tt_addr a)
{
	unsigned i = find_by_address(units, a);
	const struct tt_unit_range *r = &units->ranges[i];
	u128 offset = offset_in(r, a);

	/* Unsigned: an address below the range lies far beyond, too. */
	return offset < units->n - r->first ? r->first + (uint32_t)offset : 0;
}

bool
tt_units_has_v6(const struct tt_units *units)
{
	for (unsigned i = 0; i < units->n_ranges; i++)
		if (!is_v4(&units->ranges[i]))
			return true;
	return false;
}

struct tt_range
tt_units_range(const struct tt_units *units, uint32_t index)
{
	struct unit u = unit_of(units, index);

	return (struct tt_range){address(u.first), address(u.last)};
}

struct tt_addr
tt_units_base(const struct tt_units *units, uint32_t index)
{
	return address(unit_of(units, index).base);
}

char *
tt_units_format(const struct tt_units *units, uint32_t index, char text[TT_UNIT_TEXT_MAX])
{
	struct unit u = unit_of(units, index);
	char base[TT_ADDR_TEXT_MAX];

	tt_addr_format(address(u.base), base);
	if (u.first == u.last)
		return strcpy(text, base);
	snprintf(text, TT_UNIT_TEXT_MAX, "%s/%u", base,
			(is_v4(u.in) ? V4_BITS : V6_BITS) - u.in->bits);
	return text;
}
