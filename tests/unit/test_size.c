/* SPDX-License-Identifier: BSD-3-Clause */
/* Sizes in bytes as people write them. */
#include "tt_size.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
a_size_is_digits_and_a_power_of_1024_in_any_of_its_spellings(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {{"0", 0}, {"1", 1}, {"4096", 4096}, {"007", 7}, {"1B", 1},
			{"500b", 500}, {"000000000000000000000000000000001B", 1},
			{"18446744073709551615B", UINT64_MAX}, {"1K", 1 << 10},
			{"1k", 1 << 10}, {"1kB", 1 << 10}, {"1KB", 1 << 10},
			{"1KiB", 1 << 10}, {"1kib", 1 << 10}, {"512M", 512 << 20},
			{"512m", 512 << 20}, {"512MB", 512 << 20}, {"512MiB", 512 << 20},
			{"1g", 1 << 30}, {"1gb", 1 << 30}, {"1GB", 1 << 30},
			{"1GiB", 1 << 30}, {"1GIB", 1 << 30}, {"3t", UINT64_C(3) << 40},
			{"3TB", UINT64_C(3) << 40}, {"3TiB", UINT64_C(3) << 40},
			{"18446744073709551615", UINT64_MAX},
			{"18014398509481983K", UINT64_MAX - 1023},
			{"16777215T", UINT64_C(16777215) << 40}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		uint64_t bytes = 7;

		if (tt_size_parse(cases[i].text, &bytes) != 0 || bytes != cases[i].bytes)
			fail_msg("\"%s\": %llu", cases[i].text,
					(unsigned long long)bytes);
	}
}

static void
what_is_no_size_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = {"", "K", "B", "1BB", "1iB", "1bi", "1B ",
			"1.5B", "18446744073709551616B", "1i", "1Ki", "1KBi", "1KK",
			"1K ", " 1K", "1 K", "+1K", "-1K", "1.5G", "1,5G", "0x10", "1P",
			"1Kb/s", "18446744073709551616", "18014398509481984K",
			"16777216T", "99999999999999999999T"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		uint64_t bytes = 7;

		if (tt_size_parse(bad[i], &bytes) != -EINVAL || bytes != 7)
			fail_msg("\"%s\" is taken", bad[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_size_is_digits_and_a_power_of_1024_in_any_of_its_spellings),
			cmocka_unit_test(what_is_no_size_is_refused_and_changes_nothing),
	};

	return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
