/* SPDX-License-Identifier: BSD-3-Clause */
#include "seed.h"
#include "tt_hash.h"
#include "tt_units.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed;

static uint64_t
random64(void)
{
	seed += UINT64_C(0x9e3779b97f4a7c15);
	return tt_hash_mix(seed);
}

static struct tt_addr
addr(const char *text)
{
	struct tt_addr a;

	assert_int_equal(tt_addr_parse(text, &a), 0);
	return a;
}

static struct tt_addr
next(struct tt_addr a)
{
	a.lo++;
	a.hi += a.lo == 0;
	return a;
}

struct bed {
	struct tt_prefix_set set;
	struct tt_units units;
};

static struct bed
cut_from(const char *prefixes, uint32_t max, unsigned min_v4, unsigned min_v6)
{
	struct bed bed = {0};
	struct tt_error err = {0};

	assert_int_equal(tt_prefix_set_parse(&bed.set, prefixes, &err), 0);
	assert_int_equal(tt_units_init(&bed.units, &bed.set, max, min_v4, min_v6, &err),
			0);
	return bed;
}

static struct bed
cut(const char *prefixes, uint32_t max)
{
	return cut_from(prefixes, max, 0, 0);
}

static void
clean(struct bed *bed)
{
	tt_units_fini(&bed->units);
	tt_prefix_set_fini(&bed->set);
}

static void
assert_text(const struct tt_units *units, uint32_t index, const char *want)
{
	char text[TT_UNIT_TEXT_MAX];

	assert_string_equal(tt_units_format(units, index, text), want);
}

static void
assert_holds(const struct tt_units *units, uint32_t index, struct tt_addr a)
{
	struct tt_range range;

	assert_in_range(index, 0, units->n - 1);
	range = tt_units_range(units, index);
	assert_true(tt_range_has(&range, a));
}

/* The address that a unit is written with tells it, and is the same from wherever it is asked. */
static void
assert_base(const struct tt_units *units, uint32_t index)
{
	struct tt_range range = tt_units_range(units, index);
	struct tt_addr base = tt_units_base(units, index);
	char text[TT_UNIT_TEXT_MAX];

	tt_units_format(units, index, text);
	text[strcspn(text, "/")] = '\0';
	assert_int_equal(tt_addr_cmp(base, addr(text)), 0);
	assert_true(tt_addr_cmp(base, range.first) <= 0);
	if (units->hashes != NULL)
		assert_true(tt_units_hash(units, index) == tt_hash_addr(base));
	if (!tt_addr_is_v4(range.first))
		return;
	assert_true(tt_units_hash_v4(units, (uint32_t)range.first.lo)
			== tt_hash_addr(base));
	assert_true(tt_units_hash_v4(units, (uint32_t)range.last.lo)
			== tt_hash_addr(base));
}

/* Units follow each other by address, are of the set, and know their first and last address. */
static void
assert_sound(const struct bed *bed)
{
	struct tt_range before = {0};

	for (uint32_t i = 0; i < bed->units.n; i++) {
		struct tt_range range = tt_units_range(&bed->units, i);

		assert_true(tt_addr_cmp(range.first, range.last) <= 0);
		assert_true(i == 0 || tt_addr_cmp(before.last, range.first) < 0);
		assert_true(tt_prefix_set_has(&bed->set, range.first));
		assert_true(tt_prefix_set_has(&bed->set, range.last));
		assert_int_equal(tt_units_index(&bed->units, range.first), i);
		assert_int_equal(tt_units_index(&bed->units, range.last), i);
		assert_base(&bed->units, i);
		before = range;
	}
}

/* Every address of every range of the set, in order; indexes grow by one at most. */
static void
assert_every_address_has_its_unit(const struct bed *bed)
{
	uint32_t index = 0;
	bool any = false;

	for (unsigned i = 0; i < bed->set.n_ranges; i++) {
		const struct tt_range *r = &bed->set.ranges[i];

		for (struct tt_addr a = r->first; tt_range_has(r, a); a = next(a)) {
			uint32_t now = tt_units_index(&bed->units, a);

			assert_holds(&bed->units, now, a);
			assert_true(any ? now == index || now == index + 1 : now == 0);
			index = now;
			any = true;
		}
	}
	assert_int_equal(index, bed->units.n - 1);
}

static void
a_prefix_with_room_is_cut_into_addresses(void **state)
{
	struct bed bed = cut("192.0.2.0/24", 65536);

	assert_int_equal(bed.units.n, 256);
	assert_int_equal(bed.units.bits_v4, 0);
	assert_int_equal(tt_units_index(&bed.units, addr("192.0.2.77")), 77);
	assert_text(&bed.units, 77, "192.0.2.77");
	assert_sound(&bed);
	assert_every_address_has_its_unit(&bed);
	clean(&bed);

	bed = cut("198.18.0.0/16", 65536);
	assert_int_equal(bed.units.n, 65536);
	assert_text(&bed.units, 65535, "198.18.255.255");
	assert_sound(&bed);
	clean(&bed);
}

static void
a_prefix_without_room_is_cut_into_the_longest_prefixes_that_are_few_enough(void **state)
{
	struct bed bed = cut("44.0.0.0/8", 65536);

	assert_int_equal(bed.units.n, 65536);
	assert_int_equal(bed.units.bits_v4, 8);
	assert_int_equal(tt_units_index(&bed.units, addr("44.1.2.3")), 258);
	assert_text(&bed.units, 258, "44.1.2.0/24");
	assert_sound(&bed);
	clean(&bed);

	bed = cut("44.0.0.0/8", 65535);
	assert_int_equal(bed.units.n, 32768);
	assert_text(&bed.units, 1, "44.0.2.0/23");
	clean(&bed);
}

static void
units_span_at_least_the_low_bits_that_the_caller_asks_for(void **state)
{
	struct bed bed = cut_from("198.18.0.0/16,2001:db8::/48", 65536, 8, 64);

	assert_int_equal(bed.units.bits_v4, 8);
	assert_int_equal(bed.units.bits_v6, 64);
	assert_int_equal(bed.units.n, 256 + 65536);
	assert_text(&bed.units, 255, "198.18.255.0/24");
	assert_text(&bed.units, 257, "2001:db8:0:1::/64");
	assert_sound(&bed);
	clean(&bed);
}

static void
unaligned_ranges_are_cut_at_multiples_and_at_their_own_ends(void **state)
{
	/* .6-.15, .32-.39 and .63-.64: with four to a unit 3 + 2 + 2, with eight 2 + 1 + 2. */
	static const char prefixes[] =
			"10.0.0.6/31,10.0.0.8/29,10.0.0.32/29,10.0.0.63,10.0.0.64/32";
	struct bed bed = cut(prefixes, 7);
	struct tt_range range;

	assert_int_equal(bed.units.n, 7);
	assert_int_equal(bed.units.bits_v4, 2);
	assert_sound(&bed);
	assert_every_address_has_its_unit(&bed);
	range = tt_units_range(&bed.units, 0);
	assert_int_equal(tt_addr_cmp(range.first, addr("10.0.0.6")), 0);
	assert_int_equal(tt_addr_cmp(range.last, addr("10.0.0.7")), 0);
	assert_text(&bed.units, 0, "10.0.0.4/30");
	assert_text(&bed.units, 1, "10.0.0.8/30");
	assert_text(&bed.units, 5, "10.0.0.63");
	assert_int_equal(tt_units_index(&bed.units, addr("10.0.0.64")), 6);
	clean(&bed);

	bed = cut(prefixes, 6);
	assert_int_equal(bed.units.n, 5);
	assert_int_equal(bed.units.bits_v4, 3);
	assert_every_address_has_its_unit(&bed);
	clean(&bed);

	bed = cut(prefixes, 3);
	assert_int_equal(bed.units.n, 3);
	assert_int_equal(bed.units.bits_v4, 7);
	assert_every_address_has_its_unit(&bed);
	clean(&bed);
}

/* Any 128 bits of which some random number are cut away, so that all magnitudes come. */
static struct tt_addr
random_addr(void)
{
	struct tt_addr a = {random64(), random64()};
	unsigned keep = (unsigned)(random64() % 128);

	a.hi = keep < 64 ? a.hi >> keep : 0;
	a.lo = keep < 64 ? a.lo : a.lo >> (keep - 64);
	return random64() & 1 ? a : tt_addr_v4((uint32_t)random64());
}

static void
assert_random_addresses_have_their_unit(const struct bed *bed)
{
	for (unsigned i = 0; i < 20000; i++) {
		struct tt_addr a = random_addr();
		uint32_t index = tt_units_index(&bed->units, a);

		assert_in_range(index, 0, bed->units.n - 1);
		if (tt_prefix_set_has(&bed->set, a))
			assert_holds(&bed->units, index, a);
	}
}

static void
all_of_ipv4_and_all_of_ipv6_can_be_cut(void **state)
{
	struct bed bed = cut("0.0.0.0/0", 65536);

	assert_int_equal(bed.units.n, 65536);
	assert_int_equal(bed.units.bits_v4, 16);
	assert_text(&bed.units, 65535, "255.255.0.0/16");
	assert_sound(&bed);
	assert_random_addresses_have_their_unit(&bed);
	clean(&bed);

	/* Without ::ffff:0:0/96 there are two ranges, of which the first lies in one unit. */
	bed = cut("::/0", 65537);
	assert_int_equal(bed.units.n, 65537);
	assert_int_equal(bed.units.bits_v6, 112);
	assert_text(&bed.units, 0, "::/16");
	assert_text(&bed.units, 65536, "ffff::/16");
	assert_sound(&bed);
	assert_random_addresses_have_their_unit(&bed);
	clean(&bed);
}

static void
ipv4_and_ipv6_that_meet_are_cut_apart(void **state)
{
	struct bed bed = cut("0.0.0.0/0,::/0", 65536);

	assert_int_equal(bed.set.n_ranges, 1);
	assert_int_equal(bed.units.n_ranges, 3);
	assert_int_equal(bed.units.bits_v4, 16);
	assert_int_equal(bed.units.bits_v6, 113);
	assert_int_equal(bed.units.n, 1 + 65536 + 32768);
	assert_text(&bed.units, 1, "0.0.0.0/16");
	assert_text(&bed.units, 65536, "255.255.0.0/16");
	assert_text(&bed.units, 65537, "::/15");
	assert_sound(&bed);
	assert_random_addresses_have_their_unit(&bed);
	clean(&bed);
}

static void
each_ip_version_is_cut_on_its_own(void **state)
{
	struct bed bed = cut("192.0.2.0/24,10.1.0.0/16,2001:db8::/32,fd00::1", 4096);

	assert_int_equal(bed.units.bits_v4, 5);
	assert_int_equal(bed.units.bits_v6, 85);
	assert_int_equal(bed.units.n, 2048 + 8 + 2048 + 1);
	assert_text(&bed.units, 2048, "192.0.2.0/27");
	assert_text(&bed.units, 2048 + 8, "2001:db8::/43");
	assert_text(&bed.units, bed.units.n - 1, "fd00::1");
	assert_sound(&bed);
	assert_random_addresses_have_their_unit(&bed);
	clean(&bed);
}

static void
an_address_of_another_place_gives_some_unit(void **state)
{
	static const char *const others[] = {"::", "0.0.0.0", "192.0.1.255", "192.0.3.0",
			"198.51.100.0", "255.255.255.255",
			"2001:db8::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
	static const char *const sets[] = {"192.0.2.0/24", "192.0.2.0/24,203.0.113.0/24",
			"2001:db9::/64", "0.0.0.1,fe80::/10"};

	for (unsigned s = 0; s < TT_ARRAY_SIZE(sets); s++) {
		struct bed bed = cut(sets[s], 65536);

		for (unsigned i = 0; i < TT_ARRAY_SIZE(others); i++)
			assert_in_range(tt_units_index(&bed.units, addr(others[i])), 0,
					bed.units.n - 1);
		clean(&bed);
	}
}

static void
a_set_of_nothing_has_one_unit(void **state)
{
	struct tt_prefix_set set = {0};
	struct tt_units units;

	assert_int_equal(tt_units_init(&units, &set, 65536, 8, 64, NULL), 0);
	assert_int_equal(units.n, 1);
	assert_int_equal(tt_units_index(&units, addr("192.0.2.1")), 0);
	assert_int_equal(tt_units_index(&units, addr("::")), 0);
	assert_text(&units, 0, "::");
	tt_units_fini(&units);
}

/* As many ranges as a set can hold, and one of each version over its middle: all bits needed. */
static void
the_most_ranges_that_a_set_holds_fit(void **state)
{
	static struct tt_range ranges[TT_PREFIX_RANGES_MAX];
	unsigned half = TT_PREFIX_RANGES_MAX / 2;
	struct bed bed = {.set = {ranges, TT_PREFIX_RANGES_MAX}};

	for (unsigned i = 0; i < half; i++) {
		ranges[i].first = tt_addr_v4((i + 1) * 0x100000);
		ranges[i].last = tt_addr_v4((i + 1) * 0x100000 + 3);
		ranges[half + i].first = (struct tt_addr){(uint64_t)(i + 1) << 51, 5};
		ranges[half + i].last = (struct tt_addr){(uint64_t)(i + 1) << 51, 6};
	}
	ranges[half - 1].first = addr("127.255.255.255");
	ranges[half - 1].last = addr("128.0.0.0");
	ranges[2 * half - 1].first = (struct tt_addr){INT64_MAX, UINT64_MAX};
	ranges[2 * half - 1].last = (struct tt_addr){(uint64_t)1 << 63, 0};
	assert_int_equal(tt_units_init(&bed.units, &bed.set, half, 0, 0, NULL), 0);
	assert_int_equal(bed.units.n, 2 * half);
	assert_int_equal(bed.units.bits_v4, 32);
	assert_int_equal(bed.units.bits_v6, 128);
	assert_text(&bed.units, half - 1, "0.0.0.0/0");
	assert_text(&bed.units, 2 * half - 1, "::/0");
	assert_sound(&bed);
	tt_units_fini(&bed.units);
}

static void
what_cannot_be_cut_is_refused(void **state)
{
	struct tt_prefix_set set = {0};
	struct tt_units units;
	struct tt_error err = {0};

	assert_int_equal(
			tt_prefix_set_parse(&set, "10.0.0.1,10.0.0.3,10.0.0.9", &err), 0);
	assert_int_equal(tt_units_init(&units, &set, 2, 0, 0, &err), -EINVAL);
	assert_string_equal(err.why,
			"more separate IPv4 prefixes than units, which are 2 at most");
	assert_int_equal(tt_units_init(&units, &set, 0, 0, 0, &err), -EINVAL);
	assert_int_equal(tt_units_init(&units, &set, UINT32_MAX, 0, 0, &err), -EINVAL);
	assert_int_equal(tt_units_init(&units, &set, 9, 33, 0, &err), -EINVAL);
	assert_string_equal(err.why, "units of 33 low bits, IPv4 addresses have 32");
	assert_int_equal(tt_units_init(&units, &set, 9, 0, 129, &err), -EINVAL);
	tt_prefix_set_fini(&set);
}

/* A few random prefixes near each other, all addresses of which can be visited. */
static void
random_small_sets_are_cut_soundly(void **state)
{
	for (unsigned round = 0; round < 200; round++) {
		bool v6 = round & 1;
		unsigned count = 1 + (unsigned)(random64() % 8);
		uint32_t max = count + (uint32_t)(random64() % 300);
		char list[1024];
		size_t at = 0;
		struct bed bed;

		for (unsigned i = 0; i < count; i++) {
			unsigned bits = (unsigned)(random64() % 8);
			unsigned low = (unsigned)(random64() % 2048) >> bits << bits;

			at += (size_t)snprintf(&list[at], sizeof(list) - at,
					v6 ? "%s2001:db8::%x%02x/%u" : "%s10.0.%u.%u/%u",
					i > 0 ? "," : "", low >> 8, low & 255,
					(v6 ? 128 : 32) - bits);
		}
		bed = cut(list, max);
		assert_in_range(bed.units.n, 1, max);
		assert_int_equal(tt_units_has_v6(&bed.units), v6);
		assert_sound(&bed);
		assert_every_address_has_its_unit(&bed);
		clean(&bed);
	}
}

static void
the_quick_look_up_and_the_search_agree(void **state)
{
	static const char *const sets[] = {"192.0.2.0/24", "10.0.0.0/8,192.0.2.0/24",
			"0.0.0.0/0,::/0", "2001:db8::/32", "198.18.0.0/15,2001:db8::/64",
			"9.255.255.255,10.0.0.0/8,11.0.0.0"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sets); i++) {
		struct tt_prefix_set set = {0};
		struct tt_units units;
		uint64_t x = 1;

		assert_int_equal(tt_prefix_set_parse(&set, sets[i], NULL), 0);
		assert_int_equal(tt_units_init(&units, &set, 65537, 0, 0, NULL), 0);
		for (unsigned k = 0; k < 100000; k++) {
			uint64_t bits = x = x * 6364136223846793005u
					+ 1442695040888963407u;
			struct tt_addr a = k % 8 == 0
					? (struct tt_addr){bits, x}
					: tt_addr_v4((uint32_t)(bits >> 32)
							% (k % 2 ? 1u << 31 : 1u << 28));

			assert_int_equal(tt_units_index(&units, a),
					tt_units_search(&units, a));
		}
		tt_units_fini(&units);
		tt_prefix_set_fini(&set);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(a_prefix_with_room_is_cut_into_addresses),
			cmocka_unit_test(
					a_prefix_without_room_is_cut_into_the_longest_prefixes_that_are_few_enough),
			cmocka_unit_test(
					units_span_at_least_the_low_bits_that_the_caller_asks_for),
			cmocka_unit_test(
					unaligned_ranges_are_cut_at_multiples_and_at_their_own_ends),
			cmocka_unit_test(all_of_ipv4_and_all_of_ipv6_can_be_cut),
			cmocka_unit_test(ipv4_and_ipv6_that_meet_are_cut_apart),
			cmocka_unit_test(each_ip_version_is_cut_on_its_own),
			cmocka_unit_test(an_address_of_another_place_gives_some_unit),
			cmocka_unit_test(a_set_of_nothing_has_one_unit),
			cmocka_unit_test(the_most_ranges_that_a_set_holds_fit),
			cmocka_unit_test(what_cannot_be_cut_is_refused),
			cmocka_unit_test(the_quick_look_up_and_the_search_agree),
			cmocka_unit_test(random_small_sets_are_cut_soundly),
	};

	seed = choose_seed();
	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
