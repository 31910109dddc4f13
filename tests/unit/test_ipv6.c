/* SPDX-License-Identifier: BSD-3-Clause */
/* What snapshots tell of IPv4 and of IPv6: by target exactly, in all also where tables are full. */
#include "snapshot_bed.h"
#include "verify_damage.h"

#define MIXED "192.0.2.0/24,2001:db8:1::/120"

static struct tt_packet
packet6(unsigned host, uint16_t port)
{
	struct tt_packet p = bed_tcp(host, port, TT_TCP_SYN);

	p.ip_version = 6;
	p.ip_bytes = 60;
	p.src = (struct tt_addr){UINT64_C(0x20010db8) << 32, host};
	p.dst = (struct tt_addr){UINT64_C(0x20010db800010000), host % 256};
	return p;
}

static void
count6(unsigned host, uint16_t port)
{
	struct tt_packet p = packet6(host, port);

	bed_packet(&bed, &p, BED_START + host);
}

/* Three packets to 445/TCP by IPv4, two by IPv6; one to 23/TCP by each; one to 22/TCP by IPv6. */
static void
count_both(void)
{
	bed_syn(&bed, 1, 445, BED_START + 1);
	bed_syn(&bed, 1, 445, BED_START + 2);
	bed_syn(&bed, 2, 445, BED_START + 3);
	bed_syn(&bed, 2, 23, BED_START + 4);
	count6(1, 445);
	count6(2, 445);
	count6(2, 23);
	count6(3, 22);
}

static struct tt_snapshot *
open_snapshot(void)
{
	struct tt_snapshot *s;
	char path[256];

	bed_path(&bed, BED_START, NULL, path);
	assert_int_equal(tt_snapshot_open(&s, path, &bed.err), 0);
	return s;
}

/* Packets by port, as one text: "22:1 23:1 445:2"; the rest as "rest:7". */
static char *
rows_of(const struct tt_snapshot *s, char *text, size_t size)
{
	struct tt_parquet_reader *r;
	size_t at = 0;

	*text = '\0';
	assert_int_equal(tt_snapshot_table(s, TT_TABLE_IPV6_TARGETS, &r, &bed.err), 0);
	while (tt_parquet_next(r, &bed.err) == 1) {
		const char *protocol = tt_parquet_get_text(r, TT_IPV6_TARGETS_PROTOCOL);
		char port[16] = "rest";

		if (*protocol != '\0')
			snprintf(port, sizeof(port), "%d",
					(int)tt_parquet_get_int(
							r, TT_IPV6_TARGETS_TARGET));
		at += (size_t)snprintf(text + at, size - at, "%s%s:%d",
				at == 0 ? "" : " ", port,
				(int)tt_parquet_get_int(r, TT_IPV6_TARGETS_PACKETS));
	}
	tt_parquet_close(r);
	return text;
}

static void
packets_of_ipv6_are_told_by_target(void **state)
{
	struct bed_space space;
	struct tt_snapshot *s;
	char text[256];

	bed_space_init(&bed, &space, MIXED);
	count_both();
	bed_write_ok(&bed, BED_START);
	check_verify(NULL);
	s = open_snapshot();
	assert_int_equal(s->manifest.packets, 8);
	assert_int_equal(s->manifest.ipv6_packets, 4);
	assert_int_equal(s->manifest.monitored_addresses, 512);
	assert_int_equal(s->manifest.monitored_ipv4, 256);
	assert_true(s->manifest.monitors_ipv6);
	assert_true(s->manifest.ipv4_us == (unsigned __int128)BED_MINUTE * 256);
	assert_string_equal(rows_of(s, text, sizeof(text)), "22:1 23:1 445:2");
	tt_snapshot_close(s);
	bed_space_fini(&bed, &space);
}

static void
without_ipv6_there_are_no_rows(void **state)
{
	struct bed_space space;
	struct tt_snapshot *s;
	char text[256];

	bed_space_init(&bed, &space, "192.0.2.0/24");
	bed_syn(&bed, 1, 445, BED_START + 1);
	bed_write_ok(&bed, BED_START);
	check_verify(NULL);
	s = open_snapshot();
	assert_string_equal(rows_of(s, text, sizeof(text)), "");
	assert_int_equal(s->manifest.ipv6_packets, 0);
	assert_int_equal(s->manifest.monitored_ipv4, 256);
	assert_false(s->manifest.monitors_ipv6);
	tt_snapshot_close(s);
	bed_space_fini(&bed, &space);
}

/* A flood of new sources to ever other ports fills all tables, in either version. */
static void
where_tables_are_full_the_sum_is_exact(void **state)
{
	struct bed_space space;
	struct tt_snapshot *s;
	char text[1 << 20];
	const unsigned n = 60000;

	bed_space_init(&bed, &space, MIXED);
	for (unsigned i = 0; i < n; i++) {
		count6(i, (uint16_t)(i * 7 + 1));
		bed_syn(&bed, i % 250, (uint16_t)(i * 11 + 1), BED_START + i);
	}
	bed_write_ok(&bed, BED_START);
	check_verify(NULL);
	s = open_snapshot();
	assert_true(s->manifest.sources_one_in > 1);
	assert_int_equal(s->manifest.packets, 2 * n);
	assert_int_equal(s->manifest.ipv6_packets, n);
	rows_of(s, text, sizeof(text));
	assert_non_null(strstr(text, " rest:"));
	assert_null(strstr(strstr(text, " rest:") + 1, " ")); /* it is the last one */
	tt_snapshot_close(s);
	bed_space_fini(&bed, &space);
}

static void
check_mixed(const struct damage *d)
{
	struct bed_space space;

	bed_space_init(&bed, &space, MIXED);
	count_both();
	bed_write_ok(&bed, BED_START);
	check_verify(d);
	bed_space_fini(&bed, &space);
}

static void
rows_that_contradict_others_are_found(void **state)
{
	static const struct damage damages[] = {
			ONE(IPV6_TARGETS, 0, TT_IPV6_TARGETS_PACKETS, 1, NULL,
					"packets: 5; the manifest says 4"),
			ONE(IPV6_TARGETS, 0, FORGE_DROP, 0, NULL,
					"packets: 3; the manifest says 4"),
			ONE(IPV6_TARGETS, 0, TT_IPV6_TARGETS_TARGET, 500, NULL,
					"row 2" TWICE),
			ONE(IPV6_TARGETS, 0, TT_IPV6_TARGETS_COUNTRY, 0, "**",
					"row 1: a country that cannot be"),
			ONE(IPV6_TARGETS, 0, TT_IPV6_TARGETS_CLASS, 0, "udp",
					"row 1: a class that its target cannot have"),
			ONE(IPV6_TARGETS, 0, TT_IPV6_TARGETS_BACKSCATTER, 1, NULL,
					"row 1: backscatter that its class cannot be"),
			ONE(IPV6_TARGETS, 1, FORGE_TWICE, 0, NULL, "row 3" TWICE),
			{TT_TABLE_IPV6_TARGETS,
					{{0, TT_IPV6_TARGETS_PROTOCOL, 0, ""},
							{0, TT_IPV6_TARGETS_TARGET, -23,
									NULL}},
					"row 1: what is not told apart, and yet is"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(damages); i++)
		check_mixed(&damages[i]);
}

/* As many in all, but of another target than the pairs have: it is they who then disagree with it. */
static void
rows_that_contradict_pairs_are_found(void **state)
{
	const struct forge forges[] = {{1, TT_IPV6_TARGETS_PACKETS, 1, NULL},
			{2, TT_IPV6_TARGETS_PACKETS, -1, NULL}};
	struct bed_space space;
	struct tt_snapshot *s;
	char path[256];

	bed_space_init(&bed, &space, MIXED);
	count_both();
	bed_write_ok(&bed, BED_START);
	s = open_snapshot();
	forge_table(s, TT_TABLE_IPV6_TARGETS, forges, 2);
	tt_snapshot_close(s);
	said[0] = '\0';
	bed_path(&bed, BED_START, NULL, path);
	assert_int_equal(tt_snapshot_verify(path, note, NULL), 1);
	assert_string_equal(said,
			"pairs.parquet: counts of IPv6 by target and country: not as in "
			"ipv6_targets.parquet\n");
	bed_space_fini(&bed, &space);
}

/* Half of a row's packets go to the row before, where tables are full and pairs a sample. */
static void
rows_that_are_none_of_targets_are_found_where_pairs_are_sampled(void **state)
{
	const struct forge forges[][2] = {
			{{0, TT_IPV6_TARGETS_PACKETS, 1, NULL},
					{1, TT_IPV6_TARGETS_PACKETS, -1, NULL}},
			{{1, TT_IPV6_TARGETS_TARGET, 1, NULL}, {-1, 0, 0, NULL}},
			{{1, TT_IPV6_TARGETS_BYTES, 1000000, NULL}, {-1, 0, 0, NULL}},
			{{1, TT_IPV6_TARGETS_COUNTRY, 0, "JP"}, {-1, 0, 0, NULL}}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(forges); i++) {
		struct bed_space space;
		struct tt_snapshot *s;
		char path[256], expected[128];

		bed_space_init(&bed, &space, MIXED);
		for (unsigned host = 0; host < 9000; host++) {
			count6(host, (uint16_t)(3 * (host % 3000) + 1));
			bed_syn(&bed, host % 250, (uint16_t)(host * 11 + 1),
					BED_START + host);
		}
		bed_write_ok(&bed, BED_START);
		check_verify(NULL);
		s = open_snapshot();
		assert_true(s->manifest.pair_rows_one_in > 1);
		forge_table(s, TT_TABLE_IPV6_TARGETS, forges[i], 2);
		tt_snapshot_close(s);
		said[0] = '\0';
		bed_path(&bed, BED_START, NULL, path);
		assert_int_equal(tt_snapshot_verify(path, note, NULL), 1);
		snprintf(expected, sizeof(expected),
				"ipv6_targets.parquet: row %u: more packets or bytes "
				"than targets.parquet has of it\n",
				i == 0 ? 1 : 2);
		assert_string_equal(said, expected);
		bed_space_fini(&bed, &space);
	}
}

/* Of a list of prefixes, whatever ranges they become. */
static void
addresses_are_counted_by_version(void **state)
{
	static const struct {
		const char *list;
		int64_t ipv4;
		bool ipv6;
	} cases[] = {{"192.0.2.0/24", 256, false}, {"2001:db8::/48", 0, true},
			{"192.0.2.0/24,2001:db8::/48", 256, true},
			{"0.0.0.0/0", INT64_C(1) << 32, false}, {"::/0", 0, true},
			{"::/0,0.0.0.0/0", INT64_C(1) << 32, true},
			{"::/0,10.0.0.0/8", INT64_C(1) << 24, true},
			{"255.255.255.255,::1:0:0:0", 1, true},
			{"10.0.0.1,10.0.0.3", 2, false}, {"", 77, false},
			{"no list", 77, false}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		struct tt_manifest m = {.monitored_addresses = 77,
				.monitored = strdup(cases[i].list)};

		assert_int_equal(tt_manifest_note_monitored(&m), 0);
		assert_int_equal(m.monitored_ipv4, cases[i].ipv4);
		assert_int_equal(m.monitors_ipv6, cases[i].ipv6);
		tt_manifest_fini(&m);
	}
}

/* Numbers of more than 64 bits stand in the manifest as text, and are read again. */
static void
a_manifest_tells_ipv4_time_of_any_size(void **state)
{
	static char text[1 << 16];
	struct tt_manifest m = {0}, again = {0};
	struct bed_space space;
	struct tt_snapshot *s;
	char *json;

	bed_space_init(&bed, &space, MIXED);
	count_both();
	bed_write_ok(&bed, BED_START);
	s = open_snapshot();
	m = s->manifest;
	m.ipv4_us = (unsigned __int128)1 << 95 | 12345;
	json = tt_manifest_format(&m);
	assert_non_null(json);
	snprintf(text, sizeof(text), "%s", json);
	free(json);
	assert_int_equal(tt_manifest_parse(&again, text, strlen(text), "m", &bed.err), 0);
	assert_true(again.ipv4_us == m.ipv4_us);
	assert_int_equal(again.ipv6_packets, 4);
	tt_manifest_fini(&again);
	again = (struct tt_manifest){0};
	memcpy(strstr(text, "\"ipv6_packets\": 4"), "\"ipv6_packets\": 9", 17);
	assert_int_equal(tt_manifest_parse(&again, text, strlen(text), "m", &bed.err),
			-EBADMSG);
	tt_snapshot_close(s);
	bed_space_fini(&bed, &space);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(packets_of_ipv6_are_told_by_target),
			cmocka_unit_test(without_ipv6_there_are_no_rows),
			cmocka_unit_test(where_tables_are_full_the_sum_is_exact),
			cmocka_unit_test(rows_that_contradict_others_are_found),
			cmocka_unit_test(rows_that_contradict_pairs_are_found),
			cmocka_unit_test(
					rows_that_are_none_of_targets_are_found_where_pairs_are_sampled),
			cmocka_unit_test(addresses_are_counted_by_version),
			cmocka_unit_test(a_manifest_tells_ipv4_time_of_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
