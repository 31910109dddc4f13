/* SPDX-License-Identifier: BSD-3-Clause */
/* Intervals, and parts of longer ones, as snapshots. */
#include "tt_identities.h"
#include "tt_spool_private.h"
#include "tt_table_file.h"

#include <errno.h>
#include <string.h>

static void
copy_or_empty(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from == NULL ? "" : from);
}

/* Of one interval: all of its time, or none. */
static struct tt_loaded
loaded_of(const struct tt_manifest *m)
{
	const struct tt_loaded observed = {.told = true,
			.observed_us = m->observed_us,
			.address_us = (unsigned __int128)m->observed_us
					* (uint64_t)m->monitored_addresses,
			.ipv4_us = m->ipv4_us};

	return tt_loaded_by_name(m->signatures, true, &observed);
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
	tt_identities_of_rules(m->signatures, sizeof(m->signatures), interval->tallies,
			interval->n_tallies, config->rules);
	tt_sample_name(run->secret, m->sample);
	copy_or_empty(m->program, sizeof(m->program), run->program);
	copy_or_empty(m->version, sizeof(m->version), run->version);
	copy_or_empty(m->host, sizeof(m->host), run->host);
	if (m->monitored == NULL || tt_manifest_note_monitored(m) != 0)
		return -ENOMEM;
	m->ipv4_us = (unsigned __int128)m->observed_us * (uint64_t)m->monitored_ipv4;
	m->loaded = loaded_of(m);
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
