/* SPDX-License-Identifier: BSD-3-Clause */
/* The time series of corsaro3's report plugin. */
#include "export_bed.h"
#include "snapshot_forge.h"
#include "tt_corsaro.h"

static struct bed bed;
static char *text; /* what the last export wrote */

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

static void
export_minute(const char *prefix)
{
	struct tt_export_options options = {.format = TT_EXPORT_CORSARO,
			.prefix = prefix,
			.geo_name = "maxmind"};
	char path[256];

	bed_write_ok(&bed, BED_START);
	options.out = bed_out_path(&bed, "series", path);
	bed_export_ok(&bed, &options, TT_TABLE_INTERVAL, 0, 1);
	free(text);
	text = bed_read_file(path, NULL);
}

/* Has a series the value? value NULL: has it no line? */
static void
assert_series(const char *series, const char *value)
{
	char line[256];

	snprintf(line, sizeof(line), "\nd.%s %s%s", series, value == NULL ? "" : value,
			value == NULL ? "" : " 1795387500\n");
	if (value == NULL ? strstr(text, line) != NULL : strstr(text, line) == NULL)
		fail_msg("%s is not %s:%s", series, value == NULL ? "absent" : value,
				text);
}

static void
totals_and_targets_have_packets_bytes_and_sources(void **state)
{
	bed_count_some(&bed, BED_START);
	export_minute("d");
	assert_ptr_equal(strstr(text, "d.overall.uniq_src_ip 3 1795387500\n"), text);
	assert_series("overall.uniq_dst_ip", "2");
	assert_series("overall.pkt_cnt", "6");
	assert_series("overall.ip_len", "284");
	assert_series("traffic.port.tcp.dst_port.445.uniq_src_ip", "2");
	assert_series("traffic.port.tcp.dst_port.445.pkt_cnt", "3");
	assert_series("traffic.port.tcp.dst_port.445.ip_len", "120");
	assert_series("traffic.port.tcp.dst_port.445.uniq_dst_ip", "1");
	assert_series("traffic.icmp.type.8.code.0.pkt_cnt", "1");
	assert_series("traffic.icmp.type.8.code.0.uniq_src_ip", "1");
	assert_series("traffic.protocol.6.pkt_cnt", "5");
	assert_series("traffic.protocol.6.ip_len", "200");
	assert_series("traffic.protocol.1.pkt_cnt", "1");
	assert_series("traffic.port.tcp.src_port.1025.pkt_cnt", "2");
	assert_series("traffic.port.tcp.src_port.1026.pkt_cnt", "2");
}

static void
what_is_not_known_has_no_line(void **state)
{
	bed_count_some(&bed, BED_START);
	export_minute("d");
	assert_series("traffic.protocol.6.uniq_src_ip", NULL);
	assert_series("traffic.port.tcp.src_port.1025.ip_len", NULL);
	assert_series("traffic.port.tcp.src_port.1025.uniq_src_ip", NULL);
	assert_series("traffic.port.tcp.dst_port.445.uniq_src_asn", NULL);
	assert_series("traffic.port.tcp.dst_port.80.pkt_cnt", NULL);
}

static void
classes_of_a_port_are_one_series_and_count_a_source_once(void **state)
{
	const struct tt_packet rst = bed_tcp(1, 445, TT_TCP_RST);

	bed_count_some(&bed, BED_START);
	bed_packet(&bed, &rst, BED_START + 7);
	export_minute("d");
	assert_series("traffic.port.tcp.dst_port.445.pkt_cnt", "4");
	assert_series("traffic.port.tcp.dst_port.445.uniq_src_ip", "2");
}

/* One source of TCP has a target besides those without ports, so that its sum is none. */
static void
a_protocol_without_ports_has_sources(void **state)
{
	struct tt_packet p = bed_tcp(1, 0, 0);

	tt_tally_reset(bed.tally);
	p.protocol = 47;
	p.has_tcp = p.has_ports = false;
	p.src_port = p.dst_port = 0;
	for (unsigned i = 0; i < 6; i++) {
		p.src.lo = 0xc6336400u + i % 3;
		bed_packet(&bed, &p, BED_START + i);
	}
	export_minute("d");
	assert_series("traffic.protocol.47.pkt_cnt", "6");
	assert_series("traffic.protocol.47.uniq_src_ip", "3");
}

static void
the_prefix_names_the_sensor(void **state)
{
	bed_count_some(&bed, BED_START);
	export_minute("telescope.{sensor}.v4.{sensor}{sensor}.x");
	assert_ptr_equal(
			strstr(text,
					"telescope.tokyo-1.v4.tokyo-1tokyo-1.x.overall.uniq_src_ip "
					"3 "),
			text);
}

/* A dot of a name becomes what the other name has in its place. */
static void
two_sensors_do_not_share_the_names_of_series(void **state)
{
	static const char *const prefixes[] = {"d", "d.{sensor}"};
	struct tt_export_options options = {
			.format = TT_EXPORT_CORSARO, .geo_name = "maxmind"};
	struct tt_error err = {0};
	struct tt_snapshot *s;
	struct tt_export *e;
	char path[256];

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = bed_open_snapshot(&bed, BED_START);
	options.out = bed_out_path(&bed, "series", path);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(prefixes); i++) {
		options.prefix = prefixes[i];
		assert_int_equal(tt_export_open(&e, &options, &err), 0);
		assert_int_equal(tt_export_begin(e, TT_TABLE_INTERVAL, &err), 0);
		strcpy(s->manifest.sensor, "tokyo-1");
		assert_int_equal(tt_export_snapshot(e, s, &err), 0);
		assert_int_equal(tt_export_snapshot(e, s, &err), 0);
		strcpy(s->manifest.sensor, "osaka");
		assert_int_equal(tt_export_snapshot(e, s, &err), i == 0 ? -EINVAL : 0);
		strcpy(s->manifest.sensor, "tokyo.1");
		assert_int_equal(tt_export_snapshot(e, s, &err), -EINVAL);
		assert_true(tt_export_broken(e));
		assert_string_equal(err.where, "tokyo.1");
		assert_non_null(strstr(err.why, "as those of sensor tokyo-1 are"));
		tt_export_abandon(e);
	}
	tt_snapshot_close(s);
}

#define COUNTS "counts that cannot be, or cannot be added up"

/* Exports a snapshot with a changed row, which claims to have databases. */
static int
export_forged(enum tt_table table, const struct forge *forge, struct tt_error *err)
{
	struct tt_export_options options = {.format = TT_EXPORT_CORSARO,
			.prefix = "d",
			.geo_name = "maxmind"};
	struct tt_snapshot *s;
	struct tt_export *e;
	char path[256];
	int ret;

	bed_fini(&bed);
	bed_init(&bed);
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = bed_open_snapshot(&bed, BED_START);
	strcpy(s->manifest.geo, "some");
	strcpy(s->manifest.asn, "some");
	forge_table(s, table, forge, 1);
	options.out = bed_out_path(&bed, "series", path);
	assert_int_equal(tt_export_open(&e, &options, err), 0);
	assert_int_equal(tt_export_begin(e, TT_TABLE_INTERVAL, err), 0);
	ret = tt_export_snapshot(e, s, err);
	assert_false(tt_export_broken(e));
	tt_snapshot_close(s);
	tt_export_abandon(e);
	return ret;
}

/* Each would be a look-up outside of a table, a line that is none, or a sum that is wrong. */
static void
values_that_cannot_be_are_refused(void **state)
{
	static const struct {
		enum tt_table table;
		struct forge forge;
		const char *why;
	} bad[] = {
			{TT_TABLE_TARGETS, {1, TT_TARGETS_TARGET, 65536, NULL},
					"no target: 65559"},
			{TT_TABLE_TARGETS, {1, TT_TARGETS_TARGET, -30, NULL},
					"no target: -7"},
			{TT_TABLE_TARGETS, {0, TT_TARGETS_TARGET, 248, NULL},
					"no target: 256"},
			{TT_TABLE_TARGETS, {0, TT_TARGETS_CODE, -1, NULL}, "no code: -1"},
			{TT_TABLE_TARGETS, {0, TT_TARGETS_CODE, 256, NULL},
					"no code: 256"},
			{TT_TABLE_TARGETS, {0, TT_TARGETS_PACKETS, -7, NULL}, COUNTS},
			{TT_TABLE_TARGETS, {1, TT_TARGETS_PACKETS, INT64_MAX - 2, NULL},
					NULL},
			{TT_TABLE_INTERVAL, {0, TT_INTERVAL_BYTES, -1000, NULL}, COUNTS},
			{TT_TABLE_DISTRIBUTIONS,
					{0, TT_DISTRIBUTIONS_VALUE, -65000, NULL}, "no "},
			{TT_TABLE_COUNTRIES, {0, TT_COUNTRIES_COUNTRY, 0, "\n1"},
					"no country: \\x0a1"},
			{TT_TABLE_SOURCES, {0, TT_SOURCES_COUNTRY, 0, "j."},
					"no country: j."},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(bad); i++) {
		struct tt_error err = {0};
		int ret = export_forged(bad[i].table, &bad[i].forge, &err);

		if (bad[i].why == NULL) {
			assert_int_equal(ret, 0);
			continue;
		}
		assert_int_equal(ret, -EBADMSG);
		if (strncmp(err.why, bad[i].why, strlen(bad[i].why)) != 0)
			fail_msg("%u: %s, not %s", i, err.why, bad[i].why);
	}
}

static void
sums_do_not_overflow(void **state)
{
	struct tt_metrics m = {0};

	tt_metrics_add(&m, 1, TT_LEAF_PKT_CNT, INT64_MAX);
	assert_false(m.impossible);
	tt_metrics_add(&m, 1, TT_LEAF_PKT_CNT, 1);
	assert_true(m.impossible);
	tt_metrics_clear(&m);
	assert_false(m.impossible);
	tt_metrics_add(&m, 1, TT_LEAF_PKT_CNT, -1);
	assert_true(m.impossible);
	tt_metrics_fini(&m);
}

static void
countries_are_of_continents(void **state)
{
	assert_string_equal(tt_corsaro_continent("JP"), "AS");
	assert_string_equal(tt_corsaro_continent("AD"), "EU");
	assert_string_equal(tt_corsaro_continent("XK"), "EU");
	assert_string_equal(tt_corsaro_continent("ZW"), "AF");
	assert_string_equal(tt_corsaro_continent("??"), "??");
	/* Two letters of two neighbours. */
	assert_string_equal(tt_corsaro_continent("E "), "??");
}

static void
metrics_are_kept_apart_and_sorted(void **state)
{
	struct tt_metrics m = {0};

	for (unsigned round = 0; round < 2; round++) {
		tt_metrics_clear(&m);
		for (uint64_t i = 0; i < 5000; i++)
			tt_metrics_add(&m, tt_metric_key(TT_METRIC_PROTOCOL, 4999 - i),
					TT_LEAF_PKT_CNT, 1);
		tt_metrics_add(&m, tt_metric_key(TT_METRIC_PROTOCOL, 7), TT_LEAF_PKT_CNT,
				5);
		assert_false(tt_metrics_enter(&m, tt_metric_key(TT_METRIC_PROTOCOL, 7)));
		assert_true(tt_metrics_enter(&m, tt_metric_key(TT_METRIC_ICMP, 7)));
		assert_int_equal(m.n, 5001);
		tt_metrics_sort(&m);
		assert_int_equal(tt_metric_value_of(m.all[7].key), 7);
		assert_int_equal(m.all[7].leaves[TT_LEAF_PKT_CNT], 6);
		assert_int_equal(m.all[7].leaves[TT_LEAF_IP_LEN], TT_UNKNOWN);
		assert_int_equal(tt_metric_class_of(m.all[5000].key), TT_METRIC_ICMP);
	}
	tt_metrics_fini(&m);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(totals_and_targets_have_packets_bytes_and_sources),
			BEDDED(what_is_not_known_has_no_line),
			BEDDED(classes_of_a_port_are_one_series_and_count_a_source_once),
			BEDDED(a_protocol_without_ports_has_sources),
			BEDDED(the_prefix_names_the_sensor),
			BEDDED(two_sensors_do_not_share_the_names_of_series),
			BEDDED(values_that_cannot_be_are_refused),
			cmocka_unit_test(sums_do_not_overflow),
			cmocka_unit_test(countries_are_of_continents),
			cmocka_unit_test(metrics_are_kept_apart_and_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
