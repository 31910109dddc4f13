/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sensor.h"
#include "tt_time.h"

#include <string.h>

bool
tt_sensor_name_valid(const char *name)
{
	static const char allowed[] =
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789-_.";
	size_t length = strlen(name);
	int64_t us;

	return length > 0 && length <= TT_SENSOR_MAX && name[0] != '.'
			&& strspn(name, allowed) == length && !tt_time_is_date(name)
			&& tt_time_parse_compact(name, &us) != 0;
}
