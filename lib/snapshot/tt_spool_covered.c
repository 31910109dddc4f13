/* SPDX-License-Identifier: BSD-3-Clause */
/* Which intervals longer snapshots have already; written by `teiten compact` meanwhile. */
#include "tt_snapshot.h"
#include "tt_spool_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
tt_spool_merged_free(struct tt_spool_merged *merged)
{
	if (merged == NULL)
		return;
	free(merged->spans);
	free(merged->observed);
	free(merged);
}

static void
add(struct tt_spool_merged *m, int64_t start_us, int64_t end_us)
{
	if (m->n == m->room) {
		size_t room = m->room == 0 ? 64 : m->room * 2;
		struct tt_span *more = reallocarray(m->spans, room, sizeof(*more));

		if (more == NULL)
			return;
		m->spans = more;
		m->room = room;
	}
	m->spans[m->n++] = (struct tt_span){start_us, end_us};
}

static DIR *
open_dir_at(int fd, const char *name)
{
	int at = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = at < 0 ? NULL : fdopendir(at);

	if (dir == NULL && at >= 0)
		close(at);
	return dir;
}

static void
scan_day(const struct tt_spool *spool, const char *day)
{
	DIR *dir = open_dir_at(spool->fd, day);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int64_t start_us, end_us;

		if (tt_snapshot_name_parse(entry->d_name, &start_us, &end_us) == 0
				&& end_us != 0)
			add(spool->merged, start_us, end_us);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
scan(const struct tt_spool *spool)
{
	DIR *dir = open_dir_at(spool->fd, ".");
	const struct dirent *entry;

	spool->merged->n = 0;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (tt_time_is_date(entry->d_name))
			scan_day(spool, entry->d_name);
	if (dir != NULL)
		closedir(dir);
}

/* Reads the coverage of a merged snapshot. Returns false where that cannot be done. */
static bool
read_coverage(const struct tt_spool *spool, const struct tt_snapshot *snapshot)
{
	struct tt_spool_merged *m = spool->merged;
	struct tt_parquet_reader *r;
	struct tt_span *rows;
	int more;

	if (tt_snapshot_table(snapshot, TT_TABLE_COVERAGE, &r, NULL) != 0)
		return false;
	rows = reallocarray(m->observed, (size_t)tt_parquet_rows(r) + 1, sizeof(*rows));
	m->observed = rows == NULL ? m->observed : rows;
	m->n_observed = 0;
	while (rows != NULL && (more = tt_parquet_next(r, NULL)) == 1)
		rows[m->n_observed++] = (struct tt_span){
				tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_FROM),
				tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_UNTIL)};
	tt_parquet_close(r);
	return rows != NULL && more == 0;
}

/* Makes m->observed that of the merged snapshot of a span. Returns false where it is not known. */
static bool
ask(const struct tt_spool *spool, const struct tt_span *span)
{
	char day[TT_TIME_TEXT_MAX], name[TT_SNAPSHOT_NAME_MAX], *path;
	struct tt_spool_merged *m = spool->merged;
	struct tt_snapshot *snapshot;
	bool known = false;

	if (m->asked.start_us == span->start_us && m->asked.end_us == span->end_us)
		return true;
	m->asked = (struct tt_span){0};
	if (asprintf(&path, "%s/%s/%s", spool->path,
			    tt_time_format_date(span->start_us, day),
			    tt_snapshot_name_format(span->start_us, span->end_us, name))
			< 0)
		return false;
	if (tt_snapshot_open(&snapshot, path, NULL) == 0) {
		known = read_coverage(spool, snapshot);
		tt_snapshot_close(snapshot);
	}
	free(path);
	if (known)
		m->asked = *span;
	return known;
}

/* Was any of that time observed in the merged snapshot of a span? One that cannot be read has all of
 * it. */
static bool
observed(const struct tt_spool *spool, const struct tt_span *span,
		const struct tt_span *asked)
{
	const struct tt_spool_merged *m = spool->merged;

	if (!ask(spool, span))
		return true;
	for (size_t i = 0; i < m->n_observed; i++)
		if (asked->start_us < m->observed[i].end_us
				&& m->observed[i].start_us < asked->end_us)
			return true;
	return false;
}

/* Looks at the names again where snapshots were merged meanwhile. */
static void
refresh(const struct tt_spool *spool)
{
	struct tt_spool_merged *m = spool->merged;
	struct stat st;

	if (fstatat(spool->fd, TT_SPOOL_MERGED_FILE, &st, 0) != 0)
		st = (struct stat){0};
	if (m->known && st.st_mtim.tv_sec == m->changed.tv_sec
			&& st.st_mtim.tv_nsec == m->changed.tv_nsec)
		return;
	scan(spool);
	m->known = true;
	m->asked = (struct tt_span){0};
	m->changed = st.st_mtim;
}

bool
tt_spool_merged_in(const struct tt_spool *spool, const struct tt_span *span,
		struct tt_span *by)
{
	const struct tt_spool_merged *m = spool->merged;

	refresh(spool);
	for (size_t i = 0; i < m->n; i++) {
		*by = m->spans[i];
		if (span->start_us < by->end_us && by->start_us < span->end_us
				&& observed(spool, by, span))
			return true;
	}
	return false;
}

bool
tt_spool_covered(const struct tt_spool *spool, int64_t start_us)
{
	const struct tt_span moment = {start_us, start_us + 1};
	struct tt_span by;

	return tt_spool_merged_in(spool, &moment, &by);
}
