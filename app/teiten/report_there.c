/* SPDX-License-Identifier: BSD-3-Clause */
/* What spools have, by the names of their snapshots. */
#include "report.h"
#include "tt_sensor.h"
#include "tt_snapshot.h"
#include "tt_time.h"
#include "tt_utc_days.h"

#include <string.h>

#define NAMED 5 /* sensors; the others are a number */

struct sensor {
	char name[TT_SENSOR_MAX + 1];
	int64_t first_us, last_us; /* beginnings of snapshots */
};

struct sensors {
	struct sensor *all; /* [n] */
	size_t n, room;
};

/* The name of the sensor's directory, or false where the path has none. */
static bool
name_of(const struct tt_snapshot_ref *ref, char name[TT_SENSOR_MAX + 1])
{
	const char *slash = memrchr(ref->path, '/', ref->sensor_length);
	const char *from = slash == NULL ? ref->path : slash + 1;
	size_t length = (size_t)(ref->path + ref->sensor_length - from);

	if (length > TT_SENSOR_MAX)
		return false;
	memcpy(name, from, length);
	name[length] = '\0';
	return tt_sensor_name_valid(name);
}

/* The sensor of that name, which is added where it is new. NULL where memory is short. */
static struct sensor *
sensor_of(struct sensors *s, const char *name, int64_t start_us)
{
	struct sensor *sensor;

	for (size_t i = s->n; i > 0; i--)
		if (strcmp(s->all[i - 1].name, name) == 0)
			return &s->all[i - 1];
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 16 : s->room * 2;
		void *more = reallocarray(s->all, room, sizeof(*s->all));

		if (more == NULL)
			return NULL;
		s->all = more;
		s->room = room;
	}
	sensor = &s->all[s->n++];
	*sensor = (struct sensor){.first_us = start_us, .last_us = start_us};
	strcpy(sensor->name, name);
	return sensor;
}

static void
add(struct sensors *s, const struct tt_snapshot_ref *ref)
{
	char name[TT_SENSOR_MAX + 1];
	struct sensor *sensor;

	if (!name_of(ref, name))
		return;
	sensor = sensor_of(s, name, ref->start_us);
	if (sensor == NULL)
		return;
	if (ref->start_us < sensor->first_us)
		sensor->first_us = ref->start_us;
	if (ref->start_us > sensor->last_us)
		sensor->last_us = ref->start_us;
}

static int
by_name(const void *a, const void *b)
{
	const struct sensor *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
say(const struct tool *tool, const struct tt_locale *locale, const struct sensor *sensor)
{
	const struct tt_value first = tt_value_integer(TT_VALUE_TIME, sensor->first_us);
	const struct tt_value last = tt_value_integer(TT_VALUE_TIME, sensor->last_us);
	char from[TT_LOCALE_TEXT_MAX], to[TT_LOCALE_TEXT_MAX];

	fprintf(stderr, "%s: sensor %s: the first snapshot begins at %s, the last at %s\n",
			tool->name, sensor->name,
			tt_locale_plain(locale, &first, from, sizeof(from)),
			tt_locale_plain(locale, &last, to, sizeof(to)));
}

bool
report_is_any_there(const struct report_wish *wish)
{
	bool any = false;

	for (size_t i = 0; i < wish->n_spools && !any; i++) {
		struct tt_snapshot_list list;

		if (tt_snapshot_list_scan(
				    &list, wish->spools[i], TT_TIME_MIN, INT64_MAX, NULL)
				!= 0)
			continue;
		any = list.n > 0;
		tt_snapshot_list_fini(&list);
	}
	return any;
}

void
report_say_there(const struct tool *tool, const struct report_wish *wish,
		const struct tt_locale *locale)
{
	struct sensors s = {0};

	for (size_t i = 0; i < wish->n_spools; i++) {
		struct tt_snapshot_list list;

		if (tt_snapshot_list_scan(
				    &list, wish->spools[i], TT_TIME_MIN, INT64_MAX, NULL)
				!= 0)
			continue;
		for (size_t k = 0; k < list.n; k++)
			add(&s, &list.refs[k]);
		tt_snapshot_list_fini(&list);
	}
	if (s.n > 0)
		qsort(s.all, s.n, sizeof(*s.all), by_name);
	for (size_t i = 0; i < s.n && i < NAMED; i++)
		say(tool, locale, &s.all[i]);
	if (s.n > NAMED)
		fprintf(stderr, "%s: sensors besides: %zu\n", tool->name, s.n - NAMED);
	free(s.all);
}

void
report_say_fitting(const struct tool *tool, const struct tt_period *period)
{
	int64_t seconds = tt_utc_days_fitting_s(period);
	char length[24] = "hours", per[24] = "hour";

	if (seconds != 3600) {
		snprintf(length, sizeof(length), "%lld s", (long long)seconds);
		snprintf(per, sizeof(per), "%lld", (long long)seconds);
	}
	fprintf(stderr,
			"%s: snapshots of days of UTC have no days of another offset: give "
			"--utc-offset +00:00, or merge to %s (teiten compact --per %s)\n",
			tool->name, length, per);
}
