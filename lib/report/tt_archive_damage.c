/* SPDX-License-Identifier: BSD-3-Clause */
/* What is left out, and why. */
#include "tt_archive_private.h"
#include "tt_sensor.h"

#include <errno.h>
#include <string.h>

/* Where it was, if that is in the path. */
static const char *
where_in(const char *path, const struct tt_error *err)
{
	return strncmp(err->where, path, strlen(path)) == 0 ? err->where : path;
}

int
tt_archive_add_damage(struct tt_archive *archive, enum tt_archive_lack lack,
		const char *path, const struct tt_error *err, int64_t start_us)
{
	struct tt_archive_damage *more = reallocarray(
			archive->damages, archive->n_damages + 1, sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	archive->damages = more;
	more += archive->n_damages;
	*more = (struct tt_archive_damage){.lack = lack,
			.path = strdup(path),
			.where = strdup(where_in(path, err)),
			.why = strdup(err->why),
			.start_us = start_us,
			.end_us = start_us};
	archive->n_damages++;
	return more->path == NULL || more->where == NULL || more->why == NULL ? -ENOMEM
									      : 0;
}

enum tt_archive_lack
tt_archive_lack_of(const struct tt_error *err)
{
	return err->code == -EACCES ? TT_ARCHIVE_UNREADABLE : TT_ARCHIVE_DAMAGED;
}

/* Says of the latest damage whose it is, and when it ends. */
static void
tell(struct tt_archive *archive, const char *sensor, int64_t end_us)
{
	struct tt_archive_damage *d = &archive->damages[archive->n_damages - 1];

	strcpy(d->sensor, sensor);
	if (end_us > d->start_us)
		d->end_us = end_us;
}

int
tt_archive_add_unopened(struct tt_archive *archive, const struct tt_snapshot_ref *ref,
		const struct tt_error *err)
{
	char name[TT_SENSOR_MAX + 2];
	int ret = tt_archive_add_damage(
			archive, tt_archive_lack_of(err), ref->path, err, ref->start_us);

	tt_archive_sensor_of(ref, name);
	if (ret == 0)
		tell(archive, tt_sensor_name_valid(name) ? name : "", ref->end_us);
	return ret;
}

int
tt_archive_damaged(struct tt_archive *archive, struct tt_archive_entry *entry,
		const struct tt_error *err)
{
	int ret = tt_archive_add_damage(archive, tt_archive_lack_of(err), entry->path,
			err, entry->start_us);

	entry->damaged = true;
	if (ret == 0)
		tell(archive, archive->sensors[entry->sensor], entry->end_us);
	return ret;
}

int
tt_archive_damaged_in_causes(struct tt_archive *archive,
		const struct tt_archive_entry *entry, const struct tt_error *err)
{
	return tt_archive_add_damage(
			archive, TT_ARCHIVE_IN_CAUSES, entry->path, err, entry->start_us);
}

bool
tt_archive_damage_meets(const struct tt_archive_damage *damage, enum tt_archive_lack lack,
		const struct tt_period *period)
{
	return damage->lack == lack && damage->start_us >= period->from_us
			&& damage->start_us < period->to_us;
}
