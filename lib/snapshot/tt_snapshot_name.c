/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_snapshot_name.h"

#include <errno.h>
#include <string.h>

char *
tt_snapshot_name_format(int64_t start_us, int64_t end_us, char text[TT_SNAPSHOT_NAME_MAX])
{
	char start[TT_TIME_TEXT_MAX], end[TT_TIME_TEXT_MAX];

	tt_time_format_compact(start_us, start);
	snprintf(text, TT_SNAPSHOT_NAME_MAX, "%s%s%s", start,
			end_us == 0 ? "" : TT_SNAPSHOT_NAME_SPAN,
			end_us == 0 ? "" : tt_time_format_compact(end_us, end));
	return text;
}

int
tt_snapshot_name_parse(const char *name, int64_t *start_us, int64_t *end_us)
{
	const char *span = strstr(name, TT_SNAPSHOT_NAME_SPAN);
	char start[TT_TIME_TEXT_MAX];
	size_t length = span == NULL ? strlen(name) : (size_t)(span - name);

	*end_us = 0;
	if (length >= sizeof(start))
		return -EINVAL;
	memcpy(start, name, length);
	start[length] = '\0';
	if (tt_time_parse_compact(start, start_us) != 0)
		return -EINVAL;
	if (span == NULL)
		return 0;
	if (tt_time_parse_compact(span + strlen(TT_SNAPSHOT_NAME_SPAN), end_us) != 0)
		return -EINVAL;
	return *end_us > *start_us ? 0 : -EINVAL;
}
