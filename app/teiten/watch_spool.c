/* SPDX-License-Identifier: BSD-3-Clause */
#include "watch_spool.h"
#include "tt_hash.h"
#include "tt_past.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#define DAY_US  (24 * TT_HOUR_US)
#define PAST_US ((TT_PAST_DAYS + 1) * DAY_US) /* how far the past goes back */
#define SETTLE_NS \
	INT64_C(3000000000) /* two changes of a directory so close may have one time */

uint64_t
watch_hash(const char *text, size_t length)
{
	uint64_t hash = length;

	for (size_t i = 0; i < length; i++)
		hash = tt_hash_mix(hash ^ (uint8_t)text[i]);
	return hash;
}

/* What starts before is not held in the past of a sensor. */
static int64_t
earliest(const struct watch_sensor *s)
{
	return s->latest_us < TT_TIME_MIN + PAST_US ? TT_TIME_MIN
						    : s->latest_us - PAST_US;
}

/* The last part of the first `length` characters of a path. */
static void
name_of(const char *path, size_t length, char name[TT_SENSOR_MAX + 1])
{
	size_t first;

	while (length > 0 && path[length - 1] == '/')
		length--;
	for (first = length; first > 0 && path[first - 1] != '/'; first--)
		;
	snprintf(name, TT_SENSOR_MAX + 1, "%.*s", (int)(length - first), path + first);
}

static struct watch_sensor *
sensor_of(struct watch_spool *spool, const char *path, size_t length)
{
	uint64_t hash = watch_hash(path, length);
	char name[TT_SENSOR_MAX + 1];
	struct watch_sensor *more;

	for (size_t i = 0; i < spool->n; i++)
		if (spool->sensors[i].name == hash)
			return &spool->sensors[i];
	more = reallocarray(spool->sensors, spool->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	spool->sensors = more;
	more += spool->n++;
	name_of(path, length, name);
	*more = (struct watch_sensor){.name = hash,
			.latest_us = spool->latest_of(spool->context, name)};
	return more;
}

static struct watch_day *
day_of(struct watch_sensor *s, const struct tt_snapshot_day *day)
{
	uint64_t hash = watch_hash(day->path, strlen(day->path));
	struct watch_day *more;

	for (size_t i = 0; i < s->n_days; i++)
		if (s->days[i].name == hash)
			return &s->days[i];
	more = reallocarray(s->days, s->n_days + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->days = more;
	more += s->n_days++;
	*more = (struct watch_day){
			.name = hash, .start_us = day->start_us, .again = true};
	return more;
}

static bool
is_wanted(void *context, const struct tt_snapshot_day *day)
{
	struct watch_sensor *s = sensor_of(context, day->path, day->sensor_length);
	struct watch_day *d;

	/* Where memory is short it is listed, and that fails or not. */
	if (s == NULL)
		return true;
	if (day->start_us + DAY_US <= earliest(s))
		return false;
	d = day_of(s, day);
	if (d == NULL)
		return true;
	if (!d->again && d->changed_ns == day->changed_ns)
		return false;
	d->changed_ns = day->changed_ns;
	d->again = day->changed_ns > tt_time_now() * 1000 - SETTLE_NS;
	return true;
}

/* Forgets what the past has no room for any more. */
static void
forget(struct watch_sensor *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_days; i++)
		if (s->days[i].start_us + DAY_US > earliest(s))
			s->days[n++] = s->days[i];
	s->n_days = n;
	tt_known_forget(&s->seen, earliest(s) - DAY_US);
}

int
watch_spool_list(struct watch_spool *spool, const char *path, int64_t to_us,
		struct tt_snapshot_list *list, struct tt_error *err)
{
	int ret;

	for (size_t i = 0; i < spool->n; i++)
		forget(&spool->sensors[i]);
	ret = tt_snapshot_list_scan_days(list, path, to_us, is_wanted, spool, err);
	for (size_t i = 0; i < (ret == 0 ? list->n_unread : 0); i++)
		watch_spool_again(spool, list->unread[i].where);
	return ret;
}

struct watch_sensor *
watch_spool_sensor(struct watch_spool *spool, const struct tt_snapshot_ref *ref)
{
	return sensor_of(spool, ref->path, ref->sensor_length);
}

bool
watch_sensor_has_seen(
		const struct watch_sensor *sensor, const struct tt_snapshot_ref *ref)
{
	return tt_known_has(&sensor->seen, watch_hash(ref->path, strlen(ref->path)));
}

int
watch_sensor_see(struct watch_sensor *sensor, const struct tt_snapshot_ref *ref)
{
	return tt_known_add_one(&sensor->seen, watch_hash(ref->path, strlen(ref->path)),
			ref->start_us);
}

void
watch_spool_again(struct watch_spool *spool, const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t own = watch_hash(path, strlen(path));
	uint64_t parent = slash == NULL ? own : watch_hash(path, (size_t)(slash - path));

	for (size_t i = 0; i < spool->n; i++) {
		struct watch_sensor *s = &spool->sensors[i];

		for (size_t d = 0; d < s->n_days; d++)
			if (s->days[d].name == own || s->days[d].name == parent)
				s->days[d].again = true;
	}
}

void
watch_spool_fini(struct watch_spool *spool)
{
	for (size_t i = 0; i < spool->n; i++) {
		free(spool->sensors[i].days);
		tt_known_fini(&spool->sensors[i].seen);
	}
	free(spool->sensors);
	spool->sensors = NULL;
	spool->n = 0;
}
