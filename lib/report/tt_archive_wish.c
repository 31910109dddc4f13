/* SPDX-License-Identifier: BSD-3-Clause */
/* What is wanted of the spools of a report. */
#include "tt_archive_private.h"
#include "tt_sensor.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* A single interval's name does not say when it ends: those that begin so much before a period are asked. */
#define LONGEST_US (2 * TT_US_PER_DAY)

/* Is a name among those of "A,B"? */
static bool
is_named(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, length) == 0
				&& (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

bool
tt_archive_wants(const struct tt_archive_wish *wish, const struct tt_snapshot_ref *ref)
{
	int64_t end_us = ref->end_us > 0 ? ref->end_us : ref->start_us + LONGEST_US;

	for (size_t i = 0; i < wish->n_periods; i++)
		if (tt_period_meets(&wish->periods[i], ref->start_us, end_us))
			return true;
	return false;
}

bool
tt_archive_wants_this(const struct tt_archive_wish *wish, const struct tt_manifest *m)
{
	if (wish->sensors != NULL && !is_named(wish->sensors, m->sensor))
		return false;
	for (size_t i = 0; i < wish->n_periods; i++)
		if (tt_period_meets(&wish->periods[i], m->start_us, m->end_us))
			return true;
	return false;
}

void
tt_archive_sensor_of(const struct tt_snapshot_ref *ref, char name[TT_SENSOR_MAX + 2])
{
	const char *slash = memrchr(ref->path, '/', ref->sensor_length);
	const char *from = slash == NULL ? ref->path : slash + 1;

	snprintf(name, TT_SENSOR_MAX + 2, "%.*s",
			(int)(ref->path + ref->sensor_length - from), from);
}

bool
tt_archive_wants_path(
		const struct tt_archive_wish *wish, const struct tt_snapshot_ref *ref)
{
	char name[TT_SENSOR_MAX + 2];

	tt_archive_sensor_of(ref, name);
	return wish->sensors == NULL || !tt_sensor_name_valid(name)
			|| is_named(wish->sensors, name);
}

int
tt_archive_wanted(const struct tt_archive_wish *wish,
		int (*each)(void *context, const char *path), void *context)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < wish->n_spools; i++) {
		struct tt_snapshot_list list;

		/* What cannot be listed is said where it is opened. */
		ret = tt_snapshot_list_scan(
				&list, wish->spools[i], TT_TIME_MIN, INT64_MAX, NULL);
		if (ret != 0) {
			ret = ret == -ENOMEM ? ret : 0;
			continue;
		}
		for (size_t k = 0; ret == 0 && k < list.n; k++)
			if (tt_archive_wants(wish, &list.refs[k])
					&& tt_archive_wants_path(wish, &list.refs[k]))
				ret = each(context, list.refs[k].path);
		tt_snapshot_list_fini(&list);
	}
	return ret;
}
