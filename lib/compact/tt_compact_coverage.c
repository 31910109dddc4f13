/* SPDX-License-Identifier: BSD-3-Clause */
/* Who observed what: rows of `coverage`, and what follows from them for the interval. */
#include "tt_compact_private.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

static struct tt_covered
row_of(const struct tt_parquet_reader *r)
{
	struct tt_covered row = {
			.from_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_FROM),
			.until_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_UNTIL),
			.observed_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_US),
			.addresses = tt_parquet_get_int(
					r, TT_COVERAGE_MONITORED_ADDRESSES),
			.intervals = tt_parquet_get_int(r, TT_COVERAGE_INTERVALS),
	};

	snprintf(row.origin, sizeof(row.origin), "%s",
			tt_parquet_get_text(r, TT_COVERAGE_ORIGIN));
	return row;
}

static int
add(struct tt_covered_rows *rows, const struct tt_covered *row, struct tt_error *err)
{
	if (rows->n == rows->room) {
		size_t room = rows->room == 0 ? 64 : rows->room * 2;
		struct tt_covered *more = reallocarray(rows->all, room, sizeof(*more));

		if (more == NULL)
			return tt_error_set(err, -ENOMEM, NULL,
					"out of memory for merging snapshots");
		rows->all = more;
		rows->room = room;
	}
	rows->all[rows->n++] = *row;
	return 0;
}

int
tt_compact_read_coverage(const struct tt_snapshot *part, struct tt_covered_rows *rows,
		struct tt_error *err)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(part, TT_TABLE_COVERAGE, &r, err), more;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(r, err)) != 0) {
		struct tt_covered row;

		if (more < 0) {
			ret = more;
			break;
		}
		row = row_of(r);
		if (row.until_us < row.from_us || row.observed_us < 0 || row.addresses < 0
				|| row.intervals < 0)
			ret = tt_error_set(err, -EBADMSG, part->path,
					"its table coverage has a row that cannot be");
		else
			ret = add(rows, &row, err);
	}
	tt_parquet_close(r);
	return ret;
}

static unsigned __int128
address_us(const struct tt_covered *row)
{
	return (unsigned __int128)row->observed_us * (uint64_t)row->addresses;
}

/* All the time that a part has, as its rows [n] tell it unrounded; how much of it is of IPv4 they do not, where IPv6 is monitored as well. */
static struct tt_loaded
observed_of(const struct tt_manifest *part, const struct tt_covered *rows, size_t n)
{
	struct tt_loaded sum = {.told = true};

	for (size_t i = 0; i < n; i++)
		tt_loaded_add(&sum,
				&(struct tt_loaded){.told = true,
						.observed_us = rows[i].observed_us,
						.address_us = address_us(&rows[i])});
	sum.ipv4_us = part->monitors_ipv6 ? part->ipv4_us : sum.address_us;
	return sum;
}

/* Adds how much of a part's time signatures were loaded, as its manifest says it or, of an earlier program's, as it follows. */
static void
add_loaded(struct tt_compact *c, const struct tt_manifest *part,
		const struct tt_loaded *observed)
{
	struct tt_loaded follows = tt_loaded_by_name(
			part->signatures, part->parts.n == 0, observed);

	tt_loaded_add(&c->manifest.loaded, part->loaded.told ? &part->loaded : &follows);
}

int
tt_compact_plan_coverage(
		struct tt_compact *c, const struct tt_snapshot *part, const char *path)
{
	struct tt_covered_rows rows = {c->covered, c->n_covered, c->room_covered};
	const struct tt_manifest *m = &part->manifest;
	int ret = tt_compact_read_coverage(part, &rows, c->err);
	struct tt_loaded observed = observed_of(
			m, rows.all + c->n_covered, rows.n - c->n_covered);

	add_loaded(c, m, &observed);
	if (!tt_manifest_tells_ipv6(m) && !m->monitors_ipv6)
		c->manifest.ipv4_us += observed.ipv4_us;
	for (size_t i = c->n_covered; i < rows.n; i++)
		rows.all[i].path = path;
	c->covered = rows.all;
	c->n_covered = rows.n;
	c->room_covered = rows.room;
	return ret;
}

static int
by_origin_and_time(const void *a, const void *b)
{
	const struct tt_covered *x = a, *y = b;
	int order = strcmp(x->origin, y->origin);

	if (order != 0)
		return order;
	if (x->from_us != y->from_us)
		return x->from_us < y->from_us ? -1 : 1;
	return x->until_us < y->until_us ? -1 : x->until_us > y->until_us;
}

static bool
is_whole(const struct tt_covered *row)
{
	return row->observed_us == row->until_us - row->from_us;
}

/* Can the row be one with the one before? */
static bool
continues(const struct tt_covered *before, const struct tt_covered *row)
{
	return strcmp(before->origin, row->origin) == 0
			&& before->until_us == row->from_us
			&& before->addresses == row->addresses && is_whole(before)
			&& is_whole(row);
}

static int
twice(struct tt_compact *c, const struct tt_covered *before, const struct tt_covered *row)
{
	char from[TT_TIME_TEXT_MAX];

	return tt_error_set(c->err, -EEXIST, row->path,
			"sensor %s: two snapshots have its time from %s on, the other one is "
			"%.200s; together they would count packets twice",
			row->origin, tt_time_format(row->from_us, from), before->path);
}

/* Address-seconds that were observed, per address of the result. */
static int64_t
observed_us(const struct tt_compact *c)
{
	unsigned __int128 sum = 0, each;
	int64_t longest = 0;

	for (size_t i = 0; i < c->n_covered; i++) {
		const struct tt_covered *row = &c->covered[i];

		sum += address_us(row);
		longest = row->observed_us > longest ? row->observed_us : longest;
	}
	if (c->manifest.monitored_addresses == 0)
		return longest;
	each = sum / (uint64_t)c->manifest.monitored_addresses;
	return each > INT64_MAX ? INT64_MAX : (int64_t)each;
}

/* Has every origin observed the whole of the result's time, and is that whole intervals, where their
 * length is given? */
static bool
is_complete(const struct tt_compact *c)
{
	int64_t until = c->manifest.end_us;
	int64_t nominal_us = c->job->nominal_s * TT_US_PER_S;

	if (nominal_us > 0
			&& (c->manifest.start_us % nominal_us != 0
					|| c->manifest.end_us % nominal_us != 0))
		return false;

	for (size_t i = 0; i < c->n_covered; i++) {
		const struct tt_covered *row = &c->covered[i];
		bool first = i == 0 || strcmp(row->origin, c->covered[i - 1].origin) != 0;

		if (first && until != c->manifest.end_us)
			return false;
		if (!is_whole(row)
				|| row->from_us != (first ? c->manifest.start_us : until))
			return false;
		until = row->until_us;
	}
	return until == c->manifest.end_us;
}

int
tt_compact_join_coverage(struct tt_compact *c)
{
	size_t n = 0;

	qsort(c->covered, c->n_covered, sizeof(*c->covered), by_origin_and_time);
	for (size_t i = 0; i < c->n_covered; i++) {
		const struct tt_covered row = c->covered[i];
		struct tt_covered *before = n == 0 ? NULL : &c->covered[n - 1];

		if (before != NULL && strcmp(before->origin, row.origin) == 0
				&& (before->until_us > row.from_us
						|| before->from_us == row.from_us))
			return twice(c, before, &row);
		if (before != NULL && continues(before, &row)) {
			before->until_us = row.until_us;
			before->path = row.path;
			before->observed_us += row.observed_us;
			before->intervals += row.intervals;
		} else {
			c->covered[n++] = row;
		}
	}
	c->n_covered = n;
	return 0;
}

void
tt_compact_note_coverage(struct tt_compact *c)
{
	c->manifest.observed_us = observed_us(c);
	c->manifest.complete = is_complete(c);
}
