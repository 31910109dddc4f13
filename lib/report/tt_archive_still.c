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

/* Has anything of an archive, whose owners are sorted, an interval? */
static bool
is_owned(const struct tt_owners *owners, uint64_t id)
{
	size_t from = 0, to = owners->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (owners->all[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < owners->n && owners->all[from].id == id;
}

/* Notes that a snapshot is gone with ids[n], which it takes over. */
static int
add_vanished(struct tt_archive *a, const char *path, int64_t start_us, uint64_t *ids,
		size_t n)
{
	const struct tt_error err = {
			.why = "it was deleted while the report was made, and is in no other snapshot"};
	int ret = tt_archive_add_damage(a, TT_ARCHIVE_VANISHED, path, &err, start_us);

	if (ret != 0) {
		free(ids);
		return ret;
	}
	a->damages[a->n_damages - 1].lost = ids;
	a->damages[a->n_damages - 1].n_lost = n;
	return 0;
}

/* Takes over what was noted of earlier ones, as far as it is in nothing still. */
static int
note_again(struct tt_archive *a, const struct tt_archive *earlier)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < earlier->n_damages; i++) {
		struct tt_archive_damage *d = &earlier->damages[i];
		size_t n = 0;

		for (size_t at = 0; at < d->n_lost; at++)
			if (!is_owned(&a->owners, d->lost[at]))
				d->lost[n++] = d->lost[at];
		d->n_lost = n;
		if (n > 0)
			ret = add_vanished(a, d->path, d->start_us, d->lost, n);
		if (n > 0)
			d->lost = NULL;
	}
	return ret;
}

static int
by_snapshot(const void *a, const void *b)
{
	const struct tt_owner *x = a, *y = b;

	return x->of < y->of ? -1 : x->of > y->of;
}

/* What the earlier one had and the other has not, by snapshot; heap. n: how many. NULL: out of memory. */
static struct tt_owner *
lost_of(const struct tt_owners *earlier, const struct tt_owners *now, size_t *n)
{
	struct tt_owner *lost = calloc(earlier->n + 1, sizeof(*lost));

	*n = 0;
	for (size_t i = 0; lost != NULL && i < earlier->n; i++)
		if (!is_owned(now, earlier->all[i].id))
			lost[(*n)++] = earlier->all[i];
	if (lost != NULL)
		qsort(lost, *n, sizeof(*lost), by_snapshot);
	return lost;
}

/* Notes an entry that is gone, of lost[n] by snapshot, unless all that it had is in another one. */
static int
note_entry(struct tt_archive *a, const struct tt_archive_entry *e,
		const struct tt_owner *lost, size_t n)
{
	const struct tt_owner key = {.of = e->number};
	const struct tt_owner *first = bsearch(&key, lost, n, sizeof(*lost), by_snapshot),
			      *end = first;
	uint64_t *ids;

	if (first == NULL || tt_archive_is_marked(e->path, &e->mark))
		return 0;
	while (first > lost && first[-1].of == e->number)
		first--;
	while (end < lost + n && end->of == e->number)
		end++;
	ids = calloc((size_t)(end - first), sizeof(*ids));
	if (ids == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < (size_t)(end - first); i++)
		ids[i] = first[i].id;
	return add_vanished(a, e->path, e->start_us, ids, (size_t)(end - first));
}

int
tt_archive_vanished(struct tt_archive *archive, struct tt_archive *earlier)
{
	struct tt_owner *lost;
	size_t n;
	int ret;

	tt_owners_sort(&archive->owners);
	lost = lost_of(&earlier->owners, &archive->owners, &n);
	ret = lost == NULL ? -ENOMEM : note_again(archive, earlier);
	for (size_t i = 0; ret == 0 && i < earlier->n; i++)
		ret = note_entry(archive, &earlier->entries[i], lost, n);
	free(lost);
	return ret;
}
