/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a run saw after it had kept its memory for the last time, read from the snapshots that it
 * wrote. Only days that may hold such snapshots are looked into.
 */
#include "tt_setup_private.h"
#include "tt_snapshot.h"
#include "tt_time.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* A snapshot that is read. */
struct learner {
	struct tt_recall *recall;
	const struct tt_snapshot *snapshot;
	unsigned shift; /* of its sources */
	struct tt_error *err;
};

static int
bad(const struct learner *l, const char *why)
{
	return tt_error_set(l->err, -EBADMSG, l->snapshot->path,
			"newer than what was kept, and cannot be learnt from: %s", why);
}

static int
learn_source(const struct learner *l, const struct tt_parquet_reader *row)
{
	uint64_t hash;
	struct tt_addr src;

	if (tt_addr_parse(tt_parquet_get_text(row, TT_SOURCES_SRC_IP), &src) != 0)
		return bad(l, "a source is no address");
	hash = tt_sample_hash(tt_recall_secret(l->recall), tt_sketch_hash(src));
	if (!tt_sampled(hash, l->shift))
		return bad(l, "its sources were sampled with another secret");
	(void)tt_recall_source(l->recall, src, hash, l->snapshot->manifest.start_us);
	return 0;
}

static int
learn_target(const struct learner *l, const struct tt_parquet_reader *row)
{
	struct tt_target target = {
			.number = (int32_t)tt_parquet_get_int(row, TT_TARGETS_TARGET)};

	if (tt_protocol_parse(tt_parquet_get_text(row, TT_TARGETS_PROTOCOL),
			    &target.protocol)
					!= 0
			|| !tt_recall_has_target(target))
		return bad(l, "a target is none");
	(void)tt_recall_target(l->recall, target, l->snapshot->manifest.start_us);
	return 0;
}

static int
learn_table(const struct learner *l, enum tt_table table,
		int (*learn)(const struct learner *l,
				const struct tt_parquet_reader *row))
{
	struct tt_parquet_reader *reader;
	int ret = tt_snapshot_table(l->snapshot, table, &reader, l->err);

	if (ret != 0)
		return ret;
	while ((ret = tt_parquet_next(reader, l->err)) > 0) {
		ret = learn(l, reader);
		if (ret != 0)
			break;
	}
	tt_parquet_close(reader);
	return ret;
}

static int
learn_snapshot(const struct tt_setup *s, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct learner l = {.recall = s->recall, .snapshot = snapshot, .err = err};
	int ret;

	if (strcmp(m->sensor, s->sensor) != 0)
		return bad(&l, "it is of another sensor");
	while (l.shift < TT_SAMPLE_SHIFT_MAX && INT64_C(1) << l.shift < m->sources_one_in)
		l.shift++;
	if (INT64_C(1) << l.shift != m->sources_one_in)
		return bad(&l, "its sources were sampled at a rate that cannot be");
	tt_recall_begin(s->recall, m->start_us, l.shift);
	ret = learn_table(&l, TT_TABLE_SOURCES, learn_source);
	return ret == 0 ? learn_table(&l, TT_TABLE_TARGETS, learn_target) : ret;
}

static int
learn_day(const struct tt_setup *s, const struct tt_snapshot_list *day,
		struct tt_error *err)
{
	int ret = 0;

	for (size_t i = 0; i < day->n && ret == 0; i++) {
		struct tt_snapshot *snapshot;

		ret = tt_snapshot_open(&snapshot, day->refs[i].path, err);
		if (ret != 0)
			return ret;
		ret = learn_snapshot(s, snapshot, err);
		tt_snapshot_close(snapshot);
	}
	return ret;
}

/* Lists the snapshots of a day that start after that time. */
static int
list_day(const struct tt_setup *s, const char *name, int64_t after_us,
		struct tt_snapshot_list *day, struct tt_error *err)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s", s->sensor_path, name) < 0)
		return tt_error_set(err, -ENOMEM, s->sensor_path, "out of memory");
	ret = tt_snapshot_list_scan(day, path, after_us + 1, INT64_MAX, err);
	free(path);
	return ret;
}

static int
is_day(const struct dirent *entry)
{
	return tt_time_is_date(entry->d_name);
}

/* Lists those days, ascending, that the interval that starts at after_us is in or before. */
static int
list_days(const struct tt_setup *s, int64_t after_us, struct tt_snapshot_list **days,
		int *n_days, struct tt_error *err)
{
	char first[TT_TIME_TEXT_MAX];
	struct dirent **names;
	int n = scandir(s->sensor_path, &names, is_day, alphasort), ret = 0;

	*days = NULL;
	*n_days = 0;
	if (n < 0)
		return tt_error_set(err, -errno, s->sensor_path, "%s", strerror(errno));
	tt_time_format_date(after_us, first);
	*days = calloc((size_t)n + 1, sizeof(**days));
	if (*days == NULL)
		ret = tt_error_set(err, -ENOMEM, s->sensor_path, "out of memory");
	for (int i = 0; i < n; i++) {
		if (ret == 0 && strcmp(names[i]->d_name, first) >= 0)
			ret = list_day(s, names[i]->d_name, after_us,
					&(*days)[(*n_days)++], err);
		free(names[i]);
	}
	free(names);
	return ret;
}

/* Where the memory would have forgotten its last interval, it starts anew. */
static int
check_distance(const struct tt_setup *s, const struct tt_snapshot_list *last,
		int64_t latest_us, struct tt_error *err)
{
	int64_t newest_us = last->n == 0 ? latest_us : last->refs[last->n - 1].start_us;

	if (newest_us - latest_us <= s->remember_us)
		return 0;
	return tt_error_set(err, -ESTALE, s->recall_path,
			"%lld s older than the latest snapshot",
			(long long)((newest_us - latest_us) / TT_US_PER_S));
}

int
tt_setup_learn(struct tt_setup *s, struct tt_error *err)
{
	int64_t latest_us = tt_recall_latest_us(s->recall);
	struct tt_snapshot_list *days;
	int n_days, ret;

	if (latest_us < TT_TIME_MIN)
		return 0;
	ret = list_days(s, latest_us, &days, &n_days, err);
	for (int i = 0; i < n_days && ret == 0; i++)
		ret = check_distance(s, &days[i], latest_us, err);
	for (int i = 0; i < n_days && ret == 0; i++)
		ret = learn_day(s, &days[i], err);
	for (int i = 0; i < n_days; i++)
		tt_snapshot_list_fini(&days[i]);
	free(days);
	return ret;
}
