/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of a merge → the data files of a snapshot. */
#include "tt_spool_private.h"

#include <errno.h>
#include <string.h>

/* The writers of one snapshot. A failure is kept by the function that returns it. */
struct tables {
	int dir_fd;
	const struct tt_manifest *manifest;
	struct tt_parquet_writer *writers[TT_N_TABLES];
};

/* A row that is being filled from left to right. */
struct row {
	struct tt_parquet_writer *writer;
	unsigned column;
};

static void
put_int(struct row *row, int64_t value)
{
	tt_parquet_set_int(row->writer, row->column++, value);
}

static void
put_text(struct row *row, const char *text)
{
	tt_parquet_set_text(row->writer, row->column++, text);
}

static void
put_count(struct row *row, struct tt_count count)
{
	put_int(row, (int64_t)count.packets);
	put_int(row, (int64_t)count.bytes);
}

static struct row
begin(struct tables *t, enum tt_table table)
{
	struct row row = {.writer = t->writers[table]};

	put_int(&row, t->manifest->start_us);
	put_text(&row, t->manifest->sensor);
	return row;
}

static int
end(struct row *row, enum tt_table table, struct tt_error *err)
{
	TT_ASSERT(row->column == tt_schema_of(table)->n_columns);
	return tt_parquet_end_row(row->writer, err);
}

static int
put_target(void *context, const struct tt_target_row *r, struct tt_error *err)
{
	struct row row = begin(context, TT_TABLE_TARGETS);
	char text[16], country[3];

	put_text(&row, tt_protocol_name(r->target.protocol, text));
	put_int(&row, r->target.number);
	put_int(&row, r->target.code);
	put_text(&row, tt_class_name(r->class));
	put_text(&row, tt_country_format(r->country, country));
	put_count(&row, r->count);
	put_int(&row, (int64_t)r->uniq_src_ip);
	put_int(&row, (int64_t)r->uniq_src_ip_target);
	return end(&row, TT_TABLE_TARGETS, err);
}

/* "tcp-syn+udp". */
static void
format_classes(char *text, size_t room, uint32_t classes)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned c = 0; c < TT_N_CLASSES; c++) {
		if ((classes >> c & 1) != 0 && used < room)
			used += (size_t)snprintf(text + used, room - used, "%s%s",
					used == 0 ? "" : "+",
					tt_class_name((enum tt_class)c));
	}
	TT_ASSERT(used < room);
}

static int
put_source(void *context, const struct tt_source_row *r, struct tt_error *err)
{
	struct row row = begin(context, TT_TABLE_SOURCES);
	char addr[TT_ADDR_TEXT_MAX], country[3], classes[32 * TT_N_CLASSES];

	format_classes(classes, sizeof(classes), r->classes);
	put_text(&row, tt_addr_format(r->src, addr));
	put_text(&row, tt_country_format(r->country, country));
	put_count(&row, r->count);
	put_int(&row, (int64_t)r->targets);
	put_text(&row, classes);
	put_int(&row, r->first_us);
	put_int(&row, r->last_us);
	return end(&row, TT_TABLE_SOURCES, err);
}

static const char *
distribution_label(const struct tt_distribution_row *r, char text[64])
{
	switch (r->distribution) {
	case TT_DIST_IP_PROTOCOL:
		return tt_protocol_name((uint8_t)r->value, text);
	case TT_DIST_TCP_FLAGS:
	case TT_DIST_TCP_FLAGS_ALL:
		return tt_tcp_flags_format((uint16_t)r->value, text);
	case TT_DIST_ENCAPSULATION:
		return tt_encap_format((uint8_t)r->value, text);
	default:
		return "";
	}
}

static int
put_distribution(void *context, const struct tt_distribution_row *r, struct tt_error *err)
{
	struct row row = begin(context, TT_TABLE_DISTRIBUTIONS);
	char text[64];

	put_text(&row, tt_distribution_name(r->distribution));
	put_int(&row, (int64_t)r->value);
	put_text(&row, distribution_label(r, text));
	put_count(&row, r->count);
	return end(&row, TT_TABLE_DISTRIBUTIONS, err);
}

static int
put_interval(struct tables *t, struct tt_error *err)
{
	const struct tt_manifest *m = t->manifest;
	struct row row = begin(t, TT_TABLE_INTERVAL);

	put_int(&row, m->end_us);
	put_int(&row, m->nominal_s);
	put_int(&row, m->observed_us);
	put_int(&row, m->gap_before_us);
	put_text(&row, tt_manifest_status(m));
	put_text(&row, tt_manifest_uniques(m));
	put_int(&row, m->monitored_addresses);
	put_int(&row, m->frames);
	put_int(&row, m->packets);
	put_int(&row, m->bytes);
	put_int(&row, m->uniq_src_ip);
	put_int(&row, m->targets);
	return end(&row, TT_TABLE_INTERVAL, err);
}

static int
put_ledger(struct tables *t, const struct tt_ledger_row *rows, unsigned n,
		struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < n; i++) {
		struct row row = begin(t, TT_TABLE_LEDGER);

		put_text(&row, rows[i].port);
		put_int(&row, rows[i].queue);
		put_text(&row, rows[i].account);
		put_text(&row, rows[i].reason);
		put_int(&row, (int64_t)rows[i].packets);
		ret = end(&row, TT_TABLE_LEDGER, err);
	}
	return ret;
}

/* What each file says of itself; all of it follows from the packets and the options. */
static int
create(struct tables *t, enum tt_table table, struct tt_error *err)
{
	const struct tt_schema *schema = tt_schema_of(table);
	char version[16], start[TT_TIME_TEXT_MAX];
	const struct tt_key_value metadata[] = {
			{TT_META_SCHEMA_VERSION, version},
			{TT_META_TABLE, schema->name},
			{TT_META_INTERVAL_START, start},
			{TT_META_SENSOR, t->manifest->sensor},
			{TT_META_MONITORED, t->manifest->monitored},
			{TT_META_GEO, t->manifest->geo},
	};

	snprintf(version, sizeof(version), "%d", TT_SCHEMA_VERSION);
	tt_time_format(t->manifest->start_us, start);
	return tt_parquet_create(&t->writers[table], t->dir_fd, schema->file,
			schema->columns, schema->n_columns, metadata,
			TT_ARRAY_SIZE(metadata), err);
}

static void
take_totals(struct tt_manifest *m, const struct tt_totals *totals)
{
	m->exact = totals->overflow_packets == 0;
	m->frames = (int64_t)totals->frames;
	m->packets = (int64_t)totals->count.packets;
	m->bytes = (int64_t)totals->count.bytes;
	m->uniq_src_ip = (int64_t)totals->uniq_src_ip;
	m->targets = (int64_t)totals->targets;
}

static int
finish(struct tables *t, bool sync, struct tt_manifest *m, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TT_N_TABLES; i++) {
		struct tt_parquet_writer *writer = t->writers[i];

		t->writers[i] = NULL;
		ret = tt_parquet_finish(writer, sync, &m->files[i], err);
	}
	return ret;
}

int
tt_tables_write(int dir_fd, bool sync, struct tt_manifest *manifest,
		const struct tt_interval *interval, struct tt_merge *merge,
		const struct tt_geo *geo, const struct tt_ledger_row *ledger, unsigned n,
		struct tt_totals *totals, struct tt_error *err)
{
	struct tables t = {.dir_fd = dir_fd, .manifest = manifest};
	const struct tt_merge_sink sink = {
			.context = &t,
			.target = put_target,
			.source = put_source,
			.distribution = put_distribution,
	};
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < TT_N_TABLES; i++)
		ret = create(&t, (enum tt_table)i, err);
	if (ret == 0)
		ret = tt_merge_run(merge, interval->tallies, interval->n_tallies, geo,
				&sink, totals, err);
	if (ret == 0) {
		take_totals(manifest, totals);
		manifest->ledger = tt_ledger_sum(ledger, n);
		ret = put_interval(&t, err);
	}
	if (ret == 0)
		ret = put_ledger(&t, ledger, n, err);
	if (ret == 0)
		ret = finish(&t, sync, manifest, err);
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		tt_parquet_abandon(t.writers[i]);
	return ret;
}
