/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of a merge → the data files of a snapshot. */
#include "tt_tables.h"
#include "tt_packets.h"
#include "tt_table_file.h"

#include <errno.h>
#include <string.h>

static void
put_signature_totals(
		struct tt_row *row, const struct tt_manifest *m, uint64_t uniq_src_ip)
{
	const uint64_t one_in = (uint64_t)m->signature_sources_one_in;

	tt_row_int(row, m->signature_packets);
	tt_row_int(row, m->detections);
	tt_row_int(row, (int64_t)uniq_src_ip);
	tt_row_int(row, (int64_t)tt_scaled_error(uniq_src_ip, one_in));
	tt_row_int(row, m->signature_sources_one_in);
	tt_row_int(row, m->signatures_cut_short);
}

static int
put_interval(const struct tt_tables *t, const struct tt_totals *totals,
		struct tt_error *err)
{
	const struct tt_manifest *m = t->manifest;
	struct tt_row row;
	uint64_t sources = totals->sources_one_in, recalled = totals->returning_one_in;

	tt_row_begin(&row, t, TT_TABLE_INTERVAL);
	tt_row_int(&row, m->end_us);
	tt_row_int(&row, m->nominal_s);
	tt_row_int(&row, m->observed_us);
	tt_row_int(&row, m->gap_before_us);
	tt_row_text(&row, tt_manifest_status(m));
	tt_row_text(&row, tt_manifest_uniques(m));
	tt_row_int(&row, m->monitored_addresses);
	tt_row_int(&row, m->frames);
	tt_row_int(&row, m->packets);
	tt_row_int(&row, m->bytes);
	tt_row_int(&row, m->backscatter_packets);
	tt_row_int(&row, m->uniq_src_ip);
	tt_row_int(&row, (int64_t)tt_scaled_error(totals->uniq_src_ip, sources));
	tt_row_int(&row, (int64_t)totals->uniq_src_ip_returning);
	/* Both samples are by the same hash: the smaller one lies within the other. */
	tt_row_int(&row,
			(int64_t)tt_scaled_error(totals->uniq_src_ip_returning,
					sources > recalled ? sources : recalled));
	tt_row_int(&row, m->destinations);
	tt_row_int(&row, m->targets);
	tt_row_int(&row, (int64_t)totals->targets_first);
	tt_row_int(&row, m->sources_one_in);
	tt_row_int(&row, m->contacts_one_in);
	tt_row_int(&row, m->pair_rows_one_in);
	tt_row_int(&row, m->contact_rows_one_in);
	tt_row_int(&row, (int64_t)totals->returning_one_in);
	tt_row_int(&row, totals->recall_since_us);
	put_signature_totals(&row, m, totals->signatures.uniq_src_ip);
	return tt_row_end(&row, err);
}

/* Who observed what: here one sensor, one interval. */
static int
put_coverage(const struct tt_tables *t, struct tt_error *err)
{
	const struct tt_manifest *m = t->manifest;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_COVERAGE);
	tt_row_text(&row, m->sensor);
	tt_row_int(&row, m->start_us);
	tt_row_int(&row, m->end_us);
	tt_row_int(&row, m->observed_us);
	tt_row_int(&row, m->monitored_addresses);
	tt_row_int(&row, 1);
	return tt_row_end(&row, err);
}

/* The rows of the account "tables": what the tables did not keep. */
static void
make_table_rows(struct tt_ledger_row rows[TT_N_LEDGER_TABLES],
		const struct tt_totals *totals)
{
	const struct tt_signature_totals *s = &totals->signatures;
	/* As for pairs, the keys are estimated from those that are kept. */
	const struct tt_not_kept hits = {.packets = s->not_kept,
			.keys = s->not_carried + s->hits_not_kept};
	const struct tt_not_kept *const lost[TT_N_LEDGER_TABLES] = {
			[TT_LEDGER_PAIRS] = &totals->pairs,
			[TT_LEDGER_CONTACTS] = &totals->contacts,
			[TT_LEDGER_SOURCE_PORTS] = &totals->ports,
			[TT_LEDGER_SLICES] = &totals->slices,
			[TT_LEDGER_TALKERS] = &totals->talkers,
			[TT_LEDGER_SKETCHES] = &totals->sketches,
			[TT_LEDGER_SIGNATURES] = &hits,
	};

	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++)
		rows[i] = (struct tt_ledger_row){
				.port = TT_LEDGER_TABLES_PORT,
				.queue = -1,
				.account = TT_ACCOUNT_TABLES,
				.reason = tt_ledger_table_name((enum tt_ledger_table)i),
				.packets = lost[i]->packets,
				.keys = lost[i]->keys,
		};
}

static int
put_ledger(const struct tt_tables *t, const struct tt_ledger_row *rows, unsigned n,
		struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < n; i++) {
		struct tt_row row;

		tt_row_begin(&row, t, TT_TABLE_LEDGER);
		tt_row_text(&row, rows[i].port);
		tt_row_int(&row, rows[i].queue);
		tt_row_text(&row, rows[i].account);
		tt_row_text(&row, rows[i].reason);
		tt_row_int(&row, (int64_t)rows[i].packets);
		tt_row_int(&row, (int64_t)rows[i].keys);
		ret = tt_row_end(&row, err);
	}
	return ret;
}

static void
take_signature_totals(struct tt_manifest *m, const struct tt_signature_totals *s)
{
	m->signature_packets = (int64_t)s->packets;
	m->detections = (int64_t)s->detections;
	m->signatures_cut_short = (int64_t)s->cut_short;
	m->signature_sources_one_in = s->one_in == 0 ? 1 : (int64_t)s->one_in;
}

static void
take_totals(struct tt_manifest *m, const struct tt_totals *totals)
{
	m->exact = totals->sources_one_in == 1 && totals->contacts_one_in == 1;
	m->sources_one_in = (int64_t)totals->sources_one_in;
	m->contacts_one_in = (int64_t)totals->contacts_one_in;
	m->pair_rows_one_in = (int64_t)totals->pair_rows_one_in;
	m->contact_rows_one_in = (int64_t)totals->contact_rows_one_in;
	m->frames = (int64_t)totals->frames;
	m->packets = (int64_t)totals->count.packets;
	m->bytes = (int64_t)totals->count.bytes;
	m->ipv6_packets = (int64_t)totals->ipv6.packets;
	m->backscatter_packets = (int64_t)totals->backscatter_packets;
	m->uniq_src_ip = (int64_t)totals->uniq_src_ip;
	m->targets = (int64_t)totals->targets;
	m->destinations = (int64_t)totals->uniq_dst_ip;
	take_signature_totals(m, &totals->signatures);
}

int
tt_tables_finish(struct tt_tables *t, enum tt_table table, struct tt_error *err)
{
	struct tt_parquet_writer *writer = t->writers[table];

	t->writers[table] = NULL;
	return writer == NULL ? 0
			      : tt_parquet_finish(writer, t->sync,
					      &t->manifest->files[table], err);
}

static int
finish_all(struct tt_tables *t, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TT_N_TABLES; i++)
		ret = tt_tables_finish(t, (enum tt_table)i, err);
	return ret;
}

/* At which rates the merge will sample, worked out as it does: what was put off may lower them. */
static void
note_rates(struct tt_tables *t, const struct tt_interval *interval)
{
	unsigned pairs = 0, contacts = 0;

	for (unsigned i = 0; i < interval->n_tallies; i++) {
		struct tt_tally *tally = interval->tallies[i];

		if (!tt_tally_is_compact(tally))
			tt_tally_settle(tally);
		if (tally->pair_shift > pairs)
			pairs = tally->pair_shift;
		if (tally->contact_shift > contacts)
			contacts = tally->contact_shift;
	}
	tt_row_errors_init(&t->sources, UINT64_C(1) << pairs);
	tt_row_errors_init(&t->contacts, UINT64_C(1) << contacts);
}

/* What only the totals know: the row of the interval, and the ledger. */
static int
put_totals(struct tt_tables *t, struct tt_manifest *manifest,
		const struct tt_totals *totals, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_error *err)
{
	struct tt_ledger_row tables[TT_N_LEDGER_TABLES];
	struct tt_ledger_short sum;
	int ret;

	TT_ASSERT(totals->sources_one_in == t->sources.one_in
			&& totals->contacts_one_in == t->contacts.one_in);
	take_totals(manifest, totals);
	make_table_rows(tables, totals);
	manifest->ledger = tt_ledger_sum(ledger, n);
	sum = tt_ledger_sum(tables, TT_N_LEDGER_TABLES);
	tt_ledger_add(&manifest->ledger, &sum);
	ret = put_interval(t, totals, err);
	if (ret == 0)
		ret = tt_tables_put_ipv6_untold(t, totals->ipv6_untold, err);
	if (ret == 0)
		ret = put_coverage(t, err);
	if (ret == 0)
		ret = put_ledger(t, ledger, n, err);
	return ret != 0 ? ret : put_ledger(t, tables, TT_N_LEDGER_TABLES, err);
}

/* The first packets of each signature, over all tallies. */
static int
write_packets(int dir_fd, bool sync, struct tt_manifest *m,
		const struct tt_interval *interval, struct tt_error *err)
{
	struct tt_packet_records records = {0};
	unsigned each = 0;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < interval->n_tallies; i++) {
		const struct tt_tally *tally = interval->tallies[i];

		each = tally->kept.per_rule > each ? tally->kept.per_rule : each;
		ret = tt_packets_of_tally(&records, tally);
	}
	if (ret != 0) {
		ret = tt_error_set(err, ret, TT_PACKETS_FILE, "out of memory");
	} else {
		tt_packets_select(&records, each);
		m->packets_per_signature = each;
		ret = tt_packets_write(&records, dir_fd, sync, m, err);
	}
	tt_packets_fini(&records);
	return ret;
}

int
tt_tables_write(int dir_fd, bool sync, struct tt_manifest *manifest,
		const struct tt_interval *interval, struct tt_merge *merge,
		const struct tt_merge_config *config, const struct tt_ledger_row *ledger,
		unsigned n, struct tt_totals *totals, struct tt_error *err)
{
	struct tt_tables t = {.dir_fd = dir_fd,
			.sync = sync,
			.manifest = manifest,
			.config = config,
			.destination_unit = -1};
	const struct tt_merge_sink sink = tt_tables_sink(&t);
	int ret = 0;

	note_rates(&t, interval);
	for (unsigned i = 0; ret == 0 && i < TT_N_TABLES; i++)
		ret = tt_table_file_create(
				&t.writers[i], dir_fd, manifest, (enum tt_table)i, err);
	if (ret == 0)
		ret = tt_merge_run(merge, interval->tallies, interval->n_tallies,
				interval->span.start_us, &sink, totals, err);
	if (ret == 0)
		ret = put_totals(&t, manifest, totals, ledger, n, err);
	if (ret == 0)
		ret = finish_all(&t, err);
	if (ret == 0)
		ret = write_packets(dir_fd, sync, manifest, interval, err);
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		tt_parquet_abandon(t.writers[i]);
	return ret;
}
