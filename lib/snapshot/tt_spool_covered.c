/* SPDX-License-Identifier: BSD-3-Clause */
/* Which intervals are parts of longer snapshots already; written by `teiten compact` meanwhile. */
#include "tt_snapshot_name.h"
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

bool
tt_spool_covered(const struct tt_spool *spool, int64_t start_us)
{
	struct tt_spool_merged *m = spool->merged;
	struct stat st;

	if (fstatat(spool->fd, TT_SPOOL_MERGED_FILE, &st, 0) != 0)
		st = (struct stat){0};
	if (!m->known || st.st_mtim.tv_sec != m->changed.tv_sec
			|| st.st_mtim.tv_nsec != m->changed.tv_nsec) {
		scan(spool);
		m->known = true;
		m->changed = st.st_mtim;
	}
	for (size_t i = 0; i < m->n; i++)
		if (start_us >= m->spans[i].start_us && start_us < m->spans[i].end_us)
			return true;
	return false;
}
