/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sensor.h"
#include "tt_time.h"

#include <string.h>

/* "20261122T225500Z", or "20261122T220000Z--20261122T230000Z"? */
static bool
is_snapshot_name(const char *name)
{
	const char *end = strstr(name, "--");
	char start[TT_SENSOR_MAX + 1];
	int64_t us;

	if (end == NULL)
		return tt_time_parse_compact(name, &us) == 0;
	snprintf(start, sizeof(start), "%.*s", (int)(end - name), name);
	return tt_time_parse_compact(start, &us) == 0
			&& tt_time_parse_compact(end + 2, &us) == 0;
}

bool
tt_sensor_name_valid(const char *name)
{
	static const char allowed[] =
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789-_.";
	size_t length = strlen(name);

	return length > 0 && length <= TT_SENSOR_MAX && name[0] != '.'
			&& strspn(name, allowed) == length && !tt_time_is_date(name)
			&& !is_snapshot_name(name);
}
