/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_units.h"

#include <errno.h>

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

static void
find_wide(struct tt_units *units)
{
	/* A unit of all 32 bits needs no look-up that is quick, nor could be shifted by them. */
	for (unsigned i = 0; i < units->n_ranges && units->bits_v4 < V4_BITS; i++) {
		const struct tt_unit_range *r = &units->ranges[i];
		uint32_t first = (uint32_t)r->range.first.lo;
		uint32_t span = (uint32_t)r->range.last.lo - first;

		if (!is_v4(r) || (units->has_wide && span <= units->wide_span))
			continue;
		units->has_wide = true;
		units->wide_first = first;
		units->wide_span = span;
		units->wide_base = r->first - (first >> r->bits);
	}
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
	return 0;
}

void
tt_units_fini(struct tt_units *units)
{
	free(units->ranges);
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

uint32_t
tt_units_search(const struct tt_units *units, struct tt_addr a)
{
	unsigned i = find_by_address(units, a);
	const struct tt_unit_range *r = &units->ranges[i];
	u128 offset = offset_in(r, a);

	/* Unsigned: an address below the range lies far beyond, too. */
	return offset < units->n - r->first ? r->first + (uint32_t)offset : 0;
}

/* The multiple of the unit's width at which it would start, were it not cut. */
static u128
aligned_base(const struct tt_unit_range *r, uint32_t index)
{
	u128 mask = low_mask(r->bits), step = index - r->first;

	/* With all 128 bits the one unit starts at ::, and step is 0. */
	return (number(r->range.first) & ~mask) + step * (mask + 1);
}

struct tt_range
tt_units_range(const struct tt_units *units, uint32_t index)
{
	const struct tt_unit_range *r;
	u128 first, last;

	TT_ASSERT(index < units->n);
	r = &units->ranges[find_by_index(units, index)];
	first = aligned_base(r, index);
	last = first | low_mask(r->bits);
	if (first < number(r->range.first))
		first = number(r->range.first);
	if (last > number(r->range.last))
		last = number(r->range.last);
	return (struct tt_range){address(first), address(last)};
}

char *
tt_units_format(const struct tt_units *units, uint32_t index, char text[TT_UNIT_TEXT_MAX])
{
	struct tt_range range = tt_units_range(units, index);
	const struct tt_unit_range *r = &units->ranges[find_by_index(units, index)];
	char base[TT_ADDR_TEXT_MAX];

	if (tt_addr_cmp(range.first, range.last) == 0)
		return tt_addr_format(range.first, text);
	tt_addr_format(address(aligned_base(r, index)), base);
	snprintf(text, TT_UNIT_TEXT_MAX, "%s/%u", base,
			(is_v4(r) ? V4_BITS : V6_BITS) - r->bits);
	return text;
}
