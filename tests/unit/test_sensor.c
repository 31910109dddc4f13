/* SPDX-License-Identifier: BSD-3-Clause */
/* The names in a spool: sensors, days, snapshots; and the times that they can hold. */
#include "tt_sensor.h"
#include "tt_time.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
a_sensor_is_called_like_a_host_and_neither_like_a_day_nor_a_snapshot(void **state)
{
	static const char *const good[] = {"tokyo-1", "007", "a.b_c", "2026", "2026-11",
			"x2026-11-22", "2026-11-22x",
			"0123456789012345678901234567890123456789012345678901234567890123"};
	static const char *const bad[] = {"", ".x", "a/b", "a b", "2026-11-22",
			"2026-99-99", "20261122T225500Z", "20261122T225500.123456Z",
			"\xc3\xa9",
			("0123456789012345678901234567890123456789012345678901234567890123"
			 "4")};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(good); i++)
		if (!tt_sensor_name_valid(good[i]))
			fail_msg("\"%s\" is refused", good[i]);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		if (tt_sensor_name_valid(bad[i]))
			fail_msg("\"%s\" is allowed", bad[i]);
}

static void
compact_times_survive_text_and_back(void **state)
{
	static const char *const bad[] = {"", "20261122T225500", "20261122T225500Z ",
			"20261122T225500.5Z", "20261132T225500Z", "2026-11-22T22:55:00Z"};
	static const int64_t times[] = {0, 1, INT64_C(1795388100123456), TT_TIME_MAX};
	char text[TT_TIME_TEXT_MAX];
	int64_t us;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(times); i++) {
		tt_time_format_compact(times[i], text);
		assert_int_equal(tt_time_parse_compact(text, &us), 0);
		assert_int_equal(us, times[i]);
	}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++)
		assert_int_equal(tt_time_parse_compact(bad[i], &us), -EINVAL);
}

static void
the_interval_of_the_last_time_ends_at_a_time_that_has_a_text(void **state)
{
	static const int64_t lengths_s[] = {1, 60, 3600, 86400, 7 * 86400, 31622400};
	char text[TT_TIME_TEXT_MAX];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(lengths_s); i++) {
		int64_t length = lengths_s[i] * TT_US_PER_S, back = 0;
		int64_t end = tt_time_floor(TT_TIME_MAX, length) + length;

		assert_true(end > TT_TIME_MAX);
		assert_int_equal(tt_time_parse(tt_time_format(end, text), &back), 0);
		assert_int_equal(back, end);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_sensor_is_called_like_a_host_and_neither_like_a_day_nor_a_snapshot),
			cmocka_unit_test(compact_times_survive_text_and_back),
			cmocka_unit_test(
					the_interval_of_the_last_time_ends_at_a_time_that_has_a_text),
	};

	return cmocka_run_group_tests_name("sensor", tests, NULL, NULL);
}
