/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is small of all parts, read before anything else: manifests, intervals, rules, coverage and
 * ledgers. Whatever keeps parts from being merged is found here, before the long work.
 */
#include "tt_compact_private.h"
#include "tt_identities.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

int
tt_compact_no_memory(struct tt_compact *c)
{
	return tt_error_set(c->err, -ENOMEM, NULL, "out of memory for merging snapshots");
}

static int64_t
min_i64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
max_i64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Samples of different names join only where nothing is sampled: all of it is hashed anew. Those
 * that were hashed so before are as the public ones. */
static int
join_samples(struct tt_compact *c, const struct tt_snapshot *part)
{
	const struct tt_manifest *m = &part->manifest;
	struct tt_manifest *to = &c->manifest;

	if (!c->any_part || strcmp(to->sample, m->sample) == 0) {
		snprintf(to->sample, sizeof(to->sample), "%s", m->sample);
		return 0;
	}
	c->resampled = true;
	snprintf(to->sample, sizeof(to->sample), "%s", TT_SAMPLE_PUBLIC);
	return 0;
}

static int
add_monitored(struct tt_compact *c, const char *list)
{
	struct tt_error why = {0};
	char *joined;
	int ret;

	if (*list == '\0'
			|| (c->monitored_list != NULL
					&& strcmp(c->monitored_list, list) == 0))
		return 0;
	if (asprintf(&joined, "%s%s%s",
			    c->monitored_list == NULL ? "" : c->monitored_list,
			    c->monitored_list == NULL ? "" : ",", list)
			< 0)
		return tt_compact_no_memory(c);
	free(c->monitored_list);
	c->monitored_list = joined;
	/* Kept short: parts mostly monitor the same. */
	ret = tt_prefix_set_parse(&c->monitored, joined, &why);
	if (ret == -ENOMEM)
		return tt_compact_no_memory(c);
	if (ret != 0)
		return tt_error_set(c->err, -EPROTO, NULL,
				"the monitored addresses of it and of the parts before: "
				"%.200s" TT_COMPACT_ADVICE,
				why.why);
	joined = tt_prefix_set_format(&c->monitored);
	if (joined == NULL)
		return tt_compact_no_memory(c);
	free(c->monitored_list);
	c->monitored_list = joined;
	return 0;
}

/* Times, and what follows from which part is the earliest. */
static void
add_times(struct tt_compact *c, const struct tt_manifest *m)
{
	struct tt_manifest *to = &c->manifest;

	if (!c->any_part || m->start_us < to->start_us)
		to->gap_before_us = m->gap_before_us;
	else if (m->start_us == to->start_us)
		to->gap_before_us = max_i64(to->gap_before_us, m->gap_before_us);
	to->start_us = c->any_part ? min_i64(to->start_us, m->start_us) : m->start_us;
	to->end_us = c->any_part ? max_i64(to->end_us, m->end_us) : m->end_us;
}

static void
add_manifest(struct tt_compact *c, const struct tt_manifest *m)
{
	struct tt_manifest *to = &c->manifest;

	add_times(c, m);
	to->merged = m->merged && (to->merged || !c->any_part);
	to->frames += m->frames;
	to->packets += m->packets;
	to->bytes += m->bytes;
	to->backscatter_packets += m->backscatter_packets;
	/* Of a part that does not tell, tt_compact_ipv6.c counts them. */
	to->ipv6_packets += m->ipv6_packets < 0 ? 0 : m->ipv6_packets;
	if (tt_manifest_tells_ipv6(m) || m->monitors_ipv6)
		to->ipv4_us += m->ipv4_us; /* else of coverage, which has it unrounded */
	to->signature_packets += m->signature_packets;
	to->detections += m->detections;
	to->signatures_cut_short += m->signatures_cut_short;
	to->pair_rows_one_in = max_i64(to->pair_rows_one_in, m->pair_rows_one_in);
	to->contact_rows_one_in = max_i64(
			to->contact_rows_one_in, m->contact_rows_one_in);
	/* Without a list, what is known is the number. */
	to->monitored_addresses = max_i64(
			to->monitored_addresses, m->monitored_addresses);
	if (!c->any_part) {
		snprintf(to->geo, sizeof(to->geo), "%s", m->geo);
		snprintf(to->asn, sizeof(to->asn), "%s", m->asn);
		snprintf(to->fingerprints, sizeof(to->fingerprints), "%s",
				m->fingerprints);
		snprintf(to->signatures, sizeof(to->signatures), "%s", m->signatures);
		return;
	}
	tt_identities_join(to->geo, sizeof(to->geo), m->geo);
	tt_identities_join(to->asn, sizeof(to->asn), m->asn);
	tt_identities_join(to->fingerprints, sizeof(to->fingerprints), m->fingerprints);
	tt_identities_join(to->signatures, sizeof(to->signatures), m->signatures);
}

static int
add_interval(struct tt_compact *c, const struct tt_snapshot *part)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(part, TT_TABLE_INTERVAL, &r, c->err);

	if (ret != 0)
		return ret;
	ret = tt_parquet_next(r, c->err);
	if (ret == 1) {
		int64_t returning = tt_parquet_get_int(r, TT_INTERVAL_RETURNING_ONE_IN);
		int64_t since = tt_parquet_get_int(r, TT_INTERVAL_RECALL_SINCE);

		c->returning_one_in = max_i64(c->returning_one_in, returning);
		c->recall_since_us = c->any_part ? min_i64(c->recall_since_us, since)
						 : since;
		ret = 0;
	} else if (ret == 0) {
		ret = tt_error_set(c->err, -EBADMSG, part->path,
				"its table interval has no row");
	}
	tt_parquet_close(r);
	return ret;
}

/* Notes what the result is made of. */
static int
add_ids(struct tt_compact *c, const struct tt_manifest *m)
{
	struct tt_part_ids *to = &c->manifest.parts;

	if (tt_part_ids_add_all(to, m) != 0)
		return tt_compact_no_memory(c);
	if (to->n <= TT_PART_IDS_MAX)
		return 0;
	return tt_error_set(c->err, -EPROTO, c->job->parts[0],
			"and the other parts are made of more than %d snapshots, which is "
			"the most that a manifest lists",
			TT_PART_IDS_MAX);
}

int
tt_compact_plan_part(
		struct tt_compact *c, const struct tt_snapshot *part, const char *path)
{
	int ret = tt_compact_check_small(c, part);

	if (ret == 0)
		ret = join_samples(c, part);
	if (ret == 0)
		ret = add_ids(c, &part->manifest);
	if (ret == 0)
		ret = add_monitored(c, part->manifest.monitored);
	if (ret == 0)
		ret = add_interval(c, part);
	if (ret != 0)
		return ret;
	add_manifest(c, &part->manifest);
	c->any_part = true;
	ret = tt_compact_plan_rules(c, part);
	if (ret == 0)
		ret = tt_compact_signatures_plan(&c->signatures, part, c->err);
	if (ret == 0)
		ret = tt_compact_plan_coverage(c, part, path);
	return ret != 0 ? ret : tt_compact_plan_ledger(c, part);
}

/* The least s for which one in 2^s is one_in or less; rates are powers of two. */
static int
shift_of(struct tt_compact *c, int64_t one_in, unsigned *shift)
{
	*shift = (unsigned)__builtin_ctzll((uint64_t)one_in);
	if (one_in == INT64_C(1) << *shift && *shift <= TT_SAMPLE_SHIFT_MAX)
		return 0;
	return tt_error_set(c->err, -EBADMSG, NULL,
			"one row in %lld is no rate that rows are sampled at",
			(long long)one_in);
}

/* What was sampled by a secret, or a hash, cannot be joined with what was sampled by another one. */
static int
check_samples(struct tt_compact *c)
{
	if (!c->resampled)
		return 0;
	if (c->shift > 0 || c->contact_shift > 0
			|| tt_compact_signatures_coarsest(&c->signatures) > 0)
		return tt_error_set(c->err, -EPROTO, c->job->parts[0],
				"and the other parts were sampled by different secrets "
				"or hashes, and not all rows are there: such samples do not "
				"merge" TT_COMPACT_ADVICE);
	/* Which sources return is known of a sample by the old hash, or of none. */
	if (c->returning_one_in > 1)
		c->returning_one_in = INT64_C(1) << TT_SAMPLE_SHIFT_MAX;
	return 0;
}

static int
finish(struct tt_compact *c)
{
	struct tt_manifest *m = &c->manifest;
	int ret = shift_of(c, m->pair_rows_one_in, &c->shift);

	if (ret == 0)
		ret = shift_of(c, m->contact_rows_one_in, &c->contact_shift);
	if (ret == 0)
		ret = tt_compact_signatures_planned(&c->signatures, c->err);
	if (ret == 0)
		ret = check_samples(c);
	if (ret == 0)
		ret = tt_compact_join_coverage(c);
	if (ret != 0)
		return ret;
	tt_part_ids_sort(&m->parts);
	c->signatures.resampled = c->resampled;
	c->signatures.limit = c->job->pair_rows;
	tt_compact_sort_rules(c);
	tt_compact_sort_ledger(c);
	m->monitored = strdup(c->monitored_list == NULL ? "" : c->monitored_list);
	if (m->monitored == NULL)
		return tt_compact_no_memory(c);
	if (*m->monitored != '\0')
		m->monitored_addresses = tt_prefix_set_size(&c->monitored);
	if (tt_manifest_note_monitored(m) != 0)
		return tt_compact_no_memory(c);
	tt_compact_note_coverage(c);
	m->nominal_s = c->job->nominal_s;
	if (m->nominal_s == 0)
		m->nominal_s = (m->end_us - m->start_us) / TT_US_PER_S;
	return 0;
}

/* Where talkers and source ports are cut, it depends on the order of parts: it is always the same. */
static int
by_time(const void *a, const void *b)
{
	const struct tt_part *x = a, *y = b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	if (x->end_us != y->end_us)
		return x->end_us < y->end_us ? -1 : 1;
	return strcmp(x->sensor, y->sensor);
}

static void
note_part(struct tt_compact *c, size_t i, const struct tt_manifest *m)
{
	c->parts[i] = (struct tt_part){.start_us = m->start_us,
			.end_us = m->end_us,
			.path = c->job->parts[i]};
	snprintf(c->parts[i].sensor, sizeof(c->parts[i].sensor), "%s", m->sensor);
}

int
tt_compact_plan(struct tt_compact *c)
{
	int ret = 0;

	c->parts = calloc(c->job->n_parts, sizeof(*c->parts));
	if (c->parts == NULL)
		return tt_compact_no_memory(c);

	c->returning_one_in = c->manifest.pair_rows_one_in =
			c->manifest.contact_rows_one_in = 1;
	c->manifest.loaded.told = true;
	for (size_t i = 0; ret == 0 && i < c->job->n_parts; i++) {
		struct tt_snapshot *part;

		ret = tt_snapshot_open_intact(&part, c->job->parts[i], c->err);
		if (ret != 0)
			return ret;
		note_part(c, i, &part->manifest);
		ret = tt_compact_plan_part(c, part, c->job->parts[i]);
		if (ret != 0)
			tt_compact_name_part(c, part);
		tt_snapshot_close(part);
	}
	qsort(c->parts, c->job->n_parts, sizeof(*c->parts), by_time);
	return ret != 0 ? ret : finish(c);
}
