/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of the result into its files, one table after the other. Key columns are written from
 * their packed form, sums as they stand; what follows from them is worked out row by row.
 */
#include "tt_compact_write.h"
#include "tt_row_text.h"

#include <errno.h>
#include <string.h>

/* The column that says so, where the row is one of what is not told apart; else none. */
static unsigned
rest_column(const struct tt_layout *l, const uint64_t *key)
{
	for (unsigned i = 0; i < l->n_fields; i++)
		if (l->fields[i].order == TT_ORDER_REST_LAST
				&& tt_field_get(&l->fields[i], key) != 0)
			return l->fields[i].column;
	return TT_ROWS_NO_REST;
}

static const char *
protocol_text(const struct tt_field *f, uint64_t number, bool rest, char text[16])
{
	if (rest || (f->empty && number == 0))
		return "";
	return tt_protocol_name((uint8_t)number, text);
}

/* The text of a field; text: as long as any. */
static const char *
text_of(const struct tt_compact *c, const struct tt_field *f, const uint64_t *key,
		bool rest, char text[TT_RULES_TEXT_MAX])
{
	uint64_t number = f->order == TT_ORDER_ADDRESS ? 0 : tt_field_get(f, key);

	switch (f->order) {
	case TT_ORDER_ADDRESS:
		if (rest)
			return "*";
		return tt_addr_format(
				(struct tt_addr){key[f->word], key[f->word + 1]}, text);
	case TT_ORDER_COUNTRY:
		return tt_row_country((uint16_t)number, text);
	case TT_ORDER_CLASS:
		return number < TT_N_CLASSES ? tt_class_name((enum tt_class)number) : "";
	case TT_ORDER_PROTOCOL:
		return protocol_text(f, number, rest, text);
	case TT_ORDER_RULE:
		return c->rules.all[number].id;
	case TT_ORDER_RULES:
		return tt_compact_rules_text(&c->rules, number, text);
	case TT_ORDER_DISTRIBUTION:
		return tt_distribution_name((enum tt_distribution)number);
	default:
		TT_ASSERT(f->order == TT_ORDER_UNIT);
		return tt_compact_unit_text(
				tt_compact_unit(&c->units, (uint32_t)number), text);
	}
}

char *
tt_compact_rules_text(const struct tt_compact_rules *rules, uint64_t set,
		char text[TT_RULES_TEXT_MAX])
{
	char *at = text;

	*at = '\0';
	for (; set != 0; set &= set - 1)
		at += snprintf(at, (size_t)(text + TT_RULES_TEXT_MAX - at), "%s%s",
				at == text ? "" : "+",
				rules->all[__builtin_ctzll(set)].id);
	return text;
}

/* Texts of which there are few are found by their number. */
static void
put_text(struct tt_rows *t, const struct tt_field *f, const uint64_t *key)
{
	bool rest = f->column == t->rest;
	bool few = f->order != TT_ORDER_ADDRESS && f->order != TT_ORDER_UNIT;
	uint64_t code = few ? tt_field_get(f, key) << 1 | rest : 0;
	char text[TT_RULES_TEXT_MAX];

	if (few && tt_parquet_set_code(t->writer, f->column, code))
		return;
	if (few)
		tt_parquet_set_coded(t->writer, f->column, code,
				text_of(t->c, f, key, rest, text));
	else
		tt_parquet_set_text(
				t->writer, f->column, text_of(t->c, f, key, rest, text));
}

static void
put_field(struct tt_rows *t, const struct tt_field *f, const uint64_t *key)
{
	if (f->type == TT_COLUMN_TEXT)
		put_text(t, f, key);
	else
		tt_parquet_set_int(t->writer, f->column,
				(int64_t)tt_field_get(f, key) - TT_FIELD_BIAS);
}

/* A row of a store: keys, sums, and what follows from these. */
static int
put_row(struct tt_rows *t, const uint64_t *row)
{
	const struct tt_layout *l = &t->c->layouts[t->table];

	t->row = row;
	t->values = row + l->n_keys;
	t->rest = rest_column(l, row);
	for (unsigned i = 0; i < l->n_fields; i++)
		if (l->fields[i].order != TT_ORDER_REST_LAST)
			put_field(t, &l->fields[i], row);
	for (unsigned i = 0; i < l->n_values; i++)
		tt_parquet_set_int(t->writer, l->values[i].column, (int64_t)t->values[i]);
	tt_rows_derive(t);
	return tt_parquet_end_row(t->writer, t->c->err);
}

/* The most packets first, in each group of rows that differ in nothing but what is heavy. */
static int
by_packets(const void *a, const void *b)
{
	const struct tt_heavy_row *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Rows of a group are equal in the word of their key from the bit of the rest up. */
static uint64_t
group_of(const struct tt_layout *l, const uint64_t *row)
{
	unsigned i = 0;

	while (l->fields[i].order != TT_ORDER_REST_LAST)
		i++;
	return row[0] >> l->fields[i].shift;
}

static int
rank_groups(struct tt_compact *c, enum tt_table table)
{
	const struct tt_layout *l = &c->layouts[table];
	struct tt_sort_item *items = c->sorted[table];
	uint32_t n = c->stores[table].n;
	struct tt_heavy_row *group = malloc(((size_t)n + 1) * sizeof(*group));

	if (group == NULL)
		return tt_compact_no_memory(c);
	for (uint32_t i = 0, k; i < n; i += k) {
		uint64_t at = group_of(l, items[i].ref);

		for (k = 0; i + k < n && group_of(l, items[i + k].ref) == at; k++)
			group[k] = (struct tt_heavy_row){
					((const uint64_t *)items[i + k].ref)[l->n_keys],
					k, items[i + k].ref};
		if (k > 1)
			qsort(group, k, sizeof(*group), by_packets);
		for (uint32_t j = 0; j < k; j++)
			items[i + j].ref = group[j].row;
	}
	free(group);
	return 0;
}

/* Writes the rows of a store, and lets go of them where nothing needs them any more. */
int
tt_rows_store(struct tt_rows *t)
{
	struct tt_compact *c = t->c;
	bool heavy = tt_compact_heavy(c, t->table) != NULL;
	int ret = heavy ? tt_compact_join_heavy(c, t->table) : 0;
	uint32_t n = c->stores[t->table].n;

	if (ret == 0 && c->sorted[t->table] == NULL)
		ret = tt_compact_sort(c, t->table);
	if (ret == 0 && heavy)
		ret = rank_groups(c, t->table);
	for (uint32_t i = 0; ret == 0 && i < n; i++) {
		if (i + 8 < n)
			__builtin_prefetch(c->sorted[t->table][i + 8].ref);
		ret = put_row(t, c->sorted[t->table][i].ref);
	}
	free(c->sorted[t->table]);
	c->sorted[t->table] = NULL;
	if (t->table != TT_TABLE_SOURCES)
		tt_store_fini(&c->stores[t->table]);
	return ret;
}

static int
write_rows(struct tt_rows *t)
{
	switch (t->table) {
	case TT_TABLE_INTERVAL:
		return tt_rows_interval(t);
	case TT_TABLE_FINGERPRINT_RULES:
		return tt_rows_rules(t);
	case TT_TABLE_SKETCHES:
		return tt_rows_sketches(t);
	case TT_TABLE_SIGNATURE_RULES:
		return tt_compact_signatures_write_rules(
				&t->c->signatures, t->writer, t->c->err);
	case TT_TABLE_SIGNATURES:
		return tt_compact_signatures_write(
				&t->c->signatures, t->writer, t->c->err);
	case TT_TABLE_SIGNATURE_SOURCES:
		return tt_compact_signatures_write_sources(
				&t->c->signatures, t->writer, t->c->err);
	case TT_TABLE_COVERAGE:
		return tt_rows_coverage(t);
	case TT_TABLE_LEDGER:
		return tt_rows_ledger(t);
	default:
		return tt_rows_store(t);
	}
}

static int
write_table(struct tt_compact *c, int dir_fd, enum tt_table table)
{
	struct tt_rows t = {.c = c, .table = table};
	int ret = tt_table_file_create(&t.writer, dir_fd, &c->manifest, table, c->err);

	if (ret == 0)
		ret = write_rows(&t);
	if (ret != 0) {
		tt_parquet_abandon(t.writer);
		return ret;
	}
	return tt_parquet_finish(
			t.writer, c->job->sync, &c->manifest.files[table], c->err);
}

static void
copy_or_empty(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from == NULL ? "" : from);
}

static void
fill_manifest(struct tt_compact *c)
{
	const struct tt_compact_job *job = c->job;
	struct tt_manifest *m = &c->manifest;

	copy_or_empty(m->sensor, sizeof(m->sensor), job->sensor);
	copy_or_empty(m->program, sizeof(m->program), job->program);
	copy_or_empty(m->version, sizeof(m->version), job->version);
	copy_or_empty(m->host, sizeof(m->host), job->host);
	m->workers = job->workers;
	m->merged = m->merged || job->merges;
	m->exact = c->shift == 0 && c->contact_shift == 0;
	m->sources_one_in = m->pair_rows_one_in = INT64_C(1) << c->shift;
	m->contacts_one_in = m->contact_rows_one_in = INT64_C(1) << c->contact_shift;
	m->uniq_src_ip = (int64_t)c->stores[TT_TABLE_SOURCES].n << c->shift;
	m->signature_sources_one_in = INT64_C(1)
			<< tt_compact_signatures_coarsest(&c->signatures);
	m->targets = c->targets;
	m->destinations = c->destinations;
}

/* What the samples lack is known anew; the rest was added up. */
static void
enter_tables(struct tt_compact *c)
{
	struct tt_entered *pairs = tt_compact_table_entry(c, TT_LEDGER_PAIRS);
	struct tt_entered *contacts = tt_compact_table_entry(c, TT_LEDGER_CONTACTS);
	struct tt_entered *talkers = tt_compact_table_entry(c, TT_LEDGER_TALKERS);
	struct tt_entered *ports = tt_compact_table_entry(c, TT_LEDGER_SOURCE_PORTS);

	if (pairs != NULL) {
		pairs->packets = c->manifest.packets - c->kept_packets;
		pairs->keys = ((int64_t)c->stores[TT_TABLE_PAIRS].n << c->shift)
				- c->stores[TT_TABLE_PAIRS].n;
	}
	if (contacts != NULL) {
		int64_t n = c->stores[TT_TABLE_CONTACTS].n;

		contacts->packets = c->manifest.packets - c->kept_contact_packets;
		contacts->keys = (n << c->contact_shift) - n;
	}
	if (talkers != NULL) {
		talkers->packets += (int64_t)c->heavy[1].cut.packets;
		talkers->keys += (int64_t)c->heavy[1].cut.keys;
	}
	if (ports != NULL) {
		ports->packets += (int64_t)c->heavy[0].cut.packets;
		ports->keys += (int64_t)c->heavy[0].cut.keys;
	}
}

static int
sum_ledger(struct tt_compact *c)
{
	struct tt_ledger_row *rows = calloc(c->n_entered + 1, sizeof(*rows));

	if (rows == NULL)
		return tt_compact_no_memory(c);
	for (size_t i = 0; i < c->n_entered; i++)
		rows[i] = tt_compact_ledger_row(&c->entered[i]);
	c->manifest.ledger = tt_ledger_sum(rows, (unsigned)c->n_entered);
	free(rows);
	return 0;
}

int
tt_compact_write(struct tt_compact *c, int dir_fd)
{
	int ret;

	fill_manifest(c);
	enter_tables(c);
	ret = sum_ledger(c);
	for (unsigned i = 0; ret == 0 && i < TT_N_TABLES; i++)
		ret = write_table(c, dir_fd, (enum tt_table)i);
	c->manifest.packets_per_signature = c->packets_per_signature;
	if (ret == 0)
		ret = tt_packets_write(
				&c->packets, dir_fd, c->job->sync, &c->manifest, c->err);
	return ret != 0 ? ret
			: tt_manifest_write(&c->manifest, dir_fd, c->job->sync, c->err);
}
