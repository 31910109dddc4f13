/* SPDX-License-Identifier: BSD-3-Clause */
/* How long a snapshot's sensor observed, and how many addresses it monitored at least. */
#include "tt_snapshot.h"

#include <errno.h>
#include <string.h>

/* One origin, whose rows come one after the other. */
struct origin {
	char name[TT_SENSOR_MAX + 1];
	int64_t observed_us, least, most; /* of the rows, addresses */
	int64_t until_us; /* of the last row */
};

struct observed {
	struct origin at;
	unsigned n; /* origins, with this one */
	int64_t longest_us;
	unsigned __int128 address_us, addresses; /* of the origins before */
};

static void
end_origin(struct observed *o)
{
	const struct origin *at = &o->at;

	o->address_us += (unsigned __int128)at->observed_us * (uint64_t)at->most;
	o->addresses += (uint64_t)at->most;
	if (at->observed_us > o->longest_us)
		o->longest_us = at->observed_us;
}

/* Returns false for a row that cannot be: no origin observed longer than the snapshot is. */
static bool
add_row(struct observed *o, const struct tt_manifest *m,
		const struct tt_parquet_reader *r)
{
	const char *name = tt_parquet_get_text(r, TT_COVERAGE_ORIGIN);
	int64_t from_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_FROM);
	int64_t until_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_UNTIL);
	int64_t observed_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_US);
	int64_t addresses = tt_parquet_get_int(r, TT_COVERAGE_MONITORED_ADDRESSES);
	bool same = o->n > 0 && strcmp(o->at.name, name) == 0;

	if (from_us < (same ? o->at.until_us : m->start_us) || until_us < from_us
			|| until_us > m->end_us || observed_us < 0
			|| observed_us > until_us - from_us || addresses < 0)
		return false;
	if (!same) {
		end_origin(o);
		o->at = (struct origin){.least = addresses};
		snprintf(o->at.name, sizeof(o->at.name), "%s", name);
		o->n++;
	}
	o->at.observed_us += observed_us;
	o->at.until_us = until_us;
	if (addresses < o->at.least)
		o->at.least = addresses;
	if (addresses > o->at.most)
		o->at.most = addresses;
	return true;
}

static int
read_coverage(const struct tt_snapshot *snapshot, struct observed *o,
		struct tt_error *err)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(snapshot, TT_TABLE_COVERAGE, &r, err), more = 0;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(r, err)) > 0)
		if (!add_row(o, &snapshot->manifest, r))
			ret = tt_error_set(err, -EBADMSG, snapshot->path,
					"its table coverage has a row that cannot be");
	tt_parquet_close(r);
	end_origin(o);
	return ret != 0 ? ret : more;
}

int
tt_snapshot_observed(const struct tt_snapshot *snapshot, struct tt_observed *observed,
		struct tt_error *err)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct observed o = {0};
	int ret;

	*observed = (struct tt_observed){m->observed_us, m->monitored_addresses};
	if (m->parts.n == 0 || !tt_manifest_has(m, TT_TABLE_COVERAGE)
			|| (m->complete && m->observed_us == m->end_us - m->start_us))
		return 0;
	ret = tt_snapshot_check_file(snapshot, TT_TABLE_COVERAGE, err);
	if (ret == 0)
		ret = read_coverage(snapshot, &o, err);
	if (ret != 0)
		return ret;
	observed->us = o.addresses == 0 ? o.longest_us
					: (int64_t)(o.address_us / o.addresses);
	if (o.n == 1)
		observed->least_addresses = o.at.least;
	return 0;
}
