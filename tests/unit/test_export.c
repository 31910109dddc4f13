/* SPDX-License-Identifier: BSD-3-Clause */
/* What is printed of snapshots: tables as CSV and JSON Lines (test_export_formats.c has the other
 * formats), and the ranking of targets. */
#include "snapshot_bed.h"
#include "tt_export.h"
#include "tt_ranking.h"
#include "tt_summary.h"

static struct bed bed;
static char *text; /* what the last export printed */

static int
setup(void **state)
{
	bed_init(&bed);
	text = NULL;
	return 0;
}

static int
teardown(void **state)
{
	free(text);
	bed_fini(&bed);
	return 0;
}

/* Exports one table of the first n minutes. */
static void export(enum tt_table table, enum tt_export_format format, unsigned n)
{
	struct tt_export_options options = {.format = format};
	struct tt_error err = {0};
	struct tt_export *e;
	char path[128];

	snprintf(path, sizeof(path), "%s/out", bed.dir);
	options.out = path;
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	assert_int_equal(tt_export_begin(e, table, &err), 0);
	for (unsigned i = 0; i < n; i++) {
		struct tt_snapshot *s = bed_open_snapshot(
				&bed, BED_START + i * BED_MINUTE);

		assert_int_equal(tt_export_snapshot(e, s, &err), 0);
		tt_snapshot_close(s);
	}
	assert_int_equal(tt_export_end(e, &err), 0);
	assert_int_equal(tt_export_close(e, &err), 0);
	free(text);
	text = bed_read_file(path, NULL);
}

static void
csv_has_one_header_and_a_line_for_each_row(void **state)
{
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	tt_tally_reset(bed.tally);
	bed_syn(&bed, 9, 80, BED_START + BED_MINUTE);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
	export(TT_TABLE_TARGETS, TT_EXPORT_CSV, 2);
	assert_string_equal(text,
			"interval_start,sensor,protocol,target,code,class,backscatter,"
			"country,packets,bytes,uniq_src_ip,uniq_src_ip_target,"
			"uniq_src_ip_stderr,first_time\r\n"
			"2026-11-22T22:45:00Z,tokyo-1,ICMP,8,0,icmp-echo-request,0,??,1,84,1"
			",1,0,1\r\n"
			"2026-11-22T22:45:00Z,tokyo-1,TCP,23,0,tcp-syn,0,??,2,80,2,2,0,1\r\n"
			"2026-11-22T22:45:00Z,tokyo-1,TCP,445,0,tcp-syn,0,??,3,120,2,2,0,1"
			"\r\n"
			"2026-11-22T22:46:00Z,tokyo-1,TCP,80,0,tcp-syn,0,??,1,40,1,1,0,1\r\n");
}

static void
json_lines_are_objects_with_the_columns_as_keys(void **state)
{
	tt_tally_reset(bed.tally);
	bed_syn(&bed, 9, 80, BED_START + 5);
	bed_write_ok(&bed, BED_START);
	export(TT_TABLE_SOURCES, TT_EXPORT_JSONL, 1);
	assert_string_equal(text,
			"{\"interval_start\":\"2026-11-22T22:45:00Z\",\"sensor\":\"tokyo-1\""
			",\"src_ip\":\"198.51.100.9\",\"country\":\"??\",\"asn\":0,"
			"\"packets\":1,\"bytes\":40,\"backscatter_packets\":0,"
			"\"targets\":1,\"destinations\":1,\"destinations_stderr\":0,"
			"\"classes\":\"tcp-syn\",\"fingerprints\":\"\","
			"\"first_seen\":\"2026-11-22T22:45:00.000005Z\","
			"\"last_seen\":\"2026-11-22T22:45:00.000005Z\",\"seen_before\":0}\n");
}

static void
tables_without_rows_give_a_header_alone(void **state)
{
	tt_tally_reset(bed.tally);
	bed_write_ok(&bed, BED_START);
	export(TT_TABLE_DISTRIBUTIONS, TT_EXPORT_CSV, 1);
	assert_string_equal(text,
			"interval_start,sensor,distribution,class,value,label,packets,"
			"bytes\r\n");
	export(TT_TABLE_DISTRIBUTIONS, TT_EXPORT_JSONL, 1);
	assert_string_equal(text, "");
}

/* A port's name is free text: it is what needs quoting. */
static void
text_is_quoted_where_the_format_asks_for_it(void **state)
{
	struct tt_interval interval = {
			.span = {BED_START, BED_START + BED_MINUTE},
			.nominal_us = BED_MINUTE,
			.tallies = &bed.tally,
			.n_tallies = 1,
	};
	const struct tt_ledger_row row = {
			"a\"b,c\\\n定", -1, "nic", TT_REASON_DELIVERED, 0, 0};
	const struct tt_run_info run = {.monitored = ""};

	assert_int_equal(tt_spool_write(bed.spool, &interval, bed.merge, bed.config, &run,
					 &row, 1, &bed.totals, &bed.err),
			0);
	export(TT_TABLE_LEDGER, TT_EXPORT_CSV, 1);
	assert_non_null(strstr(text, ",\"a\"\"b,c\\\n定\",-1,nic,delivered,0,0\r\n"));
	export(TT_TABLE_LEDGER, TT_EXPORT_JSONL, 1);
	assert_non_null(strstr(text, "\"port\":\"a\\\"b,c\\\\\\n定\",\"queue\":-1,"));
}

static void
a_full_disk_is_an_error(void **state)
{
	const struct tt_export_options options = {.out = "/dev/full"};
	struct tt_error err = {0};
	struct tt_export *e;
	struct tt_snapshot *s;
	int ret;

	if (access("/dev/full", W_OK) != 0) {
		print_message("# skipped: there is no /dev/full\n");
		skip();
	}
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = bed_open_snapshot(&bed, BED_START);
	assert_int_equal(tt_export_open(&e, &options, &err), 0);
	ret = tt_export_begin(e, TT_TABLE_LEDGER, &err);
	for (unsigned i = 0; ret == 0 && i < 100; i++)
		ret = tt_export_snapshot(e, s, &err);
	assert_int_equal(ret, -ENOSPC);
	assert_true(tt_export_broken(e));
	assert_string_equal(err.where, "/dev/full");
	tt_snapshot_close(s);
	tt_export_abandon(e);
}

static void
add_minute(struct tt_ranking *ranking, unsigned minute)
{
	struct tt_snapshot *s = bed_open_snapshot(&bed, BED_START + minute * BED_MINUTE);
	struct tt_error err = {0};

	assert_int_equal(tt_ranking_add(ranking, s, &err), 0);
	tt_snapshot_close(s);
}

static void
targets_are_ranked_by_packets_over_snapshots(void **state)
{
	struct tt_ranking r;

	bed_count_some(&bed, BED_START); /* 445: 3 by 2, 23: 2 by 2, 8/ICMP: 1 by 1 */
	bed_write_ok(&bed, BED_START);
	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < 10; i++)
		bed_syn(&bed, i % 5, 23, BED_START + BED_MINUTE + i);
	bed_write_ok(&bed, BED_START + BED_MINUTE);

	tt_ranking_init(&r, NULL);
	add_minute(&r, 0);
	add_minute(&r, 1);
	tt_ranking_sort(&r);
	assert_int_equal(r.n_ranks, 3);
	assert_int_equal(r.packets, 16);
	assert_int_equal(r.ranks[0].target, 23);
	assert_int_equal(r.ranks[0].packets, 12);
	assert_int_equal(r.ranks[0].bytes, 480);
	assert_int_equal(r.ranks[0].max_uniq_src_ip, 5);
	assert_int_equal(r.ranks[1].target, 445);
	assert_int_equal(r.ranks[2].protocol, TT_PROTO_ICMP);
	/* Two minutes of 256 addresses. */
	assert_float_equal(tt_ranking_rate(&r, &r.ranks[0]), 12 / (120.0 / 86400 * 256),
			1e-9);
	tt_ranking_fini(&r);
}

static void
a_ranking_says_of_which_sensors_it_is(void **state)
{
	struct tt_ranking r;
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	tt_ranking_init(&r, NULL);
	bed_count_some(&bed, BED_START);
	for (unsigned i = 0; i < 2; i++) {
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
		add_minute(&r, i);
	}
	tt_ranking_sort(&r);
	tt_ranking_print(&r, 1, TT_RANKING_TEXT, out);
	fclose(out);
	assert_ptr_equal(strstr(printed, "sensor tokyo-1\n2 snapshots, "), printed);
	free(printed);
	tt_ranking_fini(&r);
}

static void
a_ranking_of_one_class_leaves_out_the_others(void **state)
{
	const enum tt_class class = TT_CLASS_ICMP_ECHO_REQUEST;
	struct tt_ranking r;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	tt_ranking_init(&r, &class);
	add_minute(&r, 0);
	tt_ranking_sort(&r);
	assert_int_equal(r.n_ranks, 1);
	assert_int_equal(r.ranks[0].protocol, TT_PROTO_ICMP);
	assert_int_equal(r.packets, 1);
	assert_int_equal(r.ranks[0].max_uniq_src_ip, 1);
	tt_ranking_fini(&r);
}

#define MANY 64

static void
thousands_of_targets_keep_their_own_counts(void **state)
{
	struct tt_ranking r;

	tt_ranking_init(&r, NULL);
	for (unsigned minute = 0; minute < 20; minute++) {
		tt_tally_reset(bed.tally);
		for (unsigned i = 0; i < MANY; i++)
			for (unsigned n = 0; n <= minute; n++)
				bed_syn(&bed, 1, (uint16_t)(minute * MANY + i),
						BED_START + minute * BED_MINUTE);
		bed_write_ok(&bed, BED_START + minute * BED_MINUTE);
		add_minute(&r, minute);
	}
	tt_ranking_sort(&r);
	assert_int_equal(r.n_ranks, 20 * MANY);
	for (unsigned i = 0; i < 20 * MANY; i++) {
		assert_int_equal(r.ranks[i].packets, 20 - i / MANY);
		assert_int_equal(r.ranks[i].target, (19 - i / MANY) * MANY + i % MANY);
	}
	tt_ranking_fini(&r);
}

/* Is this in what is printed of the first target? */
static bool
prints(const struct tt_ranking *r, enum tt_ranking_format format, const char *wanted)
{
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);
	bool found;

	tt_ranking_print(r, 1, format, out);
	fclose(out);
	found = strstr(printed, wanted) != NULL;
	free(printed);
	return found;
}

static void
estimates_are_marked(void **state)
{
	struct tt_ranking r;

	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < 3 * BED_PAIRS; i++)
		bed_syn(&bed, i, 445, BED_START + i);
	bed_write_ok(&bed, BED_START);
	tt_ranking_init(&r, NULL);
	add_minute(&r, 0);
	tt_ranking_sort(&r);
	assert_true(r.ranks[0].estimated);
	assert_true(prints(&r, TT_RANKING_TEXT, " ~"));
	assert_true(prints(&r, TT_RANKING_TEXT, "\n~: estimated from a sample"));
	assert_true(prints(&r, TT_RANKING_CSV,
			",sources_estimated,sources_at_least,ipv6_untold\r\n"));
	assert_true(prints(&r, TT_RANKING_CSV, ",1,0,0\r\n"));
	assert_true(prints(&r, TT_RANKING_JSONL,
			",\"sources_estimated\":true,\"sources_at_least\":false,\"ipv6_untold\":false}\n"));
	r.ranks[0].estimated = false;
	r.ranks[0].at_least = true;
	assert_true(prints(&r, TT_RANKING_CSV, ",0,1,0\r\n"));
	r.over.address_time.untold = r.over.address_time.any_ipv6 = true;
	assert_true(prints(&r, TT_RANKING_CSV, ",0,1,1\r\n"));
	r.ip_version = 4; /* and no sources are told */
	assert_true(prints(&r, TT_RANKING_CSV, ",0,0,1\r\n"));
	tt_ranking_fini(&r);
}

/* A sample may have none of two sources; that all packets are of two talkers tells it. */
static void
few_sources_are_known_where_others_are_sampled(void **state)
{
	struct tt_ranking r;

	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned n = 0; n < 10; n++)
			bed_syn(&bed, i, 3389, BED_START + i);
	for (unsigned i = 0; i < 4 * BED_PAIRS; i++)
		bed_syn(&bed, 1000 + i, 445, BED_START + i);
	bed_write_ok(&bed, BED_START);
	tt_ranking_init(&r, NULL);
	add_minute(&r, 0);
	tt_ranking_sort(&r);
	assert_int_equal(r.n_ranks, 2);
	assert_int_equal(r.ranks[0].target, 445);
	assert_true(r.ranks[0].estimated);
	assert_in_range(r.ranks[0].max_uniq_src_ip, 4 * BED_PAIRS * 3 / 5, 4 * BED_PAIRS);
	assert_int_equal(r.ranks[1].target, 3389);
	assert_int_equal(r.ranks[1].max_uniq_src_ip, 2);
	assert_false(r.ranks[1].estimated);
	tt_ranking_fini(&r);
}

/* Packets came, so a source was there, also where neither the sample nor another table has one. */
static void
packets_have_a_source(void **state)
{
	const struct tt_target_sources none = {0};
	const struct tt_target_source_count some = tt_target_sources_of(
			&none, TT_PROTO_TCP, 3389, 0, 8, 3000);

	assert_int_equal(some.n, 1);
	assert_true(some.estimated);
	assert_int_equal(tt_target_sources_of(&none, TT_PROTO_TCP, 3389, 16, 8, 5).n, 5);
	assert_int_equal(tt_target_sources_of(&none, TT_PROTO_TCP, 3389, 0, 8, 0).n, 0);
}

/* Ranks one class over what the bed has counted. */
static struct tt_rank the_only_target(enum tt_class class)
{
	struct tt_rank rank;
	struct tt_ranking r;

	bed_write_ok(&bed, BED_START);
	tt_ranking_init(&r, &class);
	add_minute(&r, 0);
	tt_ranking_sort(&r);
	assert_int_equal(r.n_ranks, 1);
	rank = r.ranks[0];
	tt_ranking_fini(&r);
	assert_false(rank.at_least);
	return rank;
}

/* Three answer, two ask, and one of these answers as well. */
static void
a_ranking_of_udp_counts_each_source_of_backscatter_and_of_the_rest_once(void **state)
{
	struct tt_rank rank;

	for (unsigned host = 0; host < 5; host++) {
		struct tt_packet p = bed_tcp(host, 50000, 0);

		p.protocol = TT_PROTO_UDP;
		p.has_tcp = false;
		p.src_port = host < 3 ? 53 : 40000;
		bed_packet(&bed, &p, BED_START + host);
		p.src_port = 53;
		if (host == 3)
			bed_packet(&bed, &p, BED_START + host);
	}
	rank = the_only_target(TT_CLASS_UDP);
	assert_int_equal(rank.packets, 6);
	assert_int_equal(rank.max_uniq_src_ip, 5);
}

static void
a_ranking_of_an_icmp_class_counts_each_source_of_all_codes_once(void **state)
{
	struct tt_rank rank;

	for (unsigned i = 0; i < 6; i++) {
		struct tt_packet p = {.src = tt_addr_v4(0xc6336400u + i % 5),
				.dst = tt_addr_v4(0xc0000202u),
				.ip_bytes = 56,
				.ip_version = 4,
				.protocol = TT_PROTO_ICMP,
				.l4_offset = 20,
				.has_icmp = true,
				.icmp_type = 3,
				.icmp_code = (uint8_t)(i % 3)};

		bed_packet(&bed, &p, BED_START + i);
	}
	rank = the_only_target(TT_CLASS_ICMP_UNREACHABLE);
	assert_int_equal(rank.packets, 6);
	assert_int_equal(rank.max_uniq_src_ip, 5);
}

/* Hosts 2 to 4 send a SYN as well, and are first counted by it. */
static void
a_ranking_of_a_tcp_class_counts_sources_that_send_others_too(void **state)
{
	struct tt_rank rank;

	for (unsigned host = 0; host < 5; host++) {
		struct tt_packet p = bed_tcp(host, 445, TT_TCP_RST);

		bed_syn(&bed, host, 445, BED_START + host);
		if (host >= 2)
			bed_packet(&bed, &p, BED_START + host);
	}
	rank = the_only_target(TT_CLASS_TCP_RST);
	assert_int_equal(rank.packets, 3);
	assert_int_equal(rank.max_uniq_src_ip, 3);
}

static void
a_summary_tells_gaps_from_missing_snapshots(void **state)
{
	struct tt_manifest m = {
			.start_us = BED_START,
			.end_us = BED_START + BED_MINUTE,
			.observed_us = BED_MINUTE,
			.complete = true,
			.monitored_addresses = 256,
			.ledger.closes = true,
	};
	struct tt_summary s;

	tt_summary_init(&s, "tokyo-1");
	tt_summary_add(&s, &m);
	m.start_us += 4 * BED_MINUTE; /* a gap of three minutes, recorded */
	m.end_us += 4 * BED_MINUTE;
	m.gap_before_us = 3 * BED_MINUTE;
	tt_summary_add(&s, &m);
	m.start_us += 3 * BED_MINUTE; /* two minutes that nothing accounts for */
	m.end_us += 3 * BED_MINUTE;
	m.gap_before_us = 0;
	m.ledger.closes = false;
	m.ledger.late = 7;
	m.ledger.link_down_us = 8;
	m.ledger.not_kept[TT_LEDGER_PAIRS].packets = 9;
	tt_summary_add(&s, &m);
	assert_int_equal(s.ledger.late, 7);
	assert_int_equal(s.ledger.link_down_us, 8);
	assert_int_equal(s.ledger.not_kept[TT_LEDGER_PAIRS].packets, 9);
	assert_int_equal(s.gaps.n, 1);
	assert_int_equal(s.gaps.us, 3 * BED_MINUTE);
	assert_int_equal(s.missing.n, 1);
	assert_int_equal(s.missing.us, 2 * BED_MINUTE);
	assert_int_equal(s.not_closing, 1);
	assert_int_equal(s.snapshots, 3);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(csv_has_one_header_and_a_line_for_each_row),
			BEDDED(json_lines_are_objects_with_the_columns_as_keys),
			BEDDED(tables_without_rows_give_a_header_alone),
			BEDDED(text_is_quoted_where_the_format_asks_for_it),
			BEDDED(a_full_disk_is_an_error),
			BEDDED(targets_are_ranked_by_packets_over_snapshots),
			BEDDED(a_ranking_says_of_which_sensors_it_is),
			BEDDED(a_ranking_of_one_class_leaves_out_the_others),
			BEDDED(thousands_of_targets_keep_their_own_counts),
			BEDDED(estimates_are_marked),
			BEDDED(few_sources_are_known_where_others_are_sampled),
			cmocka_unit_test(packets_have_a_source),
			BEDDED(a_ranking_of_udp_counts_each_source_of_backscatter_and_of_the_rest_once),
			BEDDED(a_ranking_of_an_icmp_class_counts_each_source_of_all_codes_once),
			BEDDED(a_ranking_of_a_tcp_class_counts_sources_that_send_others_too),
			cmocka_unit_test(a_summary_tells_gaps_from_missing_snapshots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
