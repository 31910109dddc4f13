/* SPDX-License-Identifier: BSD-3-Clause */
/* One table of a snapshot, read to its end and held against the manifest. */
#include "tt_snapshot_private.h"
#include "tt_tally.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#define PORTS_MAX 4096 /* more ports than any machine has */

struct table {
	const struct tt_manifest *m;
	const struct tt_parquet_reader *reader;
	struct tt_sums *sums;
	const char *path;
	struct tt_error *err;
	int64_t row; /* from 1 */
	char protocol[16]; /* of the target row before */
	int64_t target;
	struct tt_count distributions[TT_N_DISTRIBUTIONS];
	struct tt_ledger_row *ledger; /* [row], text on the heap */
};

static int
wrong(const struct table *t, const char *what)
{
	return tt_error_set(t->err, -EBADMSG, t->path, "row %lld: %s", (long long)t->row,
			what);
}

static int64_t
get(const struct table *t, unsigned column)
{
	return tt_parquet_get_int(t->reader, column);
}

static const char *
text(const struct table *t, unsigned column)
{
	return tt_parquet_get_text(t->reader, column);
}

/* Adds a value that cannot be negative; sums of honest files do not overflow. */
static int
add(const struct table *t, int64_t *sum, unsigned column)
{
	int64_t value = get(t, column);

	if (value < 0 || __builtin_add_overflow(*sum, value, sum))
		return wrong(t, "a count that cannot be");
	return 0;
}

static int
read_interval(struct table *t)
{
	const struct tt_manifest *m = t->m;
	struct tt_sums *s = t->sums;

	s->interval_frames = get(t, TT_INTERVAL_FRAMES);
	s->interval_packets = get(t, TT_INTERVAL_PACKETS);
	s->interval_bytes = get(t, TT_INTERVAL_BYTES);
	if (get(t, TT_INTERVAL_END) != m->end_us
			|| get(t, TT_INTERVAL_NOMINAL_S) != m->nominal_s
			|| get(t, TT_INTERVAL_OBSERVED_US) != m->observed_us
			|| get(t, TT_INTERVAL_GAP_BEFORE_US) != m->gap_before_us
			|| strcmp(text(t, TT_INTERVAL_STATUS), tt_manifest_status(m)) != 0
			|| strcmp(text(t, TT_INTERVAL_UNIQUES), tt_manifest_uniques(m))
					!= 0
			|| get(t, TT_INTERVAL_MONITORED_ADDRESSES)
					!= m->monitored_addresses
			|| s->interval_frames != m->frames
			|| s->interval_packets != m->packets
			|| s->interval_bytes != m->bytes
			|| get(t, TT_INTERVAL_UNIQ_SRC_IP) != m->uniq_src_ip
			|| get(t, TT_INTERVAL_TARGETS) != m->targets)
		return wrong(t, "the manifest says otherwise");
	return 0;
}

static int
read_target(struct table *t)
{
	const char *protocol = text(t, TT_TARGETS_PROTOCOL);
	int64_t target = get(t, TT_TARGETS_TARGET);

	if (t->row == 1 || target != t->target || strcmp(protocol, t->protocol) != 0)
		t->sums->distinct_targets++;
	snprintf(t->protocol, sizeof(t->protocol), "%s", protocol);
	t->target = target;
	if (get(t, TT_TARGETS_UNIQ_SRC_IP) < get(t, TT_TARGETS_UNIQ_SRC_IP_TARGET)
			|| get(t, TT_TARGETS_UNIQ_SRC_IP_TARGET) < 0)
		return wrong(t, "unique counts that cannot be");
	if (add(t, &t->sums->target_sources, TT_TARGETS_UNIQ_SRC_IP_TARGET) != 0)
		return -EBADMSG;
	if (add(t, &t->sums->target_packets, TT_TARGETS_PACKETS) != 0)
		return -EBADMSG;
	return add(t, &t->sums->target_bytes, TT_TARGETS_BYTES);
}

static int
read_source(struct table *t)
{
	t->sums->source_rows++;
	if (get(t, TT_SOURCES_FIRST_SEEN) > get(t, TT_SOURCES_LAST_SEEN))
		return wrong(t, "first_seen is after last_seen");
	if (add(t, &t->sums->source_targets, TT_SOURCES_TARGETS) != 0)
		return -EBADMSG;
	if (add(t, &t->sums->source_packets, TT_SOURCES_PACKETS) != 0)
		return -EBADMSG;
	return add(t, &t->sums->source_bytes, TT_SOURCES_BYTES);
}

static int
read_distribution(struct table *t)
{
	const char *name = text(t, TT_DISTRIBUTIONS_DISTRIBUTION);
	int64_t packets = get(t, TT_DISTRIBUTIONS_PACKETS);
	int64_t bytes = get(t, TT_DISTRIBUTIONS_BYTES);

	if (packets < 0 || bytes < 0)
		return wrong(t, "a count that cannot be");
	for (unsigned d = 0; d < TT_N_DISTRIBUTIONS; d++) {
		struct tt_count *sum = &t->distributions[d];

		if (strcmp(name, tt_distribution_name((enum tt_distribution)d)) == 0) {
			sum->packets += (uint64_t)packets;
			sum->bytes += (uint64_t)bytes;
			return 0;
		}
	}
	return wrong(t, "no distribution of this schema version");
}

/* Keeps the row: a ledger is small, and closes only as a whole. */
static int
read_ledger(struct table *t)
{
	struct tt_ledger_row *row = &t->ledger[t->row - 1];

	*row = (struct tt_ledger_row){
			.port = strdup(text(t, TT_LEDGER_PORT)),
			.queue = (int)get(t, TT_LEDGER_QUEUE),
			.account = strdup(text(t, TT_LEDGER_ACCOUNT)),
			.reason = strdup(text(t, TT_LEDGER_REASON)),
			.packets = (uint64_t)get(t, TT_LEDGER_PACKETS),
	};
	if (row->port == NULL || row->account == NULL || row->reason == NULL)
		return tt_error_set(t->err, -ENOMEM, t->path, "out of memory");
	return get(t, TT_LEDGER_PACKETS) < 0 ? wrong(t, "a count that cannot be") : 0;
}

static int
read_row(struct table *t, enum tt_table table)
{
	static int (*const readers[TT_N_TABLES])(struct table *) = {
			[TT_TABLE_INTERVAL] = read_interval,
			[TT_TABLE_TARGETS] = read_target,
			[TT_TABLE_SOURCES] = read_source,
			[TT_TABLE_DISTRIBUTIONS] = read_distribution,
			[TT_TABLE_LEDGER] = read_ledger,
	};

	if (get(t, TT_COLUMN_INTERVAL_START) != t->m->start_us
			|| strcmp(text(t, TT_COLUMN_SENSOR), t->m->sensor) != 0)
		return wrong(t, "of another interval or sensor than the manifest's");
	return readers[table](t);
}

/* Every packet is in each distribution but that of TCP flags. */
static int
end_distributions(const struct table *t)
{
	for (unsigned d = 0; d < TT_N_DISTRIBUTIONS; d++) {
		const struct tt_count *sum = &t->distributions[d];
		bool some = d == TT_DIST_TCP_FLAGS || d == TT_DIST_TCP_FLAGS_ALL;

		if (some ? sum->packets > (uint64_t)t->m->packets
			 : sum->packets != (uint64_t)t->m->packets
								|| sum->bytes != (uint64_t)t->m->bytes)
			return tt_error_set(t->err, -EBADMSG, t->path,
					"%s adds up to %llu packets and %llu bytes; the "
					"interval has %lld and %lld",
					tt_distribution_name((enum tt_distribution)d),
					(unsigned long long)sum->packets,
					(unsigned long long)sum->bytes,
					(long long)t->m->packets, (long long)t->m->bytes);
	}
	return 0;
}

static bool
short_equal(const struct tt_ledger_short *a, const struct tt_ledger_short *b)
{
	return a->missed == b->missed && a->no_mbuf == b->no_mbuf
			&& a->errors == b->errors && a->delivered == b->delivered
			&& a->counted == b->counted && a->late == b->late
			&& a->overflow == b->overflow && a->closes == b->closes;
}

static int
end_ledger(const struct table *t)
{
	struct tt_ledger_short s = tt_ledger_sum(t->ledger, (unsigned)t->row);

	t->sums->ledger = s;
	if (!s.closes)
		return tt_error_set(t->err, -EBADMSG, t->path,
				"the ledger does not close: %llu delivered, %llu in its "
				"frames",
				(unsigned long long)s.delivered,
				(unsigned long long)s.frames);
	if (!short_equal(&s, &t->m->ledger))
		return tt_error_set(t->err, -EBADMSG, t->path,
				"its sums are not those of the manifest");
	return 0;
}

static int
check_metadata(const struct table *t, const char *key, const char *expected)
{
	const char *value = tt_parquet_metadata(t->reader, key);

	if (value != NULL && strcmp(value, expected) == 0)
		return 0;
	return tt_error_set(t->err, -EBADMSG, t->path, "%s is \"%s\", not \"%s\"", key,
			value == NULL ? "" : value, expected);
}

static int
check_file(const struct table *t, enum tt_table table)
{
	char version[16], start[TT_TIME_TEXT_MAX];
	int64_t rows = tt_parquet_rows(t->reader);
	int ret;

	if (rows != t->m->files[table].rows || (table == TT_TABLE_INTERVAL && rows != 1))
		return tt_error_set(t->err, -EBADMSG, t->path,
				"%lld rows; the manifest says %lld", (long long)rows,
				(long long)t->m->files[table].rows);
	if (table == TT_TABLE_LEDGER && rows > PORTS_MAX * 64)
		return tt_error_set(t->err, -EBADMSG, t->path, "too long for a ledger");
	snprintf(version, sizeof(version), "%d", TT_SCHEMA_VERSION);
	ret = check_metadata(t, TT_META_SCHEMA_VERSION, version);
	if (ret == 0)
		ret = check_metadata(t, TT_META_TABLE, tt_schema_of(table)->name);
	if (ret == 0)
		ret = check_metadata(t, TT_META_INTERVAL_START,
				tt_time_format(t->m->start_us, start));
	if (ret == 0)
		ret = check_metadata(t, TT_META_SENSOR, t->m->sensor);
	if (ret == 0)
		ret = check_metadata(t, TT_META_MONITORED, t->m->monitored);
	return ret != 0 ? ret : check_metadata(t, TT_META_GEO, t->m->geo);
}

static int
read_rows(struct table *t, struct tt_parquet_reader *reader, enum tt_table table)
{
	int more, ret = 0;

	while (ret == 0 && (more = tt_parquet_next(reader, t->err)) != 0) {
		if (more < 0)
			return more;
		t->row++;
		ret = read_row(t, table);
	}
	if (ret == 0 && t->row != t->m->files[table].rows)
		ret = wrong(t, "the last one; the file says that there are more");
	return ret;
}

static void
free_ledger(struct table *t, int64_t rows)
{
	for (int64_t i = 0; t->ledger != NULL && i < rows; i++) {
		free((char *)t->ledger[i].port);
		free((char *)t->ledger[i].account);
		free((char *)t->ledger[i].reason);
	}
	free(t->ledger);
}

static int
read_table(struct table *t, struct tt_parquet_reader *reader, enum tt_table table)
{
	int64_t rows = t->m->files[table].rows;
	int ret = check_file(t, table);

	if (ret != 0)
		return ret;
	if (table == TT_TABLE_LEDGER) {
		t->ledger = calloc((size_t)rows + 1, sizeof(*t->ledger));
		if (t->ledger == NULL)
			return tt_error_set(t->err, -ENOMEM, t->path, "out of memory");
	}
	ret = read_rows(t, reader, table);
	if (ret == 0 && table == TT_TABLE_DISTRIBUTIONS)
		ret = end_distributions(t);
	if (ret == 0 && table == TT_TABLE_LEDGER)
		ret = end_ledger(t);
	free_ledger(t, rows);
	return ret;
}

int
tt_verify_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums, struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	struct table t = {.m = &snapshot->manifest, .sums = sums, .err = err};
	char *path;
	int ret = tt_snapshot_table(snapshot, table, &reader, err);

	if (ret != 0)
		return ret;
	path = tt_path_join(snapshot->path, tt_schema_of(table)->file);
	if (path == NULL) {
		ret = tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	} else {
		t.reader = reader;
		t.path = path;
		ret = read_table(&t, reader, table);
	}
	sums->read[table] = ret == 0;
	free(path);
	tt_parquet_close(reader);
	return ret;
}
