/* SPDX-License-Identifier: BSD-3-Clause */
#include "sensors.h"
#include "tool.h"
#include "tt_sensor.h"

#include <string.h>

static bool
take_one(struct tool *tool, const char *name)
{
	struct chosen_sensors *s = &tool->sensors;
	void *names, *found;

	if (!tt_sensor_name_valid(name)) {
		tool->status = tool_usage(
				tool, "--sensor: \"%s\" is no sensor's name", name);
		return false;
	}
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->names[i], name) == 0)
			return true;
	names = reallocarray(s->names, s->n + 1, sizeof(*s->names));
	s->names = names == NULL ? s->names : names;
	found = reallocarray(s->found, s->n + 1, sizeof(*s->found));
	s->found = found == NULL ? s->found : found;
	if (names == NULL || found == NULL) {
		tool->status = tool_usage(tool, "out of memory");
		return false;
	}
	s->found[s->n] = false;
	strcpy(s->names[s->n++], name);
	return true;
}

bool
sensors_take(struct tool *tool)
{
	char *rest = optarg, *name;

	while ((name = strsep(&rest, ",")) != NULL) {
		if (!take_one(tool, name))
			return false;
	}
	return true;
}

bool
sensors_want(const struct chosen_sensors *s, const char *name, size_t length)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strlen(s->names[i]) != length
				|| strncmp(s->names[i], name, length) != 0)
			continue;
		s->found[i] = true;
		return true;
	}
	return s->n == 0;
}

/* The name of the sensor's directory, [*length]. */
static const char *
name_of(const struct tt_snapshot_ref *ref, size_t *length)
{
	const char *slash = memrchr(ref->path, '/', ref->sensor_length);
	const char *name = slash == NULL ? ref->path : slash + 1;

	*length = ref->sensor_length - (size_t)(name - ref->path);
	return name;
}

bool
sensors_want_ref(const struct chosen_sensors *s, const struct tt_snapshot_ref *ref)
{
	size_t length;
	const char *name = name_of(ref, &length);

	return ref->depth != 3 || sensors_want(s, name, length);
}

bool
sensors_say_missing(const struct tool *tool, const char *path)
{
	const struct chosen_sensors *s = &tool->sensors;
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		if (s->found[i])
			continue;
		any = true;
		fprintf(stderr, "%s: no such snapshots of sensor %s%s%s\n", tool->name,
				s->names[i], path == NULL ? "" : " in ",
				path == NULL ? "" : path);
	}
	return any;
}

static bool
is_same_sensor(const struct tt_snapshot_ref *a, const struct tt_snapshot_ref *b)
{
	return a->sensor_length == b->sensor_length
			&& memcmp(a->path, b->path, a->sensor_length) == 0;
}

/* Is a pair of owners, which follow each other, before another one in the order of snapshots? Their ids are in none. */
static bool
is_before(const struct tt_owner pair[2], const struct tt_owner than[2])
{
	if (pair[0].of != than[0].of)
		return pair[0].of < than[0].of;
	return pair[1].of < than[1].of;
}

void
sensors_warn_twice(const struct tool *tool, const struct tt_snapshot_list *list,
		struct tt_owners *owners)
{
	const struct tt_owner *all = owners->all, *pair = NULL;
	const struct tt_snapshot_ref *one, *other;
	const char *name;
	size_t length;

	tt_owners_sort(owners);
	for (size_t i = 1; i < owners->n; i++)
		if (all[i].id == all[i - 1].id
				&& !is_same_sensor(&list->refs[all[i].of],
						&list->refs[all[i - 1].of])
				&& (pair == NULL || is_before(&all[i - 1], pair)))
			pair = &all[i - 1];
	if (pair == NULL)
		return;
	one = &list->refs[pair[0].of];
	other = &list->refs[pair[1].of];
	name = name_of(other, &length);
	fprintf(stderr,
			"%s: warning: %s: packets of this snapshot are in one of the sensor %.*s "
			"as well (%s), and count twice; --sensor says which ones count\n",
			tool->name, one->path, (int)length, name, other->path);
}

void
sensors_fini(struct chosen_sensors *s)
{
	free(s->names);
	free(s->found);
	*s = (struct chosen_sensors){0};
}
