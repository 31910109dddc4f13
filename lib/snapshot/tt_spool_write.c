/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_spool_private.h"
#include "tt_table_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes the latest name durable where that failed when it was given. */
static int
sync_names(struct tt_spool *spool, struct tt_error *err)
{
	const char *day = spool->unsynced_day;
	int fd, ret = 0;

	if (day[0] == '\0')
		return 0;
	fd = openat(spool->fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		ret = tt_spool_error(spool, day, NULL, err);
	else
		spool->unsynced_day[0] = '\0';
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Creates the directory of a day if need be and opens it. */
static int
open_day(struct tt_spool *spool, const char *day, int *fd, struct tt_error *err)
{
	int ret = sync_names(spool, err);

	if (ret != 0)
		return ret;
	if (mkdirat(spool->fd, day, 0755) != 0 && errno != EEXIST)
		return tt_spool_error(spool, day, NULL, err);
	if (spool->sync == TT_SYNC_EACH && strcmp(spool->synced_day, day) != 0) {
		if (fsync(spool->fd) != 0)
			return tt_spool_error(spool, day, NULL, err);
		snprintf(spool->synced_day, sizeof(spool->synced_day), "%s", day);
	}
	*fd = openat(spool->fd, day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return tt_spool_error(spool, day, NULL, err);
	return 0;
}

/* A name that cannot be given, because it is taken or for the reason in errno, or that may have been
 * given. Returns -errno. */
static int
name_error(const struct tt_spool *spool, const struct tt_spool_name *n,
		struct tt_error *err)
{
	int ret = tt_spool_error(spool, n->day, n->name, err);

	if (err != NULL && ret == -EEXIST)
		snprintf(err->why, sizeof(err->why),
				"there is a snapshot of this interval already");
	if (err != NULL && ret == -EINPROGRESS)
		snprintf(err->why, sizeof(err->why),
				"the disk does not say whether it has this snapshot");
	return ret;
}

/* Is there a snapshot of this name already, or one that waits for a flush? Of an interval whose time
 * none has, is there one that has its time? */
static bool
is_taken(const struct tt_spool *spool, int day_fd, const struct tt_spool_name *n,
		int64_t start_us, bool again)
{
	for (unsigned i = 0; i < spool->n_pending; i++) {
		if (strcmp(spool->pending[i].name, n->name) == 0)
			return true;
	}
	return faccessat(day_fd, n->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0
			|| (!again && tt_spool_covered(spool, start_us));
}

static void
copy_or_empty(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from == NULL ? "" : from);
}

static int
start_manifest(struct tt_manifest *m, const struct tt_spool *spool,
		const struct tt_interval *interval, const struct tt_merge_config *config,
		const struct tt_run_info *run)
{
	*m = (struct tt_manifest){
			.start_us = interval->span.start_us,
			.end_us = interval->span.end_us,
			.nominal_s = interval->nominal_us / TT_US_PER_S,
			.observed_us = interval->observed_us,
			.gap_before_us = interval->gap_before_us,
			.complete = interval->complete,
			.monitored = strdup(run->monitored == NULL ? "" : run->monitored),
			.monitored_addresses = run->monitored_addresses,
			.workers = run->workers,
	};
	copy_or_empty(m->sensor, sizeof(m->sensor), spool->sensor);
	copy_or_empty(m->geo, sizeof(m->geo), config->geo->identity);
	copy_or_empty(m->asn, sizeof(m->asn), tt_asn_identity(config->asn));
	copy_or_empty(m->fingerprints, sizeof(m->fingerprints),
			tt_fingerprints_identity(config->fingerprints));
	copy_or_empty(m->signatures, sizeof(m->signatures),
			config->rules == NULL ? "none" : config->rules->identity);
	tt_sample_name(run->secret, m->sample);
	copy_or_empty(m->program, sizeof(m->program), run->program);
	copy_or_empty(m->version, sizeof(m->version), run->version);
	copy_or_empty(m->host, sizeof(m->host), run->host);
	return m->monitored == NULL ? -ENOMEM : 0;
}

/* Gives the written directory its final name, at once or at the next flush. */
static int
commit(struct tt_spool *spool, int day_fd, const struct tt_spool_name *n, const char *tmp,
		struct tt_error *err)
{
	if (spool->sync == TT_SYNC_BATCHED) {
		spool->pending[spool->n_pending++] = *n;
		return 0;
	}
	if (tt_rename_dir_at(day_fd, tmp, day_fd, n->name, &spool->unsure_inode) != 0) {
		if (errno == EINPROGRESS)
			spool->unsure = *n;
		return name_error(spool, n, err);
	}
	/* Once renamed it counts as written: a caller that tried again would find it there. The
	 * next one begins with what failed here. */
	if (spool->sync == TT_SYNC_EACH && fsync(day_fd) != 0)
		snprintf(spool->unsynced_day, sizeof(spool->unsynced_day), "%s", n->day);
	return 0;
}

/* Fills the temporary directory; what it holds after a failure is the caller's to remove. */
static int
fill_dir(const struct tt_spool *spool, const struct tt_spool_name *name, const char *tmp,
		int day_fd, int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	int fd, ret;

	if (mkdirat(day_fd, tmp, 0755) != 0)
		return tt_spool_error(spool, name->day, tmp, err);
	fd = openat(day_fd, tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return tt_spool_error(spool, name->day, tmp, err);
	ret = fill(context, fd, err);
	if (ret != 0)
		tt_error_at(err, "%s/%s/%s", spool->path, name->day, name->name);
	else if (spool->sync == TT_SYNC_EACH && fsync(fd) != 0)
		ret = tt_spool_error(spool, name->day, tmp, err);
	close(fd);
	return ret;
}

static void
note_latest(struct tt_spool *spool, const struct tt_spool_name *n)
{
	free(spool->latest);
	if (asprintf(&spool->latest, "%s/%s/%s", spool->path, n->day, n->name) < 0)
		spool->latest = NULL;
}

/* Makes room for the temporary directory. */
static int
clear(const struct tt_spool *spool, int day_fd, const char *day, const char *tmp,
		struct tt_error *err)
{
	int ret = tt_remove_dir_at(day_fd, tmp);

	if (ret == 0)
		return 0;
	errno = -ret;
	return tt_spool_error(spool, day, tmp, err);
}

/* Something exists that did not when the name was found to be free. -EEXIST is not for that: a
 * caller would give the interval another name. */
static int
late_error(const struct tt_spool *spool, const struct tt_spool_name *n,
		struct tt_error *err)
{
	errno = EBUSY;
	return tt_spool_error(spool, n->day, n->name, err);
}

/* Was the name given after all, when that could not be known? Returns 1, 0, or a negative errno where
 * it still cannot. */
static int
was_given(struct tt_spool *spool, int day_fd, const struct tt_spool_name *name,
		struct tt_error *err)
{
	int ret;

	if (strcmp(spool->unsure.name, name->name) != 0)
		return 0;
	ret = tt_inode_is_at(day_fd, name->name, &spool->unsure_inode);
	if (ret < 0) {
		errno = EINPROGRESS;
		return name_error(spool, name, err);
	}
	spool->unsure.name[0] = '\0';
	return ret;
}

/* Writes it under a temporary name, and gives it its own. */
static int
put(struct tt_spool *spool, int day_fd, const struct tt_spool_name *name,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	char tmp[TT_SPOOL_NAME_MAX];
	int ret;

	tt_spool_tmp_name(tmp, name->name);
	ret = clear(spool, day_fd, name->day, tmp, err);
	if (ret == 0)
		ret = fill_dir(spool, name, tmp, day_fd, fill, context, err);
	if (ret == 0)
		ret = commit(spool, day_fd, name, tmp, err);
	/* What may be the snapshot is not to be removed for having had this name. */
	if (ret != 0 && ret != -EINPROGRESS)
		tt_remove_dir_at(day_fd, tmp);
	return ret == -EEXIST ? late_error(spool, name, err) : ret;
}

int
tt_spool_put_named(struct tt_spool *spool, const struct tt_spool_name *name,
		int64_t start_us, bool again,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	int day_fd = -1, ret = tt_spool_follow(spool, err);

	if (ret == 0)
		ret = open_day(spool, name->day, &day_fd, err);
	if (ret != 0)
		return ret;
	ret = was_given(spool, day_fd, name, err);
	if (ret == 0 && is_taken(spool, day_fd, name, start_us, again)) {
		errno = EEXIST;
		ret = name_error(spool, name, err);
	} else if (ret == 0) {
		ret = put(spool, day_fd, name, fill, context, err);
	}
	close(day_fd);
	if (ret < 0)
		return ret;
	note_latest(spool, name);
	return 0;
}

/* What the tables and the manifest of an interval are made of. */
struct content {
	const struct tt_spool *spool;
	struct tt_manifest manifest;
	const struct tt_interval *interval;
	struct tt_merge *merge;
	const struct tt_merge_config *config;
	const struct tt_ledger_row *ledger; /* [n] */
	unsigned n;
	struct tt_totals *totals;
};

static int
fill_content(void *content, int dir_fd, struct tt_error *err)
{
	struct content *c = content;
	bool sync = c->spool->sync == TT_SYNC_EACH;
	int ret = tt_tables_write(dir_fd, sync, &c->manifest, c->interval, c->merge,
			c->config, c->ledger, c->n, c->totals, err);

	return ret != 0 ? ret : tt_manifest_write(&c->manifest, dir_fd, sync, err);
}

/* tt_spool_write, under that name. */
static int
write_named(struct tt_spool *spool, const struct tt_spool_name *name,
		const struct tt_interval *interval, struct tt_merge *merge,
		const struct tt_merge_config *config, const struct tt_run_info *run,
		const struct tt_ledger_row *ledger, unsigned n, struct tt_totals *totals,
		struct tt_error *err)
{
	struct content c = {.spool = spool,
			.interval = interval,
			.merge = merge,
			.config = config,
			.ledger = ledger,
			.n = n,
			.totals = totals};
	int ret = spool->n_pending == TT_SPOOL_BATCH ? tt_spool_flush(spool, err) : 0;

	if (ret != 0)
		return ret;
	if (start_manifest(&c.manifest, spool, interval, config, run) != 0)
		ret = tt_error_set(err, -ENOMEM, spool->path, "out of memory");
	else
		ret = tt_spool_put_named(spool, name, interval->span.start_us,
				interval->again, fill_content, &c, err);
	tt_manifest_fini(&c.manifest);
	return ret;
}

int
tt_spool_write(struct tt_spool *spool, const struct tt_interval *interval,
		struct tt_merge *merge, const struct tt_merge_config *config,
		const struct tt_run_info *run, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_totals *totals, struct tt_error *err)
{
	struct tt_spool_name name;

	tt_time_format_date(interval->span.start_us, name.day);
	tt_time_format_compact(interval->span.start_us, name.name);
	return write_named(spool, &name, interval, merge, config, run, ledger, n, totals,
			err);
}

int
tt_spool_write_part(struct tt_spool *spool, const struct tt_interval *interval,
		struct tt_merge *merge, const struct tt_merge_config *config,
		const struct tt_run_info *run, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_totals *totals, struct tt_error *err)
{
	char start[TT_TIME_TEXT_MAX], end[TT_TIME_TEXT_MAX];
	struct tt_spool_name name;

	/* A snapshot would get the same name once it is made of parts. */
	if (interval->again ? tt_spool_has_name(spool, interval->span.start_us)
			    : tt_spool_has(spool, interval->span.start_us))
		return tt_error_set(err, -EEXIST, spool->path,
				"there is a snapshot of this interval already");
	tt_time_format_date(interval->span.start_us, name.day);
	snprintf(name.name, sizeof(name.name), "%s%s--%s", TT_SPOOL_PART_PREFIX,
			tt_time_format_compact(interval->span.start_us, start),
			tt_time_format_compact(interval->span.end_us, end));
	return write_named(spool, &name, interval, merge, config, run, ledger, n, totals,
			err);
}

int
tt_spool_put(struct tt_spool *spool, int64_t start_us,
		int (*fill)(void *context, int dir_fd, struct tt_error *err),
		void *context, struct tt_error *err)
{
	struct tt_spool_name name;

	TT_ASSERT(spool->sync != TT_SYNC_BATCHED);
	tt_time_format_date(start_us, name.day);
	tt_time_format_compact(start_us, name.name);
	return tt_spool_put_named(spool, &name, start_us, true, fill, context, err);
}

static int
rename_pending(struct tt_spool *spool, const struct tt_spool_name *n,
		struct tt_error *err)
{
	char tmp[TT_SPOOL_NAME_MAX];
	int fd, ret = 0;

	fd = openat(spool->fd, n->day, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return tt_spool_error(spool, n->day, NULL, err);
	tt_spool_tmp_name(tmp, n->name);
	if (tt_rename_dir_at(fd, tmp, fd, n->name, NULL) != 0)
		ret = name_error(spool, n, err);
	close(fd);
	return ret;
}

int
tt_spool_flush(struct tt_spool *spool, struct tt_error *err)
{
	unsigned done = 0;
	int ret = 0;

	if (spool->n_pending == 0)
		return 0;
	/* One pass over the file system instead of nine fsyncs for each snapshot. */
	if (syncfs(spool->fd) != 0)
		return tt_spool_error(spool, NULL, NULL, err);
	while (ret == 0 && done < spool->n_pending) {
		ret = rename_pending(spool, &spool->pending[done], err);
		if (ret == 0)
			done++;
	}
	spool->n_pending -= done;
	memmove(spool->pending, spool->pending + done,
			spool->n_pending * sizeof(spool->pending[0]));
	if (done > 0 && syncfs(spool->fd) != 0 && ret == 0)
		ret = tt_spool_error(spool, NULL, NULL, err);
	return ret;
}
