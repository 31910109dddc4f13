/* SPDX-License-Identifier: BSD-3-Clause */
/* What the snapshots of some time are made of, as their manifests say. */
#include "tt_snapshot.h"
#include "tt_spool_private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define US_PER_DAY (86400 * TT_US_PER_S)

/* So often is it looked again where snapshots go while they are looked at. */
#define LOOKS_MAX 10

static int
add(struct tt_spool_made *made, const struct tt_snapshot *snapshot)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct tt_spool_made_one *more = reallocarray(
						 made->all, made->n + 1, sizeof(*more)),
				 *one;

	if (more == NULL)
		return -ENOMEM;
	made->all = more;
	one = &more[made->n];
	*one = (struct tt_spool_made_one){
			.span = {m->start_us, m->end_us}, .path = strdup(snapshot->path)};
	if (one->path == NULL || tt_part_ids_add_all(&one->ids, m) != 0) {
		free(one->path);
		tt_part_ids_fini(&one->ids);
		return -ENOMEM;
	}
	tt_part_ids_sort(&one->ids);
	made->n++;
	return 0;
}

/* Of a snapshot that is damaged, nothing is known. One that is gone became part of a longer one, or
 * was deleted: -EAGAIN. */
static int
look_into(const char *path, struct tt_spool_made *made, struct tt_error *err)
{
	struct tt_snapshot *snapshot;
	int ret = tt_snapshot_open(&snapshot, path, err);

	if (ret == -ENOENT)
		return access(path, F_OK) == 0 ? 0 : -EAGAIN;
	if (ret == -EBADMSG)
		return 0;
	if (ret != 0)
		return ret;
	if (add(made, snapshot) != 0)
		ret = tt_error_set(err, -ENOMEM, path, "out of memory");
	tt_snapshot_close(snapshot);
	return ret;
}

static int
look_into_day(const struct tt_spool *spool, int64_t day_us, const struct tt_span *span,
		struct tt_spool_made *made, struct tt_error *err)
{
	char day[TT_TIME_TEXT_MAX], *path;
	struct tt_snapshot_list list;
	int ret;

	if (asprintf(&path, "%s/%s", spool->path, tt_time_format_date(day_us, day)) < 0)
		return tt_error_set(err, -ENOMEM, spool->path, "out of memory");
	ret = tt_snapshot_list_scan(&list, path, TT_TIME_MIN, span->end_us, err);
	free(path);
	if (ret != 0)
		return ret == -ENOENT ? 0 : ret;
	for (size_t i = 0; ret == 0 && i < list.n; i++)
		if (list.refs[i].start_us >= span->start_us
				|| list.refs[i].end_us > span->start_us)
			ret = look_into(list.refs[i].path, made, err);
	tt_snapshot_list_fini(&list);
	return ret;
}

/* From the day before on, in which one may start that reaches into the span. */
static int
look(const struct tt_spool *spool, const struct tt_span *span, struct tt_spool_made *made,
		struct tt_error *err)
{
	int ret = 0;

	for (int64_t day_us = tt_time_floor(span->start_us, US_PER_DAY) - US_PER_DAY;
			ret == 0 && day_us < span->end_us; day_us += US_PER_DAY)
		ret = look_into_day(spool, day_us, span, made, err);
	return ret;
}

int
tt_spool_made_of(const struct tt_spool *spool, int64_t from_us, int64_t to_us,
		struct tt_spool_made *made, struct tt_error *err)
{
	const struct tt_span span = {from_us, to_us};
	int ret = -EAGAIN;

	*made = (struct tt_spool_made){0};
	for (unsigned i = 0; ret == -EAGAIN && i < LOOKS_MAX; i++) {
		tt_spool_made_fini(made);
		ret = look(spool, &span, made, err);
	}
	if (ret != 0)
		tt_spool_made_fini(made);
	return ret;
}

void
tt_spool_made_fini(struct tt_spool_made *made)
{
	for (size_t i = 0; i < made->n; i++) {
		tt_part_ids_fini(&made->all[i].ids);
		free(made->all[i].path);
	}
	free(made->all);
	*made = (struct tt_spool_made){0};
}
