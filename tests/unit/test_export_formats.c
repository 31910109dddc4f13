/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables as Avro and SQLite; and what becomes of files that are not finished. */
#include "avro_reader.h"
#include "export_bed.h"

#include <sqlite3.h>

#define ODD_TEXT "a\"b,c\\\n'; DROP TABLE ledger; -- 定"

static struct bed bed;

static int
setup(void **state)
{
	bed_init(&bed);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

static void
avro_has_the_schema_and_the_rows(void **state)
{
	const struct tt_schema *schema = tt_schema_of(TT_TABLE_LEDGER);
	struct tt_export_options options = {.format = TT_EXPORT_AVRO};
	char path[256], line[512];
	struct avro a;
	uint8_t *raw = NULL;
	size_t size = 0, at = 0;

	bed_write_port(&bed, ODD_TEXT);
	options.out = bed_out_path(&bed, "ledger.avro", path);
	bed_export_ok(&bed, &options, TT_TABLE_LEDGER, 0, 1);
	avro_open(&a, path);
	assert_string_equal(a.schema,
			"{\"type\":\"record\",\"name\":\"ledger\",\"namespace\":\"teiten\","
			"\"fields\":[{\"name\":\"interval_start\",\"type\":{\"type\":"
			"\"long\",\"logicalType\":\"timestamp-micros\"}},{\"name\":"
			"\"sensor\",\"type\":\"string\"},{\"name\":\"port\",\"type\":"
			"\"string\"},{\"name\":\"queue\",\"type\":\"int\"},{\"name\":"
			"\"account\",\"type\":\"string\"},{\"name\":\"reason\",\"type\":"
			"\"string\"},{\"name\":\"packets\",\"type\":\"long\"},{\"name\":"
			"\"keys\",\"type\":\"long\"}]}");
	assert_true(avro_block(&a, &raw, &size) >= 1);
	avro_row(schema, raw, size, &at, line, sizeof(line));
	assert_string_equal(line,
			"1795387500000000 tokyo-1 " ODD_TEXT " -1 nic delivered 0 0");
	free(raw);
	assert_int_equal(avro_block(&a, &raw, &size), 0);
	avro_close(&a);
}

static void
avro_of_many_rows_has_blocks_that_hold_them_all(void **state)
{
	const struct tt_schema *schema = tt_schema_of(TT_TABLE_SOURCES);
	struct tt_export_options options = {.format = TT_EXPORT_AVRO};
	int64_t n, rows = 0, blocks = 0;
	struct tt_error err = {0};
	char path[256], line[512];
	struct tt_export *e;
	struct avro a;
	uint8_t *raw = NULL;
	size_t size = 0;

	bed_count_all(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	options.out = bed_out_path(&bed, "sources.avro", path);
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	assert_int_equal(bed_export_minutes(&bed, e, TT_TABLE_SOURCES, 0, 1, 2000, &err),
			0);
	assert_int_equal(tt_export_rows(e) % 2000, 0);
	avro_open(&a, path);
	while ((n = avro_block(&a, &raw, &size)) > 0) {
		size_t at = 0;

		for (int64_t i = 0; i < n; i++)
			avro_row(schema, raw, size, &at, line, sizeof(line));
		assert_int_equal(at, size);
		rows += n;
		blocks++;
		free(raw);
	}
	assert_int_equal(rows, tt_export_rows(e));
	assert_true(blocks > 2);
	avro_close(&a);
	assert_int_equal(tt_export_close(e, &err), 0);
}

static void
avro_of_no_rows_is_a_header(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_AVRO};
	char path[256];
	struct avro a;

	bed_write_ok(&bed, BED_START);
	options.out = bed_out_path(&bed, "empty.avro", path);
	bed_export_ok(&bed, &options, TT_TABLE_VICTIMS, 0, 1);
	avro_open(&a, path);
	assert_int_equal(a.at, a.size);
	avro_close(&a);
}

/* The only value of a query, as text; the caller frees it. */
static char *
ask(const char *path, const char *sql)
{
	sqlite3_stmt *query;
	sqlite3 *db;
	char *text;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL),
			SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	text = strdup((const char *)sqlite3_column_text(query, 0));
	sqlite3_finalize(query);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return text;
}

static void
assert_answer(const char *path, const char *sql, const char *expected)
{
	char *text = ask(path, sql);

	assert_string_equal(text, expected);
	free(text);
}

static void
sqlite_has_a_table_for_each_with_its_rows(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_SQLITE, .several = true};
	struct tt_error err = {0};
	struct tt_export *e;
	char path[256], tables[16];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	options.out = bed_out_path(&bed, "x.db", path);
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	for (unsigned t = 0; t < TT_N_TABLES; t++)
		assert_int_equal(bed_export_minutes(&bed, e, (enum tt_table)t, 0, 1, 1,
						 &err),
				0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(tt_export_close(e, &err), 0);
	assert_answer(path, "PRAGMA integrity_check", "ok");
	assert_answer(path, "SELECT sum(packets) FROM targets", "6");
	assert_answer(path, "SELECT count(*) FROM victims", "0");
	snprintf(tables, sizeof(tables), "%d", TT_N_TABLES);
	assert_answer(path, "SELECT count(*) FROM sqlite_master", tables);
	assert_answer(path,
			"SELECT datetime(interval_start / 1000000, 'unixepoch') FROM interval",
			"2026-11-22 22:45:00");
	assert_answer(path,
			"SELECT typeof(first_seen) || ' ' || (first_seen - "
			"interval_start) FROM sources LIMIT 1",
			"integer 1");
}

static void
sqlite_keeps_texts_as_they_are(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_SQLITE};
	char path[256];

	bed_write_port(&bed, ODD_TEXT);
	options.out = bed_out_path(&bed, "x.db", path);
	bed_export_ok(&bed, &options, TT_TABLE_LEDGER, 0, 1);
	assert_answer(path, "SELECT port FROM ledger LIMIT 1", ODD_TEXT);
}

static void
a_device_or_a_directory_is_not_replaced(void **state)
{
	struct tt_export_options options = {
			.format = TT_EXPORT_SQLITE, .out = "/dev/null"};
	struct tt_error err = {0};

	bed_write_ok(&bed, BED_START);
	assert_int_equal(
			bed_export(&bed, &options, TT_TABLE_LEDGER, 0, 1, &err), -EINVAL);
	options.out = bed.dir;
	assert_int_equal(
			bed_export(&bed, &options, TT_TABLE_LEDGER, 0, 1, &err), -EISDIR);
	options.format = TT_EXPORT_CSV;
	assert_int_equal(
			bed_export(&bed, &options, TT_TABLE_LEDGER, 0, 1, &err), -EISDIR);
	options.out = "/dev/null";
	bed_export_ok(&bed, &options, TT_TABLE_LEDGER, 0, 1);
}

/* SQLite would play it into the new database. */
static void
sqlite_does_not_replace_a_database_with_a_journal(void **state)
{
	static const char *const names[] = {"x.db-journal", "x.db-wal"};
	struct tt_export_options options = {.format = TT_EXPORT_SQLITE};
	struct tt_error err = {0};
	struct tt_export *e;
	char path[256], journal[256];

	bed_write_ok(&bed, BED_START);
	options.out = bed_out_path(&bed, "x.db", path);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		bed_out_path(&bed, names[i], journal);
		assert_int_equal(bed_put_file(journal, "hot"), 0);
		assert_int_equal(tt_export_open(&e, &options, &err), -EEXIST);
		assert_string_equal(err.where, journal);
		assert_int_equal(unlink(journal), 0);
		/* One that comes while the export goes on. */
		assert_int_equal(tt_export_open(&e, &options, &err), 0);
		assert_int_equal(bed_export_minutes(
						 &bed, e, TT_TABLE_LEDGER, 0, 1, 1, &err),
				0);
		assert_int_equal(bed_put_file(journal, "hot"), 0);
		assert_int_equal(tt_export_close(e, &err), -EEXIST);
		assert_string_equal(err.where, journal);
		assert_int_equal(unlink(journal), 0);
		assert_int_equal(bed_count_files(bed.dir, "*x.db*"), 0);
	}
}

/* Ends an export after the first rows. */
static int
enough(void *context, uint64_t rows)
{
	return 1;
}

static void
what_is_not_finished_has_no_name(void **state)
{
	static const char *const names[] = {"x.csv", "x.jsonl", "x.avro", "x.db", "hive"};
	struct tt_export_options options = {.tick = enough};
	struct tt_error err = {0};
	char path[256], left[280];
	struct tt_export *e;

	bed_count_all(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		options.format = (enum tt_export_format)i;
		options.out = bed_out_path(&bed, names[i], path);
		assert_int_equal(tt_export_open(&e, &options, &err), 0);
		assert_int_equal(bed_export_minutes(&bed, e, TT_TABLE_SOURCES, 0, 1, 5000,
						 &err),
				-EINTR);
		assert_true(tt_export_broken(e));
		snprintf(left, sizeof(left), ".*.%d.tmp", (int)getpid());
		assert_int_equal(bed_count_files(bed.dir, left), 1);
		tt_export_abandon(e);
		assert_int_equal(bed_count_files(bed.dir, left), 0);
		assert_int_equal(bed_count_files(bed.dir, names[i]), 0);
	}
}

static void
an_old_file_stays_until_the_new_one_is_whole(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_CSV};
	struct tt_error err = {0};
	struct tt_export *e;
	char path[256], *text;
	FILE *f;

	bed_write_ok(&bed, BED_START);
	f = fopen(bed_out_path(&bed, "x.csv", path), "w");
	assert_non_null(f);
	fputs("old", f);
	fclose(f);
	options.out = path;
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	assert_int_equal(tt_export_begin(e, TT_TABLE_LEDGER, &err), 0);
	text = bed_read_file(path, NULL);
	assert_string_equal(text, "old");
	free(text);
	assert_int_equal(tt_export_end(e, &err), 0);
	assert_int_equal(tt_export_close(e, &err), 0);
	text = bed_read_file(path, NULL);
	assert_memory_equal(text, "interval_start,", 15);
	free(text);
}

static void
a_damaged_table_is_left_out_whole(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_CSV};
	struct tt_error err = {0};
	struct tt_snapshot *s;
	struct tt_export *e;
	char path[256];
	FILE *f;

	for (unsigned i = 0; i < 2; i++) {
		bed_count_some(&bed, BED_START + i * BED_MINUTE);
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	}
	f = fopen(bed_path(&bed, BED_START, "targets.parquet", path), "r+");
	assert_non_null(f);
	fseek(f, -20, SEEK_END);
	putc('x', f);
	fclose(f);
	options.out = bed_out_path(&bed, "x.csv", path);
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	assert_int_equal(tt_export_begin(e, TT_TABLE_TARGETS, &err), 0);
	s = bed_open_snapshot(&bed, BED_START);
	assert_int_equal(tt_export_snapshot(e, s, &err), -EBADMSG);
	assert_non_null(strstr(err.where, "targets.parquet"));
	assert_false(tt_export_broken(e));
	assert_int_equal(tt_export_rows(e), 0);
	tt_snapshot_close(s);
	s = bed_open_snapshot(&bed, BED_START + BED_MINUTE);
	assert_int_equal(tt_export_snapshot(e, s, &err), 0);
	tt_snapshot_close(s);
	assert_int_equal(tt_export_rows(e), 3);
	assert_int_equal(tt_export_end(e, &err), 0);
	assert_int_equal(tt_export_close(e, &err), 0);
}

static void
several_tables_are_files_of_a_directory(void **state)
{
	struct tt_export_options options = {.format = TT_EXPORT_JSONL, .several = true};
	struct tt_error err = {0};
	struct tt_export *e;
	char dir[256];

	bed_write_ok(&bed, BED_START);
	options.out = bed_out_path(&bed, "a/b", dir);
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	assert_int_equal(bed_export_minutes(&bed, e, TT_TABLE_LEDGER, 0, 1, 1, &err), 0);
	assert_int_equal(bed_export_minutes(&bed, e, TT_TABLE_VICTIMS, 0, 1, 1, &err), 0);
	assert_int_equal(tt_export_close(e, &err), 0);
	assert_int_equal(bed_count_files(dir, "ledger.jsonl"), 1);
	assert_int_equal(bed_count_files(dir, "*"), 2);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(avro_has_the_schema_and_the_rows),
			BEDDED(avro_of_many_rows_has_blocks_that_hold_them_all),
			BEDDED(avro_of_no_rows_is_a_header),
			BEDDED(sqlite_has_a_table_for_each_with_its_rows),
			BEDDED(sqlite_keeps_texts_as_they_are),
			BEDDED(sqlite_does_not_replace_a_database_with_a_journal),
			BEDDED(a_device_or_a_directory_is_not_replaced),
			BEDDED(what_is_not_finished_has_no_name),
			BEDDED(an_old_file_stays_until_the_new_one_is_whole),
			BEDDED(a_damaged_table_is_left_out_whole),
			BEDDED(several_tables_are_files_of_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
