/* SPDX-License-Identifier: BSD-3-Clause */
/* What the rules mean: fields, operators, absent fields, validity, the judgement of sources. */
#include "fingerprint_bed.h"

static void
fields_have_the_values_of_the_headers(void **state)
{
	const struct bed_packet tcp = tcp_syn(), udp = udp_packet(), icmp = icmp_packet();

	assert_holds("ip.version == 4", &tcp);
	assert_holds("ip.id == 54321", &tcp);
	assert_holds("ip.ttl == 64", &tcp);
	assert_holds("ip.proto == 6", &tcp);
	assert_holds("ip.length == 40", &tcp);
	assert_holds("ip.src == 0xc0000201", &tcp);
	assert_holds("ip.dst == 0xc6336407", &tcp);
	assert_holds("tcp.srcport == 40000 && srcport == 40000", &tcp);
	assert_holds("tcp.dstport == 80 && dstport == 80", &tcp);
	assert_holds("tcp.flags == syn", &tcp);
	assert_holds("tcp.seq == 0x01020304", &tcp);
	assert_holds("tcp.ack == 0xA0B0c0d0", &tcp);
	assert_holds("tcp.window == 1024", &tcp);
	assert_holds("tcp.mss == 0", &tcp);
	assert_holds("payload.length == 0", &tcp);
	assert_holds("udp.srcport == 40000 && srcport == 40000", &udp);
	assert_holds("udp.dstport == 80 && dstport == 80", &udp);
	assert_holds("payload.length == 20", &udp);
	assert_holds("icmp.type == 8 && icmp.code == 3", &icmp);
	assert_holds("payload.length == 12", &icmp);
}

static void
payload_is_what_follows_the_transport_header(void **state)
{
	const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 1};
	struct bed_packet b = tcp_options(nops, 8);

	b.packet.ip_bytes += 5;
	assert_holds("payload.length == 5", &b);
	b.packet.ip_bytes = 30; /* shorter than its headers */
	assert_holds("payload.length == 0", &b);
}

static void
flags_have_names(void **state)
{
	struct bed_packet b = tcp_syn();

	b.packet.tcp_flags = 0xfff;
	assert_holds("tcp.flags & 0x3f == fin | syn | rst | psh | ack | urg", &b);
	assert_holds("fin == 1 && syn == 2 && rst == 4 && psh == 8 && ack == 16 "
		     "&& urg == 32 && ip.ttl == 64",
			&b);
}

static void
operators_compute_in_32_bits(void **state)
{
	struct bed_packet b = tcp_syn();

	b.packet.ttl = 5;
	assert_holds("ip.ttl + 0xffffffff == 4", &b);
	assert_holds("ip.ttl - 6 == 0xffffffff", &b);
	assert_holds("3 - ip.ttl == 0xfffffffe", &b);
	assert_holds("-ip.ttl == 0xfffffffb", &b);
	assert_holds("~ip.ttl == 0xfffffffa", &b);
	assert_holds("~~ip.ttl == 5 && - -ip.ttl == 5", &b);
	assert_holds("(ip.ttl & 6) == 4 && (ip.ttl | 6) == 7 && (ip.ttl ^ 6) == 3", &b);
	assert_holds("ip.ttl << 30 == 0x40000000 && ip.ttl >> 1 == 2", &b);
	assert_holds("1 << ip.ttl == 32 && 0x80000000 >> ip.ttl == 0x4000000", &b);
	assert_holds("ip.ttl << 32 == 0 && ip.ttl >> 40 == 0", &b);
	b.packet.ttl = 32;
	assert_holds("1 << ip.ttl == 0 && 0xffffffff >> ip.ttl == 0", &b);
}

static void
comparisons_are_unsigned(void **state)
{
	struct bed_packet b = tcp_syn();

	b.packet.tcp_seq = 0x80000000;
	assert_holds("tcp.seq > 1 && tcp.seq >= 0x80000000 && tcp.seq <= 0x80000000", &b);
	assert_holds("1 < tcp.seq && tcp.seq != 0", &b);
	assert_fails("tcp.seq < 1", &b);
	assert_fails("tcp.seq <= 0x7fffffff", &b);
	assert_fails("tcp.seq > 0x80000000", &b);
	assert_fails("0x80000001 <= tcp.seq", &b);
}

static void
operators_bind_as_documented(void **state)
{
	struct bed_packet b = tcp_syn();

	b.packet.ttl = 6;
	assert_holds("ip.ttl & 3 == 2", &b); /* not ttl & (3 == 2) */
	assert_holds("ip.ttl | 1 ^ 1 & 0 == 7", &b);
	assert_holds("1 << 1 + 1 == ip.ttl - 2", &b);
	assert_holds("ip.ttl - 3 - 2 == 1", &b);
	assert_holds("ip.ttl - (3 - 2) == 5", &b);
	assert_holds("ip.ttl == 6 || ip.ttl == 0 && ip.ttl == 1", &b);
	assert_fails("(ip.ttl == 6 || ip.ttl == 0) && ip.ttl == 1", &b);
	assert_holds("!(ip.ttl == 1) && !!(ip.ttl == 6)", &b);
}

static void
a_number_is_true_unless_it_is_0(void **state)
{
	struct bed_packet b = tcp_syn();

	assert_holds("tcp.flags & syn", &b);
	assert_fails("tcp.flags & ack", &b);
	assert_holds("!(tcp.flags & ack) && tcp.seq", &b);
	assert_holds("2", &b);
	assert_fails("0", &b);
	assert_holds("0 || 2", &b);
	assert_fails("2 && 0", &b);
}

static void
where_says_which_packets_are_tested(void **state)
{
	struct bed_packet b = tcp_syn();

	assert_int_equal(ask_rule("tcp.flags == syn", "ip.id == 54321", &b), MATCHED);
	assert_int_equal(ask_rule("tcp.flags == syn", "ip.id == 1", &b), TESTED);
	assert_int_equal(ask_rule("tcp.flags == ack", "ip.id == 54321", &b), NOT_TESTED);
	assert_int_equal(ask_rule("0", "ip.id == 54321", &b), NOT_TESTED);
	assert_int_equal(ask_rule("1", "ip.id == 54321", &b), MATCHED);
}

static void
packets_without_a_field_of_match_are_not_tested(void **state)
{
	static const char *const needs_20[] = {"tcp.seq == 0", "tcp.ack == 0",
			"tcp.window == 0", "tcp.mss == 0", "tcp.options == \"\"",
			"payload.length == 0"};
	struct bed_packet tcp = tcp_syn(), udp = udp_packet(), icmp = icmp_packet();
	struct bed_packet six = tcp_syn(), later = tcp_syn(), cut = tcp_syn();

	six.packet.ip_version = 6;
	later.packet.has_ports = later.packet.has_tcp = false;
	cut.packet.has_tcp = false;
	cut.captured = L4 + 14;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(needs_20); i++) {
		assert_int_not_equal(ask_rule("", needs_20[i], &tcp), NOT_TESTED);
		assert_int_equal(ask_rule("", needs_20[i], &cut), NOT_TESTED);
		assert_int_equal(ask_rule("", needs_20[i], &later), NOT_TESTED);
	}
	assert_int_equal(ask_rule("", "tcp.srcport == 40000", &cut), MATCHED);
	assert_int_equal(ask_rule("", "tcp.flags == syn", &cut), MATCHED);
	assert_int_equal(ask_rule("", "srcport == 40000", &later), NOT_TESTED);
	assert_int_equal(ask_rule("", "tcp.seq == 0", &udp), NOT_TESTED);
	assert_int_equal(ask_rule("", "tcp.srcport == 40000", &udp), NOT_TESTED);
	assert_int_equal(ask_rule("", "udp.srcport == 40000", &tcp), NOT_TESTED);
	assert_int_equal(ask_rule("", "dstport == 80", &icmp), NOT_TESTED);
	assert_int_equal(ask_rule("", "icmp.type == 8", &tcp), NOT_TESTED);
	assert_int_equal(ask_rule("", "ip.id == 54321", &six), NOT_TESTED);
	assert_int_equal(ask_rule("", "tcp.seq == 0 || ip.ttl == 64", &udp), NOT_TESTED);
}

static void
in_where_a_comparison_of_an_absent_field_is_false(void **state)
{
	struct bed_packet udp = udp_packet();

	assert_int_equal(ask_rule("tcp.seq == tcp.seq", "1", &udp), NOT_TESTED);
	assert_int_equal(ask_rule("tcp.seq != tcp.seq", "1", &udp), NOT_TESTED);
	assert_int_equal(ask_rule("!(tcp.seq == tcp.seq)", "1", &udp), MATCHED);
	assert_int_equal(ask_rule("tcp.flags || udp.srcport", "1", &udp), MATCHED);
	assert_int_equal(ask_rule("tcp.mss + 1", "1", &udp), NOT_TESTED);
	assert_int_equal(ask_rule("tcp.srcport == 40000 || ip.proto == 17", "1", &udp),
			MATCHED);
}

static void
ipv6_addresses_give_their_low_32_bits(void **state)
{
	struct bed_packet b = tcp_syn();

	b.packet.ip_version = 6;
	b.packet.dst = (struct tt_addr){.hi = 1, .lo = UINT64_C(0x1234567801020304)};
	assert_holds("ip.dst == tcp.seq && ip.version == 6", &b);
}

static void
validity_begins_inclusive_and_ends_exclusive(void **state)
{
	struct tt_fingerprints *set = open_text(
			"version: 1\n"
			"fingerprints:\n"
			"- {id: a, title: A, match: ip.ttl, chance: 1/2, origin: x,\n"
			"   source: {packets: 1, percent: 1}, valid-from: 2022-01-08,\n"
			"   valid-until: 2022-01-09}\n"
			"- {id: b, title: B, match: ip.ttl, chance: 1/2, origin: x,\n"
			"   source: {packets: 1, percent: 1}}\n");
	struct bed_packet b = tcp_syn();
	const tt_detail only_b = tt_detail_of_fingerprints(2, 2);
	const tt_detail both = tt_detail_of_fingerprints(3, 3);

	b.time_us = SOME_DAY - 1;
	assert_int_equal(ask(set, &b), only_b);
	b.time_us = SOME_DAY;
	assert_int_equal(ask(set, &b), both);
	b.time_us = SOME_DAY + DAY_US - 1;
	assert_int_equal(ask(set, &b), both);
	b.time_us = SOME_DAY + DAY_US;
	assert_int_equal(ask(set, &b), only_b);
	b.time_us = TT_TIME_MIN;
	assert_int_equal(ask(set, &b), only_b);
	b.time_us = TT_TIME_MAX;
	assert_int_equal(ask(set, &b), only_b);
	tt_fingerprints_close(set);
}

/* More than one chunk, valid and not, matching and not; what was in the details stays. */
static void
a_burst_gives_each_packet_its_own_answer(void **state)
{
	struct tt_fingerprints *set = open_text(
			"version: 1\n"
			"fingerprints:\n"
			"- {id: a, title: A, match: ip.ttl & 1, chance: 1/2, origin: x,\n"
			"   source: {packets: 1, percent: 1}, valid-from: 2022-01-08}\n");
	static struct tt_packet packets[TT_FINGERPRINT_BURST];
	const uint8_t *frames[TT_FINGERPRINT_BURST];
	uint32_t captured[TT_FINGERPRINT_BURST];
	int64_t times_us[TT_FINGERPRINT_BURST];
	tt_detail details[TT_FINGERPRINT_BURST + 1];
	const struct bed_packet b = tcp_syn();

	for (unsigned i = 0; i < TT_FINGERPRINT_BURST; i++) {
		packets[i] = b.packet;
		packets[i].parts = tt_packet_parts_of(&b.packet);
		packets[i].ttl = (uint8_t)(i / 3);
		frames[i] = b.frame;
		captured[i] = b.captured;
		times_us[i] = SOME_DAY - (i == 200);
	}
	for (unsigned n = 0; n <= TT_FINGERPRINT_BURST; n++) {
		for (unsigned i = 0; i <= TT_FINGERPRINT_BURST; i++)
			details[i] = TT_DETAIL_BACKSCATTER;
		tt_fingerprints_burst(
				set, packets, frames, captured, times_us, details, n);
		for (unsigned i = 0; i <= TT_FINGERPRINT_BURST; i++)
			assert_int_equal(details[i],
					TT_DETAIL_BACKSCATTER
							| (i >= n || i == 200 ? NOT_TESTED
											: i / 3 % 2
											? MATCHED
											: TESTED));
	}
	tt_fingerprints_close(set);
}

static void
sixteen_rules_have_a_bit_each(void **state)
{
	char text[8192];
	size_t n = (size_t)snprintf(text, sizeof(text), "version: 7\nfingerprints:\n");
	struct bed_packet b = tcp_syn();
	struct tt_fingerprints *set;

	for (unsigned i = 0; i < TT_FINGERPRINTS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				"- {id: r%u, title: T, origin: x, chance: 1/2,\n"
				"   where: ip.ttl >= %u, match: ip.ttl == %u,\n"
				"   source: {packets: 1, percent: 1}}\n",
				i, i, i);
	set = open_text(text);
	assert_int_equal(tt_fingerprints_count(set), 16);
	for (unsigned i = 0; i < TT_FINGERPRINTS_MAX; i++) {
		b.packet.ttl = (uint8_t)i;
		assert_int_equal(ask(set, &b),
				tt_detail_of_fingerprints((2u << i) - 1, 1u << i));
	}
	tt_fingerprints_close(set);
}

static void
a_source_is_judged_by_number_and_share(void **state)
{
	struct tt_fingerprint_rule rule = {.source_packets = 2, .source_percent = 50};

	assert_false(tt_fingerprint_judge(&rule, 0, 0));
	assert_false(tt_fingerprint_judge(&rule, 1, 1));
	assert_true(tt_fingerprint_judge(&rule, 2, 2));
	assert_true(tt_fingerprint_judge(&rule, 2, 4));
	assert_false(tt_fingerprint_judge(&rule, 2, 5));
	assert_false(tt_fingerprint_judge(&rule, 499, 1000));
	assert_true(tt_fingerprint_judge(&rule, UINT64_MAX / 2 + 1, UINT64_MAX));
	assert_false(tt_fingerprint_judge(&rule, UINT64_MAX / 2 - 1, UINT64_MAX));
}

static void
a_set_without_rules_finds_nothing(void **state)
{
	struct bed_packet b = tcp_syn();
	struct tt_fingerprints *set;
	struct tt_error err;

	assert_int_equal(tt_fingerprints_open(&set, "", &err), 0);
	assert_int_equal(tt_fingerprints_count(set), 0);
	assert_string_equal(tt_fingerprints_identity(set), "none");
	assert_int_equal(ask(set, &b), 0);
	assert_int_equal(ask(NULL, &b), 0);
	assert_int_equal(tt_fingerprints_count(NULL), 0);
	assert_string_equal(tt_fingerprints_identity(NULL), "none");
	tt_fingerprints_close(set);
	tt_fingerprints_close(NULL);
}

static void
a_rule_keeps_what_the_file_says(void **state)
{
	struct tt_fingerprints *set = open_text(
			"version: 12\n"
			"fingerprints:\n"
			"  - id: a-1\n"
			"    title: \"Ä tool\"\n"
			"    valid-from: 2022-01-08\n"
			"    where: tcp.flags & 0x3f == syn # a remark\n"
			"    match: ip.id == 54321\n"
			"    chance: 1/65536\n"
			"    source: {packets: 2, percent: 50}\n"
			"    origin: >-\n"
			"      two\n"
			"      lines\n");
	const struct tt_fingerprint_rule *rule = tt_fingerprints_rule(set, 0);

	assert_int_equal(tt_fingerprints_count(set), 1);
	assert_string_equal(rule->id, "a-1");
	assert_string_equal(rule->title, "Ä tool");
	assert_string_equal(rule->where, "tcp.flags & 0x3f == syn");
	assert_string_equal(rule->match, "ip.id == 54321");
	assert_string_equal(rule->origin, "two lines");
	assert_int_equal(rule->valid_from_us, SOME_DAY);
	assert_int_equal(rule->valid_until_us, TT_TIME_MAX + 1);
	assert_int_equal(rule->chance_one_in, 65536);
	assert_int_equal(rule->source_packets, 2);
	assert_int_equal(rule->source_percent, 50);
	tt_fingerprints_close(set);
}

static void
the_identity_names_file_version_and_hash(void **state)
{
	/* printf 'version: 3\nfingerprints: []\n' | sha256sum */
	struct tt_fingerprints *set = open_text("version: 3\nfingerprints: []\n");

	assert_string_equal(tt_fingerprints_identity(set),
			"rules.yaml version 3 sha256:d617476417053e56");
	assert_int_equal(tt_fingerprints_count(set), 0);
	tt_fingerprints_close(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(fields_have_the_values_of_the_headers),
			cmocka_unit_test(payload_is_what_follows_the_transport_header),
			cmocka_unit_test(flags_have_names),
			cmocka_unit_test(operators_compute_in_32_bits),
			cmocka_unit_test(comparisons_are_unsigned),
			cmocka_unit_test(operators_bind_as_documented),
			cmocka_unit_test(a_number_is_true_unless_it_is_0),
			cmocka_unit_test(where_says_which_packets_are_tested),
			cmocka_unit_test(packets_without_a_field_of_match_are_not_tested),
			cmocka_unit_test(
					in_where_a_comparison_of_an_absent_field_is_false),
			cmocka_unit_test(ipv6_addresses_give_their_low_32_bits),
			cmocka_unit_test(validity_begins_inclusive_and_ends_exclusive),
			cmocka_unit_test(a_burst_gives_each_packet_its_own_answer),
			cmocka_unit_test(sixteen_rules_have_a_bit_each),
			cmocka_unit_test(a_source_is_judged_by_number_and_share),
			cmocka_unit_test(a_set_without_rules_finds_nothing),
			cmocka_unit_test(a_rule_keeps_what_the_file_says),
			cmocka_unit_test(the_identity_names_file_version_and_hash),
	};

	return cmocka_run_group_tests_name("fingerprint", tests, NULL, NULL);
}
