/* SPDX-License-Identifier: BSD-3-Clause */
/* Snapshots hold what was counted, whatever it was, and verify. */
#include "snapshot_bed.h"

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
a_snapshot_holds_what_was_counted(void **state)
{
	struct tt_snapshot *snapshot;
	struct tt_parquet_reader *reader;
	struct tt_error err = {0};

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snapshot = bed_open_snapshot(&bed, BED_START);
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
	bed_verify_ok(&bed, BED_START);
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
	s = bed_open_snapshot(&bed, BED_START);
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		assert_int_equal(s->manifest.files[i].rows > 0,
				i != TT_TABLE_IPV6_TARGETS); /* test_ipv6.c */
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
	bed_verify_ok(&bed, BED_START);
}

static void
an_empty_interval_is_a_snapshot_too(void **state)
{
	tt_tally_reset(bed.tally);
	bed_write_ok(&bed, BED_START);
	assert_int_equal(bed_count_snapshots(&bed), 1);
	bed_verify_ok(&bed, BED_START);
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
	snapshot = bed_open_snapshot(&bed, BED_START);
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
	bed_verify_ok(&bed, BED_START);
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
	bed_verify_ok(&bed, BED_START);
	assert_true(bed.totals.slices.packets > 0);
	assert_true(bed.totals.ports.packets > 0);
	assert_true(bed.totals.sketches.keys > 0);
	bed_space_fini(&bed, &space);
}

static void
the_same_packets_give_the_same_bytes(void **state)
{
	char *first[TT_N_TABLES + 1];
	size_t sizes[TT_N_TABLES + 1];
	char path[256];

	for (unsigned round = 0; round < 2; round++) {
		bed_count_some(&bed, BED_START);
		bed_write_ok(&bed, BED_START);
		for (unsigned i = 0; i <= TT_N_TABLES; i++) {
			const char *name = i == TT_N_TABLES
					? TT_MANIFEST_FILE
					: tt_schema_of((enum tt_table)i)->file;
			size_t n;
			char *bytes = bed_read_file(
					bed_path(&bed, BED_START, name, path), &n);

			assert_true(n > 0);
			if (round == 0) {
				first[i] = bytes;
				sizes[i] = n;
				continue;
			}
			assert_int_equal(n, sizes[i]);
			assert_memory_equal(bytes, first[i], n);
			free(first[i]);
			free(bytes);
		}
		bed_remove(bed_path(&bed, BED_START, NULL, path));
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
