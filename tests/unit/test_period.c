/* SPDX-License-Identifier: BSD-3-Clause */
/* The periods of a report, in civil days of an offset. */
#include "tt_period.h"
#include "tt_time.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define JAPAN (9 * 60)

static struct tt_period
parse(const char *text, int utc_offset_min)
{
	struct tt_error err = {0};
	struct tt_period p;

	if (tt_period_parse(&p, text, utc_offset_min, &err) != 0)
		fail_msg("%s: %s", text, err.why);
	return p;
}

static void
assert_period(const struct tt_period *p, const char *name, const char *from,
		const char *to, unsigned n_days)
{
	char text[TT_TIME_TEXT_MAX];

	assert_string_equal(p->name, name);
	assert_string_equal(tt_time_format(p->from_us, text), from);
	assert_string_equal(tt_time_format(p->to_us, text), to);
	assert_int_equal(p->n_days, n_days);
}

static void
month_has_its_days(void **state)
{
	struct tt_period p = parse("2009-07", 0);

	assert_period(&p, "2009-07", "2009-07-01T00:00:00Z", "2009-08-01T00:00:00Z", 31);
	p = parse("2008-02", 0);
	assert_period(&p, "2008-02", "2008-02-01T00:00:00Z", "2008-03-01T00:00:00Z", 29);
	p = parse("2009-12", 0);
	assert_period(&p, "2009-12", "2009-12-01T00:00:00Z", "2010-01-01T00:00:00Z", 31);
}

static void
offset_moves_days(void **state)
{
	struct tt_period p = parse("2009-07", JAPAN);

	assert_period(&p, "2009-07", "2009-06-30T15:00:00Z", "2009-07-31T15:00:00Z", 31);
	assert_int_equal(tt_period_day(&p, p.from_us), 0);
	assert_int_equal(tt_period_day(&p, p.from_us + TT_US_PER_DAY - 1), 0);
	assert_int_equal(tt_period_day(&p, p.from_us + TT_US_PER_DAY), 1);
	assert_int_equal(tt_period_day(&p, p.to_us - 1), 30);
	assert_int_equal(tt_period_day_from(&p, 0), p.from_us);
	assert_int_equal(tt_period_day_to(&p, 30), p.to_us);
	p = parse("2009-07-08", -3 * 60 - 30);
	assert_period(&p, "2009-07-08", "2009-07-08T03:30:00Z", "2009-07-09T03:30:00Z",
			1);
}

static void
week_begins_on_monday(void **state)
{
	struct tt_period p = parse("2009-W28", 0);

	assert_period(&p, "2009-W28", "2009-07-06T00:00:00Z", "2009-07-13T00:00:00Z", 7);
	/* The first week has the first Thursday: it may begin in December. */
	p = parse("2009-W01", 0);
	assert_period(&p, "2009-W01", "2008-12-29T00:00:00Z", "2009-01-05T00:00:00Z", 7);
	p = parse("2009-W53", 0);
	assert_period(&p, "2009-W53", "2009-12-28T00:00:00Z", "2010-01-04T00:00:00Z", 7);
}

static void
span_ends_with_a_day_or_at_a_time(void **state)
{
	struct tt_period p = parse("2009-07-01..2009-07-15", 0);

	assert_period(&p, "2009-07-01..2009-07-15", "2009-07-01T00:00:00Z",
			"2009-07-16T00:00:00Z", 15);
	p = parse("2009-07-01T12:00..2009-07-03T06:00", JAPAN);
	assert_period(&p, "2009-07-01T12:00:00..2009-07-03T06:00:00",
			"2009-07-01T03:00:00Z", "2009-07-02T21:00:00Z", 3);
	assert_int_equal(tt_period_day_from(&p, 0), p.from_us);
	assert_int_equal(tt_period_day_to(&p, 2), p.to_us);
	assert_int_equal(tt_period_day_to(&p, 1) - tt_period_day_from(&p, 1),
			TT_US_PER_DAY);
}

static void
months_quarters_and_years_have_their_days(void **state)
{
	struct tt_period p = parse("2009-06..2009-07", JAPAN);

	assert_period(&p, "2009-06..2009-07", "2009-05-31T15:00:00Z",
			"2009-07-31T15:00:00Z", 61);
	p = parse("2008-11..2009-02", 0);
	assert_period(&p, "2008-11..2009-02", "2008-11-01T00:00:00Z",
			"2009-03-01T00:00:00Z", 120);
	p = parse("2009-Q3", 0);
	assert_period(&p, "2009-Q3", "2009-07-01T00:00:00Z", "2009-10-01T00:00:00Z", 92);
	p = parse("2009-Q4", 0);
	assert_period(&p, "2009-Q4", "2009-10-01T00:00:00Z", "2010-01-01T00:00:00Z", 92);
	p = parse("2008", JAPAN);
	assert_period(&p, "2008", "2007-12-31T15:00:00Z", "2008-12-31T15:00:00Z", 366);
	/* One month is a month. */
	p = parse("2009-07..2009-07", 0);
	assert_period(&p, "2009-07", "2009-07-01T00:00:00Z", "2009-08-01T00:00:00Z", 31);
	assert_int_equal(p.kind, TT_PERIOD_MONTH);
}

static void
before_is_of_the_same_kind(void **state)
{
	static const char *const pairs[][2] = {{"2009-07", "2009-06"},
			{"2009-01", "2008-12"}, {"2009-W01", "2008-W52"},
			{"2010-W01", "2009-W53"}, {"2009-03-01", "2009-02-28"},
			{"2009-07-11..2009-07-20", "2009-07-01..2009-07-10"},
			{"2009-06..2009-07", "2009-04..2009-05"},
			{"2009-01..2009-02", "2008-11..2008-12"}, {"2009-Q3", "2009-Q2"},
			{"2009-Q1", "2008-Q4"}, {"2009", "2008"}};

	for (size_t i = 0; i < TT_ARRAY_SIZE(pairs); i++) {
		struct tt_period p = parse(pairs[i][0], JAPAN), before;

		assert_int_equal(tt_period_before(&p, &before), 0);
		assert_string_equal(before.name, pairs[i][1]);
		assert_int_equal(before.to_us, p.from_us);
	}
}

static void
nothing_is_before_1970(void **state)
{
	struct tt_period p = parse("1970-01", 0), before;

	assert_int_equal(tt_period_before(&p, &before), -ERANGE);
	p = parse("1970-02", 0);
	assert_int_equal(tt_period_before(&p, &before), 0);
	p = parse("1970-02..1970-03", 0);
	assert_int_equal(tt_period_before(&p, &before), -ERANGE);
	p = parse("1970", 0);
	assert_int_equal(tt_period_before(&p, &before), -ERANGE);
}

static void
month_of_a_time(void **state)
{
	struct tt_period p = parse("2009-07", JAPAN), month;

	tt_period_month(&month, p.to_us - 1, JAPAN);
	assert_string_equal(month.name, "2009-07");
	tt_period_month(&month, p.to_us, JAPAN);
	assert_string_equal(month.name, "2009-08");
}

static void
other_texts_are_refused(void **state)
{
	static const char *const texts[] = {"", "200", "20090", "1969", "2009-Q0",
			"2009-Q5", "2009-Q", "2009-Q33", "2009-06..2009-13",
			"2009-00..2009-07", "2009-07..2009-06", "2009-06..2009-07-15",
			"2009-Q1..2009-Q2", "2008..2009", "2005-01..2009-01", "2009-13",
			"2009-00", "2009-7", "2009-W00", "2009-W54", "2008-W53",
			"2009-02-30", "2009-07-08T12:00", "2009-07-02..2009-07-01",
			"2009-07-01..", "..2009-07-01", "2009-07-01...2009-07-02",
			"2009-07-01Z..2009-07-02", "2009-07x", "2000-01-01..2009-01-01",
			"2009-07-01T00:00..2009-07-01T00:00", "1969-12"};

	for (size_t i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		struct tt_error err = {0};
		struct tt_period p;

		if (tt_period_parse(&p, texts[i], 0, &err) != -EINVAL
				|| err.why[0] == '\0')
			fail_msg("\"%s\" is taken", texts[i]);
	}
}

static void
a_span_of_no_length_does_not_end_before_it_begins(void **state)
{
	struct tt_error err = {0};
	struct tt_period p;

	assert_int_equal(tt_period_parse(&p, "2009-07-01T00:00..2009-07-01T00:00", 0,
					 &err),
			-EINVAL);
	assert_non_null(strstr(err.why, "ends as it begins"));
	assert_int_equal(tt_period_parse(&p, "2009-07-02..2009-07-01", 0, &err), -EINVAL);
	assert_non_null(strstr(err.why, "ends before it begins"));
}

static void
time_that_belongs_and_time_that_meets(void **state)
{
	const struct tt_period p = parse("2009-07-08", 0);

	assert_true(tt_period_has(&p, p.from_us, p.to_us));
	assert_false(tt_period_has(&p, p.from_us - 1, p.to_us));
	assert_true(tt_period_meets(&p, p.from_us - 1, p.from_us + 1));
	assert_false(tt_period_meets(&p, p.to_us, p.to_us + 1));
	assert_false(tt_period_meets(&p, p.from_us - 1, p.from_us));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(month_has_its_days),
			cmocka_unit_test(offset_moves_days),
			cmocka_unit_test(week_begins_on_monday),
			cmocka_unit_test(span_ends_with_a_day_or_at_a_time),
			cmocka_unit_test(months_quarters_and_years_have_their_days),
			cmocka_unit_test(before_is_of_the_same_kind),
			cmocka_unit_test(nothing_is_before_1970),
			cmocka_unit_test(month_of_a_time),
			cmocka_unit_test(other_texts_are_refused),
			cmocka_unit_test(
					a_span_of_no_length_does_not_end_before_it_begins),
			cmocka_unit_test(time_that_belongs_and_time_that_meets),
	};

	return cmocka_run_group_tests_name("period", tests, NULL, NULL);
}
