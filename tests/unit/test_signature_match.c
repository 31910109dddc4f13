/* SPDX-License-Identifier: BSD-3-Clause */
/* What each option of a rule means, on small packets; by the reference and by the compiled matcher. */
#include "signature_bed.h"
#include "tt_hash.h"
#include "tt_signature_count.h"

static unsigned
match_udp(const char *text, const void *payload, size_t n)
{
	uint8_t frame[FRAME_MAX];
	uint64_t cut_short = 0;
	struct bed bed;
	unsigned bits;

	bed_init(&bed, text, NULL);
	bits = match_frame(&bed, frame, udp(frame, payload, n), &cut_short);
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
	return bits;
}

struct sample {
	const char *options, *payload;
	bool match;
};

static void
expect(const struct sample *samples, size_t n)
{
	char text[512];

	for (size_t i = 0; i < n; i++) {
		const struct sample *s = &samples[i];

		snprintf(text, sizeof(text), "alert udp any any -> any any (%s sid:1;)\n",
				s->options);
		if ((match_udp(text, s->payload, strlen(s->payload)) != 0) != s->match)
			fail_msg("%s on \"%s\": not %d", s->options, s->payload,
					s->match);
	}
}

#define EXPECT(...)                                            \
	do {                                                   \
		const struct sample samples[] = {__VA_ARGS__}; \
		expect(samples, TT_ARRAY_SIZE(samples));       \
	} while (0)

static void
contents_lie_where_their_limits_say(void **state)
{
	EXPECT({"content:\"bcd\";", "abcde", true},
			{"content:\"bcd\"; depth:3;", "abcde", false},
			{"content:\"bcd\"; depth:4;", "abcde", true},
			{"content:\"bcd\"; offset:2;", "abcde", false},
			{"content:\"bcd\"; offset:1; depth:3;", "abcde", true},
			{"content:\"BCD\";", "abcde", false},
			{"content:\"BCD\"; nocase;", "abcde", true},
			{"content:!\"bcd\";", "abcde", false},
			{"content:!\"bcd\"; offset:2;", "abcde", true},
			{"content:\"abc\"; startswith;", "abcde", true},
			{"content:\"bcd\"; startswith;", "abcde", false},
			{"content:\"cde\"; endswith;", "abcdecde", true},
			{"content:\"bcd\"; endswith;", "abcde", false},
			{"content:\"|64 65|\";", "abcde", true});
}

static void
relative_contents_try_later_matches(void **state)
{
	EXPECT({"content:\"a\"; content:\"b\"; distance:0; within:1;", "axxab", true},
			{"content:\"a\"; content:\"b\"; distance:1; within:1;", "axxab",
					false},
			{"content:\"a\"; content:\"b\"; within:3;", "axxb", true},
			{"content:\"a\"; content:\"b\"; within:2;", "axxb", false},
			{"content:\"a\"; content:\"b\"; distance:2;", "axxb", true},
			{"content:\"a\"; content:\"b\"; distance:3;", "axxb", false},
			{"content:\"cd\"; content:\"b\"; distance:-3; within:1;", "abcd",
					true},
			{"content:\"a\"; content:!\"b\"; within:1;", "abac", true},
			{"content:\"a\"; content:!\"b\"; within:1;", "abab", false},
			{"content:\"a\"; content:!\"b\"; within:2;", "abxabx", false},
			{"content:\"a\"; content:\"b\"; within:1; content:\"c\"; within:1;",
					"abxabc", true});
}

static void
pcre_matches_from_where_it_is_told(void **state)
{
	EXPECT({"pcre:\"/b.d/\";", "abcd", true}, {"pcre:\"/B.D/\";", "abcd", false},
			{"pcre:\"/B.D/i\";", "abcd", true},
			{"pcre:!\"/b.d/\";", "abcd", false},
			{"content:\"b\"; pcre:\"/^cd/R\";", "abcd", true},
			{"content:\"b\"; pcre:\"/^d/R\";", "abcd", false},
			{"content:\"b\"; pcre:\"/^d/R\";", "abcbd", true},
			{"pcre:\"/b/\"; content:\"d\"; within:1;", "bcbd", true});
}

static void
numbers_are_read_and_compared(void **state)
{
	EXPECT({"byte_test:1,=,97,0;", "abc", true},
			{"byte_test:2,>,24929,0;", "abc", true},
			{"byte_test:2,=,25185,0,little;", "abc", true},
			{"byte_test:2,=,12,1,string,dec;", "a12b", true},
			{"byte_test:2,=,18,1,string,hex;", "a12b", true},
			{"byte_test:2,=,12,1,string,dec;", "axxb", false},
			{"byte_test:1,!=,98,0;", "abc", true},
			{"byte_test:1,&,1,0;", "abc", true},
			{"byte_test:1,&,2,0;", "abc", false},
			{"byte_test:4,>,0,0;", "abc", false},
			{"content:\"a\"; byte_test:1,=,99,1,relative;", "abc", true},
			{"content:\"n\"; byte_jump:1,0,relative,string,dec; content:\"x\"; within:1;",
					"n2ABx", true},
			{"content:\"n\"; byte_jump:1,0,relative,string,dec; content:\"x\"; within:1;",
					"n1ABx", false},
			{"content:\"n\"; byte_jump:1,0,relative,string,dec; content:\"x\"; within:1;",
					"n9An2ABx", true},
			{"byte_extract:1,0,n,string,dec; content:\"x\"; offset:n; depth:1;",
					"3AAx", true},
			{"byte_extract:1,0,n,string,dec; content:\"x\"; offset:n; depth:1;",
					"2AAx", false},
			{"byte_math:bytes 4, offset 0, oper -, rvalue 825307440, result n; isdataat:n;",
					"1113abc", true},
			{"byte_math:bytes 10, offset 0, oper -, rvalue 7, result n, string dec; isdataat:n;",
					"0000000013abc", true},
			{"byte_extract:1,0,w; byte_math:bytes w, offset 1, oper *, rvalue 1, result n; isdataat:n;",
					"\x04\x01\x01\x01\x01xyz", false},
			{"byte_extract:1,0,w; byte_math:bytes w, offset 1, oper >>, rvalue 24, result n; isdataat:n;",
					"\x04\x01\x01\x01\x01xyz", true},
			{"byte_extract:1,0,w; byte_math:bytes w, offset 1, oper >>, rvalue 32, result n; isdataat:n;",
					"\x05\x01\x01\x01\x01\x01xyz", false},
			{"byte_extract:1,0,w; byte_math:bytes w, offset 1, oper /, rvalue 100000000, result n, string dec; isdataat:n;",
					"\x0a"
					"0100000000xyz",
					true},
			{"byte_extract:1,0,w; byte_math:bytes w, offset 1, oper /, rvalue 100000000, result n, string dec; isdataat:n;",
					"\x0b"
					"00100000000xyz",
					false},
			{"isdataat:3;", "abcd", true}, {"isdataat:4;", "abcd", false},
			{"isdataat:!4;", "abcd", true}, {"isdataat:!0;", "", true},
			{"isdataat:!0;", "a", false},
			{"content:\"b\"; isdataat:2,relative;", "abcd", true},
			{"content:\"b\"; isdataat:3,relative;", "abcd", false},
			{"dsize:4;", "abcd", true}, {"dsize:>4;", "abcd", false},
			{"dsize:3<>6;", "abcd", true}, {"dsize:0;", "", true},
			{"dsize:!3;", "abcd", true}, {"dsize:!4;", "abcd", false},
			{"dsize:!3;", "", false}, {"dsize:!=3;", "", false},
			{"dsize:!0;", "a", true}, {"dsize:!1<>5;", "", true},
			{"dsize:&1!=1;", "", true}, {"content:!\"x\";", "", false});
}

/* A call of procedure 3 of version 2 of program 100000, as UDP has it; TCP has its length before it. */
#define RPC_CALL "11223344 00000000 00000002 000186a0 00000002 00000003 "
#define RPC_TCP                                                           \
	ETH "0800 45000044 00010000 40060000 c6336407 c0000201 0400006f " \
	    "00000001 00000000 50180400 00000000 "

static bool
rpc_matches(const char *option, const char *protocol, const char *hex)
{
	uint8_t payload[64];
	char text[256];

	snprintf(text, sizeof(text), "alert %s any any -> any any (%s sid:1;)\n",
			protocol, option);
	return strcmp(protocol, "tcp") == 0
			? match_hex(text, hex) != 0
			: match_udp(text, payload, bytes_of(hex, payload)) != 0;
}

static void
calls_of_rpc_have_numbers(void **state)
{
	assert_true(rpc_matches("rpc:100000,*,*;", "udp", RPC_CALL));
	assert_true(rpc_matches("rpc:100000;", "udp", RPC_CALL));
	assert_true(rpc_matches("rpc:100000, 2, 3;", "udp", RPC_CALL "00"));
	assert_true(rpc_matches("rpc: 100000 , * , 3;", "udp", RPC_CALL));
	assert_false(rpc_matches("rpc:100000,3,*;", "udp", RPC_CALL));
	assert_false(rpc_matches("rpc:100000,2,2;", "udp", RPC_CALL));
	assert_false(rpc_matches("rpc:100001,*,*;", "udp", RPC_CALL));
	assert_true(rpc_matches("rpc:100000,2,3;", "tcp", RPC_TCP "80000018 " RPC_CALL));
	assert_false(rpc_matches("rpc:100000,2,3;", "tcp", RPC_TCP RPC_CALL "00000000 "));
	/* An answer; another version of RPC; too short for the procedure, which nobody asks for. */
	assert_false(rpc_matches("rpc:100000,*,*;", "udp",
			"11223344 00000001 00000002 000186a0 00000002 00000003 "));
	assert_false(rpc_matches("rpc:100000,*,*;", "udp",
			"11223344 00000000 00000001 000186a0 00000002 00000003 "));
	assert_false(rpc_matches("rpc:100000,*,*;", "udp",
			"11223344 00000000 00000002 000186a0 00000002 000000 "));
}

static void
heads_name_addresses_ports_and_directions(void **state)
{
	assert_int_equal(
			match_udp("alert udp 198.51.100.0/24 any -> 192.0.2.1 1434 (sid:1;)\n"
				  "alert udp any any -> any 1435 (sid:2;)\n"
				  "alert udp any 1434 <> any any (sid:3;)\n"
				  "alert udp any 1434 -> any any (sid:4;)\n"
				  "alert udp any any -> any [1:100,!50,1400:1500] (sid:5;)\n"
				  "alert udp any any -> any !1434 (sid:6;)\n"
				  "alert ip any any -> any any (ip_proto:17; sid:7;)\n"
				  "alert tcp any any -> any any (sid:8;)\n"
				  "alert ip 192.0.2.1 any <> any any (sid:9;)\n",
					"x", 1),
			0x155);
}

static void
tcp_headers_are_looked_into(void **state)
{
	/* SYN from 6000 to 445, window 1024 */
	assert_int_equal(
			match_hex("alert tcp any any -> any any (flags:S; sid:1;)\n"
				  "alert tcp any any -> any any (flags:SA; sid:2;)\n"
				  "alert tcp any any -> any any (flags:S+; window:1024; seq:1; sid:3;)\n"
				  "alert tcp any any -> any any (flags:!A; ttl:57; id:4660; sid:4;)\n"
				  "alert tcp any any -> any any (flags:*SF; ack:1; sid:5;)\n"
				  "alert tcp any any -> any any (dsize:0; sid:6;)\n"
				  "alert tcp any any -> any any (tcp.hdr; content:\"|17 70|\"; startswith; sid:7;)\n"
				  "alert tcp any any -> any any (content:\"|17 70|\"; sid:8;)\n",
					ETH "0800 " V4_TCP),
			0x6d);
}

static void
a_later_fragment_has_no_ports(void **state)
{
	assert_int_equal(
			match_hex("alert udp any any -> any any (sid:1;)\n"
				  "alert ip any any -> any any (fragoffset:>0; content:\"|04 00|\"; sid:2;)\n"
				  "alert ip any any -> any any (dsize:>0; sid:3;)\n"
				  "alert ip any any -> any 1434 (sid:4;)\n",
					ETH "0800 4500 001c 1234 0005 3911 0000 " V4_ADDRS
							UDP_1434),
			0x2);
}

static void
flowbits_last_as_long_as_the_packet(void **state)
{
	static const char rules[] =
			"alert udp any any -> any any (content:\"a\"; flowbits:isset,seen; sid:1;)\n"
			"alert udp any any -> any any (content:\"b\"; flowbits:set,seen; flowbits:noalert; sid:2;)\n"
			"alert udp any any -> any any (content:\"a\"; flowbits:isnotset,seen; sid:3;)\n";

	assert_int_equal(match_udp(rules, "ab", 2), 0x3);
	assert_int_equal(match_udp(rules, "a", 1), 0x4);
}

/* Detections of the rule among matches a second apart. */
static unsigned
detections(const char *count, unsigned n)
{
	struct tt_signature_counts *counts;
	struct tt_packet p = {.src = tt_addr_v4(1), .dst = tt_addr_v4(2)};
	char text[256];
	struct bed bed;
	unsigned sum = 0;

	snprintf(text, sizeof(text), "alert udp any any -> any any (%s sid:1;)\n", count);
	bed_init(&bed, text, NULL);
	assert_int_equal(tt_signature_counts_create(&counts, &bed.rules, 64), 0);
	for (unsigned i = 0; i < n; i++) {
		p.dst_port = (uint16_t)(i / 2);
		sum += tt_signature_count(counts, 0, &p, i * TT_US_PER_S);
	}
	assert_int_equal(tt_signature_untracked(counts), 0);
	tt_signature_counts_destroy(counts);
	bed_fini(&bed);
	return sum;
}

static void
thresholds_choose_detections(void **state)
{
	assert_int_equal(detections("dsize:0;", 10), 10);
	assert_int_equal(
			detections("threshold:type limit, track by_src, count 2, seconds 60;",
					10),
			2);
	assert_int_equal(
			detections("threshold:type limit, track by_src, count 2, seconds 4;",
					10),
			4);
	assert_int_equal(
			detections("threshold:type threshold, track by_dst, count 3, seconds 60;",
					10),
			3);
	assert_int_equal(
			detections("threshold:type both, track by_src, count 3, seconds 60;",
					10),
			1);
	assert_int_equal(detections("detection_filter:track by_src, count 3, seconds 60;",
					 10),
			7);
	assert_int_equal(
			detections("detection_filter:track by_src, count 3, seconds 60, unique_on dst_port;",
					10),
			4);
}

static void
ip_options_and_fragments_are_what_they_are(void **state)
{
	static const char options[] =
			"alert ip any any -> any any (ipopts:lsrr; sid:1;)\n"
			"alert ip any any -> any any (ipopts:lsrre; sid:2;)\n";
	static const char offset[] =
			"alert ip any any -> any any (fragoffset:!5; sid:1;)\n";

#define V4_OPTION(type)                                               \
	ETH "0800 46000020 00000000 40110000 c6336407 c0000201 " type \
	    "030400 0400059a 00080000"
	assert_int_equal(match_hex(options, V4_OPTION("83")), 1);
	assert_int_equal(match_hex(options, V4_OPTION("84")), 2);
	assert_int_equal(match_hex(offset, V4_OPTION("83")), 1);
	assert_int_equal(
			match_hex(offset,
					ETH
					"86dd 60000000 00081140 20010db8000000000000000000000001 "
					"20010db8000000000000000000000002 0400059a 00080000"),
			0);
}

/* Rules that gates are about, each of one thing; and some of ports. Those of the last lines ask for fields that
 * screens leave out. */
static const char gate_rules[] =
		"alert tcp any any -> any any (flags:S; window:55808; sid:1;)\n"
		"alert tcp ![0.0.0.0/5,2001:db8::1] any -> any any (flags:S; window:<100; sid:2;)\n"
		"alert tcp any any -> any any (flags:S; seq:674711609; sid:3;)\n"
		"alert tcp any any -> any any (flags:S; ttl:>250; sid:6;)\n"
		"alert tcp any any -> any any (flags:S; ttl:0; sid:7;)\n"
		"alert tcp 192.0.2.7 any -> any any (flags:S; sid:8;)\n"
		"alert tcp any any -> 203.0.113.9 any (flags:S; sid:9;)\n"
		"alert tcp any any -> any any (flags:S; window:1024; seq:7; id:54321; sid:10;)\n"
		"alert tcp any any -> any 8080 (flags:S; sid:11;)\n"
		"alert tcp any 20 -> any any (flags:S; sid:12;)\n"
		"alert tcp any 6667 -> any any (sid:13;)\n"
		"alert tcp any any -> any any (sameip; sid:14;)\n"
		"alert tcp any any -> any any (fragbits:R; sid:15;)\n"
		"alert tcp any any -> any any (dsize:>0; sid:16;)\n"
		"alert tcp any any -> any any (flags:S; window:14600; ttl:64; ack:0; sid:17;)\n"
		"alert tcp [198.51.100.0/24,10.250.0.0-11.3.255.255] any -> any any (flags:S; sid:21;)\n"
		"alert tcp 172.16.5.0/24 any <> any any (flags:S; window:2112; sid:22;)\n"
		"alert tcp any 10101 -> any any (flags:S; ttl:>220; window:4096; sid:23;)\n";
static const char rare_rules[] =
		"alert tcp any any -> any any (flags:S; id:39426; sid:18;)\n"
		"alert tcp any any -> any any (flags:S; ack:5; sid:19;)\n"
		"alert tcp any any -> any any (flags:A; ack:0; sid:20;)\n";

static uint32_t
one_of(uint64_t *random, const uint32_t *values, unsigned n)
{
	*random = tt_hash_mix(*random + UINT64_C(0x9e3779b97f4a7c15));
	return values[*random % n];
}

#define ONE_OF(...)                                      \
	one_of(&random, (const uint32_t[]){__VA_ARGS__}, \
			sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void
put(uint8_t *at, unsigned n, uint32_t value)
{
	for (unsigned i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

/* Fields with what rules ask for, and with what differs from it a little: mostly one that matches at a time. */
static void
match_headers(const char *rules, unsigned n)
{
	uint64_t random = 1, cut_short = 0, seen[24] = {0};
	struct bed bed;

	bed_init(&bed, rules, NULL);
	assert_int_equal(bed.rules.n, n);
	for (unsigned i = 0; i < 200000; i++) {
		uint8_t frame[14 + 4 + 20 + 20 + 4] = {[12] = 0x08};
		const unsigned tag = 4 * (i % 7 == 0), payload = i % 11 == 0;
		uint8_t *ip = frame + 14 + tag, *l4 = ip + 20;
		unsigned bits;

		if (tag != 0)
			memcpy(frame + 12, "\x81\0\0\1\x08\0", 6);
		ip[0] = 0x45;
		put(ip + 2, 2, 40 + payload);
		put(ip + 4, 2, ONE_OF(0, 39426, 39427, 39682, 54321, 54320));
		ip[6] = (uint8_t)ONE_OF(0, 0x40, 0, 0x40, 0, 0x40, 0, 0x80);
		ip[8] = (uint8_t)ONE_OF(64, 65, 128, 64, 3, 0, 220, 221, 255);
		ip[9] = 6;
		put(ip + 12, 4,
				ONE_OF(0x08080808, 0xc0000207, 0xc0000208, 0xc6336407,
						0xc6346407, 0x0af90001, 0x0afa0000,
						0x0b000203, 0x0b03ffff, 0x0b040000,
						0xac100507, 0xcb007109));
		put(ip + 16, 4,
				ONE_OF(0x3a000001, 0x3a000001, 0x3a000002, 0xcb007107,
						0xac100508, 0xcb007109));
		put(l4, 2, ONE_OF(40000, 1025, 20, 21, 6667, 6668, 6656, 10101, 10102));
		put(l4 + 2, 2, ONE_OF(23, 8080, 8081, 8079, 912));
		put(l4 + 4, 4, ONE_OF(99, 674711609, 674711610, 7, 8, 263));
		put(l4 + 8, 4, ONE_OF(0, 0, 5, 261));
		l4[12] = 0x50;
		l4[13] = (uint8_t)ONE_OF(2, 2, 2, 2, 0x10, 0x12, 4);
		put(l4 + 14, 2,
				ONE_OF(55808, 55809, 55807, 99, 100, 1024, 1025, 2112,
						4096, 14600, 14601));
		bits = match_frame(&bed, frame, 54 + tag + payload, &cut_short);
		for (unsigned k = 0; k < n; k++)
			seen[k] += bits >> k & 1;
	}
	for (unsigned k = 0; k < n; k++)
		assert_true(seen[k] > 0);
	assert_int_equal(cut_short, 0);
	bed_fini(&bed);
}

static void
no_gate_turns_away_what_matches(void **state)
{
	char both[sizeof(gate_rules) + sizeof(rare_rules)];

	match_headers(gate_rules, 20 - 2);
	snprintf(both, sizeof(both), "%s%s", gate_rules, rare_rules);
	match_headers(both, 23 - 2);
}

/* The bits beside a header's length are not part of it, however short the payload. */
static void
reserved_bits_hide_no_payload(void **state)
{
	struct bed bed;

	bed_init(&bed,
			"alert tcp any any -> any any (flags:S; content:\"A\"; sid:1;)\n"
			"alert tcp any any -> any any (flags:S; dsize:0; seq:99; sid:2;)\n"
			"alert tcp any any -> any any (flags:S; seq:77; sid:3;)\n",
			NULL);
	for (unsigned i = 0; i < 16 * 5; i++) {
		const unsigned payload = i / 16;
		uint64_t cut_short = 0;
		uint8_t frame[FRAME_MAX];

		assert_int_equal(bytes_of(ETH "0800 " V4_TCP, frame), 54);
		memset(frame + 54, 'A', payload);
		put(frame + 16, 2, 40 + payload);
		put(frame + 38, 4, 99);
		frame[46] = (uint8_t)(0x50 | i % 16);
		frame[47] = 2;
		assert_int_equal(match_frame(&bed, frame, 54 + payload, &cut_short),
				payload != 0 ? 1 : 2);
	}
	bed_fini(&bed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(contents_lie_where_their_limits_say),
			cmocka_unit_test(relative_contents_try_later_matches),
			cmocka_unit_test(pcre_matches_from_where_it_is_told),
			cmocka_unit_test(numbers_are_read_and_compared),
			cmocka_unit_test(calls_of_rpc_have_numbers),
			cmocka_unit_test(heads_name_addresses_ports_and_directions),
			cmocka_unit_test(tcp_headers_are_looked_into),
			cmocka_unit_test(a_later_fragment_has_no_ports),
			cmocka_unit_test(flowbits_last_as_long_as_the_packet),
			cmocka_unit_test(ip_options_and_fragments_are_what_they_are),
			cmocka_unit_test(thresholds_choose_detections),
			cmocka_unit_test(no_gate_turns_away_what_matches),
			cmocka_unit_test(reserved_bits_hide_no_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
