/* SPDX-License-Identifier: BSD-3-Clause */
/* Is a snapshot where it belongs? One that was copied under another name counts twice. */
#include "tt_snapshot_private.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

char *
tt_path_name(const char *path)
{
	char *real = realpath(path, NULL);
	const char *slash = real == NULL ? NULL : strrchr(real, '/');
	char *name = slash == NULL ? NULL : strdup(slash + 1);

	free(real);
	return name;
}

/* Cuts the last part off path and returns it, or NULL where there is none. */
static char *
cut_name(char *path)
{
	char *slash;
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	return slash + 1;
}

int
tt_place_of(struct tt_place *place, const struct tt_snapshot_list *list, size_t i)
{
	const struct tt_snapshot_ref *ref = &list->refs[i];
	char **const names[] = {&place->name, &place->day, &place->sensor};
	char *path = strdup(ref->path);

	*place = (struct tt_place){0};
	if (path == NULL)
		return -ENOMEM;
	for (unsigned level = 0; level < TT_ARRAY_SIZE(names) && level <= ref->depth;
			level++) {
		const char *name = level == ref->depth ? list->name : cut_name(path);

		if (name != NULL && (*names[level] = strdup(name)) == NULL) {
			tt_place_fini(place);
			free(path);
			return -ENOMEM;
		}
	}
	free(path);
	return 0;
}

int
tt_place_of_path(struct tt_place *place, const char *path)
{
	*place = (struct tt_place){.name = tt_path_name(path)};
	return place->name == NULL ? -ENOMEM : 0;
}

void
tt_place_fini(struct tt_place *place)
{
	free(place->name);
	free(place->day);
	free(place->sensor);
	*place = (struct tt_place){0};
}

int
tt_place_check(const struct tt_place *place, const struct tt_manifest *manifest,
		const char *path, struct tt_error *err)
{
	char name[TT_SNAPSHOT_NAME_MAX], span[TT_SNAPSHOT_NAME_MAX],
			day[TT_TIME_TEXT_MAX];

	tt_snapshot_name_format(manifest->start_us, 0, name);
	tt_snapshot_name_format(manifest->start_us, manifest->end_us, span);
	tt_time_format_date(manifest->start_us, day);
	/* One that is on its way has a hidden name. */
	if (place->name != NULL && place->name[0] != '.' && strcmp(place->name, name) != 0
			&& strcmp(place->name, span) != 0)
		return tt_error_set(err, -EBADMSG, path,
				"holds the snapshot %s of sensor %s", name,
				manifest->sensor);
	if (place->day != NULL && strcmp(place->day, day) != 0)
		return tt_error_set(err, -EBADMSG, path, "lies in %s, not in its day %s",
				place->day, day);
	if (place->sensor != NULL && strcmp(place->sensor, manifest->sensor) != 0)
		return tt_error_set(err, -EBADMSG, path,
				"lies in the directory of sensor %s; it is of sensor %s",
				place->sensor, manifest->sensor);
	return 0;
}
