/* SPDX-License-Identifier: BSD-3-Clause */
/* What options say of headers that few packets have; by the reference and by the compiled matcher. */
#include "signature_bed.h"

/* TTL 0x39, window 0x400, sequence number 1. */
static void
masks_leave_bits_out_of_account(void **state)
{
	assert_int_equal(
			match_hex("alert ip any any -> any any (ttl:&0xf0=0x30; sid:1;)\n"
				  "alert ip any any -> any any (ttl:&0x0f!=0x09; sid:2;)\n"
				  "alert ip any any -> any any (ttl:&0x81=0x81; sid:3;)\n"
				  "alert tcp any any -> any any (flags:S; window:&0x03ff=0; seq:&1=1; sid:4;)\n"
				  "alert tcp any any -> any any (window:&0x0fff=0; sid:5;)\n"
				  "alert tcp any any -> any any (dsize:&1=0; flags:S; sid:6;)\n"
				  "alert tcp any any -> any any (dsize:&1=1; sid:7;)\n"
				  "alert ip any any -> any any (ip_proto:&0x7=6; ip_proto:&8!=8; sid:8;)\n"
				  "alert tcp any any -> any any (seq:&2=2; flags:S; sid:9;)\n"
				  "alert ip any any -> any any (ttl:&0xf0=0x30; ttl:>0x38; sid:10;)\n",
					ETH "0800 " V4_TCP),
			1 << 0 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 9);
}

/* Rules of ICMP are listed by type, those of other protocols by the protocol's number. */
static void
masked_rules_are_in_every_list(void **state)
{
	assert_int_equal(match_hex("alert icmp any any -> any any (itype:&8=8; sid:1;)\n"
				   "alert icmp any any -> any any (itype:8; sid:2;)\n",
					 ETH "0800 4500001c 00000000 4001 0000 " V4_ADDRS
					     "0a000000 00000000"),
			1);
	assert_int_equal(match_hex("alert ip any any -> any any (ip_proto:&7=7; sid:1;)\n"
				   "alert ip any any -> any any (ip_proto:7; sid:2;)\n",
					 ETH "0800 45000018 00000000 402f 0000 " V4_ADDRS
					     "00000800"),
			1);
}

/* What a gate says no to has other numbers under the mask as well. */
static void
no_gate_takes_a_masked_number_for_one(void **state)
{
	static const char rules[] =
			"alert tcp any any -> any any (flags:S; window:1024; seq:&0xff=1; sid:1;)\n"
			"alert tcp any any -> any any (flags:S; window:1024; id:&0xff=0x34; sid:2;)\n"
			"alert tcp any any -> any any (flags:S; window:&0x1f=0; seq:0x12345601; sid:3;)\n"
			"alert tcp any any -> any any (flags:S; seq:5; sid:4;)\n";

	assert_int_equal(
			match_hex(rules,
					ETH
					"0800 4500 0028 1234 4000 3906 0000 " V4_ADDRS
					"1770 01bd 12345601 00000000 5002 0400 0000 0000"),
			7);
}

#define V6_ICMP(message) ETH "86dd 60000000 00083a40 " V6_ADDRS message

static void
only_packet_too_big_has_an_mtu(void **state)
{
	static const char rules[] =
			"alert ip any any -> any any (icmpv6.mtu:<1280; sid:1;)\n"
			"alert icmp any any -> any any (icmpv6.mtu:!1279; sid:2;)\n"
			"alert ip6 any any -> any any (icmpv6.mtu:>=65536; sid:3;)\n";

	assert_int_equal(match_hex(rules, V6_ICMP("02000000 000004ff")), 1);
	assert_int_equal(match_hex(rules, V6_ICMP("02000000 000104ff")), 2 | 4);
	assert_int_equal(match_hex(rules, V6_ICMP("02010000 000004ff")), 0);
	assert_int_equal(match_hex(rules, V6_ICMP("80000000 000004ff")), 0);
	assert_int_equal(match_hex(rules,
					 ETH "0800 4500001c 00000000 4001 0000 " V4_ADDRS
					     "02000000 000004ff"),
			0);
}

/* One rule for each checksum, right and wrong. */
static const char checksum_rules[] =
		"alert ip any any -> any any (ipv4-csum:valid; sid:1;)\n"
		"alert ip any any -> any any (ipv4-csum:invalid; sid:2;)\n"
		"alert ip any any -> any any (tcpv4-csum:valid; sid:3;)\n"
		"alert tcp any any -> any any (tcpv4-csum:\"Invalid\"; flags:S; sid:4;)\n"
		"alert ip any any -> any any (tcpv6-csum:valid; sid:5;)\n"
		"alert ip any any -> any any (tcpv6-csum:invalid; sid:6;)\n"
		"alert udp any any -> any any (udpv4-csum:valid; sid:7;)\n"
		"alert ip any any -> any any (udpv4-csum:invalid; sid:8;)\n"
		"alert ip any any -> any any (udpv6-csum:valid; sid:9;)\n"
		"alert udp any any -> any any (udpv6-csum:invalid; sid:10;)\n"
		"alert icmp any any -> any any (icmpv4-csum:valid; sid:11;)\n"
		"alert ip any any -> any any (icmpv4-csum:invalid; sid:12;)\n"
		"alert ip any any -> any any (icmpv6-csum:valid; sid:13;)\n"
		"alert icmp any any -> any any (icmpv6-csum:invalid; sid:14;)\n"
		"alert igmp any any -> any any (igmp-csum:valid; sid:15;)\n"
		"alert ip any any -> any any (igmp-csum:invalid; sid:16;)\n";

#define SID(n) (1u << ((n)-1))

static void
expect_checksums(const char *hex, unsigned sids)
{
	const unsigned got = match_hex(checksum_rules, hex);

	if (got != sids)
		fail_msg("%s: %#x, not %#x", hex, got, sids);
}

#define TCP_4(ip_sum, sum)                                       \
	ETH "0800 4500 0028 1234 4000 3906 " ip_sum " " V4_ADDRS \
	    "1770 01bd 00000001 00000000 5002 0400 " sum " 0000"
#define UDP_4(length, sum)                                                             \
	ETH "0800 4500 001f 1234 0000 3911 0000 " V4_ADDRS "0400 059a " length " " sum \
	    " 616263"
#define TCP_6(sum)                                \
	ETH "86dd 6000 0000 0014 06 39 " V6_ADDRS \
	    "1770 01bd 00000001 00000000 5002 0400 " sum " 0000"
#define UDP_6(sum) ETH "86dd 6000 0000 0008 11 39 " V6_ADDRS "0400 059a 0008 " sum
#define ICMP_4(protocol, message) \
	ETH "0800 4500 001c 0000 0000 40" protocol " 0000 " V4_ADDRS message

static void
checksums_are_right_or_wrong(void **state)
{
	expect_checksums(TCP_4("4360", "a678"), SID(1) | SID(3));
	expect_checksums(TCP_4("4361", "a679"), SID(2) | SID(4));
	/* with what Ethernet adds, which is none of the packet */
	expect_checksums(TCP_4("4360", "a678") "0102 0304 0506", SID(1) | SID(3));
	expect_checksums(UDP_4("000b", "459f"), SID(2) | SID(7));
	expect_checksums(UDP_4("000b", "459e"), SID(2) | SID(8));
	/* none; a length that is more than the packet */
	expect_checksums(UDP_4("000b", "0000"), SID(2));
	expect_checksums(UDP_4("000c", "459f"), SID(2));
	expect_checksums(TCP_6("373a"), SID(5));
	expect_checksums(TCP_6("373b"), SID(6));
	expect_checksums(UDP_6("9ac9"), SID(9));
	expect_checksums(UDP_6("0000"), SID(10));
	expect_checksums(ICMP_4("01", "0800f7fd 00010001"), SID(2) | SID(11));
	expect_checksums(ICMP_4("01", "0800f7fd 00010002"), SID(2) | SID(12));
	expect_checksums(V6_ICMP("80002440 00010001"), SID(13));
	expect_checksums(V6_ICMP("80002440 00010002"), SID(14));
	expect_checksums(ICMP_4("02", "160009fe e0000001"), SID(2) | SID(15));
	expect_checksums(ICMP_4("02", "160009fe e0000002"), SID(2) | SID(16));
}

static void
what_is_not_whole_has_no_checksum(void **state)
{
	/* a fragment; a capture that ends before the packet */
	expect_checksums(ETH "0800 4500 001c 0000 2000 4001 0000 " V4_ADDRS
			     "0800f7fd 00010001",
			SID(2));
	expect_checksums(ETH "0800 4500 0020 0000 0000 4001 0000 " V4_ADDRS
			     "0800f7fd 00010001",
			SID(2));
}

static void
vlan_tags_count_from_either_end(void **state)
{
	static const char rules[] =
			"alert ip any any -> any any (vlan.layers:0; sid:1;)\n"
			"alert ip any any -> any any (vlan.layers:>1; sid:2;)\n"
			"alert ip any any -> any any (vlan.id:200; sid:3;)\n"
			"alert ip any any -> any any (vlan.id:200,0; sid:4;)\n"
			"alert ip any any -> any any (vlan.id:0xc8,-1; sid:5;)\n"
			"alert ip any any -> any any (vlan.id:!200; sid:6;)\n"
			"alert ip any any -> any any (vlan.id:!200,all; sid:7;)\n"
			"alert ip any any -> any any (vlan.id:>=200,all; sid:8;)\n"
			"alert ip any any -> any any (vlan.id:300,1; sid:9;)\n"
			"alert ip any any -> any any (vlan.id:&0xff=0xc8,any; flags:S; sid:10;)\n"
			"alert ip any any -> any any (vlan.id:1,or_absent; sid:11;)\n"
			"alert ip any any -> any any (vlan.id:!1,all_or_absent; sid:12;)\n";

	assert_int_equal(
			match_hex(rules, ETH "0800 " V4_TCP), SID(1) | SID(11) | SID(12));
	/* priority 5, tag 200 */
	assert_int_equal(match_hex(rules, ETH "8100 a0c8 0800 " V4_TCP),
			SID(3) | SID(4) | SID(5) | SID(8) | SID(10) | SID(12));
	assert_int_equal(match_hex(rules, ETH "88a8 00c8 8100 012c 86dd " V6_TCP),
			SID(2) | SID(3) | SID(4) | SID(6) | SID(8) | SID(9) | SID(10)
					| SID(12));
	assert_int_equal(
			match_hex(rules,
					ETH "8100 0001 8100 0002 8100 00c8 0800 " V4_TCP),
			SID(2) | SID(3) | SID(5) | SID(6) | SID(10) | SID(11));
	/* A label between: which tag it was is not looked for. */
	assert_int_equal(match_hex(rules, ETH "8100 00c8 8847 00001140 " V4_TCP), 0);
	/* A label alone: no tag. */
	assert_int_equal(match_hex(rules, ETH "8847 00001140 " V4_TCP),
			SID(1) | SID(11) | SID(12));
}

static void
igmp_has_a_header_and_perhaps_a_payload(void **state)
{
	static const char rules[] =
			"alert igmp any any -> any any (igmp.type:0x11; sid:1;)\n"
			"alert ip any any -> any any (igmp.hdr; content:\"|22|\"; startswith; sid:2;)\n"
			"alert igmp any any -> any any (dsize:0; sid:3;)\n"
			"alert igmp any any -> any any (content:\"|aabb|\"; sid:4;)\n"
			"alert ip any any -> any any (igmp.hdr; bsize:16; sid:5;)\n";

#define IGMP(length, message) \
	ETH "0800 4500 00" length " 0000 0000 4002 0000 " V4_ADDRS message
	assert_int_equal(match_hex(rules, IGMP("1c", "11000000 e0000001")),
			SID(1) | SID(3));
	/* a query of version 3 for one source, and two bytes more */
	assert_int_equal(
			match_hex(rules,
					IGMP("26", "11000000 e0000001 00000001 c0000201 aabb")),
			SID(1) | SID(4) | SID(5));
	/* a report of one group without sources, and two bytes more */
	assert_int_equal(
			match_hex(rules,
					IGMP("26", "22000000 00000001 01000000 e0000001 aabb")),
			SID(2) | SID(4) | SID(5));
	/* a report that says that there is another group */
	assert_int_equal(
			match_hex(rules,
					IGMP("26", "22000000 00000002 01000000 e0000001 aabb")),
			SID(2) | SID(3));
	/* … and that the one that is there has more sources than it has */
	assert_int_equal(
			match_hex(rules,
					IGMP("26", "22000000 00000002 0100ffff e0000001 aabb")),
			SID(2) | SID(3));
	assert_int_equal(match_hex(rules, IGMP("18", "11000000")), 0);
}

/* From 1024 to 38412, two chunks of data (32 and 18 bytes long, "first" and "aabb"), and one of another type. */
#define SCTP_HEAD   "0400 960c 00000007 00000000 "
#define SCTP_DATA_1 "00030015 00000001 00000000 00000000 6669727374 000000 "
#define SCTP_DATA_2 "00030012 00000002 00000000 00000000 aabb "
#define SCTP(length, chunks) \
	ETH "0800 4500 00" length " 0000 0000 4084 0000 " V4_ADDRS SCTP_HEAD chunks

static void
sctp_is_ports_and_chunks(void **state)
{
	static const char rules[] =
			"alert sctp any any -> any 38412 (sid:1;)\n"
			"alert sctp any 38412 -> any any (sid:2;)\n"
			"alert sctp any 38412 <> any 1024 (sctp.vtag:7; sid:3;)\n"
			"alert sctp any any -> any any (sctp.chunk_type:init; sid:4;)\n"
			"alert ip any any -> any any (sctp.chunk_type:!data; sid:5;)\n"
			"alert sctp any any -> any any (sctp.chunk_cnt:3; sid:6;)\n"
			"alert sctp any any -> any any (content:\"first\"; dsize:5; sid:7;)\n"
			"alert sctp any any -> any any (content:\"|aabb|\"; sid:8;)\n"
			"alert sctp any any -> any any (sctp.chunk_data; content:\"|aabb|\"; bsize:2; sid:9;)\n"
			"alert sctp any any -> any any (sctp.chunk_data; content:\"first\"; content:\"|aabb|\"; sid:10;)\n"
			"alert sctp any any -> any any (sctp.hdr; content:\"|0400 960c|\"; startswith; content:\"|aabb|\"; sid:11;)\n"
			"alert udp any any -> any any (sid:12;)\n"
			"alert ip any any -> any 38412 (sid:13;)\n"
			"alert sctp any any -> any any (fragoffset:1; sid:14;)\n";

	/* a COOKIE ACK first */
	assert_int_equal(match_hex(rules,
					 SCTP("50",
							 "0b000004 " SCTP_DATA_1
									 SCTP_DATA_2
							 "0000")),
			SID(1) | SID(3) | SID(5) | SID(6) | SID(7) | SID(9) | SID(11));
	/* INIT alone: without a payload */
	assert_int_equal(
			match_hex(rules,
					SCTP("34", "01000014 00000001 00010000 00010001 00000001")),
			SID(1) | SID(3) | SID(4) | SID(5));
	/* a chunk that is longer than the packet: chunks are not all whole */
	assert_int_equal(match_hex(rules, SCTP("24", "01000014")), SID(1) | SID(3));
	/* one that is shorter than its own header, after which there is no chunk */
	assert_int_equal(match_hex(rules, SCTP("28", "01000003 01000004")),
			SID(1) | SID(3));
	/* where a content ended is of the chunk that it was in */
	assert_int_equal(match_hex("alert sctp any any -> any any (sctp.chunk_data; "
				   "byte_jump:1,0,relative,bitmask 1; "
				   "byte_test:1,=,0xbb,0,relative; sid:1;)\n",
					 SCTP("4c", SCTP_DATA_1 SCTP_DATA_2 "0000")),
			SID(1));
	/* a later fragment has neither ports nor chunks, but is one of SCTP */
	assert_int_equal(
			match_hex(rules,
					ETH "0800 4500 0024 0000 0001 4084 0000 " V4_ADDRS
							SCTP_HEAD "01000004"),
			SID(14));
}

static void
addresses_and_versions_are_what_they_are(void **state)
{
	static const char rules[] =
			"alert ip any any -> any any (ip.src; content:\"|c6336407|\"; bsize:4; sid:1;)\n"
			"alert ip any any -> any any (ip.dst; content:\"|01|\"; endswith; sid:2;)\n"
			"alert ip any any -> any any (ip.src; bsize:16; sid:3;)\n"
			"alert tcp any any -> any any (l3_proto:ipv4; sid:4;)\n"
			"alert tcp any any -> any any (l3_proto:ip6; sid:5;)\n";

	assert_int_equal(match_hex(rules, ETH "0800 " V4_TCP), SID(1) | SID(2) | SID(4));
	assert_int_equal(match_hex(rules, ETH "86dd " V6_TCP), SID(2) | SID(3) | SID(5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(masks_leave_bits_out_of_account),
			cmocka_unit_test(masked_rules_are_in_every_list),
			cmocka_unit_test(no_gate_takes_a_masked_number_for_one),
			cmocka_unit_test(only_packet_too_big_has_an_mtu),
			cmocka_unit_test(checksums_are_right_or_wrong),
			cmocka_unit_test(what_is_not_whole_has_no_checksum),
			cmocka_unit_test(vlan_tags_count_from_either_end),
			cmocka_unit_test(igmp_has_a_header_and_perhaps_a_payload),
			cmocka_unit_test(sctp_is_ports_and_chunks),
			cmocka_unit_test(addresses_and_versions_are_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
