/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_archive_private.h"
#include "tt_sensor.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

struct opening {
	struct tt_archive *archive;
	const struct tt_archive_wish *wish;
	struct tt_error *err;
};

static int
out_of_memory(struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, NULL, "out of memory");
}

/* The index of a sensor's name; UINT32_MAX: out of memory. */
static uint32_t
number_of_sensor(struct tt_archive *a, const char *name)
{
	char(*more)[TT_SENSOR_MAX + 1];

	for (size_t i = a->n_sensors; i > 0; i--)
		if (strcmp(a->sensors[i - 1], name) == 0)
			return (uint32_t)(i - 1);
	more = reallocarray(a->sensors, a->n_sensors + 1, sizeof(*more));
	if (more == NULL)
		return UINT32_MAX;
	a->sensors = more;
	snprintf(more[a->n_sensors], sizeof(*more), "%s", name);
	return (uint32_t)a->n_sensors++;
}

static int
add_entry(struct tt_archive *a, const struct tt_snapshot_ref *ref, uint32_t spool,
		const struct tt_archive_mark *mark, const struct tt_manifest *m,
		const struct tt_observed *observed)
{
	uint32_t sensor = number_of_sensor(a, m->sensor);

	if (a->n == a->room) {
		size_t room = a->room == 0 ? 256 : a->room * 2;
		struct tt_archive_entry *more = reallocarray(
				a->entries, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		a->entries = more;
		a->room = room;
	}
	a->entries[a->n] = (struct tt_archive_entry){.path = ref->path,
			.mark = *mark,
			.number = (uint32_t)a->n,
			.sensor = sensor,
			.spool = spool,
			.start_us = m->start_us,
			.end_us = m->end_us,
			.observed_us = observed->us,
			.addresses = m->monitored_addresses,
			.least_addresses = observed->least_addresses,
			.address_time = tt_address_time_of(
					m->observed_us, m->monitored_addresses),
			.ipv4 = m->monitored_ipv4,
			.ipv4_time = {m->ipv4_us},
			.ipv6 = m->monitors_ipv6,
			.tells_ipv6 = tt_manifest_tells_ipv6(m),
			.packets = m->packets,
			.ipv6_packets = m->ipv6_packets};
	if (sensor == UINT32_MAX)
		return -ENOMEM;
	return tt_owners_add(&a->owners, m, (uint32_t)a->n++);
}

/* One went before it was read whose it is. If it is of a wanted sensor against its path, and was merged,
 * tt_archive_check finds the merged one, which says whose it is. */
static int
gone(const struct opening *o, const struct tt_snapshot_ref *ref)
{
	return tt_archive_wants_path(o->wish, ref) ? tt_archive_changed(ref->path, o->err)
						   : 0;
}

/* *snapshot: NULL where it is not wanted, or cannot be read. */
static int
open_wanted(const struct opening *o, const struct tt_snapshot_ref *ref,
		struct tt_snapshot **snapshot, struct tt_observed *observed,
		struct tt_error *why)
{
	struct tt_snapshot *s;
	bool wanted;
	int ret = tt_snapshot_open(&s, ref->path, why);

	*snapshot = NULL;
	if (ret != 0)
		return ret;
	wanted = tt_archive_wants_this(o->wish, &s->manifest);
	if (wanted)
		ret = tt_snapshot_observed(s, observed, why);
	if (wanted && ret == 0)
		*snapshot = s;
	else
		tt_snapshot_close(s);
	return ret;
}

static int
take(const struct opening *o, const struct tt_snapshot_ref *ref, uint32_t spool)
{
	struct tt_archive *a = o->archive;
	struct tt_snapshot *snapshot;
	struct tt_archive_mark mark;
	struct tt_error why = {0};
	struct tt_observed observed;
	int ret = tt_archive_mark(ref->path, &mark);

	if (ret == -ENOENT)
		return gone(o, ref);
	ret = open_wanted(o, ref, &snapshot, &observed, &why);
	if (ret == -ENOMEM)
		return ret;
	if (ret != 0 && !tt_archive_is_marked(ref->path, &mark))
		return gone(o, ref);
	if (ret != 0)
		return tt_archive_add_unopened(a, ref, &why);
	if (snapshot == NULL)
		return 0;
	ret = add_entry(a, ref, spool, &mark, &snapshot->manifest, &observed);
	if (ret == 0)
		ret = tt_twices_add(&a->twices, ref, snapshot);
	tt_snapshot_close(snapshot);
	return ret;
}

static int
take_list(const struct opening *o, uint32_t spool)
{
	const struct tt_snapshot_list *list = &o->archive->lists[spool];
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < list->n; i++) {
		const struct tt_snapshot_ref *ref = &list->refs[i];

		if (tt_archive_wants(o->wish, ref))
			ret = take(o, ref, spool);
	}
	for (size_t i = 0; ret == 0 && i < list->n_unread; i++)
		ret = tt_archive_add_damage(o->archive, TT_ARCHIVE_UNREAD,
				list->unread[i].where, &list->unread[i], 0);
	return ret == -ENOMEM ? out_of_memory(o->err) : ret;
}

static int
list_spools(const struct opening *o)
{
	struct tt_archive *a = o->archive;
	int ret = 0;

	a->lists = calloc(o->wish->n_spools, sizeof(*a->lists));
	if (a->lists == NULL)
		return out_of_memory(o->err);
	for (size_t i = 0; ret == 0 && i < o->wish->n_spools; i++) {
		a->n_lists++;
		ret = tt_snapshot_list_scan(&a->lists[i], o->wish->spools[i], TT_TIME_MIN,
				INT64_MAX, o->err);
		if (ret == 0)
			ret = take_list(o, (uint32_t)i);
	}
	return ret;
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int
entry_cmp(const void *a, const void *b)
{
	const struct tt_archive_entry *x = a, *y = b;

	if (x->sensor != y->sensor)
		return x->sensor < y->sensor ? -1 : 1;
	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* Numbers the sensors by their names, and sorts. */
static int
sort(struct tt_archive *a)
{
	char(*sorted)[TT_SENSOR_MAX + 1];

	if (a->n == 0)
		return 0;
	sorted = calloc(a->n_sensors, sizeof(*sorted));
	if (sorted == NULL)
		return -ENOMEM;
	memcpy(sorted, a->sensors, a->n_sensors * sizeof(*sorted));
	qsort(sorted, a->n_sensors, sizeof(*sorted), name_cmp);
	for (size_t i = 0; i < a->n; i++) {
		struct tt_archive_entry *e = &a->entries[i];
		const char *at = bsearch(a->sensors[e->sensor], sorted, a->n_sensors,
				sizeof(*sorted), name_cmp);

		e->sensor = (uint32_t)((size_t)(at - sorted[0]) / sizeof(*sorted));
	}
	free(a->sensors);
	a->sensors = sorted;
	qsort(a->entries, a->n, sizeof(*a->entries), entry_cmp);
	return 0;
}

/* The same time of a sensor in two spools, such as a copy of one, would be counted twice. */
static int
check_spools(const struct tt_archive *a, struct tt_error *err)
{
	const struct tt_archive_entry *furthest = NULL;

	for (size_t i = 0; i < a->n; i++) {
		const struct tt_archive_entry *e = &a->entries[i];

		if (furthest == NULL || furthest->sensor != e->sensor)
			furthest = e;
		if (e->spool != furthest->spool && e->start_us < furthest->end_us)
			return tt_error_set(err, -EEXIST, e->path,
					"sensor %s: the time of this snapshot is in two of the "
					"spools (%s)",
					a->sensors[e->sensor], furthest->path);
		if (e->end_us > furthest->end_us)
			furthest = e;
	}
	return 0;
}

/* A snapshot that was merged of several sensors', beside one that has the same of one of them. To be called
 * before entries are sorted. */
static int
check_owners(const struct opening *o)
{
	struct tt_archive *a = o->archive;
	const struct tt_archive_entry *x, *y;
	uint32_t one, other;

	if (!tt_owners_twice(&a->owners, &one, &other))
		return 0;
	x = &a->entries[one];
	y = &a->entries[other];
	/* Of two spools' same sensor, check_spools says it. */
	if (x->sensor == y->sensor && x->spool != y->spool)
		return 0;
	if (x->sensor == y->sensor)
		return tt_error_set(o->err, -EEXIST, x->path,
				"sensor %s: the packets of this snapshot are in another one as "
				"well (%s)",
				a->sensors[x->sensor], y->path);
	return tt_error_set(o->err, -EEXIST, x->path,
			"sensor %s: the packets of this snapshot are in one of the sensor %s as well "
			"(%s); --sensor says which ones count",
			a->sensors[x->sensor], a->sensors[y->sensor], y->path);
}

/* Is a sensor there at any time, by the names of directories? */
static bool
is_anywhere(const struct tt_archive *a, const char *name)
{
	const struct tt_archive_wish named = {.sensors = name};

	for (size_t i = 0; i < a->n_lists; i++)
		for (size_t k = 0; k < a->lists[i].n; k++)
			if (tt_archive_wants_path(&named, &a->lists[i].refs[k]))
				return true;
	return false;
}

/* Each sensor that is asked for must be somewhere, or else its name is a mistake. */
static int
check_sensors(const struct tt_archive *a, const char *sensors, struct tt_error *err)
{
	for (const char *at = sensors; at != NULL; at = strchr(at, ',')) {
		char name[TT_SENSOR_MAX + 1];
		size_t i;

		at += *at == ',';
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(at, ","), at);
		for (i = 0; i < a->n_sensors && strcmp(a->sensors[i], name) != 0; i++)
			;
		if (i == a->n_sensors && !is_anywhere(a, name))
			return tt_error_set(err, -ENOENT, NULL,
					"there is no sensor \"%s\"", name);
		if (i == a->n_sensors)
			return tt_error_set(err, -ENOENT, NULL,
					"no snapshots of the sensor \"%s\" in this time",
					name);
	}
	return 0;
}

int
tt_archive_open(struct tt_archive *archive, const struct tt_archive_wish *wish,
		struct tt_error *err)
{
	const struct opening o = {archive, wish, err};
	struct tt_error changed = {0};
	int ret;

	*archive = (struct tt_archive){0};
	ret = list_spools(&o);
	if (ret == 0)
		ret = check_owners(&o);
	if (ret == 0 && sort(archive) != 0)
		ret = out_of_memory(err);
	if (ret == 0)
		tt_archive_choose_version(archive, wish->periods);
	if (ret == 0)
		ret = check_spools(archive, err);
	if (ret == 0)
		ret = check_sensors(archive, wish->sensors, err);
	/* What is refused may be what was merged or deleted in this moment. */
	if ((ret == -EEXIST || ret == -ENOENT)
			&& tt_archive_check(archive, wish, &changed) == -EAGAIN) {
		*err = changed;
		ret = -EAGAIN;
	}
	if (ret != 0)
		tt_archive_close(archive);
	return ret;
}

void
tt_archive_close(struct tt_archive *archive)
{
	for (size_t i = 0; i < archive->n_lists; i++)
		tt_snapshot_list_fini(&archive->lists[i]);
	for (size_t i = 0; i < archive->n_damages; i++) {
		free(archive->damages[i].path);
		free(archive->damages[i].where);
		free(archive->damages[i].why);
		free(archive->damages[i].lost);
	}
	free(archive->lists);
	free(archive->entries);
	free(archive->sensors);
	free(archive->damages);
	tt_twices_fini(&archive->twices);
	tt_owners_fini(&archive->owners);
	*archive = (struct tt_archive){0};
}
