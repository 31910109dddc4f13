/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_addr.h"
#include "tt_prefix.h"
#include "tt_sha256.h"
#include "tt_time.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <arpa/inet.h>

#include <cmocka.h>

static void
addresses_survive_text_and_back(void **state)
{
	static const char *const texts[] = {
			"0.0.0.0", "192.0.2.255", "255.255.255.255", "::", "2001:db8::1"};
	char text[TT_ADDR_TEXT_MAX];
	struct tt_addr a;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		assert_int_equal(tt_addr_parse(texts[i], &a), 0);
		assert_string_equal(tt_addr_format(a, text), texts[i]);
	}
	assert_int_equal(tt_addr_parse("192.0.2", &a), -EINVAL);
	assert_int_equal(tt_addr_parse("", &a), -EINVAL);
}

/* Each byte is put without leading zeros, whatever stands before and behind it. */
static void
all_bytes_of_ipv4_addresses_are_written_as_printf_does(void **state)
{
	char text[TT_ADDR_TEXT_MAX], wanted[TT_ADDR_TEXT_MAX];

	for (uint32_t i = 0; i < 4 * 65536; i++) {
		const uint32_t two = i & 0xffff, shift = 8 * (i >> 16);
		const uint32_t a = two << shift | two >> (32 - shift) % 32;

		snprintf(wanted, sizeof(wanted), "%u.%u.%u.%u", a >> 24, a >> 16 & 255,
				a >> 8 & 255, a & 255);
		assert_string_equal(tt_addr_format(tt_addr_v4(a), text), wanted);
	}
}

/* Held against inet_pton: digits and dots by chance, near what an address looks like. */
static void
what_is_no_ipv4_address_is_refused(void **state)
{
	static const char marks[] = "0123456789012345678901234567890.....:/ a-";
	unsigned n = 0;

	srand(1);
	for (unsigned i = 0; i < 300000; i++) {
		char text[32];
		struct in_addr v4;
		struct tt_addr a = {0};
		int at = snprintf(text, sizeof(text), "%d.%d.%d.%d", rand() % 300,
				rand() % 260, rand() % 30, rand() % 256);
		bool is;

		if (i % 2 == 0)
			text[rand() % at] = marks[(size_t)rand() % (sizeof(marks) - 1)];
		is = inet_pton(AF_INET, text, &v4) == 1;
		assert_int_equal(tt_addr_parse(text, &a) == 0 && tt_addr_is_v4(a), is);
		assert_true(!is || (uint32_t)a.lo == ntohl(v4.s_addr));
		n += is;
	}
	assert_in_range(n, 100000, 290000);
}

static bool
has(const struct tt_prefix_set *set, const char *text)
{
	struct tt_addr a;

	assert_int_equal(tt_addr_parse(text, &a), 0);
	return tt_prefix_set_has(set, a);
}

static void
one_prefix_holds_its_first_and_last_address_and_no_other(void **state)
{
	struct tt_prefix_set set = {0};
	struct tt_error err = {0};

	assert_int_equal(tt_prefix_set_parse(&set, "192.0.2.0/24", &err), 0);
	assert_true(has(&set, "192.0.2.0"));
	assert_true(has(&set, "192.0.2.255"));
	assert_false(has(&set, "192.0.1.255"));
	assert_false(has(&set, "192.0.3.0"));
	assert_false(has(&set, "2001:db8::"));
	assert_int_equal(tt_prefix_set_size(&set), 256);
	tt_prefix_set_fini(&set);
}

static void
overlapping_and_adjacent_prefixes_become_one_range(void **state)
{
	struct tt_prefix_set set = {0};
	struct tt_error err = {0};
	char *text;

	assert_int_equal(
			tt_prefix_set_parse(&set,
					"10.0.1.0/24, 10.0.0.0/24,10.0.0.128/25,192.0.2.7,2001:db8::/32",
					&err),
			0);
	assert_int_equal(set.n_ranges, 3);
	assert_true(has(&set, "10.0.1.9"));
	assert_true(has(&set, "192.0.2.7"));
	assert_true(has(&set, "2001:db8:ffff::1"));
	assert_false(has(&set, "192.0.2.8"));
	assert_false(has(&set, "9.255.255.255"));
	assert_int_equal(tt_prefix_set_size(&set), INT64_MAX);
	text = tt_prefix_set_format(&set);
	assert_string_equal(text, "10.0.0.0/23,192.0.2.7/32,2001:db8::/32");
	free(text);
	tt_prefix_set_fini(&set);
}

static void
the_whole_of_ipv4_and_ipv6_can_be_monitored(void **state)
{
	struct tt_prefix_set set = {0};
	struct tt_error err = {0};

	assert_int_equal(tt_prefix_set_parse(&set, "0.0.0.0/0", &err), 0);
	assert_true(has(&set, "255.255.255.255"));
	assert_false(has(&set, "::1"));
	assert_int_equal(tt_prefix_set_size(&set), INT64_C(1) << 32);
	assert_int_equal(tt_prefix_set_parse(&set, "0.0.0.0/0,::/0", &err), 0);
	assert_true(has(&set, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
	assert_true(has(&set, "0.0.0.0"));
	tt_prefix_set_fini(&set);
}

static void
an_ipv6_prefix_means_no_ipv4_address(void **state)
{
	static const struct {
		const char *given, *text;
		bool v4, v6;
	} sets[] = {
			{"::/0", "::/0", false, true},
			{"0.0.0.0/0", "0.0.0.0/0", true, false},
			{"::/0,0.0.0.0/0", "0.0.0.0/0,::/0", true, true},
			{"192.0.2.0/24,::/0", "192.0.2.0/24,::/0", true, true},
			{"::/64,192.0.2.0/24", "192.0.2.0/24,::/64", true, false},
	};
	struct tt_prefix_set set = {0};
	struct tt_error err = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sets); i++) {
		char *text;

		assert_int_equal(tt_prefix_set_parse(&set, sets[i].given, &err), 0);
		text = tt_prefix_set_format(&set);
		assert_string_equal(text, sets[i].text);
		free(text);
		assert_int_equal(has(&set, "192.0.2.7"), sets[i].v4);
		assert_int_equal(has(&set, "2001:db8::1"), sets[i].v6);
		assert_false(i == 3 && has(&set, "192.0.3.0"));
	}
	assert_int_equal(
			tt_prefix_set_parse(&set, "::ffff:192.0.2.0/120", &err), -EINVAL);
	tt_prefix_set_fini(&set);
}

static void
a_bad_prefix_is_named(void **state)
{
	static const char *const bad[] = {"", "10.0.0.0/33", "10.0.0.1/24", "10.0.0/8",
			"x/8", "10.0.0.0/", "10.0.0.0/8,", "2001:db8::/129",
			"10.0.0.0/-1", "10.0.0.0/8, ", "10.0.0.0/8,,11.0.0.0/8"};
	struct tt_prefix_set set = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};

		assert_int_equal(tt_prefix_set_parse(&set, bad[i], &err), -EINVAL);
		assert_non_null(strstr(err.why, "not a CIDR prefix"));
	}
}

/* As other tools write it. */
static void
what_a_prefix_is_not_is_said(void **state)
{
	static const struct {
		const char *list, *where, *why;
	} bad[] = {
			{"", "", "it is empty, or there is a comma too many"},
			{"10.0.0.0/8,", "", "it is empty, or there is a comma too many"},
			{"192.0.2.0/24;198.51.100.0/24", "192.0.2.0/24;198.51.100.0/24",
					"commas stand between prefixes"},
			{"192.0.2.0/255.255.255.0", "192.0.2.0/255.255.255.0",
					"masks are not taken, give the length such as /24"},
			{"10.0.0.0/8,192.0.2.0-192.0.2.255", "192.0.2.0-192.0.2.255",
					"ranges are not taken, give prefixes such as 192.0.2.0/24"},
			{"2001:db8::-2001:db8::f", "2001:db8::-2001:db8::f",
					"ranges are not taken, give prefixes such as 192.0.2.0/24"},
			{"10.0.0.0/-1", "10.0.0.0/-1", "the length must be 0 to 32"},
			{"x/8", "x/8", "bad address"},
	};
	struct tt_prefix_set set = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};
		char why[128];

		snprintf(why, sizeof(why), "not a CIDR prefix: %s", bad[i].why);
		assert_int_equal(tt_prefix_set_parse(&set, bad[i].list, &err), -EINVAL);
		assert_string_equal(err.why, why);
		assert_string_equal(err.where, bad[i].where);
	}
}

/* A blank in place of a comma would leave out what stands behind it. */
static void
a_blank_in_a_prefix_is_refused_and_around_it_is_not(void **state)
{
	static const char *const bad[] = {"198.18.0.0/17 198.18.128.0/17",
			"198.18.0.0/17 garbage", "198.18.0.0 /16", "198.18.0.0/ 16",
			"198.18.0.0/17\t198.18.128.0/17", "198.18.0.0/17 # half"};
	struct tt_prefix_set set = {0};
	struct tt_error err;
	char *text;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		char list[128];

		snprintf(list, sizeof(list), "10.0.0.0/8, %s ,11.0.0.0/8", bad[i]);
		err = (struct tt_error){0};
		assert_int_equal(tt_prefix_set_parse(&set, list, &err), -EINVAL);
		assert_string_equal(err.where, bad[i]);
		assert_non_null(strstr(err.why, "a blank in it"));
	}
	/* Blanks that are not seen to be others. */
	assert_int_equal(tt_prefix_set_parse(&set, "10.0.0.0/8\u3000,11.0.0.0/8", &err),
			-EINVAL);
	assert_string_equal(err.where, "10.0.0.0/8\u3000");
	assert_non_null(strstr(err.why, "full-width blank"));
	assert_int_equal(tt_prefix_set_parse(&set, "10.0.0.0\u00a0/8", &err), -EINVAL);
	assert_non_null(strstr(err.why, "full-width blank"));
	assert_int_equal(
			tt_prefix_set_parse(&set,
					" 198.18.0.0/17 ,\n\t192.0.2.1\r\n, 2001:db8::/32\n",
					&err),
			0);
	text = tt_prefix_set_format(&set);
	assert_string_equal(text, "192.0.2.1/32,198.18.0.0/17,2001:db8::/32");
	free(text);
	tt_prefix_set_fini(&set);
}

static void
times_survive_text_and_back(void **state)
{
	char text[TT_TIME_TEXT_MAX];
	int64_t us;

	assert_int_equal(tt_time_parse("2026-11-22T22:55:00Z", &us), 0);
	assert_int_equal(us, INT64_C(1795388100) * TT_US_PER_S);
	assert_string_equal(tt_time_format(us, text), "2026-11-22T22:55:00Z");
	assert_string_equal(tt_time_format(us + 5, text), "2026-11-22T22:55:00.000005Z");
	assert_string_equal(tt_time_format_compact(us, text), "20261122T225500Z");
	assert_string_equal(tt_time_format_date(us, text), "2026-11-22");
	assert_string_equal(tt_time_format_length(0, text), "0 s");
	assert_string_equal(tt_time_format_length(2500000, text), "2.5 s");
	assert_string_equal(
			tt_time_format_length(172799 * TT_US_PER_S, text), "172799 s");
	assert_string_equal(tt_time_format_length(172800 * TT_US_PER_S, text),
			"172800 s (2.0 days)");
	assert_string_equal(tt_time_format_length(266947200 * TT_US_PER_S, text),
			"266947200 s (8.5 years)");
	assert_string_equal(
			tt_time_format_length(INT64_C(31557600000) * TT_US_PER_S, text),
			"31557600000 s (1000.0 years)");
	assert_string_equal(
			tt_time_format_length(INT64_C(31557600001) * TT_US_PER_S, text),
			"over 1000 years (wrong time stamps)");
	assert_int_equal(tt_time_parse("2026-11-22 22:55", &us), 0);
	assert_int_equal(tt_time_parse("2026-11-22T22:55:00.25Z", &us), 0);
	assert_int_equal(us % TT_US_PER_S, 250000);
	assert_int_equal(tt_time_parse("2026-02-30", &us), -EINVAL);
	assert_int_equal(tt_time_parse("2026-11-22T", &us), -EINVAL);
	assert_int_equal(tt_time_parse("yesterday", &us), -EINVAL);
	assert_int_equal(tt_time_parse("2026-11-22junk", &us), -EINVAL);
}

static void
offsets_have_two_forms(void **state)
{
	static const char *const bad[] = {"", "+9", "+09", "09:00", "+09:60", "+15:00",
			"+09:00x", "JST", "+900", "+09000", "+0960", "+1401", "9"};
	int minutes;

	assert_int_equal(tt_time_parse_offset("+09:00", &minutes), 0);
	assert_int_equal(minutes, 540);
	assert_int_equal(tt_time_parse_offset("+0900", &minutes), 0);
	assert_int_equal(minutes, 540);
	assert_int_equal(tt_time_parse_offset("-0330", &minutes), 0);
	assert_int_equal(minutes, -210);
	assert_int_equal(tt_time_parse_offset("+14:00", &minutes), 0);
	assert_int_equal(minutes, 840);
	assert_int_equal(tt_time_parse_offset("-03:30", &minutes), 0);
	assert_int_equal(minutes, -210);
	assert_int_equal(tt_time_parse_offset("Z", &minutes), 0);
	assert_int_equal(minutes, 0);
	for (size_t i = 0; i < TT_ARRAY_SIZE(bad); i++)
		assert_int_equal(tt_time_parse_offset(bad[i], &minutes), -EINVAL);
}

/* A time that is typed, and the same in UTC. */
static void
expect_time(const char *typed, const char *utc)
{
	int64_t us, wanted;

	assert_int_equal(tt_time_parse(utc, &wanted), 0);
	assert_int_equal(tt_time_parse_with_offset(typed, &us), 0);
	if (us != wanted)
		fail_msg("%s is not %s", typed, utc);
}

static void
times_that_are_typed_may_have_an_offset(void **state)
{
	static const char *const bad[] = {"2026-10-01T00:00:00Z+09:00",
			"2026-10-01+09:00", "2026-10-01T00:00:00+09", "2026-10-01T+09:00",
			"2026-10-01T00:00:00+09:00Z", "1970-01-01T00:00+09:00",
			"2026-10-01T00:00:00 +09:00", "+09:00", "2026-10-01T00:00:00+",
			"2026-13-01T00:00+09:00"};
	int64_t us;

	expect_time("2026-10-01", "2026-10-01");
	expect_time("2026-10-01T12:00Z", "2026-10-01T12:00");
	expect_time("2026-10-01T00:00:00+09:00", "2026-09-30T15:00");
	expect_time("2026-10-01T00:00:00.25+0900", "2026-09-30T15:00:00.25");
	expect_time("2026-10-01 00:00-03:30", "2026-10-01T03:30");
	expect_time("2026-10-01T00:00+00:00", "2026-10-01");
	for (size_t i = 0; i < TT_ARRAY_SIZE(bad); i++)
		if (tt_time_parse_with_offset(bad[i], &us) != -EINVAL)
			fail_msg("%s is taken", bad[i]);
	/* Not in files. */
	assert_int_equal(tt_time_parse("2026-10-01T00:00:00+09:00", &us), -EINVAL);
}

static void
durations_have_one_unit(void **state)
{
	static const char *const bad[] = {"", "s", "1", "1w", "1S", "1MS", "1us", "ms",
			"1h30m", " 1s", "1 s", "+1s", "-1s", "1.5h", "253339228800s",
			"2932167d", "18446744073709551617s"};
	int64_t us = 7;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		if (tt_time_parse_duration(bad[i], &us) != -EINVAL || us != 7)
			fail_msg("\"%s\" is taken", bad[i]);
	assert_int_equal(tt_time_parse_duration("0s", &us), 0);
	assert_int_equal(us, 0);
	assert_int_equal(tt_time_parse_duration("500ms", &us), 0);
	assert_int_equal(us, TT_US_PER_S / 2);
	assert_int_equal(tt_time_parse_duration("90s", &us), 0);
	assert_int_equal(us, 90 * TT_US_PER_S);
	assert_int_equal(tt_time_parse_duration("30m", &us), 0);
	assert_int_equal(us, 1800 * TT_US_PER_S);
	assert_int_equal(tt_time_parse_duration("6h", &us), 0);
	assert_int_equal(us, 21600 * TT_US_PER_S);
	assert_int_equal(tt_time_parse_duration("400d", &us), 0);
	assert_int_equal(us, INT64_C(34560000) * TT_US_PER_S);
	assert_int_equal(tt_time_parse_duration("253339228799s", &us), 0);
}

static void
an_interval_starts_at_a_multiple_of_its_length(void **state)
{
	assert_int_equal(tt_time_floor(119 * TT_US_PER_S, 60 * TT_US_PER_S),
			60 * TT_US_PER_S);
	assert_int_equal(tt_time_floor(120 * TT_US_PER_S, 60 * TT_US_PER_S),
			120 * TT_US_PER_S);
	assert_int_equal(tt_time_floor(0, 60 * TT_US_PER_S), 0);
}

static void
sha256_gives_the_digests_of_the_standard(void **state)
{
	/* FIPS 180-4's examples: "abc", and nothing. */
	static const char abc[] =
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	static const char nothing[] =
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	char text[TT_SHA256_TEXT_SIZE];
	struct tt_sha256 sha;

	assert_string_equal(tt_sha256_of("abc", 3, text), abc);
	assert_string_equal(tt_sha256_of("", 0, text), nothing);
	tt_sha256_begin(&sha);
	tt_sha256_add(&sha, "a", 1);
	tt_sha256_add(&sha, "bc", 2);
	assert_string_equal(tt_sha256_end(&sha, text), abc);
	assert_int_equal(tt_sha256_of_file("/dev/null", text), 0);
	assert_string_equal(text, nothing);
	assert_int_equal(tt_sha256_of_file("/nowhere", text), -ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(addresses_survive_text_and_back),
			cmocka_unit_test(
					all_bytes_of_ipv4_addresses_are_written_as_printf_does),
			cmocka_unit_test(what_is_no_ipv4_address_is_refused),
			cmocka_unit_test(
					one_prefix_holds_its_first_and_last_address_and_no_other),
			cmocka_unit_test(
					overlapping_and_adjacent_prefixes_become_one_range),
			cmocka_unit_test(the_whole_of_ipv4_and_ipv6_can_be_monitored),
			cmocka_unit_test(an_ipv6_prefix_means_no_ipv4_address),
			cmocka_unit_test(a_bad_prefix_is_named),
			cmocka_unit_test(what_a_prefix_is_not_is_said),
			cmocka_unit_test(
					a_blank_in_a_prefix_is_refused_and_around_it_is_not),
			cmocka_unit_test(times_survive_text_and_back),
			cmocka_unit_test(offsets_have_two_forms),
			cmocka_unit_test(times_that_are_typed_may_have_an_offset),
			cmocka_unit_test(durations_have_one_unit),
			cmocka_unit_test(sha256_gives_the_digests_of_the_standard),
			cmocka_unit_test(an_interval_starts_at_a_multiple_of_its_length),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
