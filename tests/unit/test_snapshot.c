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

static void
fail_damaged(void *context, const struct tt_error *err)
{
	fail_msg("%s: %s", err->where, err->why);
}

static void
verify_ok(int64_t start_us)
{
	char path[256];

	assert_int_equal(tt_snapshot_verify(bed_path(&bed, start_us, NULL, path),
					 fail_damaged, NULL),
			0);
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

/* The value of a column in the one row whose text column says so. */
static int64_t
value_where(const struct tt_snapshot *s, enum tt_table table, unsigned text_column,
		const char *text, unsigned column)
{
	struct tt_parquet_reader *reader;
	int64_t value = -999;

	assert_int_equal(tt_snapshot_table(s, table, &reader, &bed.err), 0);
	while (tt_parquet_next(reader, &bed.err) == 1)
		if (strcmp(tt_parquet_get_text(reader, text_column), text) == 0) {
			assert_int_equal(value, -999);
			value = tt_parquet_get_int(reader, column);
		}
	tt_parquet_close(reader);
	return value;
}

static void
every_table_has_rows_and_verifies(void **state)
{
	struct tt_snapshot *s;

	bed_count_all(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = open_snapshot(BED_START);
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		assert_true(s->manifest.files[i].rows > 0);
	assert_int_equal(s->manifest.backscatter_packets, 6);
	assert_int_equal(value_where(s, TT_TABLE_VICTIMS, TT_VICTIMS_SRC_IP,
					 "198.51.100.40", TT_VICTIMS_PACKETS),
			2);
	assert_int_equal(value_where(s, TT_TABLE_FINGERPRINT_RULES,
					 TT_FINGERPRINT_RULES_FINGERPRINT, "zmap-ip-id",
					 TT_FINGERPRINT_RULES_MATCHED),
			7);
	assert_int_equal(value_where(s, TT_TABLE_SOURCES, TT_SOURCES_FINGERPRINTS,
					 "zmap-ip-id+source-port-6000",
					 TT_SOURCES_PACKETS),
			3);
	assert_int_equal(
			value_where(s, TT_TABLE_DESTINATIONS, TT_DESTINATIONS_DESTINATION,
					"192.0.2.4", TT_DESTINATIONS_PACKETS),
			2);
	assert_int_equal(value_where(s, TT_TABLE_TALKERS, TT_TALKERS_SRC_IP, "*",
					 TT_TALKERS_PACKETS),
			9);
	tt_snapshot_close(s);
	verify_ok(BED_START);
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
a_full_tally_makes_the_unique_counts_estimates_and_verifies(void **state)
{
	struct tt_snapshot *snapshot;
	const struct tt_manifest *m;
	unsigned n = 8 * BED_PAIRS;

	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < n; i++)
		bed_syn(&bed, i, (uint16_t)(i % 3), BED_START + i);
	bed_write_ok(&bed, BED_START);
	snapshot = open_snapshot(BED_START);
	m = &snapshot->manifest;
	assert_false(m->exact);
	assert_in_range(m->sources_one_in, 8, 32);
	assert_true(m->contacts_one_in > 1);
	/* Five standard errors of a sample of at least a quarter of the pairs. */
	assert_in_range(m->uniq_src_ip, n * 2 / 3, n * 3 / 2);
	assert_int_equal(m->packets, n);
	assert_true(m->ledger.not_kept[TT_LEDGER_PAIRS].packets > n / 2);
	assert_true(m->ledger.not_kept[TT_LEDGER_PAIRS].keys > n / 2);
	assert_true(m->ledger.not_kept[TT_LEDGER_CONTACTS].packets > 0);
	tt_snapshot_close(snapshot);
	verify_ok(BED_START);
}

/* Every table full: sources, ports and destinations are all different. */
static void
a_flood_of_everything_verifies(void **state)
{
	struct bed_space space;

	bed_space_init(&bed, &space, "192.0.2.0/24,2001:db8::/120");
	for (unsigned i = 0; i < 20000; i++) {
		struct tt_packet p = bed_tcp(i * 37, (uint16_t)(i * 7), TT_TCP_SYN);

		p.tcp_flags = i % 4 == 0 ? TT_TCP_RST : TT_TCP_SYN;
		p.src_port = (uint16_t)(i * 11);
		p.dst.lo += i % 254;
		p.ip_id = i % 5 == 0 ? 54321 : 0;
		if (i % 7 == 0) {
			p.src = (struct tt_addr){UINT64_C(0x20010db8) << 32 | i, i};
			p.dst = (struct tt_addr){UINT64_C(0x20010db8) << 32, i % 254};
			p.ip_version = 6;
		}
		bed_packet(&bed, &p, BED_START + i);
	}
	bed_write_ok(&bed, BED_START);
	verify_ok(BED_START);
	assert_true(bed.totals.slices.packets > 0);
	assert_true(bed.totals.ports.packets > 0);
	assert_true(bed.totals.sketches.keys > 0);
	bed_space_fini(&bed, &space);
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

/* Writes a manifest whose own hash is right. Returns how many files are damaged then. */
static int
forge(const struct tt_manifest *manifest)
{
	char *text = tt_manifest_format(manifest);
	char path[256];
	FILE *out = fopen(bed_path(&bed, BED_START, TT_MANIFEST_FILE, path), "w");

	assert_non_null(text);
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	free(text);
	return verify(BED_START);
}

static void
a_forged_manifest_disagrees_with_the_data(void **state)
{
	struct tt_snapshot *snapshot;
	struct tt_manifest m;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snapshot = open_snapshot(BED_START);
	m = snapshot->manifest;
	assert_int_equal(forge(&m), 0);
	m.packets++;
	assert_true(forge(&m) >= 1);
	m = snapshot->manifest;
	m.targets++;
	assert_true(forge(&m) >= 1);
	m = snapshot->manifest;
	m.observed_us--;
	assert_int_equal(forge(&m), 2);
	assert_string_equal(damage, "interval.parquet\ncoverage.parquet\n");
	m = snapshot->manifest;
	m.geo[0] = 'N';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.asn[0] = 'N';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.fingerprints[0] = 'N';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.destinations++;
	assert_int_equal(forge(&m), 2);
	assert_string_equal(damage, "interval.parquet\ndestinations.parquet\n");
	m = snapshot->manifest;
	m.sensor[0] = 'T';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.ledger.missed++;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "ledger.parquet\n");
	m = snapshot->manifest;
	m.ledger.not_kept[TT_LEDGER_TALKERS].keys++;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "ledger.parquet\n");
	m = snapshot->manifest;
	m.files[TT_TABLE_SOURCES].rows--;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "sources.parquet\n");
	tt_snapshot_close(snapshot);
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
			{"a", -1, "nic", "missed", 5, 0},
			{"a", 0, "nic", "delivered", 3, 0},
			{"a", 1, "nic", "delivered", 4, 0},
			{"a", 0, "frames", "counted", 3, 0},
			{"a", 1, "frames", "arp", 4, 0},
			{"b", 0, "nic", "delivered", 1, 0},
			{"b", 0, "frames", "counted", 1, 0},
			{"b", 0, "note", "late", 99, 0},
			{"tables", -1, "tables", "talkers", 6, 2},
	};
	struct tt_ledger_short s = tt_ledger_sum(rows, TT_ARRAY_SIZE(rows));

	assert_true(s.closes);
	assert_int_equal(tt_ledger_offered(&s), 13);
	assert_int_equal(s.counted, 4);
	assert_int_equal(s.late, 99);
	assert_int_equal(s.not_kept[TT_LEDGER_TALKERS].packets, 6);
	assert_int_equal(s.not_kept[TT_LEDGER_TALKERS].keys, 2);
	rows[1].packets++;
	rows[5].packets--;
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
	rows[5].packets++;
	rows[1].packets--;
	rows[8].reason = "walkers";
	assert_false(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
	rows[8].reason = "talkers";
	assert_true(tt_ledger_closes(rows, TT_ARRAY_SIZE(rows)));
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
	version = strstr(text, "\"schema_version\": 5");
	assert_non_null(version);
	version[strlen("\"schema_version\": ")] = '1';
	assert_int_equal(tt_manifest_parse(&manifest, text, n, "m", &err), -EBADMSG);
	assert_string_equal(
			err.why, "schema version 1; this program reads versions 4 to 5");
	version[strlen("\"schema_version\": ")] = '7';
	assert_int_equal(tt_manifest_parse(&manifest, text, n, "m", &err), -EBADMSG);
	assert_string_equal(
			err.why, "schema version 7; this program reads versions 4 to 5");
}

/* Names of directories and of time series are made of it. */
static void
a_manifest_whose_sensor_has_no_valid_name_is_refused(void **state)
{
	static const char *const names[] = {"../x", "a/b", "x 1\ny", "", "2026-11-22"};
	struct tt_snapshot *snapshot, *again;
	struct tt_error err = {0};
	char path[256];

	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, NULL, path);
	assert_int_equal(tt_snapshot_open(&snapshot, path, &err), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		strcpy(snapshot->manifest.sensor, names[i]);
		forge(&snapshot->manifest);
		assert_int_equal(tt_snapshot_open(&again, path, &err), -EBADMSG);
		assert_string_equal(err.why, "sensor: no sensor's name");
	}
	tt_snapshot_close(snapshot);
}

/* Whoever opened one would wait for its writer. */
static void
pipes_in_place_of_files_are_refused(void **state)
{
	static const char *const names[] = {"targets.parquet", TT_MANIFEST_FILE};
	struct tt_snapshot *snapshot;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};
	char path[256];

	bed_write_ok(&bed, BED_START);
	assert_int_equal(tt_snapshot_open(&snapshot,
					 bed_path(&bed, BED_START, NULL, path), &err),
			0);
	alarm(20);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		bed_path(&bed, BED_START, names[i], path);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkfifo(path, 0600), 0);
		assert_int_equal(verify(BED_START), 1);
	}
	assert_int_equal(tt_snapshot_check_file(snapshot, TT_TABLE_TARGETS, &err),
			-EBADMSG);
	assert_int_equal(tt_snapshot_table(snapshot, TT_TABLE_TARGETS, &reader, &err),
			-EBADMSG);
	alarm(0);
	tt_snapshot_close(snapshot);
}

static void
a_manifest_with_a_rate_that_is_no_power_of_two_is_refused(void **state)
{
	static const int64_t rates[] = {3, INT64_C(1) << 33, INT64_MAX, 0, -4};
	struct tt_snapshot *snapshot = NULL, *again;
	struct tt_error err = {0};
	char path[256];

	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, NULL, path);
	for (unsigned i = 0; i < 4 * TT_ARRAY_SIZE(rates); i++) {
		struct tt_manifest m;
		int64_t *const fields[] = {&m.sources_one_in, &m.contacts_one_in,
				&m.pair_rows_one_in, &m.contact_rows_one_in};

		assert_int_equal(tt_snapshot_open(&snapshot, path, &err), 0);
		m = snapshot->manifest;
		m.exact = i % 4 >= 2;
		m.pair_rows_one_in = m.contact_rows_one_in = INT64_C(1) << 32;
		*fields[i % 4] = rates[i / 4];
		forge(&m);
		assert_int_equal(tt_snapshot_open(&again, path, &err), -EBADMSG);
		assert_string_equal(err.why, "interval: contradicts itself");
		forge(&snapshot->manifest);
		tt_snapshot_close(snapshot);
	}
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_snapshot_holds_what_was_counted),
			BEDDED(an_empty_interval_is_a_snapshot_too),
			BEDDED(a_full_tally_makes_the_unique_counts_estimates_and_verifies),
			cmocka_unit_test(a_flood_of_everything_verifies),
			BEDDED(every_table_has_rows_and_verifies),
			BEDDED(the_same_packets_give_the_same_bytes),
			BEDDED(a_flipped_byte_in_any_file_is_found),
			BEDDED(a_flipped_byte_anywhere_in_the_manifest_is_found),
			BEDDED(a_forged_manifest_disagrees_with_the_data),
			BEDDED(a_manifest_with_a_rate_that_is_no_power_of_two_is_refused),
			BEDDED(pipes_in_place_of_files_are_refused),
			BEDDED(a_manifest_whose_sensor_has_no_valid_name_is_refused),
			BEDDED(missing_and_unlisted_files_are_found),
			BEDDED(files_of_another_snapshot_are_found_out),
			BEDDED(a_ledger_that_does_not_close_is_found),
			cmocka_unit_test(a_ledger_closes_port_by_port),
			BEDDED(an_unknown_schema_version_is_refused_naming_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
