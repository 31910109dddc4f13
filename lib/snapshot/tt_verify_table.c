/* SPDX-License-Identifier: BSD-3-Clause */
/* One table of a snapshot, read to its end and held against the manifest. */
#include "tt_time.h"
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

/* The columns that all tables have. Returns 0 or -EBADMSG. */
static int
check_common(const struct tt_check *t)
{
	struct tt_check_word *sensor = tt_check_word(t, TT_COLUMN_SENSOR);

	if (TT_UNLIKELY(!sensor->known))
		sensor->known = strcmp(tt_check_text(t, TT_COLUMN_SENSOR), t->m->sensor)
				== 0;
	return sensor->known
					&& tt_check_int(t, TT_COLUMN_INTERVAL_START)
							== t->m->start_us
			? 0
			: -EBADMSG;
}

static int
check_row(struct tt_check *t)
{
	static int (*const rows[TT_N_TABLES])(struct tt_check *) = {
			[TT_TABLE_INTERVAL] = tt_check_interval,
			[TT_TABLE_TARGETS] = tt_check_target_row,
			[TT_TABLE_IPV6_TARGETS] = tt_check_ipv6_target_row,
			[TT_TABLE_COUNTRIES] = tt_check_country_row,
			[TT_TABLE_SOURCES] = tt_check_source_row,
			[TT_TABLE_TALKERS] = tt_check_talker_row,
			[TT_TABLE_SOURCE_PORTS] = tt_check_source_port_row,
			[TT_TABLE_DESTINATIONS] = tt_check_destination_row,
			[TT_TABLE_BACKSCATTER] = tt_check_backscatter_row,
			[TT_TABLE_VICTIMS] = tt_check_victim_row,
			[TT_TABLE_FINGERPRINTS] = tt_check_fingerprint_row,
			[TT_TABLE_FINGERPRINT_RULES] = tt_check_rule_row,
			[TT_TABLE_SOURCE_FINGERPRINTS] = tt_check_source_fingerprint_row,
			[TT_TABLE_DISTRIBUTIONS] = tt_check_distribution_row,
			[TT_TABLE_SKETCHES] = tt_check_sketch_row,
			[TT_TABLE_PAIRS] = tt_check_pair_row,
			[TT_TABLE_CONTACTS] = tt_check_contact_row,
			[TT_TABLE_SIGNATURE_RULES] = tt_check_signature_rule_row,
			[TT_TABLE_SIGNATURES] = tt_check_signature_row,
			[TT_TABLE_SIGNATURE_SOURCES] = tt_check_signature_source_row,
			[TT_TABLE_COVERAGE] = tt_check_coverage_row,
			[TT_TABLE_LEDGER] = tt_check_ledger_row,
	};

	if (check_common(t) != 0)
		return tt_check_wrong(
				t, "of another interval or sensor than the manifest's");
	return rows[t->table](t);
}

static int
check_metadata(const struct tt_check *t)
{
	const struct tt_manifest *m = t->m;
	char version[16], start[TT_TIME_TEXT_MAX];
	const struct tt_key_value expected[] = {
			{TT_META_SCHEMA_VERSION, version},
			{TT_META_TABLE, tt_schema_of(t->table)->name},
			{TT_META_INTERVAL_START, tt_time_format(m->start_us, start)},
			{TT_META_SENSOR, m->sensor},
			{TT_META_MONITORED, m->monitored},
			{TT_META_GEO, m->geo},
			{TT_META_ASN, m->asn},
			{TT_META_FINGERPRINTS, m->fingerprints},
			{TT_META_SIGNATURES, m->signatures},
	};

	snprintf(version, sizeof(version), "%d", m->schema);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(expected); i++) {
		const char *value = tt_parquet_metadata(t->reader, expected[i].key);

		if (value == NULL || strcmp(value, expected[i].value) != 0)
			return tt_error_set(t->err, -EBADMSG, t->path,
					"%s is \"%s\", not \"%s\"", expected[i].key,
					value == NULL ? "" : value, expected[i].value);
	}
	return 0;
}

static int
check_file(const struct tt_check *t)
{
	int64_t rows = tt_parquet_rows(t->reader), expected = t->m->files[t->table].rows;

	if (rows != expected || (t->table == TT_TABLE_INTERVAL && rows != 1))
		return tt_error_set(t->err, -EBADMSG, t->path,
				"%lld rows; the manifest says %lld", (long long)rows,
				(long long)expected);
	return check_metadata(t);
}

/* Of texts that were not in the batch before, nothing is known. */
static int
forget_words(struct tt_check_words *w, const struct tt_parquet_values *values)
{
	if (w->text_id == values->text_id)
		return 0;
	if (w->room < values->n_texts) {
		free(w->words);
		w->room = 0;
		w->words = malloc(values->n_texts * sizeof(*w->words));
		if (w->words == NULL)
			return -ENOMEM;
		w->room = values->n_texts;
	}
	memset(w->words, 0, values->n_texts * sizeof(*w->words));
	w->text_id = values->text_id;
	return 0;
}

static int
check_batch(struct tt_check *t)
{
	unsigned n_columns = tt_parquet_n_columns(t->reader);
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < n_columns; i++)
		if (t->batch.columns[i].texts != NULL)
			ret = forget_words(&t->words[i], &t->batch.columns[i]);
	if (ret != 0)
		return tt_error_set(t->err, ret, t->path, "out of memory");
	for (t->at = 0; ret == 0 && t->at < t->batch.n; t->at++) {
		t->row++;
		ret = check_row(t);
	}
	return ret;
}

static int
check_rows(struct tt_check *t, struct tt_parquet_reader *reader)
{
	int more, ret = 0;

	while (ret == 0 && (more = tt_parquet_next_batch(reader, &t->batch, t->err)) != 0)
		ret = more < 0 ? more : check_batch(t);
	if (ret == 0 && t->row != t->m->files[t->table].rows)
		ret = tt_check_wrong(
				t, "the last one; the file says that there are more");
	return ret;
}

static int
check_table(struct tt_check *t, struct tt_parquet_reader *reader)
{
	bool ledger = t->table == TT_TABLE_LEDGER;
	int ret = check_file(t);

	TT_ASSERT(tt_parquet_n_columns(reader) <= TT_CHECK_COLUMNS_MAX);

	if (ret == 0 && ledger)
		ret = tt_check_ledger_begin(t, t->m->files[t->table].rows);
	if (ret == 0)
		ret = check_rows(t, reader);
	if (ret == 0 && ledger)
		ret = tt_check_ledger_end(t);
	if (t->table == TT_TABLE_PAIRS)
		tt_check_pairs_end(t);
	if (t->table == TT_TABLE_CONTACTS)
		tt_check_contacts_end(t);
	tt_check_ledger_free(t);
	for (unsigned i = 0; i < TT_CHECK_COLUMNS_MAX; i++)
		free(t->words[i].words);
	return ret;
}

int
tt_verify_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_sums *sums, struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	struct tt_check t = {.m = &snapshot->manifest,
			.sums = sums,
			.table = table,
			.err = err};
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
		ret = check_table(&t, reader);
	}
	sums->read[table] = ret == 0;
	free(path);
	tt_parquet_close(reader);
	return ret;
}
