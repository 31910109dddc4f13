/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_summary.h"

#include <errno.h>
#include <string.h>

void
tt_summary_init(struct tt_summary *summary, const char *sensor)
{
	*summary = (struct tt_summary){.max_one_in = 1, .ledger.closes = true};
	snprintf(summary->sensor, sizeof(summary->sensor), "%s", sensor);
}

static void
add_pause(struct tt_pauses *pauses, int64_t us)
{
	if (us > 0) {
		pauses->n++;
		pauses->us += us;
	}
}

static void
add_times(struct tt_summary *s, const struct tt_manifest *m)
{
	if (s->snapshots == 0) {
		s->start_us = m->start_us;
		s->end_us = m->end_us;
	} else {
		add_pause(&s->missing, m->start_us - s->end_us - m->gap_before_us);
	}
	if (m->end_us > s->end_us)
		s->end_us = m->end_us;
	add_pause(&s->gaps, m->gap_before_us);
	s->observed_us += m->observed_us;
}

void
tt_summary_add(struct tt_summary *summary, const struct tt_manifest *manifest)
{
	struct tt_summary *s = summary;
	const struct tt_manifest *m = manifest;
	int64_t addresses = m->monitored_addresses;

	add_times(s, m);
	if (s->snapshots == 0 || addresses < s->least_addresses)
		s->least_addresses = addresses;
	if (addresses > s->most_addresses)
		s->most_addresses = addresses;
	if (s->snapshots == 0 || m->monitored_ipv4 < s->least_ipv4)
		s->least_ipv4 = m->monitored_ipv4;
	if (m->monitored_ipv4 > s->most_ipv4)
		s->most_ipv4 = m->monitored_ipv4;
	s->snapshots++;
	s->partial += !m->complete;
	s->estimated += !m->exact;
	if (m->sources_one_in > s->max_one_in)
		s->max_one_in = m->sources_one_in;
	s->not_closing += !m->ledger.closes;
	s->frames += m->frames;
	s->packets += m->packets;
	s->bytes += m->bytes;
	s->backscatter_packets += m->backscatter_packets;
	s->detections += m->detections;
	if ((uint64_t)m->uniq_src_ip > s->max_uniq_src_ip)
		s->max_uniq_src_ip = (uint64_t)m->uniq_src_ip;
	s->ipv6_packets += m->ipv6_packets < 0 ? 0 : m->ipv6_packets;
	tt_version_time_add(&s->address_time, m);
	tt_ledger_add(&s->ledger, &m->ledger);
}

/* Adds what of the row's time was not observed, and the gap between it and the one before, which was of
 * `origin` and ends at *until_us. Makes these the row's own. Returns false for a row that cannot be. */
static bool
add_coverage(const struct tt_parquet_reader *r, const struct tt_manifest *m,
		char origin[TT_SENSOR_MAX + 1], int64_t *until_us,
		struct tt_within *within)
{
	const char *name = tt_parquet_get_text(r, TT_COVERAGE_ORIGIN);
	int64_t from_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_FROM);
	int64_t to_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_UNTIL);
	int64_t observed_us = tt_parquet_get_int(r, TT_COVERAGE_OBSERVED_US);
	bool same = strcmp(name, origin) == 0;

	if (from_us < m->start_us || to_us > m->end_us || (same && from_us < *until_us)
			|| observed_us < 0 || observed_us > to_us - from_us)
		return false;
	within->sensors += !same;
	if (same)
		add_pause(&within->gaps, from_us - *until_us);
	add_pause(&within->in_part, to_us - from_us - observed_us);
	snprintf(origin, TT_SENSOR_MAX + 1, "%s", name);
	*until_us = to_us;
	return true;
}

int
tt_summary_gaps_within(const struct tt_snapshot *snapshot, struct tt_within *within,
		struct tt_error *err)
{
	const struct tt_manifest *m = &snapshot->manifest;
	char origin[TT_SENSOR_MAX + 1] = "";
	struct tt_parquet_reader *r;
	int64_t until_us = 0;
	int ret, more;

	ret = tt_snapshot_observed(snapshot, &within->observed, err);
	if (ret != 0 || m->complete || !tt_manifest_has(m, TT_TABLE_COVERAGE))
		return ret;
	ret = tt_snapshot_table(snapshot, TT_TABLE_COVERAGE, &r, err);
	if (ret != 0)
		return ret;
	while ((more = tt_parquet_next(r, err)) > 0) {
		if (add_coverage(r, m, origin, &until_us, within))
			continue;
		more = tt_error_set(err, -EBADMSG, snapshot->path,
				"its table coverage has a row that cannot be");
		break;
	}
	tt_parquet_close(r);
	return more;
}

static void
add_pauses(struct tt_pauses *to, const struct tt_pauses *from)
{
	to->n += from->n;
	to->us += from->us;
}

static struct tt_summary *
summary_of(struct tt_summaries *s, const char *sensor)
{
	struct tt_summary *more;

	/* Snapshots come by sensor, so it is the latest but for directories put together. */
	for (size_t i = s->n; i > 0; i--) {
		if (strcmp(s->all[i - 1].sensor, sensor) == 0)
			return &s->all[i - 1];
	}
	more = reallocarray(s->all, s->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->all = more;
	tt_summary_init(&more[s->n], sensor);
	return &more[s->n++];
}

/* In place of what the manifest, which was added, says. */
static void
add_observed(struct tt_summary *s, const struct tt_manifest *m,
		const struct tt_observed *observed)
{
	s->observed_us += observed->us - m->observed_us;
	if (observed->least_addresses < s->least_addresses)
		s->least_addresses = observed->least_addresses;
	/* With IPv6, coverage does not tell how many were of IPv4 when. */
	if (!m->monitors_ipv6 && observed->least_addresses < s->least_ipv4)
		s->least_ipv4 = observed->least_addresses;
}

int
tt_summaries_add(struct tt_summaries *summaries, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_summary *summary = summary_of(summaries, snapshot->manifest.sensor);
	struct tt_within within = {0};
	int ret;

	if (summary == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	tt_summary_add(summary, &snapshot->manifest);
	ret = tt_summary_gaps_within(snapshot, &within, err);
	if (ret == 0)
		add_observed(summary, &snapshot->manifest, &within.observed);
	add_pauses(&summary->gaps, &within.gaps);
	add_pauses(&summary->in_part, &within.in_part);
	if (within.sensors > summary->sensors)
		summary->sensors = within.sensors;
	return ret;
}

void
tt_summaries_fini(struct tt_summaries *summaries)
{
	free(summaries->all);
	*summaries = (struct tt_summaries){0};
}
