/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the archive share. */
#ifndef TT_ARCHIVE_PRIVATE_H
#define TT_ARCHIVE_PRIVATE_H

#include "tt_archive.h"

/* Which directory has this name now. Returns 0 or a negative errno. */
int tt_archive_mark(const char *path, struct tt_archive_mark *mark) TT_MUST_CHECK;
bool tt_archive_is_marked(const char *path, const struct tt_archive_mark *mark);

/* Says that a snapshot is not what was listed any more. Returns -EAGAIN. */
int tt_archive_changed(const char *path, struct tt_error *err);

/* May a snapshot have time of the periods, by its name? Has it, of a wanted sensor, by its manifest? */
bool tt_archive_wants(
		const struct tt_archive_wish *wish, const struct tt_snapshot_ref *ref);
bool tt_archive_wants_this(
		const struct tt_archive_wish *wish, const struct tt_manifest *m);

/* May it be of a wanted sensor, by its path? */
bool tt_archive_wants_path(
		const struct tt_archive_wish *wish, const struct tt_snapshot_ref *ref);

/* Is a snapshot that gave err damaged, or may it not be read? */
enum tt_archive_lack tt_archive_lack_of(const struct tt_error *err);

/* err: why, and in which file of path. Returns 0 or -ENOMEM. */
int tt_archive_add_damage(struct tt_archive *archive, enum tt_archive_lack lack,
		const char *path, const struct tt_error *err,
		int64_t start_us) TT_MUST_CHECK;
/* The same of a snapshot that could not be opened: whose it is says its path. */
int tt_archive_add_unopened(struct tt_archive *archive, const struct tt_snapshot_ref *ref,
		const struct tt_error *err) TT_MUST_CHECK;

/* The name of the directory that snapshots of the sensor are in, cut to fit; "" where the path has none. */
void tt_archive_sensor_of(
		const struct tt_snapshot_ref *ref, char name[TT_SENSOR_MAX + 2]);

/* Sees whether rates of a period are of IPv4, and makes the addresses of all entries those that rates are by. */
void tt_archive_choose_version(
		struct tt_archive *archive, const struct tt_period *period);

#endif
