/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_fingerprint_private.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

int
tt_fp_value_number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;

	if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		v = v * 10 + (uint64_t)(*text - '0');
		if (v > max)
			return -EINVAL;
	}
	*value = v;
	return v >= min ? 0 : -EINVAL;
}

int
tt_fp_value_date(const char *text, int64_t *us)
{
	if (!tt_time_is_date(text) || strlen(text) != strlen("2013-08-16"))
		return -EINVAL;
	return tt_time_parse(text, us);
}

int
tt_fp_value_chance(const char *text, int64_t *one_in)
{
	uint64_t value;

	if (strncmp(text, "1/", 2) != 0
			|| tt_fp_value_number(text + 2, 1, INT64_C(1) << 48, &value) != 0)
		return -EINVAL;
	*one_in = (int64_t)value;
	return 0;
}

bool
tt_fp_value_id(const char *text)
{
	const size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= TT_FINGERPRINT_ID_MAX && text[n] == '\0';
}
