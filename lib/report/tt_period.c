/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_period.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define DAYS_PER_WEEK 7
#define QUARTER       3 /* months */
#define YEAR          12

#define WHAT                                                                         \
	"a month (2009-07), months (2009-06..2009-07, both included), a quarter "    \
	"(2009-Q3), a year (2009), a week (2009-W28), a day (2009-07-08), days "     \
	"(2009-07-01..2009-07-15, both included), or times of --utc-offset without " \
	"a Z (2009-07-01T12:00..2009-07-08T12:00)"

static int64_t
offset_us(int utc_offset_min)
{
	return utc_offset_min * TT_US_PER_MINUTE;
}

/* Midnight of a civil day at the offset 0. A month of 12 is January of the year that follows. */
static int64_t
civil_us(int year, int month, int day)
{
	struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = day};

	return (int64_t)timegm(&tm) * TT_US_PER_S;
}

static struct tm
civil_of(int64_t us)
{
	time_t seconds = (time_t)(tt_time_floor(us, TT_US_PER_S) / TT_US_PER_S);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return tm;
}

/* Monday of the first ISO week of a year, the one that has 4 January. */
static int64_t
first_monday_us(int year)
{
	int64_t fourth_us = civil_us(year, 0, 4);
	int since_monday = (civil_of(fourth_us).tm_wday + 6) % DAYS_PER_WEEK;

	return fourth_us - since_monday * TT_US_PER_DAY;
}

static int64_t
day_number(const struct tt_period *p, int64_t us)
{
	return tt_time_floor(us + offset_us(p->utc_offset_min), TT_US_PER_DAY)
			/ TT_US_PER_DAY;
}

/* Takes times of the offset. */
static void
set(struct tt_period *p, int64_t from_us, int64_t to_us)
{
	p->from_us = from_us - offset_us(p->utc_offset_min);
	p->to_us = to_us - offset_us(p->utc_offset_min);
	p->n_days = (unsigned)(day_number(p, p->to_us - 1) - day_number(p, p->from_us)
			+ 1);
}

/* month: of the year, from 0; below 0 and above 11 it is one of another year. */
static void
set_months(struct tt_period *p, enum tt_period_kind kind, int year, int month, int n)
{
	const struct tm first = civil_of(civil_us(year, month, 1)),
			last = civil_of(civil_us(year, month + n - 1, 1));
	size_t room = sizeof(p->name), length;

	p->kind = kind;
	set(p, civil_us(year, month, 1), civil_us(year, month + n, 1));
	length = strftime(p->name, room, kind == TT_PERIOD_YEAR ? "%Y" : "%Y-%m", &first);
	if (kind == TT_PERIOD_MONTHS)
		strftime(p->name + length, room - length, "..%Y-%m", &last);
	else if (kind == TT_PERIOD_QUARTER)
		snprintf(p->name + strlen("2009-"), room - strlen("2009-"), "Q%d",
				first.tm_mon / QUARTER + 1);
}

static void
set_month(struct tt_period *p, int year, int month)
{
	set_months(p, TT_PERIOD_MONTH, year, month, 1);
}

/* monday_us: of the offset. */
static void
set_week(struct tt_period *p, int64_t monday_us)
{
	const struct tm tm = civil_of(monday_us);

	p->kind = TT_PERIOD_WEEK;
	set(p, monday_us, monday_us + DAYS_PER_WEEK * TT_US_PER_DAY);
	strftime(p->name, sizeof(p->name), "%G-W%V", &tm);
}

static void
set_day(struct tt_period *p, int64_t day_us)
{
	p->kind = TT_PERIOD_DAY;
	set(p, day_us, day_us + TT_US_PER_DAY);
	tt_time_format_date(day_us, p->name);
}

/* One end of a span, without what only the report's own text has. */
static void
put_end(char text[TT_TIME_TEXT_MAX], int64_t us, bool days)
{
	if (days)
		tt_time_format_date(us, text);
	else
		tt_time_format(us, text);
	text[strcspn(text, "Z")] = '\0';
}

static void
set_span(struct tt_period *p, int64_t from_us, int64_t to_us)
{
	bool days = from_us % TT_US_PER_DAY == 0 && to_us % TT_US_PER_DAY == 0;
	char from[TT_TIME_TEXT_MAX], to[TT_TIME_TEXT_MAX];

	p->kind = TT_PERIOD_SPAN;
	set(p, from_us, to_us);
	put_end(from, from_us, days);
	put_end(to, days ? to_us - TT_US_PER_DAY : to_us, days);
	snprintf(p->name, sizeof(p->name), "%.28s..%.28s", from, to);
}

/* Has the text digits where the pattern has '0', and its other characters elsewhere? */
static bool
has_form(const char *text, const char *pattern)
{
	if (strlen(text) != strlen(pattern))
		return false;
	for (; *pattern != '\0'; text++, pattern++)
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return true;
}

static int
parse_month(struct tt_period *p, const char *text)
{
	int month = atoi(text + 5);

	if (month < 1 || month > 12)
		return -EINVAL;
	set_month(p, atoi(text), month - 1);
	return 0;
}

static int
parse_quarter(struct tt_period *p, const char *text)
{
	int quarter = atoi(text + 6);

	if (quarter < 1 || quarter > YEAR / QUARTER)
		return -EINVAL;
	set_months(p, TT_PERIOD_QUARTER, atoi(text), (quarter - 1) * QUARTER, QUARTER);
	return 0;
}

/* to: of the same form. */
static int
parse_months(struct tt_period *p, const char *from, const char *to)
{
	int month = atoi(from + 5), last = atoi(to + 5);
	int n = (atoi(to) - atoi(from)) * YEAR + last - month + 1;

	if (month < 1 || month > YEAR || last < 1 || last > YEAR)
		return -EINVAL;
	if (n < 1)
		return -ERANGE;
	set_months(p, n == 1 ? TT_PERIOD_MONTH : TT_PERIOD_MONTHS, atoi(from), month - 1,
			n);
	return p->n_days > TT_PERIOD_DAYS_MAX ? -E2BIG : 0;
}

static int
parse_week(struct tt_period *p, const char *text)
{
	int week = atoi(text + 6);
	int64_t monday_us = first_monday_us(atoi(text))
			+ (week - 1) * DAYS_PER_WEEK * TT_US_PER_DAY;

	if (week < 1 || monday_us >= first_monday_us(atoi(text) + 1))
		return -EINVAL;
	set_week(p, monday_us);
	return 0;
}

static int
parse_span(struct tt_period *p, const char *text, const char *dots)
{
	char from[TT_TIME_TEXT_MAX];
	int64_t from_us, to_us;

	if ((size_t)(dots - text) >= sizeof(from) || strchr(text, 'Z') != NULL)
		return -EINVAL;
	snprintf(from, sizeof(from), "%.*s", (int)(dots - text), text);
	if (tt_time_parse(from, &from_us) != 0 || tt_time_parse(dots + 2, &to_us) != 0)
		return -EINVAL;
	if (to_us < from_us)
		return -ERANGE;
	if (tt_time_is_date(dots + 2) && strlen(dots + 2) == strlen("2009-07-08"))
		to_us += TT_US_PER_DAY;
	if (to_us == from_us)
		return -ENODATA;
	if ((to_us - from_us) / TT_US_PER_DAY > TT_PERIOD_DAYS_MAX)
		return -E2BIG;
	set_span(p, from_us, to_us);
	return 0;
}

static int
parse(struct tt_period *p, const char *text)
{
	const char *dots = strstr(text, "..");
	int64_t day_us;

	if (has_form(text, "0000-00..0000-00"))
		return parse_months(p, text, dots + 2);
	if (dots != NULL)
		return parse_span(p, text, dots);
	if (has_form(text, "0000-Q0"))
		return parse_quarter(p, text);
	if (has_form(text, "0000")) {
		set_months(p, TT_PERIOD_YEAR, atoi(text), 0, YEAR);
		return 0;
	}
	if (has_form(text, "0000-00"))
		return parse_month(p, text);
	if (has_form(text, "0000-W00"))
		return parse_week(p, text);
	if (!has_form(text, "0000-00-00") || tt_time_parse(text, &day_us) != 0)
		return -EINVAL;
	set_day(p, day_us);
	return 0;
}

int
tt_period_parse(struct tt_period *period, const char *text, int utc_offset_min,
		struct tt_error *err)
{
	int ret;

	*period = (struct tt_period){.utc_offset_min = utc_offset_min};
	ret = parse(period, text);
	if (ret == -ERANGE)
		return tt_error_set(
				err, -EINVAL, NULL, "\"%s\" ends before it begins", text);
	if (ret == -ENODATA)
		return tt_error_set(err, -EINVAL, NULL, "\"%s\" ends as it begins", text);
	if (ret == -E2BIG)
		return tt_error_set(err, -EINVAL, NULL, "\"%s\" is longer than %d days",
				text, TT_PERIOD_DAYS_MAX);
	if (ret != 0 || period->from_us < TT_TIME_MIN || period->to_us > TT_TIME_MAX)
		return tt_error_set(
				err, -EINVAL, NULL, "\"%s\" is no period: " WHAT, text);
	return 0;
}

int
tt_period_before(const struct tt_period *period, struct tt_period *before)
{
	int64_t from_us = period->from_us + offset_us(period->utc_offset_min);
	int64_t length_us = period->to_us - period->from_us;
	const struct tm tm = civil_of(from_us), end = civil_of(from_us + length_us);
	int n = (end.tm_year - tm.tm_year) * YEAR + end.tm_mon - tm.tm_mon; /* months */
	struct tt_period p = {.utc_offset_min = period->utc_offset_min};

	if (period->kind <= TT_PERIOD_YEAR)
		set_months(&p, period->kind, tm.tm_year + 1900, tm.tm_mon - n, n);
	else if (period->kind == TT_PERIOD_WEEK)
		set_week(&p, from_us - length_us);
	else if (period->kind == TT_PERIOD_DAY)
		set_day(&p, from_us - length_us);
	else
		set_span(&p, from_us - length_us, from_us);
	*before = p;
	return p.from_us < TT_TIME_MIN ? -ERANGE : 0;
}

void
tt_period_month(struct tt_period *month, int64_t us, int utc_offset_min)
{
	const struct tm tm = civil_of(us + offset_us(utc_offset_min));

	*month = (struct tt_period){.utc_offset_min = utc_offset_min};
	set_month(month, tm.tm_year + 1900, tm.tm_mon);
}

unsigned
tt_period_day(const struct tt_period *period, int64_t us)
{
	return (unsigned)(day_number(period, us) - day_number(period, period->from_us));
}

int64_t
tt_period_day_from(const struct tt_period *period, unsigned day)
{
	int64_t us = (day_number(period, period->from_us) + day) * TT_US_PER_DAY
			- offset_us(period->utc_offset_min);

	return us < period->from_us ? period->from_us : us;
}

int64_t
tt_period_day_to(const struct tt_period *period, unsigned day)
{
	int64_t us = (day_number(period, period->from_us) + day + 1) * TT_US_PER_DAY
			- offset_us(period->utc_offset_min);

	return us > period->to_us ? period->to_us : us;
}
