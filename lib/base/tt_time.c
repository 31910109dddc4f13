/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Writes strftime(fmt), then the microseconds if there are any, then tail. */
static char *
format(int64_t us, const char *fmt, const char *tail, char text[TT_TIME_TEXT_MAX])
{
	time_t seconds = (time_t)(tt_time_floor(us, TT_US_PER_S) / TT_US_PER_S);
	int fraction = (int)(us - seconds * TT_US_PER_S);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(text, TT_TIME_TEXT_MAX, fmt, &tm);
	if (fraction != 0 && tail[0] != '\0')
		n += (size_t)snprintf(text + n, TT_TIME_TEXT_MAX - n, ".%06d", fraction);
	snprintf(text + n, TT_TIME_TEXT_MAX - n, "%s", tail);
	return text;
}

char *
tt_time_format(int64_t us, char text[TT_TIME_TEXT_MAX])
{
	return format(us, "%Y-%m-%dT%H:%M:%S", "Z", text);
}

char *
tt_time_format_compact(int64_t us, char text[TT_TIME_TEXT_MAX])
{
	return format(us, "%Y%m%dT%H%M%S", "Z", text);
}

char *
tt_time_format_date(int64_t us, char text[TT_TIME_TEXT_MAX])
{
	return format(us, "%Y-%m-%d", "", text);
}

/* No capture is as long, nor are the silences of all sensors together. */
#define YEARS_BELIEVED 1000

char *
tt_time_format_length(int64_t us, char text[TT_TIME_TEXT_MAX])
{
	const double s = (double)us / TT_US_PER_S, days = s / 86400,
		     years = days / 365.25;

	if (years > YEARS_BELIEVED)
		snprintf(text, TT_TIME_TEXT_MAX, "over %d years (wrong time stamps)",
				YEARS_BELIEVED);
	else if (years >= 2)
		snprintf(text, TT_TIME_TEXT_MAX, "%.0f s (%.1f years)", s, years);
	else if (days >= 2)
		snprintf(text, TT_TIME_TEXT_MAX, "%.10g s (%.1f days)", s, days);
	else
		snprintf(text, TT_TIME_TEXT_MAX, "%.10g s", s);
	return text;
}

/* Reads ".123" at *text as microseconds and moves on; nothing there is 0. */
static int
parse_fraction(const char **text, int64_t *us)
{
	int64_t scale = TT_US_PER_S;

	*us = 0;
	if (**text != '.')
		return 0;
	(*text)++;
	if (**text < '0' || **text > '9')
		return -EINVAL;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		scale /= 10;
		if (scale == 0)
			return -EINVAL;
		*us += (**text - '0') * scale;
	}
	return 0;
}

int
tt_time_parse(const char *text, int64_t *us)
{
	struct tm tm = {0}, check;
	int64_t fraction = 0;
	const char *rest = strptime(text, "%Y-%m-%d", &tm);
	time_t seconds;

	if (rest == NULL || tm.tm_year < 70)
		return -EINVAL;
	if (*rest == 'T' || *rest == ' ') {
		rest = strptime(rest + 1, "%H:%M", &tm);
		if (rest == NULL)
			return -EINVAL;
		if (*rest == ':')
			rest = strptime(rest + 1, "%S", &tm);
		if (rest == NULL || parse_fraction(&rest, &fraction) != 0)
			return -EINVAL;
		if (*rest == 'Z')
			rest++;
	}
	if (*rest != '\0')
		return -EINVAL;
	check = tm;
	seconds = timegm(&check);
	if (check.tm_mday != tm.tm_mday || check.tm_sec != tm.tm_sec)
		return -EINVAL;
	*us = (int64_t)seconds * TT_US_PER_S + fraction;
	return 0;
}

/* Does text have digits where the pattern has '0', and the pattern's own characters elsewhere? */
static bool
matches(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++) {
		bool digit = *text >= '0' && *text <= '9';

		if (*pattern == '0' ? !digit : *text != *pattern)
			return false;
	}
	return *text == '\0';
}

int
tt_time_parse_offset(const char *text, int *minutes)
{
	const bool colon = matches(text, "+00:00") || matches(text, "-00:00");
	int n;

	*minutes = 0;
	if (strcmp(text, "Z") == 0)
		return 0;
	if (!colon && !matches(text, "+0000") && !matches(text, "-0000"))
		return -EINVAL;
	n = atoi(text + (colon ? 4 : 3));
	if (n > 59)
		return -EINVAL;
	n += ((text[1] - '0') * 10 + text[2] - '0') * 60;
	if (n > 14 * 60)
		return -EINVAL;
	*minutes = text[0] == '+' ? n : -n;
	return 0;
}

int
tt_time_parse_with_offset(const char *text, int64_t *us)
{
	const size_t date = strlen("2026-11-22");
	char local[TT_TIME_TEXT_MAX];
	size_t n;
	int minutes;

	n = strlen(text) <= date ? 0 : date + strcspn(text + date, "+-");
	if (n == 0 || text[n] == '\0')
		return tt_time_parse(text, us);
	if (n >= sizeof(local) || memchr(text, ':', n) == NULL || text[n - 1] == 'Z'
			|| tt_time_parse_offset(text + n, &minutes) != 0)
		return -EINVAL;
	snprintf(local, sizeof(local), "%.*s", (int)n, text);
	if (tt_time_parse(local, us) != 0)
		return -EINVAL;
	*us -= minutes * 60 * TT_US_PER_S;
	return *us < 0 ? -EINVAL : 0;
}

int
tt_time_parse_compact(const char *text, int64_t *us)
{
	char usual[TT_TIME_TEXT_MAX];

	if (!matches(text, "00000000T000000Z")
			&& !matches(text, "00000000T000000.000000Z"))
		return -EINVAL;
	snprintf(usual, sizeof(usual), "%.4s-%.2s-%.2sT%.2s:%.2s:%s", text, text + 4,
			text + 6, text + 9, text + 11, text + 13);
	return tt_time_parse(usual, us);
}

int
tt_time_parse_duration(const char *text, int64_t *us)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {{"ms", TT_US_PER_S / 1000}, {"s", TT_US_PER_S},
			{"m", 60 * TT_US_PER_S}, {"h", 3600 * TT_US_PER_S},
			{"d", 86400 * TT_US_PER_S}};
	const size_t digits = strspn(text, "0123456789");
	const long long n = strtoll(text, NULL, 10); /* LLONG_MAX where it is more */

	for (unsigned i = 0; digits > 0 && i < TT_ARRAY_SIZE(units); i++)
		if (strcmp(text + digits, units[i].name) == 0
				&& n <= TT_TIME_MAX / units[i].us) {
			*us = n * units[i].us;
			return 0;
		}
	return -EINVAL;
}

bool
tt_time_is_date(const char *text)
{
	return matches(text, "0000-00-00");
}

int64_t
tt_time_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * TT_US_PER_S + ts.tv_nsec / 1000;
}

int64_t
tt_time_monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * TT_US_PER_S + ts.tv_nsec / 1000;
}
