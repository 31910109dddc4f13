/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the snapshots of an archive are still what they were when they were listed. */
#include "tt_archive_private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

int
tt_archive_mark(const char *path, struct tt_archive_mark *mark)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return -errno;
	*mark = (struct tt_archive_mark){st.st_dev, st.st_ino, st.st_mtim};
	return 0;
}

bool
tt_archive_is_marked(const char *path, const struct tt_archive_mark *mark)
{
	struct tt_archive_mark now;
	int ret = tt_archive_mark(path, &now);

	/* What cannot be asked is damaged: that it changed, nobody knows. */
	if (ret != 0)
		return ret != -ENOENT;
	return now.device == mark->device && now.number == mark->number
			&& now.changed.tv_sec == mark->changed.tv_sec
			&& now.changed.tv_nsec == mark->changed.tv_nsec;
}

int
tt_archive_changed(const char *path, struct tt_error *err)
{
	return tt_error_set(err, -EAGAIN, path,
			"it was merged or deleted while it was being read");
}

int
tt_archive_still(const struct tt_archive_entry *entry, struct tt_error *err)
{
	return tt_archive_is_marked(entry->path, &entry->mark)
			? 0
			: tt_archive_changed(entry->path, err);
}

static int
path_cmp(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The paths of a list, in order; heap. NULL: out of memory. */
static const char **
paths_of(const struct tt_snapshot_list *list)
{
	const char **paths = calloc(list->n + 1, sizeof(*paths));

	for (size_t i = 0; paths != NULL && i < list->n; i++)
		paths[i] = list->refs[i].path;
	if (paths != NULL)
		qsort(paths, list->n, sizeof(*paths), path_cmp);
	return paths;
}

/* Is one that was not listed made of others? These may have gone before they were listed, and counted nowhere. */
static int
check_new(const struct tt_snapshot_ref *ref, const struct tt_archive_wish *wish,
		struct tt_error *err)
{
	struct tt_snapshot *snapshot;
	struct tt_error why = {0};
	int ret = tt_snapshot_open(&snapshot, ref->path, &why);

	if (ret == -ENOENT)
		return tt_archive_changed(ref->path, err);
	/* A damaged one came just now, too late to be looked at. */
	if (ret != 0)
		return ret == -ENOMEM ? ret : 0;
	if (snapshot->manifest.parts.n > 0
			&& tt_archive_wants_this(wish, &snapshot->manifest))
		ret = tt_archive_changed(ref->path, err);
	tt_snapshot_close(snapshot);
	return ret;
}

static int
check_list(const struct tt_snapshot_list *before, const struct tt_snapshot_list *now,
		const struct tt_archive_wish *wish, struct tt_error *err)
{
	const char **paths = paths_of(before);
	int ret = paths == NULL ? -ENOMEM : 0;

	for (size_t i = 0; ret == 0 && i < now->n; i++) {
		const struct tt_snapshot_ref *ref = &now->refs[i];

		if (tt_archive_wants(wish, ref)
				&& bsearch(&ref->path, paths, before->n, sizeof(*paths),
						   path_cmp)
						== NULL)
			ret = check_new(ref, wish, err);
	}
	free(paths);
	return ret == -ENOMEM ? tt_error_set(err, ret, NULL, "out of memory") : ret;
}

int
tt_archive_check(const struct tt_archive *archive, const struct tt_archive_wish *wish,
		struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < archive->n; i++)
		ret = tt_archive_still(&archive->entries[i], err);
	for (size_t i = 0; ret == 0 && i < archive->n_lists; i++) {
		struct tt_snapshot_list now;

		ret = tt_snapshot_list_scan(
				&now, wish->spools[i], TT_TIME_MIN, INT64_MAX, err);
		if (ret != 0)
			return ret;
		ret = check_list(&archive->lists[i], &now, wish, err);
		tt_snapshot_list_fini(&now);
	}
	return ret;
}

/* Marks the entries, by their numbers, of which an interval is in nothing that the other archive has. */
static void
mark_lost(const struct tt_owners *earlier, const struct tt_owners *now, bool *lost)
{
	size_t at = 0;

	for (size_t i = 0; i < earlier->n; i++) {
		while (at < now->n && now->all[at].id < earlier->all[i].id)
			at++;
		if (at == now->n || now->all[at].id != earlier->all[i].id)
			lost[earlier->all[i].of] = true;
	}
}

/* Takes over what was noted of earlier ones. */
static int
note_again(struct tt_archive *a, const struct tt_archive *earlier)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < earlier->n_damages; i++) {
		const struct tt_archive_damage *d = &earlier->damages[i];

		if (d->lack == TT_ARCHIVE_VANISHED)
			ret = tt_archive_add_damage(
					a, d->lack, d->path, d->why, d->start_us);
	}
	return ret;
}

int
tt_archive_vanished(struct tt_archive *archive, struct tt_archive *earlier)
{
	bool *lost = calloc(earlier->n + 1, sizeof(*lost));
	int ret = lost == NULL ? -ENOMEM : note_again(archive, earlier);

	if (ret == 0) {
		tt_owners_sort(&earlier->owners);
		tt_owners_sort(&archive->owners);
		mark_lost(&earlier->owners, &archive->owners, lost);
	}
	for (size_t i = 0; ret == 0 && i < earlier->n; i++) {
		const struct tt_archive_entry *e = &earlier->entries[i];

		if (lost[e->number] && !tt_archive_is_marked(e->path, &e->mark))
			ret = tt_archive_add_damage(archive, TT_ARCHIVE_VANISHED, e->path,
					"it was deleted while the report was made, and is in no "
					"other snapshot",
					e->start_us);
	}
	free(lost);
	return ret;
}
