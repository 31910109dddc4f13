/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_profile_text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define QUOTE "\"%.60s\""

bool
tt_text_item(const char **rest, char *item, size_t size)
{
	const char *end;
	size_t n;

	if (*rest == NULL)
		return false;
	*rest += strspn(*rest, " \t\n");
	end = strchr(*rest, ',');
	n = end == NULL ? strlen(*rest) : (size_t)(end - *rest);
	while (n > 0 && strchr(" \t\n", (*rest)[n - 1]) != NULL)
		n--;
	snprintf(item, size, "%.*s", (int)n, *rest);
	*rest = end == NULL ? NULL : end + 1;
	return true;
}

/* Digits with at most one point; *end is where they end. Independent of the locale. */
static int
scan_decimal(const char *text, const char **end, double *value)
{
	double v = 0, unit = 1;
	unsigned digits = 0;

	for (; isdigit((unsigned char)*text); text++, digits++)
		v = v * 10 + (*text - '0');
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text); text++, digits++) {
			v = v * 10 + (*text - '0');
			unit *= 10;
		}
	}
	if (digits == 0 || digits > 18)
		return -EINVAL;
	*value = v / unit;
	*end = text;
	return 0;
}

int
tt_text_number(const char *text, double min, double max, double *value,
		struct tt_error *err)
{
	const char *end;

	if (scan_decimal(text, &end, value) != 0 || *end != '\0' || *value < min
			|| *value > max)
		return tt_error_set(err, -EINVAL, NULL,
				QUOTE " is not a number from %g to %g", text, min, max);
	return 0;
}

int
tt_text_integer(const char *text, int64_t min, int64_t max, int64_t *value,
		struct tt_error *err)
{
	const char *end;
	double number;

	if (scan_decimal(text, &end, &number) != 0 || *end != '\0'
			|| strchr(text, '.') != NULL || number < (double)min
			|| number > (double)max)
		return tt_error_set(err, -EINVAL, NULL,
				QUOTE " is not a whole number from %lld to %lld", text,
				(long long)min, (long long)max);
	*value = (int64_t)number;
	return 0;
}

static double
duration_unit(const char *text)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(units); i++)
		if (strcmp(text, units[i].name) == 0)
			return units[i].seconds;
	return 0;
}

int
tt_text_duration(const char *text, int64_t *us, struct tt_error *err)
{
	const char *end = text;
	double number = 0, unit = 0;

	if (scan_decimal(text, &end, &number) == 0)
		unit = duration_unit(end);
	if (unit == 0)
		return tt_error_set(err, -EINVAL, NULL,
				QUOTE " is not a duration such as 90s, 5m, 24h or 31d",
				text);
	if (number * unit * TT_US_PER_S > (double)TT_PROFILE_DURATION_MAX)
		return tt_error_set(err, -EINVAL, NULL, QUOTE " is longer than 366 days",
				text);
	*us = (int64_t)(number * unit * TT_US_PER_S + 0.5);
	return 0;
}

static double
rate_unit(const char *text, size_t n)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"s", 1}, {"min", 60}, {"hour", 3600}, {"day", 86400}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == n && memcmp(text, units[i].name, n) == 0)
			return units[i].seconds;
	return 0;
}

int
tt_text_rate(const char *text, double *per_second, bool *per_address,
		struct tt_error *err)
{
	const char *at = text, *rest;
	double number = 0, unit = 0;

	if (scan_decimal(text, &at, &number) == 0 && *at == '/') {
		at++;
		rest = at + strcspn(at, "/");
		*per_address = strcmp(rest, "/address") == 0;
		if (*rest == '\0' || *per_address)
			unit = rate_unit(at, (size_t)(rest - at));
	}
	if (unit == 0)
		return tt_error_set(err, -EINVAL, NULL,
				QUOTE
				" is not a rate such as 120/s, 7/min, 3/hour or 131.08/day/address",
				text);
	*per_second = number / unit;
	return 0;
}

int
tt_text_span(const char *text, uint32_t min, uint32_t max, struct tt_profile_span *span,
		struct tt_error *err)
{
	const char *end = text;
	double first = -1, last = -1;

	if (scan_decimal(text, &end, &first) == 0) {
		last = first;
		if (*end == '-' && scan_decimal(end + 1, &end, &last) != 0)
			last = -1;
	}
	if (*end != '\0' || strchr(text, '.') != NULL || first < min || last > max
			|| first > last)
		return tt_error_set(err, -EINVAL, NULL,
				QUOTE
				" is not a number or a range LOW-HIGH from %u to %u",
				text, min, max);
	*span = (struct tt_profile_span){(uint32_t)first, (uint32_t)last};
	return 0;
}

static int
parse_share(const char *item, struct tt_profile_share *share)
{
	const char *end;

	memset(share, 0, sizeof(*share));
	if (strncmp(item, "any ", 4) == 0)
		item += 3;
	else if (isupper((unsigned char)item[0]) && isupper((unsigned char)item[1])) {
		memcpy(share->country, item, 2);
		item += 2;
	} else
		return -EINVAL;
	if (*item != ' '
			|| scan_decimal(item + strspn(item, " "), &end, &share->weight)
					!= 0
			|| *end != '\0' || share->weight <= 0)
		return -EINVAL;
	return 0;
}

int
tt_text_shares(const char *text, struct tt_profile_share *shares, unsigned *n,
		struct tt_error *err)
{
	const char *rest = text;
	char item[32];

	for (*n = 0; tt_text_item(&rest, item, sizeof(item)); (*n)++) {
		if (*n == TT_PROFILE_SHARES_MAX)
			return tt_error_set(err, -EINVAL, NULL, "more than %d countries",
					TT_PROFILE_SHARES_MAX);
		if (parse_share(item, &shares[*n]) != 0)
			return tt_error_set(err, -EINVAL, NULL,
					QUOTE
					" is not a country and its share such as \"CN 40\" or \"any 12.5\"",
					item);
		for (unsigned i = 0; i < *n; i++)
			if (strcmp(shares[i].country, shares[*n].country) == 0)
				return tt_error_set(err, -EINVAL, NULL,
						QUOTE " names a country a second time",
						item);
	}
	return 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
tt_text_hex(const char *text, uint8_t *bytes, uint32_t max, uint32_t *n,
		struct tt_error *err)
{
	const char *at = text + strspn(text, " \t\n");

	for (*n = 0; *at != '\0'; at += strspn(at, " \t\n")) {
		int high = hex_digit(at[0]);
		int low = high < 0 ? -1 : hex_digit(at[1]);

		if (low < 0)
			return tt_error_set(err, -EINVAL, NULL,
					QUOTE
					" does not start with a byte in two hexadecimal digits",
					at);
		if (*n == max)
			return tt_error_set(
					err, -EINVAL, NULL, "more than %u bytes", max);
		bytes[(*n)++] = (uint8_t)(high << 4 | low);
		at += 2;
	}
	return 0;
}

int
tt_text_vlans(const char *text, uint16_t ids[TT_PROFILE_TAGS_MAX], unsigned *n,
		struct tt_error *err)
{
	const char *rest = text;
	char item[32];
	int64_t id = 0;
	int ret;

	for (*n = 0; tt_text_item(&rest, item, sizeof(item)); (*n)++) {
		if (*n == TT_PROFILE_TAGS_MAX)
			return tt_error_set(err, -EINVAL, NULL, "more than %d VLAN tags",
					TT_PROFILE_TAGS_MAX);
		ret = tt_text_integer(item, 0, 4095, &id, err);
		if (ret != 0)
			return ret;
		ids[*n] = (uint16_t)id;
	}
	return 0;
}
