/* SPDX-License-Identifier: BSD-3-Clause */
#include "snapshot_bed.h"

#include <fcntl.h>

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

/* Names of the damaged files of a snapshot, one per line. */
static char damage[4096];

static void
note_damage(void *context, const struct tt_error *err)
{
	const char *name = strrchr(err->where, '/');
	size_t used = strlen(damage);

	snprintf(damage + used, sizeof(damage) - used, "%s\n",
			name == NULL ? err->where : name + 1);
}

static int
verify(int64_t start_us)
{
	char path[256];

	damage[0] = '\0';
	return tt_snapshot_verify(
			bed_path(&bed, start_us, NULL, path), note_damage, NULL);
}

static struct tt_snapshot *
open_snapshot(int64_t start_us)
{
	struct tt_snapshot *snapshot = NULL;
	struct tt_error err = {0};
	char path[256];

	if (tt_snapshot_open(&snapshot, bed_path(&bed, start_us, NULL, path), &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	return snapshot;
}

static void
a_snapshot_holds_what_was_counted(void **state)
{
	struct tt_snapshot *snapshot;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snapshot = open_snapshot(BED_START);
	assert_string_equal(snapshot->manifest.sensor, "tokyo-1");
	assert_string_equal(snapshot->manifest.monitored, BED_MONITORED);
	assert_int_equal(snapshot->manifest.start_us, BED_START);
	assert_int_equal(snapshot->manifest.end_us, BED_START + BED_MINUTE);
	assert_int_equal(snapshot->manifest.frames, 7);
	assert_int_equal(snapshot->manifest.packets, 6);
	assert_int_equal(snapshot->manifest.bytes, 5 * 40 + 84);
	assert_int_equal(snapshot->manifest.uniq_src_ip, 3);
	assert_int_equal(snapshot->manifest.targets, 3);
	assert_true(snapshot->manifest.exact);
	assert_true(snapshot->manifest.ledger.closes);
	assert_int_equal(snapshot->manifest.ledger.errors, 2);

	assert_int_equal(tt_snapshot_table(snapshot, TT_TABLE_TARGETS, &reader, &err), 0);
	assert_int_equal(tt_parquet_rows(reader), 3);
	assert_int_equal(tt_parquet_next(reader, &err), 1); /* ICMP sorts first */
	assert_string_equal(tt_parquet_get_text(reader, TT_TARGETS_PROTOCOL), "ICMP");
	assert_int_equal(tt_parquet_get_int(reader, TT_TARGETS_TARGET), 8);
	assert_int_equal(tt_parquet_next(reader, &err), 1);
	assert_int_equal(tt_parquet_get_int(reader, TT_TARGETS_TARGET), 23);
	assert_int_equal(tt_parquet_next(reader, &err), 1);
	assert_int_equal(tt_parquet_get_int(reader, TT_TARGETS_TARGET), 445);
	assert_string_equal(tt_parquet_get_text(reader, TT_TARGETS_CLASS), "tcp-syn");
	assert_string_equal(tt_parquet_get_text(reader, TT_TARGETS_COUNTRY), "??");
	assert_int_equal(tt_parquet_get_int(reader, TT_TARGETS_PACKETS), 3);
	assert_int_equal(tt_parquet_get_int(reader, TT_TARGETS_UNIQ_SRC_IP), 2);
	tt_parquet_close(reader);

	assert_int_equal(tt_snapshot_table(snapshot, TT_TABLE_SOURCES, &reader, &err), 0);
	assert_int_equal(tt_parquet_rows(reader), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(tt_parquet_next(reader, &err), 1);
	assert_string_equal(
			tt_parquet_get_text(reader, TT_SOURCES_SRC_IP), "198.51.100.3");
	assert_string_equal(tt_parquet_get_text(reader, TT_SOURCES_CLASSES),
			"tcp-syn+icmp-echo-request");
	assert_int_equal(
			tt_parquet_get_int(reader, TT_SOURCES_FIRST_SEEN), BED_START + 5);
	assert_int_equal(tt_parquet_get_int(reader, TT_SOURCES_LAST_SEEN), BED_START + 6);
	tt_parquet_close(reader);
	tt_snapshot_close(snapshot);
	assert_int_equal(verify(BED_START), 0);
}

static void
an_empty_interval_is_a_snapshot_too(void **state)
{
	tt_tally_reset(bed.tally);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_count_snapshots(&bed), 1);
	assert_int_equal(verify(BED_START), 0);
}

static void
a_full_tally_makes_the_unique_counts_lower_bounds_and_verifies(void **state)
{
	struct tt_snapshot *snapshot;

	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < BED_PAIRS + 20; i++)
		bed_syn(&bed, i, 445, BED_START + i);
	bed_write_ok(&bed, BED_START);
	snapshot = open_snapshot(BED_START);
	assert_false(snapshot->manifest.exact);
	assert_int_equal(snapshot->manifest.uniq_src_ip, BED_PAIRS);
	assert_int_equal(snapshot->manifest.packets, BED_PAIRS + 20);
	tt_snapshot_close(snapshot);
	assert_int_equal(verify(BED_START), 0);
}

static void
a_finished_snapshot_is_never_overwritten(void **state)
{
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_write(&bed, BED_START), -EEXIST);
	assert_non_null(strstr(bed.err.where, "/tokyo-1/2026-11-22/20261122T"));
	assert_int_equal(verify(BED_START), 0);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	assert_int_equal(bed_count_snapshots(&bed), 2);
}

static size_t
read_file(const char *path, char *bytes, size_t room)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	n = read(fd, bytes, room);
	close(fd);
	assert_in_range(n, 1, room - 1);
	bytes[n] = '\0';
	return (size_t)n;
}

static void
the_same_packets_give_the_same_bytes(void **state)
{
	static char first[TT_N_TABLES + 1][1 << 16], second[1 << 16];
	size_t sizes[TT_N_TABLES + 1];
	char path[256];

	for (unsigned round = 0; round < 2; round++) {
		bed_count_some(&bed, BED_START);
		bed_write_ok(&bed, BED_START);
		for (unsigned i = 0; i <= TT_N_TABLES; i++) {
			const char *name = i == TT_N_TABLES
					? TT_MANIFEST_FILE
					: tt_schema_of((enum tt_table)i)->file;
			char *to = round == 0 ? first[i] : second;
			size_t n = read_file(bed_path(&bed, BED_START, name, path), to,
					sizeof(second));

			if (round == 0)
				sizes[i] = n;
			else
				assert_int_equal(n, sizes[i]);
			assert_memory_equal(to, first[i], n);
		}
		bed_remove(bed_path(&bed, BED_START, NULL, path));
	}
}

/* Changes one byte of a file. */
static void
flip(const char *path, off_t offset)
{
	int fd = open(path, O_RDWR);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
}

static void
a_flipped_byte_in_any_file_is_found(void **state)
{
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const char *name = tt_schema_of((enum tt_table)i)->file;
		char path[256], expected[64];
		struct stat st;

		snprintf(expected, sizeof(expected), "%s\n", name);
		assert_int_equal(stat(bed_path(&bed, BED_START, name, path), &st), 0);
		for (off_t at = 0; at < st.st_size; at += 37) {
			flip(path, at);
			assert_int_equal(verify(BED_START), 1);
			assert_string_equal(damage, expected);
			flip(path, at);
		}
	}
	assert_int_equal(verify(BED_START), 0);
}

static void
a_flipped_byte_anywhere_in_the_manifest_is_found(void **state)
{
	char path[256];
	struct stat st;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, TT_MANIFEST_FILE, path);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		flip(path, at);
		assert_true(verify(BED_START) >= 1);
		assert_non_null(strstr(damage, TT_MANIFEST_FILE));
		flip(path, at);
	}
	assert_int_equal(verify(BED_START), 0);
}

static void
missing_and_unlisted_files_are_found(void **state)
{
	char path[256], other[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, "targets.parquet", path);
	bed_path(&bed, BED_START, "extra.parquet", other);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(verify(BED_START), 2);
	assert_non_null(strstr(damage, "targets.parquet\n"));
	assert_non_null(strstr(damage, "extra.parquet\n"));
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(verify(BED_START), 0);
	assert_int_equal(unlink(bed_path(&bed, BED_START, TT_MANIFEST_FILE, other)), 0);
	assert_int_equal(verify(BED_START), 1);
	assert_string_equal(damage, "manifest.json\n");
	assert_int_equal(bed_count_snapshots(&bed), 1);
}

static void
files_of_another_snapshot_are_found_out(void **state)
{
	char path[256], other[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const char *name = tt_schema_of((enum tt_table)i)->file;

		bed_path(&bed, BED_START, name, path);
		bed_path(&bed, BED_START + BED_MINUTE, name, other);
		assert_int_equal(rename(other, path), 0);
	}
	assert_int_equal(verify(BED_START), TT_N_TABLES);
}

static void
a_ledger_that_does_not_close_is_found(void **state)
{
	bed_count_some(&bed, BED_START);
	bed.tally->fates[TT_FATE_NOT_IP]++; /* and not in frames */
	bed_write_ok(&bed, BED_START);
	assert_int_equal(verify(BED_START), 1);
	assert_string_equal(damage, "ledger.parquet\n");
}

static void
a_ledger_closes_port_by_port(void **state)
{
	struct tt_ledger_row rows[] = {
			{"a", -1, "nic", "missed", 5},
			{"a", 0, "nic", "delivered", 3},
			{"a", 1, "nic", "delivered", 4},
			{"a", 0, "frames", "counted", 3},
			{"a", 1, "frames", "arp", 4},
			{"b", 0, "nic", "delivered", 1},
			{"b", 0, "frames", "counted", 1},
			{"b", 0, "note", "late", 99},
	};
	struct tt_ledger_short s = tt_ledger_sum(rows, TT_ARRAY_SIZE(rows));

	assert_true(s.closes);
	assert_int_equal(tt_ledger_offered(&s), 13);
	assert_int_equal(s.counted, 4);
	rows[1].packets++;
	rows[5].packets--;
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
	rows[5].packets++;
	rows[1].packets--;
	rows[7].account = "notes";
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
}

static void
an_unknown_schema_version_is_refused_naming_both(void **state)
{
	static char text[1 << 16];
	struct tt_manifest manifest = {0};
	struct tt_error err = {0};
	char path[256], *version;
	size_t n;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	n = read_file(bed_path(&bed, BED_START, TT_MANIFEST_FILE, path), text,
			sizeof(text));
	version = strstr(text, "\"schema_version\": 1");
	assert_non_null(version);
	version[strlen("\"schema_version\": ")] = '7';
	assert_int_equal(tt_manifest_parse(&manifest, text, n, "m", &err), -EBADMSG);
	assert_string_equal(err.why, "schema version 7; this program reads version 1");
}

static void
two_writers_of_one_sensor_exclude_each_other(void **state)
{
	struct tt_spool *second = NULL;
	struct tt_error err = {0};

	assert_int_equal(tt_spool_open(&second, bed.spool_path, "tokyo-1", TT_SYNC_NONE,
					 &err),
			-EBUSY);
	assert_non_null(strstr(err.where, "/tokyo-1"));
	assert_int_equal(tt_spool_open(&second, bed.spool_path, "osaka-1", TT_SYNC_NONE,
					 &err),
			0);
	tt_spool_close(second);
}

static void
what_a_killed_writer_left_is_removed_at_the_next_open(void **state)
{
	char stale[300], file[320], path[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snprintf(stale, sizeof(stale), "%s/tokyo-1/2026-11-22/.tmp-20261122T230000Z",
			bed.spool_path);
	snprintf(file, sizeof(file), "%s/targets.parquet", stale);
	assert_int_equal(mkdir(stale, 0755), 0);
	close(open(file, O_CREAT | O_WRONLY, 0644));
	assert_int_equal(bed_count_snapshots(&bed), 1);
	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_EACH);
	assert_int_equal(access(stale, F_OK), -1);
	assert_int_equal(access(bed_path(&bed, BED_START, NULL, path), F_OK), 0);
}

static void
names_that_no_sensor_can_have_are_refused(void **state)
{
	static const char *const names[] = {"", ".hidden", "a/b", "..", "a b",
			"2026-11-22", "20261122T225500Z",
			"0123456789012345678901234567890123456789012345678901234567890123"
			"4"};
	struct tt_spool *spool = NULL;
	struct tt_error err = {0};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++)
		assert_int_equal(tt_spool_open(&spool, bed.spool_path, names[i],
						 TT_SYNC_NONE, &err),
				-EINVAL);
}

static void
batched_snapshots_appear_at_the_flush(void **state)
{
	unsigned n = TT_SPOOL_BATCH + 3;

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_BATCHED);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_write(&bed, BED_START), -EEXIST);
	assert_int_equal(bed_count_snapshots(&bed), 0);
	for (unsigned i = 1; i < n; i++)
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
	assert_int_equal(bed_count_snapshots(&bed), TT_SPOOL_BATCH);
	assert_int_equal(tt_spool_flush(bed.spool, &bed.err), 0);
	assert_int_equal(bed_count_snapshots(&bed), n);
	assert_int_equal(verify(BED_START + (n - 1) * BED_MINUTE), 0);
}

static void
what_was_not_flushed_leaves_nothing_behind(void **state)
{
	char day[256];

	tt_spool_close(bed.spool);
	bed_open_spool(&bed, TT_SYNC_BATCHED);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	tt_spool_close(bed.spool);
	bed.spool = NULL;
	snprintf(day, sizeof(day), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_int_equal(rmdir(day), 0); /* so it is empty */
}

static void
snapshots_are_listed_by_sensor_and_time_at_every_level(void **state)
{
	static const int64_t starts[] = {BED_START + 3 * 86400 * TT_US_PER_S,
			BED_START + BED_MINUTE, BED_START,
			BED_START + BED_MINUTE + 123456};
	struct tt_snapshot_list list;
	struct tt_error err = {0};
	char path[256];

	bed_count_some(&bed, BED_START);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(starts); i++)
		bed_write_ok(&bed, starts[i]);
	tt_spool_close(bed.spool);
	assert_int_equal(tt_spool_open(&bed.spool, bed.spool_path, "akita", TT_SYNC_NONE,
					 &err),
			0);
	bed_write_ok(&bed, BED_START + 2 * BED_MINUTE);

	assert_int_equal(tt_snapshot_list_scan(
					 &list, bed.spool_path, 0, TT_TIME_MAX, &err),
			0);
	assert_int_equal(list.n, 5);
	assert_non_null(strstr(list.refs[0].path, "/akita/"));
	for (unsigned i = 2; i < 5; i++)
		assert_true(list.refs[i - 1].start_us < list.refs[i].start_us);
	assert_int_equal(list.refs[3].start_us, starts[3]);
	tt_snapshot_list_fini(&list);

	snprintf(path, sizeof(path), "%s/tokyo-1", bed.spool_path);
	assert_int_equal(tt_snapshot_list_scan(&list, path, starts[1], starts[0], &err),
			0);
	assert_int_equal(list.n, 2);
	tt_snapshot_list_fini(&list);
	snprintf(path, sizeof(path), "%s/tokyo-1/2026-11-22", bed.spool_path);
	assert_int_equal(tt_snapshot_list_scan(&list, path, 0, TT_TIME_MAX, &err), 0);
	assert_int_equal(list.n, 3);
	tt_snapshot_list_fini(&list);
	bed_path(&bed, starts[0], NULL, path);
	assert_int_equal(tt_snapshot_list_scan(&list, path, 0, 1, &err), 0);
	assert_int_equal(list.n, 1);
	tt_snapshot_list_fini(&list);
	assert_int_equal(tt_snapshot_list_scan(&list, "/no/such/place", 0, 1, &err),
			-ENOENT);
	assert_string_equal(err.where, "/no/such/place");
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_snapshot_holds_what_was_counted),
			BEDDED(an_empty_interval_is_a_snapshot_too),
			BEDDED(a_full_tally_makes_the_unique_counts_lower_bounds_and_verifies),
			BEDDED(a_finished_snapshot_is_never_overwritten),
			BEDDED(the_same_packets_give_the_same_bytes),
			BEDDED(a_flipped_byte_in_any_file_is_found),
			BEDDED(a_flipped_byte_anywhere_in_the_manifest_is_found),
			BEDDED(missing_and_unlisted_files_are_found),
			BEDDED(files_of_another_snapshot_are_found_out),
			BEDDED(a_ledger_that_does_not_close_is_found),
			cmocka_unit_test(a_ledger_closes_port_by_port),
			BEDDED(an_unknown_schema_version_is_refused_naming_both),
			BEDDED(two_writers_of_one_sensor_exclude_each_other),
			BEDDED(what_a_killed_writer_left_is_removed_at_the_next_open),
			BEDDED(names_that_no_sensor_can_have_are_refused),
			BEDDED(batched_snapshots_appear_at_the_flush),
			BEDDED(what_was_not_flushed_leaves_nothing_behind),
			BEDDED(snapshots_are_listed_by_sensor_and_time_at_every_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
